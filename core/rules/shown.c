/* shown.c - what a log must show for a finding to be told of it
 *
 * Programs leave out of their logs whatever their level says: a message that is not there may have
 * been said.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/shown.h"

#include "rules/finding.h"

static const struct need {
    enum finding_id id;
    unsigned shown; /* all of these bits of enum log_shown */
} needs[] = {
    /* That something was not said. */
    { FINDING_LCP_NOT_STARTED, SHOWN_SSTP | SHOWN_PPP },
    { FINDING_LCP_NO_REPLY, SHOWN_PPP },
    { FINDING_AUTH_NO_REPLY, SHOWN_PPP },
    { FINDING_AUTH_BACKEND_TIMEOUT, SHOWN_PPP },
    { FINDING_IPCP_NOT_STARTED, SHOWN_PPP },
    { FINDING_IPCP_NO_ADDRESS, SHOWN_PPP },
    { FINDING_SSTP_NO_ACK, SHOWN_SSTP },
    { FINDING_SSTP_CALL_CONNECTED_MISSING, SHOWN_SSTP | SHOWN_PPP },
    { FINDING_SSTP_ECHO_UNANSWERED, SHOWN_SSTP },
    { FINDING_LCP_ECHO_GAP, SHOWN_PPP },
    { FINDING_DATA_ONE_WAY, SHOWN_BYTES },
    { FINDING_DATA_STALLED, SHOWN_BYTES },
    { FINDING_HTTP_NO_RESPONSE, SHOWN_SSTP },
    /* The bytes themselves. */
    { FINDING_AUTH_SERVER_NOT_PROVEN, SHOWN_BYTES },
    { FINDING_SSTP_MALFORMED, SHOWN_BYTES },
    { FINDING_SSTP_DESYNC, SHOWN_BYTES },
    /* Which came first. */
    { FINDING_SSTP_CALL_CONNECTED_EARLY, SHOWN_SSTP | SHOWN_PPP | SHOWN_ORDER },
    { FINDING_SSTP_UNEXPECTED_MESSAGE, SHOWN_SSTP | SHOWN_ORDER },
};

static bool
is_shown(const struct view *view, const struct finding *finding)
{
    const enum finding_id id = finding->id;

    /* By a round time alone: with stamps of whole seconds every other one is round. */
    if (id == FINDING_SESSION_POLICY_TIMEOUT && finding->confidence < CONFIDENCE_CERTAIN)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
        if (needs[i].id == id)
            return (view->shown & needs[i].shown) == needs[i].shown;
    return finding_info(id)->stage != STAGE_BINDING || (view->shown & SHOWN_BYTES);
}

void
shown_withhold(struct view *view)
{
    for (guint i = view->found->len; i-- > 0;) {
        struct finding *finding = g_ptr_array_index(view->found, i);
        if (!is_shown(view, finding)) {
            g_ptr_array_remove_index(view->found, i);
            continue;
        }
        finding->evidence = EVIDENCE_LOG;
        finding->confidence = MIN(finding->confidence, CONFIDENCE_LIKELY);
    }
}
