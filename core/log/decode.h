/* decode.h - bytes of a log file to text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_DECODE_H
#define SSTPDIAG_CORE_LOG_DECODE_H

#include <glib.h>
#include <stdint.h>

/* UTF-8, more or less, without NUL and without a byte order mark. data may also be UTF-16 with its
 * mark, or XML in it without one. */
GString *log_decode(const uint8_t *data, size_t len);

#endif
