/* passage.h - when the same segment left one end and came to the other. For ends/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_PASSAGE_H
#define SSTPDIAG_CORE_ENDS_PASSAGE_H

#include "ends/pair.h"

/* One segment's departure and its arrival, each by its own end's clock; nanoseconds. */
struct passage {
    int64_t left, came;
};

/* Tells whether both ends have the same TCP connection, how the offsets of its ways are shifted,
 * and which segments changed their order. passages: arrays by sender, to which struct passage is
 * added for each segment that is known again at the other end. */
void passages_find(struct pair *pair, GArray *passages[SIDE_COUNT]);
/* A passage of something that side sent, as the clock's estimate takes it. */
struct clock_sample passage_sample(const struct passage *passage, int side);
/* Fills in how long side's segments were on their way; passages: the ones that passages_find()
 * gave. The pair's clock must have been set before, if it is known. */
void passages_to_delays(struct pair *pair, int side, const GArray *passages);

#endif
