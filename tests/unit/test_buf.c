/* test_buf.c - the bounded reader
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"

enum op { OP_U8, OP_U16, OP_U24, OP_U32, OP_SKIP, OP_SUB, OP_COPY, OP_PEEK_U8, OP_PEEK_U16 };

struct read_row {
    const char *name;
    const char *bytes;
    enum op op;
    size_t n; /* skip, sub, copy: bytes; peek: offset */
    bool ok;
    uint32_t value; /* of sub and copy: number of bytes got */
    size_t left;
};

static const struct read_row read_rows[] = {
    { "u8", "fe", OP_U8, 0, true, 0xfe, 0 },
    { "u8/empty", "", OP_U8, 0, false, 0, 0 },
    { "u16", "fe01", OP_U16, 0, true, 0xfe01, 0 },
    { "u16/one-byte-less", "fe", OP_U16, 0, false, 0, 1 },
    { "u16/one-more", "fe0102", OP_U16, 0, true, 0xfe01, 1 },
    { "u24", "fe0102", OP_U24, 0, true, 0xfe0102, 0 },
    { "u24/one-byte-less", "fe01", OP_U24, 0, false, 0, 2 },
    { "u32", "ffffffff", OP_U32, 0, true, 0xffffffff, 0 },
    { "u32/one-byte-less", "fe0102", OP_U32, 0, false, 0, 3 },
    { "skip", "fe0102", OP_SKIP, 2, true, 0, 1 },
    { "skip/nothing", "", OP_SKIP, 0, true, 0, 0 },
    { "skip/all", "fe01", OP_SKIP, 2, true, 0, 0 },
    { "skip/one-more", "fe01", OP_SKIP, 3, false, 0, 2 },
    { "skip/largest", "fe01", OP_SKIP, SIZE_MAX, false, 0, 2 },
    { "sub", "fe0102", OP_SUB, 2, true, 2, 1 },
    { "sub/nothing", "fe", OP_SUB, 0, true, 0, 1 },
    { "sub/one-more", "fe", OP_SUB, 2, false, 0, 1 },
    { "sub/largest", "fe", OP_SUB, SIZE_MAX, false, 0, 1 },
    { "copy", "fe0102", OP_COPY, 3, true, 3, 0 },
    { "copy/nothing", "", OP_COPY, 0, true, 0, 0 },
    { "copy/one-more", "fe", OP_COPY, 2, false, 0, 1 },
    { "peek-u8", "fe01", OP_PEEK_U8, 1, true, 0x01, 2 },
    { "peek-u8/past-end", "fe01", OP_PEEK_U8, 2, false, 0, 2 },
    { "peek-u8/largest", "fe01", OP_PEEK_U8, SIZE_MAX, false, 0, 2 },
    { "peek-u16", "fe0102", OP_PEEK_U16, 1, true, 0x0102, 3 },
    { "peek-u16/past-end", "fe0102", OP_PEEK_U16, 2, false, 0, 3 },
};

static bool
read_one(struct buf *b, const struct read_row *row, uint32_t *value)
{
    uint8_t u8, copy[4];
    uint16_t u16;
    struct buf sub;
    bool ok = false;

    switch (row->op) {
    case OP_U8:
    case OP_PEEK_U8:
        ok = row->op == OP_U8 ? buf_u8(b, &u8) : buf_peek_u8(b, row->n, &u8);
        *value = ok ? u8 : *value;
        break;
    case OP_U16:
    case OP_PEEK_U16:
        ok = row->op == OP_U16 ? buf_u16(b, &u16) : buf_peek_u16(b, row->n, &u16);
        *value = ok ? u16 : *value;
        break;
    case OP_U24:
        ok = buf_u24(b, value);
        break;
    case OP_U32:
        ok = buf_u32(b, value);
        break;
    case OP_SKIP:
        ok = buf_skip(b, row->n);
        break;
    case OP_SUB:
        ok = buf_sub(b, row->n, &sub);
        *value = ok ? (uint32_t)buf_left(&sub) : *value;
        break;
    case OP_COPY:
        ok = buf_copy(b, copy, row->n);
        *value = ok ? (uint32_t)row->n : *value;
        break;
    }
    return ok;
}

static void
run_read(gconstpointer data)
{
    const struct read_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct buf b = hex_buf(&hex);
    uint32_t value = 0;

    g_assert_cmpint(read_one(&b, row, &value), ==, row->ok);
    g_assert_cmphex(value, ==, row->value);
    g_assert_cmpuint(buf_left(&b), ==, row->left);
    hex_free(hex);
}

static void
test_null(void)
{
    struct buf b = buf_init(NULL, 0), zeroed = { NULL, NULL }, sub;
    uint8_t v;

    g_assert_cmpuint(buf_left(&b), ==, 0);
    g_assert_false(buf_u8(&b, &v));
    g_assert_true(buf_skip(&zeroed, 0));
    g_assert_true(buf_sub(&zeroed, 0, &sub));
    g_assert_cmpuint(buf_left(&sub), ==, 0);
    g_assert_false(buf_u8(&zeroed, &v));
}

/* A sub-reader ends where it was cut, and moving it does not move its parent. */
static void
test_sub_is_bounded(void)
{
    const uint8_t bytes[] = { 1, 2, 3, 4 };
    struct buf b = buf_init(bytes, sizeof bytes), sub;
    uint16_t v;

    g_assert_true(buf_sub(&b, 3, &sub));
    g_assert_true(buf_u16(&sub, &v));
    g_assert_false(buf_u16(&sub, &v));
    g_assert_cmphex(v, ==, 0x0102);
    g_assert_cmpuint(buf_left(&sub), ==, 1);
    g_assert_cmpuint(buf_left(&b), ==, 1);
}

struct hex_row {
    const char *name;
    const char *text;
    bool ok;
    size_t left;
};

/* Two bytes are read. */
static const struct hex_row hex_rows[] = {
    { "lower-case", "12af", true, 0 },   { "upper-case", "12AF", true, 0 },
    { "more", "12afx", true, 1 },        { "one-digit-less", "12a", false, 3 },
    { "behind-f", "12ag", false, 4 },    { "before-a", "12`a", false, 4 },
    { "behind-nine", "1:af", false, 4 }, { "before-zero", "/2af", false, 4 },
    { "empty", "", false, 0 },           { "high-bit", "12a\xe1", false, 4 },
};

static void
run_hex(gconstpointer data)
{
    static const uint8_t read[] = { 0x12, 0xaf };
    const struct hex_row *row = data;
    struct buf b = text_buf(row->text);
    uint8_t bytes[2];
    bool ok = buf_hex(&b, bytes, sizeof bytes);

    g_assert_cmpint(ok, ==, row->ok);
    g_assert_cmpuint(buf_left(&b), ==, row->left);
    if (ok)
        g_assert_cmpmem(bytes, sizeof bytes, read, sizeof read);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/buf/read", read_rows, run_read);
    ADD_ROWS("/buf/hex", hex_rows, run_hex);
    g_test_add_func("/buf/null", test_null);
    g_test_add_func("/buf/sub-is-bounded", test_sub_is_bounded);
    return g_test_run();
}
