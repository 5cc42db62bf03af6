/* buf.c - bounded reader over bytes that somebody else owns
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/buf.h"

/* Moves past n bytes and gives their start, or NULL. Never adds to a null pointer. */
static const uint8_t *
take(struct buf *b, size_t n)
{
    const uint8_t *start = b->p;

    if (n == 0 || n > buf_left(b))
        return NULL;
    b->p += n;
    return start;
}

struct buf
buf_init(const uint8_t *data, size_t len)
{
    static const uint8_t nothing[1];
    struct buf b = { nothing, nothing };

    if (data != NULL) {
        b.p = data;
        b.end = data + len;
    }
    return b;
}

size_t
buf_left(const struct buf *b)
{
    return (size_t)(b->end - b->p);
}

bool
buf_u8(struct buf *b, uint8_t *v)
{
    const uint8_t *p = take(b, 1);

    if (p == NULL)
        return false;
    *v = p[0];
    return true;
}

bool
buf_u16(struct buf *b, uint16_t *v)
{
    const uint8_t *p = take(b, 2);

    if (p == NULL)
        return false;
    *v = buf_at16(p);
    return true;
}

bool
buf_u24(struct buf *b, uint32_t *v)
{
    const uint8_t *p = take(b, 3);

    if (p == NULL)
        return false;
    *v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    return true;
}

bool
buf_u32(struct buf *b, uint32_t *v)
{
    const uint8_t *p = take(b, 4);

    if (p == NULL)
        return false;
    *v = buf_at32(p);
    return true;
}

bool
buf_skip(struct buf *b, size_t n)
{
    return n == 0 || take(b, n) != NULL;
}

bool
buf_sub(struct buf *b, size_t n, struct buf *sub)
{
    struct buf cut = *b;

    if (!buf_skip(b, n))
        return false;
    cut.end = b->p;
    *sub = cut;
    return true;
}

bool
buf_copy(struct buf *b, void *dst, size_t n)
{
    const uint8_t *p;

    if (n == 0)
        return true;
    p = take(b, n);
    if (p == NULL)
        return false;
    memcpy(dst, p, n);
    return true;
}

static bool
hex_digit(uint8_t c, uint8_t *v)
{
    const uint8_t letter = c | 0x20;

    if (c >= '0' && c <= '9')
        *v = c - '0';
    else if (letter >= 'a' && letter <= 'f')
        *v = letter - 'a' + 10;
    else
        return false;
    return true;
}

bool
buf_hex(struct buf *b, uint8_t *dst, size_t n)
{
    struct buf left = *b;
    uint8_t high, low;

    for (size_t i = 0; i < n; i++) {
        if (!buf_u8(&left, &high) || !hex_digit(high, &high) || !buf_u8(&left, &low) ||
            !hex_digit(low, &low))
            return false;
        dst[i] = (uint8_t)(high << 4 | low);
    }
    *b = left;
    return true;
}

bool
buf_peek_u8(const struct buf *b, size_t offset, uint8_t *v)
{
    struct buf ahead = *b;

    return buf_skip(&ahead, offset) && buf_u8(&ahead, v);
}

bool
buf_peek_u16(const struct buf *b, size_t offset, uint16_t *v)
{
    struct buf ahead = *b;

    return buf_skip(&ahead, offset) && buf_u16(&ahead, v);
}

void
buf_limit(struct buf *b, size_t len)
{
    if (len < buf_left(b))
        b->end = b->p + len;
}
