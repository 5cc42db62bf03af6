/* peer/resend.c - a TCP that acknowledges what comes, and sends again what nobody acknowledges
 *
 * Each side keeps what it sent until an acknowledgement of it comes: RFC 6298 with one timer, RFC
 * 6582's fast retransmission, and acknowledgements of RFC 1122 4.2.3.2. What comes does so at once,
 * as the way takes less time than one step of the script. What else a script makes of a segment's
 * way
 * ("late", "twice") changes only what is captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include "codec/tcp.h"

enum { DUPLICATES_MAX = 3, SEGMENTS_MAX = 2 /* that share an acknowledgement */ };

static const int64_t rto_first = NS_PER_SECOND, rto_min = NS_PER_SECOND / 5,
                     rto_max = 60 * NS_PER_SECOND, ack_delay = NS_PER_SECOND / 25,
                     ack_soon = 9 * NS_PER_SECOND / 1000;

/* A segment that is not acknowledged yet. */
struct flight {
    uint32_t seq, end;
    uint16_t flags;
    GByteArray *bytes;
    bool came;
    bool unseen; /* the way took it before the capture point */
};

/* One side's end of the connection. */
struct half {
    GPtrArray *flights;
    uint32_t next; /* behind all that it sent */
    int64_t timer; /* when the first one is sent again; 0: there is none */
    unsigned backoff, duplicates;
    bool measured; /* it knows that answers come fast */
    bool soon;     /* the timer is none that ran out */
    bool recovers;
    uint32_t recover; /* until this is acknowledged */
    int64_t ack_due;  /* 0: it owes none */
    unsigned to_ack;  /* segments */
};

struct resend {
    struct half half[SIDE_COUNT];
};

static void
flight_free(gpointer data)
{
    struct flight *flight = data;

    g_byte_array_unref(flight->bytes);
    g_free(flight);
}

static void
half_forget(struct half *half, uint32_t next)
{
    if (half->flights)
        g_ptr_array_unref(half->flights);
    *half = (struct half){ .flights = g_ptr_array_new_with_free_func(flight_free), .next = next };
}

void
resend_forget(struct peer *peer)
{
    for (int side = 0; side < SIDE_COUNT && peer->resend; side++)
        half_forget(&peer->resend->half[side], peer->seq[side]);
}

void
resend_free(struct peer *peer)
{
    for (int side = 0; side < SIDE_COUNT && peer->resend; side++)
        g_ptr_array_unref(peer->resend->half[side].flights);
    g_free(g_steal_pointer(&peer->resend));
}

/* --- who has what ---------------------------------------------------------------------------- */

static struct flight *
flight_at(const struct half *half, guint i)
{
    return g_ptr_array_index(half->flights, i);
}

/* The next byte of side that the other one lacks. */
static uint32_t
next_missing(const struct peer *peer, enum side side)
{
    const struct half *half = &peer->resend->half[side];

    for (guint i = 0; i < half->flights->len; i++)
        if (!flight_at(half, i)->came)
            return flight_at(half, i)->seq;
    return half->next;
}

bool
resend_has_gap(const struct peer *peer, enum side side)
{
    const struct half *half = peer->resend ? &peer->resend->half[side] : NULL;

    for (guint i = 0; half && i < half->flights->len; i++)
        if (flight_at(half, i)->unseen)
            return true;
    return false;
}

static int64_t
rto_of(const struct half *half)
{
    int64_t rto = half->measured ? rto_min : rto_first;

    for (unsigned i = 0; i < half->backoff && rto < rto_max; i++)
        rto *= 2;
    return MIN(rto, rto_max);
}

/* --- what comes ------------------------------------------------------------------------------ */

/* The first one is sent again as soon as time goes on. */
static void
send_first_soon(struct peer *peer, struct half *half)
{
    half->timer = peer->now;
    half->soon = true;
}

/* An acknowledgement of as much came to side. bare: it came for its own sake. */
static void
ack_comes(struct peer *peer, enum side side, uint32_t ack, bool bare)
{
    struct half *half = &peer->resend->half[side];
    guint num = 0;

    while (num < half->flights->len && (int32_t)(ack - flight_at(half, num)->end) >= 0)
        num++;
    if (num > 0) {
        g_ptr_array_remove_range(half->flights, 0, num);
        half->measured = true;
        half->backoff = half->duplicates = 0;
        half->timer = half->flights->len > 0 ? peer->now + rto_of(half) : 0;
        half->recovers = half->recovers && (int32_t)(ack - half->recover) < 0;
        if (half->recovers && half->timer)
            send_first_soon(peer, half);
    } else if (bare && half->flights->len > 0 && !half->recovers &&
               ++half->duplicates == DUPLICATES_MAX) {
        half->recovers = true;
        half->recover = half->next;
        send_first_soon(peer, half);
    }
}

/* A segment of side came, when the other one lacked the byte at missing. */
static void
owe_ack(struct peer *peer, enum side side, const struct flight *flight, uint32_t missing)
{
    struct half *other = &peer->resend->half[side_other(side)];
    bool next = flight->seq == missing, filled = next_missing(peer, side) != flight->end;
    int64_t lag = peer->ends ? peer->ends_lag : 0;

    if (flight->flags & TCP_SYN)
        return;
    if (!next || filled || ++other->to_ack >= SEGMENTS_MAX)
        other->ack_due = peer->now + MAX(ack_soon, lag + NS_PER_SECOND / 1000);
    else if (other->ack_due == 0)
        other->ack_due = peer->now + ack_delay + lag;
}

static void
segment_comes(struct peer *peer, enum side side, struct flight *flight, uint16_t flags)
{
    uint32_t missing = next_missing(peer, side);

    if (flags & TCP_RST) {
        resend_forget(peer);
        return;
    }
    if (flight) {
        flight->came = true;
        owe_ack(peer, side, flight, missing);
    }
    if (flags & TCP_ACK)
        ack_comes(peer, side_other(side), peer->heard[side], !flight);
}

/* --- what leaves ----------------------------------------------------------------------------- */

static struct flight *
flight_new(struct peer *peer, enum side side, uint32_t seq, uint16_t flags, const uint8_t *data,
           size_t len)
{
    struct half *half = &peer->resend->half[side];
    struct flight *flight = g_new0(struct flight, 1);

    flight->seq = seq;
    flight->end = seq + (uint32_t)len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    flight->flags = flags;
    flight->bytes = g_byte_array_append(g_byte_array_new(), data, (guint)len);
    g_ptr_array_add(half->flights, flight);
    half->next = flight->end;
    if (half->timer == 0)
        half->timer = peer->now + rto_of(half);
    return flight;
}

/* The flight is NULL for a segment that nobody acknowledges. */
static bool
leave(struct peer *peer, enum side side, uint32_t seq, uint16_t flags, const uint8_t *data,
      size_t len, struct flight *flight)
{
    struct half *half = &peer->resend->half[side];
    bool lost = peer_way_takes(peer, side, len),
         before = lost && side == SIDE_SERVER && !peer->ends;
    bool seen = peer_is_captured(peer, side) && !before;

    peer->heard[side] = next_missing(peer, side_other(side));
    half->ack_due = 0;
    half->to_ack = 0;
    if (flight)
        flight->unseen = before;
    if (seen)
        peer_segment_tell(peer, side, seq, flags, data, len, lost);
    if (!lost && !peer->deaf[side_other(side)])
        segment_comes(peer, side, flight, flags);
    return seen;
}

bool
resend_segment(struct peer *peer, enum side side, uint32_t seq, uint16_t flags, const uint8_t *data,
               size_t len)
{
    bool kept = len > 0 || flags & (TCP_SYN | TCP_FIN);

    return leave(peer, side, seq, flags, data, len,
                 kept ? flight_new(peer, side, seq, flags, data, len) : NULL);
}

/* --- as time goes on ------------------------------------------------------------------------- */

static void
first_again(struct peer *peer, enum side side)
{
    struct half *half = &peer->resend->half[side];
    struct flight *first = flight_at(half, 0);
    bool gap = first->unseen;

    if (!half->soon) {
        half->backoff++;
        half->recovers = true;
        half->recover = half->next;
    }
    half->soon = false;
    half->duplicates = 0;
    half->timer = peer->now + rto_of(half);
    bool seen =
        leave(peer, side, first->seq, first->flags, first->bytes->data, first->bytes->len, first);
    if (seen && gap && !resend_has_gap(peer, side))
        peer_tell_owed(peer, side);
    peer_frame_done(peer);
}

/* When the next thing happens by itself; INT64_MAX: never. */
static int64_t
next_due(const struct peer *peer, enum side *side, bool *ack)
{
    int64_t due = INT64_MAX;

    for (int s = 0; s < SIDE_COUNT; s++) {
        const struct half *half = &peer->resend->half[s];
        if (half->ack_due && half->ack_due < due) {
            due = half->ack_due;
            *side = (enum side)s;
            *ack = true;
        }
        if (half->timer && half->timer < due) {
            due = half->timer;
            *side = (enum side)s;
            *ack = false;
        }
    }
    return due;
}

void
resend_until(struct peer *peer, int64_t until)
{
    enum side side = SIDE_CLIENT;
    bool ack = false;
    int64_t due;

    while (peer->resend && (due = next_due(peer, &side, &ack)) <= until) {
        peer->now = MAX(peer->now, due);
        if (ack) {
            leave(peer, side, peer->resend->half[side].next, TCP_ACK, NULL, 0, NULL);
            peer_frame_done(peer);
        } else {
            first_again(peer, side);
        }
    }
}

/* Both sides acknowledge, and send again, while time goes on ("wait", or the next frames). A
 * segment that "drop" takes does not come; what "deaf" hears not, either. The capture is the
 * client's, but with "ends". */
static void
word_resends(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    resend_free(peer);
    if (!value)
        return;
    peer->resend = g_new0(struct resend, 1);
    resend_forget(peer);
}

const struct peer_word peer_resend_words[] = {
    { "resends", WORD_LASTS, WORD_OF_NOBODY, word_resends },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
