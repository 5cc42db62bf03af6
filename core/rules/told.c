/* told.c - what a side says of its reason when it ends the link, and this capture does not show
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/reason.h"
#include "rules/rules.h"

static void
told(const struct session *session, const struct view *view, enum finding_id id, enum side by,
     const char *what)
{
    struct finding *finding =
        finding_add(view->found, id, CONFIDENCE_LIKELY, session_evidence(session),
                    session_terminate(session, by)->mark);

    finding_frame(finding, session_lcp_echo(session, by)->last_request.frame);
    finding_text(finding, "silent", side_name(side_other(by)));
    finding_reason(finding, session);
    finding_summary(finding, "The %s ended the session because %s", side_name(by), what);
}

/* Its echoes, or the answers to them, were lost where this capture does not see it. What else it
 * shows of the silence came earlier. */
static void
rule_lcp_echo_gap_told(const struct session *session, const struct view *view)
{
    if (!view_is_over(view, session) || !session_is_established(session) ||
        finding_of(view->found, FINDING_LCP_ECHO_GAP))
        return;
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side by = (enum side)i, other = side_other(by);
        if (reason_of(session_terminate(session, i)) != REASON_SILENT_PEER)
            continue;
        told(session, view, FINDING_LCP_ECHO_GAP, by,
             other == SIDE_SERVER
                 ? "its LCP echoes were not answered, as it says; this capture does not show that "
                   "the server's PPP is silent"
                 : "its LCP echoes were not answered, as it says; this capture does not show that "
                   "the client's PPP is silent");
        return;
    }
}

static void
rule_lcp_loopback_told(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++)
        if (reason_of(session_terminate(session, i)) == REASON_LOOPBACK &&
            !session_is_established(session) && !finding_of(view->found, FINDING_LCP_LOOPBACK) &&
            view_is_over(view, session)) {
            told(session, view, FINDING_LCP_LOOPBACK, (enum side)i,
                 "it took what it received for its own packets, as it says");
            return;
        }
}

const rule_fn rules_told[] = { rule_lcp_echo_gap_told, rule_lcp_loopback_told, NULL };
