/* rules_ppp.c - negotiation of the link and of addresses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

enum {
    ADDRESS_NAKS_MIN =
        3, /* a client that wants an address of its own takes another after one Nak */
    ADDRESS_REQUESTS_MIN =
        4, /* unanswered; an answer may take some seconds where a DHCP server is asked */
    PROMPT_END_SECONDS = 2, /* from authentication to a server's goodbye that is about addresses */
};

static struct mark
server_goodbye(const struct session *session)
{
    return mark_earlier(session->terminate[SIDE_SERVER].mark,
                        session->sstp.disconnect[SIDE_SERVER]);
}

static void
rule_lcp_auth_method_mismatch(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct ppp_negotiation *asker = &session->lcp[i];
        if (asker->auth_refusals == 0 || mark_is_set(session->lcp_opened) ||
            !view_is_over(view, session))
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_LCP_AUTH_METHOD_MISMATCH,
                        asker->auth_refusals > 1 ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                        session->evidence, asker->auth_refused);
        const char *asked = ppp_protocol_name(asker->auth_asked);
        const char *wanted = ppp_protocol_name(asker->auth_wanted);
        finding_frame(finding, asker->last.frame);
        finding_summary(finding, "The %s asks for %s, the %s refused it %u times%s%s",
                        side_name((enum side)i), asked ? asked : "an unknown method",
                        side_name(side_other((enum side)i)), asker->auth_refusals,
                        wanted ? " and wants " : "", wanted ? wanted : "");
        finding_text(finding, "asked", asked);
        finding_text(finding, "wanted", wanted);
        finding_number(finding, "refusals", asker->auth_refusals);
        return;
    }
}

static void
rule_ipcp_address_rejected(const struct session *session, const struct view *view)
{
    const struct ppp_negotiation *client = &session->ipcp[SIDE_CLIENT];

    if (client->address_naks < ADDRESS_NAKS_MIN || client->agreed || !view_is_over(view, session))
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_IPCP_ADDRESS_REJECTED, CONFIDENCE_CERTAIN,
                    session->evidence, client->address_nak);
    finding_frame(finding, client->last.frame);
    finding_summary(finding,
                    "The client insists on an address of its own; the server refused it %u times",
                    client->address_naks);
    finding_number(finding, "refusals", client->address_naks);
}

static void
no_address(const struct session *session, const struct view *view, enum confidence confidence,
           struct mark cause, const char *how)
{
    struct finding *finding =
        finding_add(view->found, FINDING_IPCP_NO_ADDRESS, confidence, session->evidence, cause);

    finding_frame(finding, session->auth.success.frame);
    finding_frame(finding, session->ipcp[SIDE_CLIENT].first.frame);
    finding_number(finding, "requests", session->ipcp[SIDE_CLIENT].requests);
    finding_summary(finding, "No address came from the server: %s", how);
}

static bool
ras_says_no_address(const struct terminate_facts *terminate)
{
    return mark_is_set(terminate->mark) && terminate->microsoft &&
           (terminate->ras_error == RAS_NO_IP_ADDRESSES ||
            terminate->ras_error == RAS_PPP_NO_ADDRESS_ASSIGNED);
}

static void
rule_ipcp_no_address(const struct session *session, const struct view *view)
{
    const struct ppp_negotiation *client = &session->ipcp[SIDE_CLIENT];
    struct mark goodbye = server_goodbye(session);
    bool server_said_ipcp =
        session->ipcp[SIDE_SERVER].requests || client->naks || client->rejects || client->agreed;

    if (!mark_is_set(session->auth.success) || mark_is_set(session->ncp_opened) ||
        !view_is_over(view, session) || session_undecrypted(session, SIDE_SERVER) > 0)
        return;
    if (ras_says_no_address(&session->terminate[SIDE_SERVER]))
        no_address(session, view, CONFIDENCE_CERTAIN, goodbye,
                   "it ended the session with the RAS error for that");
    else if (!server_said_ipcp && mark_is_set(goodbye) && !mark_is_set(client->protocol_reject) &&
             mark_seconds(session->auth.success, goodbye) < PROMPT_END_SECONDS)
        no_address(session, view, CONFIDENCE_LIKELY, goodbye,
                   "it ended the session right after the authentication, without a word of IPCP");
    else if (!server_said_ipcp && client->requests >= ADDRESS_REQUESTS_MIN)
        no_address(session, view, CONFIDENCE_LIKELY, client->first,
                   "it answered none of the client's requests");
}

const rule_fn rules_ppp[] = {
    rule_lcp_auth_method_mismatch,
    rule_ipcp_address_rejected,
    rule_ipcp_no_address,
    NULL,
};
