/* frame.c - Ethernet frames of TCP segments and other IP packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frame.h"

#include <string.h>

#include "bytes.h"

enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_MIN = 0x0600,
    IPV4_HEADER_LEN = 20,
    TCP_HEADER_LEN = 20,
    PROTOCOL_TCP = 6,
    DEFAULT_TTL = 64,
    DONT_FRAGMENT = 0x4000,
};

/* A locally administered address, made of the end's own. */
static void
put_mac(GByteArray *out, const struct endpoint *end)
{
    append_u16(out, 0x0200);
    g_byte_array_append(out, end->addr + end->addr_len - 4, 4);
}

/* What an IP header says. */
struct ip {
    const struct endpoint *src, *dst;
    uint8_t protocol, ttl;
    uint16_t id;
    size_t payload_len;
};

static void
put_ipv4(GByteArray *out, const struct ip *ip)
{
    guint at = out->len;

    append_u16(out, 0x4500);
    append_u16(out, IPV4_HEADER_LEN + ip->payload_len);
    append_u16(out, ip->id);
    append_u16(out, DONT_FRAGMENT);
    append_u8(out, ip->ttl ? ip->ttl : DEFAULT_TTL);
    append_u8(out, ip->protocol);
    append_u16(out, 0);
    g_byte_array_append(out, ip->src->addr, 4);
    g_byte_array_append(out, ip->dst->addr, 4);
    set_u16(out->data + at + 10, ~checksum_add(0, out->data + at, IPV4_HEADER_LEN));
}

static void
put_ipv6(GByteArray *out, const struct ip *ip)
{
    append_u32(out, UINT32_C(6) << 28);
    append_u16(out, ip->payload_len);
    append_u8(out, ip->protocol);
    append_u8(out, ip->ttl ? ip->ttl : DEFAULT_TTL);
    g_byte_array_append(out, ip->src->addr, ADDRESS_MAX_LEN);
    g_byte_array_append(out, ip->dst->addr, ADDRESS_MAX_LEN);
}

/* A frame as far as the payload of IP. */
static GByteArray *
begin_frame(const struct ip *ip)
{
    bool ipv6 = ip->src->addr_len == ADDRESS_MAX_LEN;
    GByteArray *out = g_byte_array_new();

    put_mac(out, ip->dst);
    put_mac(out, ip->src);
    append_u16(out, ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
    if (ipv6)
        put_ipv6(out, ip);
    else
        put_ipv4(out, ip);
    return out;
}

static void
put_tcp(GByteArray *out, const struct segment *segment)
{
    size_t header_len = TCP_HEADER_LEN + segment->options_len;

    append_u16(out, segment->src.port);
    append_u16(out, segment->dst.port);
    append_u32(out, segment->seq);
    append_u32(out, segment->ack);
    append_u16(out, header_len / 4 << 12 | segment->flags);
    append_u16(out, segment->window);
    append_u16(out, segment->checksum);
    append_u16(out, 0);
    g_byte_array_append(out, segment->options, (guint)segment->options_len);
    g_byte_array_append(out, segment->payload, (guint)segment->payload_len);
}

/* RFC 9293 3.1, of a segment whose checksum field is still filled with something. */
static uint16_t
tcp_checksum(const struct segment *segment, uint8_t *tcp, size_t len)
{
    const uint8_t tail[] = { 0, PROTOCOL_TCP, (uint8_t)(len >> 8), (uint8_t)len };
    uint32_t sum = checksum_add(0, tail, sizeof tail);

    sum = checksum_add(sum, segment->src.addr, segment->src.addr_len);
    sum = checksum_add(sum, segment->dst.addr, segment->dst.addr_len);
    set_u16(tcp + 16, 0);
    return (uint16_t)~checksum_add(sum, tcp, len);
}

GByteArray *
frame_make(const struct segment *segment, uint16_t id, size_t *wire_len)
{
    const struct ip ip = {
        .src = &segment->src,
        .dst = &segment->dst,
        .protocol = PROTOCOL_TCP,
        .ttl = segment->ttl,
        .id = segment->ip_id ? segment->ip_id : id,
        .payload_len = TCP_HEADER_LEN + segment->options_len + segment->payload_len,
    };
    GByteArray *out = begin_frame(&ip);
    guint at = out->len;

    put_tcp(out, segment);
    if (segment->checksum == PEER_WHOLE_CHECKSUM)
        set_u16(out->data + at + 16, tcp_checksum(segment, out->data + at, ip.payload_len));
    *wire_len = out->len;
    g_byte_array_set_size(out, out->len - (guint)(segment->payload_len - segment->captured_len));
    return out;
}

GByteArray *
frame_packet(const struct peer_packet *packet, uint16_t id)
{
    const struct ip ip = { .src = &packet->src,
                           .dst = &packet->dst,
                           .protocol = (uint8_t)packet->protocol,
                           .id = id,
                           .payload_len = packet->payload_len };
    GByteArray *out;

    if (packet->protocol < ETHERTYPE_MIN) {
        out = begin_frame(&ip);
    } else {
        out = g_byte_array_new();
        put_mac(out, ip.dst);
        put_mac(out, ip.src);
        append_u16(out, packet->protocol);
    }
    g_byte_array_append(out, packet->payload, (guint)packet->payload_len);
    return out;
}
