/* twin.c - a segment at one end of a connection, and the same one at the other end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "twin.h"

#include <stdlib.h>

enum {
    LOOKED_AT_MAX = 64
}; /* segments that may hold a byte: what was sent more often is passed over */

#define FRAME_LOST UINT32_MAX

struct twins {
    uint32_t num_frames;
    uint32_t *frames;  /* by frame number - 1: its twin, 0 for none, or FRAME_LOST */
    GHashTable *pairs; /* struct session -> struct pair */
};

/* The segments of one sender at one end. */
struct lane {
    const struct trail *trail;
    GArray *order; /* uint32_t: their numbers, by offset, then as captured; NULL: in order */
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
order_compare(gconstpointer a, gconstpointer b, gpointer trail)
{
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    const struct trail_range *x = trail_segment(trail, i), *y = trail_segment(trail, k);

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return i < k ? -1 : i > k;
}

static void
lane_init(struct lane *lane, const struct trail *trail)
{
    bool in_order = true;

    *lane = (struct lane){ .trail = trail, .num = trail_num_segments(trail) };
    for (uint32_t i = 0; i < lane->num; i++) {
        lane->longest = MAX(lane->longest, trail_segment(trail, i)->len);
        in_order &=
            i == 0 || trail_segment(trail, i)->offset >= trail_segment(trail, i - 1)->offset;
    }
    if (in_order)
        return;
    lane->order = g_array_sized_new(FALSE, FALSE, sizeof lane->num, lane->num);
    for (uint32_t i = 0; i < lane->num; i++)
        g_array_append_val(lane->order, i);
    g_array_sort_with_data(lane->order, order_compare, (gpointer)trail);
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

static const struct trail_range *
lane_at(const struct lane *lane, uint32_t place)
{
    return trail_segment(lane->trail, lane_number(lane, place));
}

/* The place behind those that begin where the one at place does. */
static uint32_t
lane_group(const struct lane *lane, uint32_t place)
{
    uint32_t end = place + 1;

    while (end < lane->num && lane_at(lane, end)->offset == lane_at(lane, place)->offset)
        end++;
    return end;
}

static bool
holds(const struct trail_range *range, uint64_t offset)
{
    return offset >= range->offset && offset - range->offset < range->len;
}

/* Numbers of the segments that hold a byte, as captured; how many. */
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
        const struct trail_range *range = lane_at(lane, --low);
        if (range->offset + lane->longest <= offset)
            break;
        if (!holds(range, offset))
            continue;
        unsigned at = num++;
        for (; at > 0 && found[at - 1] > lane_number(lane, low); at--)
            found[at] = found[at - 1];
        found[at] = lane_number(lane, low);
    }
    return num;
}

/* NULL when the frame is not among them. */
static const struct trail_range *
segment_of_frame(const struct trail *trail, uint32_t frame)
{
    uint32_t low = 0, high = trail_num_segments(trail);

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct trail_range *range = trail_segment(trail, middle);
        if (range->frame == frame)
            return range;
        if (range->frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct trail_ack *
ack_of_frame(const struct trail *trail, uint32_t frame)
{
    guint low = 0, high = trail->acks ? trail->acks->len : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const struct trail_ack *ack = &g_array_index(trail->acks, struct trail_ack, middle);
        if (ack->frame == frame)
            return ack;
        if (ack->frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- one direction --------------------------------------------------------------------------- */

/* Could it have been on its way so long? Not shorter than half of what the fastest took. */
static bool
could_take(const struct way *way, int64_t left, int64_t came)
{
    int64_t delay = way->pair->way[way->side].delay;

    return !way->pair->clock_known ||
           pair_took(way->pair, way->side, left, came) >= delay - ABS(delay) / 2;
}

static bool
could_be(const struct way *way, const struct trail_range *left, const struct trail_range *came)
{
    return could_take(way, left->time, came->time);
}

static void
twins_set(struct twins *twins, uint32_t frame, uint32_t twin)
{
    if (frame > 0 && frame <= twins->num_frames)
        twins->frames[frame - 1] = twin;
}

/* From the last arrival of the same bytes back to the first: each of them left as late as it can
 * have. */
static void
way_origins(struct twins *twins, struct way *way)
{
    int64_t shift = way->pair->way[way->side].shift;

    for (uint32_t place = 0, end; place < way->came.num; place = end) {
        uint32_t departures[LOOKED_AT_MAX];
        int64_t offset = (int64_t)lane_at(&way->came, place)->offset - shift;
        end = lane_group(&way->came, place);
        unsigned num = offset < 0 ? 0 : lane_holding(&way->sent, (uint64_t)offset, departures);
        for (uint32_t i = end; i > place && num > 0; i--) {
            const struct trail_range *came = lane_at(&way->came, i - 1);
            while (num > 0 &&
                   !could_be(way, trail_segment(way->sent.trail, departures[num - 1]), came))
                num--;
            if (num == 0)
                break;
            const struct trail_range *left = trail_segment(way->sent.trail, departures[--num]);
            twins_set(twins, came->frame, left->frame);
            if (left->offset == (uint64_t)offset)
                twins_set(twins, left->frame, came->frame);
        }
    }
}

/* An arrival that holds the first byte of a segment, and no other one that brought this byte. */
static bool
is_free(const struct twins *twins, const struct way *way, const struct trail_range *arrival,
        const struct trail_range *left)
{
    bool lost;
    const struct trail_range *origin =
        segment_of_frame(way->sent.trail, twins_frame(twins, arrival->frame, &lost));

    return could_be(way, left, arrival) && (!origin || !holds(origin, left->offset));
}

/* The other end was recording, and what it recorded shows that this is missing. A byte that the
 * receiver has, and of which no arrival was captured, says nothing of the path. */
static bool
way_lost(const struct way *way, const struct trail_range *left, bool came_otherwise)
{
    const struct mark mark = { left->frame, left->time };

    return pair_was_recording(way->pair, side_other(way->side), mark) &&
           trail_is_whole(way->sent.trail) && trail_is_whole(way->came.trail) &&
           (came_otherwise || left->offset >= pair_acked(way->pair, (int)way->side));
}

/* What was sent and has no twin yet: it came merged with others, or not at all. */
static void
way_rest(struct twins *twins, const struct way *way)
{
    int64_t shift = way->pair->way[way->side].shift;

    for (uint32_t place = 0, end; place < way->sent.num; place = end) {
        uint32_t arrivals[LOOKED_AT_MAX];
        int64_t offset = (int64_t)lane_at(&way->sent, place)->offset + shift;
        end = lane_group(&way->sent, place);
        unsigned num = offset < 0 ? 0 : lane_holding(&way->came, (uint64_t)offset, arrivals),
                 left_over = num;
        for (uint32_t i = end; i > place; i--) {
            const struct trail_range *left = lane_at(&way->sent, i - 1);
            bool lost;
            if (offset < 0 || twins_frame(twins, left->frame, &lost) != 0)
                continue;
            while (
                left_over > 0 &&
                !is_free(twins, way, trail_segment(way->came.trail, arrivals[left_over - 1]), left))
                left_over--;
            if (left_over > 0)
                twins_set(twins, left->frame,
                          trail_segment(way->came.trail, arrivals[--left_over])->frame);
            else if (way_lost(way, left, num > 0))
                twins_set(twins, left->frame, FRAME_LOST);
        }
    }
}

/* --- segments without bytes ------------------------------------------------------------------ */

/* What a segment says that has no payload, at the sender's end or at the other one. */
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

/* Ascending by what they say, then as captured. Offsets become those of the other end. */
static GArray *
tokens_new(const struct trail *trail, int64_t shift, int64_t peer_shift, bool acks, bool signs)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(struct token));

    for (guint i = 0; acks && trail->acks && i < trail->acks->len; i++) {
        const struct trail_ack *ack = &g_array_index(trail->acks, struct trail_ack, i);
        const struct token token = { .offset = ack->offset + (uint32_t)shift,
                                     .acked = ack->acked + (uint32_t)peer_shift,
                                     .tsval = ack->tsval,
                                     .frame = ack->frame,
                                     .time = ack->time };
        g_array_append_val(tokens, token);
    }
    for (uint8_t i = 0; i < trail->num_signs; i++) {
        const struct trail_sign *sign = &trail->signs[i];
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

/* The place behind those that say the same as the one at place. */
static guint
tokens_group(const GArray *tokens, guint place)
{
    guint end = place + 1;

    while (end < tokens->len && token_compare_said(&g_array_index(tokens, struct token, place),
                                                   &g_array_index(tokens, struct token, end)) == 0)
        end++;
    return end;
}

/* Some of them have bytes as well, and a twin by these. */
static void
tokens_pair(struct twins *twins, const struct token *left, const struct token *came)
{
    bool lost;

    if (twins_frame(twins, left->frame, &lost) == 0 && !lost)
        twins_set(twins, left->frame, came->frame);
    if (twins_frame(twins, came->frame, &lost) == 0)
        twins_set(twins, came->frame, left->frame);
}

/* The answers show that it came, or bytes do that captures miss what comes: the capture lacks it.
 */
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

/* A segment that opens or closes, and never came. */
static void
token_lost(struct twins *twins, const struct way *way, const struct token *left,
           bool came_otherwise)
{
    const struct mark mark = { left->frame, left->time };
    bool lost;

    if (left->flags && !way->sent.trail->signs_full && !way->came.trail->signs_full &&
        twins_frame(twins, left->frame, &lost) == 0 &&
        pair_was_recording(way->pair, side_other(way->side), mark) &&
        !sign_was_missed(way, left, came_otherwise))
        twins_set(twins, left->frame, FRAME_LOST);
}

/* Those that say the same. As many came as left: in order. Else each arrival left as late as it can
 * have, which of acknowledgements nobody knows: many of them may leave at once. */
static void
tokens_match(struct twins *twins, const struct way *way, const struct token *left, guint num_left,
             const struct token *came, guint num_came)
{
    if (num_left == num_came) {
        for (guint i = 0; i < num_left; i++)
            tokens_pair(twins, &left[i], &came[i]);
        return;
    }
    bool any_came = num_came > 0;
    if (!way->pair->clock_known || left->flags == 0)
        return;
    while (num_left > 0) {
        const struct token *departure = &left[num_left - 1];
        if (num_came == 0 || !could_take(way, departure->time, came[num_came - 1].time)) {
            token_lost(twins, way, departure, any_came);
            num_left--;
            continue;
        }
        tokens_pair(twins, departure, &came[num_came - 1]);
        num_left--;
        num_came--;
    }
}

static void
way_tokens(struct twins *twins, const struct way *way)
{
    const struct pair_way *ways = way->pair->way;
    bool comparable = ways[way->side].comparable;
    bool acks = comparable && ways[side_other(way->side)].comparable;
    GArray *left = tokens_new(way->sent.trail, comparable ? ways[way->side].shift : 0,
                              acks ? -ways[side_other(way->side)].shift : 0, acks, comparable);
    GArray *came = tokens_new(way->came.trail, 0, 0, acks, comparable);

    for (guint i = 0, k = 0, end, until; i < left->len; i = end) {
        const struct token *token = &g_array_index(left, struct token, i);
        end = tokens_group(left, i);
        while (k < came->len &&
               token_compare_said(&g_array_index(came, struct token, k), token) < 0)
            k = tokens_group(came, k);
        until = k;
        if (k < came->len && token_compare_said(&g_array_index(came, struct token, k), token) == 0)
            until = tokens_group(came, k);
        tokens_match(twins, way, token, end - i, &g_array_index(came, struct token, k), until - k);
        k = until;
    }
    g_array_unref(left);
    g_array_unref(came);
}

static void
twins_of_way(struct twins *twins, const struct pair *pair, enum side side)
{
    struct way way = { .pair = pair, .side = side };

    way.sent.trail = &pair_sender(pair, (int)side)->trail;
    way.came.trail = &pair_receiver(pair, (int)side)->trail;
    if (pair->way[side].comparable) {
        lane_init(&way.sent, way.sent.trail);
        lane_init(&way.came, way.came.trail);
        way_origins(twins, &way);
        way_rest(twins, &way);
        lane_clear(&way.sent);
        lane_clear(&way.came);
    }
    way_tokens(twins, &way);
}

/* --- all of them ----------------------------------------------------------------------------- */

struct twins *
twins_new(const GPtrArray *pairs, uint32_t num_frames)
{
    struct twins *twins = g_new0(struct twins, 1);

    twins->pairs = g_hash_table_new(g_direct_hash, g_direct_equal);
    twins->num_frames = num_frames;
    twins->frames = g_new0(uint32_t, (gsize)num_frames + 1);
    for (guint i = 0; i < pairs->len; i++) {
        struct pair *pair = g_ptr_array_index(pairs, i);
        for (int side = 0; side < SIDE_COUNT; side++) {
            g_hash_table_insert(twins->pairs, (gpointer)pair->end[side]->session, pair);
            if (pair->same_tcp)
                twins_of_way(twins, pair, (enum side)side);
        }
    }
    return twins;
}

void
twins_free(struct twins *twins)
{
    if (!twins)
        return;
    g_hash_table_unref(twins->pairs);
    g_free(twins->frames);
    g_free(twins);
}

uint32_t
twins_frame(const struct twins *twins, uint32_t frame, bool *lost)
{
    uint32_t twin = frame > 0 && frame <= twins->num_frames ? twins->frames[frame - 1] : 0;

    *lost = twin == FRAME_LOST;
    return *lost ? 0 : twin;
}

/* When the frame was captured, of those that may have a twin. */
static bool
time_of_frame(const struct tcp_half *half, uint32_t frame, int64_t *time)
{
    const struct trail_range *range = segment_of_frame(&half->trail, frame);
    const struct trail_ack *ack = range ? NULL : ack_of_frame(&half->trail, frame);

    if (range || ack) {
        *time = range ? range->time : ack->time;
        return true;
    }
    for (uint8_t i = 0; i < half->trail.num_signs; i++)
        if (half->trail.signs[i].frame == frame) {
            *time = half->trail.signs[i].time;
            return true;
        }
    return false;
}

enum side
twins_sender(const struct session *session, uint32_t frame)
{
    int64_t time;

    return time_of_frame(session_half(session, SIDE_SERVER), frame, &time) ? SIDE_SERVER
                                                                           : SIDE_CLIENT;
}

bool
twins_delay(const struct pair *pair, enum side sender, uint32_t frame, uint32_t twin,
            int64_t *delay)
{
    int64_t left, came;

    if (!pair->clock_known || !time_of_frame(pair_sender(pair, (int)sender), twin, &left) ||
        !time_of_frame(pair_receiver(pair, (int)sender), frame, &came))
        return false;
    *delay = pair_took(pair, sender, left, came);
    return true;
}

const struct pair *
twins_pair(const struct twins *twins, const struct session *session)
{
    return g_hash_table_lookup(twins->pairs, session);
}
