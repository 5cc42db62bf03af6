/* seq_log.c - what one sender's segments leave behind at a capture point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/seq_log.h"

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
ranges_join(struct seq_log_range *to, const struct seq_log_range *next, unsigned block_bits)
{
    if (to->offset + to->len != next->offset || to->len > UINT32_MAX - next->len ||
        to->offset >> block_bits != next->offset >> block_bits)
        return false;
    to->len += next->len;
    return true;
}

/* Joins what follows each other in a block of bytes, until half of the room is free. */
static void
ranges_thin(struct seq_log *seq_log)
{
    GArray *ranges = seq_log->ranges;

    while (ranges->len > SEQ_LOG_RANGES_MAX / 2 && seq_log->block_bits < BLOCK_BITS_MAX) {
        guint kept = 0;
        seq_log->block_bits =
            seq_log->block_bits ? (uint8_t)(seq_log->block_bits + 1) : BLOCK_BITS_MIN;
        for (guint i = 1; i < ranges->len; i++) {
            const struct seq_log_range next = g_array_index(ranges, struct seq_log_range, i);
            if (!ranges_join(&g_array_index(ranges, struct seq_log_range, kept), &next,
                             seq_log->block_bits))
                g_array_index(ranges, struct seq_log_range, ++kept) = next;
        }
        g_array_set_size(ranges, kept + 1);
    }
}

/* Blocks: an array that doubles would take up to twice the memory. */
static void
segments_add(struct seq_log *seq_log, const struct seq_log_range *range)
{
    if (seq_log->num_segments % SEGMENTS_BLOCK == 0)
        g_ptr_array_add(seq_log->segments, g_new(struct seq_log_range, SEGMENTS_BLOCK));
    struct seq_log_range *block =
        g_ptr_array_index(seq_log->segments, seq_log->num_segments / SEGMENTS_BLOCK);
    block[seq_log->num_segments++ % SEGMENTS_BLOCK] = *range;
}

/* The ranges are about to be joined. */
static void
segments_begin(struct seq_log *seq_log)
{
    seq_log->segments = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < seq_log->ranges->len; i++)
        segments_add(seq_log, &g_array_index(seq_log->ranges, struct seq_log_range, i));
}

bool
seq_log_is_whole(const struct seq_log *seq_log)
{
    return seq_log->segments || seq_log->block_bits == 0;
}

uint32_t
seq_log_num_segments(const struct seq_log *seq_log)
{
    return seq_log->segments ? seq_log->num_segments : seq_log->ranges ? seq_log->ranges->len : 0;
}

const struct seq_log_range *
seq_log_segment(const struct seq_log *seq_log, uint32_t number)
{
    if (!seq_log->segments)
        return &g_array_index(seq_log->ranges, struct seq_log_range, number);
    const struct seq_log_range *block =
        g_ptr_array_index(seq_log->segments, number / SEGMENTS_BLOCK);
    return &block[number % SEGMENTS_BLOCK];
}

static void
ranges_add(struct seq_log *seq_log, const struct seq_log_range *range)
{
    if (seq_log->keeps_segments && !seq_log->segments && seq_log->block_bits == 0 &&
        seq_log->ranges && seq_log->ranges->len == SEQ_LOG_RANGES_MAX)
        segments_begin(seq_log);
    if (seq_log->segments)
        segments_add(seq_log, range);
    if (mark_is_set(seq_log->full))
        return;
    if (!seq_log->ranges)
        seq_log->ranges = g_array_new(FALSE, FALSE, sizeof *range);
    GArray *ranges = seq_log->ranges;
    if (seq_log->block_bits && ranges->len &&
        ranges_join(&g_array_index(ranges, struct seq_log_range, ranges->len - 1), range,
                    seq_log->block_bits))
        return;
    if (ranges->len == SEQ_LOG_RANGES_MAX)
        ranges_thin(seq_log);
    if (ranges->len == SEQ_LOG_RANGES_MAX)
        seq_log->full = (struct mark){ range->frame, range->time };
    else
        g_array_append_vals(ranges, range, 1);
}

/* --- acknowledgements ------------------------------------------------------------------------ */

/* Chosen by what both ends see alike. */
bool
seq_log_keeps_ack(uint32_t acked, uint32_t tsval, unsigned bits)
{
    return (mix(tsval ? tsval : acked) & ((UINT64_C(1) << bits) - 1)) == 0;
}

static void
acks_add(struct seq_log *seq_log, const struct seq_log_ack *ack)
{
    if (!seq_log_keeps_ack(ack->acked, ack->tsval, seq_log->ack_bits))
        return;
    if (!seq_log->acks)
        seq_log->acks = g_array_new(FALSE, FALSE, sizeof *ack);
    while (seq_log->acks->len >= SEQ_LOG_ACKS_MAX && seq_log->ack_bits < ACK_BITS_MAX) {
        guint kept = 0;
        seq_log->ack_bits++;
        for (guint i = 0; i < seq_log->acks->len; i++) {
            const struct seq_log_ack old = g_array_index(seq_log->acks, struct seq_log_ack, i);
            if (seq_log_keeps_ack(old.acked, old.tsval, seq_log->ack_bits))
                g_array_index(seq_log->acks, struct seq_log_ack, kept++) = old;
        }
        g_array_set_size(seq_log->acks, kept);
    }
    if (seq_log->acks->len < SEQ_LOG_ACKS_MAX &&
        seq_log_keeps_ack(ack->acked, ack->tsval, seq_log->ack_bits))
        g_array_append_vals(seq_log->acks, ack, 1);
}

/* --- packed ---------------------------------------------------------------------------------- */

enum { PACKED_ACK = 1, PACKED_ENTRY_MAX = 5 * 10, PACKED_ROOM_MIN = 64 };

/* LEB128. */
static void
packed_put(struct seq_log_packed *packed, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        packed->bytes[packed->len++] = (uint8_t)(value | 0x80);
    packed->bytes[packed->len++] = (uint8_t)value;
}

static uint64_t
packed_get(const struct seq_log_packed *packed, uint32_t *at)
{
    uint64_t value = 0;
    unsigned shift = 0;

    for (; packed->bytes[*at] & 0x80; shift += 7)
        value |= (uint64_t)(packed->bytes[(*at)++] & 0x7f) << shift;
    return value | (uint64_t)packed->bytes[(*at)++] << shift;
}

/* Small whether it goes up or down; differences wrap around. */
static void
packed_put_step(struct seq_log_packed *packed, uint64_t from, uint64_t to)
{
    uint64_t step = to - from;

    packed_put(packed, step >> 63 ? ~step << 1 | 1 : step << 1);
}

static uint64_t
packed_get_step(const struct seq_log_packed *packed, uint32_t *at, uint64_t from)
{
    uint64_t step = packed_get(packed, at);

    return from + (step & 1 ? ~(step >> 1) : step >> 1);
}

static uint64_t
step32(uint32_t from, uint32_t to)
{
    return (uint64_t)(int64_t)(int32_t)(to - from);
}

static void
packed_reserve(struct seq_log_packed *packed)
{
    if (packed->room - packed->len >= PACKED_ENTRY_MAX)
        return;
    packed->room =
        MAX(packed->room + packed->room / 2, (uint32_t)PACKED_ROOM_MIN) + PACKED_ENTRY_MAX;
    packed->bytes = g_realloc(packed->bytes, packed->room);
}

static void
packed_range(struct seq_log_packed *packed, const struct seq_log_range *range)
{
    packed_reserve(packed);
    packed_put(packed, (uint64_t)(uint32_t)(range->frame - packed->range.frame) << 1);
    packed_put_step(packed, (uint64_t)packed->range.time, (uint64_t)range->time);
    packed_put_step(packed, packed->range.offset + packed->range.len, range->offset);
    packed_put(packed, range->len);
    packed->range = *range;
    packed->ranges++;
}

static void
packed_ack(struct seq_log_packed *packed, const struct seq_log_ack *ack)
{
    packed_reserve(packed);
    packed_put(packed, (uint64_t)(uint32_t)(ack->frame - packed->ack.frame) << 1 | PACKED_ACK);
    packed_put_step(packed, (uint64_t)packed->ack.time, (uint64_t)ack->time);
    packed_put_step(packed, 0, step32(packed->ack.offset, ack->offset));
    packed_put_step(packed, 0, step32(packed->ack.acked, ack->acked));
    packed_put_step(packed, 0, step32(packed->ack.tsval, ack->tsval));
    packed->ack = *ack;
    packed->acks++;
}

static void
packed_replay(struct seq_log *seq_log)
{
    const struct seq_log_packed *packed = &seq_log->packed;
    struct seq_log_range range = { 0 };
    struct seq_log_ack ack = { 0 };

    for (uint32_t at = 0; at < packed->len;) {
        uint64_t word = packed_get(packed, &at);
        if (word & PACKED_ACK) {
            ack.frame += (uint32_t)(word >> 1);
            ack.time = (int64_t)packed_get_step(packed, &at, (uint64_t)ack.time);
            ack.offset = (uint32_t)packed_get_step(packed, &at, ack.offset);
            ack.acked = (uint32_t)packed_get_step(packed, &at, ack.acked);
            ack.tsval = (uint32_t)packed_get_step(packed, &at, ack.tsval);
            acks_add(seq_log, &ack);
        } else {
            range.frame += (uint32_t)(word >> 1);
            range.time = (int64_t)packed_get_step(packed, &at, (uint64_t)range.time);
            range.offset = packed_get_step(packed, &at, range.offset + range.len);
            range.len = (uint32_t)packed_get(packed, &at);
            ranges_add(seq_log, &range);
        }
    }
}

static void
seq_log_unpack(struct seq_log *seq_log)
{
    if (seq_log->opened)
        return;
    seq_log->opened = true;
    packed_replay(seq_log);
    g_free(seq_log->packed.bytes);
    seq_log->packed = (struct seq_log_packed){ 0 };
}

void
seq_log_open(struct seq_log *seq_log)
{
    seq_log->keeps_segments = true;
    seq_log_unpack(seq_log);
}

void
seq_log_data(struct seq_log *seq_log, uint64_t offset, size_t len, struct mark mark)
{
    const struct seq_log_range range = { mark.time, offset, (uint32_t)len, mark.frame };

    if (seq_log->packed.ranges == SEQ_LOG_RANGES_MAX)
        seq_log_unpack(seq_log);
    if (seq_log->opened)
        ranges_add(seq_log, &range);
    else
        packed_range(&seq_log->packed, &range);
}

void
seq_log_ack(struct seq_log *seq_log, uint32_t offset, uint32_t acked, uint32_t tsval,
            struct mark mark)
{
    const struct seq_log_ack ack = { mark.time, offset, acked, tsval, mark.frame };

    if (seq_log->packed.acks == SEQ_LOG_ACKS_MAX)
        seq_log_unpack(seq_log);
    if (seq_log->opened)
        acks_add(seq_log, &ack);
    else
        packed_ack(&seq_log->packed, &ack);
}

/* --- opening and closing --------------------------------------------------------------------- */

void
seq_log_sign(struct seq_log *seq_log, uint16_t flags, uint32_t offset, struct mark mark)
{
    seq_log->signs_full |= seq_log->num_signs == SEQ_LOG_SIGNS_MAX;
    if (seq_log->signs_full)
        return;
    /* A connection has two of a side: room for as many, and then twice as much each time. */
    if (seq_log->num_signs == 0 ||
        (seq_log->num_signs > 1 && (seq_log->num_signs & (seq_log->num_signs - 1)) == 0))
        seq_log->signs =
            g_renew(struct seq_log_sign, seq_log->signs, MAX((size_t)seq_log->num_signs * 2, 2));
    seq_log->signs[seq_log->num_signs++] =
        (struct seq_log_sign){ mark.time, offset, mark.frame, flags };
}

/* --- prints ---------------------------------------------------------------------------------- */

/* The smallest hashes are kept: two captures that share most of a stream share most of them,
 * wherever each of them began. */
void
seq_log_print(struct seq_log *seq_log, const uint8_t *bytes, uint64_t offset)
{
    struct seq_log_print print = { .offset = offset };
    uint64_t half[2];
    uint8_t at = seq_log->num_prints;

    if (!seq_log->prints)
        seq_log->prints = g_new0(struct seq_log_print, SEQ_LOG_PRINTS_MAX);
    memcpy(half, bytes, sizeof half);
    print.hash = mix(mix(half[0]) ^ half[1]);
    if (at == SEQ_LOG_PRINTS_MAX && print.hash >= seq_log->prints[at - 1].hash)
        return;
    while (at > 0 && seq_log->prints[at - 1].hash >= print.hash) {
        if (seq_log->prints[at - 1].hash == print.hash)
            return;
        at--;
    }
    size_t behind = MIN(seq_log->num_prints, SEQ_LOG_PRINTS_MAX - 1) - (size_t)at;
    memmove(&seq_log->prints[at + 1], &seq_log->prints[at], behind * sizeof print);
    seq_log->prints[at] = print;
    seq_log->num_prints = MIN((uint8_t)(seq_log->num_prints + 1), (uint8_t)SEQ_LOG_PRINTS_MAX);
}

bool
seq_log_shift(const struct seq_log *a, const struct seq_log *b, int64_t *shift)
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
seq_log_clear(struct seq_log *seq_log)
{
    if (seq_log->ranges)
        g_array_unref(seq_log->ranges);
    if (seq_log->acks)
        g_array_unref(seq_log->acks);
    g_free(seq_log->signs);
    g_free(seq_log->prints);
    g_free(seq_log->packed.bytes);
    if (seq_log->segments)
        g_ptr_array_unref(seq_log->segments);
    *seq_log = (struct seq_log){ 0 };
}
