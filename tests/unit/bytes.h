/* bytes.h - more ways to put packets together
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_BYTES_H
#define SSTPDIAG_TESTS_BYTES_H

#include <string.h>

#include "base/append.h"

static inline void
append_text(GByteArray *bytes, const char *text)
{
    g_byte_array_append(bytes, (const uint8_t *)text, (guint)strlen(text));
}

static inline void
append_zeros(GByteArray *bytes, size_t len)
{
    guint old = bytes->len;

    g_byte_array_set_size(bytes, old + (guint)len);
    memset(bytes->data + old, 0, len);
}

static inline void
append_bytes(GByteArray *bytes, const GByteArray *more)
{
    g_byte_array_append(bytes, more->data, more->len);
}

#endif
