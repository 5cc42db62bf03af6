/* loss.c - bytes that left one end of a pair and never came to the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/loss.h"

#include "base/thresholds.h"
#include "ends/range.h"

enum {
    HEADERS_V4_LEN = 40, /* of IP and TCP, without options */
    HEADERS_V6_LEN = 60,
};

/* Where a range begins (1) or ends (-1), of what was sent or of what arrived. */
struct edge {
    uint64_t offset;
    int32_t sent, arrived;
};

static gint
edge_compare(gconstpointer a, gconstpointer b)
{
    const struct edge *x = a, *y = b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void
edges_add(GArray *edges, uint64_t offset, uint64_t len, bool arrived)
{
    const struct edge begin = { offset, !arrived, arrived };
    const struct edge end = { offset + len, -!arrived, -arrived };

    g_array_append_val(edges, begin);
    g_array_append_val(edges, end);
}

static GArray *
way_edges(const struct pair *pair, int side, struct pair_way *way)
{
    const struct seq_log *from = pair_sent(pair, side);
    const struct seq_log *to = pair_came(pair, side);
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(struct edge));

    for (guint i = 0; from->ranges && i < from->ranges->len; i++) {
        const struct seq_log_range *range = &g_array_index(from->ranges, struct seq_log_range, i);
        const struct mark mark = { range->frame, range->time };
        if (!pair_was_recording(pair, side_other((enum side)side), mark) ||
            (mark_is_set(to->full) && pair_time(pair, (enum side)side, mark) >=
                                          pair_time(pair, side_other((enum side)side), to->full)))
            continue;
        edges_add(edges, range->offset, range->len, false);
        way->sent += range->len;
    }
    for (guint i = 0; to->ranges && i < to->ranges->len; i++) {
        const struct seq_log_range *range = &g_array_index(to->ranges, struct seq_log_range, i);
        if ((int64_t)range->offset >= way->shift)
            edges_add(edges, range->offset - (uint64_t)way->shift, range->len, true);
    }
    g_array_sort(edges, edge_compare);
    return edges;
}

/* The sender's segment that first brought these bytes; NULL for none. */
static const struct seq_log_range *
first_sent(const struct pair *pair, int side, uint64_t offset)
{
    const GArray *ranges = pair_sent(pair, side)->ranges;

    for (guint i = 0; ranges && i < ranges->len; i++) {
        const struct seq_log_range *range = &g_array_index(ranges, struct seq_log_range, i);
        if (range_holds(range, offset))
            return range;
    }
    return NULL;
}

/* A router had to drop it and said so: that is how the path's MTU is found, not loss. */
static bool
was_too_large(const struct pair *pair, int side, const struct seq_log_range *range)
{
    const struct icmp_facts *icmp = conn_icmp_errors(session_conn(pair_session(pair, side)), side);

    return icmp->smaller_calls > 0 &&
           range->len + (icmp->smaller.v6 ? HEADERS_V6_LEN : HEADERS_V4_LEN) > icmp->smaller.mtu;
}

static void
way_lost_at(struct pair_way *way, const struct seq_log_range *range)
{
    if (way->num_lost_frames < PAIR_FRAMES_MAX)
        way->lost_frames[way->num_lost_frames++] = range->frame;
    if (!mark_is_set(way->first_lost) || range->time < way->first_lost.time)
        way->first_lost = (struct mark){ range->frame, range->time };
}

/* Bytes of one segment that follow each other, and were all sent as many times more than they came.
 */
struct run {
    uint64_t len;
    int32_t times;
    uint64_t offset;
};

static void
run_ends(const struct pair *pair, int side, struct pair_way *way, struct run *run)
{
    size_t room = conn_segment_room(session_conn(pair_session(pair, side)), (enum side)side);

    const struct seq_log_range *range = run->len ? first_sent(pair, side, run->offset) : NULL;
    if (range && !was_too_large(pair, side, range)) {
        room = room ? room : USUAL_SEGMENT_BYTES;
        way->lost += run->len * (uint64_t)run->times;
        way->lost_segments += (uint32_t)((run->len + room - 1) / room) * (uint32_t)run->times;
        way_lost_at(way, range);
    }
    *run = (struct run){ 0 };
}

/* More of these bytes were sent than came: the run goes on, or a new one begins. */
static void
run_add(const struct pair *pair, int side, struct pair_way *way, struct run *run, struct run more)
{
    if (run->len && run->times != more.times)
        run_ends(pair, side, way, run);
    if (run->len == 0)
        *run = more;
    else
        run->len += more.len;
}

/* From edge to edge: how often were these bytes sent, and how often did they arrive? *hole: some
 * never did, and way->hole.offset is where the first of them are. */
static void
way_loss(const struct pair *pair, int side, struct pair_way *way, bool *hole)
{
    GArray *edges = way_edges(pair, side, way);
    uint64_t acked = pair_acked(pair, side);
    struct run run = { 0 };
    int32_t sent = 0, arrived = 0;

    for (guint i = 0; i < edges->len; i++) {
        const struct edge *edge = &g_array_index(edges, struct edge, i);
        uint64_t next =
            i + 1 < edges->len ? g_array_index(edges, struct edge, i + 1).offset : edge->offset;
        uint64_t len = next - edge->offset;
        sent += edge->sent;
        arrived += edge->arrived;
        if (edge->sent)
            run_ends(pair, side, way, &run); /* another segment of the sender's */
        if (len == 0)
            continue;
        way->arrived += len * (uint64_t)(sent ? MIN(sent, arrived) : 0);
        if (sent <= arrived) {
            run_ends(pair, side, way, &run);
        } else if (arrived == 0 && next <= acked) {
            /* The receiver has acknowledged it: one of the times that it was sent, it came and was
             * not captured. */
            way->unseen += len;
            run_ends(pair, side, way, &run);
        } else {
            run_add(pair, side, way, &run, (struct run){ len, sent - arrived, edge->offset });
            if (arrived == 0 && !*hole) {
                *hole = true;
                way->hole.offset = edge->offset;
            }
        }
    }
    run_ends(pair, side, way, &run);
    g_array_unref(edges);
}

/* The bytes that never came: how often they were sent, what else vanished, and what came through
 * meanwhile. */
static void
way_hole(const struct pair *pair, int side, struct pair_way *way)
{
    const GArray *sent = pair_sent(pair, side)->ranges;
    const GArray *came = pair_came(pair, side)->ranges;
    struct pair_hole hole = { .offset = way->hole.offset };

    for (guint i = 0; sent && i < sent->len; i++) {
        const struct seq_log_range *range = &g_array_index(sent, struct seq_log_range, i);
        const struct mark mark = { range->frame, range->time };
        if (!range_holds(range, hole.offset))
            continue;
        if (hole.sent++ == 0)
            hole.smallest = range->len;
        hole.smallest = MIN(hole.smallest, range->len);
        mark_once(&hole.first, mark);
        hole.last = mark;
    }
    int64_t since = pair_time(pair, (enum side)side, hole.first);
    for (guint i = 0; came && i < came->len; i++) {
        const struct seq_log_range *range = &g_array_index(came, struct seq_log_range, i);
        const struct mark mark = { range->frame, range->time };
        if (pair_time(pair, side_other((enum side)side), mark) >= since + way->delay)
            hole.largest_passed = MAX(hole.largest_passed, range->len);
    }
    way->hole = hole;
}

void
loss_find(struct pair *pair, int side)
{
    bool hole = false;

    way_loss(pair, side, &pair->way[side], &hole);
    if (hole)
        way_hole(pair, side, &pair->way[side]);
}
