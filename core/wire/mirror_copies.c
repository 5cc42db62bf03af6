/* mirror_copies.c - segments that a capture holds twice
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/mirror_copies.h"

#include <string.h>

#include "base/thresholds.h"

static enum copy
copy_of(const struct mirror_copies_entry *a, const struct mirror_copies_entry *b)
{
    if (a->seq != b->seq || a->ack != b->ack || a->len != b->len || a->options != b->options ||
        a->flags != b->flags || a->window != b->window)
        return COPY_NONE;
    int64_t later = b->time - a->time;
    if (later >= 0 && later <= MIRROR_COPY_NS && a->checksum == b->checksum)
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

enum copy
mirror_copies_has(struct mirror_copies *copies, const struct segment *segment)
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
        .ttl = segment->ttl,
    };

    for (uint8_t i = 0; i < copies->seen; i++) {
        enum copy copy = copy_of(&copies->recent[i], &entry);
        if (copy != COPY_NONE)
            return copy;
    }
    copies->recent[copies->at] = entry;
    copies->at = (uint8_t)((copies->at + 1) % MIRROR_COPIES_RECENT);
    if (copies->seen < MIRROR_COPIES_RECENT)
        copies->seen++;
    return COPY_NONE;
}
