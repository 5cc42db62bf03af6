/* negotiation.h - what both sides ask for in LCP and the NCPs, and what became of it (RFC 1661 4)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_NEGOTIATION_H
#define SSTPDIAG_CORE_SESSION_NEGOTIATION_H

#include "base/event.h"
#include "codec/ppp.h"

/* The same value asked for and the same other value wanted, round after round. */
struct mru_dispute {
    struct mark mark; /* first Nak of the run */
    uint16_t asked, wanted;
    uint32_t rounds;
};

/* An option that its asker repeats although it was rejected. */
struct insistence {
    struct mark mark; /* first Configure-Request of the run */
    uint8_t option;
    uint32_t requests;
};

/* What one side asked for in LCP or an NCP, and whether the other agreed. */
struct ppp_negotiation {
    struct mark first, last; /* Configure-Requests */
    uint32_t requests;
    uint8_t last_id;
    uint32_t answers; /* Acks, Naks and Rejects of the other side */
    struct mark unanswered_since;
    uint32_t unanswered;     /* requests since the last answer */
    uint64_t unanswered_end; /* offset behind the first of them in the asker's byte stream */
    bool agreed;             /* the last request was acknowledged */
    uint32_t naks, rejects;
    uint32_t auth_refusals; /* LCP: Naks and Rejects of the authentication option */
    struct mark auth_refused, auth_refused_last;
    uint16_t auth_asked, auth_wanted; /* enum ppp_protocol; wanted: as a Nak suggests, or 0 */
    uint8_t chap_asked, chap_wanted;  /* their enum chap_algorithm, where they are CHAP */
    struct mru_dispute mru;           /* LCP */
    uint32_t rejected;                /* LCP: a bit for each option type below 32 */
    struct insistence insistence;     /* LCP */
    struct mark reflected; /* LCP: first request with the magic number of the other side's last */
    uint32_t reflections;
    uint32_t address_naks; /* IPCP: of an address that the asker named itself */
    struct mark address_nak;
    bool address_rejected;    /* IPCP: one of them was a Configure-Reject */
    struct mark address_none; /* IPCP: asked for any, answered by a Reject or a Nak with 0.0.0.0 */
    uint32_t mppe;            /* CCP: encryption bits of the last request */
    struct mark mppe_refused;
    struct mark protocol_reject; /* the other side rejected the protocol */
    struct ppp_lcp_options lcp;  /* of the last request */
    struct ppp_ipcp_options ipcp;
};

/* A control packet of side in protocol; end: offset behind it in side's byte stream. Returns true
 * when both sides now agree. */
bool negotiation_packet(struct ppp_negotiation n[SIDE_COUNT], enum side side,
                        const struct ppp_packet *packet, uint16_t protocol, uint64_t end,
                        struct mark mark);
/* The other side rejected the protocol as a whole. */
void negotiation_protocol_rejected(struct ppp_negotiation *asker, struct mark mark);

#endif
