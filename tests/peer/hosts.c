/* hosts.c - what is behind the server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hosts.h"

#include <string.h>

#include "bytes.h"
#include "codec/dns.h"
#include "codec/ip.h"

enum { ICMP_LEN = 8, UDP_LEN = 8, TCP_LEN = 20, OPEN_PORT = 443 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, SEQUENCE = 0x1000 };

static const char known[] = "intranet.corp.example";
static const uint8_t its_address[] = { 10, 99, 0, 7 };

/* Header from the packet's destination to its source; returns where the payload begins. */
static guint
begin(const struct ip_packet *ip, size_t len, GByteArray *out)
{
    ip_append_header(out, &ip->dst, &ip->src, ip->protocol, 1, len);
    return out->len;
}

/* Sum of the pseudo header and what stands behind at (RFC 9293 3.1). */
static void
set_checksum(const struct ip_packet *ip, GByteArray *out, guint at, guint field, bool pseudo)
{
    guint32 sum = 0;
    guint8 lengths[4] = { 0, ip->protocol };

    set_u16(lengths + 2, out->len - at);
    set_u16(out->data + at + field, 0);
    if (pseudo) {
        sum = checksum_add(sum, ip->src.addr, 4);
        sum = checksum_add(sum, ip->dst.addr, 4);
        sum = checksum_add(sum, lengths, sizeof lengths);
    }
    set_u16(out->data + at + field, ~checksum_add(sum, out->data + at, out->len - at));
}

static bool
answer_ping(const struct ip_packet *ip, GByteArray *out)
{
    struct buf echo = ip->payload;
    const size_t len = buf_left(&echo);

    if (len < ICMP_LEN || echo.p[0] != ICMP_ECHO)
        return false;
    const guint at = begin(ip, len, out);
    g_byte_array_append(out, echo.p, (guint)len);
    out->data[at] = ICMP_ECHO_REPLY;
    set_checksum(ip, out, at, 2, false);
    return true;
}

static bool
answer_tcp(const struct ip_packet *ip, GByteArray *out)
{
    const uint8_t *tcp = ip->payload.p;

    if (buf_left(&ip->payload) < TCP_LEN || tcp[13] & (RST | FIN))
        return false;
    const bool open = buf_at16(tcp + 2) == OPEN_PORT;
    if (!(tcp[13] & SYN) && open)
        return false;
    const guint at = begin(ip, TCP_LEN, out);
    append_u16(out, buf_at16(tcp + 2));
    append_u16(out, buf_at16(tcp));
    append_u32(out, open ? SEQUENCE : 0);
    append_u32(out, buf_at32(tcp + 4) + 1);
    append_u8(out, TCP_LEN / 4 << 4);
    append_u8(out, open ? SYN | ACK : RST | ACK);
    append_u16(out, 0xffff);
    append_u32(out, 0);
    set_checksum(ip, out, at, 16, true);
    return true;
}

static bool
answer_query(const struct ip_packet *ip, GByteArray *out)
{
    const uint8_t *udp = ip->payload.p;
    const size_t len = buf_left(&ip->payload);
    struct dns_message query;

    if (len <= UDP_LEN || buf_at16(udp + 2) != DNS_PORT ||
        !dns_decode(udp + UDP_LEN, len - UDP_LEN, &query) || query.response)
        return false;
    const bool good = strcmp(query.name, known) == 0, has = good && query.type == 1;
    const size_t answer_len = len + (has ? 16 : 0);
    const guint at = begin(ip, answer_len, out);
    append_u16(out, DNS_PORT);
    append_u16(out, buf_at16(udp));
    append_u16(out, answer_len);
    append_u16(out, 0);
    g_byte_array_append(out, udp + UDP_LEN, (guint)(len - UDP_LEN));
    set_u16(out->data + at + UDP_LEN + 2, good ? 0x8180 : 0x8183);
    set_u16(out->data + at + UDP_LEN + 6, has);
    set_u16(out->data + at + UDP_LEN + 10, 0); /* EDNS is not spoken here */
    if (has) {
        static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4 };
        g_byte_array_append(out, record, sizeof record);
        g_byte_array_append(out, its_address, sizeof its_address);
    }
    set_checksum(ip, out, at, 6, true);
    return true;
}

bool
hosts_answer(const struct options *options, struct buf packet, GByteArray *out)
{
    struct ip_packet ip;

    if (!ip_decode(packet, 0, &ip) || ip.src.addr_len != 4 || !ip.transport ||
        (options->inner_limit && buf_left(&packet) > (size_t)options->inner_limit))
        return false;
    switch (ip.protocol) {
    case IP_ICMP:
        return answer_ping(&ip, out);
    case IP_TCP:
        return answer_tcp(&ip, out);
    case IP_UDP:
        return !options->no_dns && answer_query(&ip, out);
    default:
        return false;
    }
}
