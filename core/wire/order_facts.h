/* order_facts.h - how far order and times of what was captured of a connection can be trusted
 *
 * Whoever acknowledges bytes has them: a capture that has the acknowledgement first has mixed the
 * two sides up, as per-CPU buffers, a tap with a clock for each side or a wrong merge do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_ORDER_FACTS_H
#define SSTPDIAG_CORE_WIRE_ORDER_FACTS_H

#include "base/event.h"

enum { ORDER_FRAMES_MAX = 4 };

struct order_facts {
    /* Segments in front of the bytes that they acknowledge, and by how much at most. */
    uint32_t early;
    int64_t early_most; /* nanoseconds */
    uint32_t early_frames[ORDER_FRAMES_MAX];
    struct mark early_first;
    uint32_t early_ack; /* of the last one: a copy of it tells nothing new */
    /* Segments that are stamped earlier than the one in front of them, and how far behind the
     * latest stamp at most. */
    uint32_t back;
    int64_t back_most; /* nanoseconds */
    uint32_t back_frames[ORDER_FRAMES_MAX];
    struct mark back_first;
    bool begins_later; /* its request to connect stands behind all that is there of it */
    /* The stamps themselves. */
    uint32_t stamps;
    int64_t latest, last;
    int64_t fraction; /* of a second, of the first one */
    bool fractions;   /* another one has another */
    bool differ;      /* not all are the same */
};

/* For wire/ alone: a segment with this stamp is the next one of the capture; one was in front of
 * what it acknowledges by so many nanoseconds. */
void order_stamp(struct order_facts *order, struct mark mark);
void order_early(struct order_facts *order, const struct segment *segment, int64_t by);
/* A request to connect on the same ports stands behind all of the connection, and is stamped
 * earlier. */
void order_begins_later(struct order_facts *order, struct mark request);

/* All segments have one time; all times lie whole seconds apart, as the stamps of a clock that
 * counts in seconds do, even where somebody has moved them. */
bool order_has_one_time(const struct order_facts *order);
bool order_has_whole_seconds(const struct order_facts *order);
/* Shorter times than this, in nanoseconds, tell nothing; 0: all may be trusted. */
int64_t order_doubt(const struct order_facts *order);

#endif
