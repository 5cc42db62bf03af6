/* tcp_half.h - what one sender of a TCP connection did: facts for whoever asks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TCP_HALF_H
#define SSTPDIAG_CORE_WIRE_TCP_HALF_H

#include "base/event.h"
#include "wire/path.h"
#include "wire/record_facts.h"

enum {
    COPIED_FRAMES_MAX = 4,
    HOLES_MAX = 4,
    /* Bytes: where no window is known, a number further ahead is nonsense. */
    TCP_REACH_MAX = 1 << 24,
};

/* A time in which a side sent payload, some of it again, and nothing at all came from the other. */
struct silence {
    struct mark since; /* first payload behind the other side's last segment */
    int64_t idle;      /* nanoseconds before it without payload of anybody */
    uint32_t resends;
    struct mark first_resend, last_resend;
    struct mark until; /* first segment of the other side; unset: none has come */
};

/* Bytes that the capture lacks: they were sent between two segments that it has. */
struct hole {
    struct mark since, until;
};

/* Offsets count payload bytes from the first one (the byte after SYN, or the first seen when the
 * capture lacks the SYN). */
struct tcp_half {
    bool base_known;
    uint32_t base;            /* sequence number of offset 0 */
    uint64_t next;            /* highest offset seen */
    uint64_t acked;           /* highest offset the other side acknowledged */
    uint64_t in_order;        /* walked so far */
    uint64_t syn_bytes;       /* that came with the SYN, RFC 7413 */
    uint32_t other_base;      /* of another SYN+ACK; 0: there was none */
    uint64_t resent;          /* highest offset that was retransmitted */
    struct mark acked_unseen; /* since when the other side has acknowledged more than was seen;
                                 unset: it has not */
    struct mark first_acked, last_acked; /* when the other side acknowledged new bytes */
    uint64_t ended_at; /* where a FIN or RST stands before which bytes were not seen; 0: none */
    uint64_t reached;  /* highest offset that a sequence number of this sender, or the peer's
                          acknowledgement, speaks of: above next, bytes were sent and not seen */
    uint64_t next_elsewhere;     /* as next, at another capture point of the same connection */
    uint32_t complete_elsewhere; /* as records.application_complete */
    bool mss_seen, timestamps, window_scale_seen, sack;
    bool syn_cut; /* the capture lacks options of its SYN, so that none of these is missing for sure
                   */
    uint16_t mss;
    uint8_t window_scale;
    struct mark syn, last_syn, fin, rst;
    struct mark first, last, first_payload, last_payload;
    struct mark handshake_ack; /* client: first ACK without SYN */
    uint32_t segments, data_segments;
    uint32_t retransmissions, out_of_order, truncated, oversize, partial_checksums;
    uint32_t oversize_frame;
    uint32_t truncated_frame;
    uint32_t max_payload;
    /* The bytes on their way: since when there are any, after how long a silence of both sides, and
     * how often some were sent again since the last new acknowledgement. */
    struct mark flight;
    int64_t flight_idle; /* nanoseconds */
    uint32_t resends;
    struct mark first_resend, last_resend;
    int64_t idle_outlived; /* nanoseconds: the longest silence before earlier ones, which arrived */
    struct silence unheard;    /* the present one */
    struct silence silence;    /* the longest one with payload sent again */
    struct mark alone_since;   /* first payload behind the other side's last payload */
    int64_t alone;             /* nanoseconds: the longest time that only this side sent any */
    int64_t idle_before_close; /* by silence_of_both(); of whoever closed first */
    uint64_t missed;  /* bytes that were given up, and of which nobody knows whether they arrived */
    uint64_t dropped; /* bytes acknowledged by the peer that the capture lacks */
    struct mark dropped_at;
    struct hole *holes; /* given up, or cut away; of HOLES_MAX the last one takes in all that
                           follow; NULL: none */
    uint32_t num_holes;
    struct mark in_order_at; /* the segment that moved in_order last */
    uint32_t copied; /* segments that were passed over as copies made here, or arriving twice */
    uint32_t copied_frames[COPIED_FRAMES_MAX];
    struct mark first_copied;
    struct record_facts records; /* what its bytes are in */
    struct path_facts path;
};

#endif
