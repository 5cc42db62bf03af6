/* payload_facts.h - the packets in the tunnel: how many, and whether they fit
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_PAYLOAD_FACTS_H
#define SSTPDIAG_CORE_SESSION_PAYLOAD_FACTS_H

#include "base/findings.h"
#include "base/event.h"

enum { STRADDLING_MIN = 3 }; /* full-size packets that make a pattern */

/* PPP payloads of one sender against what its peer can take. */
struct mtu_facts {
    uint32_t max_inner;     /* longest inner packet */
    uint32_t encapsulation; /* SSTP and PPP bytes in front of it */
    uint32_t over_mru;
    uint32_t over_mru_max;
    uint32_t over_mru_frames[EVIDENCE_FRAMES_MAX];
    struct mark over_mru_at;
    uint32_t oversize; /* SSTP packets above 4095 */
    uint32_t oversize_max;
    struct mark oversize_at;
    uint32_t straddling;
    uint32_t straddling_frames[EVIDENCE_FRAMES_MAX];
    struct mark straddling_at;
    struct mark mp_at;    /* Multilink frame: payload sizes say nothing about MRU */
    uint32_t room;        /* longest SSTP packet that one segment holds, 0 when not known */
    uint32_t fit_checked; /* packets shorter than this need no look; 0 before room was worked out */
};

struct data_facts {
    uint32_t packets[SIDE_COUNT];
    uint64_t bytes[SIDE_COUNT];
    struct mark first[SIDE_COUNT], last[SIDE_COUNT];
};

#endif
