/* tcp.c - options of a TCP header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/tcp.h"

#include <glib.h>

enum { TCP_HEADER_MIN_LEN = 20 };

bool
tcp_option_next(struct buf *options, uint8_t *kind, struct buf *value)
{
    uint8_t len;

    do {
        if (!buf_u8(options, kind) || *kind == TCP_OPTION_END)
            return false;
    } while (*kind == TCP_OPTION_NOP);
    return buf_u8(options, &len) && len >= 2 && buf_sub(options, len - 2U, value);
}

bool
tcp_decode(struct buf b, size_t wire_len, struct segment *segment)
{
    size_t captured = buf_left(&b);
    uint16_t offset_flags;

    if (!buf_u16(&b, &segment->src.port) || !buf_u16(&b, &segment->dst.port) ||
        !buf_u32(&b, &segment->seq) || !buf_u32(&b, &segment->ack) || !buf_u16(&b, &offset_flags))
        return false;

    size_t header_len = (size_t)(offset_flags >> 12) * 4;
    if (header_len < TCP_HEADER_MIN_LEN || header_len > wire_len)
        return false;
    segment->flags = offset_flags & 0xfff;
    segment->cut_header = header_len > captured;
    segment->window = UINT16_MAX; /* where it is missing, nothing says that it is shut */
    if (!buf_u16(&b, &segment->window) || !buf_u16(&b, &segment->checksum) || !buf_skip(&b, 2))
        b = buf_init(b.p, 0);
    segment->options = b.p;
    segment->options_len = MIN(header_len - TCP_HEADER_MIN_LEN, buf_left(&b));
    segment->payload = b.p + segment->options_len;
    segment->captured_len = segment->cut_header ? 0 : MIN(captured, wire_len) - header_len;
    segment->payload_len = wire_len - header_len;
    return true;
}
