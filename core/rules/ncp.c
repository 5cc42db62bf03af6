/* ncp.c - addresses and network protocols
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/auth.h"

#include <string.h>

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/reason.h"

static struct mark
server_goodbye(const struct session *session)
{
    return mark_earlier(session_terminate(session, SIDE_SERVER)->mark,
                        session_sstp(session)->disconnect[SIDE_SERVER]);
}

/* A Terminate-Request of side, of a network protocol or of the link, gives this reason. */
static bool
reason_is(const struct session *session, int side, enum reason reason)
{
    return reason_of(session_terminate(session, side)) == reason ||
           reason_of(session_ncp_terminate(session, side)) == reason;
}

static bool
carries_data(const struct session *session)
{
    return session_data(session)->packets[SIDE_CLIENT] > 0 &&
           session_data(session)->packets[SIDE_SERVER] > 0;
}

/* --- addresses ------------------------------------------------------------------------------- */

/* asker takes the rejection as the end. */
static bool
address_was_given_up(const struct session *session, enum side asker)
{
    const struct ppp_negotiation *n = session_ipcp(session, asker);
    struct session_end end = session_ending(session);

    return n->address_rejected && mark_is_set(end.mark) && end.goodbye && end.by == asker &&
           mark_seconds(n->address_nak, end.mark) <= NCP_REACTION_SECONDS;
}

static void
rule_ipcp_address_rejected(const struct session *session, const struct view *view)
{
    bool told = reason_is(session, SIDE_CLIENT, REASON_ADDRESS) ||
                reason_is(session, SIDE_SERVER, REASON_ADDRESS);

    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct ppp_negotiation *n = session_ipcp(session, asker);
        bool certain = told || n->address_naks >= IPCP_ADDRESS_NAKS_MIN;
        if (n->address_naks == 0 || n->agreed || !view_is_over(view, session) ||
            (!certain && !address_was_given_up(session, asker)))
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_IPCP_ADDRESS_REJECTED,
                        either_misses(session, n->address_nak, view->now) ? CONFIDENCE_POSSIBLE
                        : certain                                         ? CONFIDENCE_CERTAIN
                                                                          : CONFIDENCE_LIKELY,
                        session_evidence(session), n->address_nak);
        finding_frame(finding, n->last.frame);
        finding_summary(finding, "The %s insists on an address of its own; the %s refused it %s",
                        side_name(asker), side_name(side_other(asker)),
                        text_times(n->address_naks).text);
        finding_text(finding, "by", side_name(asker));
        finding_number(finding, "refusals", n->address_naks);
        finding_reason(finding, session);
        return;
    }
}

/* What the client last asked for, or was told to ask for, and is an address of the outer connection
 * as well: programs refuse that, as their own packets would go into the tunnel. NULL: nothing. */
static const char *
equals_outer(const struct session *session, char **address)
{
    const struct ppp_ipcp_options *ipcp = &session_ipcp(session, SIDE_CLIENT)->ipcp;
    const struct {
        bool asked;
        uint32_t address;
        const char *what;
    } inner[] = {
        { ipcp->has_address, ipcp->address, "address" },
        { ipcp->has_dns1, ipcp->dns1, "first resolver" },
        { ipcp->has_dns2, ipcp->dns2, "second resolver" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(inner); i++)
        for (int side = 0; inner[i].asked && inner[i].address && side < SIDE_COUNT; side++) {
            const struct endpoint *outer = conn_endpoint(session_conn(session), (enum side)side);
            if (outer->addr_len != 4 || memcmp(outer->addr, &inner[i].address, 4) != 0)
                continue;
            *address = endpoint_address_text(outer);
            return inner[i].what;
        }
    return NULL;
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
    char *address = NULL;
    const char *same = equals_outer(session, &address);
    finding_text(finding, "equals_outer", address);
    finding_summary(finding, "No address came from the server: %s%s%s%s%s%s", how,
                    same ? "; the " : "", same ? same : "", same ? " in question, " : "",
                    same ? address : "", same ? ", is one of the outer connection as well" : "");
    g_free(address);
    finding_reason(finding, session);
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct terminate_facts *of_ipcp = session_ncp_terminate(session, side);
        if (session_terminate(session, side)->text || !of_ipcp->text)
            continue;
        finding_text(finding, "ipcp_ended_by", side_name((enum side)side));
        finding_text(finding, "ipcp_reason", of_ipcp->text);
    }
}

/* When a Terminate-Request said that the client has no address; unset when none did. A code means
 * the client's address, whoever sends it; words mean that of the sender, or of its peer. */
static struct mark
no_address_told(const struct session *session)
{
    static const enum reason reasons[SIDE_COUNT] = {
        [SIDE_CLIENT] = REASON_NO_OWN_ADDRESS, [SIDE_SERVER] = REASON_NO_PEER_ADDRESS
    };
    struct mark told = { 0 };

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct terminate_facts *goodbyes[] = { session_terminate(session, side),
                                                     session_ncp_terminate(session, side) };
        for (size_t i = 0; i < G_N_ELEMENTS(goodbyes); i++) {
            enum reason reason = reason_of(goodbyes[i]);
            if (reason == reasons[side] || reason == REASON_NO_CLIENT_ADDRESS)
                told = mark_earlier(told, goodbyes[i]->mark);
        }
    }
    return told;
}

/* The client asked for any address, and what was agreed upon at last holds none. */
static bool
agreed_on_none(const struct ppp_negotiation *client)
{
    bool none = !client->ipcp.has_address || client->ipcp.address == 0;

    return client->agreed && none &&
           (mark_is_set(client->address_none) || client->ipcp.has_address);
}

/* The server's first words about network protocols, after the authentication. */
static bool
server_spoke_of_network(const struct session *session)
{
    const struct ppp_negotiation *client = session_ipcp(session, SIDE_CLIENT);

    return session_ipcp(session, SIDE_SERVER)->requests > 0 || client->answers > 0 ||
           session_ipv6cp(session, SIDE_SERVER)->requests > 0 ||
           session_ipv6cp(session, SIDE_CLIENT)->answers > 0;
}

/* Without an authentication nobody can say what its goodbye is about; nor where it gives another
 * reason, or where MPPE was missed. */
static bool
ended_without_a_word(const struct session *session, const struct view *view)
{
    struct mark success = session_auth(session)->success, goodbye = server_goodbye(session);

    return mark_is_set(success) && mark_is_set(goodbye) && !server_spoke_of_network(session) &&
           mark_seconds(success, goodbye) < AUTH_PROMPT_END_SECONDS &&
           reason_of(session_terminate(session, SIDE_SERVER)) == REASON_NONE &&
           !finding_of(view->found, FINDING_CCP_MPPE_REQUIRED);
}

static bool
requests_were_ignored(const struct session *session)
{
    const struct ppp_negotiation *client = session_ipcp(session, SIDE_CLIENT);

    return session_ipcp(session, SIDE_SERVER)->requests == 0 && client->answers == 0 &&
           client->requests >= IPCP_UNANSWERED_MIN &&
           conn_delivered(session_conn(session), SIDE_CLIENT, client->unanswered_end);
}

/* How sure it is that the client was left without an address: what the capture lacks behind the
 * refusal may be another request, or another reason to end it. */
static enum confidence
refusal_confidence(const struct session *session, const struct view *view)
{
    if (either_misses(session, session_ipcp(session, SIDE_CLIENT)->address_none, view->now))
        return CONFIDENCE_POSSIBLE;
    return mark_is_set(session_ending(session).mark) ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
}

static void
rule_ipcp_no_address(const struct session *session, const struct view *view)
{
    const struct ppp_negotiation *client = session_ipcp(session, SIDE_CLIENT);
    struct mark told = no_address_told(session);
    bool open = mark_is_set(session_ncp_opened(session));

    if (!mark_is_set(authenticated_at(session)) || carries_data(session) ||
        !view_is_over(view, session) || !side_is_whole(session, SIDE_SERVER))
        return;
    if (mark_is_set(told))
        no_address(session, view, CONFIDENCE_CERTAIN,
                   mark_is_set(client->address_none) ? client->address_none : told,
                   "a Terminate-Request says so");
    else if (agreed_on_none(client) && !session_ipv6cp(session, SIDE_CLIENT)->agreed &&
             side_is_whole(session, SIDE_CLIENT))
        no_address(session, view, CONFIDENCE_LIKELY,
                   mark_is_set(client->address_none) ? client->address_none : client->last,
                   "what was agreed on at last holds none");
    else if (open || mark_is_set(client->protocol_reject))
        return;
    else if (mark_is_set(client->address_none) && !client->agreed)
        no_address(session, view, refusal_confidence(session, view), client->address_none,
                   "it refused the client's request for any address");
    else if (ended_without_a_word(session, view))
        no_address(session, view, CONFIDENCE_LIKELY, server_goodbye(session),
                   "it ended the session right after the authentication, without a word of IPCP");
    else if (requests_were_ignored(session))
        no_address(session, view, CONFIDENCE_LIKELY, client->first,
                   "it answered none of the client's requests");
}

/* --- IPCP ------------------------------------------------------------------------------------ */

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
           asker->requests >= IPCP_UNANSWERED_MIN &&
           conn_delivered(session_conn(session), side_other(side), asker->unanswered_end) &&
           session_ipv6cp(session, side)->requests == 0 &&
           mark_is_set(session_sstp(session)->call_connected) && side_was_heard(session, side) &&
           side_was_heard(session, side_other(side));
}

/* Another finding says which network protocol failed, and over what. */
static bool
ncp_is_explained(const struct view *view)
{
    return finding_of(view->found, FINDING_CCP_MPPE_REQUIRED) ||
           finding_of(view->found, FINDING_IPCP_ADDRESS_REJECTED) ||
           finding_of(view->found, FINDING_IPCP_NO_ADDRESS);
}

static bool
ipcp_not_started_by(const struct session *session, const struct view *view, enum side side)
{
    const struct terminate_facts *terminate = session_terminate(session, side);
    struct mark rejected = session_ipcp(session, side_other(side))->protocol_reject;
    bool told = reason_of(terminate) == REASON_NO_PROTOCOL;
    bool ended = mark_is_set(session_ending(session).mark);

    if (told && terminate->microsoft) {
        ipcp_not_started(session, view, side, CONFIDENCE_CERTAIN,
                         mark_earlier(rejected, terminate->mark),
                         "ended the session because no network protocol was agreed on (RAS error)");
        return true;
    }
    /* A tunnel of IPv6 alone needs no IPCP, nor does one that is still being negotiated. */
    if (mark_is_set(session_ncp_opened(session)) || session_is_established(session))
        return false;
    if (mark_is_set(rejected) && (ended || session_ipv6cp(session, side)->requests == 0) &&
        !either_misses(session, authenticated_at(session), view->now)) {
        ipcp_not_started(session, view, side, ended ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                         rejected, "rejected IPCP, which agrees on addresses, as a protocol");
        return true;
    }
    /* That requests were ignored, which explains it, only the end shows. */
    bool sure = view->final || session_ipcp(session, SIDE_CLIENT)->requests == 0;
    if (told && sure && !ncp_is_explained(view)) {
        ipcp_not_started(session, view, side, CONFIDENCE_LIKELY, terminate->mark,
                         "ended the session because no network protocol was running");
        return true;
    }
    if (side != SIDE_CLIENT || !ipcp_was_ignored(session, side))
        return false;
    ipcp_not_started(
        session, view, side, CONFIDENCE_LIKELY, session_ipcp(session, SIDE_SERVER)->first,
        "never began to agree on addresses (IPCP) and answered none of the requests for it");
    return true;
}

static void
rule_ipcp_not_started(const struct session *session, const struct view *view)
{
    if (!mark_is_set(authenticated_at(session)) || !view_is_over(view, session) ||
        (session_ipcp(session, SIDE_CLIENT)->agreed && session_ipcp(session, SIDE_SERVER)->agreed))
        return;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (ipcp_not_started_by(session, view, (enum side)side))
            return;
}

/* --- CCP ------------------------------------------------------------------------------------- */

static bool
encryption_is_missed(const struct terminate_facts *terminate, bool by_code)
{
    return reason_of(terminate) == REASON_ENCRYPTION && terminate->microsoft == by_code;
}

/* The side that demanded MPPE ended the session soon after the refusal, and gave no other reason.
 * Where network protocols are up already, it must have done so at once. */
static bool
mppe_was_missed(const struct session *session, enum side demander)
{
    const struct ppp_negotiation *n = session_ccp(session, demander);
    const struct terminate_facts *terminate = session_terminate(session, demander);
    struct session_end end = session_ending(session);

    bool up = mark_is_set(session_ncp_opened(session));

    if (carries_data(session))
        return false;
    if (encryption_is_missed(terminate, false))
        return true;
    return mark_is_set(n->mppe_refused) && !n->agreed && !terminate->microsoft &&
           !terminate->text && mark_is_set(end.mark) && end.goodbye && end.by == demander &&
           end.mark.frame > n->mppe_refused.frame &&
           mark_seconds(n->mppe_refused, end.mark) <=
               (up ? NCP_PROMPT_REACTION_SECONDS : NCP_REACTION_SECONDS);
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
    finding_summary(finding, "The %s demands encryption by PPP (MPPE) %s, and ended the session",
                    side_name(demander),
                    mark_is_set(n->protocol_reject)
                        ? "and was told that the other side has none (Protocol-Reject of CCP)"
                    : mark_is_set(n->mppe_refused) ? "and was refused it"
                                                   : "that was not agreed on");
    finding_reason(finding, session);
}

static void
rule_ccp_mppe_required(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side demander = (enum side)i;
        bool code = encryption_is_missed(session_terminate(session, i), true);
        bool missed = mppe_was_missed(session, demander) ||
                      (encryption_is_missed(session_terminate(session, i), false) &&
                       !session_data(session)->packets[side_other(demander)]);
        if ((!code && !missed) || (!code && !view_is_over(view, session)))
            continue;
        bool told = code || encryption_is_missed(session_terminate(session, i), false);
        mppe_required(
            session, view, demander,
            code ? CONFIDENCE_CERTAIN
            : !told && either_misses(session, session_ccp(session, i)->mppe_refused, view->now)
                ? CONFIDENCE_POSSIBLE
                : CONFIDENCE_LIKELY);
        return;
    }
}

const rule_fn rules_ncp[] = {
    rule_ccp_mppe_required,
    rule_ipcp_address_rejected,
    rule_ipcp_no_address,
    rule_ipcp_not_started,
    NULL,
};
