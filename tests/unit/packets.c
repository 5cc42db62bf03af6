/* packets.c - payloads of IP packets that stand beside made-up connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packets.h"

#include <string.h>

enum { DNS_PORT_NUMBER = 53, CLIENT_PORT = 40000, QUOTED_LEN = 20 + 40 };

static void
put_u8(GByteArray *out, unsigned v)
{
    const uint8_t byte = (uint8_t)v;

    g_byte_array_append(out, &byte, 1);
}

static void
put_u16(GByteArray *out, unsigned v)
{
    put_u8(out, v >> 8 & 0xff);
    put_u8(out, v & 0xff);
}

static void
put_u32(GByteArray *out, uint32_t v)
{
    put_u16(out, v >> 16);
    put_u16(out, v & 0xffff);
}

/* The Internet checksum (RFC 1071) of a part of even length. */
static uint16_t
checksum(const uint8_t *data, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i += 2)
        sum += (uint32_t)(data[i] << 8 | data[i + 1]);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void
set_u16(uint8_t *out, uint16_t v)
{
    out[0] = (uint8_t)(v >> 8);
    out[1] = (uint8_t)v;
}

GByteArray *
packet_icmp_error(uint8_t type, uint8_t code, uint16_t mtu, const struct endpoint *src,
                  const struct endpoint *dst)
{
    GByteArray *out = g_byte_array_new();

    put_u8(out, type);
    put_u8(out, code);
    put_u16(out, 0);
    put_u32(out, mtu);
    guint ip = out->len;
    put_u16(out, 0x4500);
    put_u16(out, QUOTED_LEN);
    put_u32(out, 0x00014000);
    put_u16(out, 63 << 8 | 6);
    put_u16(out, 0);
    g_byte_array_append(out, src->addr, 4);
    g_byte_array_append(out, dst->addr, 4);
    set_u16(out->data + ip + 10, checksum(out->data + ip, 20));
    put_u16(out, src->port);
    put_u16(out, dst->port);
    put_u32(out, 1); /* a sequence number; the rest of the segment is not quoted */
    set_u16(out->data + 2, checksum(out->data, out->len));
    return out;
}

static void
put_name(GByteArray *out, const char *name)
{
    char **labels = g_strsplit(name, ".", -1);

    for (char **label = labels; *label; label++) {
        put_u8(out, (unsigned)strlen(*label));
        g_byte_array_append(out, (const guint8 *)*label, (guint)strlen(*label));
    }
    put_u8(out, 0);
    g_strfreev(labels);
}

GByteArray *
packet_dns(const char *name, bool response, uint8_t rcode, const struct endpoint *address)
{
    GByteArray *out = g_byte_array_new();

    put_u16(out, response ? DNS_PORT_NUMBER : CLIENT_PORT);
    put_u16(out, response ? CLIENT_PORT : DNS_PORT_NUMBER);
    put_u16(out, 0);
    put_u16(out, 0); /* no checksum */
    put_u16(out, 0x1234);
    put_u16(out, response ? 0x8180U | rcode : 0x0100);
    put_u16(out, 1);
    put_u16(out, address ? 1 : 0);
    put_u32(out, 0);
    put_name(out, name);
    put_u32(out, 0x00010001); /* A, IN */
    if (address) {
        put_u16(out, 0xc00c); /* the question's name */
        put_u32(out, 0x00010001);
        put_u32(out, 300);
        put_u16(out, 4);
        g_byte_array_append(out, address->addr, 4);
    }
    set_u16(out->data + 4, (uint16_t)out->len);
    return out;
}

static void
put_mac(GByteArray *out, const struct endpoint *end)
{
    put_u16(out, 0x0200);
    g_byte_array_append(out, end->addr, 4);
}

GByteArray *
packet_arp(bool answer, const struct endpoint *sender, const struct endpoint *target)
{
    static const struct endpoint unknown;
    GByteArray *out = g_byte_array_new();

    put_u32(out, 0x00010800); /* Ethernet, IPv4 */
    put_u16(out, 0x0604);
    put_u16(out, answer ? 2 : 1);
    put_mac(out, sender);
    g_byte_array_append(out, sender->addr, 4);
    put_mac(out, answer ? target : &unknown);
    g_byte_array_append(out, target->addr, 4);
    return out;
}
