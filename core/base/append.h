/* append.h - packets put together in network byte order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_APPEND_H
#define SSTPDIAG_CORE_BASE_APPEND_H

#include <glib.h>

static inline void
append_u8(GByteArray *out, unsigned v)
{
    const guint8 byte = (guint8)v;

    g_byte_array_append(out, &byte, 1);
}

static inline void
append_u16(GByteArray *out, size_t v)
{
    append_u8(out, (unsigned)(v >> 8 & 0xff));
    append_u8(out, (unsigned)(v & 0xff));
}

static inline void
append_u32(GByteArray *out, guint32 v)
{
    append_u16(out, v >> 16);
    append_u16(out, v & 0xffff);
}

static inline void
set_u16(guint8 *out, guint32 v)
{
    out[0] = (guint8)(v >> 8);
    out[1] = (guint8)v;
}

/* Sum of the Internet checksum (RFC 1071); only the last part may have an odd length. */
static inline guint32
checksum_add(guint32 sum, const guint8 *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? data[i] : (guint32)data[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

#endif
