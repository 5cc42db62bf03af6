/* peer/tcp.c - words about TCP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "tcp.h"

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
    if (peer_segment(peer, side, peer->last_seq[side], TCP_ACK | TCP_PSH, peer->last[side]->data,
                     peer->last[side]->len))
        peer_frame_done(peer);
}

/* From now on segments tell when they left. */
static void
word_stamps(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->stamps = true;
}

static void
word_ttl(struct peer *peer, enum side side, const char *value)
{
    peer->ttl[side] = (uint8_t)word_number(value);
}

static void
word_window(struct peer *peer, enum side side, const char *value)
{
    peer->window[side] = (uint16_t)word_number(value);
}

/* From here on the client's segments come from another port, or =back from the old one, or =host
 * from another host, or =home from that host's neighbour, the old one. */
static void
word_move(struct peer *peer, enum side side, const char *value)
{
    if (strcmp(value, "host") == 0)
        peer->end[side].addr[3]++;
    else if (strcmp(value, "home") == 0)
        peer->end[side].addr[3]--;
    else if (*value)
        peer->end[side].port--;
    else
        peer->end[side].port++;
}

/* Of side from now on, as a proxy has one of its own. */
static void
word_port(struct peer *peer, enum side side, const char *value)
{
    peer->end[side].port = (uint16_t)word_number(value);
}

/* The server's address is a private one. */
static void
word_private(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->end[side].addr[0] = 10;
}

static void
word_deaf(struct peer *peer, enum side side, const char *value)
{
    peer->deaf[side] = strcmp(value, "0") != 0;
}

static void
word_offload(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->offload[side] = true;
}

static void
word_partial(struct peer *peer, enum side side, const char *value)
{
    peer->partial[side] = !*value || word_number(value);
}

const struct peer_word peer_tcp_words[] = {
    { "syn", SIDE_CLIENT, word_syn },         { "tcp-ack", SIDE_CLIENT, word_tcp_ack },
    { "fin", SIDE_CLIENT, word_fin },         { "rst", SIDE_CLIENT, word_rst },
    { "again", SIDE_CLIENT, word_again },     { "deaf", SIDE_CLIENT, word_deaf },
    { "stamps", SIDE_CLIENT, word_stamps },   { "ttl", SIDE_SERVER, word_ttl },
    { "window", SIDE_SERVER, word_window },   { "move", SIDE_CLIENT, word_move },
    { "private", SIDE_SERVER, word_private }, { "offload", SIDE_CLIENT, word_offload },
    { "partial", SIDE_CLIENT, word_partial }, { "syn-again", SIDE_CLIENT, word_syn_again },
    { "port", SIDE_SERVER, word_port },       { NULL, SIDE_CLIENT, NULL },
};
