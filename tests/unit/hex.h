/* hex.h - test bytes written as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_HEX_H
#define SSTPDIAG_TESTS_HEX_H

#include <string.h>

#include <glib.h>

#include "base/buf.h"

/* Bytes of a test row, in a block of exactly their size so that a sanitizer sees one byte too far.
 */
struct hex {
    uint8_t *data;
    size_t len;
};

/* Blanks may stand anywhere. "XX*n" is byte XX n times. Release with hex_free(). */
static inline struct hex
hex_new(const char *text)
{
    GByteArray *bytes = g_byte_array_new();
    struct hex hex;

    while (*text != '\0') {
        uint8_t byte;
        unsigned long times = 1;

        if (g_ascii_isspace(*text)) {
            text++;
            continue;
        }
        g_assert_true(g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1]));
        byte = (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
        text += 2;
        if (*text == '*') {
            char *end;

            times = (unsigned long)g_ascii_strtoull(text + 1, &end, 10);
            text = end;
        }
        while (times-- > 0)
            g_byte_array_append(bytes, &byte, 1);
    }
    hex.len = bytes->len;
    hex.data = g_malloc(hex.len > 0 ? hex.len : 1);
    if (hex.len > 0)
        memcpy(hex.data, bytes->data, hex.len);
    g_byte_array_free(bytes, TRUE);
    return hex;
}

static inline void
hex_free(struct hex hex)
{
    g_free(hex.data);
}

static inline struct buf
hex_buf(const struct hex *hex)
{
    return buf_init(hex->data, hex->len);
}

/* Text bytes, without their NUL. */
static inline struct buf
text_buf(const char *text)
{
    return buf_init((const uint8_t *)text, strlen(text));
}

/* A reader's rest compared with text; NULL stands for nothing. */
static inline void
assert_buf_is(struct buf b, const char *text)
{
    g_assert_cmpmem(b.p, buf_left(&b), text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

/* g_test_add_data_func() for each row of a table whose rows begin with their name. */
#define ADD_ROWS(prefix, rows, runner)                                                             \
    do {                                                                                           \
        for (size_t row_ = 0; row_ < G_N_ELEMENTS(rows); row_++) {                                 \
            char *path_ = g_strconcat((prefix), "/", (rows)[row_].name, NULL);                     \
            g_test_add_data_func(path_, &(rows)[row_], (runner));                                  \
            g_free(path_);                                                                         \
        }                                                                                          \
    } while (0)

#endif
