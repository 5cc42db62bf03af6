/* decode.h - bytes of a log file to text. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_DECODE_H
#define SSTPDIAG_CORE_LOG_DECODE_H

#include <glib.h>
#include <stdint.h>

/* Text without NUL and without a byte order mark: UTF-8, or bytes as they are when data is neither
 * that nor UTF-16. UTF-16 is known by its byte order mark, or by the NULs that ASCII
 * has in it. The caller frees
 * it. */
GString *log_decode(const uint8_t *data, size_t len);

#endif
