/* windows.h - a log of Windows: events in XML. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_WINDOWS_H
#define SSTPDIAG_CORE_LOG_WINDOWS_H

#include "log/reader.h"

/* Is text such a log, and not lines? */
bool log_windows_is(const char *text, size_t len);
/* Begins at the line that reader stands at. */
void log_windows_parse(struct log_reader *reader, const char *text, size_t len);
/* How much of text are whole events, with what stands between them. */
size_t log_windows_whole(const char *text, size_t len);
/* Where the next event begins in text; NULL: none does. */
const char *log_windows_find(const char *text, const char *end);
/* Is data a log of Windows in binary? */
bool log_windows_is_evtx(const uint8_t *data, size_t len);

#endif
