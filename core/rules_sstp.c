/* rules_sstp.c - the SSTP call itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

enum {
    PROMPT_END_SECONDS = 2,  /* an end so soon after authentication has another reason */
    NOTICEABLE_SECONDS = 10, /* a client sends Call Connected within a round trip */
    BINDING_ANSWER_SECONDS = 3,
};

/* When the client was free to send Call Connected: authenticated, or nothing to authenticate. */
static struct mark
authenticated_at(const struct session *session)
{
    if (mark_is_set(session->auth.success))
        return session->auth.success;
    if (session->stages[STAGE_AUTH].outcome == OUTCOME_SKIPPED)
        return session->lcp_opened;
    return (struct mark){ 0 };
}

/* First goodbye of anybody, or FIN or RST. */
static struct mark
ended_at(const struct session *session)
{
    struct mark end = { 0 }, closed = { 0 };
    enum side by;
    bool reset;

    if (conn_closed(session->conn, &closed, &by, &reset))
        end = closed;
    for (int side = 0; side < SIDE_COUNT; side++)
        end = mark_earlier(end, session_goodbye(session, (enum side)side));
    return end;
}

static void
call_connected_missing(const struct session *session, const struct view *view, struct mark since,
                       struct mark end, enum confidence confidence)
{
    const struct sstp_facts *sstp = &session->sstp;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_CALL_CONNECTED_MISSING,
                                          confidence, session->evidence, since);
    bool ended = mark_is_set(end);
    double waited = mark_seconds(since, ended ? end : view->now);

    finding_frame(finding, sstp->call_ack.frame);
    finding_frame(finding, session->ncp_opened.frame);
    finding_frame(finding, end.frame);
    finding_summary(
        finding, "Authenticated, yet the client sent no Call Connected for %.1f s until %s", waited,
        !ended                                  ? "the capture ended"
        : mark_is_set(sstp->abort[SIDE_SERVER]) ? "the server aborted the call"
                                                : "the session ended");
    finding_number(finding, "waited_seconds", waited);
    finding_number(finding, "since_ack_seconds",
                   mark_seconds(sstp->call_ack, ended ? end : view->now));
    finding_text(finding, "method", auth_method_name(session->auth.method));
}

static void
rule_sstp_call_connected_missing(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = &session->sstp;
    struct mark since = authenticated_at(session), end = ended_at(session);
    bool ncp = mark_is_set(session->ncp_opened);

    if (mark_is_set(sstp->call_connected) || !mark_is_set(sstp->call_ack) || !mark_is_set(since) ||
        session_undecrypted(session, SIDE_CLIENT) > 0)
        return;

    struct mark until = mark_is_set(end) ? end : view->now;
    double waited = mark_seconds(since, until);
    bool timed_out = mark_seconds(sstp->call_ack, until) >= view->config->negotiation_timeout;
    if (!mark_is_set(end) && (waited < NOTICEABLE_SECONDS || !(timed_out || view->final)))
        return;
    if (mark_is_set(end) && waited < PROMPT_END_SECONDS && !ncp)
        return;
    call_connected_missing(session, view, since, end,
                           timed_out || (ncp && mark_is_set(end)) ? CONFIDENCE_CERTAIN
                                                                  : CONFIDENCE_LIKELY);
}

/* The first Call Abort that is not part of an end already under way. */
static bool
first_abort(const struct session *session, enum side *by)
{
    const struct sstp_facts *sstp = &session->sstp;
    bool client = mark_is_set(sstp->abort[SIDE_CLIENT]),
         server = mark_is_set(sstp->abort[SIDE_SERVER]);

    if (!client && !server)
        return false;
    *by = client && (!server || sstp->abort[SIDE_CLIENT].frame < sstp->abort[SIDE_SERVER].frame)
              ? SIDE_CLIENT
              : SIDE_SERVER;
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct mark goodbye = session_goodbye(session, (enum side)side);
        if (mark_is_set(goodbye) && goodbye.frame < sstp->abort[*by].frame)
            return false;
        if (mark_is_set(sstp->disconnect[side]) &&
            sstp->disconnect[side].frame <= sstp->abort[*by].frame)
            return false;
    }
    return true;
}

static char *
abort_advice(const struct session *session, enum side by)
{
    const struct sstp_facts *sstp = &session->sstp;

    if (by == SIDE_SERVER && mark_is_set(sstp->call_connected) &&
        mark_seconds(sstp->call_connected, sstp->abort[by]) <= BINDING_ANSWER_SECONDS)
        return g_strdup(
            "The server refused the crypto binding. It expects another certificate hash (RRAS: "
            "SHA256CertificateHash under SstpSvc\\Parameters; accel-ppp: cert-hash-sha256; a "
            "renewed "
            "certificate or TLS offload), has other keys (RADIUS must return the MS-MPPE keys), or "
            "got "
            "a wrong Compound MAC from the client. Its log names which.");
    return NULL;
}

static void
rule_sstp_aborted(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = &session->sstp;
    enum side by;

    if (!first_abort(session, &by) || finding_before(view->found, SEVERITY_ERROR, sstp->abort[by]))
        return;

    const char *status = sstp->has_status[by] ? sstp_status_name(sstp->status[by]) : NULL;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_ABORTED, CONFIDENCE_CERTAIN,
                                          session->evidence, sstp->abort[by]);
    finding->advice = abort_advice(session, by);
    if (finding->advice)
        finding_frame(finding, sstp->call_connected.frame);
    finding_text(finding, "by", side_name(by));
    if (sstp->has_status[by])
        finding_number(finding, "status", sstp->status[by]);
    finding_text(finding, "status_name", status);
    finding_summary(finding, "%s aborted the call%s, status %s%s",
                    by == SIDE_CLIENT ? "Client" : "Server",
                    finding->advice ? " right after Call Connected" : "",
                    !sstp->has_status[by] ? "not given"
                    : status              ? status
                                          : "unknown",
                    sstp->status[by] == SSTP_STATUS_INVALID_FRAME_RECEIVED && by == SIDE_SERVER
                        ? " (accel-ppp sends this one for every cause)"
                        : "");
}

const rule_fn rules_sstp[] = { rule_sstp_call_connected_missing, rule_sstp_aborted, NULL };
