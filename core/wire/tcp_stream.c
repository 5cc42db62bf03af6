/* tcp_stream.c - the TCP of a connection: what either sender sent, sent again and left out, and its
 * bytes put in order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/tcp_stream.h"

#include "base/thresholds.h"
#include "codec/tcp.h"
#include "wire/tcp_silence.h"

enum {
    TIMESTAMP_OPTION_LEN = 12, /* with its padding, RFC 7323 appendix A */
    JUMBO_LIMIT = 9216,        /* no link MTU above it: a larger payload was merged by offload */
    WINDOW_SCALE_MAX = 14,     /* RFC 7323 2.3 */
};

void
tcp_stream_clear(struct tcp_stream *stream)
{
    tcp_order_clear(&stream->order);
    seq_log_clear(&stream->seq_log);
    mirror_copies_clear(&stream->copies);
    g_clear_pointer(&stream->late, g_free);
}

/* --- sequence space -------------------------------------------------------------------------- */

int64_t
tcp_stream_offset(const struct tcp_half *half, uint32_t seq)
{
    uint64_t far = MAX(half->next, half->acked);
    int32_t delta = (int32_t)(seq - (half->base + (uint32_t)far));

    return (int64_t)far + delta;
}

static void
half_set_base(struct tcp_half *half, uint32_t seq)
{
    if (half->base_known)
        return;
    half->base_known = true;
    half->base = seq;
}

/* A FIN takes a sequence number too: one byte beyond the payload says nothing. */
static void
half_reached(struct tcp_half *half, int64_t offset, struct mark mark)
{
    if (offset <= (int64_t)half->next + 1)
        return;
    half->reached = MAX(half->reached, (uint64_t)offset);
    path_gap_opens(&half->path, half->in_order, half->reached - half->in_order,
                   half->path.newest_tsval, mark);
}

/* --- holes ----------------------------------------------------------------------------------- */

/* What is missing now, after something came or was given up. */
static void
stream_gap(struct tcp_stream streams[SIDE_COUNT], enum side side, bool given_up, struct mark mark)
{
    struct tcp_half *half = &streams[side].half;
    const struct tcp_chunk *chunk = tcp_order_first(&streams[side].order);
    uint64_t ahead = MAX(half->next, half->reached);

    if (mark_is_set(half->path.gap.since)) {
        const struct path_times times = tcp_stream_times(streams);
        path_gap_moves(&half->path, half->in_order, given_up, path_total(times), half->max_payload,
                       mark);
    }
    if (chunk)
        path_gap_opens(&half->path, half->in_order, chunk->offset - half->in_order, chunk->tsval,
                       chunk->mark);
    else if (ahead > half->in_order)
        path_gap_opens(&half->path, half->in_order, ahead - half->in_order, half->path.newest_tsval,
                       mark);
}

static void
half_lacks(struct tcp_half *half, struct mark until)
{
    if (!half->holes)
        half->holes = g_new(struct hole, HOLES_MAX);
    if (half->num_holes == HOLES_MAX)
        half->holes[HOLES_MAX - 1].until = until;
    else
        half->holes[half->num_holes++] = (struct hole){ half->in_order_at, until };
}

/* The bytes before the first chunk will not come. Acknowledged ones were lost by the capture. */
static void
stream_give_up_hole(struct tcp_stream streams[SIDE_COUNT], enum side side, struct mark mark)
{
    struct tcp_stream *stream = &streams[side];
    struct tcp_half *half = &stream->half;
    const struct tcp_chunk *chunk = tcp_order_first(&stream->order);

    if (!chunk)
        return;
    uint64_t hole = chunk->offset - half->in_order;
    if (half->acked >= chunk->offset) {
        half->dropped += hole;
        mark_once(&half->dropped_at, chunk->mark);
    } else {
        half->missed += hole;
    }
    half_lacks(half, chunk->mark);
    half->in_order_at = chunk->mark;
    half->in_order = tcp_order_give_up(&stream->order, half->in_order);
    stream_gap(streams, side, true, mark);
}

/* A hole that nothing can fill any more; others a segment to come may still fill. */
static bool
stream_hole_is_final(const struct tcp_stream streams[SIDE_COUNT], enum side side, struct mark now)
{
    const struct tcp_half *half = &streams[side].half, *peer = &streams[side_other(side)].half;
    const struct tcp_chunk *chunk = tcp_order_first(&streams[side].order);

    if (mark_is_set(half->rst) || mark_is_set(peer->rst) ||
        (mark_is_set(half->fin) && mark_is_set(peer->fin)))
        return true;
    return half->acked >= chunk->offset &&
           mark_between(chunk->mark, now) > CAPTURE_HOLE_SECONDS * NS_PER_SECOND;
}

void
tcp_stream_finish(struct tcp_stream streams[SIDE_COUNT], enum side side, struct mark last,
                  struct mark now)
{
    struct tcp_half *half = &streams[side].half;
    const struct path_gap gap = half->path.gap;

    while (tcp_order_first(&streams[side].order) && stream_hole_is_final(streams, side, now))
        stream_give_up_hole(streams, side, last);
    /* What was missing at the end, and was not acknowledged, is still missing on the path. */
    if (half->acked <= gap.offset)
        half->path.gap = gap;
    if (streams[side].late)
        tcp_late_take(streams[side].late, half);
}

/* --- payload --------------------------------------------------------------------------------- */

/* Bytes at offset that the capture point has not seen before: their first copy was lost on its way
 * there, or was overtaken. */
static bool
fills_gap(const struct tcp_stream *stream, uint64_t offset)
{
    return !tcp_order_has(&stream->order, stream->half.in_order, offset);
}

/* Bytes that were seen, with another time to live: of another point of the path, in a file that was
 * merged. Behind more segments than mirror_copies_has() remembers. */
static bool
is_late_copy(const struct tcp_stream *stream, int64_t at, const struct segment *segment)
{
    const struct tcp_half *half = &stream->half;
    const struct path_facts *path = &half->path;
    /* By its clock it was sent again, on another way. */
    bool anew = path->tsval && !path_left_early(path, path->newest_tsval);

    return !anew && at >= 0 && (uint64_t)at + segment->payload_len <= half->next && segment->ttl &&
           path->advanced_ttl && segment->ttl != path->advanced_ttl &&
           !fills_gap(stream, (uint64_t)at);
}

static void
half_truncated(struct tcp_half *half, struct mark mark)
{
    if (half->truncated++ == 0)
        half->truncated_frame = mark.frame;
}

static void
count_payload(struct tcp_half *half, const struct segment *segment)
{
    size_t len = segment->payload_len;

    if (half->data_segments++ == 0)
        half->first_payload = segment->mark;
    half->last_payload = segment->mark;
    if (len > half->max_payload)
        half->max_payload = (uint32_t)len;
    if (segment->captured_len < len)
        half_truncated(half, segment->mark);
}

static void
stays_alone(struct tcp_half *half, struct tcp_half *peer, struct mark mark)
{
    peer->alone_since = (struct mark){ 0 };
    mark_once(&half->alone_since, mark);
    half->alone = MAX(half->alone, mark_between(half->alone_since, mark));
}

/* New bytes while none were on their way. before: the side's payload before them. */
static void
stream_takes_off(struct tcp_stream streams[SIDE_COUNT], enum side side, struct mark before,
                 struct mark mark)
{
    struct tcp_half *half = &streams[side].half, *peer = &streams[side_other(side)].half;
    struct mark last = peer->last_payload.time > before.time ? peer->last_payload : before;

    half->idle_outlived = MAX(half->idle_outlived, half->flight_idle); /* the last ones arrived */
    half->flight = mark;
    peer->path.late_in_flight = 0;
    half->flight_idle = mark_is_set(last) ? MAX(mark_between(last, mark), 0) : 0;
}

/* Payload from offset on that was sent before. Like others below, returns enum tcp_news bits. */
static unsigned
sent_again(struct tcp_stream *stream, uint64_t offset, const struct segment *segment)
{
    struct tcp_half *half = &stream->half;
    uint64_t end = offset + segment->payload_len;

    /* A keepalive probe repeats one byte that was acknowledged. */
    if (segment->payload_len == 1 && end == half->next && half->acked >= half->next)
        return TCP_NEWS_NONE;
    /* Who does not want to hear anything with the SYN lets the data be sent anew. */
    if (half->acked == 0 && end <= half->syn_bytes)
        return TCP_NEWS_NONE;
    /* The path doubled it. */
    if (path_left_early(&half->path, half->path.newest_tsval))
        return TCP_NEWS_NONE;
    mirror_copies_widen(&stream->copies);
    half->retransmissions++;
    half->resent = MAX(half->resent, end);
    if (half->resends++ == 0)
        half->first_resend = segment->mark;
    half->last_resend = segment->mark;
    if (!fills_gap(stream, offset))
        path_resent(&half->path, end, segment->payload_len, half->acked, segment->mark);
    return TCP_NEWS_RESENT;
}

/* The offset of its payload, which stands behind a SYN's own number. */
static int64_t
payload_offset(const struct tcp_half *half, const struct segment *segment)
{
    return tcp_stream_offset(half, segment->seq + ((segment->flags & TCP_SYN) ? 1 : 0));
}

static unsigned
stream_payload(struct tcp_stream streams[SIDE_COUNT], enum side side, const struct segment *segment)
{
    struct tcp_stream *stream = &streams[side];
    struct tcp_half *half = &stream->half;
    int64_t at = payload_offset(half, segment);
    const struct mark before = half->last_payload;
    unsigned news = TCP_NEWS_NONE;

    if (is_late_copy(stream, at, segment))
        return news;
    count_payload(half, segment);
    stays_alone(half, &streams[side_other(side)].half, segment->mark);
    if (at < 0) /* before the first byte seen: an old retransmission */
        return news;

    uint64_t offset = (uint64_t)at, end = offset + segment->payload_len;
    seq_log_data(&stream->seq_log, offset, segment->payload_len, segment->mark);
    if (end <= half->next) {
        news |= sent_again(stream, offset, segment);
    } else {
        if (half->acked >= half->next)
            stream_takes_off(streams, side, before, segment->mark);
        if (half->acked >= end)
            news |= TCP_NEWS_LATE;
        half->next = end;
        if (half->acked <= half->next + 1)
            half->acked_unseen = (struct mark){ 0 };
        path_advanced(&half->path, end, segment->payload_len, segment->mark);
        half->path.advanced_ttl = segment->ttl;
    }
    silence_payload(half, news & TCP_NEWS_RESENT, segment->mark);
    half->out_of_order += offset > half->in_order;
    if (segment->captured_len < segment->payload_len)
        half_lacks(half, segment->mark);
    uint64_t in_order =
        tcp_order_payload(&stream->order, half->in_order, offset, segment, half->path.newest_tsval);
    if (in_order != half->in_order)
        half->in_order_at = segment->mark;
    half->in_order = in_order;
    while (tcp_order_is_full(&stream->order))
        stream_give_up_hole(streams, side, segment->mark);
    stream_gap(streams, side, false, segment->mark);
    return tcp_order_is_ready(&stream->order) ? news | TCP_NEWS_BYTES : news;
}

/* The bytes of side are acknowledged. */
static unsigned
stream_acked(struct tcp_stream streams[SIDE_COUNT], enum side side, uint32_t ack, struct mark mark)
{
    struct tcp_half *half = &streams[side].half;

    int64_t at = tcp_stream_offset(half, ack);
    /* The SYN's own sequence number and that of a FIN stand outside the payload. */
    if (at > 0 && (uint64_t)at > half->acked) {
        const struct path_times times = tcp_stream_times(streams);
        half->acked = (uint64_t)at;
        mark_once(&half->first_acked, mark);
        half->last_acked = mark;
        half->resends = 0;
        path_acked(&half->path, half->acked, half->acked >= half->next,
                   side == SIDE_CLIENT ? times.to_server : times.to_client, path_total(times),
                   mark);
        half_reached(half, at, mark);
    }

    const struct tcp_chunk *chunk = tcp_order_first(&streams[side].order);
    if (chunk && half->acked >= chunk->offset &&
        mark_between(chunk->mark, mark) > CAPTURE_HOLE_SECONDS * NS_PER_SECOND) {
        stream_give_up_hole(streams, side, mark);
        return TCP_NEWS_PEER_BYTES;
    }
    return TCP_NEWS_NONE;
}

/* --- one segment ----------------------------------------------------------------------------- */

static void
half_syn_options(struct tcp_half *half, const struct segment *segment)
{
    struct buf options = buf_init(segment->options, segment->options_len), value;
    uint8_t kind;

    while (tcp_option_next(&options, &kind, &value))
        if (kind == TCP_OPTION_MSS)
            half->mss_seen = buf_u16(&value, &half->mss);
        else if (kind == TCP_OPTION_WINDOW_SCALE)
            half->window_scale_seen = buf_u8(&value, &half->window_scale);
        else if (kind == TCP_OPTION_SACK_PERMITTED)
            half->sack = true;
        else if (kind == TCP_OPTION_TIMESTAMPS)
            half->timestamps = true;
}

/* A reset before the side's own SYN refused an earlier request for this connection: Windows asks
 * again with the same sequence number. */
static void
half_forget_reset(struct tcp_half *half)
{
    half->rst = (struct mark){ 0 };
    path_forget_reset(&half->path);
}

/* A server, or two of them behind one address, may answer twice, each time with another number. */
static void
half_syn(struct tcp_half *half, const struct segment *segment)
{
    if (!mark_is_set(half->syn)) {
        if (half->base != segment->seq + 1)
            half->acked = 0;
        half->base_known = true;
        half->base = segment->seq + 1;
        half->syn = segment->mark;
        half_forget_reset(half);
    } else if (half->base != segment->seq + 1) {
        half->other_base = segment->seq + 1;
        return;
    }
    half->last_syn = segment->mark;
    half->syn_bytes = segment->payload_len;
    half->syn_cut |= segment->cut_header;
    half_syn_options(half, segment);
}

/* Of two answers the one that counts is the one that somebody goes on with. number: where the side
 * stands, by its own segment or by what the other one acknowledges. */
static void
half_choose_base(struct tcp_half *half, uint32_t number)
{
    if (!half->other_base || half->data_segments > 0 || number != half->other_base)
        return;
    half->other_base = half->base;
    half->base = number;
    half->acked = 0;
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

static void
half_count(struct tcp_half *half, const struct tcp_half *peer, const struct segment *segment)
{
    size_t limit = peer->mss_seen ? peer->mss : JUMBO_LIMIT;

    if (half->segments++ == 0)
        half->first = segment->mark;
    half->last = segment->mark;
    if (segment->payload_len > limit && half->oversize++ == 0)
        half->oversize_frame = segment->mark.frame;
    if (segment->cut_header && segment->payload_len == 0)
        half_truncated(half, segment->mark);
    if (!segment->cut_header && segment_checksum_is_partial(segment))
        half->partial_checksums++;
}

/* What it says is unique at its sender, unless it repeats itself. */
static void
log_ack(struct tcp_stream *stream, const struct tcp_half *peer, const struct segment *segment,
        uint32_t tsval)
{
    if (segment->payload_len || !peer->base_known ||
        (segment->flags & (TCP_ACK | TCP_FIN | TCP_RST)) != TCP_ACK)
        return;
    seq_log_ack(&stream->seq_log, segment->seq - stream->half.base, segment->ack - peer->base,
                tsval, segment->mark);
}

static void
log_sign(struct tcp_stream *stream, const struct segment *segment)
{
    uint16_t flags = segment->flags & (TCP_SYN | TCP_FIN | TCP_RST);
    size_t len = flags & TCP_SYN ? 0 : segment->payload_len; /* a FIN stands behind its payload */

    if (flags)
        seq_log_sign(&stream->seq_log, flags, segment->seq + (uint32_t)len - stream->half.base,
                     segment->mark);
}

/* What a segment tells of the path, and of the other side's bytes. */
static void
stream_path(struct tcp_stream streams[SIDE_COUNT], enum side side, const struct segment *segment)
{
    struct tcp_half *half = &streams[side].half, *peer = &streams[side_other(side)].half;
    struct path_options options;

    path_segment(&half->path, segment);
    if (segment->flags & TCP_SYN)
        return;
    path_decode_options(segment, &options);
    path_clock(&half->path, options.tsval, segment->mark);
    log_ack(&streams[side], peer, segment, options.tsval);
    if (options.duplicate) {
        peer->path.duplicates++;
    } else if (options.sack) {
        peer->path.selective = true;
        peer->path.selective_at = segment->mark;
    }
}

/* --- whose numbers they are ------------------------------------------------------------------ */

/* Of the peer: does its acknowledgement, the only one so far, fit what side sent from its SYN on?
 * Else the segment is of an earlier connection. A reset without one answers no SYN. */
static bool
answers_syn(struct tcp_stream streams[SIDE_COUNT], enum side side, const struct segment *segment)
{
    const struct tcp_stream *stream = &streams[side];
    int64_t at = tcp_stream_offset(&stream->half, segment->ack);
    return !(segment->flags & (TCP_ACK | TCP_RST)) || !mark_is_set(stream->half.syn) ||
           ((segment->flags & TCP_ACK) && at >= 0 &&
            at <= (int64_t)stream->half.next + TCP_REACH_MAX);
}

/* A SYN+ACK, as a SYN with another number begins another connection. */
static bool
is_answer(struct tcp_stream streams[SIDE_COUNT], enum side side, const struct segment *segment)
{
    const struct tcp_half *half = &streams[side].half;

    return answers_syn(streams, side_other(side), segment) &&
           (!half->base_known || half->base == segment->seq + 1 || half->data_segments == 0);
}

/* Keeps an end that stands behind a hole. False: for now it is none. */
static bool
end_may_be_late(struct tcp_stream streams[SIDE_COUNT], enum side side,
                const struct segment *segment, int64_t at)
{
    struct tcp_stream *stream = &streams[side], *peer = &streams[side_other(side)];

    if (!(segment->flags & TCP_ACK) ||
        tcp_window_may_ack(&peer->window, &peer->half,
                           tcp_stream_offset(&peer->half, segment->ack)))
        tcp_late_keep(&stream->late, &stream->half, &peer->half, segment, at);
    return false;
}

/* Would the receiver take the segment, by its number? */
static bool
is_in_window(struct tcp_stream streams[SIDE_COUNT], enum side side, const struct segment *segment)
{
    struct tcp_stream *stream = &streams[side];
    struct tcp_half *half = &stream->half;
    int64_t at, end;

    if (segment->flags & TCP_SYN)
        return !(segment->flags & TCP_ACK) || is_answer(streams, side, segment);
    if (!half->base_known)
        return answers_syn(streams, side_other(side), segment);
    half_choose_base(half, segment->seq);
    at = tcp_stream_offset(half, segment->seq);
    end = at + (int64_t)segment->payload_len;
    if (segment->flags & TCP_RST)
        return tcp_window_has_reset(&stream->window, half, at) ||
               end_may_be_late(streams, side, segment, at);
    if ((segment->flags & TCP_FIN) && !tcp_window_has_fin(&stream->window, half, end))
        return end_may_be_late(streams, side, segment, end);
    return tcp_window_has(&stream->window, half, at, segment->payload_len);
}

/* How far the receiver's window reaches; where the capture lacks the handshake, nobody knows its
 * unit. */
static void
window_opens(struct tcp_stream streams[SIDE_COUNT], enum side side, const struct segment *segment)
{
    const struct tcp_half *half = &streams[side].half, *peer = &streams[side_other(side)].half;
    bool scaled = half->window_scale_seen && peer->window_scale_seen;
    unsigned scale = scaled && !(segment->flags & TCP_SYN) ? half->window_scale : 0;

    if (!mark_is_set(half->syn) || !mark_is_set(peer->syn) || (segment->flags & TCP_RST))
        return;
    tcp_window_opens(&streams[side_other(side)].window, tcp_stream_offset(peer, segment->ack),
                     (uint32_t)segment->window << MIN(scale, WINDOW_SCALE_MAX));
}

/* What a segment of side acknowledges, unless nobody can have sent it. */
static unsigned
take_ack(struct tcp_stream streams[SIDE_COUNT], enum side side, const struct segment *segment)
{
    struct tcp_stream *peer = &streams[side_other(side)];

    half_set_base(&peer->half, segment->ack);
    half_choose_base(&peer->half, segment->ack);
    if (!tcp_window_has_ack(&peer->window, &peer->half,
                            tcp_stream_offset(&peer->half, segment->ack)))
        return TCP_NEWS_NONE;
    window_opens(streams, side, segment);
    uint64_t before = peer->half.acked;
    unsigned news = stream_acked(streams, side_other(side), segment->ack, segment->mark);
    /* Of two SYNs, which one counts may not be known yet. */
    if (peer->half.acked > MAX(peer->half.next + 1, before) && !(segment->flags & TCP_SYN) &&
        !peer->half.other_base)
        mark_once(&peer->half.acked_unseen, segment->mark);
    return news;
}

/* --- segments -------------------------------------------------------------------------------- */

static void
half_copied(struct tcp_half *half, struct mark mark)
{
    if (half->copied < COPIED_FRAMES_MAX)
        half->copied_frames[half->copied] = mark.frame;
    half->copied++;
    mark_once(&half->first_copied, mark);
}

unsigned
tcp_stream_segment(struct tcp_stream streams[SIDE_COUNT], enum side side,
                   const struct segment *segment)
{
    struct tcp_half *half = &streams[side].half;
    enum copy copy = mirror_copies_has(&streams[side].copies, segment, half->path.tick);
    unsigned news = TCP_NEWS_NONE;

    if (copy == COPY_HERE)
        half_copied(half, segment->mark);
    if (copy != COPY_NONE)
        return TCP_NEWS_COPY;
    if (!is_in_window(streams, side, segment))
        return TCP_NEWS_STRAY;
    tcp_late_heard(&streams[side].late, half, segment);
    if (segment->flags & TCP_SYN)
        half_syn(half, segment);
    else if (side == SIDE_CLIENT)
        mark_once(&half->handshake_ack, segment->mark);
    half_set_base(half, segment->seq);
    silence_heard(&streams[side_other(side)].half, segment->mark);
    half_count(half, &streams[side_other(side)].half, segment);
    stream_path(streams, side, segment);
    if (!(segment->flags & (TCP_SYN | TCP_RST)))
        half_reached(half, tcp_stream_offset(half, segment->seq), segment->mark);
    if (segment->flags & TCP_ACK)
        news |= take_ack(streams, side, segment);
    if (segment->payload_len && !(segment->flags & TCP_RST))
        news |= stream_payload(streams, side, segment);
    log_sign(&streams[side], segment);
    return news;
}

bool
tcp_stream_ends(struct tcp_stream streams[SIDE_COUNT], enum side side,
                const struct segment *segment)
{
    struct tcp_half *half = &streams[side].half, *peer = &streams[side_other(side)].half;
    bool fin = (segment->flags & TCP_FIN) && !mark_is_set(half->fin);
    bool rst = (segment->flags & TCP_RST) && !mark_is_set(half->rst);
    bool first = !mark_is_set(half->fin) && !mark_is_set(half->rst) && !mark_is_set(peer->fin) &&
                 !mark_is_set(peer->rst);

    if (fin)
        half->fin = segment->mark;
    if (rst)
        half->rst = segment->mark;
    if (first)
        half->idle_before_close = silence_of_both(half, peer, segment->mark);
    return fin || rst;
}

/* --- questions ------------------------------------------------------------------------------- */

/* Bytes of a hole that a segment to come might still fill, although they have arrived. */
static uint64_t
hole_acked(const struct tcp_stream *stream)
{
    const struct tcp_half *half = &stream->half;
    const struct tcp_chunk *chunk = tcp_order_first(&stream->order);

    return chunk && half->acked >= chunk->offset ? chunk->offset - half->in_order : 0;
}

uint64_t
tcp_stream_dropped(const struct tcp_stream *stream)
{
    const struct tcp_half *half = &stream->half;
    bool tail = half->acked > half->next + 1;

    return half->dropped + (tail ? half->acked - half->next : 0) + hole_acked(stream);
}

size_t
tcp_stream_room(const struct tcp_stream streams[SIDE_COUNT], enum side side)
{
    const struct tcp_half *half = &streams[side].half, *peer = &streams[side_other(side)].half;
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
tcp_stream_times(const struct tcp_stream streams[SIDE_COUNT])
{
    const struct tcp_half *client = &streams[SIDE_CLIENT].half,
                          *server = &streams[SIDE_SERVER].half;
    struct path_times times = { .to_client = server->path.round_trip,
                                .to_server = client->path.round_trip };

    if (!mark_is_set(client->syn) || !mark_is_set(server->syn))
        return times;
    /* The last request before the answer: the first one may have been lost. */
    times.to_server =
        shorter(times.to_server, MAX(mark_between(client->last_syn, server->last_syn), 0));
    if (mark_is_set(client->handshake_ack))
        times.to_client =
            shorter(times.to_client, MAX(mark_between(server->last_syn, client->handshake_ack), 0));
    return times;
}

bool
tcp_stream_acks_ahead(const struct tcp_stream streams[SIDE_COUNT], enum side side,
                      const struct segment *segment)
{
    const struct tcp_half *peer = &streams[side_other(side)].half;

    if ((segment->flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
        return false;
    if (!peer->base_known)
        return mark_is_set(streams[side].half.syn) && !(segment->flags & TCP_SYN);
    /* Of two SYNs, which one counts is about to be seen. */
    if (peer->other_base && peer->data_segments == 0)
        return false;
    int64_t ahead =
        tcp_stream_offset(peer, segment->ack) - (int64_t)MAX(peer->in_order, peer->acked);
    /* A FIN has a sequence number, too. */
    return ahead > (mark_is_set(peer->fin) ? 1 : 0) && ahead <= TCP_REACH_MAX;
}

bool
tcp_stream_start_missing(const struct tcp_stream streams[SIDE_COUNT])
{
    return !mark_is_set(streams[SIDE_CLIENT].half.syn) &&
           !mark_is_set(streams[SIDE_SERVER].half.syn);
}
