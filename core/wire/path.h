/* path.h - what the segments of one sender tell of the path: loss and disorder, a receiver that
 * stopped reading, resets that somebody else sent
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_PATH_H
#define SSTPDIAG_CORE_WIRE_PATH_H

#include <glib.h>

#include "base/event.h"

enum { PATH_RESENDS_MAX = 8, PATH_FRAMES_MAX = 4 };

/* Bytes that were sent again and wait for their acknowledgement. */
struct path_resend {
    uint64_t end;
    struct mark mark;
    bool slow; /* so long after its last new ones that no disorder explains it */
};

/* First missing bytes of a sender, as seen at the capture point. */
struct path_gap {
    struct mark since;  /* when bytes behind it came; unset: no gap */
    uint64_t offset;    /* where it begins */
    uint64_t len;       /* as far as is known */
    uint32_t later;     /* segments of the sender since */
    struct mark latest; /* the last of them */
    uint32_t tsval;     /* the sender's clock when it was seen, as far as then known; 0: unknown */
};

/* Of one sender. Offsets are those of struct tcp_half. */
struct path_facts {
    /* Time to live or hop limit of what came from it, resets apart. */
    uint8_t ttl_min, ttl_max;
    uint32_t ttl_segments;
    /* Its first reset. */
    bool reset;
    struct mark rst_at;
    uint8_t rst_ttl;
    bool rst_has_ack;
    uint32_t rst_ack;
    uint32_t rst_seq;
    bool rst_ahead;     /* at a number that its sender had not reached */
    uint32_t after_rst; /* segments it sent afterwards that say something new, resets apart */
    struct mark after_rst_at;
    bool seq_known, ack_known;
    uint32_t seq_end, ack_end; /* furthest that it sent and acknowledged */
    /* Shortest time from new payload to its acknowledgement; 0 when not known. */
    int64_t round_trip;
    uint64_t timed_end; /* of the payload that is being timed; 0: none */
    struct mark timed;
    /* Segments sent again that were acknowledged at last, those of them that had not been needed,
     * those the receiver reported as duplicates (RFC 2883), and such of bytes that had been
     * acknowledged before. */
    uint32_t resent, needless, duplicates, late;
    uint32_t resent_slowly;      /* of the first */
    uint32_t late_in_flight;     /* of the latter: since the other side's bytes are on their way */
    uint64_t counted;            /* end of the last segment that counts among resent */
    struct path_resend *resends; /* room of PATH_RESENDS_MAX; NULL: there was none */
    uint32_t num_resends;
    /* Gaps that were filled: by a retransmission, or by what had been overtaken. */
    struct path_gap gap;
    uint32_t lost, overtaken;
    uint32_t lost_slowly; /* of the former: by its clock, or so late that no disorder explains it */
    uint32_t tsval, newest_tsval; /* of the segment at hand, RFC 7323, and the latest; 0: none */
    uint32_t first_tsval;
    struct mark first_tsval_at;
    int64_t tick; /* nanoseconds between two of its values; 0 while that is not known */
    uint32_t frames[PATH_FRAMES_MAX]; /* of loss */
    uint32_t num_frames;
    struct mark first_loss;
    uint32_t overtaken_frames[PATH_FRAMES_MAX];
    struct mark first_overtaken;
    /* Sizes: of the segment that is being sent again, and the largest that was acknowledged. */
    uint32_t stuck_len, largest, largest_acked;
    bool selective; /* acknowledgement of bytes behind the missing ones, since the last new one */
    struct mark selective_at;
    struct mark advanced; /* its last new payload */
    uint8_t advanced_ttl; /* and its time to live */
    /* As a receiver: it advertised no room. */
    struct mark closed_since;              /* unset: the window is open */
    struct mark closed_from, closed_until; /* the longest time */
    uint32_t closings;
};

/* Round trips between the capture point and each end, in nanoseconds; 0 when not known. */
struct path_times {
    int64_t to_client, to_server;
};

/* Both together: between the ends. */
static inline int64_t
path_total(struct path_times times)
{
    return time_between(-times.to_client, times.to_server);
}

struct path_options {
    bool sack; /* a first block of RFC 2018 */
    uint32_t sack_left, sack_right;
    bool duplicate; /* that block tells of bytes received twice, RFC 2883 */
    uint32_t tsval; /* RFC 7323, 0 without it */
};

/* TCP options of a segment that is no SYN. */
void path_decode_options(const struct segment *segment, struct path_options *out);

/* Frees contents, not path. */
void path_clear(struct path_facts *path);
/* The reset was not one of this connection. */
void path_forget_reset(struct path_facts *path);
/* A segment of the sender, of any kind. */
void path_segment(struct path_facts *path, const struct segment *segment);
/* The sender's clock in the segment at hand; 0 without one. */
void path_clock(struct path_facts *path, uint32_t tsval, struct mark mark);
/* The segment at hand left before the sender's clock showed tsval. */
bool path_left_early(const struct path_facts *path, uint32_t tsval);
/* New payload up to end, len bytes. */
void path_advanced(struct path_facts *path, uint64_t end, size_t len, struct mark mark);
/* Payload up to end, len bytes, that was sent before. acked: all before it was acknowledged. */
void path_resent(struct path_facts *path, uint64_t end, size_t len, uint64_t acked,
                 struct mark mark);
/* The receiver acknowledged all before acked. whole: everything sent so far. round_trip: between
 * capture point and receiver; total: between both ends; 0 when not known. */
void path_acked(struct path_facts *path, uint64_t acked, bool whole, int64_t round_trip,
                int64_t total, struct mark mark);
/* Bytes are missing from offset on, len of them: of a gap that is open, no more than those. tsval:
 * the sender's clock when what stands behind them came, 0 when not known. */
void path_gap_opens(struct path_facts *path, uint64_t offset, uint64_t len, uint32_t tsval,
                    struct mark mark);
/* The first missing byte is now at offset; a gap that was closed by the capture's own loss (given
 * up) says nothing. total: round trip between both ends. */
void path_gap_moves(struct path_facts *path, uint64_t offset, bool given_up, int64_t total,
                    size_t segment_len, struct mark mark);

/* Segments of the sender that were lost on the path, as far as one end can tell. */
uint32_t path_lost(const struct path_facts *path);
/* The same where the capture mixes frames up, by less than half of LOSS_SLOW_NS: at least so many.
 */
uint32_t path_lost_at_least(const struct path_facts *path);
/* The sender's time to live is what systems begin with: its segments have passed no router. */
bool path_is_fresh(const struct path_facts *path);
/* A reset of this sender came with another time to live than its other segments: how many hops;
 * 0 when there is none or it cannot be told. */
unsigned path_reset_hops(const struct path_facts *path);

#endif
