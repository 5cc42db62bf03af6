/* packet.c - IP packets made of what a socket tells
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet.h"

#include "base/append.h"
#include "base/numbers.h"
#include "codec/ip.h"
#include "codec/tcp.h"

enum {
    TCP_HEADER_LEN = 20,
    TCP_CHECKSUM_OFFSET = 16,
    UDP_HEADER_LEN = 8,
    UDP_CHECKSUM_OFFSET = 6,
    ICMP_CHECKSUM_OFFSET = 2,
    ICMP_HEADER_LEN = 8,
    WINDOW = 0xffff,
};

/* Over the pseudo header (RFC 9293 3.1, RFC 8200 8.1) and what begins at begin. */
static void
set_checksum(GByteArray *out, guint begin, guint offset, const struct endpoint *src,
             const struct endpoint *dst, uint8_t protocol)
{
    const guint len = out->len - begin;
    guint32 sum = protocol + (len >> 16) + (len & 0xffff);

    sum = checksum_add(sum, src->addr, src->addr_len);
    sum = checksum_add(sum, dst->addr, dst->addr_len);
    sum = checksum_add(sum, out->data + begin, len);
    set_u16(out->data + begin + offset, ~sum);
}

static size_t
options_len(const struct packet_tcp *tcp)
{
    return (tcp->mss ? 4U : 0) + (tcp->timestamps ? 12U : 0);
}

static void
append_tcp_options(GByteArray *out, const struct packet_tcp *tcp)
{
    if (tcp->mss) {
        append_u8(out, TCP_OPTION_MSS);
        append_u8(out, 4);
        append_u16(out, tcp->mss);
    }
    if (tcp->timestamps) {
        append_u8(out, TCP_OPTION_NOP);
        append_u8(out, TCP_OPTION_NOP);
        append_u8(out, TCP_OPTION_TIMESTAMPS);
        append_u8(out, 10);
        append_u32(out, tcp->stamp);
        append_u32(out, tcp->stamp);
    }
}

void
packet_append_tcp(GByteArray *out, const struct packet_tcp *tcp, struct buf payload)
{
    const size_t header_len = TCP_HEADER_LEN + options_len(tcp);

    ip_append_header(out, tcp->src, tcp->dst, IP_TCP, tcp->id, header_len + buf_left(&payload));
    const guint begin = out->len;
    append_u16(out, tcp->src->port);
    append_u16(out, tcp->dst->port);
    append_u32(out, tcp->seq);
    append_u32(out, tcp->ack);
    append_u8(out, (unsigned)(header_len / 4) << 4);
    append_u8(out, tcp->flags);
    append_u16(out, WINDOW);
    append_u32(out, 0);
    append_tcp_options(out, tcp);
    g_byte_array_append(out, payload.p, (guint)buf_left(&payload));
    set_checksum(out, begin, TCP_CHECKSUM_OFFSET, tcp->src, tcp->dst, IP_TCP);
}

void
packet_append_udp(GByteArray *out, const struct endpoint *src, const struct endpoint *dst,
                  struct buf payload)
{
    const size_t len = UDP_HEADER_LEN + buf_left(&payload);

    ip_append_header(out, src, dst, IP_UDP, 0, len);
    const guint begin = out->len;
    append_u16(out, src->port);
    append_u16(out, dst->port);
    append_u16(out, (uint16_t)len);
    append_u16(out, 0);
    g_byte_array_append(out, payload.p, (guint)buf_left(&payload));
    set_checksum(out, begin, UDP_CHECKSUM_OFFSET, src, dst, IP_UDP);
}

void
packet_append_icmp(GByteArray *out, const struct endpoint *from, const struct endpoint *to,
                   uint8_t type, uint8_t code, uint16_t mtu, struct buf quoted)
{
    const bool v6 = to->addr_len != 4;
    const uint8_t protocol = v6 ? IP_ICMPV6 : IP_ICMP;

    ip_append_header(out, from, to, protocol, 0, ICMP_HEADER_LEN + buf_left(&quoted));
    const guint begin = out->len;
    append_u8(out, type);
    append_u8(out, code);
    append_u16(out, 0);
    append_u32(out, mtu);
    g_byte_array_append(out, quoted.p, (guint)buf_left(&quoted));
    if (v6)
        set_checksum(out, begin, ICMP_CHECKSUM_OFFSET, from, to, protocol);
    else
        set_u16(out->data + begin + ICMP_CHECKSUM_OFFSET,
                ~checksum_add(0, out->data + begin, out->len - begin));
}
