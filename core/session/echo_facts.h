/* echo_facts.h - echoes of LCP and of SSTP: who asked, who answered, how regularly
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_ECHO_FACTS_H
#define SSTPDIAG_CORE_SESSION_ECHO_FACTS_H

#include "base/event.h"
#include "base/findings.h"

/* A request that waits for an answer. */
struct echo_request {
    struct mark mark;
    uint64_t end; /* offset behind it in the asker's byte stream */
    uint8_t id;   /* of LCP */
};

/* One asker's echoes, of LCP or of SSTP. Times are in nanoseconds. */
struct echo {
    uint32_t requests, replies;
    /* Requests since the last answer, oldest first. */
    struct echo_request open[EVIDENCE_FRAMES_MAX];
    uint32_t num_open; /* all; the first ones stand in open[] */
    struct mark last_request, last_reply;
    uint32_t intervals; /* between requests: the rhythm of a keepalive */
    int64_t interval_min, interval_max, interval_last;
    int64_t rtt_min, rtt_max, rtt_sum; /* round trips */
};

#endif
