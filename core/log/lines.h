/* lines.h - a log of text, line by line. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_LINES_H
#define SSTPDIAG_CORE_LOG_LINES_H

#include "log/reader.h"

struct log_lines;

struct log_lines *log_lines_new(struct log_reader *reader);
/* Whole lines, the last one with its end or not; text has no NUL but the one at its end. */
void log_lines_take(struct log_lines *lines, const char *text, size_t len);
/* Ends what goes on from line to line, too. */
void log_lines_free(struct log_lines *lines);

#endif
