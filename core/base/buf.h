/* buf.h - bounded reader over bytes that somebody else owns
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_BUF_H
#define SSTPDIAG_CORE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left to read: [p, end). A plain value: copy it to look ahead. Never owns its bytes. */
struct buf {
    const uint8_t *p;
    const uint8_t *end;
};

/* All readers return false, and leave the reader and the out-parameter untouched, when fewer bytes
 * are left than asked for. Integers are big endian unless the name says le. */
struct buf buf_init(const uint8_t *data, size_t len);
size_t buf_left(const struct buf *b);
bool buf_u8(struct buf *b, uint8_t *v);
bool buf_u16(struct buf *b, uint16_t *v);
bool buf_u24(struct buf *b, uint32_t *v);
bool buf_u32(struct buf *b, uint32_t *v);
bool buf_skip(struct buf *b, size_t n);
/* Cuts n bytes off into *sub, which cannot read past them. */
bool buf_sub(struct buf *b, size_t n, struct buf *sub);
/* Copies n bytes to dst. */
bool buf_copy(struct buf *b, void *dst, size_t n);
/* n bytes written as hexadecimal digits, two each and of either case. False also where one is none;
 * the reader is not moved then, dst may have been written to. */
bool buf_hex(struct buf *b, uint8_t *dst, size_t n);
/* Looks n bytes ahead without moving. */
bool buf_peek_u8(const struct buf *b, size_t offset, uint8_t *v);
bool buf_peek_u16(const struct buf *b, size_t offset, uint16_t *v);
/* Gives up what is beyond the next len bytes. */
void buf_limit(struct buf *b, size_t len);

/* For headers that were copied as a whole, as every data packet of a tunnel has them: integers at
 * p, of which the caller knows that they are there. */
static inline uint16_t
buf_at16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
buf_at32(const uint8_t *p)
{
    return (uint32_t)buf_at16(p) << 16 | buf_at16(p + 2);
}

#endif
