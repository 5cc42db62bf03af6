/* peer/tcp.c - words about TCP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "codec/tcp.h"

static void
word_syn(struct peer *peer, enum side side, const char *value)
{
    if (*value)
        peer->mss = (uint16_t)word_number(value);
    peer_flags(peer, side, side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK);
}

/* The same SYN once more. */
static void
word_syn_again(struct peer *peer, enum side side, const char *value)
{
    peer->seq[side]--;
    word_syn(peer, side, value);
}

static void
word_tcp_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_flags(peer, side, TCP_ACK);
}

static void
word_fin(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_flags(peer, side, TCP_FIN | TCP_ACK);
}

static void
word_rst(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_flags(peer, side, TCP_RST | TCP_ACK);
}

/* Its last segment once more. */
static void
word_again(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_segment(peer, side, peer->last_seq[side], TCP_ACK | TCP_PSH, peer->last[side]->data,
                 peer->last[side]->len);
    peer_frame_done(peer);
}

/* Segments tell when they left, by a clock that ticks each millisecond, or each =N. */
static void
word_stamps(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->stamp = !value ? 0 : *value ? word_number(value) : 1;
}

/* Segments have no IP identification. */
static void
word_no_id(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->no_id = word_on(value);
}

/* A segment in the side's name, of another connection or of nobody: =N bytes ahead of where it
 * stands, or behind. Nobody takes notice of it. */
static void
stray(struct peer *peer, enum side side, uint16_t flags, const char *value, size_t len)
{
    static const uint8_t junk[100];
    gint64 ahead = g_ascii_strtoll(value, NULL, 10);

    peer_pass(peer, peer->step);
    peer_segment_tell(peer, side, peer->seq[side] + (uint32_t)ahead, flags, junk, len, false);
    peer_frame_done(peer);
}

static void
word_stray(struct peer *peer, enum side side, const char *value)
{
    stray(peer, side, TCP_ACK | TCP_PSH, value, 100);
}

static void
word_stray_fin(struct peer *peer, enum side side, const char *value)
{
    stray(peer, side, TCP_FIN | TCP_ACK, value, 0);
}

static void
word_stray_rst(struct peer *peer, enum side side, const char *value)
{
    stray(peer, side, TCP_RST, value, 0);
}

static void
word_stray_syn(struct peer *peer, enum side side, const char *value)
{
    stray(peer, side, side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK, value, 0);
}

/* The side goes on =N bytes ahead. Those in between were not captured, nor what acknowledged them:
 * the other one has heard of them. */
static void
word_jump(struct peer *peer, enum side side, const char *value)
{
    peer->seq[side] += word_number(value);
}

static void
word_ttl(struct peer *peer, enum side side, const char *value)
{
    peer->ttl[side] = (uint8_t)word_number(value);
}

static void
word_window(struct peer *peer, enum side side, const char *value)
{
    peer->window[side] = value ? (uint16_t)word_number(value) : PEER_WINDOW;
}

/* Its segments come from the next port; no longer: from the one before. */
static void
word_move(struct peer *peer, enum side side, const char *value)
{
    const int step = value ? 1 : -1;

    peer->end[side].port = (uint16_t)(peer->end[side].port + step);
}

/* Its segments come from the next host; no longer: from the one before. */
static void
word_move_host(struct peer *peer, enum side side, const char *value)
{
    const int step = value ? 1 : -1;

    peer->end[side].addr[3] = (uint8_t)(peer->end[side].addr[3] + step);
}

/* The server's, as a proxy has one of its own. */
static void
word_port(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->end[SIDE_SERVER].port = (uint16_t)word_number(value);
}

/* The server's address is a private one. */
static void
word_private(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->end[SIDE_SERVER].addr[0] = 10;
}

/* Nothing new comes to the side: it acknowledges nothing new. */
static void
word_deaf(struct peer *peer, enum side side, const char *value)
{
    peer->deaf[side] = word_on(value);
}

static void
word_offload(struct peer *peer, enum side side, const char *value)
{
    peer->offload[side] = word_on(value);
}

static void
word_partial(struct peer *peer, enum side side, const char *value)
{
    peer->partial[side] = word_on(value);
}

enum { FLOOD_HOSTS = 200 }; /* by turns */

/* A request to connect from another host and port, the number-th; again: it is repeated; refused:
 * the server answers. */
static void
flood_one(struct peer *peer, unsigned number, bool again, bool refused)
{
    struct endpoint *client = &peer->end[SIDE_CLIENT];
    static const uint8_t none[1];
    uint32_t seq = 0x10000 + number * 0x1000;

    client->addr[3] = (uint8_t)(1 + number % FLOOD_HOSTS);
    client->port = (uint16_t)(1024 + number);
    for (int i = 0; i <= again; i++) {
        peer_pass(peer, peer->step);
        peer_segment_tell(peer, SIDE_CLIENT, seq, TCP_SYN, none, 0, false);
        peer_frame_done(peer);
    }
    if (!refused)
        return;
    uint32_t heard = peer->heard[SIDE_SERVER];
    peer->heard[SIDE_SERVER] = seq + 1;
    peer_pass(peer, peer->step);
    peer_segment_tell(peer, SIDE_SERVER, 0, TCP_RST | TCP_ACK, none, 0, false);
    peer_frame_done(peer);
    peer->heard[SIDE_SERVER] = heard;
}

static void
flood(struct peer *peer, const char *value, bool again, bool refused)
{
    const struct endpoint client = peer->end[SIDE_CLIENT];

    for (unsigned i = 0; i < word_number(value); i++)
        flood_one(peer, i, again, refused);
    peer->end[SIDE_CLIENT] = client;
}

/* =N requests of others, which come to nothing. */
static void
word_flood(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    flood(peer, value, false, false);
}

/* The same, 200 ms from one to the next. */
static void
word_flood_slow(struct peer *peer, enum side side, const char *value)
{
    int64_t step = peer->step;

    (void)side;
    peer->step = NS_PER_SECOND / 5;
    flood(peer, value, false, false);
    peer->step = step;
}

/* Those who ask mean it: each asks twice. */
static void
word_flood_again(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    flood(peer, value, true, false);
}

static void
word_flood_refused(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    flood(peer, value, false, true);
}

const struct peer_word peer_tcp_words[] = {
    { "syn", WORD_NOW, WORD_OF_SIDE, word_syn },
    { "tcp-ack", WORD_NOW, WORD_OF_SIDE, word_tcp_ack },
    { "fin", WORD_NOW, WORD_OF_SIDE, word_fin },
    { "rst", WORD_NOW, WORD_OF_SIDE, word_rst },
    { "again", WORD_NOW, WORD_OF_SIDE, word_again },
    { "deaf", WORD_LASTS, WORD_OF_SIDE, word_deaf },
    { "stamps", WORD_LASTS, WORD_OF_NOBODY, word_stamps },
    { "no-id", WORD_LASTS, WORD_OF_NOBODY, word_no_id },
    { "stray", WORD_NOW, WORD_OF_SIDE, word_stray },
    { "stray-fin", WORD_NOW, WORD_OF_SIDE, word_stray_fin },
    { "stray-rst", WORD_NOW, WORD_OF_SIDE, word_stray_rst },
    { "stray-syn", WORD_NOW, WORD_OF_SIDE, word_stray_syn },
    { "jump", WORD_NOW, WORD_OF_SIDE, word_jump },
    { "ttl", WORD_STAYS, WORD_OF_SIDE, word_ttl },
    { "window", WORD_LASTS, WORD_OF_SIDE, word_window },
    { "move", WORD_LASTS, WORD_OF_SIDE, word_move },
    { "move-host", WORD_LASTS, WORD_OF_SIDE, word_move_host },
    { "private", WORD_STAYS, WORD_OF_NOBODY, word_private },
    { "offload", WORD_LASTS, WORD_OF_SIDE, word_offload },
    { "partial", WORD_LASTS, WORD_OF_SIDE, word_partial },
    { "syn-again", WORD_NOW, WORD_OF_SIDE, word_syn_again },
    { "port", WORD_STAYS, WORD_OF_NOBODY, word_port },
    { "flood", WORD_NOW, WORD_OF_NOBODY, word_flood },
    { "flood-slow", WORD_NOW, WORD_OF_NOBODY, word_flood_slow },
    { "flood-again", WORD_NOW, WORD_OF_NOBODY, word_flood_again },
    { "flood-refused", WORD_NOW, WORD_OF_NOBODY, word_flood_refused },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
