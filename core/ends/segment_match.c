/* segment_match.c - a segment at one end of a connection, and the same one at the other end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/segment_match.h"

#include "ends/range.h"

enum {
    LOOKED_AT_MAX = 64, /* segments that may hold a byte: what was sent more often is passed over */
    WAITED_MAX = 64,    /* places that a segment may stand away from where its frame belongs */
};

#define FRAME_LOST UINT32_MAX

struct segment_matches {
    uint32_t num_frames;
    uint32_t *frames;  /* by frame number - 1: the frame it matches, 0 for none, or FRAME_LOST */
    GHashTable *pairs; /* struct session -> struct pair */
};

/* The segments of one sender at one end. */
struct lane {
    const struct seq_log *seq_log;
    GArray *order; /* uint32_t: numbers by offset, then as captured; NULL: they are in order */
    uint32_t num;
    uint64_t longest; /* of them */
};

/* One direction of a pair. */
struct way {
    const struct pair *pair;
    enum side side;
    struct lane sent, came;
};

/* --- segments by their bytes ----------------------------------------------------------------- */

static gint
order_compare(gconstpointer a, gconstpointer b, gpointer seq_log)
{
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    const struct seq_log_range *x = seq_log_segment(seq_log, i), *y = seq_log_segment(seq_log, k);

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return i < k ? -1 : i > k;
}

static void
lane_init(struct lane *lane, const struct seq_log *seq_log)
{
    bool in_order = true;

    *lane = (struct lane){ .seq_log = seq_log, .num = seq_log_num_segments(seq_log) };
    for (uint32_t i = 0; i < lane->num; i++) {
        lane->longest = MAX(lane->longest, seq_log_segment(seq_log, i)->len);
        in_order &= i == 0 ||
                    seq_log_segment(seq_log, i)->offset >= seq_log_segment(seq_log, i - 1)->offset;
    }
    if (in_order)
        return;
    lane->order = g_array_sized_new(FALSE, FALSE, sizeof lane->num, lane->num);
    for (uint32_t i = 0; i < lane->num; i++)
        g_array_append_val(lane->order, i);
    g_array_sort_with_data(lane->order, order_compare, (gpointer)seq_log);
}

static void
lane_clear(struct lane *lane)
{
    if (lane->order)
        g_array_unref(lane->order);
}

static uint32_t
lane_number(const struct lane *lane, uint32_t place)
{
    return lane->order ? g_array_index(lane->order, uint32_t, place) : place;
}

static const struct seq_log_range *
lane_at(const struct lane *lane, uint32_t place)
{
    return seq_log_segment(lane->seq_log, lane_number(lane, place));
}

/* The first place behind all segments that begin at the same offset as the one at place. */
static uint32_t
lane_group(const struct lane *lane, uint32_t place)
{
    uint32_t end = place + 1;

    while (end < lane->num && lane_at(lane, end)->offset == lane_at(lane, place)->offset)
        end++;
    return end;
}

/* Finds the segments that hold a byte: puts their numbers to found, in the order of the capture,
 * and returns how many they are. */
static unsigned
lane_holding(const struct lane *lane, uint64_t offset, uint32_t found[LOOKED_AT_MAX])
{
    uint32_t low = 0, high = lane->num;
    unsigned num = 0;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (lane_at(lane, middle)->offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    for (unsigned looked_at = 0; low > 0 && looked_at < LOOKED_AT_MAX; looked_at++) {
        const struct seq_log_range *range = lane_at(lane, --low);
        if (range->offset + lane->longest <= offset)
            break;
        if (!range_holds(range, offset))
            continue;
        unsigned at = num++;
        for (; at > 0 && found[at - 1] > lane_number(lane, low); at--)
            found[at] = found[at - 1];
        found[at] = lane_number(lane, low);
    }
    return num;
}

static uint32_t
frame_of_segment(const struct seq_log *seq_log, guint i)
{
    return seq_log_segment(seq_log, i)->frame;
}

static uint32_t
frame_of_ack(const struct seq_log *seq_log, guint i)
{
    return g_array_index(seq_log->acks, struct seq_log_ack, i).frame;
}

/* Which of num, ascending by their frames but for those that had waited for what they acknowledge,
 * was captured in frame. False: none. */
static bool
find_frame(const struct seq_log *seq_log, guint num,
           uint32_t (*frame_of)(const struct seq_log *, guint), uint32_t frame, guint *at)
{
    guint low = 0, high = num;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (frame_of(seq_log, middle) < frame)
            low = middle + 1;
        else
            high = middle;
    }
    const guint end = MIN(num, low + WAITED_MAX);
    for (*at = low > WAITED_MAX ? low - WAITED_MAX : 0; *at < end; (*at)++)
        if (frame_of(seq_log, *at) == frame)
            return true;
    return false;
}

/* NULL when the frame is not among them. */
static const struct seq_log_range *
segment_of_frame(const struct seq_log *seq_log, uint32_t frame)
{
    guint at;

    return find_frame(seq_log, seq_log_num_segments(seq_log), frame_of_segment, frame, &at)
               ? seq_log_segment(seq_log, at)
               : NULL;
}

static const struct seq_log_ack *
ack_of_frame(const struct seq_log *seq_log, uint32_t frame)
{
    guint at;

    return find_frame(seq_log, seq_log->acks ? seq_log->acks->len : 0, frame_of_ack, frame, &at)
               ? &g_array_index(seq_log->acks, struct seq_log_ack, at)
               : NULL;
}

/* --- one direction --------------------------------------------------------------------------- */

/* Can it have been on its way for that time? Not if that is less than half of what the fastest
 * segment took. */
static bool
could_take(const struct way *way, int64_t left, int64_t came)
{
    int64_t delay = way->pair->way[way->side].delay;

    return !way->pair->clock_known ||
           pair_took(way->pair, way->side, left, came) >= delay - ABS(delay) / 2;
}

static bool
could_be(const struct way *way, const struct seq_log_range *left, const struct seq_log_range *came)
{
    return could_take(way, left->time, came->time);
}

static void
segment_matches_set(struct segment_matches *matches, uint32_t frame, uint32_t match)
{
    if (frame > 0 && frame <= matches->num_frames)
        matches->frames[frame - 1] = match;
}

/* Bytes that were sent and came several times: from the last arrival back to the first, each
 * arrival gets the latest departure that it can have. */
static void
way_origins(struct segment_matches *matches, struct way *way)
{
    int64_t shift = way->pair->way[way->side].shift;

    for (uint32_t place = 0, end; place < way->came.num; place = end) {
        uint32_t departures[LOOKED_AT_MAX];
        int64_t offset = (int64_t)lane_at(&way->came, place)->offset - shift;
        end = lane_group(&way->came, place);
        unsigned num = offset < 0 ? 0 : lane_holding(&way->sent, (uint64_t)offset, departures);
        for (uint32_t i = end; i > place && num > 0; i--) {
            const struct seq_log_range *came = lane_at(&way->came, i - 1);
            while (num > 0 &&
                   !could_be(way, seq_log_segment(way->sent.seq_log, departures[num - 1]), came))
                num--;
            if (num == 0)
                break;
            const struct seq_log_range *left =
                seq_log_segment(way->sent.seq_log, departures[--num]);
            segment_matches_set(matches, came->frame, left->frame);
            if (left->offset == (uint64_t)offset)
                segment_matches_set(matches, left->frame, came->frame);
        }
    }
}

/* May the arrival be that of the segment left? Not if it matches another segment that has the first
 * byte of left as well. */
static bool
is_free(const struct segment_matches *matches, const struct way *way,
        const struct seq_log_range *arrival, const struct seq_log_range *left)
{
    bool lost;
    const struct seq_log_range *origin =
        segment_of_frame(way->sent.seq_log, segment_matches_frame(matches, arrival->frame, &lost));

    return could_be(way, left, arrival) && !range_holds(origin, left->offset);
}

/* Did the segment get lost? The other end was recording, and all segments are known. A byte of
 * which no arrival was captured, and which the receiver has all the same, says nothing of the path:
 * the capture lacks it. */
static bool
way_lost(const struct way *way, const struct seq_log_range *left, bool came_otherwise)
{
    const struct mark mark = { left->frame, left->time };

    return pair_was_recording(way->pair, side_other(way->side), mark) &&
           seq_log_is_whole(way->sent.seq_log) && seq_log_is_whole(way->came.seq_log) &&
           (came_otherwise || left->offset >= pair_acked(way->pair, (int)way->side));
}

/* What was sent and matches nothing yet: it came merged with others, or not at all. */
static void
way_rest(struct segment_matches *matches, const struct way *way)
{
    int64_t shift = way->pair->way[way->side].shift;

    for (uint32_t place = 0, end; place < way->sent.num; place = end) {
        uint32_t arrivals[LOOKED_AT_MAX];
        int64_t offset = (int64_t)lane_at(&way->sent, place)->offset + shift;
        end = lane_group(&way->sent, place);
        unsigned num = offset < 0 ? 0 : lane_holding(&way->came, (uint64_t)offset, arrivals),
                 left_over = num;
        for (uint32_t i = end; i > place; i--) {
            const struct seq_log_range *left = lane_at(&way->sent, i - 1);
            bool lost;
            if (offset < 0 || segment_matches_frame(matches, left->frame, &lost) != 0)
                continue;
            while (left_over > 0 &&
                   !is_free(matches, way,
                            seq_log_segment(way->came.seq_log, arrivals[left_over - 1]), left))
                left_over--;
            if (left_over > 0)
                segment_matches_set(
                    matches, left->frame,
                    seq_log_segment(way->came.seq_log, arrivals[--left_over])->frame);
            else if (way_lost(way, left, num > 0))
                segment_matches_set(matches, left->frame, FRAME_LOST);
        }
    }
}

/* --- segments without bytes ------------------------------------------------------------------ */

/* A segment without payload, as one of both ends saw it: what it says, and when. */
struct token {
    uint32_t offset, acked, tsval;
    uint16_t flags; /* of a sign; 0: an acknowledgement */
    uint32_t frame;
    int64_t time;
};

static gint
token_compare_said(const struct token *a, const struct token *b)
{
    const uint32_t x[] = { a->flags, a->offset, a->acked, a->tsval };
    const uint32_t y[] = { b->flags, b->offset, b->acked, b->tsval };

    for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

static gint
token_compare(gconstpointer a, gconstpointer b)
{
    const struct token *x = a, *y = b;
    gint said = token_compare_said(x, y);

    return said ? said : x->frame < y->frame ? -1 : x->frame > y->frame;
}

/* All tokens of a sender at one end, ascending by what they say, then as captured. The shifts make
 * their offsets those of the other end. */
static GArray *
tokens_new(const struct seq_log *seq_log, int64_t shift, int64_t peer_shift, bool acks, bool signs)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(struct token));

    for (guint i = 0; acks && seq_log->acks && i < seq_log->acks->len; i++) {
        const struct seq_log_ack *ack = &g_array_index(seq_log->acks, struct seq_log_ack, i);
        const struct token token = { .offset = ack->offset + (uint32_t)shift,
                                     .acked = ack->acked + (uint32_t)peer_shift,
                                     .tsval = ack->tsval,
                                     .frame = ack->frame,
                                     .time = ack->time };
        g_array_append_val(tokens, token);
    }
    for (uint8_t i = 0; i < seq_log->num_signs; i++) {
        const struct seq_log_sign *sign = &seq_log->signs[i];
        bool opens = sign->flags & TCP_SYN;
        const struct token token = { .offset = opens ? 0 : sign->offset + (uint32_t)shift,
                                     .flags = sign->flags,
                                     .frame = sign->frame,
                                     .time = sign->time };
        if (opens || signs)
            g_array_append_val(tokens, token);
    }
    g_array_sort(tokens, token_compare);
    return tokens;
}

/* The first place behind all tokens that say the same as the one at place. */
static guint
tokens_group(const GArray *tokens, guint place)
{
    guint end = place + 1;

    while (end < tokens->len && token_compare_said(&g_array_index(tokens, struct token, place),
                                                   &g_array_index(tokens, struct token, end)) == 0)
        end++;
    return end;
}

/* A SYN or FIN may have bytes as well, by which it was matched before. */
static void
tokens_pair(struct segment_matches *matches, const struct token *left, const struct token *came)
{
    bool lost;

    if (segment_matches_frame(matches, left->frame, &lost) == 0 && !lost)
        segment_matches_set(matches, left->frame, came->frame);
    if (segment_matches_frame(matches, came->frame, &lost) == 0)
        segment_matches_set(matches, came->frame, left->frame);
}

/* Did only the capture at the other end miss it? Answers show that it came, or other bytes are
 * known to be missing there. */
static bool
sign_was_missed(const struct way *way, const struct token *left, bool came_otherwise)
{
    const struct tcp_half *sender = pair_sender(way->pair, (int)way->side);
    const struct tcp_half *peer = pair_sender(way->pair, (int)side_other(way->side));

    if (came_otherwise)
        return false;
    if (left->flags & TCP_SYN)
        return mark_is_set(peer->syn) || sender->acked > 0;
    if (left->flags & TCP_FIN)
        return pair_acked(way->pair, (int)way->side) > sender->next;
    return way->pair->way[way->side].unseen > 0;
}

/* Marks a segment that opens or closes as lost, if it is known that it never came. */
static void
token_lost(struct segment_matches *matches, const struct way *way, const struct token *left,
           bool came_otherwise)
{
    const struct mark mark = { left->frame, left->time };
    bool lost;

    if (left->flags && !way->sent.seq_log->signs_full && !way->came.seq_log->signs_full &&
        segment_matches_frame(matches, left->frame, &lost) == 0 &&
        pair_was_recording(way->pair, side_other(way->side), mark) &&
        !sign_was_missed(way, left, came_otherwise))
        segment_matches_set(matches, left->frame, FRAME_LOST);
}

/* Matches tokens that say the same. If as many came as left, in their order; else each arrival gets
 * the latest departure that it can have. Not so acknowledgements, as many of the same may leave at
 * once. */
static void
tokens_match(struct segment_matches *matches, const struct way *way, const struct token *left,
             guint num_left, const struct token *came, guint num_came)
{
    if (num_left == num_came) {
        for (guint i = 0; i < num_left; i++)
            tokens_pair(matches, &left[i], &came[i]);
        return;
    }
    bool any_came = num_came > 0;
    if (!way->pair->clock_known || left->flags == 0)
        return;
    while (num_left > 0) {
        const struct token *departure = &left[num_left - 1];
        if (num_came == 0 || !could_take(way, departure->time, came[num_came - 1].time)) {
            token_lost(matches, way, departure, any_came);
            num_left--;
            continue;
        }
        tokens_pair(matches, departure, &came[num_came - 1]);
        num_left--;
        num_came--;
    }
}

static void
way_tokens(struct segment_matches *matches, const struct way *way)
{
    const struct pair_way *ways = way->pair->way;
    bool comparable = ways[way->side].comparable;
    bool acks = comparable && ways[side_other(way->side)].comparable;
    GArray *left = tokens_new(way->sent.seq_log, comparable ? ways[way->side].shift : 0,
                              acks ? -ways[side_other(way->side)].shift : 0, acks, comparable);
    GArray *came = tokens_new(way->came.seq_log, 0, 0, acks, comparable);

    for (guint i = 0, k = 0, end, until; i < left->len; i = end) {
        const struct token *token = &g_array_index(left, struct token, i);
        end = tokens_group(left, i);
        while (k < came->len &&
               token_compare_said(&g_array_index(came, struct token, k), token) < 0)
            k = tokens_group(came, k);
        until = k;
        if (k < came->len && token_compare_said(&g_array_index(came, struct token, k), token) == 0)
            until = tokens_group(came, k);
        /* Of an array without elements there is no address to be taken. */
        tokens_match(matches, way, token, end - i,
                     k < came->len ? &g_array_index(came, struct token, k) : NULL, until - k);
        k = until;
    }
    g_array_unref(left);
    g_array_unref(came);
}

static void
segment_matches_of_way(struct segment_matches *matches, const struct pair *pair, enum side side)
{
    struct way way = { .pair = pair, .side = side };

    way.sent.seq_log = pair_sent(pair, (int)side);
    way.came.seq_log = pair_came(pair, (int)side);
    if (pair->way[side].comparable) {
        lane_init(&way.sent, way.sent.seq_log);
        lane_init(&way.came, way.came.seq_log);
        way_origins(matches, &way);
        way_rest(matches, &way);
        lane_clear(&way.sent);
        lane_clear(&way.came);
    }
    way_tokens(matches, &way);
}

/* --- all of them ----------------------------------------------------------------------------- */

struct segment_matches *
segment_matches_new(const GPtrArray *pairs, uint32_t num_frames)
{
    struct segment_matches *matches = g_new0(struct segment_matches, 1);

    matches->pairs = g_hash_table_new(g_direct_hash, g_direct_equal);
    matches->num_frames = num_frames;
    matches->frames = g_new0(uint32_t, (gsize)num_frames + 1);
    for (guint i = 0; i < pairs->len; i++) {
        struct pair *pair = g_ptr_array_index(pairs, i);
        for (int side = 0; side < SIDE_COUNT; side++) {
            g_hash_table_insert(matches->pairs, (gpointer)pair->end[side]->session, pair);
            if (pair->same_tcp)
                segment_matches_of_way(matches, pair, (enum side)side);
        }
    }
    return matches;
}

void
segment_matches_free(struct segment_matches *matches)
{
    if (!matches)
        return;
    g_hash_table_unref(matches->pairs);
    g_free(matches->frames);
    g_free(matches);
}

uint32_t
segment_matches_frame(const struct segment_matches *matches, uint32_t frame, bool *lost)
{
    uint32_t match = frame > 0 && frame <= matches->num_frames ? matches->frames[frame - 1] : 0;

    *lost = match == FRAME_LOST;
    return *lost ? 0 : match;
}

/* When the frame was captured; false when it is none of those that are matched. */
static bool
time_of_frame(const struct seq_log *log, uint32_t frame, int64_t *time)
{
    const struct seq_log_range *range = segment_of_frame(log, frame);
    const struct seq_log_ack *ack = range ? NULL : ack_of_frame(log, frame);

    if (range || ack) {
        *time = range ? range->time : ack->time;
        return true;
    }
    for (uint8_t i = 0; i < log->num_signs; i++)
        if (log->signs[i].frame == frame) {
            *time = log->signs[i].time;
            return true;
        }
    return false;
}

enum side
segment_matches_sender(const struct session *session, uint32_t frame)
{
    int64_t time;

    return time_of_frame(conn_seq_log(session_conn(session), SIDE_SERVER), frame, &time)
               ? SIDE_SERVER
               : SIDE_CLIENT;
}

bool
segment_matches_delay(const struct pair *pair, enum side sender, uint32_t frame, uint32_t match,
                      int64_t *delay)
{
    int64_t left, came;

    if (!pair->clock_known || !time_of_frame(pair_sent(pair, (int)sender), match, &left) ||
        !time_of_frame(pair_came(pair, (int)sender), frame, &came))
        return false;
    *delay = pair_took(pair, sender, left, came);
    return true;
}

const struct pair *
segment_matches_pair(const struct segment_matches *matches, const struct session *session)
{
    return g_hash_table_lookup(matches->pairs, session);
}
