/* mirror_copies.c - segments that a capture holds twice
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/mirror_copies.h"

#include <string.h>

#include "base/thresholds.h"

static bool
says_the_same(const struct mirror_copies_entry *a, const struct mirror_copies_entry *b)
{
    return a->seq == b->seq && a->ack == b->ack && a->len == b->len && a->options == b->options &&
           a->flags == b->flags && a->window == b->window;
}

/* What is sent again has another IP identification, and another time where time has gone on. */
static bool
left_once(const struct mirror_copies *copies, const struct mirror_copies_entry *a,
          const struct mirror_copies_entry *b, int64_t later, int64_t tick)
{
    bool same_id = b->ip_id && a->ip_id == b->ip_id && !copies->ids_repeat;
    bool same_time = tick && later / 2 > tick;

    return a->ttl == b->ttl && later <= IDENTIFIED_COPY_NS && (same_id || same_time);
}

static enum copy
copy_of(const struct mirror_copies *copies, const struct mirror_copies_entry *a,
        const struct mirror_copies_entry *b, int64_t tick)
{
    if (!says_the_same(a, b))
        return COPY_NONE;
    int64_t later = time_between(a->time, b->time);
    if (later >= 0 && a->checksum == b->checksum &&
        (later <= MIRROR_COPY_NS || left_once(copies, a, b, later, tick)))
        return !a->ttl || a->ttl == b->ttl ? COPY_HERE : COPY_ELSEWHERE;
    /* Checksums differ where the sender's network card makes them. */
    return a->ttl && b->ttl && a->ttl != b->ttl && later >= 0 && later <= ELSEWHERE_COPY_NS
               ? COPY_ELSEWHERE
               : COPY_NONE;
}

/* As FNV-1a, by words, of which the length of a header is made. Timestamps and selective
 * acknowledgements tell segments apart whose checksums are still to be made. */
static uint32_t
options_hash(const struct segment *segment)
{
    uint32_t hash = 2166136261U, word;

    for (size_t i = 0; i + sizeof word <= segment->options_len; i += sizeof word) {
        memcpy(&word, segment->options + i, sizeof word);
        hash = (hash ^ word) * 16777619U;
    }
    return hash;
}

/* Moves what is remembered to a larger room, the oldest first. */
static void
copies_grow(struct mirror_copies *copies, uint8_t room)
{
    struct mirror_copies_entry *recent = g_new(struct mirror_copies_entry, room);

    for (uint8_t i = 0; i < copies->seen; i++)
        recent[i] = copies->recent[(copies->at + i) % copies->seen];
    g_free(copies->recent);
    copies->recent = recent;
    copies->room = room;
    copies->at = 0;
}

static void
copies_remember(struct mirror_copies *copies, const struct mirror_copies_entry *entry)
{
    if (copies->seen == copies->room && copies->room < MIRROR_COPIES_RECENT)
        copies_grow(copies, copies->room ? MIRROR_COPIES_RECENT : MIRROR_COPIES_FIRST);
    if (copies->seen < copies->room) {
        copies->recent[copies->seen++] = *entry;
        return;
    }
    copies->recent[copies->at] = *entry;
    copies->at = (uint8_t)(copies->at + 1 < copies->room ? copies->at + 1 : 0);
}

void
mirror_copies_widen(struct mirror_copies *copies)
{
    if (copies->room < MIRROR_COPIES_WIDE)
        copies_grow(copies, MIRROR_COPIES_WIDE);
}

void
mirror_copies_forget(struct mirror_copies *copies)
{
    g_clear_pointer(&copies->recent, g_free);
    copies->at = copies->seen = copies->room = 0;
}

void
mirror_copies_clear(struct mirror_copies *copies)
{
    mirror_copies_forget(copies);
    *copies = (struct mirror_copies){ 0 };
}

enum copy
mirror_copies_has(struct mirror_copies *copies, const struct segment *segment, int64_t tick)
{
    const struct mirror_copies_entry entry = {
        .time = segment->mark.time,
        .seq = segment->seq,
        .ack = segment->ack,
        .len = (uint32_t)segment->payload_len,
        .options = options_hash(segment),
        .flags = segment->flags,
        .window = segment->window,
        .checksum = segment->checksum,
        .ip_id = segment->ip_id,
        .ttl = segment->ttl,
    };

    for (uint8_t i = 0; i < copies->seen; i++) {
        const struct mirror_copies_entry *other = &copies->recent[i];
        enum copy copy = copy_of(copies, other, &entry, tick);
        if (copy != COPY_NONE)
            return copy;
        copies->ids_repeat |= entry.ip_id && other->ip_id == entry.ip_id && other->seq != entry.seq;
    }
    copies_remember(copies, &entry);
    return COPY_NONE;
}
