/* frame.c - a captured frame, down to what the engine is told of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/frame.h"

#include <glib.h>

#include "codec/icmp.h"
#include "codec/ip.h"
#include "base/numbers.h"
#include "codec/tcp.h"

enum {
    ETHERNET_ADDRESSES_LEN = 12,
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_VLAN = 0x8100, /* IEEE 802.1Q */
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_PPPOE = 0x8864, /* session stage, RFC 2516 */
    ETHERTYPE_QINQ = 0x88a8,  /* IEEE 802.1ad */
    ETHERTYPE_QINQ_OLD = 0x9100,
    VLANS_MAX = 4,
    PPPOE_HEADER_LEN = 6,
    SLL_PROTOCOL_AT = 14, /* LINKTYPE_LINUX_SLL */
    SLL2_HEADER_LEN = 20, /* LINKTYPE_LINUX_SLL2: the protocol comes first */
    LOOP_HEADER_LEN = 4,
    UDP_HEADER_LEN = 8,
    ARP_IPV4 = 0x0604, /* lengths of the two kinds of addresses */
    ARP_REQUEST = 1,
};

bool
frame_link_is_known(uint16_t link)
{
    static const uint16_t known[] = { LINK_NULL,        LINK_ETHERNET, LINK_PPP,  LINK_RAW_BSD,
                                      LINK_RAW_OPENBSD, LINK_RAW,      LINK_LOOP, LINK_SLL,
                                      LINK_IPV4,        LINK_IPV6,     LINK_SLL2 };

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i] == link)
            return true;
    return false;
}

/* --- above IP -------------------------------------------------------------------------------- */

static void
decode_udp(const struct ip_packet *ip, struct frame *out)
{
    struct buf b = ip->payload;
    uint16_t src, dst;

    if (!buf_peek_u16(&b, 0, &src) || !buf_peek_u16(&b, 2, &dst) ||
        (src != DNS_PORT && dst != DNS_PORT) || !buf_skip(&b, UDP_HEADER_LEN) ||
        !dns_decode(b.p, buf_left(&b), &out->dns))
        return;
    out->kind = FRAME_DNS;
    out->src = ip->src;
    out->dst = ip->dst;
}

static void
decode_ip(struct buf b, size_t wire_len, struct frame *out)
{
    struct ip_packet ip;

    if (!ip_decode(b, wire_len, &ip) || !ip.transport)
        return;
    bool v6 = ip.src.addr_len == ADDRESS_MAX_LEN;
    if (ip.protocol == IP_TCP) {
        out->segment.src = ip.src;
        out->segment.dst = ip.dst;
        out->segment.ttl = ip.ttl;
        out->segment.ip_id = ip.id;
        if (tcp_decode(ip.payload, ip.payload_len, &out->segment))
            out->kind = FRAME_TCP;
    } else if (ip.protocol == (v6 ? IP_ICMPV6 : IP_ICMP)) {
        if (!icmp_decode(v6, ip.payload.p, buf_left(&ip.payload), &out->icmp))
            return;
        out->icmp.from = ip.src;
        out->kind = FRAME_ICMP;
    } else if (ip.protocol == IP_UDP) {
        decode_udp(&ip, out);
    }
}

bool
frame_decode_arp(struct buf b, struct endpoint *sender, struct endpoint *target, bool *request)
{
    uint16_t lengths, operation;

    *sender = *target = (struct endpoint){ .addr_len = 4 };
    if (!buf_skip(&b, 4) || !buf_u16(&b, &lengths) || lengths != ARP_IPV4 ||
        !buf_u16(&b, &operation) || !buf_skip(&b, 6) || !buf_copy(&b, sender->addr, 4) ||
        !buf_skip(&b, 6) || !buf_copy(&b, target->addr, 4))
        return false;
    *request = operation == ARP_REQUEST;
    return true;
}

/* --- below IP -------------------------------------------------------------------------------- */

/* PPP as a provider's link carries it: a protocol of one byte or two, perhaps behind address and
 * control (RFC 1661, RFC 1662). */
static void
decode_ppp(struct buf b, size_t wire_len, struct frame *out)
{
    size_t had = buf_left(&b);
    uint16_t protocol;

    if (buf_peek_u16(&b, 0, &protocol) && protocol == 0xff03)
        (void)buf_skip(&b, 2);
    if (!buf_u16(&b, &protocol))
        return;
    if (protocol == PPP_IP || protocol == PPP_IPV6)
        decode_ip(b, MAX(wire_len, had) - (had - buf_left(&b)), out);
}

/* wire_len: from b on. */
static void
decode_ethertype(uint16_t type, struct buf b, size_t wire_len, struct frame *out)
{
    uint16_t inner;

    for (int i = 0; type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD;
         i++) {
        if (i == VLANS_MAX || !buf_peek_u16(&b, 2, &inner) || !buf_skip(&b, 4))
            return;
        wire_len = wire_len > 4 ? wire_len - 4 : 0;
        type = inner;
    }
    if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6) {
        decode_ip(b, wire_len, out);
    } else if (type == ETHERTYPE_ARP) {
        if (frame_decode_arp(b, &out->src, &out->dst, &out->request))
            out->kind = FRAME_ARP;
    } else if (type == ETHERTYPE_PPPOE && buf_skip(&b, PPPOE_HEADER_LEN)) {
        decode_ppp(b, wire_len > PPPOE_HEADER_LEN ? wire_len - PPPOE_HEADER_LEN : 0, out);
    }
}

void
frame_decode(uint16_t link, const uint8_t *data, size_t captured, size_t wire_len,
             struct frame *out)
{
    struct buf b = buf_init(data, captured);
    size_t header_len = 0;
    uint16_t type = 0;
    bool typed = false;

    out->kind = FRAME_OTHER;
    out->segment = (struct segment){ 0 };
    switch ((enum frame_link)link) {
    case LINK_ETHERNET:
        header_len = ETHERNET_ADDRESSES_LEN + 2;
        typed = buf_peek_u16(&b, ETHERNET_ADDRESSES_LEN, &type);
        break;
    case LINK_SLL:
        header_len = SLL_PROTOCOL_AT + 2;
        typed = buf_peek_u16(&b, SLL_PROTOCOL_AT, &type);
        break;
    case LINK_SLL2:
        header_len = SLL2_HEADER_LEN;
        typed = buf_peek_u16(&b, 0, &type);
        break;
    case LINK_NULL:
    case LINK_LOOP:
        header_len = LOOP_HEADER_LEN; /* a family, which is another number on each system */
        break;
    case LINK_PPP:
        decode_ppp(b, MAX(wire_len, captured), out);
        return;
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_RAW:
    case LINK_IPV4:
    case LINK_IPV6:
        break;
    default:
        return;
    }
    if (!buf_skip(&b, header_len))
        return;
    wire_len = MAX(wire_len, captured) - header_len;
    if (typed)
        decode_ethertype(type, b, wire_len, out);
    else if (header_len == 0 || header_len == LOOP_HEADER_LEN)
        decode_ip(b, wire_len, out);
}
