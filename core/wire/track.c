/* track.c - the way of a connection's bytes: from the two senders through the walker to TLS, record
 * lengths and the trace
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/track.h"

#include "codec/icmp.h"

struct track *
track_new(void)
{
    return g_new0(struct track, 1);
}

static void
half_clear(struct tcp_half *half)
{
    g_free(half->holes);
    g_free(half->records.greeting);
    path_clear(&half->path);
}

void
track_free(struct track *track)
{
    if (!track)
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        tcp_stream_clear(&track->stream[side]);
        half_clear(&track->stream[side].half);
        walker_clear(&track->walker[side]);
    }
    if (track->tls)
        tls_facts_clear(track->tls);
    g_free(track->tls);
    g_free(track->icmp);
    lengths_clear(&track->lengths);
    trace_free(track->trace);
    g_free(track);
}

const struct tls_facts *
track_tls(const struct track *track)
{
    static const struct tls_facts none;

    return track->tls ? track->tls : &none;
}

/* To be filled. */
static struct tls_facts *
tls_of(struct track *track)
{
    if (!track->tls)
        track->tls = g_new0(struct tls_facts, 1);
    return track->tls;
}

const struct icmp_facts *
track_icmp_errors(const struct track *track, enum side side)
{
    static const struct icmp_facts none;

    return track->icmp ? &track->icmp[side] : &none;
}

void
track_swap_sides(struct track *track)
{
    /* A GQueue has no pointer to itself: plain copies are enough. */
    const struct tcp_stream stream = track->stream[0];
    const struct walker walker = track->walker[0];

    track->stream[0] = track->stream[1];
    track->stream[1] = stream;
    track->walker[0] = track->walker[1];
    track->walker[1] = walker;
    for (int side = 0; track->tls && side < SIDE_COUNT; side++)
        tls_handshake_free(&track->tls->decrypted[side]);
}

/* --- what TLS says --------------------------------------------------------------------------- */

/* Handshake bytes of side, in order, through the reader of their stream. */
static void
take_handshake(struct track *track, enum side side, struct tls_handshake_reader *reader,
               const uint8_t *data, size_t len, bool decrypted, struct mark mark)
{
    uint8_t type;
    struct buf body;

    tls_handshake_feed(reader, data, len);
    while (tls_handshake_next(reader, &type, &body)) {
        const char *name = tls_handshake_name(type);
        tls_facts_message(tls_of(track), side, type, body, decrypted, mark);
        trace_message(track->trace, TRACE_TLS, side, buf_left(&body), name ? name : "Handshake",
                      mark);
    }
}

static void
take_alert(struct track *track, enum side side, uint8_t description, struct mark mark)
{
    const char *name = tls_alert_name(description);

    tls_facts_alert(tls_of(track), side, description, mark);
    trace_message(track->trace, TRACE_TLS, side, 0, name ? name : "Alert", mark);
}

void
track_decrypted_handshake(struct track *track, enum side side, const uint8_t *data, size_t len,
                          struct mark mark)
{
    struct tls_facts *tls = tls_of(track);

    tls->decrypted_handshake[side]++;
    take_handshake(track, side, &tls->decrypted[side], data, len, true, mark);
}

void
track_decrypted_alert(struct track *track, enum side side, uint8_t description, struct mark mark)
{
    tls_of(track)->decrypted_alerts[side]++;
    take_alert(track, side, description, mark);
}

/* Are handshake records opaque? In TLS 1.3 Change Cipher Spec means nothing, comes as early as
 * behind a Hello Retry Request, and what is sealed has another type (RFC 8446 5, D.4). */
static bool
is_sealed(const struct tls_facts *tls, const struct record_facts *records)
{
    return records->encrypted && !mark_is_set(tls->retry_at) && !tls_facts_are_13(tls);
}

/* One piece of a record's body. Returns CONN_EVENT_TLS when it held a fact. */
static unsigned
take_body(struct track *track, enum side side, const struct walk_event *body, struct mark mark)
{
    const struct record_facts *records = &track->stream[side].half.records;

    if (is_sealed(track_tls(track), records))
        return CONN_EVENT_NONE;
    if (records->last_type == TLS_HANDSHAKE) {
        take_handshake(track, side, &track->walker[side].handshake, body->data, body->len, false,
                       mark);
        return CONN_EVENT_TLS;
    }
    if (records->last_length != 2 || !body->ends)
        return CONN_EVENT_NONE;
    /* Behind a warning the handshake goes on (RFC 5246 7.2). */
    if (body->len == 2 && body->data[0] == TLS_ALERT_LEVEL_WARNING &&
        body->data[1] != TLS_ALERT_CLOSE_NOTIFY)
        return CONN_EVENT_NONE;
    take_alert(track, side, body->data[body->len - 1], mark);
    return CONN_EVENT_TLS;
}

/* --- what records say by their length -------------------------------------------------------- */

/* What TCP knows that lengths do not. */
static void
tell_lengths_of_tcp(struct track *track)
{
    struct lengths_facts *facts = track->lengths.facts;

    if (!facts)
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = &track->stream[side].half;
        facts->closed |= mark_is_set(half->fin) || mark_is_set(half->rst);
    }
}

/* The record of side that just began. */
static unsigned
take_length(struct track *track, enum side side, struct mark mark)
{
    const struct record_facts *records = &track->stream[side].half.records;
    struct lengths *lengths = &track->lengths;

    if (lengths_is_over(lengths))
        return CONN_EVENT_NONE;
    bool middle = !track_tls(track)->has_server_hello && tcp_stream_start_missing(track->stream);
    bool sealed_alert = records->last_type == TLS_ALERT && (records->encrypted || middle);
    if ((records->last_type != TLS_APPLICATION_DATA && !sealed_alert) ||
        (middle && !lengths->known))
        return CONN_EVENT_NONE;
    tell_lengths_of_tcp(track);
    bool news = middle ? lengths_middle_record(lengths, side, records->last_type,
                                               records->last_length, mark)
                       : lengths_record(lengths, track_tls(track), side, records->last_type,
                                        records->last_length, mark);
    if (!news)
        return CONN_EVENT_NONE;
    struct lengths_facts *facts = lengths->facts;
    if (facts && facts->room[SIDE_CLIENT] + facts->room[SIDE_SERVER] == 0)
        for (int i = 0; i < SIDE_COUNT; i++)
            facts->room[i] = tcp_stream_room(track->stream, (enum side)i);
    return CONN_EVENT_LENGTHS;
}

static unsigned
take_record(struct track *track, enum side side, const struct walk_event *record, struct mark mark)
{
    struct tcp_stream *stream = &track->stream[side];
    const struct record_facts *records = &stream->half.records;

    if (records->last_type == TLS_APPLICATION_DATA) {
        /* Handshakes in clear are much the same in all connections to a server. */
        if (records->last_length >= SEQ_LOG_PRINT_LEN && record->len >= SEQ_LOG_PRINT_LEN)
            seq_log_print(&stream->seq_log, record->data, record->offset);
        trace_record(track->trace, side, records->last_length, mark);
    }
    return take_length(track, side, mark);
}

/* --- the way of the bytes -------------------------------------------------------------------- */

static unsigned
take_event(struct track *track, enum side side, const struct walk_event *event, struct mark mark)
{
    switch (event->kind) {
    case WALK_HTTP_HEAD:
        trace_http(track->trace, side, &event->head, mark);
        return CONN_EVENT_TLS;
    case WALK_PROXY_HEADER:
        return CONN_EVENT_TLS;
    case WALK_DECIDED:
        return CONN_EVENT_NONE;
    case WALK_RECORD:
        return take_record(track, side, event, mark);
    case WALK_BODY:
        return take_body(track, side, event, mark);
    }
    return CONN_EVENT_NONE;
}

static unsigned
walk_bytes(struct track *track, enum side side, const struct tcp_piece *piece)
{
    struct walk walk = {
        .walker = &track->walker[side],
        .records = &track->stream[side].half.records,
        .peer = &track->stream[side_other(side)].half.records,
        .proxy = &track->proxy,
        .side = side,
        .start_missing = tcp_stream_start_missing(track->stream),
        .mark = piece->mark,
        .end = piece->offset + piece->captured,
        .data = piece->data,
        .len = piece->captured,
        .begins = true,
        .wire_len = piece->len,
    };
    struct walk_event event;
    unsigned events = CONN_EVENT_NONE;

    while (walker_next(&walk, &event))
        events |= take_event(track, side, &event, piece->mark);
    return events;
}

static void
lose_lengths(struct track *track, enum side side, struct mark mark)
{
    tell_lengths_of_tcp(track);
    lengths_lost(&track->lengths, side, mark);
}

static unsigned
walk_piece(struct track *track, enum side side, const struct tcp_piece *piece)
{
    struct record_facts *records = &track->stream[side].half.records;
    uint64_t cut = piece->len - piece->captured;
    unsigned events = CONN_EVENT_NONE;

    if (track->lengths.facts)
        track->lengths.facts->told_late = piece->mark.frame != track->last.frame;
    if (piece->hole > 0)
        walker_hole(&track->walker[side], records, piece->hole, piece->mark);
    if (piece->hole > 0 && records->kind == STREAM_LOST)
        lose_lengths(track, side, piece->mark);
    if (piece->captured > 0)
        events = walk_bytes(track, side, piece);
    if (cut > 0)
        walker_hole(&track->walker[side], records, cut, piece->mark);
    if (records->kind == STREAM_LOST)
        lose_lengths(track, side, piece->mark);
    return events;
}

static unsigned
walk_ready(struct track *track, enum side side)
{
    const struct tcp_piece *piece;
    unsigned events = CONN_EVENT_NONE;

    while ((piece = tcp_order_take(&track->stream[side].order)))
        events |= walk_piece(track, side, piece);
    return events;
}

unsigned
track_segment(struct track *track, enum side side, const struct segment *segment)
{
    unsigned events = CONN_EVENT_NONE, news;

    const struct mark acked = track->stream[side].half.acked_unseen;
    track->last = segment->mark;
    news = tcp_stream_segment(track->stream, side, segment);
    if (news & (TCP_NEWS_COPY | TCP_NEWS_STRAY))
        return events;
    if ((news & TCP_NEWS_LATE) && mark_is_set(acked))
        order_early(&track->order, segment, MAX(mark_between(acked, segment->mark), 0));
    if (news & TCP_NEWS_PEER_BYTES)
        events |= walk_ready(track, side_other(side));
    if (news & TCP_NEWS_BYTES)
        events |= walk_ready(track, side);
    trace_segment(track->trace, side, segment, news & TCP_NEWS_RESENT);
    if ((segment->flags & (TCP_FIN | TCP_RST)) && tcp_stream_ends(track->stream, side, segment))
        events |= CONN_EVENT_CLOSED;
    return events;
}

void
track_finish(struct track *track, struct mark now)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        tcp_stream_finish(track->stream, (enum side)side, track->last, now);
        walk_ready(track, (enum side)side);
    }
}

void
track_icmp(struct track *track, enum side side, const struct icmp_error *error)
{
    const char *name = icmp_name(error);
    struct icmp_facts *facts;

    trace_message(track->trace, TRACE_ICMP, side_other(side), 0, name ? name : "ICMP error",
                  error->mark);
    if (!track->icmp)
        track->icmp = g_new0(struct icmp_facts, SIDE_COUNT);
    facts = &track->icmp[side];
    if (icmp_asks_for_less(error)) {
        if (facts->smaller_calls++ == 0)
            facts->smaller_first = error->mark;
        facts->smaller = *error;
        return;
    }
    if (facts->errors++ == 0)
        facts->first = *error;
    facts->last = error->mark;
}
