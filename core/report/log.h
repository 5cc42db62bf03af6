/* log.h - the logs in a report. For report/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_LOG_H
#define SSTPDIAG_CORE_REPORT_LOG_H

#include "base/json.h"
#include "log/attempts.h"
#include "log/place.h"

/* Lines beside a session, key "log". start: of the capture, seconds count from there. */
void report_log_json(struct json *json, const struct logbook *book, const struct result *result,
                     struct mark start);
/* The files, key "logs". */
void report_logs_json(struct json *json, const struct logbook *book);

/* Without a capture: a line, and the files with what was added to their times (struct log_offset,
 * of each). */
void report_log_line_json(struct json *json, const struct log_told *told);
void report_log_files_json(struct json *json, const GPtrArray *logs, const GArray *offsets);
/* The same as text; seconds count from start, which may be LOG_NO_TIME. */
void report_log_line_text(GString *text, const struct log_told *told, int64_t start);
void report_log_files_text(GString *text, const GPtrArray *logs, const GArray *offsets);

/* The same as text: a part of a session, nothing when no line is beside it. */
void report_log_text(GString *text, const struct logbook *book, const struct result *result,
                     struct mark start);
/* How each file was read and placed. */
void report_logs_text(GString *text, const struct logbook *book);

#endif
