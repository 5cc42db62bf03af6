/* inner.c - one packet inside the tunnel: the headers that rules about its traffic look at
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "inner.h"

#include <glib.h>
#include <string.h>

#include "tcp.h"

enum {
    IPV4_HEADER_LEN = 20,
    IPV4_OFFSET_MASK = 0x1fff,
    IPV6_HEADER_LEN = 40,
    IPV6_OFFSET_MASK = 0xfff8,
    EXTENSIONS_MAX = 8, /* more are nonsense */
    TCP_HEADER_LEN = 20,
    UDP_HEADER_LEN = 8,
};

static void
cut_to(struct buf *b, size_t len)
{
    if (len < buf_left(b))
        b->end = b->p + len;
}

/* Every data packet comes this way, so fixed headers are cut off as a whole. */
static uint16_t
at16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
at32(const uint8_t *p)
{
    return (uint32_t)at16(p) << 16 | at16(p + 2);
}

static void
address(struct endpoint *endpoint, const uint8_t *addr, uint8_t len)
{
    *endpoint = (struct endpoint){ .addr_len = len };
    memcpy(endpoint->addr, addr, len);
}

/* --- transport ------------------------------------------------------------------------------- */

static uint16_t
syn_mss(struct buf options)
{
    struct buf value;
    uint8_t kind;
    uint16_t mss = 0;

    while (tcp_option_next(&options, &kind, &value))
        if (kind == TCP_OPTION_MSS && buf_u16(&value, &mss))
            break;
    return mss;
}

static void
ports(const uint8_t *header, struct inner *out)
{
    out->src.port = at16(header);
    out->dst.port = at16(header + 2);
}

/* len: of header and payload, as the IP header says. */
static void
decode_tcp(struct buf b, size_t len, struct inner *out)
{
    struct inner_tcp *tcp = &out->u.tcp;
    uint8_t header[TCP_HEADER_LEN];

    if (!buf_copy(&b, header, sizeof header))
        return;
    size_t header_len = (size_t)(header[12] >> 4) * 4;
    if (header_len < TCP_HEADER_LEN || header_len > len)
        return;
    out->kind = INNER_TCP;
    ports(header, out);
    *tcp = (struct inner_tcp){ .seq = at32(header + 4),
                               .ack = at32(header + 8),
                               .payload_len = (uint32_t)(len - header_len),
                               .flags = header[13] };
    if (tcp->flags & TCP_SYN) {
        cut_to(&b, header_len - TCP_HEADER_LEN);
        tcp->mss = syn_mss(b);
    }
}

static bool
decode_dns(struct buf b, struct inner *out)
{
    struct inner_dns *dns = &out->u.dns;
    struct dns_message message;

    if (!dns_decode(b.p, buf_left(&b), &message))
        return false;
    *dns = (struct inner_dns){ .id = message.id,
                               .response = message.response,
                               .rcode = message.rcode,
                               .name_hash = g_str_hash(message.name) };
    g_strlcpy(dns->name, message.name, sizeof dns->name);
    return true;
}

static void
decode_udp(struct buf b, struct inner *out)
{
    uint8_t header[UDP_HEADER_LEN];

    if (!buf_copy(&b, header, sizeof header))
        return;
    out->kind = INNER_UDP;
    ports(header, out);
    if ((out->src.port == DNS_PORT || out->dst.port == DNS_PORT) && decode_dns(b, out))
        out->kind = INNER_DNS;
}

static void
decode_transport(struct buf b, size_t len, struct inner *out)
{
    switch (out->protocol) {
    case IP_TCP:
        decode_tcp(b, len, out);
        break;
    case IP_UDP:
        decode_udp(b, out);
        break;
    case IP_ICMP:
    case IP_ICMPV6:
        if (buf_u8(&b, &out->u.icmp.type) && buf_u8(&b, &out->u.icmp.code))
            out->kind = INNER_ICMP;
        break;
    default:
        break;
    }
}

/* --- IP -------------------------------------------------------------------------------------- */

static bool
decode_ipv4(struct buf b, struct inner *out)
{
    uint8_t header[IPV4_HEADER_LEN];

    if (!buf_copy(&b, header, sizeof header))
        return false;
    size_t header_len = (size_t)(header[0] & 0x0f) * 4, total = at16(header + 2);
    if (header_len < IPV4_HEADER_LEN || header_len > total)
        return false;
    out->protocol = header[9];
    address(&out->src, header + 12, 4);
    address(&out->dst, header + 16, 4);
    if (!buf_skip(&b, header_len - IPV4_HEADER_LEN) || (at16(header + 6) & IPV4_OFFSET_MASK))
        return true;
    cut_to(&b, total - header_len);
    decode_transport(b, total - header_len, out);
    return true;
}

/* Passes over one extension header; len is what the packet has left. False when the transport
 * header cannot be reached. */
static bool
skip_extension(struct buf *b, size_t *len, uint8_t *next)
{
    uint8_t following, units;
    uint16_t fragment = 0;

    if (!buf_u8(b, &following) || !buf_u8(b, &units))
        return false;
    size_t n = 8 + (size_t)units * 8;
    if (*next == IP_FRAGMENT)
        n = 8;
    else if (*next == IP_AH)
        n = 8 + (size_t)units * 4;
    if (*next == IP_FRAGMENT && (!buf_peek_u16(b, 0, &fragment) || (fragment & IPV6_OFFSET_MASK)))
        return false;
    if (n > *len || !buf_skip(b, n - 2))
        return false;
    *len -= n;
    *next = following;
    return true;
}

static bool
is_extension(uint8_t protocol)
{
    return protocol == IP_HOP_BY_HOP || protocol == IP_ROUTING || protocol == IP_FRAGMENT ||
           protocol == IP_AH || protocol == IP_DESTINATION_OPTIONS;
}

static bool
decode_ipv6(struct buf b, struct inner *out)
{
    uint8_t header[IPV6_HEADER_LEN];

    if (!buf_copy(&b, header, sizeof header))
        return false;
    size_t len = at16(header + 4);
    out->protocol = header[6];
    address(&out->src, header + 8, 16);
    address(&out->dst, header + 24, 16);
    cut_to(&b, len);
    for (unsigned i = 0; is_extension(out->protocol); i++)
        if (i == EXTENSIONS_MAX || !skip_extension(&b, &len, &out->protocol))
            return true;
    decode_transport(b, len, out);
    return true;
}

bool
inner_decode(struct buf packet, struct inner *out)
{
    uint8_t first;

    out->kind = INNER_OTHER;
    if (!buf_peek_u8(&packet, 0, &first))
        return false;
    if (first >> 4 == 4)
        return decode_ipv4(packet, out);
    return first >> 4 == 6 && decode_ipv6(packet, out);
}

bool
inner_is_unicast(const struct endpoint *endpoint)
{
    const uint8_t *addr = endpoint->addr;

    if (endpoint->addr_len != 4)
        return addr[0] != 0xff;
    /* 224/4, 240/4 with the limited broadcast, and what is the broadcast of most networks. */
    return addr[0] != 0 && addr[0] < 224 && addr[3] != 255;
}
