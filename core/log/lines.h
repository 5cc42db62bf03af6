/* lines.h - a log of text, line by line. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_LINES_H
#define SSTPDIAG_CORE_LOG_LINES_H

#include "log/reader.h"

/* text has no NUL but the one at its end. */
void log_lines_parse(struct log_reader *reader, const char *text, size_t len);

#endif
