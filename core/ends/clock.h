/* clock.h - how two clocks differ, from what left at one and arrived at the other
 *
 * The offset is what the server's end shows more than the client's. Each difference between arrival
 * and departure holds it and the delay of the path, which is never negative: the smallest one of
 * each direction is nearest to the truth (Mills, RFC 5905 10). Half the sum of both is the bound
 * that no method can undercut, as nobody sees how the path's delay is split. Skew comes from the
 * two parallel lines below all differences that lie furthest apart (Moon, Skelly and Towsley,
 * 1999).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_CLOCK_H
#define SSTPDIAG_CORE_ENDS_CLOCK_H

#include <glib.h>

#include "base/event.h"

enum { CLOCK_STEPS_MAX = 4 };

struct clock_sample {
    int64_t at;   /* on the client's clock: departure of the client's, arrival of the server's */
    int64_t took; /* arrival less departure, each by its own clock; nanoseconds */
};

/* One clock was set, or its machine slept. */
struct clock_step {
    int64_t at;   /* on the client's clock */
    int64_t size; /* added to the offset from then on */
};

struct clock {
    int64_t at;     /* client's time for which the offset holds: the middle of the samples */
    int64_t offset; /* server's clock less client's, before any step; nanoseconds */
    int64_t bound;  /* the offset is right within it: half the shortest round trip; at least 0 */
    double skew;    /* gain of the server's clock, as a fraction; 0 where it cannot be measured */
    bool skew_known;
    double span; /* seconds from the first sample to the last */
    struct clock_step steps[CLOCK_STEPS_MAX];
    unsigned num_steps;           /* in order of time */
    uint32_t samples[SIDE_COUNT]; /* by sender */
};

/* Of something that sender sent; left and came each by its own end's clock, in nanoseconds. */
struct clock_sample clock_sample_of(enum side sender, int64_t left, int64_t came);
/* samples: arrays of struct clock_sample, by sender, in any order; they are sorted. False, *clock
 * untouched, when a direction has none. */
bool clock_estimate(GArray *const samples[SIDE_COUNT], struct clock *clock);
/* What the server's clock shows more than the client's at a time of the client's clock. */
int64_t clock_offset_at(const struct clock *clock, int64_t time);
/* A time of the server's clock on the client's. */
int64_t clock_to_client(const struct clock *clock, int64_t time);

#endif
