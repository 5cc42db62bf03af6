/* ppp_facts.h - what PPP says beside the negotiations: goodbyes, compressed headers, callback
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_PPP_FACTS_H
#define SSTPDIAG_CORE_SESSION_PPP_FACTS_H

#include "base/event.h"

/* One side's first Terminate-Request: of LCP, or of any network protocol. */
struct terminate_facts {
    struct mark mark;   /* unset: none */
    bool microsoft;     /* in Microsoft's form (struct ppp_terminate) */
    uint32_t ras_error; /* with microsoft */
    char *text;         /* else: cleaned; NULL when there is none */
};

/* PPP headers of one sender that are shorter than its peer agreed to (RFC 1661 6.5, 6.6). */
struct compression_facts {
    struct mark first;
    uint32_t frames;
    bool protocol, address; /* what was left out */
};

/* Microsoft's callback control. */
struct cbcp_facts {
    struct mark request, response; /* first ones */
    struct mark rejected;          /* first Protocol-Reject instead of a Response */
    uint32_t unanswered;           /* requests since the last response */
};

enum { PROTOCOLS_MAX = 24 };

/* PPP protocols of the frames that one side sent. */
struct protocol_facts {
    uint16_t protocol[PROTOCOLS_MAX];
    uint32_t num;
    bool hidden; /* frames that do not show theirs, or more protocols than there is room for */
};

/* One side's LCP Protocol-Rejects; those of more protocols than there is room for are left out. */
struct rejection_facts {
    struct {
        struct mark first;
        uint32_t num;
        uint16_t protocol;
    } of[PROTOCOLS_MAX];
    uint32_t num;
};

/* How many of the rejections are about protocols that sent does not have; the first one's time and
 * protocol. */
uint32_t protocols_unsent(const struct protocol_facts *sent,
                          const struct rejection_facts *rejections, struct mark *first,
                          uint16_t *protocol);

#endif
