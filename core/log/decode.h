/* decode.h - bytes of a log file to text. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_DECODE_H
#define SSTPDIAG_CORE_LOG_DECODE_H

#include <glib.h>
#include <stdint.h>

enum log_coding { LOG_CODING_BYTES, LOG_CODING_UTF16_LITTLE, LOG_CODING_UTF16_BIG };

/* How a file is written that begins with data, and how long its byte order mark is. UTF-16 is known
 * by its mark, or by the NULs that ASCII has in it. */
enum log_coding log_coding_of(const uint8_t *data, size_t len, size_t *mark_len);
/* Appends text without NUL: UTF-8, or bytes as they are when data is neither that nor UTF-16. */
void log_decode(GString *text, enum log_coding coding, const uint8_t *data, size_t len);

#endif
