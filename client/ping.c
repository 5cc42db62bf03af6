/* ping.c - ICMP echoes inside the tunnel
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ping.h"

#include <string.h>

#include "base/append.h"
#include "base/numbers.h"
#include "codec/ip.h"
#include "ipv4.h"

enum { IPV4_HEADER_LEN = 20, ICMP_CHECKSUM_OFFSET = 2, ICMP_ID_OFFSET = 4 };

void
ping_append(GByteArray *out, uint32_t src, uint32_t dst, uint16_t id, uint16_t sequence, size_t len)
{
    const struct endpoint from = ipv4_endpoint(src), to = ipv4_endpoint(dst);

    ip_append_header(out, &from, &to, IP_ICMP, sequence, len - IPV4_HEADER_LEN);
    const guint begin = out->len;
    append_u16(out, ICMP_ECHO << 8);
    append_u16(out, 0);
    append_u16(out, id);
    append_u16(out, sequence);
    while (out->len - begin < len - IPV4_HEADER_LEN)
        append_u8(out, out->len & 0xff);
    set_u16(out->data + begin + ICMP_CHECKSUM_OFFSET,
            ~checksum_add(0, out->data + begin, out->len - begin));
}

bool
ping_is_reply(struct buf packet, uint32_t from, uint16_t id)
{
    const struct endpoint sender = ipv4_endpoint(from);
    struct ip_packet ip;
    uint8_t type;
    uint16_t said;

    return ip_decode(packet, 0, &ip) && ip.protocol == IP_ICMP && ip.src.addr_len == 4 &&
           memcmp(ip.src.addr, sender.addr, 4) == 0 && buf_peek_u8(&ip.payload, 0, &type) &&
           type == ICMP_ECHO_REPLY && buf_peek_u16(&ip.payload, ICMP_ID_OFFSET, &said) &&
           said == id;
}
