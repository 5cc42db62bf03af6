/* range.h - a sender's ranges, to be looked up by their place in the stream. For ends/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_RANGE_H
#define SSTPDIAG_CORE_ENDS_RANGE_H

#include "wire/seq_log.h"

/* A copy of what one capture point has of a sender: arrays of struct seq_log_range. */
struct range_lists {
    GArray *fresh; /* reached further than all before them; ascending by offset */
    GArray *again; /* the rest: bytes once more, or late; by offset, then time */
};

void range_lists_init(struct range_lists *lists, const struct seq_log *seq_log);
void range_lists_clear(struct range_lists *lists);

/* The last of sorted ranges that begins at offset or before it; NULL for none. */
const struct seq_log_range *range_before(const GArray *ranges, uint64_t offset);
/* The byte at offset stands in a fresh range, and in no other one. */
bool range_sent_once(const struct range_lists *sent, uint64_t offset);

/* The byte at offset is one of range's. False for NULL. */
static inline bool
range_holds(const struct seq_log_range *range, uint64_t offset)
{
    return range && offset >= range->offset && offset - range->offset < range->len;
}

#endif
