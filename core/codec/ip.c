/* ip.c - the header of an IP packet, IPv4 or IPv6
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/ip.h"

#include <string.h>

#include "base/append.h"
#include "base/numbers.h"

enum {
    IPV4_HEADER_LEN = 20,
    IPV4_CHECKSUM_OFFSET = 10,
    IPV4_DONT_FRAGMENT = 0x4000,
    IPV4_OFFSET_MASK = 0x1fff,
    IPV6_HEADER_LEN = 40,
    IPV6_OFFSET_MASK = 0xfff8,
    TTL_DEFAULT = 64,
    EXTENSIONS_MAX = 8,       /* more are nonsense */
    MERGED_MAX_LEN = 1 << 18, /* no network card takes more at once */
};

static void
address(struct endpoint *endpoint, const uint8_t *addr, uint8_t len)
{
    *endpoint = (struct endpoint){ .addr_len = len };
    memcpy(endpoint->addr, addr, len);
}

static bool
decode_ipv4(struct buf b, size_t wire_len, struct ip_packet *out)
{
    uint8_t header[IPV4_HEADER_LEN];

    if (!buf_copy(&b, header, sizeof header))
        return false;
    size_t header_len = (size_t)(header[0] & 0x0f) * 4, total = buf_at16(header + 2);
    if (total == 0)
        total = wire_len;
    if (header_len < IPV4_HEADER_LEN || header_len > total)
        return false;
    out->protocol = header[9];
    out->ttl = header[8];
    out->id = (uint16_t)buf_at16(header + 4);
    address(&out->src, header + 12, 4);
    address(&out->dst, header + 16, 4);
    out->transport = buf_skip(&b, header_len - IPV4_HEADER_LEN) &&
                     (buf_at16(header + 6) & IPV4_OFFSET_MASK) == 0;
    out->payload_len = total - header_len;
    buf_limit(&b, out->payload_len);
    out->payload = b;
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
decode_ipv6(struct buf b, size_t wire_len, struct ip_packet *out)
{
    uint8_t header[IPV6_HEADER_LEN];

    if (!buf_copy(&b, header, sizeof header))
        return false;
    size_t len = buf_at16(header + 4);
    if (len == 0 && wire_len > IPV6_HEADER_LEN)
        len = wire_len - IPV6_HEADER_LEN;
    out->protocol = header[6];
    out->ttl = header[7];
    out->id = 0;
    address(&out->src, header + 8, 16);
    address(&out->dst, header + 24, 16);
    buf_limit(&b, len);
    out->transport = true;
    for (unsigned i = 0; is_extension(out->protocol) && out->transport; i++)
        out->transport = i < EXTENSIONS_MAX && skip_extension(&b, &len, &out->protocol);
    out->payload_len = len;
    out->payload = b;
    return true;
}

bool
ip_decode(struct buf packet, size_t wire_len, struct ip_packet *out)
{
    uint8_t first;

    if (!buf_peek_u8(&packet, 0, &first))
        return false;
    if (wire_len > MERGED_MAX_LEN)
        wire_len = 0;
    if (first >> 4 == 4)
        return decode_ipv4(packet, wire_len, out);
    return first >> 4 == 6 && decode_ipv6(packet, wire_len, out);
}

void
ip_append_header(GByteArray *out, const struct endpoint *src, const struct endpoint *dst,
                 uint8_t protocol, uint16_t id, size_t payload_len)
{
    if (src->addr_len == 4) {
        const guint begin = out->len;

        append_u16(out, 0x4500);
        append_u16(out, IPV4_HEADER_LEN + payload_len);
        append_u16(out, id);
        append_u16(out, IPV4_DONT_FRAGMENT);
        append_u8(out, TTL_DEFAULT);
        append_u8(out, protocol);
        append_u16(out, 0);
        g_byte_array_append(out, src->addr, 4);
        g_byte_array_append(out, dst->addr, 4);
        uint8_t *header = out->data + begin;
        set_u16(header + IPV4_CHECKSUM_OFFSET, ~checksum_add(0, header, IPV4_HEADER_LEN));
        return;
    }
    append_u32(out, 0x60000000);
    append_u16(out, payload_len);
    append_u8(out, protocol);
    append_u8(out, TTL_DEFAULT);
    g_byte_array_append(out, src->addr, ADDRESS_MAX_LEN);
    g_byte_array_append(out, dst->addr, ADDRESS_MAX_LEN);
}
