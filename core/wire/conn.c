/* conn.c - one TCP connection as seen from one capture point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/conn.h"

#include <string.h>

#include "base/hash.h"
#include "base/thresholds.h"
#include "wire/conn_state.h"

static int
endpoint_compare(const struct endpoint *a, const struct endpoint *b)
{
    return memcmp(a, b, sizeof *a);
}

void
conn_key_make(const struct segment *segment, struct conn_key *key)
{
    bool src_first = endpoint_compare(&segment->src, &segment->dst) <= 0;
    key->a = src_first ? segment->src : segment->dst;
    key->b = src_first ? segment->dst : segment->src;
    key->interface = segment->interface;
}

guint
conn_key_hash(gconstpointer key)
{
    return hash_bytes(key, sizeof(struct conn_key));
}

gboolean
conn_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct conn_key)) == 0;
}

struct conn *
conn_new(const struct conn_key *key)
{
    struct conn *conn = g_new0(struct conn, 1);

    conn->key = *key;
    return conn;
}

/* --- half open ------------------------------------------------------------------------------- */

/* All that is kept of a connection of which only its first segment was seen, a SYN: whoever floods
 * a server with these must not be able to make us keep more. */
struct syn {
    struct mark mark, copy; /* copy: of the same packet, from a mirror port */
    uint32_t seq;
    uint16_t flags, window, checksum, ip_id;
    uint8_t ttl, copy_ttl, options_len;
    uint8_t options[];
};

enum { OPTIONS_MAX_LEN = 40 }; /* RFC 9293 3.1: the data offset has four bits */
#define COPY_NS (NS_PER_SECOND / 2)

static bool
is_lone_syn(const struct segment *segment)
{
    return (segment->flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_SYN &&
           segment->payload_len == 0 && segment->options_len <= OPTIONS_MAX_LEN;
}

static void
keep_syn(struct conn *conn, const struct segment *segment)
{
    struct syn *syn = g_malloc(sizeof *syn + segment->options_len);

    *syn = (struct syn){ .mark = segment->mark,
                         .seq = segment->seq,
                         .flags = segment->flags,
                         .window = segment->window,
                         .checksum = segment->checksum,
                         .ip_id = segment->ip_id,
                         .ttl = segment->ttl,
                         .options_len = (uint8_t)segment->options_len };
    if (segment->options_len)
        memcpy(syn->options, segment->options, segment->options_len);
    conn->syn = syn;
}

/* No client asks again so soon (RFC 6298 2.1). */
static bool
is_copy(const struct syn *syn, const struct conn *conn, const struct segment *segment)
{
    return !mark_is_set(syn->copy) && is_lone_syn(segment) &&
           conn_side(conn, &segment->src) == SIDE_CLIENT && segment->seq == syn->seq &&
           segment->flags == syn->flags && segment->options_len == syn->options_len &&
           (syn->options_len == 0 ||
            memcmp(segment->options, syn->options, syn->options_len) == 0) &&
           segment->window == syn->window && segment->checksum == syn->checksum &&
           segment->ip_id == syn->ip_id && ABS(mark_between(syn->mark, segment->mark)) < COPY_NS;
}

static void
tell_syn(const struct conn *conn, struct track *track)
{
    const struct syn *syn = conn->syn;
    struct segment segment = { .mark = syn->mark,
                               .interface = conn->key.interface,
                               .src = *conn_endpoint(conn, SIDE_CLIENT),
                               .dst = *conn_endpoint(conn, SIDE_SERVER),
                               .seq = syn->seq,
                               .flags = syn->flags,
                               .window = syn->window,
                               .checksum = syn->checksum,
                               .ip_id = syn->ip_id,
                               .ttl = syn->ttl,
                               .options = syn->options,
                               .options_len = syn->options_len };

    track->first = syn->mark;
    track_segment(track, SIDE_CLIENT, &segment);
    if (!mark_is_set(syn->copy))
        return;
    segment.mark = syn->copy;
    segment.ttl = syn->copy_ttl;
    track_segment(track, SIDE_CLIENT, &segment);
}

static G_GNUC_NO_INLINE struct track *
make_track(struct conn *conn)
{
    struct track *track = track_new();

    for (int side = 0; conn->opens_seq_logs && side < SIDE_COUNT; side++)
        seq_log_open(&track->stream[side].seq_log);
    if (conn->keeps_trace)
        track->trace = trace_new();
    track->lengths.known = conn->known;
    if (conn->syn)
        tell_syn(conn, track);
    g_clear_pointer(&conn->syn, g_free);
    return track;
}

/* Whoever asks for more than half_open() has it made from the SYN: what is known stays the same, so
 * that asking changes nothing. */
static struct track *
track_of(const struct conn *conn)
{
    struct conn *own = (struct conn *)conn;

    if (conn->resting)
        own->track = resting_wake(g_steal_pointer(&own->resting));
    else if (!conn->track && !conn->foreign)
        own->track = make_track(own);
    return conn->track;
}

/* NULL: nothing but a SYN was seen of it, or it is tracked no longer. */
static struct track *
track_if_any(const struct conn *conn)
{
    return conn->resting ? track_of(conn) : conn->track;
}

void
conn_rest(struct conn *conn)
{
    if (!conn->track || conn_is_lone(conn))
        return;
    conn->resting = resting_new(g_steal_pointer(&conn->track));
}

void
conn_forget_copies(struct conn *conn)
{
    for (int side = 0; conn->track && side < SIDE_COUNT; side++)
        mirror_copies_forget(&conn->track->stream[side].copies);
}

bool
conn_is_half_open(const struct conn *conn)
{
    return conn->syn != NULL;
}

bool
conn_is_lone(const struct conn *conn)
{
    const struct tcp_half *client, *server;

    if (conn->syn || conn->foreign || conn->resting)
        return conn->syn != NULL;
    client = conn_half(conn, SIDE_CLIENT);
    server = conn_half(conn, SIDE_SERVER);
    return mark_is_set(client->syn) && client->segments == 1 && server->segments == 0 &&
           conn_icmp_errors(conn, SIDE_CLIENT)->errors == 0;
}

bool
conn_lone_isn(const struct conn *conn, uint32_t *isn)
{
    const struct tcp_half *client;

    if (conn->syn) {
        *isn = conn->syn->seq + 1;
        return true;
    }
    client = conn_half(conn, SIDE_CLIENT);
    *isn = client->base;
    return mark_is_set(client->syn) && client->data_segments == 0;
}

void
conn_stop_tracking(struct conn *conn)
{
    track_free(track_if_any(conn));
    conn->track = NULL;
    g_clear_pointer(&conn->syn, g_free);
    conn->foreign = true;
}

void
conn_open_seq_logs(struct conn *conn)
{
    struct track *track = track_if_any(conn);

    conn->opens_seq_logs = true;
    for (int side = 0; track && side < SIDE_COUNT; side++)
        seq_log_open(&track->stream[side].seq_log);
}

void
conn_keep_trace(struct conn *conn)
{
    struct track *track = track_if_any(conn);

    conn->keeps_trace = true;
    if (track && !track->trace)
        track->trace = trace_new();
}

void
conn_free(struct conn *conn)
{
    conn_stop_tracking(conn);
    g_free(conn);
}

const struct endpoint *
conn_endpoint(const struct conn *conn, enum side side)
{
    return (side == SIDE_CLIENT) == conn->client_is_a ? &conn->key.a : &conn->key.b;
}

enum side
conn_side(const struct conn *conn, const struct endpoint *src)
{
    bool from_a = endpoint_compare(src, &conn->key.a) == 0;

    return from_a == conn->client_is_a ? SIDE_CLIENT : SIDE_SERVER;
}

void
conn_set_client(struct conn *conn, enum side side)
{
    conn->client_certain = true;
    if (side == SIDE_CLIENT)
        return;
    conn->client_is_a = !conn->client_is_a;
    if (!conn->foreign)
        track_swap_sides(track_of(conn));
}

/* --- the way of a segment --------------------------------------------------------------------- */

/* Before a SYN or a request has shown who is the client: the lower or well-known port serves. */
static bool
guess_client_is_a(const struct conn_key *key)
{
    if ((key->a.port == 443) != (key->b.port == 443))
        return key->b.port == 443;
    return key->a.port > key->b.port;
}

static void
conn_find_client(struct conn *conn, const struct segment *segment)
{
    bool from_a = endpoint_compare(&segment->src, &conn->key.a) == 0;

    if (segment->flags & TCP_SYN) {
        conn->client_is_a = (segment->flags & TCP_ACK) ? !from_a : from_a;
        conn->client_certain = true;
    } else {
        conn->client_is_a = guess_client_is_a(&conn->key);
    }
}

unsigned
conn_segment(struct conn *conn, const struct segment *segment)
{
    struct track *track = track_if_any(conn);

    if (!conn->syn && !(track && mark_is_set(track->first))) {
        conn_find_client(conn, segment);
        if (!track && is_lone_syn(segment)) {
            keep_syn(conn, segment);
            return CONN_EVENT_NONE;
        }
    }
    if (conn->syn && is_copy(conn->syn, conn, segment)) {
        conn->syn->copy = segment->mark;
        conn->syn->copy_ttl = segment->ttl;
        return CONN_EVENT_NONE;
    }
    track = track_of(conn);
    if (!mark_is_set(track->first))
        track->first = segment->mark;
    return track_segment(track, conn_side(conn, &segment->src), segment);
}

void
conn_stamped(struct conn *conn, struct mark mark)
{
    struct track *track = track_if_any(conn);

    if (track)
        order_stamp(&track->order, mark);
}

void
conn_requested_later(struct conn *conn, struct mark request)
{
    struct track *track = track_if_any(conn);

    if (track && conn_start_missing(conn) && request.time < track->first.time)
        order_begins_later(&track->order, request);
}

bool
conn_acks_ahead(const struct conn *conn, const struct segment *segment)
{
    const struct track *track = track_if_any(conn);

    return track && tcp_stream_acks_ahead(track->stream, conn_side(conn, &segment->src), segment);
}

bool
conn_lacks_answer(const struct conn *conn, const struct segment *segment)
{
    const struct track *track = track_if_any(conn);
    enum side side = conn_side(conn, &segment->src);

    return track && mark_is_set(track->stream[side].half.syn) &&
           !track->stream[side_other(side)].half.base_known;
}

void
conn_acked_early(struct conn *conn, const struct segment *segment, int64_t by)
{
    struct track *track = track_if_any(conn);

    if (track)
        order_early(&track->order, segment, by);
}

void
conn_icmp(struct conn *conn, enum side side, const struct icmp_error *error)
{
    track_icmp(track_of(conn), side, error);
}

void
conn_decrypted_handshake(struct conn *conn, enum side side, const uint8_t *data, size_t len,
                         struct mark mark)
{
    if (!conn->foreign)
        track_decrypted_handshake(track_of(conn), side, data, len, mark);
}

void
conn_alert(struct conn *conn, enum side side, uint8_t description, struct mark mark)
{
    if (!conn->foreign)
        track_decrypted_alert(track_of(conn), side, description, mark);
}

void
conn_finish(struct conn *conn, struct mark now)
{
    if (!conn->foreign)
        track_finish(track_of(conn), now);
}

void
conn_seen_elsewhere(struct conn *conn, enum side side, const struct conn *copy)
{
    struct tcp_half *half = &track_of(conn)->stream[side].half;
    const struct tcp_half *other;

    if (copy->foreign)
        return;
    other = &track_of(copy)->stream[side].half;
    half->next_elsewhere = MAX(half->next_elsewhere, other->next);
    half->complete_elsewhere = MAX(half->complete_elsewhere, other->records.application_complete);
}

/* --- questions ------------------------------------------------------------------------------- */

size_t
conn_segment_room(const struct conn *conn, enum side side)
{
    return tcp_stream_room(track_of(conn)->stream, side);
}

struct path_times
conn_times(const struct conn *conn)
{
    return tcp_stream_times(track_of(conn)->stream);
}

bool
conn_delivered(const struct conn *conn, enum side side, uint64_t offset)
{
    return track_of(conn)->stream[side].half.acked >= offset;
}

uint64_t
conn_unseen(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = &track_of(conn)->stream[side].half;
    uint64_t end = MAX(MAX(half->next, half->reached), half->ended_at);

    return half->missed + (end > half->in_order ? end - half->in_order : 0);
}

uint64_t
conn_dropped(const struct conn *conn, enum side side)
{
    return tcp_stream_dropped(&track_of(conn)->stream[side]);
}

bool
conn_lacks_fin(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = &track_of(conn)->stream[side].half;

    return !mark_is_set(half->fin) && half->segments > 0 && half->acked == half->next + 1;
}

bool
conn_is_stuck(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = &track_of(conn)->stream[side].half;

    return half->resent > half->acked;
}

bool
conn_has_untold_bytes(const struct conn *conn, enum side side)
{
    return walker_has_untold(&track_of(conn)->walker[side]);
}

bool
conn_is_tls(const struct conn *conn)
{
    const struct track *track = conn->syn ? NULL : track_of(conn);

    return track && (track->stream[SIDE_CLIENT].half.records.records > 0 ||
                     track->stream[SIDE_SERVER].half.records.records > 0);
}

bool
conn_start_missing(const struct conn *conn)
{
    return tcp_stream_start_missing(track_of(conn)->stream);
}

bool
conn_one_direction(const struct conn *conn)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_half(conn, (enum side)side)->segments == 0 &&
            conn_half(conn, (enum side)side)->acked > 0)
            return true;
    return false;
}

bool
conn_closed(const struct conn *conn, struct mark *mark, enum side *by, bool *reset)
{
    bool closed = false;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct mark ends[] = { track_of(conn)->stream[side].half.fin,
                                     track_of(conn)->stream[side].half.rst };
        for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
            if (!mark_is_set(ends[i]) || (closed && ends[i].frame >= mark->frame))
                continue;
            closed = true;
            *mark = ends[i];
            *by = (enum side)side;
            *reset = i == 1;
        }
    }
    return closed;
}

/* --- facts ----------------------------------------------------------------------------------- */

bool
conn_is_tracked(const struct conn *conn)
{
    return !conn->foreign;
}

struct mark
conn_first(const struct conn *conn)
{
    if (conn->resting)
        return conn->resting->first;
    return conn->syn ? conn->syn->mark : track_of(conn)->first;
}

struct mark
conn_last(const struct conn *conn)
{
    if (conn->syn)
        return mark_is_set(conn->syn->copy) ? conn->syn->copy : conn->syn->mark;
    return conn->resting ? conn->resting->last : track_of(conn)->last;
}

const struct tcp_half *
conn_half(const struct conn *conn, enum side side)
{
    return &track_of(conn)->stream[side].half;
}

const struct seq_log *
conn_seq_log(const struct conn *conn, enum side side)
{
    return &track_of(conn)->stream[side].seq_log;
}

const struct tls_facts *
conn_tls(const struct conn *conn)
{
    return track_tls(track_of(conn));
}

const struct cert *
conn_cert(struct conn *conn)
{
    struct track *track = track_of(conn);

    return track->tls ? tls_facts_cert(track->tls) : NULL;
}

const struct proxy_facts *
conn_proxy(const struct conn *conn)
{
    return &track_of(conn)->proxy;
}

const struct icmp_facts *
conn_icmp_errors(const struct conn *conn, enum side side)
{
    return track_icmp_errors(track_of(conn), side);
}

const struct mtu_cipher *
conn_cipher(const struct conn *conn)
{
    return &track_of(conn)->lengths.cipher;
}

const struct lengths_start *
conn_lengths_start(const struct conn *conn)
{
    return &track_of(conn)->lengths.start;
}

const struct lengths_facts *
conn_lengths(const struct conn *conn)
{
    return lengths_facts(&track_of(conn)->lengths);
}

const struct order_facts *
conn_order(const struct conn *conn)
{
    return &track_of(conn)->order;
}

uint32_t
conn_decrypted(const struct conn *conn, enum side side)
{
    return track_of(conn)->decrypted_records[side];
}

void
conn_count_decrypted(struct conn *conn, enum side side, uint32_t records)
{
    track_of(conn)->decrypted_records[side] += records;
}

struct trace *
conn_trace(const struct conn *conn)
{
    return track_of(conn)->trace;
}

const struct conn_key *
conn_key(const struct conn *conn)
{
    return &conn->key;
}

uint32_t
conn_interface(const struct conn *conn)
{
    return conn->key.interface;
}

bool
conn_is_copy(const struct conn *conn)
{
    return conn->is_copy;
}

void
conn_set_copy(struct conn *conn)
{
    conn->is_copy = true;
}

void
conn_set_known(struct conn *conn)
{
    struct track *track = track_if_any(conn);

    conn->known = true;
    if (track)
        track->lengths.known = true;
}
