/* fuzz_inner.c - packets inside the tunnel, and what is made of a row of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/traffic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is packets with a byte each in front: the sender in bit 7, an outer retransmission in
 * bit 6, and seconds since the packet before; then a length of two bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct endpoint client = { .addr = { 10, 0, 0, 2 }, .addr_len = 4, .port = 49152 },
                          server = { .addr = { 10, 0, 0, 1 }, .addr_len = 4, .port = 443 };
    struct traffic *traffic = traffic_new(&client, &server);
    struct buf input = buf_init(data, size), packet;
    struct mark mark = { 0, 0 };
    struct inner inner;
    uint32_t resent = 0;
    uint16_t len;
    uint8_t head;

    traffic->carries[SIDE_CLIENT] = traffic->carries[SIDE_SERVER] = 1400;
    while (buf_u8(&input, &head) && buf_u16(&input, &len)) {
        if (len > buf_left(&input))
            len = (uint16_t)buf_left(&input);
        buf_sub(&input, len, &packet);
        mark.frame++;
        mark.time += (head & 0x3f) * NS_PER_SECOND;
        resent += head >> 6 & 1;
        if (inner_decode(packet, &inner))
            traffic_packet(traffic, head & 0x80 ? SIDE_SERVER : SIDE_CLIENT, &inner, resent, mark);
    }
    traffic_starved(traffic, SIDE_CLIENT, mark);
    traffic_starved(traffic, SIDE_SERVER, mark);
    traffic_free(traffic);
    return 0;
}
