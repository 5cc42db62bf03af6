/* payload_facts.h - the packets in the tunnel: how many, and whether they fit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_PAYLOAD_FACTS_H
#define SSTPDIAG_CORE_SESSION_PAYLOAD_FACTS_H

#include "base/event.h"
#include "base/findings.h"

/* Packets of the tunnel of both sides, by sender. */
struct data_facts {
    uint32_t packets[SIDE_COUNT];
    uint64_t bytes[SIDE_COUNT];
    struct mark first[SIDE_COUNT], last[SIDE_COUNT];
};

/* SSTP packets above mtu_facts.room that make a pattern. */
enum { STRADDLING_MIN = 3 };

/* Packets of one sender against what its peer can take and a segment can hold. Lengths are in
 * bytes; frames are of the first ones, marks of the first one. */
struct mtu_facts {
    uint32_t max_inner;     /* longest inner packet */
    uint32_t encapsulation; /* SSTP and PPP headers in front of it */

    /* Inner packets longer than the peer's MRU. */
    uint32_t over_mru, over_mru_max;
    uint32_t over_mru_frames[EVIDENCE_FRAMES_MAX];
    struct mark over_mru_at;
    struct mark mp_at; /* Multilink frame: payload sizes say nothing about MRU */

    /* SSTP packets above 4095. */
    uint32_t oversize, oversize_max;
    struct mark oversize_at;

    /* SSTP packets that need more than one segment. */
    uint32_t straddling;
    uint32_t straddling_frames[EVIDENCE_FRAMES_MAX];
    struct mark straddling_at;
    uint32_t room;        /* longest SSTP packet that one segment holds, 0 when not known */
    uint32_t fit_checked; /* packets shorter than this need no look; 0 before room was worked out */
};

#endif
