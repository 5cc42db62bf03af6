/* peer/inner.c - words about packets inside the tunnel
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "bytes.h"
#include "codec/inner.h"
#include "codec/tcp.h"

/* An IPv4 header for a packet of len bytes of a protocol that nobody dissects (RFC 3692). */
static void
fill_ip(uint8_t *packet, size_t len, enum side side)
{
    enum { FOR_EXPERIMENTS = 253, TTL = 64 };
    const uint8_t src = side == SIDE_CLIENT ? 2 : 1, dst = 3 - src;
    const uint8_t header[20] = { 0x45,
                                 0,
                                 (uint8_t)(len >> 8),
                                 (uint8_t)len,
                                 [6] = 0x40,
                                 0,
                                 TTL,
                                 FOR_EXPERIMENTS,
                                 [12] = 10,
                                 0,
                                 0,
                                 src,
                                 10,
                                 0,
                                 0,
                                 dst };
    uint32_t sum = 0;

    memcpy(packet, header, MIN(len, sizeof header));
    for (unsigned i = 0; i < sizeof header; i += 2)
        sum += (uint32_t)(header[i] << 8 | header[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    if (len >= sizeof header) {
        packet[10] = (uint8_t)(~sum >> 8);
        packet[11] = (uint8_t)~sum;
    }
}

/* value: bytes of an IPv4 packet. */
static void
word_data(struct peer *peer, enum side side, const char *value)
{
    size_t len = word_number(value);
    uint8_t *data = g_malloc0(len + 1);

    fill_ip(data, len, side);
    peer_send_ppp(peer, side, PPP_IP, data, len);
    g_free(data);
}

/* value: payload bytes of a datagram that CCP's method sealed. */
static void
word_sealed_data(struct peer *peer, enum side side, const char *value)
{
    GByteArray *data = g_byte_array_new();

    g_byte_array_set_size(data, word_number(value));
    memset(data->data, 0x5a, data->len);
    peer_send_ppp(peer, side, PPP_COMPRESSED, data->data, data->len);
    g_byte_array_unref(data);
}

static void
word_multilink(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t fragment[8];

    (void)value;
    peer_send_ppp(peer, side, PPP_MULTILINK, fragment, sizeof fragment);
}

/* value is "what@host" or either part: the last octet of an inner address. */
static unsigned
host_of(const char *value, unsigned otherwise)
{
    const char *at = strchr(value, '@');

    return at ? word_number(at + 1) : otherwise;
}

/* An IPv4 packet of side between the client's end of the tunnel and a host behind the server, or,
 * from 100 on, behind the client; 255: everybody. */
static void
send_inner(struct peer *peer, enum side side, uint8_t protocol, unsigned host,
           const GByteArray *data)
{
    uint8_t own[] = { 10, 0, 0, 2 }, other[] = { 10, 0, 0, (uint8_t)host };
    GByteArray *packet = g_byte_array_new();

    if (host == 255) {
        memset(other, 255, sizeof other);
    } else if (host >= 100) {
        own[3] = (uint8_t)host;
        other[3] = 1;
    }
    append_u16(packet, 0x4500);
    append_u16(packet, 20 + data->len);
    append_u16(packet, 1);
    append_u16(packet, 0x4000);
    append_u8(packet, 64);
    append_u8(packet, protocol);
    append_u16(packet, 0);
    g_byte_array_append(packet, side == SIDE_CLIENT ? own : other, 4);
    g_byte_array_append(packet, side == SIDE_CLIENT ? other : own, 4);
    g_byte_array_append(packet, data->data, data->len);
    peer_send_ppp(peer, side, PPP_IP, packet->data, packet->len);
    g_byte_array_unref(packet);
}

static void
send_dns(struct peer *peer, enum side side, uint16_t flags, unsigned host)
{
    GByteArray *data = g_byte_array_new();
    const char *name = peer->name ? peer->name : "www";
    size_t len = strlen(name);

    append_u16(data, side == SIDE_CLIENT ? 40000 : DNS_PORT);
    append_u16(data, side == SIDE_CLIENT ? DNS_PORT : 40000);
    append_u16(data, 8 + 12 + len + 6);
    append_u16(data, 0);
    append_u16(data, 7);
    append_u16(data, flags);
    append_u16(data, 1);
    for (int i = 0; i < 3; i++)
        append_u16(data, 0);
    append_u8(data, (unsigned)len);
    append_text(data, name);
    append_u8(data, 0);
    append_u16(data, 1);
    append_u16(data, 1);
    send_inner(peer, side, IP_UDP, host, data);
    g_byte_array_unref(data);
}

/* value: the name, of one label, "@" the resolver. */
static void
word_inner_query(struct peer *peer, enum side side, const char *value)
{
    g_free(peer->name);
    peer->name = *value ? g_strndup(value, strcspn(value, "@")) : g_strdup("www");
    send_dns(peer, side, 0x0100, host_of(value, 1));
}

/* Answers the last query. value: the response code, "@" the resolver. */
static void
word_inner_answer(struct peer *peer, enum side side, const char *value)
{
    char *rcode = g_strndup(value, strcspn(value, "@"));

    send_dns(peer, side, (uint16_t)(0x8180 | word_number(rcode)), host_of(value, 1));
    g_free(rcode);
}

static void
send_echo(struct peer *peer, enum side side, uint8_t type, unsigned host)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, type);
    append_u8(data, 0);
    for (int i = 0; i < 3; i++)
        append_u16(data, 0);
    send_inner(peer, side, IP_ICMP, host, data);
    g_byte_array_unref(data);
}

/* ICMP Echo inside. value: "@" the host. */
static void
word_ping(struct peer *peer, enum side side, const char *value)
{
    send_echo(peer, side, ICMP_ECHO, host_of(value, 1));
}

static void
word_pong(struct peer *peer, enum side side, const char *value)
{
    send_echo(peer, side, ICMP_ECHO_REPLY, host_of(value, 1));
}

/* A DHCP message inside the tunnel. value of the client's: "inform" (with the options of routes),
 * "discover"; the server acknowledges the last one. */
static void
word_inner_dhcp(struct peer *peer, enum side side, const char *value)
{
    enum { BOOTP_LEN = 236, DISCOVER = 1, ACK = 5, INFORM = 8 };
    bool client = side == SIDE_CLIENT;
    unsigned type = !client ? ACK : strcmp(value, "discover") == 0 ? DISCOVER : INFORM;
    GByteArray *data = g_byte_array_new();

    append_u16(data, client ? 68 : 67);
    append_u16(data, client ? 67 : 68);
    append_u16(data, 8 + BOOTP_LEN + 4 + 8);
    append_u16(data, 0);
    append_u8(data, client ? 1 : 2);
    g_byte_array_set_size(data, 8 + BOOTP_LEN);
    memset(data->data + 9, 0, BOOTP_LEN - 1);
    append_u16(data, 0x6382);
    append_u16(data, 0x5363);
    append_u16(data, 0x3501);
    append_u8(data, type);
    append_u16(data, 0x3702);
    append_u16(data, 0x79f9);
    append_u8(data, 255);
    send_inner(peer, side, IP_UDP, client ? 255 : 1, data);
    g_byte_array_unref(data);
}

static void
word_multicast(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t packet[28] = {
        0x45, 0, 0, 28,  0, 0, 0,   0,    1,    IP_UDP, 0,    0, 10,
        0,    0, 2, 224, 0, 0, 252, 0x14, 0xeb, 0x14,   0xeb, 0, 8
    };

    (void)value;
    peer_send_ppp(peer, side, PPP_IP, packet, sizeof packet);
}

/* A segment of the TCP connection inside, at the side's next byte less back. */
static void
send_inner_tcp(struct peer *peer, enum side side, uint8_t flags, uint16_t mss, size_t len,
               uint32_t back)
{
    GByteArray *data = g_byte_array_new();
    uint32_t seq = peer->inner_seq[side] - back, ack = peer->inner_seq[side_other(side)];

    append_u16(data, side == SIDE_CLIENT ? peer->inner_port : 80);
    append_u16(data, side == SIDE_CLIENT ? 80 : peer->inner_port);
    append_u16(data, seq >> 16);
    append_u16(data, seq & 0xffff);
    append_u16(data, ack >> 16);
    append_u16(data, ack & 0xffff);
    append_u8(data, mss ? 0x60 : 0x50);
    append_u8(data, flags);
    append_u16(data, 8192);
    append_u16(data, 0);
    append_u16(data, 0);
    if (mss) {
        append_u16(data, 0x0204);
        append_u16(data, mss);
    }
    g_byte_array_set_size(data, data->len + (guint)len);
    memset(data->data + data->len - len, 0, len);
    send_inner(peer, side, IP_TCP, 9, data);
    g_byte_array_unref(data);
}

/* SYN of the client, SYN-ACK of the server. value: the MSS. */
static void
word_inner_syn(struct peer *peer, enum side side, const char *value)
{
    if (side == SIDE_CLIENT)
        peer->inner_port++;
    send_inner_tcp(peer, side, side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK,
                   (uint16_t)word_number(value), 0, 0);
    peer->inner_seq[side]++;
}

/* value: payload bytes, "*" how many segments; without bytes a bare acknowledgement. */
static void
word_inner_seg(struct peer *peer, enum side side, const char *value)
{
    const char *star = strchr(value, '*');
    char *bytes = g_strndup(value, strcspn(value, "*"));
    uint32_t len = word_number(bytes);

    for (unsigned num = star ? word_number(star + 1) : 1; num > 0; num--) {
        send_inner_tcp(peer, side, TCP_ACK, 0, len, 0);
        peer->inner_seq[side] += len;
        peer->inner_last[side] = len;
    }
    g_free(bytes);
}

/* Its last segment once more. */
static void
word_inner_again(struct peer *peer, enum side side, const char *value)
{
    uint32_t len = peer->inner_last[side];

    (void)value;
    send_inner_tcp(peer, side, TCP_ACK, 0, len, len);
}

/* value: bytes that do not come as far as the tunnel; negative: they are to come after all. */
static void
word_inner_lose(struct peer *peer, enum side side, const char *value)
{
    peer->inner_seq[side] += *value == '-' ? -word_number(value + 1) : word_number(value);
}

static void
word_inner_fin(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_inner_tcp(peer, side, TCP_FIN | TCP_ACK, 0, 0, 0);
    peer->inner_seq[side]++;
}

/* A TCP segment of the client to the VPN server's own outer address and port, or back. =own: of the
 * tunnel's connection. */
static void
word_loop(struct peer *peer, enum side side, const char *value)
{
    const struct endpoint *from = &peer->end[side], *to = &peer->end[side_other(side)];
    bool own = strcmp(value, "own") == 0;
    GByteArray *packet = g_byte_array_new();
    static const uint8_t inside[] = { 10, 0, 0, 2 };

    append_u16(packet, 0x4500);
    append_u16(packet, 40);
    append_u16(packet, 1);
    append_u16(packet, 0x4000);
    append_u16(packet, 64 << 8 | IP_TCP);
    append_u16(packet, 0);
    g_byte_array_append(packet, own || side == SIDE_SERVER ? from->addr : inside, 4);
    g_byte_array_append(packet, own || side == SIDE_CLIENT ? to->addr : inside, 4);
    append_u16(packet, own || side == SIDE_SERVER ? from->port : 51000);
    append_u16(packet, own || side == SIDE_CLIENT ? to->port : 51000);
    for (int i = 0; i < 4; i++)
        append_u16(packet, 0);
    append_u16(packet, 0x5000 | (side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK));
    for (int i = 0; i < 3; i++)
        append_u16(packet, 0);
    peer_send_ppp(peer, side, PPP_IP, packet->data, packet->len);
    g_byte_array_unref(packet);
}

const struct peer_word peer_inner_words[] = {
    { "data", WORD_NOW, WORD_OF_SIDE, word_data },
    { "sealed-data", WORD_NOW, WORD_OF_SIDE, word_sealed_data },
    { "multilink", WORD_NOW, WORD_OF_SIDE, word_multilink },
    { "inner-dhcp", WORD_NOW, WORD_OF_SIDE, word_inner_dhcp },
    { "inner-query", WORD_NOW, WORD_OF_SIDE, word_inner_query },
    { "inner-answer", WORD_NOW, WORD_OF_SIDE, word_inner_answer },
    { "ping", WORD_NOW, WORD_OF_SIDE, word_ping },
    { "pong", WORD_NOW, WORD_OF_SIDE, word_pong },
    { "multicast", WORD_NOW, WORD_OF_SIDE, word_multicast },
    { "inner-syn", WORD_NOW, WORD_OF_SIDE, word_inner_syn },
    { "inner-seg", WORD_NOW, WORD_OF_SIDE, word_inner_seg },
    { "inner-again", WORD_NOW, WORD_OF_SIDE, word_inner_again },
    { "inner-lose", WORD_NOW, WORD_OF_SIDE, word_inner_lose },
    { "inner-fin", WORD_NOW, WORD_OF_SIDE, word_inner_fin },
    { "loop", WORD_NOW, WORD_OF_SIDE, word_loop },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
