/* negotiation.c - what both sides ask for in LCP and the NCPs, and what became of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/negotiation.h"

enum { OPTION_BITS = 32 };

static uint32_t
option_bit(const struct ppp_option *option)
{
    return option->type < OPTION_BITS ? UINT32_C(1) << option->type : 0;
}

static uint32_t
option_bits(const struct ppp_options *options)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < options->num && i < PPP_OPTIONS_MAX; i++)
        bits |= option_bit(&options->option[i]);
    return bits;
}

/* --- requests -------------------------------------------------------------------------------- */

/* RFC 1661 5.4: a request after a Configure-Reject must not hold what was rejected. */
static void
request_insists(struct ppp_negotiation *n, const struct ppp_options *options, struct mark mark)
{
    struct insistence *insistence = &n->insistence;
    uint8_t option = 0;

    for (unsigned i = 0; i < options->num && i < PPP_OPTIONS_MAX && option == 0; i++)
        if (option_bit(&options->option[i]) & n->rejected)
            option = options->option[i].type;
    if (option == 0 || option != insistence->option)
        *insistence = (struct insistence){ .option = option };
    if (option == 0)
        return;
    if (insistence->requests++ == 0)
        insistence->mark = mark;
}

static void
request_lcp(struct ppp_negotiation *n, const struct ppp_negotiation *other,
            const struct ppp_options *options, struct mark mark)
{
    ppp_lcp_options(options, &n->lcp);
    request_insists(n, options, mark);
    if (n->lcp.magic == 0 || !other->requests || n->lcp.magic != other->lcp.magic)
        return;
    mark_once(&n->reflected, mark);
    n->reflections++;
}

static void
negotiation_request(struct ppp_negotiation *n, const struct ppp_negotiation *other,
                    const struct ppp_packet *packet, uint16_t protocol, uint64_t end,
                    struct mark mark)
{
    struct ppp_options options;

    mark_once(&n->first, mark);
    n->last = mark;
    n->requests++;
    if (n->unanswered++ == 0) {
        n->unanswered_since = mark;
        n->unanswered_end = end;
    }
    n->last_id = packet->id;
    n->agreed = false;
    ppp_decode_options(packet->data, &options);
    if (protocol == PPP_LCP)
        request_lcp(n, other, &options, mark);
    else if (protocol == PPP_IPCP)
        ppp_ipcp_options(&options, &n->ipcp);
    else if (protocol == PPP_CCP)
        n->mppe = ppp_ccp_encryption(&options);
}

/* --- refusals -------------------------------------------------------------------------------- */

static void
refusal_auth(struct ppp_negotiation *asker, const struct ppp_lcp_options *lcp, bool nak,
             struct mark mark)
{
    if (!lcp->auth_protocol || !asker->lcp.auth_protocol)
        return;
    asker->auth_refusals++;
    mark_once(&asker->auth_refused, mark);
    asker->auth_refused_last = mark;
    asker->auth_asked = asker->lcp.auth_protocol;
    asker->chap_asked = asker->lcp.chap_algorithm;
    if (!nak)
        return;
    asker->auth_wanted = lcp->auth_protocol;
    asker->chap_wanted = lcp->chap_algorithm;
}

static void
refusal_mru(struct ppp_negotiation *asker, uint16_t wanted, struct mark mark)
{
    uint16_t asked = asker->lcp.mru ? asker->lcp.mru : PPP_DEFAULT_MRU;

    if (!wanted)
        return;
    if (asker->mru.rounds == 0 || asker->mru.asked != asked || asker->mru.wanted != wanted)
        asker->mru = (struct mru_dispute){ mark, asked, wanted, 0 };
    asker->mru.rounds++;
}

static void
refusal_lcp(struct ppp_negotiation *asker, const struct ppp_options *options, bool nak,
            struct mark mark)
{
    struct ppp_lcp_options lcp;

    ppp_lcp_options(options, &lcp);
    refusal_auth(asker, &lcp, nak, mark);
    if (nak)
        refusal_mru(asker, lcp.mru, mark);
    else
        asker->rejected |= option_bits(options);
}

static void
refusal_ipcp(struct ppp_negotiation *asker, const struct ppp_options *options, bool nak,
             struct mark mark)
{
    struct ppp_ipcp_options ipcp;

    ppp_ipcp_options(options, &ipcp);
    if (!ipcp.has_address || !asker->ipcp.has_address)
        return;
    if (asker->ipcp.address != 0) {
        asker->address_naks++;
        asker->address_rejected |= !nak;
        mark_once(&asker->address_nak, mark);
    } else if (!nak || ipcp.address == 0) {
        mark_once(&asker->address_none, mark);
    }
}

/* The request that is agreed to may not be in the capture. */
static void
consent_ipcp(struct ppp_negotiation *asker, const struct ppp_packet *packet)
{
    struct ppp_options options;
    struct ppp_ipcp_options ipcp;

    ppp_decode_options(packet->data, &options);
    ppp_ipcp_options(&options, &ipcp);
    if (ipcp.has_address && ipcp.address != 0)
        asker->address_none = (struct mark){ 0 };
}

static void
refusal_ccp(struct ppp_negotiation *asker, const struct ppp_options *options, bool nak,
            struct mark mark)
{
    /* A Nak with other bits offers encryption of another kind. */
    if (asker->mppe && ppp_ccp_has_mppe(options) && !(nak && ppp_ccp_encryption(options)))
        mark_once(&asker->mppe_refused, mark);
}

/* Which option a Nak or Reject is about. */
static void
negotiation_refusal(struct ppp_negotiation *asker, const struct ppp_packet *packet,
                    uint16_t protocol, struct mark mark)
{
    bool nak = packet->code == PPP_CONFIGURE_NAK;
    struct ppp_options options;

    ppp_decode_options(packet->data, &options);
    if (protocol == PPP_LCP)
        refusal_lcp(asker, &options, nak, mark);
    else if (protocol == PPP_IPCP)
        refusal_ipcp(asker, &options, nak, mark);
    else if (protocol == PPP_CCP)
        refusal_ccp(asker, &options, nak, mark);
}

/* --- packets --------------------------------------------------------------------------------- */

static void
negotiation_answered(struct ppp_negotiation *asker)
{
    asker->answers++;
    asker->unanswered = 0;
}

bool
negotiation_packet(struct ppp_negotiation n[SIDE_COUNT], enum side side,
                   const struct ppp_packet *packet, uint16_t protocol, uint64_t end,
                   struct mark mark)
{
    struct ppp_negotiation *asker = &n[side_other(side)];

    switch (packet->code) {
    case PPP_CONFIGURE_REQUEST:
        negotiation_request(&n[side], asker, packet, protocol, end, mark);
        break;
    case PPP_CONFIGURE_ACK:
        negotiation_answered(asker);
        if (protocol == PPP_IPCP)
            consent_ipcp(asker, packet);
        if (asker->requests && packet->id == asker->last_id && !asker->agreed) {
            asker->agreed = true;
            return n[side].agreed;
        }
        break;
    case PPP_CONFIGURE_NAK:
        negotiation_answered(asker);
        asker->naks++;
        negotiation_refusal(asker, packet, protocol, mark);
        break;
    case PPP_CONFIGURE_REJECT:
        negotiation_answered(asker);
        asker->rejects++;
        negotiation_refusal(asker, packet, protocol, mark);
        break;
    default:
        break;
    }
    return false;
}

void
negotiation_protocol_rejected(struct ppp_negotiation *asker, struct mark mark)
{
    mark_once(&asker->protocol_reject, mark);
    if (asker->mppe)
        mark_once(&asker->mppe_refused, mark);
}
