/* redact_logs.h - logs for --redact: names to learn, and copies without secrets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_REDACT_LOGS_H
#define SSTPDIAG_TOOLS_REDACT_LOGS_H

#include "options.h"
#include "redact.h"

/* Before anything is redacted. A log that cannot be read is passed over: it is said elsewhere. */
void redact_logs_learn(struct redactor *redactor, const struct options *options);
/* Writes a copy of each log, as UTF-8, into the folder that options name, if they do. The folder is
 * made where there is none. False with *error. */
bool redact_logs_copy(struct redactor *redactor, const struct options *options, GError **error);

#endif
