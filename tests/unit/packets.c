/* packets.c - payloads of IP packets that stand beside made-up connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packets.h"

#include <string.h>

#include "bytes.h"

enum { DNS_PORT_NUMBER = 53, CLIENT_PORT = 40000, QUOTED_LEN = 20 + 40 };

GByteArray *
packet_icmp_error(uint8_t type, uint8_t code, uint16_t mtu, const struct endpoint *src,
                  const struct endpoint *dst)
{
    GByteArray *out = g_byte_array_new();

    append_u8(out, type);
    append_u8(out, code);
    append_u16(out, 0);
    append_u32(out, mtu);
    guint ip = out->len;
    append_u16(out, 0x4500);
    append_u16(out, QUOTED_LEN);
    append_u32(out, 0x00014000);
    append_u16(out, 63 << 8 | 6);
    append_u16(out, 0);
    g_byte_array_append(out, src->addr, 4);
    g_byte_array_append(out, dst->addr, 4);
    set_u16(out->data + ip + 10, ~checksum_add(0, out->data + ip, 20));
    append_u16(out, src->port);
    append_u16(out, dst->port);
    append_u32(out, 1); /* a sequence number; the rest of the segment is not quoted */
    set_u16(out->data + 2, ~checksum_add(0, out->data, out->len));
    return out;
}

static void
put_name(GByteArray *out, const char *name)
{
    char **labels = g_strsplit(name, ".", -1);

    for (char **label = labels; *label; label++) {
        append_u8(out, (unsigned)strlen(*label));
        g_byte_array_append(out, (const guint8 *)*label, (guint)strlen(*label));
    }
    append_u8(out, 0);
    g_strfreev(labels);
}

GByteArray *
packet_dns(const char *name, bool response, uint8_t rcode, const struct endpoint *address)
{
    GByteArray *out = g_byte_array_new();

    append_u16(out, response ? DNS_PORT_NUMBER : CLIENT_PORT);
    append_u16(out, response ? CLIENT_PORT : DNS_PORT_NUMBER);
    append_u16(out, 0);
    append_u16(out, 0); /* no checksum */
    append_u16(out, 0x1234);
    append_u16(out, response ? 0x8180U | rcode : 0x0100);
    append_u16(out, 1);
    append_u16(out, address ? 1 : 0);
    append_u32(out, 0);
    put_name(out, name);
    append_u32(out, 0x00010001); /* A, IN */
    if (address) {
        append_u16(out, 0xc00c); /* the question's name */
        append_u32(out, 0x00010001);
        append_u32(out, 300);
        append_u16(out, 4);
        g_byte_array_append(out, address->addr, 4);
    }
    set_u16(out->data + 4, (uint16_t)out->len);
    return out;
}

static void
put_mac(GByteArray *out, const struct endpoint *end)
{
    append_u16(out, 0x0200);
    g_byte_array_append(out, end->addr, 4);
}

GByteArray *
packet_arp(bool answer, const struct endpoint *sender, const struct endpoint *target)
{
    static const struct endpoint unknown;
    GByteArray *out = g_byte_array_new();

    append_u32(out, 0x00010800); /* Ethernet, IPv4 */
    append_u16(out, 0x0604);
    append_u16(out, answer ? 2 : 1);
    put_mac(out, sender);
    g_byte_array_append(out, sender->addr, 4);
    put_mac(out, answer ? target : &unknown);
    g_byte_array_append(out, target->addr, 4);
    return out;
}
