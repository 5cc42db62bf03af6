/* passage.c - when the same segment left one end and came to the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/passage.h"

#include <stdlib.h>
#include <string.h>

#include "base/thresholds.h"
#include "ends/disorder.h"
#include "ends/range.h"

#define TIME_MAX (INT64_C(1) << 61) /* nanoseconds: the difference of any two clocks is less */

/* --- offsets at both capture points ---------------------------------------------------------- */

/* The same bytes have the same sequence numbers. */
static bool
same_sequence(const struct tcp_half *from, const struct tcp_half *to, int64_t shift)
{
    return from->base_known && to->base_known &&
           from->base == (uint32_t)(to->base + (uint32_t)shift);
}

/* What is added to an offset of side's bytes at its own end to get that at the other one. False
 * when nothing tells. */
static bool
shift_of(const struct pair *pair, int side, int64_t *shift)
{
    const struct tcp_half *from = pair_sender(pair, side), *to = pair_receiver(pair, side);

    if (seq_log_shift(pair_sent(pair, side), pair_came(pair, side), shift))
        return true;
    if (mark_is_set(from->syn) && mark_is_set(to->syn)) {
        *shift = 0;
        return true;
    }
    /* Numbers that nobody changed. */
    *shift = (int32_t)(from->base - to->base);
    return from->base_known && to->base_known && ABS(*shift) < INT32_MAX / 4;
}

struct ack_key {
    uint32_t offset, acked, tsval;
};

static guint
ack_hash(gconstpointer key)
{
    const struct ack_key *ack = key;

    return ((ack->offset * 0x9e3779b1U) ^ ack->acked) * 0x85ebca6bU ^ ack->tsval;
}

static gboolean
ack_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct ack_key)) == 0;
}

/* Times at which each acknowledgement was seen; INT64_MIN: more than once. shift and peer_shift
 * make the offsets those of the other end. */
static GHashTable *
acks_index(const struct seq_log *seq_log, int64_t shift, int64_t peer_shift)
{
    GHashTable *times = g_hash_table_new_full(ack_hash, ack_equal, g_free, g_free);

    for (guint i = 0; seq_log->acks && i < seq_log->acks->len; i++) {
        const struct seq_log_ack *ack = &g_array_index(seq_log->acks, struct seq_log_ack, i);
        const struct ack_key key = { ack->offset + (uint32_t)shift,
                                     ack->acked + (uint32_t)peer_shift, ack->tsval };
        int64_t *time = g_hash_table_lookup(times, &key);
        if (time) {
            *time = INT64_MIN;
            continue;
        }
        g_hash_table_insert(times, g_memdup2(&key, sizeof key),
                            g_memdup2(&ack->time, sizeof ack->time));
    }
    return times;
}

/* --- passages -------------------------------------------------------------------------------- */

/* Times that are nonsense are left out, so that sums of the others fit 64 bits. */
static void
passage_add(GArray *passages, int64_t left, int64_t came)
{
    const struct passage passage = { left, came };

    if (ABS(left / 2) < TIME_MAX && ABS(came / 2) < TIME_MAX && ABS(came - left) < TIME_MAX)
        g_array_append_val(passages, passage);
}

/* Data that was sent once: of a repetition nobody knows which of both arrived (Karn). By the first
 * byte of each arrival. */
static void
passages_of_data(const struct range_lists *sent, const struct range_lists *came, int64_t shift,
                 GArray *passages)
{
    for (guint i = 0; i < came->fresh->len; i++) {
        const struct seq_log_range *arrival = &g_array_index(came->fresh, struct seq_log_range, i);
        uint64_t offset = arrival->offset - (uint64_t)shift;
        if (range_sent_once(sent, offset))
            passage_add(passages, range_before(sent->fresh, offset)->time, arrival->time);
    }
}

/* Returns how many acknowledgements were looked for. */
static guint
passages_of_acks(const struct seq_log *from, const struct seq_log *to, int64_t shift,
                 int64_t peer_shift, GArray *passages)
{
    unsigned bits = MAX(from->ack_bits, to->ack_bits);
    GHashTable *left = acks_index(from, shift, peer_shift), *came = acks_index(to, 0, 0);
    GHashTableIter iter;
    gpointer key, value;
    guint looked_for = 0;

    g_hash_table_iter_init(&iter, came);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const struct ack_key *ack = key;
        const int64_t *arrival = value, *departure = g_hash_table_lookup(left, key);
        if (*arrival == INT64_MIN || !seq_log_keeps_ack(ack->acked, ack->tsval, bits))
            continue;
        looked_for++;
        if (!departure || *departure == INT64_MIN)
            continue;
        passage_add(passages, *departure, *arrival);
    }
    g_hash_table_unref(left);
    g_hash_table_unref(came);
    return looked_for;
}

/* A SYN or SYN-ACK, if it was sent once. */
static void
passages_of_syn(const struct tcp_half *from, const struct tcp_half *to, GArray *passages)
{
    if (mark_is_set(from->syn) && mark_is_set(to->syn) && from->syn.frame == from->last_syn.frame &&
        to->syn.frame == to->last_syn.frame)
        passage_add(passages, from->syn.time, to->syn.time);
}

static void
passages_of_way(struct pair *pair, int side, GArray *passages)
{
    struct range_lists sent, came;

    range_lists_init(&sent, pair_sent(pair, side));
    range_lists_init(&came, pair_came(pair, side));
    passages_of_data(&sent, &came, pair->way[side].shift, passages);
    disorder_find(&pair->way[side], &sent, &came);
    range_lists_clear(&sent);
    range_lists_clear(&came);
}

void
passages_find(struct pair *pair, GArray *passages[SIDE_COUNT])
{
    bool known[SIDE_COUNT], same = true;
    guint looked_for = 0, recognised = 0;

    if (pair->match == PAIR_CORRELATION_ID)
        return; /* other bytes, or the same by chance */
    for (int side = 0; side < SIDE_COUNT; side++) {
        int64_t *shift = &pair->way[side].shift;
        known[side] = shift_of(pair, side, shift);
        same = same && known[side] &&
               same_sequence(pair_sender(pair, side), pair_receiver(pair, side), *shift);
    }
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (!known[side])
            continue;
        /* The other side's bytes are shifted the other way. */
        if (known[!side])
            looked_for +=
                passages_of_acks(pair_sent(pair, side), pair_came(pair, side),
                                 pair->way[side].shift, -pair->way[!side].shift, passages[side]);
        recognised += passages[side]->len;
        passages_of_way(pair, side, passages[side]);
    }
    pair->same_tcp = same || (recognised >= PAIR_SAME_ACKS_MIN &&
                              recognised * 100ULL >= looked_for * (uint64_t)PAIR_SAME_ACKS_PERCENT);
    for (int side = 0; side < SIDE_COUNT; side++) {
        pair->way[side].comparable = known[side] && pair->same_tcp;
        if (pair->same_tcp)
            passages_of_syn(pair_sender(pair, side), pair_receiver(pair, side), passages[side]);
    }
}

struct clock_sample
passage_sample(const struct passage *passage, int side)
{
    return clock_sample_of((enum side)side, passage->left, passage->came);
}

/* --- delays ---------------------------------------------------------------------------------- */

static gint
int64_compare(gconstpointer a, gconstpointer b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

void
passages_to_delays(struct pair *pair, int side, const GArray *passages)
{
    struct pair_way *way = &pair->way[side];

    if (passages->len == 0)
        return;
    int64_t *delays = g_new(int64_t, passages->len);
    guint every = passages->len / PAIR_DELAYS_MAX + 1;
    way->delays = g_array_new(FALSE, FALSE, sizeof(struct pair_delay));
    for (guint i = 0; i < passages->len; i++) {
        const struct passage *passage = &g_array_index(passages, struct passage, i);
        delays[i] = pair_took(pair, (enum side)side, passage->left, passage->came);
        const struct pair_delay delay = { passage_sample(passage, side).at, delays[i] };
        if (i % every == 0)
            g_array_append_val(way->delays, delay);
    }
    qsort(delays, passages->len, sizeof *delays, int64_compare);
    way->samples = passages->len;
    way->delay = delays[0];
    way->queue_50 = time_between(delays[0], delays[passages->len / 2]);
    way->queue_99 = time_between(delays[0], delays[passages->len * (gsize)99 / 100]);
    g_free(delays);
}
