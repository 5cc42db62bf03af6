/* inner.c - one packet inside the tunnel: the headers that rules about its traffic look at
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/inner.h"

#include <glib.h>
#include <string.h>

#include "base/hash.h"
#include "codec/ip.h"
#include "codec/tcp.h"

enum {
    TCP_HEADER_LEN = 20,
    UDP_HEADER_LEN = 8,
    DHCP_SERVER_PORT = 67,
    DHCP_CLIENT_PORT = 68,
};

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
    out->src.port = buf_at16(header);
    out->dst.port = buf_at16(header + 2);
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
    *tcp = (struct inner_tcp){ .seq = buf_at32(header + 4),
                               .ack = buf_at32(header + 8),
                               .payload_len = (uint32_t)(len - header_len),
                               .flags = header[13] };
    if (tcp->flags & TCP_SYN) {
        buf_limit(&b, header_len - TCP_HEADER_LEN);
        tcp->mss = syn_mss(b);
    }
}

static bool
decode_dns(struct buf b, struct inner *out)
{
    struct inner_dns *dns = &out->u.dns;
    struct dns_message message;

    if (!dns_decode(b.p, buf_left(&b), &message) || message.unreadable || !message.name[0])
        return false;
    *dns = (struct inner_dns){ .id = message.id,
                               .response = message.response,
                               .rcode = message.rcode,
                               .name_hash = hash_text(message.name) };
    g_strlcpy(dns->name, message.name, sizeof dns->name);
    return true;
}

/* The list of what a client asks for has either option of classless routes. */
static bool
asks_routes(struct buf list)
{
    enum { CLASSLESS_ROUTES = 121, MICROSOFT_ROUTES = 249 }; /* RFC 3442, MS-DHCPE 2.2.8 */
    uint8_t option;

    while (buf_u8(&list, &option))
        if (option == CLASSLESS_ROUTES || option == MICROSOFT_ROUTES)
            return true;
    return false;
}

static void
decode_dhcp_options(struct buf b, struct inner_dhcp *dhcp)
{
    enum { PAD = 0, MESSAGE_TYPE = 53, PARAMETER_LIST = 55, END = 255 }; /* RFC 2132 */
    uint8_t option, len;
    struct buf value;

    while (buf_u8(&b, &option) && option != END) {
        if (option == PAD)
            continue;
        if (!buf_u8(&b, &len) || !buf_sub(&b, len, &value))
            return;
        if (option == MESSAGE_TYPE)
            buf_u8(&value, &dhcp->type);
        else if (option == PARAMETER_LIST)
            dhcp->asks_routes = asks_routes(value);
    }
}

/* RFC 2131 2 */
static bool
decode_dhcp(struct buf b, struct inner *out)
{
    enum { BOOTREPLY = 2, HEADER_LEN = 236, MAGIC_COOKIE = 0x63825363 };
    uint8_t op;
    uint32_t cookie;

    if (!buf_peek_u8(&b, 0, &op) || !buf_skip(&b, HEADER_LEN))
        return false;
    out->u.dhcp = (struct inner_dhcp){ .reply = op == BOOTREPLY };
    if (buf_u32(&b, &cookie) && cookie == MAGIC_COOKIE)
        decode_dhcp_options(b, &out->u.dhcp);
    return true;
}

static bool
is_dhcp_port(uint16_t port)
{
    return port == DHCP_SERVER_PORT || port == DHCP_CLIENT_PORT;
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
    else if (is_dhcp_port(out->src.port) && is_dhcp_port(out->dst.port) && decode_dhcp(b, out))
        out->kind = INNER_DHCP;
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

bool
inner_decode(struct buf packet, struct inner *out)
{
    struct ip_packet ip;

    out->kind = INNER_OTHER;
    if (!ip_decode(packet, 0, &ip))
        return false;
    out->src = ip.src;
    out->dst = ip.dst;
    out->protocol = ip.protocol;
    if (ip.transport)
        decode_transport(ip.payload, ip.payload_len, out);
    return true;
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
