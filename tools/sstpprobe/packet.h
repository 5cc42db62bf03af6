/* packet.h - IP packets made of what a socket tells
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_PACKET_H
#define SSTPPROBE_PACKET_H

#include <glib.h>

#include "base/event.h"
#include "base/buf.h"

/* What of a segment is known. */
struct packet_tcp {
    const struct endpoint *src, *dst;
    uint32_t seq, ack;
    uint8_t flags;   /* enum tcp_flag */
    uint16_t mss;    /* of a SYN; 0: none is told */
    bool timestamps; /* the connection has them */
    uint32_t stamp;
    uint16_t id;
};

/* Each appends one packet, from its IP header on. */
void packet_append_tcp(GByteArray *out, const struct packet_tcp *tcp, struct buf payload);
void packet_append_udp(GByteArray *out, const struct endpoint *src, const struct endpoint *dst,
                       struct buf payload);
/* An ICMP or ICMPv6 error about what quoted begins; mtu of the next hop, 0 for none. */
void packet_append_icmp(GByteArray *out, const struct endpoint *from, const struct endpoint *to,
                        uint8_t type, uint8_t code, uint16_t mtu, struct buf quoted);

#endif
