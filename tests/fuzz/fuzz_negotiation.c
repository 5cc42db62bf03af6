/* fuzz_negotiation.c - control packets of both sides, as LCP, IPCP or CCP take them
 *
 * The input is a list of packets: the first byte chooses protocol, sender and whether it is a
 * Protocol-Reject, the next is the packet's length.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/negotiation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t protocols[] = { PPP_LCP, PPP_IPCP, PPP_CCP, PPP_IPV6CP };
    struct ppp_negotiation n[4][SIDE_COUNT] = { 0 };
    struct buf input = buf_init(data, size), bytes;
    struct mark mark = { 0 };
    struct ppp_packet packet;
    uint8_t kind, len;

    while (buf_u8(&input, &kind) && buf_u8(&input, &len) && buf_sub(&input, len, &bytes)) {
        struct ppp_negotiation *sides = n[kind & 3];
        enum side side = kind & 4 ? SIDE_SERVER : SIDE_CLIENT;
        mark.frame++;
        mark.time += NS_PER_SECOND;
        if (kind & 8)
            negotiation_protocol_rejected(&sides[side], mark);
        else if (ppp_decode_packet(bytes, &packet))
            negotiation_packet(sides, side, &packet, protocols[kind & 3], mark.frame, mark);
    }
    return 0;
}
