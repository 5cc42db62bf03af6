/* tell.c - a decoded frame, told to the engine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/tell.h"

#include "base/wipe.h"
#include "codec/framing.h"
#include "codec/http.h"

enum { BEGUN_MAX = HTTP_HEAD_MAX_LEN };

void
engine_tell(struct engine *engine, struct frame *frame, struct mark mark, uint32_t interface)
{
    engine_frame(engine, mark);
    switch (frame->kind) {
    case FRAME_TCP:
        frame->segment.mark = mark;
        frame->segment.interface = interface;
        if (engine_segment(engine, &frame->segment) == CONNECTION_FOREIGN)
            return;
        break;
    case FRAME_ICMP:
        frame->icmp.mark = mark;
        frame->icmp.interface = interface;
        engine_icmp(engine, &frame->icmp);
        break;
    case FRAME_DNS:
        engine_dns(engine, &frame->dns, &frame->src, &frame->dst, mark);
        return;
    case FRAME_ARP:
        engine_arp(engine, &frame->src, frame->request ? &frame->dst : NULL, mark);
        return;
    case FRAME_OTHER:
        return;
    }
    engine_frame_done(engine);
    engine_no_segment(engine);
}

void
engine_tell_clear(struct engine *engine, GByteArray *begun, const uint8_t *data, size_t len)
{
    g_byte_array_append(begun, data, (guint)len);
    const uint8_t *next = begun->data;
    size_t left = begun->len;
    while (left > 0) {
        const struct piece piece = framing_next(next, left);
        if (piece.kind == PIECE_NEED_MORE)
            break;
        engine_piece(engine, &piece, next);
        next += piece.len;
        left -= piece.len;
    }
    /* No packet and no head is as long: nobody can tell where the next one begins. */
    if (left > BEGUN_MAX)
        left = 0;
    const guint done = begun->len - (guint)left;
    g_byte_array_remove_range(begun, 0, done);
    wipe(begun->data + left, done);
}
