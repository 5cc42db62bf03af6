/* alone.h - a report of logs without a capture, as text for people and as JSON for programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_ALONE_H
#define SSTPDIAG_CORE_REPORT_ALONE_H

#include "log/log.h"

/* Logs, the attempts that they tell of, and the verdicts on these. */
struct alone;

/* logs: struct log, which must live as long. */
struct alone *alone_new(const GPtrArray *logs);
void alone_free(struct alone *alone);
/* The worst that is said of any attempt, by severity; -1: nothing is. */
bool alone_has_attempt(const struct alone *alone);
int alone_severity(const struct alone *alone);

/* version of the program. all: the text shows chatter, too. Newly allocated. The JSON is a document
 * of schema sstpdiag/1 whose "capture" is null, on one line, with a newline. */
char *report_alone_text(const struct alone *alone, const char *version, bool all);
char *report_alone_json(const struct alone *alone, const char *version);

#endif
