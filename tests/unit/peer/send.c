/* peer/send.c - bytes on their way into TLS records and segments, and who is told of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "codec/framing.h"
#include "codec/tcp.h"

static void
feed_clear(struct engine *engine, const uint8_t *data, size_t len)
{
    while (len > 0) {
        struct piece piece = framing_next(data, len);
        if (piece.kind == PIECE_NEED_MORE)
            break;
        engine_piece(engine, &piece, data);
        data += piece.len;
        len -= piece.len;
    }
}

/* A segment that is the side's SYN as well. Refused, its bytes are sent again behind the answer. */
static bool
send_early(struct peer *peer, enum side side, uint32_t seq, const uint8_t *data, size_t len)
{
    peer->early[side] = false;
    peer->seq[side] = seq + 1 + (peer->refused ? 0 : (uint32_t)len);
    peer->last_seq[side] = seq + 1;
    bool seen = peer_segment(peer, side, seq, TCP_SYN, data, len);
    if (!peer->refused)
        return seen;
    peer_frame_done(peer);
    peer_flags(peer, side_other(side), TCP_SYN | TCP_ACK);
    peer->seq[side] += (uint32_t)len;
    return peer_segment(peer, side, seq + 1, TCP_ACK | TCP_PSH, data, len);
}

/* One segment of a side's bytes, unless it is to be overtaken by later ones. */
static bool
send_segment(struct peer *peer, enum side side, uint32_t seq, const uint8_t *data, size_t len)
{
    if (peer->early[side])
        return send_early(peer, side, seq, data, len);
    if (!peer->delay[side])
        return peer_segment(peer, side, seq, TCP_ACK | TCP_PSH, data, len);
    peer->delay[side] = false;
    if (peer->overtaken[side])
        g_byte_array_unref(peer->overtaken[side]);
    peer->overtaken[side] = g_byte_array_append(g_byte_array_new(), data, (guint)len);
    peer->overtaken_seq[side] = seq;
    peer->overtaken_stamp[side] = peer->stamp ? peer_stamp_now(peer) : 0;
    return false;
}

bool
peer_send_wire(struct peer *peer, enum side side, const uint8_t *data, size_t len)
{
    size_t room = peer->offload[side] ? 65000 : peer->mss;

    for (;;) {
        size_t n = MIN(len, room);
        uint32_t seq = peer->seq[side];
        peer->seq[side] += (uint32_t)n;
        peer->last_seq[side] = seq;
        g_byte_array_set_size(peer->last[side], 0);
        g_byte_array_append(peer->last[side], data, (guint)n);
        bool seen = send_segment(peer, side, seq, data, n);
        data += n;
        len -= n;
        if (len == 0)
            return seen && n <= peer->snap;
        peer_frame_done(peer);
    }
}

void
peer_send_wire_and_free(struct peer *peer, enum side side, GByteArray *wire)
{

    peer_send_wire(peer, side, wire->data, wire->len);
    peer_frame_done(peer);
    g_byte_array_unref(wire);
}

void
peer_append_record(GByteArray *wire, uint8_t type, const uint8_t *data, size_t len)
{
    const uint8_t header[] = { type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len };

    g_byte_array_append(wire, header, sizeof header);
    g_byte_array_append(wire, data, (guint)len);
}

void
peer_append_sealed(struct peer *peer, enum side side, GByteArray *wire, uint8_t type,
                   const uint8_t *data, size_t len)
{
    seal_append(&peer->seal[side], type, data, len, wire);
}

/* What the last segment completes, in records that were decrypted. */
static void
tell_clear(struct peer *peer, const uint8_t *data, size_t len, unsigned records)
{
    feed_clear(peer->engine, data, len);
    if (records)
        engine_decrypted(peer->engine, records);
}

/* Behind a segment that is still to come. */
static void
owe(struct peer *peer, enum side side, const uint8_t *data, size_t len, unsigned records)
{
    if (!peer->owed[side])
        peer->owed[side] = g_byte_array_new();
    g_byte_array_append(peer->owed[side], data, (guint)len);
    peer->owed_records[side] += records;
}

void
peer_send(struct peer *peer, enum side side, const uint8_t *data, size_t len)
{
    if (peer->held[side]) {
        g_byte_array_append(peer->held[side], data, (guint)len);
        return;
    }
    GByteArray *wire = g_byte_array_new();
    size_t first = peer->halves[side] ? len / 2 : len;
    unsigned records = first < len ? 2 : 1;

    peer->halves[side] = false;
    if (peer->tls == PEER_CLEAR)
        g_byte_array_append(wire, data, (guint)len);
    else
        peer_append_sealed(peer, side, wire, TLS_APPLICATION_DATA, data, first);
    if (peer->tls != PEER_CLEAR && records > 1)
        peer_append_sealed(peer, side, wire, TLS_APPLICATION_DATA, data + first, len - first);
    bool seen = peer_send_wire(peer, side, wire->data, wire->len);
    bool open = peer->tls != PEER_TLS_BLIND && !peer->locked[side];
    if (open && (peer->overtaken[side] || resend_has_gap(peer, side)))
        owe(peer, side, data, len, peer->tls == PEER_TLS ? records : 0);
    else if (open && seen)
        tell_clear(peer, data, len, peer->tls == PEER_TLS ? records : 0);
    peer_frame_done(peer);
    g_byte_array_unref(wire);
}

void
peer_send_text(struct peer *peer, enum side side, const char *text)
{
    peer_send(peer, side, (const uint8_t *)text, strlen(text));
}

void
peer_tell_owed(struct peer *peer, enum side side)
{
    GByteArray *owed = g_steal_pointer(&peer->owed[side]);

    if (!owed)
        return;
    tell_clear(peer, owed->data, owed->len, peer->owed_records[side]);
    peer->owed_records[side] = 0;
    g_byte_array_unref(owed);
}

/* The next segment of the side is overtaken by what comes before "release". */
static void
word_delay(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->delay[side] = true;
}

/* "release=again": the first copy was lost, this is another one. */
static void
word_release(struct peer *peer, enum side side, const char *value)
{
    GByteArray *segment = peer->overtaken[side];

    if (!segment)
        return;
    peer->old_stamp = value && *value ? 0 : peer->overtaken_stamp[side];
    peer->overtaken[side] = NULL;
    if (peer_segment(peer, side, peer->overtaken_seq[side], TCP_ACK | TCP_PSH, segment->data,
                     segment->len))
        peer_tell_owed(peer, side);
    peer_frame_done(peer);
    g_byte_array_unref(segment);
}

/* The next segment of the side, a short one, is its SYN as well; =refused: it is answered without
 * its bytes, which come again. */
static void
word_early(struct peer *peer, enum side side, const char *value)
{
    peer->early[side] = true;
    peer->refused = *value != '\0';
}

/* What it says shares a record, which is sent when it no longer holds. */
static void
word_hold(struct peer *peer, enum side side, const char *value)
{
    GByteArray *held = g_steal_pointer(&peer->held[side]);

    if (value) {
        peer->held[side] = held ? held : g_byte_array_new();
        return;
    }
    if (!held)
        return;
    peer_send(peer, side, held->data, held->len);
    g_byte_array_unref(held);
}

static void
word_halves(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->halves[side] = true;
}

const struct peer_word peer_send_words[] = {
    { "delay", WORD_NOW, WORD_OF_SIDE, word_delay },
    { "release", WORD_NOW, WORD_OF_SIDE, word_release },
    { "early", WORD_NOW, WORD_OF_SIDE, word_early },
    { "hold", WORD_LASTS, WORD_OF_SIDE, word_hold },
    { "halves", WORD_NOW, WORD_OF_SIDE, word_halves },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
