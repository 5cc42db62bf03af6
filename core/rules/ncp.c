/* ncp.c - addresses and network protocols
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <string.h>

enum {
    ADDRESS_NAKS_MIN =
        3, /* a client that wants an address of its own takes another after one Nak */
    ADDRESS_REQUESTS_MIN =
        4, /* unanswered; an answer may take some seconds where a DHCP server is asked */
    PROMPT_END_SECONDS = 2, /* from authentication to a server's goodbye that is about addresses */
    REACTION_SECONDS = 5,   /* from a refusal to the end by who cannot do without */
    PROMPT_REACTION_SECONDS = 1,
};

static struct mark
server_goodbye(const struct session *session)
{
    return mark_earlier(session_terminate(session, SIDE_SERVER)->mark,
                        session_sstp(session)->disconnect[SIDE_SERVER]);
}

static bool
ras_error_is(const struct terminate_facts *terminate, uint32_t error)
{
    return mark_is_set(terminate->mark) && terminate->microsoft && terminate->ras_error == error;
}

/* --- addresses ------------------------------------------------------------------------------- */

/* asker takes the rejection as the end. */
static bool
address_was_given_up(const struct session *session, enum side asker)
{
    const struct ppp_negotiation *n = session_ipcp(session, asker);
    struct session_end end = session_ending(session);

    return n->address_rejected && mark_is_set(end.mark) && end.goodbye && end.by == asker &&
           mark_seconds(n->address_nak, end.mark) <= REACTION_SECONDS;
}

static void
rule_ipcp_address_rejected(const struct session *session, const struct view *view)
{
    bool code =
        ras_error_is(session_terminate(session, SIDE_CLIENT), RAS_PPP_REQUIRED_ADDRESS_REJECTED) ||
        ras_error_is(session_terminate(session, SIDE_SERVER), RAS_PPP_REQUIRED_ADDRESS_REJECTED);

    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct ppp_negotiation *n = session_ipcp(session, asker);
        bool certain = code || n->address_naks >= ADDRESS_NAKS_MIN;
        if (n->address_naks == 0 || n->agreed || !view_is_over(view, session) ||
            (!certain && !address_was_given_up(session, asker)))
            continue;
        struct finding *finding = finding_add(view->found, FINDING_IPCP_ADDRESS_REJECTED,
                                              certain ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                              session_evidence(session), n->address_nak);
        finding_frame(finding, n->last.frame);
        finding_summary(finding,
                        "The %s insists on an address of its own; the %s refused it %u times",
                        side_name(asker), side_name(side_other(asker)), n->address_naks);
        finding_text(finding, "by", side_name(asker));
        finding_number(finding, "refusals", n->address_naks);
        finding_reason(finding, session);
        return;
    }
}

static void
no_address(const struct session *session, const struct view *view, enum confidence confidence,
           struct mark cause, const char *how)
{
    struct finding *finding = finding_add(view->found, FINDING_IPCP_NO_ADDRESS, confidence,
                                          session_evidence(session), cause);

    finding_frame(finding, session_auth(session)->success.frame);
    finding_frame(finding, session_ipcp(session, SIDE_CLIENT)->first.frame);
    finding_number(finding, "requests", session_ipcp(session, SIDE_CLIENT)->requests);
    finding_summary(finding, "No address came from the server: %s", how);
    finding_reason(finding, session);
}

static bool
ras_says_no_address(const struct terminate_facts *terminate)
{
    return ras_error_is(terminate, RAS_NO_IP_ADDRESSES) ||
           ras_error_is(terminate, RAS_PPP_NO_ADDRESS_ASSIGNED);
}

static void
rule_ipcp_no_address(const struct session *session, const struct view *view)
{
    const struct ppp_negotiation *client = session_ipcp(session, SIDE_CLIENT);
    struct mark goodbye = server_goodbye(session);
    bool server_said_ipcp = session_ipcp(session, SIDE_SERVER)->requests || client->naks ||
                            client->rejects || client->agreed;
    bool rejected = mark_is_set(client->protocol_reject);

    if (!mark_is_set(authenticated_at(session)) || mark_is_set(session_ncp_opened(session)) ||
        !view_is_over(view, session) || !side_is_whole(session, SIDE_SERVER))
        return;
    if (ras_says_no_address(session_terminate(session, SIDE_SERVER)))
        no_address(session, view, CONFIDENCE_CERTAIN, goodbye,
                   "it ended the session with the RAS error for that");
    else if (mark_is_set(client->address_none) && !client->agreed)
        no_address(session, view,
                   mark_is_set(session_ending(session).mark) ? CONFIDENCE_CERTAIN
                                                             : CONFIDENCE_LIKELY,
                   client->address_none, "it refused the client's request for any address");
    else if (!server_said_ipcp && mark_is_set(goodbye) && !rejected &&
             mark_seconds(authenticated_at(session), goodbye) < PROMPT_END_SECONDS)
        no_address(session, view, CONFIDENCE_LIKELY, goodbye,
                   "it ended the session right after the authentication, without a word of IPCP");
    else if (!server_said_ipcp && !rejected && client->requests >= ADDRESS_REQUESTS_MIN)
        no_address(session, view, CONFIDENCE_LIKELY, client->first,
                   "it answered none of the client's requests");
}

/* --- IPCP ------------------------------------------------------------------------------------ */

static bool
ras_says_no_protocol(const struct terminate_facts *terminate)
{
    return ras_error_is(terminate, RAS_PPP_NO_PROTOCOLS_CONFIGURED) ||
           ras_error_is(terminate, RAS_PPP_CP_REJECTED);
}

static void
ipcp_not_started(const struct session *session, const struct view *view, enum side by,
                 enum confidence confidence, struct mark cause, const char *how)
{
    struct finding *finding = finding_add(view->found, FINDING_IPCP_NOT_STARTED, confidence,
                                          session_evidence(session), cause);

    finding_frame(finding, authenticated_at(session).frame);
    finding_frame(finding, session_terminate(session, SIDE_CLIENT)->mark.frame);
    finding_frame(finding, session_terminate(session, SIDE_SERVER)->mark.frame);
    finding_text(finding, "by", side_name(by));
    finding_number(finding, "requests_of_peer", session_ipcp(session, side_other(by))->requests);
    finding_summary(finding, "The %s %s", side_name(by), how);
    finding_reason(finding, session);
}

/* side never began IPCP, and answered none of the peer's requests. */
static bool
ipcp_was_ignored(const struct session *session, enum side side)
{
    const struct ppp_negotiation *asker = session_ipcp(session, side_other(side));

    return session_ipcp(session, side)->requests == 0 && asker->answers == 0 &&
           asker->requests >= ADDRESS_REQUESTS_MIN &&
           mark_is_set(session_sstp(session)->call_connected) && side_was_heard(session, side) &&
           side_was_heard(session, side_other(side));
}

static void
rule_ipcp_not_started(const struct session *session, const struct view *view)
{

    if (!mark_is_set(authenticated_at(session)) || !view_is_over(view, session) ||
        (session_ipcp(session, SIDE_CLIENT)->agreed && session_ipcp(session, SIDE_SERVER)->agreed))
        return;
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side side = (enum side)i;
        const struct terminate_facts *terminate = session_terminate(session, side);
        struct mark rejected = session_ipcp(session, side_other(side))->protocol_reject;
        if (ras_says_no_protocol(terminate)) {
            ipcp_not_started(session, view, side, CONFIDENCE_CERTAIN,
                             mark_earlier(rejected, terminate->mark),
                             "ended the session with the RAS error of a missing network protocol");
            return;
        }
        /* A tunnel of IPv6 alone needs no IPCP. */
        if (mark_is_set(session_ncp_opened(session)) || session_is_established(session))
            continue;
        if (mark_is_set(rejected)) {
            ipcp_not_started(session, view, side,
                             mark_is_set(session_ending(session).mark) ? CONFIDENCE_CERTAIN
                                                                       : CONFIDENCE_LIKELY,
                             rejected, "rejected IPCP as a protocol");
            return;
        }
        if (side == SIDE_CLIENT && ipcp_was_ignored(session, side)) {
            ipcp_not_started(session, view, side, CONFIDENCE_LIKELY,
                             session_ipcp(session, SIDE_SERVER)->first,
                             "never began IPCP and answered none of the requests for it");
            return;
        }
    }
}

/* --- CCP ------------------------------------------------------------------------------------- */

static bool
ras_says_encryption(const struct terminate_facts *terminate)
{
    return ras_error_is(terminate, RAS_NO_LOCAL_ENCRYPTION) ||
           ras_error_is(terminate, RAS_NO_REMOTE_ENCRYPTION) ||
           ras_error_is(terminate, RAS_REMOTE_REQUIRES_ENCRYPTION);
}

/* pppd: "MPPE required but peer negotiation failed" */
static bool
text_says_encryption(const struct terminate_facts *terminate)
{
    return terminate->text && strstr(terminate->text, "MPPE");
}

/* Who demanded MPPE ended the session soon after it was refused, and named no other reason. Network
 * protocols wait for MPPE where it is required, or are on their way already: then, at once. */
static bool
mppe_was_missed(const struct session *session, enum side demander)
{
    const struct ppp_negotiation *n = session_ccp(session, demander);
    const struct terminate_facts *terminate = session_terminate(session, demander);
    struct session_end end = session_ending(session);

    bool up = mark_is_set(session_ncp_opened(session));
    bool data =
        session_data(session)->packets[SIDE_CLIENT] && session_data(session)->packets[SIDE_SERVER];

    if (data)
        return false;
    if (text_says_encryption(terminate))
        return true;
    return mark_is_set(n->mppe_refused) && !n->agreed && !terminate->microsoft &&
           !terminate->text && mark_is_set(end.mark) && end.goodbye && end.by == demander &&
           end.mark.frame > n->mppe_refused.frame &&
           mark_seconds(n->mppe_refused, end.mark) <=
               (up ? PROMPT_REACTION_SECONDS : REACTION_SECONDS);
}

static void
mppe_required(const struct session *session, const struct view *view, enum side demander,
              enum confidence confidence)
{
    const struct ppp_negotiation *n = session_ccp(session, demander);
    struct mark ended = session_goodbye(session, demander);
    struct finding *finding =
        finding_add(view->found, FINDING_CCP_MPPE_REQUIRED, confidence, session_evidence(session),
                    mark_is_set(n->mppe_refused) ? n->mppe_refused : ended);

    finding_frame(finding, n->first.frame);
    finding_frame(finding, ended.frame);
    finding_text(finding, "demanded_by", side_name(demander));
    if (n->mppe)
        finding_number(finding, "mppe_bits", n->mppe);
    finding_summary(finding, "The %s demands MPPE %s, and ended the session", side_name(demander),
                    mark_is_set(n->protocol_reject) ? "and got a Protocol-Reject of CCP"
                    : mark_is_set(n->mppe_refused)  ? "and was refused it"
                                                    : "that was not agreed on");
    finding_reason(finding, session);
}

static void
rule_ccp_mppe_required(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side demander = (enum side)i;
        bool code = ras_says_encryption(session_terminate(session, i));
        bool missed = mppe_was_missed(session, demander) ||
                      (text_says_encryption(session_terminate(session, i)) &&
                       !session_data(session)->packets[side_other(demander)]);
        if ((!code && !missed) || (!code && !view_is_over(view, session)))
            continue;
        mppe_required(session, view, demander, code ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY);
        return;
    }
}

const rule_fn rules_ncp[] = {
    rule_ipcp_address_rejected,
    rule_ipcp_no_address,
    rule_ipcp_not_started,
    rule_ccp_mppe_required,
    NULL,
};
