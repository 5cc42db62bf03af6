/* pair.h - one connection seen from two capture points: how their clocks differ, and what was lost
 * and delayed between them
 *
 * pairs_new() makes them, pairs_judge() adds findings and the verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_PAIR_H
#define SSTPDIAG_CORE_ENDS_PAIR_H

#include "ends/capture_point.h"
#include "ends/clock.h"
#include "ends/pair_match.h"
#include "rules/rules.h"

enum {
    PAIR_FRAMES_MAX = 4,
};

/* Bytes that were sent at one end and never came to the other while it was recording. */
struct pair_hole {
    uint64_t offset;         /* where they begin, in the sender's stream at its own end */
    uint32_t sent;           /* how often the first of these bytes was sent */
    struct mark first, last; /* of those times */
    uint32_t smallest;       /* payload of the smallest segment with that byte */
    uint32_t largest_passed; /* payload of the largest segment that came since */
};

enum { PAIR_DELAYS_MAX = 256 };

/* How long one segment was on its way. */
struct pair_delay {
    int64_t at, took; /* as in struct clock_sample, but without the clocks' offset in took */
};

/* One direction, from its sender's capture point to the other one. Times in nanoseconds. */
struct pair_way {
    bool comparable;        /* the same TCP connection at both, and offsets are known */
    int64_t shift;          /* what an offset at the sender's end becomes at the other */
    uint64_t sent, arrived; /* payload bytes with repetitions, in the time both were recording */
    uint64_t lost;          /* of those sent */
    uint32_t lost_segments; /* that these took at least */
    uint64_t unseen;        /* acknowledged, and never seen to come: the capture lacks them */
    uint32_t lost_frames[PAIR_FRAMES_MAX], num_lost_frames; /* at the sender's end */
    struct mark first_lost;
    struct pair_hole hole; /* first unset: none */
    /* Segments that were sent once, and came behind later ones; frames at the receiver's end. */
    uint32_t overtaken, overtaken_frames[PAIR_FRAMES_MAX];
    struct mark first_overtaken;
    /* Segments that were sent once and came twice, sooner than any would be sent again. */
    uint32_t doubled, doubled_frames[PAIR_FRAMES_MAX];
    struct mark first_doubled;
    uint32_t samples;
    int64_t delay; /* the shortest, without the clocks' offset; nothing when that is not known */
    int64_t queue_50, queue_99; /* how much longer than the shortest: percentiles */
    GArray *delays; /* struct pair_delay, evenly picked, in the order of the capture; NULL: none */
};

struct pair {
    const struct result
        *end[SIDE_COUNT]; /* as the client's capture point saw it, and the server's */
    const struct capture_point *at[SIDE_COUNT];
    enum pair_match match;
    bool same_tcp; /* the same TCP connection at both; else something between ends it */
    bool clock_known;
    struct clock clock;              /* of all connections between the two capture points */
    struct pair_way way[SIDE_COUNT]; /* by sender */
    GPtrArray *found;                /* struct finding */
    GArray *found_at;                /* enum side: whose clock tells the cause of each */
    struct verdict verdict;          /* of the pair, or of one of its ends */
};

/* The session as side's own end saw it. */
const struct session *pair_session(const struct pair *pair, int side);
/* A time at the capture point of side at, on the client's clock; nanoseconds. */
int64_t pair_time(const struct pair *pair, enum side at, struct mark mark);
/* How long what left sender's end at left and came to the other one at came, each by its own clock,
 * was on its way; nanoseconds. The clocks' offset is in it when that is not known. */
int64_t pair_took(const struct pair *pair, enum side sender, int64_t left, int64_t came);
/* How far the receiver has acknowledged side's bytes, as far as either end heard. */
uint64_t pair_acked(const struct pair *pair, int side);
/* What came from side to the other end at mark must have passed side's own capture point while that
 * was recording. */
bool pair_has_sender(const struct pair *pair, enum side side, struct mark mark);
/* side's capture point was recording when the other one took something at mark other, and went on
 * long enough for it to come, for all that is known of the clocks and the path. */
bool pair_was_recording(const struct pair *pair, enum side side, struct mark other);

/* What TCP shows of side's segments at its own end, and at the other one. */
const struct tcp_half *pair_sender(const struct pair *pair, int side);
const struct tcp_half *pair_receiver(const struct pair *pair, int side);
/* side's segments, to be compared one by one: those that left its own end, and those that came to
 * the other one. */
const struct seq_log *pair_sent(const struct pair *pair, int side);
const struct seq_log *pair_came(const struct pair *pair, int side);

#endif
