/* pair.h - one connection seen from two capture points: which sessions belong together, what was
 * lost between them, and how their clocks differ
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_PAIR_H
#define SSTPDIAG_CORE_ENDS_PAIR_H

#include "ends/clock.h"
#include "rules/rules.h"
#include "ends/capture_point.h"

/* What shows that two sessions are one; the surest first. */
enum pair_match { PAIR_CLIENT_RANDOM, PAIR_ISN, PAIR_PAYLOAD, PAIR_CORRELATION_ID };

enum {
    PAIR_FRAMES_MAX = 4,
    PAIR_SLACK_NS = 50000000 /* on the way when the other end stopped recording */
};

/* Bytes that were sent at one end and never came to the other while it was recording. */
struct pair_hole {
    uint64_t offset;         /* where they begin, in the sender's stream at its own end */
    uint32_t sent;           /* times that the first of them were sent */
    struct mark first, last; /* of these */
    uint32_t smallest;       /* of the segments that vanished from then on */
    uint32_t largest_passed; /* payload of a segment that came through from then on */
};

enum { PAIR_DELAYS_MAX = 256 };

/* How long one segment was on its way. */
struct pair_delay {
    int64_t at, took; /* as of struct clock_sample, took after the clocks' offset */
};

/* One direction, from its sender's capture point to the other one. Times in nanoseconds. */
struct pair_way {
    bool comparable;        /* the same TCP connection at both, and offsets are known */
    int64_t shift;          /* what an offset at the sender's end becomes at the other */
    uint64_t sent, arrived; /* payload bytes with repetitions, in the time both were recording */
    uint64_t lost;          /* of those sent */
    uint32_t lost_segments; /* that these took at least */
    uint64_t unseen; /* never came by, and the receiver has them all the same: capture loss */
    uint32_t lost_frames[PAIR_FRAMES_MAX], num_lost_frames; /* at the sender's end */
    struct mark first_lost;
    struct pair_hole hole; /* first unset: none */
    /* Segments that were sent once, before others that came before them; at the receiver's end. */
    uint32_t overtaken, overtaken_frames[PAIR_FRAMES_MAX];
    struct mark first_overtaken;
    /* Segments that were sent once and came twice, sooner than any would be sent again. */
    uint32_t doubled, doubled_frames[PAIR_FRAMES_MAX];
    struct mark first_doubled;
    uint32_t samples;
    int64_t delay;              /* shortest, after the clocks' offset; meaningless without one */
    int64_t queue_50, queue_99; /* percentiles of what is above the shortest */
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
    const struct finding *verdict;   /* of the pair or of one of its ends; NULL: healthy */
};

/* A connection of the capture. */
struct captured {
    const struct conn *conn;
    const struct session *session; /* NULL: it is none */
};

/* Pairs among the results: an array of struct pair that owns them, in order of the client's
 * sessions. The roles of vantages are found as well; results and vantages must outlive the pairs.
 */
GPtrArray *pairs_new(const GPtrArray *results, GArray *capture_points);

/* A time at the capture point of side, on the client's clock. */
int64_t pair_time(const struct pair *pair, enum side at, struct mark mark);
/* How long what left sender's end at left and came to the other one at came, each by its own clock,
 * was on its way; nanoseconds. The clocks' offset is in it when that is not known. */
int64_t pair_took(const struct pair *pair, enum side sender, int64_t left, int64_t came);
/* How far the receiver has acknowledged side's bytes, as far as either end heard. */
uint64_t pair_acked(const struct pair *pair, int side);
/* What arrived from side at the other end's mark left side's capture point while that was
 * recording.
 */
bool pair_has_sender(const struct pair *pair, enum side side, struct mark mark);
/* The capture point of side was recording, for all that is known, when the other one took this. */
bool pair_was_recording(const struct pair *pair, enum side side, struct mark other);

/* side's bytes where it sends them, and at the other end. */
const struct tcp_half *pair_sender(const struct pair *pair, int side);
const struct tcp_half *pair_receiver(const struct pair *pair, int side);
/* The same of what can be compared segment by segment. */
const struct seq_log *pair_sent(const struct pair *pair, int side);
const struct seq_log *pair_came(const struct pair *pair, int side);

const char *pair_match_name(enum pair_match match);

/* The rules of pairs, and the verdict of both ends. */
void pair_judge(struct pair *pair);
/* Connection requests without an answer that are in no pair: adds to what was found of them that
 * another capture point, which must have seen them, has not. conns: struct captured, all of the
 * capture of which facts are kept. */
void one_end_judge(const GPtrArray *results, const GPtrArray *pairs, GArray *capture_points,
                   const GArray *conns);

#endif
