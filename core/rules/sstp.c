/* sstp.c - the SSTP call itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/auth.h"

#include "base/text.h"
#include "base/thresholds.h"

/* --- Call Connect Request -------------------------------------------------------------------- */

/* The server went on after all, whatever the capture shows of its Call Connect Ack. */
static bool
request_was_accepted(const struct session *session)
{
    const struct sstp_facts *sstp = session_sstp(session);

    return mark_is_set(sstp->call_ack) || mark_is_set(sstp->call_connected) ||
           sstp->data[SIDE_SERVER] > 0;
}

static void
nak_details(struct finding *finding, const struct nak_facts *nak)
{
    const char *attribute = sstp_attribute_name(nak->attribute);
    const char *status = sstp_status_name(nak->status);
    char *value = nak->has_value ? g_strdup_printf(", value 0x%04x", nak->value) : g_strdup("");

    finding_number(finding, "naks", nak->count);
    if (nak->has_status) {
        finding_number(finding, "attribute", nak->attribute);
        finding_text(finding, "attribute_name", attribute);
        finding_number(finding, "status", nak->status);
        finding_text(finding, "status_name", status);
        finding_summary(finding, "Call Connect Nak rejects the attribute %s%s: %s",
                        attribute ? attribute : "unknown", value, status ? status : "unknown");
    } else {
        finding_summary(finding, "Call Connect Nak without a readable Status Info");
    }
    if (nak->has_value)
        finding_number(finding, "rejected_value", nak->value);
    g_free(value);
}

static void
rule_sstp_nak(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);

    /* A client may correct its request and be accepted. */
    if (!mark_is_set(sstp->call_nak) || request_was_accepted(session) ||
        !view_is_over(view, session) || !side_is_whole(session, SIDE_SERVER))
        return;
    struct mark end = session_ending(session).mark;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_NAK,
                                          mark_is_set(end) ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                          session_evidence(session), sstp->call_nak);
    finding_frame(finding, sstp->call_request.frame);
    finding_frame(finding, sstp->nak.last.frame);
    finding_frame(finding, end.frame);
    nak_details(finding, &sstp->nak);
}

/* A Call Abort that comes at once is an answer: RRAS has no other one to a malformed request. One
 * that comes later ends a wait. */
static bool
request_was_aborted(const struct session *session)
{
    const struct sstp_facts *sstp = session_sstp(session);
    struct mark abort = sstp->abort[SIDE_SERVER];

    return mark_is_set(abort) && mark_seconds(sstp->call_request, abort) < SILENCE_SECONDS;
}

static void
rule_sstp_no_ack(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    struct session_end end = session_ending(session);

    if (!mark_is_set(sstp->call_request) || mark_is_set(sstp->call_nak) ||
        request_was_accepted(session) || request_was_aborted(session) ||
        !view_is_over(view, session) || !side_was_heard(session, SIDE_SERVER) || sstp->junk > 0 ||
        !conn_delivered(session_conn(session), SIDE_CLIENT, sstp->call_request_end))
        return;

    double waited = seconds_left(session, view, sstp->call_request);
    bool timed_out = waited >= view->config->negotiation_timeout ||
                     (mark_is_set(sstp->abort[SIDE_CLIENT]) &&
                      sstp->status[SIDE_CLIENT] == SSTP_STATUS_NEGOTIATION_TIMEOUT);
    bool server_ended = mark_is_set(end.mark) && end.by == SIDE_SERVER;
    if (!timed_out && !server_ended && waited < SILENCE_SECONDS)
        return;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_NO_ACK,
                                          timed_out ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                          session_evidence(session), sstp->call_request);
    finding_frame(finding, end.mark.frame);
    finding_summary(
        finding, "The server received the Call Connect Request and did not answer it for %s%s%s%s",
        text_seconds(waited).text, mark_is_set(end.mark) ? ", until the " : "",
        mark_is_set(end.mark) ? side_name(end.by) : "",
        mark_is_set(end.mark) ? " ended the connection" : "");
    finding_number(finding, "requests", sstp->call_requests);
    finding_number(finding, "waited_seconds", waited);
    if (mark_is_set(sstp->abort[SIDE_CLIENT]) && sstp->has_status[SIDE_CLIENT])
        finding_number(finding, "abort_status", sstp->status[SIDE_CLIENT]);
}

/* --- Call Connected -------------------------------------------------------------------------- */

/* Somebody asked for an authentication that is understood here, in LCP or by beginning it. */
static bool
authentication_is_due(const struct session *session)
{
    return session_stage_state(session, STAGE_AUTH)->outcome != OUTCOME_SKIPPED &&
           (mark_is_set(session_auth(session)->first) ||
            ppp_is_authentication(session_lcp(session, SIDE_CLIENT)->lcp.auth_protocol) ||
            ppp_is_authentication(session_lcp(session, SIDE_SERVER)->lcp.auth_protocol));
}

static void
rule_sstp_call_connected_early(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    struct mark connected = sstp->call_connected, success = session_auth(session)->first_success;
    bool succeeded = mark_is_set(success);

    if (!mark_is_set(connected) || !mark_is_set(sstp->call_request) ||
        !authentication_is_due(session) || !side_is_whole(session, SIDE_SERVER) ||
        (succeeded ? success.frame < connected.frame : !view_is_over(view, session)))
        return;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_CALL_CONNECTED_EARLY,
                                          CONFIDENCE_CERTAIN, session_evidence(session), connected);
    finding->offended = SIDE_SERVER;
    finding_frame(finding, session_auth(session)->response.frame);
    finding_frame(finding, success.frame);
    finding_text(finding, "method", auth_method_name(session_auth(session)->method));
    if (succeeded)
        finding_number(finding, "early_seconds", mark_seconds(connected, success));
    finding_summary(finding, "The client sent Call Connected %s",
                    succeeded ? "before the server had told it that the authentication succeeded"
                              : "although the authentication never succeeded");
}

/* How long after since the server's negotiation timer ends the session. It is 60 seconds unless
 * somebody has set another round time, which then shows in the end; it begins with the connection
 * or with Call Connect Ack. */
static double
timer_after(const struct session *session, const struct view *view, struct mark since,
            struct mark end)
{
    struct mark ack = session_sstp(session)->call_ack, first = conn_first(session_conn(session));

    if (mark_is_set(end) && mark_is_set(session_sstp(session)->abort[SIDE_SERVER]) &&
        (is_timer_value(session, mark_seconds(ack, end)) ||
         is_timer_value(session, mark_seconds(first, end))))
        return mark_seconds(since, end);
    return view->config->negotiation_timeout - mark_seconds(ack, since);
}

static void
call_connected_missing(const struct session *session, const struct view *view, struct mark since,
                       struct mark end, enum confidence confidence)
{
    const struct sstp_facts *sstp = session_sstp(session);
    struct finding *finding = finding_add(view->found, FINDING_SSTP_CALL_CONNECTED_MISSING,
                                          confidence, session_evidence(session), since);
    bool ended = mark_is_set(end);
    double waited = mark_seconds(since, ended ? end : view->now);

    finding->timer_seconds = timer_after(session, view, since, end);
    finding_frame(finding, sstp->call_ack.frame);
    finding_frame(finding, session_ncp_opened(session).frame);
    finding_frame(finding, end.frame);
    finding_summary(finding, "Authenticated, yet the client sent no Call Connected for %s until %s",
                    text_seconds(waited).text,
                    !ended                                  ? "the capture ended"
                    : mark_is_set(sstp->abort[SIDE_SERVER]) ? "the server aborted the call"
                                                            : "the session ended");
    finding_number(finding, "waited_seconds", waited);
    finding_number(finding, "since_ack_seconds",
                   mark_seconds(sstp->call_ack, ended ? end : view->now));
    finding_text(finding, "method", auth_method_name(session_auth(session)->method));
}

static void
rule_sstp_call_connected_missing(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    struct mark since = authenticated_at(session), end = session_ending(session).mark;
    bool ncp = mark_is_set(session_ncp_opened(session));

    if (mark_is_set(sstp->call_connected) || !mark_is_set(sstp->call_ack) || !mark_is_set(since) ||
        !side_is_whole(session, SIDE_CLIENT))
        return;

    struct mark until = mark_is_set(end) ? end : view->now;
    double waited = mark_seconds(since, until);
    bool timed_out = mark_seconds(sstp->call_ack, until) >= view->config->negotiation_timeout;
    if (!mark_is_set(end) && (waited < SILENCE_SECONDS || !(timed_out || view->final)))
        return;
    if (mark_is_set(end) && waited < AUTH_PROMPT_END_SECONDS && !ncp)
        return;
    call_connected_missing(session, view, since, end,
                           timed_out || (ncp && mark_is_set(end)) ? CONFIDENCE_CERTAIN
                                                                  : CONFIDENCE_LIKELY);
}

/* --- Call Abort ------------------------------------------------------------------------------ */

/* The first Call Abort that is not part of an end already under way. */
static bool
first_abort(const struct session *session, enum side *by)
{
    const struct sstp_facts *sstp = session_sstp(session);
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
    const struct sstp_facts *sstp = session_sstp(session);

    if (by == SIDE_SERVER && mark_is_set(sstp->call_connected) &&
        mark_seconds(sstp->call_connected, sstp->abort[by]) <= SSTP_ABORT_SECONDS)
        return g_strdup(
            "The server refused the crypto binding. It expects another certificate hash (RRAS: "
            "SHA256CertificateHash below SstpSvc\\Parameters; accel-ppp: cert-hash-sha256; a "
            "renewed certificate or TLS offload), has other keys (RADIUS must return the MS-MPPE "
            "keys), or got a wrong Compound MAC from the client. The log of accel-ppp names which; "
            "with RRAS look for RasSstp event 6 on the Windows client.");
    return NULL;
}

/* A message of the peer was wrong, which is a finding already: the abort is the reaction to it. */
static bool
abort_is_explained(const struct session *session, const struct view *view, enum side by)
{
    static const enum finding_id causes[] = { FINDING_SSTP_UNEXPECTED_MESSAGE,
                                              FINDING_SSTP_MALFORMED };

    for (size_t i = 0; i < G_N_ELEMENTS(causes); i++) {
        const struct finding *finding = finding_of(view->found, causes[i]);
        if (finding && finding->severity >= SEVERITY_WARN)
            return true;
    }
    /* A Call Connected that comes too early has a Compound MAC without keys, which the server
     * refuses. */
    return by == SIDE_SERVER && finding_of(view->found, FINDING_SSTP_CALL_CONNECTED_EARLY) &&
           mark_seconds(session_sstp(session)->call_connected, session_sstp(session)->abort[by]) <=
               SSTP_ABORT_SECONDS;
}

static void
rule_sstp_aborted(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    enum side by;

    if (!first_abort(session, &by) || (!view->final && either_is_stuck(session)) ||
        is_explained(session, view, sstp->abort[by]) || abort_is_explained(session, view, by))
        return;

    const char *status = sstp->has_status[by] ? sstp_status_name(sstp->status[by]) : NULL;
    struct finding *finding =
        finding_add(view->found, FINDING_SSTP_ABORTED,
                    end_is_obscure(session, by) ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN,
                    session_evidence(session), sstp->abort[by]);
    finding->advice = abort_advice(session, by);
    if (finding->advice)
        finding_frame(finding, sstp->call_connected.frame);
    finding_text(finding, "by", side_name(by));
    if (sstp->has_status[by])
        finding_number(finding, "status", sstp->status[by]);
    finding_text(finding, "status_name", status);
    finding_summary(finding, "The %s aborted the call%s, status %s%s%s", side_name(by),
                    finding->advice ? " right after Call Connected" : "",
                    !sstp->has_status[by] ? "not given"
                    : status              ? status
                                          : "unknown",
                    sstp->status[by] == SSTP_STATUS_INVALID_FRAME_RECEIVED && by == SIDE_SERVER
                        ? " (accel-ppp and RRAS send this one for other causes, too)"
                        : "",
                    unread_before(session, by));
}

const rule_fn rules_sstp[] = {
    rule_sstp_nak,
    rule_sstp_no_ack,
    rule_sstp_call_connected_missing,
    rule_sstp_call_connected_early,
    rule_sstp_aborted,
    NULL,
};
