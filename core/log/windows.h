/* windows.h - a log of Windows: events in XML. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_WINDOWS_H
#define SSTPDIAG_CORE_LOG_WINDOWS_H

#include "log/reader.h"

/* Is text such a log, and not lines? */
bool log_windows_is(const char *text, size_t len);
void log_windows_parse(struct log_reader *reader, const char *text, size_t len);

#endif
