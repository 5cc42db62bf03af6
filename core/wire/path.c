/* path.c - what the segments of one sender tell of the path
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/path.h"

#include "base/thresholds.h"
#include "codec/tcp.h"

enum { TICKS_MIN = 16 /* of a clock, that show how fast it goes */ };

static int32_t
seq_delta(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

void
path_decode_options(const struct segment *segment, struct path_options *out)
{
    struct buf options = buf_init(segment->options, segment->options_len), value;
    uint8_t kind;

    *out = (struct path_options){ 0 };
    while (tcp_option_next(&options, &kind, &value)) {
        uint32_t left, right;
        if (kind == TCP_OPTION_TIMESTAMPS)
            (void)buf_u32(&value, &out->tsval);
        if (kind != TCP_OPTION_SACK || !buf_u32(&value, &out->sack_left) ||
            !buf_u32(&value, &out->sack_right))
            continue;
        out->sack = true;
        out->duplicate = seq_delta(out->sack_right, segment->ack) <= 0;
        if (!out->duplicate && buf_u32(&value, &left) && buf_u32(&value, &right))
            out->duplicate =
                seq_delta(out->sack_left, left) >= 0 && seq_delta(out->sack_right, right) <= 0;
    }
}

void
path_clear(struct path_facts *path)
{
    g_clear_pointer(&path->resends, g_free);
    path->num_resends = 0;
}

static void
path_reset(struct path_facts *path, const struct segment *segment)
{
    path->reset = true;
    path->rst_ttl = segment->ttl;
    path->rst_has_ack = segment->flags & TCP_ACK;
    path->rst_ack = segment->ack;
    path->rst_seq = segment->seq;
    path->rst_ahead = path->seq_known && seq_delta(segment->seq, path->seq_end) > 0;
    path->rst_at = segment->mark;
}

void
path_forget_reset(struct path_facts *path)
{
    path->reset = path->rst_has_ack = false;
    path->rst_ttl = 0;
    path->after_rst = 0;
    path->after_rst_at = (struct mark){ 0 };
}

/* What the segment says beyond what its sender had said: more bytes, or more received. */
static bool
path_goes_on(struct path_facts *path, const struct segment *segment)
{
    uint32_t end = segment->seq + (uint32_t)segment->payload_len +
                   ((segment->flags & (TCP_SYN | TCP_FIN)) ? 1U : 0U);
    bool more = !path->seq_known || seq_delta(end, path->seq_end) > 0;
    bool heard = (segment->flags & TCP_ACK) &&
                 (!path->ack_known || seq_delta(segment->ack, path->ack_end) > 0);

    if (more)
        path->seq_end = end;
    if (heard)
        path->ack_end = segment->ack;
    path->seq_known = true;
    path->ack_known |= heard;
    return more || heard;
}

/* A segment that comes after the reset of its sender. It counts when it was also sent after it: its
 * bytes stand behind the reset, or it has none and came too late to have been overtaken. */
static void
path_after_reset(struct path_facts *path, const struct segment *segment, bool goes_on)
{
    uint32_t end = segment->seq + (uint32_t)segment->payload_len;

    if (!goes_on ||
        (seq_delta(end, path->rst_seq) <= 0 &&
         (segment->payload_len || mark_between(path->rst_at, segment->mark) < REORDERING_NS)))
        return;
    if (path->after_rst++ == 0)
        path->after_rst_at = segment->mark;
}

static void
path_window(struct path_facts *path, const struct segment *segment)
{
    if (segment->window == 0 && !mark_is_set(path->closed_since)) {
        path->closed_since = segment->mark;
        path->closings++;
    }
    if (!mark_is_set(path->closed_since))
        return;
    if (mark_between(path->closed_since, segment->mark) >=
        mark_between(path->closed_from, path->closed_until)) {
        path->closed_from = path->closed_since;
        path->closed_until = segment->mark;
    }
    if (segment->window > 0)
        path->closed_since = (struct mark){ 0 };
}

void
path_segment(struct path_facts *path, const struct segment *segment)
{
    if (segment->flags & TCP_RST) {
        if (!path->reset)
            path_reset(path, segment);
        return;
    }
    bool goes_on = path_goes_on(path, segment);
    if (path->reset)
        path_after_reset(path, segment, goes_on);
    if (!path->reset && segment->ttl) {
        path->ttl_min = path->ttl_segments ? MIN(path->ttl_min, segment->ttl) : segment->ttl;
        path->ttl_max = MAX(path->ttl_max, segment->ttl);
        path->ttl_segments++;
    }
    if (mark_is_set(path->gap.since)) {
        path->gap.later++;
        path->gap.latest = segment->mark;
    }
    if ((segment->flags & TCP_ACK) && !(segment->flags & (TCP_SYN | TCP_FIN)))
        path_window(path, segment);
}

static void
path_loss_at(struct path_facts *path, struct mark mark)
{
    if (!mark_is_set(path->first_loss))
        path->first_loss = mark;
    if (path->num_frames < PATH_FRAMES_MAX)
        path->frames[path->num_frames++] = mark.frame;
}

void
path_clock(struct path_facts *path, uint32_t tsval, struct mark mark)
{
    path->tsval = tsval;
    if (!tsval || (path->newest_tsval && seq_delta(tsval, path->newest_tsval) <= 0))
        return;
    path->newest_tsval = tsval;
    if (!mark_is_set(path->first_tsval_at)) {
        path->first_tsval = tsval;
        path->first_tsval_at = mark;
    }
    int32_t ticks = seq_delta(tsval, path->first_tsval);
    int64_t passed = mark_between(path->first_tsval_at, mark);
    if (ticks >= TICKS_MIN && passed > 0)
        path->tick = MAX(passed / ticks, 1);
}

bool
path_left_early(const struct path_facts *path, uint32_t tsval)
{
    return path->tsval && tsval && seq_delta(path->tsval, tsval) < 0;
}

void
path_advanced(struct path_facts *path, uint64_t end, size_t len, struct mark mark)
{
    if (path->timed_end == 0) {
        path->timed_end = end;
        path->timed = mark;
    }
    path->advanced = mark;
    path->largest = MAX(path->largest, (uint32_t)len);
}

void
path_resent(struct path_facts *path, uint64_t end, size_t len, uint64_t acked, struct mark mark)
{
    if (end <= acked) {
        path->late++;
        path->late_in_flight++;
        return;
    }
    path->timed_end = 0; /* its acknowledgement would not tell which copy it is for */
    if (end - len <= acked)
        path->stuck_len = (uint32_t)len;
    if (!path->resends)
        path->resends = g_new(struct path_resend, PATH_RESENDS_MAX);
    if (path->num_resends < PATH_RESENDS_MAX)
        path->resends[path->num_resends++] =
            (struct path_resend){ end, mark, mark_between(path->advanced, mark) >= LOSS_SLOW_NS };
}

void
path_acked(struct path_facts *path, uint64_t acked, bool whole, int64_t round_trip, int64_t total,
           struct mark mark)
{
    uint32_t kept = 0;
    /* Next to the receiver, what is seen twice has passed the path twice. */
    bool near = total && round_trip < total / 100 * NEAR_END_PERCENT;

    for (uint32_t i = 0; i < path->num_resends; i++) {
        const struct path_resend *resend = &path->resends[i];
        if (resend->end > acked) {
            path->resends[kept++] = *resend;
            continue;
        }
        if (resend->end <= path->counted)
            continue;
        path->counted = resend->end;
        path->resent++;
        path->resent_slowly += resend->slow;
        if (near || (round_trip &&
                     mark_between(resend->mark, mark) < round_trip / 100 * EARLY_ANSWER_PERCENT))
            path->needless++;
        else
            path_loss_at(path, resend->mark);
    }
    path->num_resends = kept;
    if (path->timed_end && path->timed_end <= acked) {
        int64_t took = MAX(mark_between(path->timed, mark), 1);
        path->round_trip = path->round_trip ? MIN(path->round_trip, took) : took;
        path->timed_end = 0;
    }
    path->stuck_len = 0;
    path->selective = false;
    if (whole)
        path->largest_acked = path->largest;
}

void
path_gap_opens(struct path_facts *path, uint64_t offset, uint64_t len, uint32_t tsval,
               struct mark mark)
{
    if (mark_is_set(path->gap.since))
        path->gap.len = MIN(path->gap.len, len);
    else
        path->gap = (struct path_gap){
            .since = mark, .offset = offset, .len = len, .latest = mark, .tsval = tsval
        };
}

/* What is sent again carries a later time than what told of the gap: its sender heard of it, after
 * a whole round trip. */
static bool
path_left_before_gap(const struct path_facts *path, int64_t total)
{
    bool same_tick = path->tsval && path->tsval == path->gap.tsval;

    return path_left_early(path, path->gap.tsval) ||
           (same_tick && path->tick && total > path->tick);
}

static bool
path_left_after_gap(const struct path_facts *path)
{
    return path->tsval && path->gap.tsval && seq_delta(path->tsval, path->gap.tsval) > 0;
}

void
path_gap_moves(struct path_facts *path, uint64_t offset, bool given_up, int64_t total,
               size_t segment_len, struct mark mark)
{
    struct path_gap *gap = &path->gap;
    int64_t soon = MAX(total / 100 * EARLY_ANSWER_PERCENT, REORDERING_NS);

    if (!mark_is_set(gap->since) || offset <= gap->offset)
        return;
    if (!given_up && offset < gap->offset + gap->len) {
        /* Filled from its beginning on. */
        gap->len -= offset - gap->offset;
        gap->offset = offset;
        return;
    }
    if (given_up) {
        /* The capture's own loss. */
    } else if (mark_between(gap->since, mark) < soon || path_left_before_gap(path, total)) {
        if (path->overtaken < PATH_FRAMES_MAX)
            path->overtaken_frames[path->overtaken] = mark.frame;
        if (path->overtaken++ == 0)
            path->first_overtaken = mark;
    } else {
        uint32_t num = segment_len ? (uint32_t)((gap->len + segment_len - 1) / segment_len) : 1;
        path->lost += num;
        if (mark_between(gap->since, mark) >= LOSS_SLOW_NS || path_left_after_gap(path))
            path->lost_slowly += num;
        path_loss_at(path, mark);
    }
    *gap = (struct path_gap){ 0 };
}

uint32_t
path_lost(const struct path_facts *path)
{
    uint32_t needless = MAX(path->needless, path->duplicates);

    return path->lost + (path->resent > needless ? path->resent - needless : 0);
}

uint32_t
path_lost_at_least(const struct path_facts *path)
{
    return path->lost_slowly +
           (path->resent_slowly > path->duplicates ? path->resent_slowly - path->duplicates : 0);
}

bool
path_is_fresh(const struct path_facts *path)
{
    return path->ttl_min == path->ttl_max &&
           (path->ttl_max == 64 || path->ttl_max == 128 || path->ttl_max == 255);
}

unsigned
path_reset_hops(const struct path_facts *path)
{
    if (!path->rst_ttl || !path->ttl_segments)
        return 0;
    if (path->rst_ttl > path->ttl_max)
        return path->rst_ttl - path->ttl_max;
    return path->rst_ttl < path->ttl_min ? (unsigned)path->ttl_min - path->rst_ttl : 0U;
}
