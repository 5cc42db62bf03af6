/* tell.c - a decoded frame, told to the engine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/tell.h"

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
