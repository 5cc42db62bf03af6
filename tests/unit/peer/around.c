/* peer/around.c - what is no segment of a made-up connection: ICMP, DNS and ARP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "codec/icmp.h"
#include "packets.h"

enum { DNS_QUESTIONS_OFFSET = 8 + 5 }; /* low byte of their number, behind UDP's header */

void
peer_packet(struct peer *peer, const struct peer_packet *packet)
{
    if (peer->tap)
        peer->tap->packet(peer->tap_data, packet);
}

/* Of a frame that begins; frees the payload. */
static void
packet_tell(struct peer *peer, struct mark mark, const struct endpoint *src,
            const struct endpoint *dst, uint16_t protocol, GByteArray *payload)
{
    const struct peer_packet packet = { mark, *src, *dst, protocol, payload->data, payload->len };

    peer_packet(peer, &packet);
    g_byte_array_unref(payload);
}

static struct mark
next_mark(struct peer *peer)
{
    peer_pass(peer, peer->step);
    return (struct mark){ ++peer->frame, peer->now };
}

/* An ICMP error of a router about a segment of the side: =type/code, or =type/code/mtu. */
static void
word_icmp(struct peer *peer, enum side side, const char *value)
{
    unsigned type = 0, code = 0, mtu = 0;
    const struct mark mark = next_mark(peer);

    if (sscanf(value, "%u/%u/%u", &type, &code, &mtu) < 2)
        g_error("no type and code: %s", value);
    const struct icmp_error error = { .mark = mark,
                                      .from = { .addr = { 203, 0, 113, 1 }, .addr_len = 4 },
                                      .src = peer->end[side],
                                      .dst = peer->end[side_other(side)],
                                      .type = (uint8_t)type,
                                      .code = (uint8_t)code,
                                      .mtu = mtu };
    packet_tell(peer, mark, &error.from, &error.src, PACKET_ICMP,
                packet_icmp_error(error.type, error.code, (uint16_t)mtu, &error.src, &error.dst));
    engine_frame(peer->engine, mark);
    engine_icmp(peer->engine, &error);
    engine_frame_done(peer->engine);
}

static void
tell_dns(struct peer *peer, const struct dns_message *message)
{
    struct mark mark = next_mark(peer);
    const struct endpoint resolver = { .addr = { 192, 0, 2, 53 }, .addr_len = 4 };
    struct endpoint client = peer->end[SIDE_CLIENT];

    client.port = 0;
    for (int i = 0; i <= peer->copies; i++) {
        GByteArray *payload = packet_dns(message->name, message->response, message->rcode,
                                         message->num_addresses ? &message->addresses[0] : NULL);
        if (message->unreadable)
            payload->data[DNS_QUESTIONS_OFFSET] = 2;
        packet_tell(peer, mark, message->response ? &resolver : &client,
                    message->response ? &client : &resolver, PACKET_UDP, payload);
        engine_frame(peer->engine, mark);
        engine_dns(peer->engine, message, message->response ? &resolver : &client,
                   message->response ? &client : &resolver, mark);
        if (peer->copies && i == 0)
            mark = (struct mark){ ++peer->frame, mark.time + peer->copy_lag };
    }
}

/* The client asks for the address of the host, or of the name behind "=". */
static void
word_dns(struct peer *peer, enum side side, const char *value)
{
    struct dns_message message = { .type = DNS_A };

    (void)side;
    g_strlcpy(message.name, *value ? value : peer->host, sizeof message.name);
    tell_dns(peer, &message);
}

/* The answer: the server's address, with =N an error, or =truncated none and no error either;
 * =unreadable: with fewer questions than it says. */
static void
word_dns_answer(struct peer *peer, enum side side, const char *value)
{
    struct dns_message message = { .type = DNS_A, .response = true };

    (void)side;
    g_strlcpy(message.name, peer->host, sizeof message.name);
    if (!*value) {
        message.num_addresses = 1;
        message.addresses[0] = peer->end[SIDE_SERVER];
        message.addresses[0].port = 0;
    } else if (strcmp(value, "truncated") == 0) {
        message.incomplete = true;
    } else if (strcmp(value, "unreadable") == 0) {
        message.unreadable = true;
    } else {
        message.rcode = (uint8_t)word_number(value);
    }
    tell_dns(peer, &message);
}

/* Somebody asks by ARP for the side's address; =answer: the side answers. */
static void
word_arp(struct peer *peer, enum side side, const char *value)
{
    const struct mark mark = next_mark(peer);
    const struct endpoint router = { .addr = { 192, 0, 2, 1 }, .addr_len = 4 };

    packet_tell(peer, mark, *value ? &peer->end[side] : &router,
                *value ? &router : &peer->end[side], PACKET_ARP,
                packet_arp(*value, *value ? &peer->end[side] : &router,
                           *value ? &router : &peer->end[side]));
    engine_frame(peer->engine, mark);
    engine_arp(peer->engine, *value ? &peer->end[side] : &router, *value ? NULL : &peer->end[side],
               mark);
}

const struct peer_word peer_around_words[] = {
    { "icmp", WORD_NOW, WORD_OF_SIDE, word_icmp },
    { "dns", WORD_NOW, WORD_OF_NOBODY, word_dns },
    { "dns-answer", WORD_NOW, WORD_OF_NOBODY, word_dns_answer },
    { "arp", WORD_NOW, WORD_OF_SIDE, word_arp },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
