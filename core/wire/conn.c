/* conn.c - one TCP connection as seen from one capture point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/track.h"

#include <string.h>

#include "codec/icmp.h"
#include "codec/tcp.h"

enum {
    CHUNK_BYTES_MAX = 1 << 20, /* kept out of order per sender; beyond it the hole is given up */
    CHUNKS_MAX = 2048,
    HOLE_PATIENCE_SECONDS = 3, /* acknowledged bytes that have not come by then were not captured */
    TIMESTAMP_OPTION_LEN = 12, /* with its padding, RFC 7323 appendix A */
    JUMBO_LIMIT = 9216,        /* no link MTU above it: a larger payload was merged by offload */
    SYNC_TRIES_MAX = 64,
    CONTINUED_BYTES = 1 << 16, /* how near the sequence numbers are of one that goes on elsewhere */
    REACH_MAX = 1 << 24,       /* a sequence number further ahead is nonsense */
};

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
    const uint8_t *p = key;
    uint64_t hash = 0, word;
    uint32_t tail;

    for (size_t i = 0; i + sizeof word <= sizeof(struct conn_key); i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    memcpy(&tail, p + sizeof(struct conn_key) - sizeof tail, sizeof tail);
    hash = (hash ^ tail) * UINT64_C(0x9e3779b97f4a7c15);
    return (guint)(hash >> 32);
}

gboolean
conn_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct conn_key)) == 0;
}

struct conn *
conn_new(const struct conn_key *key, uint32_t number)
{
    struct conn *conn = g_new0(struct conn, 1);

    conn->key = *key;
    conn->number = number;
    conn->track = g_new0(struct track, 1);
    return conn;
}

static void
chunk_free(gpointer data)
{
    struct stream_chunk *chunk = data;

    g_free(chunk->data);
    g_free(chunk);
}

static void
walker_free_head(struct stream_walker *walker)
{
    if (walker->head)
        g_byte_array_unref(walker->head);
    walker->head = NULL;
}

void
conn_drop_track(struct conn *conn)
{
    struct track *track = conn->track;

    if (!track)
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        g_queue_clear_full(&track->stream[side].chunks, chunk_free);
        walker_free_head(&track->stream[side].walker);
        tls_handshake_free(&track->stream[side].walker.handshake);
        seq_log_clear(&track->stream[side].seq_log);
    }
    tls_facts_clear(&track->tls);
    lengths_clear(&track->lengths);
    trace_free(track->trace);
    g_free(track);
    conn->track = NULL;
}

void
conn_open_seq_logs(struct conn *conn)
{
    for (int side = 0; conn->track && side < SIDE_COUNT; side++)
        seq_log_open(&conn->track->stream[side].seq_log);
}

void
conn_keep_trace(struct conn *conn)
{
    conn->track->trace = conn->track->tls.trace = trace_new();
}

void
conn_free(struct conn *conn)
{
    conn_drop_track(conn);
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
    if (conn->track) {
        struct track *track = conn->track;
        struct tcp_stream stream = track->stream[0];

        track->stream[0] = track->stream[1];
        track->stream[1] = stream;
        for (int i = 0; i < SIDE_COUNT; i++) {
            /* A GQueue has no pointer to itself: the plain copy above is enough. */
            tls_handshake_free(&track->tls.decrypted[i]);
        }
    }
}

/* --- handshake facts ------------------------------------------------------------------------- */

void
conn_decrypted_handshake(struct conn *conn, enum side side, const uint8_t *data, size_t len,
                         struct mark mark)
{
    if (conn->track)
        tls_facts_handshake(&conn->track->tls, side, &conn->track->tls.decrypted[side], data, len,
                            true, mark);
}

void
conn_alert(struct conn *conn, enum side side, uint8_t description, struct mark mark)
{
    if (!conn->track)
        return;
    conn->track->tls.decrypted_alerts[side]++;
    tls_facts_alert(&conn->track->tls, side, description, mark);
}

/* --- walking a direction --------------------------------------------------------------------- */

static void
walker_record_begin(struct tcp_stream *stream, const struct tls_record_header *header,
                    struct mark mark)
{
    struct record_facts *records = &stream->half.records;

    records->records++;
    records->last_type = header->type;
    records->last_length = header->length;
    records->last_record = mark;
    stream->walker.body_left = header->length;
    if (header->type == TLS_APPLICATION_DATA) {
        if (records->application_records < APPLICATION_LENGTHS_MAX)
            records->application_lengths[records->application_records] = header->length;
        if (records->application_records++ == 0)
            records->first_application = mark;
        if (header->length > TLS_13_ALERT_LEN) {
            records->last_data = mark;
            records->last_data_length = header->length;
        }
    } else if (header->type == TLS_CHANGE_CIPHER_SPEC) {
        if (!records->encrypted)
            records->sealed = mark;
        records->encrypted = true;
    } else if (records->encrypted) {
        records->sealed_handshake += header->type == TLS_HANDSHAKE;
        records->sealed_alerts += header->type == TLS_ALERT;
    }
}

static void
walker_body_taken(struct tcp_stream *stream, uint64_t len)
{
    struct stream_walker *walker = &stream->walker;
    struct record_facts *records = &stream->half.records;

    walker->body_left -= (uint32_t)len;
    if (walker->body_left == 0 && records->last_type == TLS_APPLICATION_DATA)
        records->application_complete++;
}

/* What the record that just began tells by its length. */
static unsigned
walker_lengths(struct conn *conn, enum side side, struct mark mark)
{
    struct track *track = conn->track;
    const struct record_facts *records = &track->stream[side].half.records;
    struct lengths *lengths = &track->lengths;

    if (lengths_is_over(lengths))
        return CONN_EVENT_NONE;
    bool middle = !track->tls.has_server_hello && conn_start_missing(conn);
    bool sealed_alert = records->last_type == TLS_ALERT && (records->encrypted || middle);
    if ((records->last_type != TLS_APPLICATION_DATA && !sealed_alert) || (middle && !conn->known))
        return CONN_EVENT_NONE;
    if (lengths->facts)
        for (int i = 0; i < SIDE_COUNT; i++)
            lengths->facts->closed |=
                mark_is_set(track->stream[i].half.fin) || mark_is_set(track->stream[i].half.rst);
    lengths->known = conn->known;
    if (!(middle
              ? lengths_middle_record(lengths, side, records->last_type, records->last_length, mark)
              : lengths_record(lengths, &track->tls, side, records->last_type, records->last_length,
                               mark)))
        return CONN_EVENT_NONE;
    if (lengths->facts &&
        lengths->facts->room[SIDE_CLIENT] + lengths->facts->room[SIDE_SERVER] == 0)
        for (int i = 0; i < SIDE_COUNT; i++)
            lengths->facts->room[i] = conn_segment_room(conn, (enum side)i);
    return CONN_EVENT_LENGTHS;
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
walker_body(struct conn *conn, enum side side, const uint8_t *data, size_t len, struct mark mark)
{
    struct stream_walker *walker = &conn->track->stream[side].walker;
    struct record_facts *records = &conn->track->stream[side].half.records;

    if (is_sealed(&conn->track->tls, records))
        return CONN_EVENT_NONE;
    if (records->last_type == TLS_HANDSHAKE) {
        tls_facts_handshake(&conn->track->tls, side, &walker->handshake, data, len, false, mark);
        return CONN_EVENT_TLS;
    }
    if (records->last_type == TLS_ALERT && records->last_length == 2 && len == walker->body_left) {
        /* Behind a warning the handshake goes on (RFC 5246 7.2). */
        if (len == 2 && data[0] == TLS_ALERT_LEVEL_WARNING && data[1] != TLS_ALERT_CLOSE_NOTIFY)
            return CONN_EVENT_NONE;
        tls_facts_alert(&conn->track->tls, side, data[len - 1], mark);
        return CONN_EVENT_TLS;
    }
    return CONN_EVENT_NONE;
}

static unsigned
walker_tls(struct conn *conn, enum side side, const uint8_t *data, size_t len, struct mark mark)
{
    struct stream_walker *walker = &conn->track->stream[side].walker;
    struct record_facts *records = &conn->track->stream[side].half.records;
    unsigned events = CONN_EVENT_NONE;

    while (len > 0) {
        if (walker->body_left > 0) {
            size_t n = MIN(len, walker->body_left);
            events |= walker_body(conn, side, data, n, mark);
            walker_body_taken(&conn->track->stream[side], n);
            data += n;
            len -= n;
            continue;
        }

        struct tls_record_header header;
        size_t n = MIN(len, (size_t)(TLS_RECORD_HEADER_LEN - walker->header_len));
        memcpy(walker->header + walker->header_len, data, n);
        walker->header_len = (uint8_t)(walker->header_len + n);
        data += n;
        len -= n;
        if (walker->header_len < TLS_RECORD_HEADER_LEN)
            break;
        walker->header_len = 0;
        if (!tls_decode_record_header(walker->header, TLS_RECORD_HEADER_LEN, &header)) {
            records->kind = STREAM_LOST;
            lengths_lost(&conn->track->lengths);
            break;
        }
        walker_record_begin(&conn->track->stream[side], &header, mark);
        if (header.type == TLS_APPLICATION_DATA) {
            /* Handshakes in clear are much the same in all connections to a server. */
            if (header.length >= SEQ_LOG_PRINT_LEN && len >= SEQ_LOG_PRINT_LEN)
                seq_log_print(&conn->track->stream[side].seq_log, data, walker->end - len);
            trace_record(conn->track->trace, side, header.length, mark);
        }
        events |= walker_lengths(conn, side, mark);
    }
    return events;
}

/* A clear HTTP head in front of TLS: CONNECT to a proxy, or the proxy's answer. Returns its length,
 * 0 when it is none, SIZE_MAX when more is needed. */
static size_t
proxy_head(struct conn *conn, enum side side, const uint8_t *data, size_t len, struct mark mark)
{
    struct proxy_facts *proxy = &conn->track->proxy;
    struct http_head head;

    if (len < 5)
        return (side == SIDE_CLIENT ? memcmp(data, "CONNE", len) : memcmp(data, "HTTP/", len)) == 0
                   ? SIZE_MAX
                   : 0;
    if (side == SIDE_CLIENT ? memcmp(data, "CONNE", 5) != 0 : memcmp(data, "HTTP/", 5) != 0)
        return 0;
    if (side == SIDE_SERVER && !mark_is_set(proxy->connect))
        return 0;

    enum http_result result = http_decode(data, len, &head);
    if (result == HTTP_NEED_MORE)
        return SIZE_MAX;
    if (result != HTTP_OK)
        return 0;
    trace_http(conn->track->trace, side, &head, mark);
    if (side == SIDE_CLIENT) {
        proxy->connect = mark;
        if (head.has_proxy_credentials && !mark_is_set(proxy->basic))
            proxy->basic = mark;
    } else {
        proxy->answer = mark;
        proxy->status = head.status;
        if (head.status != HTTP_STATUS_OK && head.has_content_length &&
            head.content_length < CHUNK_BYTES_MAX)
            conn->track->stream[side].walker.skip = head.content_length;
    }
    return head.head_len;
}

/* Length of something in front of the stream proper; as proxy_head(). */
static size_t
preface_len(struct conn *conn, enum side side, const uint8_t *data, size_t len, struct mark mark)
{
    if (side == SIDE_CLIENT) {
        size_t n = http_proxy_header_len(data, len);
        if (n > 0) {
            if (n != SIZE_MAX) {
                conn->track->proxy.header_len = n;
                conn->track->proxy.header = mark;
            }
            return n;
        }
    }
    return proxy_head(conn, side, data, len, mark);
}

static enum stream_kind
stream_kind_of(const struct conn *conn, enum side side, const uint8_t *data, size_t len)
{
    struct tls_record_header header;

    if (side == SIDE_CLIENT && len >= 5 && http_is_sstp_request(data, len))
        return STREAM_SSTP;
    if (side == SIDE_SERVER && conn->track->stream[SIDE_CLIENT].half.records.kind == STREAM_SSTP)
        return STREAM_SSTP;
    if (len < TLS_RECORD_HEADER_LEN)
        return STREAM_UNKNOWN;
    return tls_decode_record_header(data, len, &header) ? STREAM_TLS : STREAM_OTHER;
}

/* Bytes in order, while it is not known what they are. */
static unsigned
walker_start(struct conn *conn, enum side side, const uint8_t *data, size_t len, struct mark mark)
{
    struct stream_walker *walker = &conn->track->stream[side].walker;
    struct record_facts *records = &conn->track->stream[side].half.records;
    unsigned events = CONN_EVENT_NONE;

    if (!walker->head)
        walker->head = g_byte_array_new();
    g_byte_array_append(walker->head, data, (guint)len);
    while (walker->head->len > 0 && records->kind == STREAM_UNKNOWN) {
        if (walker->skip > 0) {
            guint n = (guint)MIN(walker->skip, walker->head->len);
            g_byte_array_remove_range(walker->head, 0, n);
            walker->skip -= n;
            continue;
        }

        size_t n = preface_len(conn, side, walker->head->data, walker->head->len, mark);
        if (n == SIZE_MAX && walker->head->len <= HTTP_HEAD_MAX_LEN)
            return events;
        if (n > 0 && n <= walker->head->len) {
            g_byte_array_remove_range(walker->head, 0, (guint)n);
            events |= CONN_EVENT_TLS;
            continue;
        }
        records->kind = stream_kind_of(conn, side, walker->head->data, walker->head->len);
        if (records->kind == STREAM_UNKNOWN)
            return events;
        if (records->kind == STREAM_OTHER && conn_start_missing(conn) &&
            walker->sync_tries++ < SYNC_TRIES_MAX) {
            /* In the middle of a record, perhaps: the next segment may begin one. */
            records->kind = STREAM_UNKNOWN;
            g_byte_array_set_size(walker->head, 0);
            return events;
        }
        events |= CONN_EVENT_DECIDED;
    }
    if (records->kind == STREAM_TLS) {
        GByteArray *head = walker->head;
        walker->head = NULL;
        events |= walker_tls(conn, side, head->data, head->len, mark);
        g_byte_array_unref(head);
    }
    walker_free_head(walker);
    return events;
}

static unsigned
walker_bytes(struct conn *conn, enum side side, const uint8_t *data, size_t len, struct mark mark)
{
    switch (conn->track->stream[side].half.records.kind) {
    case STREAM_UNKNOWN:
        return walker_start(conn, side, data, len, mark);
    case STREAM_TLS:
        return walker_tls(conn, side, data, len, mark);
    case STREAM_SSTP:
    case STREAM_OTHER:
    case STREAM_LOST:
        break;
    }
    return CONN_EVENT_NONE;
}

/* Bytes that the capture lacks: harmless inside a record's body, else the boundaries are lost. */
static void
walker_hole(struct tcp_stream *stream, uint64_t len)
{
    struct stream_walker *walker = &stream->walker;
    struct record_facts *records = &stream->half.records;

    if (len == 0)
        return;
    if (records->kind == STREAM_TLS && walker->header_len == 0 && walker->body_left >= len) {
        walker_body_taken(stream, len);
        if (records->last_type == TLS_HANDSHAKE)
            walker->handshake.deaf = true;
        return;
    }
    if (records->kind == STREAM_TLS || records->kind == STREAM_UNKNOWN) {
        records->kind = STREAM_LOST;
        walker_free_head(walker);
    }
}

/* --- sequence space -------------------------------------------------------------------------- */

/* The offset that a sequence number means, near the highest one seen; negative before offset 0. */
static int64_t
half_offset(const struct tcp_half *half, uint32_t seq)
{
    int32_t delta = (int32_t)(seq - (half->base + (uint32_t)half->next));

    return (int64_t)half->next + delta;
}

static void
half_set_base(struct tcp_half *half, uint32_t seq)
{
    if (half->base_known)
        return;
    half->base_known = true;
    half->base = seq;
}

static gint
chunk_compare(gconstpointer a, gconstpointer b, gpointer unused)
{
    const struct stream_chunk *x = a, *y = b;

    (void)unused;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Walks len bytes at half->in_order, of which captured are there. */
static unsigned
half_walk(struct conn *conn, enum side side, const uint8_t *data, size_t captured, size_t len,
          struct mark mark)
{
    struct tcp_stream *stream = &conn->track->stream[side];
    struct tcp_half *half = &stream->half;

    stream->walker.end = half->in_order + captured;
    unsigned events = captured ? walker_bytes(conn, side, data, captured, mark) : CONN_EVENT_NONE;

    walker_hole(stream, len - captured);
    if (half->records.kind == STREAM_LOST)
        lengths_lost(&conn->track->lengths);
    half->in_order += len;
    return events;
}

/* Walks data that begins at offset, as far as it is new. */
static unsigned
half_walk_at(struct conn *conn, enum side side, uint64_t offset, const uint8_t *data,
             size_t captured, size_t len, struct mark mark)
{
    struct tcp_half *half = &conn->track->stream[side].half;
    uint64_t old = half->in_order - offset;

    if (old >= len)
        return CONN_EVENT_NONE;
    size_t have = captured > old ? captured - (size_t)old : 0;
    return half_walk(conn, side, have ? data + old : NULL, have, len - (size_t)old, mark);
}

static unsigned
half_walk_chunks(struct conn *conn, enum side side)
{
    struct tcp_stream *stream = &conn->track->stream[side];
    struct tcp_half *half = &stream->half;
    unsigned events = CONN_EVENT_NONE;
    struct stream_chunk *chunk;

    while ((chunk = g_queue_peek_head(&stream->chunks)) && chunk->offset <= half->in_order) {
        g_queue_pop_head(&stream->chunks);
        stream->chunk_bytes -= chunk->captured;
        events |= half_walk_at(conn, side, chunk->offset, chunk->data, chunk->captured, chunk->len,
                               chunk->mark);
        chunk_free(chunk);
    }
    return events;
}

/* What is missing now, after something came or was given up. */
static void
half_gap(struct conn *conn, enum side side, bool given_up, struct mark mark)
{
    struct tcp_stream *stream = &conn->track->stream[side];
    struct tcp_half *half = &stream->half;
    const struct stream_chunk *chunk = g_queue_peek_head(&stream->chunks);
    uint64_t ahead = MAX(half->next, half->reached);

    if (mark_is_set(half->path.gap.since)) {
        const struct path_times times = conn_times(conn);
        path_gap_moves(&half->path, half->in_order, given_up, times.to_client + times.to_server,
                       half->max_payload, mark);
    }
    if (chunk)
        path_gap_opens(&half->path, half->in_order, chunk->offset - half->in_order, chunk->mark);
    else if (ahead > half->in_order)
        path_gap_opens(&half->path, half->in_order, ahead - half->in_order, mark);
}

/* The bytes before the first chunk will not come. Acknowledged ones were lost by the capture. */
static unsigned
half_give_up_hole(struct conn *conn, enum side side, struct mark mark)
{
    struct tcp_stream *stream = &conn->track->stream[side];
    struct tcp_half *half = &stream->half;
    struct stream_chunk *chunk = g_queue_peek_head(&stream->chunks);
    unsigned events = CONN_EVENT_NONE;

    if (!chunk)
        return events;
    if (half->acked >= chunk->offset) {
        half->dropped += chunk->offset - half->in_order;
        if (!mark_is_set(half->dropped_at))
            half->dropped_at = chunk->mark;
        events |= CONN_EVENT_DROPPED;
    } else {
        half->missed += chunk->offset - half->in_order;
    }
    walker_hole(stream, chunk->offset - half->in_order);
    if (half->records.kind == STREAM_LOST)
        lengths_lost(&conn->track->lengths);
    half->in_order = chunk->offset;
    events |= half_walk_chunks(conn, side);
    half_gap(conn, side, true, mark);
    return events;
}

static unsigned
half_keep_chunk(struct conn *conn, enum side side, uint64_t offset, const struct segment *segment)
{
    struct tcp_stream *stream = &conn->track->stream[side];
    struct stream_chunk *chunk = g_new0(struct stream_chunk, 1);
    unsigned events = CONN_EVENT_NONE;

    chunk->offset = offset;
    chunk->len = (uint32_t)segment->payload_len;
    chunk->captured = (uint32_t)segment->captured_len;
    chunk->mark = segment->mark;
    if (segment->captured_len) {
        chunk->data = g_malloc(segment->captured_len);
        memcpy(chunk->data, segment->payload, segment->captured_len);
    }
    struct stream_chunk *last = g_queue_peek_tail(&stream->chunks);
    if (!last || last->offset <= offset)
        g_queue_push_tail(&stream->chunks, chunk);
    else
        g_queue_insert_sorted(&stream->chunks, chunk, chunk_compare, NULL);
    stream->chunk_bytes += chunk->captured;
    while (stream->chunk_bytes > CHUNK_BYTES_MAX || stream->chunks.length > CHUNKS_MAX)
        events |= half_give_up_hole(conn, side, segment->mark);
    return events;
}

/* Bytes at offset that the capture point has not seen before: their first copy was lost on its way
 * there, or was overtaken. */
static bool
half_fills_gap(const struct tcp_stream *stream, uint64_t offset)
{
    const struct tcp_half *half = &stream->half;

    if (offset < half->in_order)
        return false;
    for (const GList *link = stream->chunks.head; link; link = link->next) {
        const struct stream_chunk *chunk = link->data;
        if (chunk->offset > offset)
            return true;
        if (offset < chunk->offset + chunk->len)
            return false;
    }
    return true;
}

/* Bytes that were seen, with another time to live: of another point of the path, in a file that was
 * merged. Behind more segments than mirror_copies_has() remembers. */
static bool
half_is_late_copy(const struct tcp_stream *stream, int64_t at, const struct segment *segment)
{
    const struct tcp_half *half = &stream->half;

    return at >= 0 && (uint64_t)at + segment->payload_len <= half->next && segment->ttl &&
           half->path.advanced_ttl && segment->ttl != half->path.advanced_ttl &&
           !half_fills_gap(stream, (uint64_t)at);
}

/* New bytes while none were on their way. before: the side's payload before them. */
static void
half_takes_off(struct conn *conn, enum side side, struct mark before, struct mark mark)
{
    struct tcp_half *half = &conn->track->stream[side].half;
    struct mark heard = conn->track->stream[side_other(side)].half.last_payload;
    struct mark last = heard.time > before.time ? heard : before;

    half->flight = mark;
    conn->track->stream[side_other(side)].half.path.late_in_flight = 0;
    half->flight_idle = mark_is_set(last) ? mark.time - last.time : 0;
}

static unsigned
half_payload(struct conn *conn, enum side side, const struct segment *segment)
{
    struct tcp_stream *stream = &conn->track->stream[side];
    struct tcp_half *half = &stream->half;
    int64_t at = half_offset(half, segment->seq);
    size_t len = segment->payload_len;

    const struct mark before = half->last_payload;

    if (half_is_late_copy(stream, at, segment))
        return CONN_EVENT_NONE;
    if (half->data_segments++ == 0)
        half->first_payload = segment->mark;
    half->last_payload = segment->mark;
    if (len > half->max_payload)
        half->max_payload = (uint32_t)len;
    if (segment->captured_len < len && half->truncated++ == 0)
        half->truncated_frame = segment->mark.frame;
    if (at < 0) /* before the first byte seen: an old retransmission */
        return CONN_EVENT_NONE;

    uint64_t offset = (uint64_t)at;
    seq_log_data(&stream->seq_log, offset, len, segment->mark);
    if (offset + len <= half->next) {
        /* A keepalive probe repeats one byte that was acknowledged. */
        if (!(len == 1 && offset + 1 == half->next && half->acked >= half->next)) {
            half->retransmissions++;
            half->resent = MAX(half->resent, offset + len);
            if (half->resends++ == 0)
                half->first_resend = segment->mark;
            half->last_resend = segment->mark;
            if (!half_fills_gap(stream, offset))
                path_resent(&half->path, offset + len, len, half->acked, segment->mark);
        }
    } else {
        if (half->acked >= half->next)
            half_takes_off(conn, side, before, segment->mark);
        half->next = offset + len;
        path_advanced(&half->path, half->next, len, segment->mark);
        half->path.advanced_ttl = segment->ttl;
    }
    unsigned events;
    if (offset > half->in_order) {
        half->out_of_order++;
        events = half_keep_chunk(conn, side, offset, segment);
    } else {
        events = half_walk_at(conn, side, offset, segment->payload, segment->captured_len, len,
                              segment->mark);
        if (stream->chunks.length)
            events |= half_walk_chunks(conn, side);
    }
    half_gap(conn, side, false, segment->mark);
    return events;
}

/* A FIN takes a sequence number too: one byte beyond the payload says nothing. */
static void
half_reached(struct tcp_half *half, int64_t offset, struct mark mark)
{
    if (offset <= (int64_t)half->next + 1 || offset - (int64_t)half->next > REACH_MAX)
        return;
    half->reached = MAX(half->reached, (uint64_t)offset);
    path_gap_opens(&half->path, half->in_order, half->reached - half->in_order, mark);
}

static unsigned
half_acked(struct conn *conn, enum side side, uint32_t ack, struct mark mark)
{
    struct tcp_stream *stream = &conn->track->stream[side];
    struct tcp_half *half = &stream->half;

    half_set_base(half, ack);
    int64_t at = half_offset(half, ack);
    /* The SYN's own sequence number and that of a FIN stand outside the payload. */
    if (at > 0 && (uint64_t)at > half->acked && at - (int64_t)half->next <= REACH_MAX) {
        const struct path_times times = conn_times(conn);
        half->acked = (uint64_t)at;
        if (!mark_is_set(half->first_acked))
            half->first_acked = mark;
        half->last_acked = mark;
        half->resends = 0;
        path_acked(&half->path, half->acked, half->acked >= half->next,
                   side == SIDE_CLIENT ? times.to_server : times.to_client,
                   times.to_client + times.to_server, mark);
        half_reached(half, at, mark);
    }

    struct stream_chunk *chunk = g_queue_peek_head(&stream->chunks);
    if (chunk && half->acked >= chunk->offset &&
        mark.time - chunk->mark.time > HOLE_PATIENCE_SECONDS * NS_PER_SECOND)
        return half_give_up_hole(conn, side, mark);
    return CONN_EVENT_NONE;
}

/* --- segments -------------------------------------------------------------------------------- */

static void
half_syn_options(struct tcp_half *half, const struct segment *segment)
{
    struct buf options = buf_init(segment->options, segment->options_len), value;
    uint8_t kind;

    while (tcp_option_next(&options, &kind, &value)) {
        if (kind == TCP_OPTION_MSS)
            half->mss_seen = buf_u16(&value, &half->mss);
        else if (kind == TCP_OPTION_WINDOW_SCALE)
            half->window_scale_seen = buf_u8(&value, &half->window_scale);
        else if (kind == TCP_OPTION_SACK_PERMITTED)
            half->sack = true;
        else if (kind == TCP_OPTION_TIMESTAMPS)
            half->timestamps = true;
    }
}

/* A checksum field that holds only the pseudo header's sum was left to the network card. */
static bool
segment_checksum_is_partial(const struct segment *segment)
{
    uint64_t sum = 6 + 20 + (uint64_t)segment->options_len + segment->payload_len;

    for (size_t i = 0; i + 1 < segment->src.addr_len; i += 2) {
        sum += (uint64_t)segment->src.addr[i] << 8 | segment->src.addr[i + 1];
        sum += (uint64_t)segment->dst.addr[i] << 8 | segment->dst.addr[i + 1];
    }
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return segment->checksum == sum;
}

/* What it says is unique at its sender, unless it repeats itself. */
static void
half_seq_log_ack(struct track *track, enum side side, const struct segment *segment, uint32_t tsval)
{
    struct tcp_stream *stream = &track->stream[side];
    struct tcp_half *half = &stream->half;
    const struct tcp_half *peer = &track->stream[side_other(side)].half;

    if (segment->payload_len || !peer->base_known ||
        (segment->flags & (TCP_ACK | TCP_FIN | TCP_RST)) != TCP_ACK)
        return;
    seq_log_acks(&stream->seq_log, segment->seq - half->base, segment->ack - peer->base, tsval,
                 segment->mark);
}

static void
half_seq_log_sign(struct tcp_stream *stream, const struct segment *segment)
{
    uint16_t flags = segment->flags & (TCP_SYN | TCP_FIN | TCP_RST);
    size_t len = flags & TCP_SYN ? 0 : segment->payload_len; /* a FIN stands behind its payload */

    if (flags)
        seq_log_sign(&stream->seq_log, flags, segment->seq + (uint32_t)len - stream->half.base,
                     segment->mark);
}

/* What a segment of side tells of the path, and of the other side's bytes. */
static void
half_path(struct track *track, enum side side, const struct segment *segment)
{
    struct path_facts *other = &track->stream[side_other(side)].half.path;
    struct path_options options;

    path_segment(&track->stream[side].half.path, segment);
    if (segment->flags & TCP_SYN)
        return;
    path_decode_options(segment, &options);
    path_clock(&track->stream[side].half.path, options.tsval);
    half_seq_log_ack(track, side, segment, options.tsval);
    if (options.duplicate) {
        other->duplicates++;
    } else if (options.sack) {
        other->selective = true;
        other->selective_at = segment->mark;
    }
}

static void
half_count(struct track *track, enum side side, const struct segment *segment)
{
    struct tcp_half *half = &track->stream[side].half;
    const struct tcp_half *peer = &track->stream[side_other(side)].half;
    size_t limit = peer->mss_seen ? peer->mss : JUMBO_LIMIT;

    if (half->segments++ == 0)
        half->first = segment->mark;
    half->last = segment->mark;
    if (segment->payload_len > limit && half->oversize++ == 0)
        half->oversize_frame = segment->mark.frame;
    if (segment_checksum_is_partial(segment))
        half->partial_checksums++;
}

/* A reset before the side's own SYN refused an earlier request for this connection: Windows asks
 * again with the same sequence number. */
static void
half_forget_reset(struct tcp_half *half)
{
    half->rst = (struct mark){ 0 };
    path_forget_reset(&half->path);
}

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

static void
half_copied(struct tcp_half *half, struct mark mark)
{
    if (half->copied < COPIED_FRAMES_MAX)
        half->copied_frames[half->copied] = mark.frame;
    half->copied++;
    mark_once(&half->first_copied, mark);
}

unsigned
conn_segment(struct conn *conn, const struct segment *segment)
{
    struct track *track = conn->track;
    unsigned events = CONN_EVENT_NONE;

    if (!mark_is_set(track->first)) {
        conn_find_client(conn, segment);
        track->first = segment->mark;
    }
    track->last = segment->mark;

    enum side side = conn_side(conn, &segment->src);
    struct tcp_stream *stream = &track->stream[side];
    struct tcp_half *half = &stream->half;
    enum copy copy = mirror_copies_has(&stream->copies, segment);
    if (copy == COPY_HERE)
        half_copied(half, segment->mark);
    if (copy != COPY_NONE)
        return events;
    if (segment->flags & TCP_SYN) {
        half->base_known = true;
        half->base = segment->seq + 1;
        if (!mark_is_set(half->syn)) {
            half->syn = segment->mark;
            half_forget_reset(half);
        }
        half->last_syn = segment->mark;
        half_syn_options(half, segment);
    } else if (side == SIDE_CLIENT && !mark_is_set(half->handshake_ack)) {
        half->handshake_ack = segment->mark;
    }
    half_set_base(half, segment->seq);
    uint32_t resent = half->retransmissions;
    half_count(track, side, segment);
    half_path(track, side, segment);
    if (!(segment->flags & (TCP_SYN | TCP_RST)))
        half_reached(half, half_offset(half, segment->seq), segment->mark);
    if (segment->flags & TCP_ACK)
        events |= half_acked(conn, side_other(side), segment->ack, segment->mark);
    if (segment->payload_len && !(segment->flags & (TCP_SYN | TCP_RST)))
        events |= half_payload(conn, side, segment);
    half_seq_log_sign(stream, segment);
    trace_segment(track->trace, side, segment, half->retransmissions > resent);
    if ((segment->flags & TCP_FIN) && !mark_is_set(half->fin)) {
        half->fin = segment->mark;
        events |= CONN_EVENT_CLOSED;
    }
    if ((segment->flags & TCP_RST) && !mark_is_set(half->rst)) {
        half->rst = segment->mark;
        events |= CONN_EVENT_CLOSED;
    }
    return events;
}

bool
conn_is_continued_by(const struct conn *conn, const struct segment *segment)
{
    const struct tcp_half *client = &conn->track->stream[SIDE_CLIENT].half;
    const struct tcp_half *server = &conn->track->stream[SIDE_SERVER].half;
    struct mark end;
    enum side by;
    bool reset;

    if (!client->base_known || !server->base_known || client->next == 0 ||
        !(segment->flags & TCP_ACK) || conn_closed(conn, &end, &by, &reset))
        return false;
    int64_t ahead = half_offset(client, segment->seq) - (int64_t)client->next;
    int64_t heard = half_offset(server, segment->ack) - (int64_t)server->next;
    return ahead >= -CONTINUED_BYTES && ahead <= CONTINUED_BYTES && heard >= -CONTINUED_BYTES &&
           heard <= 0;
}

bool
conn_same_random(const struct conn *a, const struct conn *b)
{
    const struct tls_facts *x = &a->track->tls, *y = &b->track->tls;

    return x->has_client_hello && y->has_client_hello &&
           memcmp(x->client_hello.random, y->client_hello.random, TLS_RANDOM_LEN) == 0;
}

bool
conn_same_isn(const struct conn *a, const struct conn *b)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *x = &a->track->stream[side].half, *y = &b->track->stream[side].half;
        bool both = mark_is_set(x->syn) && mark_is_set(y->syn);
        if (both ? x->base != y->base : side == SIDE_CLIENT)
            return false;
    }
    return true;
}

void
conn_icmp(struct conn *conn, enum side side, const struct icmp_error *error)
{
    struct icmp_facts *facts = &conn->track->icmp[side];
    const char *name = icmp_name(error);

    trace_message(conn->track->trace, TRACE_ICMP, side_other(side), 0, name ? name : "ICMP error",
                  error->mark);
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

bool
conn_is_reused_by(const struct conn *conn, const struct segment *segment)
{
    if ((segment->flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
        return false;
    if (!conn->track)
        return true;

    const struct tcp_half *half = &conn->track->stream[conn_side(conn, &segment->src)].half;
    bool same_syn = half->base_known && half->base == segment->seq + 1;
    return !same_syn && (mark_is_set(half->syn) || half->data_segments > 0);
}

/* A hole that nothing can fill any more; others a segment to come may still fill. */
static bool
half_hole_is_final(const struct conn *conn, enum side side, struct mark now)
{
    const struct tcp_stream *stream = &conn->track->stream[side];
    const struct tcp_half *half = &stream->half,
                          *peer = &conn->track->stream[side_other(side)].half;
    const struct stream_chunk *chunk = stream->chunks.head->data;

    if (mark_is_set(half->rst) || mark_is_set(peer->rst) ||
        (mark_is_set(half->fin) && mark_is_set(peer->fin)))
        return true;
    return half->acked >= chunk->offset &&
           now.time - chunk->mark.time > HOLE_PATIENCE_SECONDS * NS_PER_SECOND;
}

void
conn_finish(struct conn *conn, struct mark now)
{
    for (int side = 0; conn->track && side < SIDE_COUNT; side++) {
        struct tcp_stream *stream = &conn->track->stream[side];
        struct tcp_half *half = &stream->half;
        const struct path_gap gap = half->path.gap;
        while (stream->chunks.length && half_hole_is_final(conn, (enum side)side, now))
            half_give_up_hole(conn, (enum side)side, conn->track->last);
        /* What was missing at the end, and was not acknowledged, is still missing on the path. */
        if (half->acked <= gap.offset)
            half->path.gap = gap;
    }
}

/* --- questions ------------------------------------------------------------------------------- */

size_t
conn_segment_room(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = &conn->track->stream[side].half;
    const struct tcp_half *peer = &conn->track->stream[side_other(side)].half;
    size_t options = half->timestamps && peer->timestamps ? TIMESTAMP_OPTION_LEN : 0;

    if (!peer->mss_seen || peer->mss <= options)
        return 0;
    return peer->mss - options;
}

/* Of two times, of which 0 is none. */
static int64_t
shorter(int64_t a, int64_t b)
{
    return a && (!b || a < b) ? a : b;
}

struct path_times
conn_times(const struct conn *conn)
{
    const struct tcp_half *client = &conn->track->stream[SIDE_CLIENT].half;
    const struct tcp_half *server = &conn->track->stream[SIDE_SERVER].half;
    struct path_times times = { 0 };

    times.to_server = client->path.round_trip;
    times.to_client = server->path.round_trip;
    if (!mark_is_set(client->syn) || !mark_is_set(server->syn))
        return times;
    /* The last request before the answer: the first one may have been lost. */
    times.to_server =
        shorter(times.to_server, MAX(server->last_syn.time - client->last_syn.time, 0));
    if (mark_is_set(client->handshake_ack))
        times.to_client =
            shorter(times.to_client, MAX(client->handshake_ack.time - server->last_syn.time, 0));
    return times;
}

bool
conn_delivered(const struct conn *conn, enum side side, uint64_t offset)
{
    return conn->track->stream[side].half.acked >= offset;
}

void
conn_seen_elsewhere(struct conn *conn, enum side side, const struct conn *copy)
{
    struct tcp_half *half = &conn->track->stream[side].half;
    const struct tcp_half *other;

    if (!copy->track)
        return;
    other = &copy->track->stream[side].half;
    half->next_elsewhere = MAX(half->next_elsewhere, other->next);
    half->complete_elsewhere = MAX(half->complete_elsewhere, other->records.application_complete);
}

uint64_t
conn_unseen(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = &conn->track->stream[side].half;
    uint64_t end = MAX(half->next, half->reached);

    return half->missed + (end > half->in_order ? end - half->in_order : 0);
}

/* Bytes of a hole that a segment to come might still fill, although they have arrived. */
static uint64_t
half_hole_acked(const struct tcp_stream *stream)
{
    const struct tcp_half *half = &stream->half;
    const struct stream_chunk *chunk = stream->chunks.head ? stream->chunks.head->data : NULL;

    return chunk && half->acked >= chunk->offset ? chunk->offset - half->in_order : 0;
}

uint64_t
conn_dropped(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = &conn->track->stream[side].half;
    bool tail = half->acked > half->next + 1;

    return half->dropped + (tail ? half->acked - half->next : 0) +
           half_hole_acked(&conn->track->stream[side]);
}

bool
conn_is_stuck(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = &conn->track->stream[side].half;

    return half->resent > half->acked;
}

bool
conn_has_untold_bytes(const struct conn *conn, enum side side)
{
    const GByteArray *head = conn->track->stream[side].walker.head;

    return head && head->len > 0;
}

bool
conn_is_tls(const struct conn *conn)
{
    const struct track *track = conn->track;

    return track->stream[SIDE_CLIENT].half.records.records > 0 ||
           track->stream[SIDE_SERVER].half.records.records > 0;
}

bool
conn_start_missing(const struct conn *conn)
{
    return !mark_is_set(conn->track->stream[SIDE_CLIENT].half.syn) &&
           !mark_is_set(conn->track->stream[SIDE_SERVER].half.syn);
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
        const struct mark ends[] = { conn->track->stream[side].half.fin,
                                     conn->track->stream[side].half.rst };
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
    return conn->track != NULL;
}

struct mark
conn_first(const struct conn *conn)
{
    return conn->track->first;
}

struct mark
conn_last(const struct conn *conn)
{
    return conn->track->last;
}

const struct tcp_half *
conn_half(const struct conn *conn, enum side side)
{
    return &conn->track->stream[side].half;
}

const struct seq_log *
conn_seq_log(const struct conn *conn, enum side side)
{
    return &conn->track->stream[side].seq_log;
}

const struct tls_facts *
conn_tls(const struct conn *conn)
{
    return &conn->track->tls;
}

const struct cert *
conn_cert(struct conn *conn)
{
    return tls_facts_cert(&conn->track->tls);
}

const struct proxy_facts *
conn_proxy(const struct conn *conn)
{
    return &conn->track->proxy;
}

const struct icmp_facts *
conn_icmp_errors(const struct conn *conn, enum side side)
{
    return &conn->track->icmp[side];
}

const struct lengths *
conn_lengths(const struct conn *conn)
{
    return &conn->track->lengths;
}

uint32_t
conn_decrypted(const struct conn *conn, enum side side)
{
    return conn->track->decrypted_records[side];
}

void
conn_count_decrypted(struct conn *conn, enum side side, uint32_t records)
{
    conn->track->decrypted_records[side] += records;
}

struct trace *
conn_trace(const struct conn *conn)
{
    return conn->track->trace;
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

void
conn_set_known(struct conn *conn)
{
    conn->known = true;
}

void
conn_set_copy(struct conn *conn)
{
    conn->copy = true;
}

bool
conn_is_copy(const struct conn *conn)
{
    return conn->copy;
}
