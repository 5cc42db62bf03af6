/* trail.c - what one sender's segments leave behind at a capture point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trail.h"

#include <string.h>

enum {
    BLOCK_BITS_MIN = 12, /* bytes that are joined first: a few segments */
    BLOCK_BITS_MAX = 40, /* beyond it there is nothing to join */
    ACK_BITS_MAX = 31,
    SEGMENTS_BLOCK = 4096,
};

static uint64_t
mix(uint64_t value)
{
    value ^= value >> 32;
    value *= UINT64_C(0x9e3779b97f4a7c15);
    return value ^ value >> 29;
}

/* --- ranges ---------------------------------------------------------------------------------- */

static bool
ranges_join(struct trail_range *to, const struct trail_range *next, unsigned block_bits)
{
    if (to->offset + to->len != next->offset || to->len > UINT32_MAX - next->len ||
        to->offset >> block_bits != next->offset >> block_bits)
        return false;
    to->len += next->len;
    return true;
}

/* Joins what follows each other in a block of bytes, until half of the room is free. */
static void
ranges_thin(struct trail *trail)
{
    GArray *ranges = trail->ranges;

    while (ranges->len > TRAIL_RANGES_MAX / 2 && trail->block_bits < BLOCK_BITS_MAX) {
        guint kept = 0;
        trail->block_bits = trail->block_bits ? (uint8_t)(trail->block_bits + 1) : BLOCK_BITS_MIN;
        for (guint i = 1; i < ranges->len; i++) {
            const struct trail_range next = g_array_index(ranges, struct trail_range, i);
            if (!ranges_join(&g_array_index(ranges, struct trail_range, kept), &next,
                             trail->block_bits))
                g_array_index(ranges, struct trail_range, ++kept) = next;
        }
        g_array_set_size(ranges, kept + 1);
    }
}

/* Blocks: an array that doubles would take up to twice the memory. */
static void
segments_add(struct trail *trail, const struct trail_range *range)
{
    if (trail->num_segments % SEGMENTS_BLOCK == 0)
        g_ptr_array_add(trail->segments, g_new(struct trail_range, SEGMENTS_BLOCK));
    struct trail_range *block =
        g_ptr_array_index(trail->segments, trail->num_segments / SEGMENTS_BLOCK);
    block[trail->num_segments++ % SEGMENTS_BLOCK] = *range;
}

/* The ranges are about to be joined. */
static void
segments_begin(struct trail *trail)
{
    trail->segments = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < trail->ranges->len; i++)
        segments_add(trail, &g_array_index(trail->ranges, struct trail_range, i));
}

bool
trail_is_whole(const struct trail *trail)
{
    return trail->segments || trail->block_bits == 0;
}

uint32_t
trail_num_segments(const struct trail *trail)
{
    return trail->segments ? trail->num_segments : trail->ranges ? trail->ranges->len : 0;
}

const struct trail_range *
trail_segment(const struct trail *trail, uint32_t number)
{
    if (!trail->segments)
        return &g_array_index(trail->ranges, struct trail_range, number);
    const struct trail_range *block = g_ptr_array_index(trail->segments, number / SEGMENTS_BLOCK);
    return &block[number % SEGMENTS_BLOCK];
}

static void
ranges_add(struct trail *trail, const struct trail_range *range)
{
    if (trail->keeps_segments && !trail->segments && trail->block_bits == 0 && trail->ranges &&
        trail->ranges->len == TRAIL_RANGES_MAX)
        segments_begin(trail);
    if (trail->segments)
        segments_add(trail, range);
    if (mark_is_set(trail->full))
        return;
    if (!trail->ranges)
        trail->ranges = g_array_new(FALSE, FALSE, sizeof *range);
    GArray *ranges = trail->ranges;
    if (trail->block_bits && ranges->len &&
        ranges_join(&g_array_index(ranges, struct trail_range, ranges->len - 1), range,
                    trail->block_bits))
        return;
    if (ranges->len == TRAIL_RANGES_MAX)
        ranges_thin(trail);
    if (ranges->len == TRAIL_RANGES_MAX)
        trail->full = (struct mark){ range->frame, range->time };
    else
        g_array_append_vals(ranges, range, 1);
}

/* --- acknowledgements ------------------------------------------------------------------------ */

/* Chosen by what both ends see alike. */
bool
trail_keeps_ack(uint32_t acked, uint32_t tsval, unsigned bits)
{
    return (mix(tsval ? tsval : acked) & ((UINT64_C(1) << bits) - 1)) == 0;
}

static void
acks_add(struct trail *trail, const struct trail_ack *ack)
{
    if (!trail_keeps_ack(ack->acked, ack->tsval, trail->ack_bits))
        return;
    if (!trail->acks)
        trail->acks = g_array_new(FALSE, FALSE, sizeof *ack);
    while (trail->acks->len >= TRAIL_ACKS_MAX && trail->ack_bits < ACK_BITS_MAX) {
        guint kept = 0;
        trail->ack_bits++;
        for (guint i = 0; i < trail->acks->len; i++) {
            const struct trail_ack old = g_array_index(trail->acks, struct trail_ack, i);
            if (trail_keeps_ack(old.acked, old.tsval, trail->ack_bits))
                g_array_index(trail->acks, struct trail_ack, kept++) = old;
        }
        g_array_set_size(trail->acks, kept);
    }
    if (trail->acks->len < TRAIL_ACKS_MAX &&
        trail_keeps_ack(ack->acked, ack->tsval, trail->ack_bits))
        g_array_append_vals(trail->acks, ack, 1);
}

/* --- the log --------------------------------------------------------------------------------- */

enum { LOG_ACK = 1, LOG_ENTRY_MAX = 5 * 10, LOG_ROOM_MIN = 64 };

/* LEB128. */
static void
log_put(struct trail_log *log, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        log->bytes[log->len++] = (uint8_t)(value | 0x80);
    log->bytes[log->len++] = (uint8_t)value;
}

static uint64_t
log_get(const struct trail_log *log, uint32_t *at)
{
    uint64_t value = 0;
    unsigned shift = 0;

    for (; log->bytes[*at] & 0x80; shift += 7)
        value |= (uint64_t)(log->bytes[(*at)++] & 0x7f) << shift;
    return value | (uint64_t)log->bytes[(*at)++] << shift;
}

/* Small whether it goes up or down; differences wrap around. */
static void
log_put_step(struct trail_log *log, uint64_t from, uint64_t to)
{
    uint64_t step = to - from;

    log_put(log, step >> 63 ? ~step << 1 | 1 : step << 1);
}

static uint64_t
log_get_step(const struct trail_log *log, uint32_t *at, uint64_t from)
{
    uint64_t step = log_get(log, at);

    return from + (step & 1 ? ~(step >> 1) : step >> 1);
}

static uint64_t
step32(uint32_t from, uint32_t to)
{
    return (uint64_t)(int64_t)(int32_t)(to - from);
}

static void
log_reserve(struct trail_log *log)
{
    if (log->room - log->len >= LOG_ENTRY_MAX)
        return;
    log->room = MAX(log->room + log->room / 2, (uint32_t)LOG_ROOM_MIN) + LOG_ENTRY_MAX;
    log->bytes = g_realloc(log->bytes, log->room);
}

static void
log_range(struct trail_log *log, const struct trail_range *range)
{
    log_reserve(log);
    log_put(log, (uint64_t)(uint32_t)(range->frame - log->range.frame) << 1);
    log_put_step(log, (uint64_t)log->range.time, (uint64_t)range->time);
    log_put_step(log, log->range.offset + log->range.len, range->offset);
    log_put(log, range->len);
    log->range = *range;
    log->ranges++;
}

static void
log_ack(struct trail_log *log, const struct trail_ack *ack)
{
    log_reserve(log);
    log_put(log, (uint64_t)(uint32_t)(ack->frame - log->ack.frame) << 1 | LOG_ACK);
    log_put_step(log, (uint64_t)log->ack.time, (uint64_t)ack->time);
    log_put_step(log, 0, step32(log->ack.offset, ack->offset));
    log_put_step(log, 0, step32(log->ack.acked, ack->acked));
    log_put_step(log, 0, step32(log->ack.tsval, ack->tsval));
    log->ack = *ack;
    log->acks++;
}

static void
log_replay(struct trail *trail)
{
    const struct trail_log *log = &trail->log;
    struct trail_range range = { 0 };
    struct trail_ack ack = { 0 };

    for (uint32_t at = 0; at < log->len;) {
        uint64_t word = log_get(log, &at);
        if (word & LOG_ACK) {
            ack.frame += (uint32_t)(word >> 1);
            ack.time = (int64_t)log_get_step(log, &at, (uint64_t)ack.time);
            ack.offset = (uint32_t)log_get_step(log, &at, ack.offset);
            ack.acked = (uint32_t)log_get_step(log, &at, ack.acked);
            ack.tsval = (uint32_t)log_get_step(log, &at, ack.tsval);
            acks_add(trail, &ack);
        } else {
            range.frame += (uint32_t)(word >> 1);
            range.time = (int64_t)log_get_step(log, &at, (uint64_t)range.time);
            range.offset = log_get_step(log, &at, range.offset + range.len);
            range.len = (uint32_t)log_get(log, &at);
            ranges_add(trail, &range);
        }
    }
}

static void
log_end(struct trail *trail)
{
    if (trail->opened)
        return;
    trail->opened = true;
    log_replay(trail);
    g_free(trail->log.bytes);
    trail->log = (struct trail_log){ 0 };
}

void
trail_open(struct trail *trail)
{
    trail->keeps_segments = true;
    log_end(trail);
}

void
trail_data(struct trail *trail, uint64_t offset, size_t len, struct mark mark)
{
    const struct trail_range range = { mark.time, offset, (uint32_t)len, mark.frame };

    if (trail->log.ranges == TRAIL_RANGES_MAX)
        log_end(trail);
    if (trail->opened)
        ranges_add(trail, &range);
    else
        log_range(&trail->log, &range);
}

void
trail_acks(struct trail *trail, uint32_t offset, uint32_t acked, uint32_t tsval, struct mark mark)
{
    const struct trail_ack ack = { mark.time, offset, acked, tsval, mark.frame };

    if (trail->log.acks == TRAIL_ACKS_MAX)
        log_end(trail);
    if (trail->opened)
        acks_add(trail, &ack);
    else
        log_ack(&trail->log, &ack);
}

/* --- opening and closing --------------------------------------------------------------------- */

void
trail_sign(struct trail *trail, uint16_t flags, uint32_t offset, struct mark mark)
{
    trail->signs_full |= trail->num_signs == TRAIL_SIGNS_MAX;
    if (trail->signs_full)
        return;
    /* A connection has two of a side: room for as many, and then twice as much each time. */
    if (trail->num_signs == 0 ||
        (trail->num_signs > 1 && (trail->num_signs & (trail->num_signs - 1)) == 0))
        trail->signs =
            g_renew(struct trail_sign, trail->signs, MAX((size_t)trail->num_signs * 2, 2));
    trail->signs[trail->num_signs++] = (struct trail_sign){ mark.time, offset, mark.frame, flags };
}

/* --- prints ---------------------------------------------------------------------------------- */

/* The smallest hashes are kept: two captures that share most of a stream share most of them,
 * wherever each of them began. */
void
trail_print(struct trail *trail, const uint8_t *bytes, uint64_t offset)
{
    struct trail_print print = { .offset = offset };
    uint64_t half[2];
    uint8_t at = trail->num_prints;

    memcpy(half, bytes, sizeof half);
    print.hash = mix(mix(half[0]) ^ half[1]);
    if (at == TRAIL_PRINTS_MAX && print.hash >= trail->prints[at - 1].hash)
        return;
    while (at > 0 && trail->prints[at - 1].hash >= print.hash) {
        if (trail->prints[at - 1].hash == print.hash)
            return;
        at--;
    }
    size_t behind = MIN(trail->num_prints, TRAIL_PRINTS_MAX - 1) - (size_t)at;
    memmove(&trail->prints[at + 1], &trail->prints[at], behind * sizeof print);
    trail->prints[at] = print;
    trail->num_prints = MIN((uint8_t)(trail->num_prints + 1), (uint8_t)TRAIL_PRINTS_MAX);
}

bool
trail_shift(const struct trail *a, const struct trail *b, int64_t *shift)
{
    unsigned i = 0, k = 0;

    while (i < a->num_prints && k < b->num_prints) {
        if (a->prints[i].hash == b->prints[k].hash) {
            *shift = (int64_t)(b->prints[k].offset - a->prints[i].offset);
            return true;
        }
        if (a->prints[i].hash < b->prints[k].hash)
            i++;
        else
            k++;
    }
    return false;
}

void
trail_clear(struct trail *trail)
{
    if (trail->ranges)
        g_array_unref(trail->ranges);
    if (trail->acks)
        g_array_unref(trail->acks);
    g_free(trail->signs);
    g_free(trail->log.bytes);
    if (trail->segments)
        g_ptr_array_unref(trail->segments);
    *trail = (struct trail){ 0 };
}
