/* icmp.c - ICMP and ICMPv6 errors about TCP segments
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/icmp.h"

#include "base/buf.h"
#include "base/numbers.h"

enum {
    IPV4_MIN_LEN = 20,
    PROTOCOL_TCP = 6,
    ICMP_UNREACHABLE_TYPE = 3,
    ICMP_TIME_TYPE = 11,
    ICMP_PARAMETER_TYPE = 12,
    ICMPV6_ERRORS_END = 128, /* RFC 4443 2.1: types below it are errors */
};

static bool
icmp_is_error(bool v6, uint8_t type)
{
    if (v6)
        return type > 0 && type < ICMPV6_ERRORS_END;
    return type == ICMP_UNREACHABLE_TYPE || type == ICMP_TIME_TYPE || type == ICMP_PARAMETER_TYPE;
}

/* Addresses of the quoted IPv4 header; b is left behind its options. */
static bool
quoted_ipv4(struct buf *b, struct icmp_error *error)
{
    uint8_t version_len, protocol;
    uint16_t fragment;

    if (!buf_peek_u8(b, 0, &version_len) || version_len >> 4 != 4 ||
        !buf_peek_u16(b, 6, &fragment) || !buf_peek_u8(b, 9, &protocol) ||
        protocol != PROTOCOL_TCP || (fragment & 0x1fff))
        return false;
    size_t len = (size_t)(version_len & 0xf) * 4;
    error->src.addr_len = error->dst.addr_len = 4;
    return len >= IPV4_MIN_LEN && buf_skip(b, 12) && buf_copy(b, error->src.addr, 4) &&
           buf_copy(b, error->dst.addr, 4) &&
           (len == IPV4_MIN_LEN || buf_skip(b, len - IPV4_MIN_LEN));
}

static bool
quoted_ipv6(struct buf *b, struct icmp_error *error)
{
    uint8_t version, protocol;

    if (!buf_peek_u8(b, 0, &version) || version >> 4 != 6 || !buf_peek_u8(b, 6, &protocol) ||
        protocol != PROTOCOL_TCP)
        return false;
    error->src.addr_len = error->dst.addr_len = ADDRESS_MAX_LEN;
    return buf_skip(b, 8) && buf_copy(b, error->src.addr, ADDRESS_MAX_LEN) &&
           buf_copy(b, error->dst.addr, ADDRESS_MAX_LEN);
}

bool
icmp_decode(bool v6, const uint8_t *data, size_t len, struct icmp_error *out)
{
    struct buf b = buf_init(data, len);
    struct icmp_error error = { .v6 = v6 };
    uint32_t rest;

    if (!buf_u8(&b, &error.type) || !buf_u8(&b, &error.code) || !icmp_is_error(v6, error.type) ||
        !buf_skip(&b, 2) || !buf_u32(&b, &rest))
        return false;
    if (!(v6 ? quoted_ipv6(&b, &error) : quoted_ipv4(&b, &error)) ||
        !buf_u16(&b, &error.src.port) || !buf_u16(&b, &error.dst.port))
        return false;
    if (icmp_asks_for_less(&error))
        error.mtu = v6 ? rest : rest & 0xffff;
    *out = error;
    return true;
}

bool
icmp_asks_for_less(const struct icmp_error *error)
{
    unsigned number = (unsigned)error->type << 8 | error->code;

    return error->v6 ? error->type == ICMPV6_PACKET_TOO_BIG >> 8
                     : number == ICMP_FRAGMENTATION_NEEDED;
}

const char *
icmp_name(const struct icmp_error *error)
{
    return icmp_error_name(error->v6, error->type, error->code);
}
