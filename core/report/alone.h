/* alone.h - a report of logs without a capture, as text for people and as JSON for programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_ALONE_H
#define SSTPDIAG_CORE_REPORT_ALONE_H

#include "log/log.h"

/* logs: struct log. version of the program. all: the text shows chatter, too. Newly allocated. The
 * JSON is a document of schema sstpdiag/1 whose "capture" is null, on one line, with a newline. */
char *report_alone_text(const GPtrArray *logs, const char *version, bool all);
char *report_alone_json(const GPtrArray *logs, const char *version);

#endif
