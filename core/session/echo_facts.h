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

/* From one request to the next, in nanoseconds: the rhythm of a keepalive. Requests that came
 * together were held up on their way; the times to and between them are none of it. */
struct echo_rhythm {
    uint32_t intervals;
    int64_t min, max, last;
};

/* Requests that came together. */
struct echo_lump {
    uint32_t requests;
    struct mark before, first; /* the last request before it; its own first one */
};

/* Answers that came together, although the requests had not. */
struct echo_thaw {
    uint32_t answers;
    struct mark asked, last_asked; /* requests, the first and the last one that was answered */
    struct mark first, last;       /* the answers */
};

/* One asker's echoes, of LCP or of SSTP. */
struct echo {
    uint32_t requests, replies;
    /* Requests since the last answer, oldest first. */
    struct echo_request open[EVIDENCE_FRAMES_MAX];
    uint32_t num_open; /* all; the first ones stand in open[] */
    /* Later requests than the one answered last, which had been waiting when that answer came. */
    struct echo_request late[EVIDENCE_FRAMES_MAX];
    uint32_t num_late;
    struct mark last_request, last_reply;
    uint64_t reply_end; /* offset behind the first reply in the other side's byte stream */
    struct echo_rhythm rhythm, earlier; /* earlier: without the last request's own interval */
    struct echo_lump lump;              /* the last one; its requests 0 or 1: it is none */
    struct echo_thaw thaw, longest;     /* the last one, and the one that was waited for most */
    int64_t rtt_min, rtt_max, rtt_sum;  /* round trips, nanoseconds */
};

#endif
