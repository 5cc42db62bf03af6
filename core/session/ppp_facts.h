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

#endif
