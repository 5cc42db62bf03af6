/* auth.c - authentication inside PPP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/auth.h"

#include "base/thresholds.h"
#include "base/text.h"
#include "rules/lcp.h"
#include "rules/reason.h"

/* --- shared ---------------------------------------------------------------------------------- */

bool
auth_was_refused(const struct session *session)
{
    const struct auth_facts *auth = session_auth(session);

    return mark_is_set(auth->failure) && auth->success.frame < auth->failure.frame;
}

struct mark
authenticated_at(const struct session *session)
{
    if (mark_is_set(session_auth(session)->success))
        return session_auth(session)->success;
    if (session_stage_state(session, STAGE_AUTH)->outcome == OUTCOME_SKIPPED)
        return session_lcp_opened(session);
    return (struct mark){ 0 };
}

bool
auth_may_be_missed(const struct session *session, struct mark until)
{
    struct mark since = session_auth(session)->first;

    return mark_is_set(since) && either_misses(session, since, until);
}

bool
auth_is_eap(const struct session *session)
{
    switch (session_auth(session)->method) {
    case AUTH_EAP:
    case AUTH_EAP_MD5:
    case AUTH_EAP_TLS:
    case AUTH_PEAP:
    case AUTH_EAP_MSCHAPV2:
        return true;
    default:
        return false;
    }
}

/* --- refusals -------------------------------------------------------------------------------- */

/* How long the first Failure took after the Response; a Terminate-Request may be the answer, too.
 * False: there was no Response, or no answer to it. */
static bool
refusal_seconds(const struct session *session, double *seconds)
{
    const struct auth_facts *auth = session_auth(session);
    struct mark told = session_terminate(session, auth->authenticator)->mark;
    bool by_failure = mark_is_set(auth->refusal_since);

    if (!by_failure && (auth->responses == 0 || !mark_is_set(told)))
        return false;
    *seconds = by_failure ? mark_seconds(auth->refusal_since, auth->first_failure)
                          : mark_seconds(auth->waiting, told);
    return true;
}

/* The refusal came so late that the VPN server may have waited in vain for its own authentication
 * server. */
static bool
refusal_was_slow(const struct session *session)
{
    const struct auth_facts *auth = session_auth(session);

    return mark_is_set(auth->refusal_since) &&
           mark_seconds(auth->refusal_since, auth->first_failure) >= AUTH_SLOW_REFUSAL_SECONDS;
}

/* What the server's Terminate-Request says in a session that was never authenticated. */
static enum reason
server_reason(const struct session *session)
{
    return mark_is_set(session_auth(session)->success)
               ? REASON_NONE
               : reason_of(session_terminate(session, SIDE_SERVER));
}

/* The server's Terminate-Request speaks of the account or of a policy. */
static bool
terminate_restricts(const struct session *session)
{
    return server_reason(session) == REASON_ACCOUNT;
}

/* Unless the refusal forbids it, the client may try again and succeed: wait for the end. */
static bool
refusal_is_final(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);

    return auth_was_refused(session) &&
           (view_is_over(view, session) || (auth->has_error && !auth->retry_allowed));
}

static char *
user_text(const struct session *session)
{
    return session_auth(session)->user ? g_strdup_printf("\"%s\"", session_auth(session)->user)
                                       : g_strdup("(name not seen)");
}

static void
refusal_details(struct finding *finding, const struct session *session)
{
    const struct auth_facts *auth = session_auth(session);
    double seconds;

    finding_frame(finding, auth->response.frame);
    finding_text(finding, "method", auth_method_name(auth->method));
    finding_text(finding, "user", auth->user);
    if (auth->has_error)
        finding_number(finding, "error", auth->error);
    if (session_check(session)->response == CHECK_MATCHES)
        finding_text(finding, "given_password", "is the one that the client used");
    else if (session_check(session)->response == CHECK_DIFFERS &&
             !auth_may_be_missed(session, auth->response))
        finding_text(finding, "given_password", "is not the one that the client used");
    if (refusal_seconds(session, &seconds))
        finding_number(finding, "answer_seconds", seconds);
    if (auth->failures)
        finding_number(finding, "failures", auth->failures);
    finding_reason(finding, session);
}

/* A refusal is only a possible cause where it came late, as the authentication server may have been
 * silent (rule_auth_backend_timeout), and where the Terminate-Request gives another reason. */
static enum confidence
refusal_confidence(const struct session *session, enum confidence confidence)
{
    return refusal_was_slow(session) || terminate_restricts(session) ? CONFIDENCE_POSSIBLE
                                                                     : confidence;
}

static void
bad_credentials(const struct session *session, const struct view *view, enum confidence confidence,
                struct mark cause, const char *how)
{
    struct finding *finding =
        finding_add(view->found, FINDING_AUTH_BAD_CREDENTIALS,
                    refusal_confidence(session, confidence), session_evidence(session), cause);
    char *user = user_text(session);

    refusal_details(finding, session);
    finding_summary(finding, "The %s refused user %s: %s",
                    side_name(session_auth(session)->authenticator), user, how);
    g_free(user);
}

/* A Terminate-Request gives the refusal as its reason: the server's by RAS code 691 (Microsoft), or
 * that of either side in pppd's words, which say no more than that where EAP has other reasons. */
static void
bad_credentials_by_reason(const struct session *session, const struct view *view)
{
    const struct terminate_facts *server = session_terminate(session, SIDE_SERVER);
    const struct terminate_facts *client = session_terminate(session, SIDE_CLIENT);
    bool eap = auth_is_eap(session);

    if (server_reason(session) == REASON_CREDENTIALS && (server->microsoft || !eap))
        bad_credentials(session, view, server->microsoft ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                        server->mark,
                        server->microsoft ? "Terminate-Request with RAS error 691"
                                          : "Terminate-Request that gives this as its reason");
    else if (!mark_is_set(session_auth(session)->success) &&
             reason_of(client) == REASON_CREDENTIALS && !client->microsoft && !eap)
        bad_credentials(session, view, CONFIDENCE_LIKELY, client->mark,
                        "the client's Terminate-Request gives this as its reason");
}

static void
rule_auth_bad_credentials(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);

    if (!auth_was_refused(session)) {
        bad_credentials_by_reason(session, view);
        return;
    }
    if (!refusal_is_final(session, view))
        return;
    if (auth->has_error) {
        if (auth->error == MSCHAP_AUTHENTICATION_FAILURE)
            bad_credentials(session, view, CONFIDENCE_CERTAIN, auth->first_failure,
                            "CHAP Failure with code 691: user name or password refused");
        return;
    }
    if (auth->method == AUTH_PAP)
        bad_credentials(session, view, CONFIDENCE_CERTAIN, auth->first_failure,
                        "PAP Authenticate-Nak");
    else if (!auth_is_eap(session))
        bad_credentials(session, view, CONFIDENCE_LIKELY, auth->first_failure,
                        "CHAP Failure without a reason code");
    else
        bad_credentials_by_reason(session, view);
}

static void
rule_auth_account_restricted(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);
    bool by_failure = refusal_is_final(session, view) && auth->has_error &&
                      reason_of_code(auth->error) == REASON_ACCOUNT;

    if (!by_failure && !terminate_restricts(session))
        return;
    uint32_t code = by_failure ? auth->error : session_terminate(session, SIDE_SERVER)->ras_error;
    struct finding *finding = finding_add(
        view->found, FINDING_AUTH_ACCOUNT_RESTRICTED, CONFIDENCE_CERTAIN, session_evidence(session),
        auth_was_refused(session) ? auth->first_failure
                                  : session_terminate(session, SIDE_SERVER)->mark);
    char *user = user_text(session);

    refusal_details(finding, session);
    finding_number(finding, "code", code);
    finding_summary(finding, "The server refused user %s with code %u: %s", user, code,
                    ras_error_text(code));
    g_free(user);
}

/* --- the server behind the server ------------------------------------------------------------ */

static void
backend_timeout(const struct session *session, const struct view *view, enum confidence confidence,
                struct mark since, struct mark until, const char *how)
{
    const struct auth_facts *auth = session_auth(session);
    struct finding *finding = finding_add(view->found, FINDING_AUTH_BACKEND_TIMEOUT, confidence,
                                          session_evidence(session), since);
    double waited = mark_seconds(since, until);

    finding_frame(finding, until.frame);
    finding_frame(finding, auth->response.frame);
    finding_text(finding, "method", auth_method_name(auth->method));
    finding_text(finding, "user", auth->user);
    finding_number(finding, "waited_seconds", waited);
    finding_number(finding, "responses",
                   auth->responses ? auth->responses : auth->refusal_responses);
    if (auth->has_error)
        finding_number(finding, "error", auth->error);
    finding_reason(finding, session);
    finding_summary(finding, "The server had the client's authentication for %s: %s",
                    text_seconds(waited).text, how);
}

/* Did the authenticator send anything after since? Then it was alive, and only its verdict is
 * missing. */
static bool
authenticator_was_alive(const struct session *session, struct mark since)
{
    enum side side = session_auth(session)->authenticator;
    struct session_end end = session_ending(session);
    const struct mark signs[] = {
        session_lcp_echo(session, side)->last_request,
        session_lcp_echo(session, side_other(side))->last_reply,
        session_sstp_echo(session, side)->last_request,
        session_sstp_echo(session, side_other(side))->last_reply,
        session_auth(session)->asks > 0 ? session_auth(session)->asked : (struct mark){ 0 },
        end.goodbye && end.by == side ? end.mark : (struct mark){ 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (signs[i].frame > since.frame)
            return true;
    return false;
}

/* The Response came through and nothing says that its answer was lost. */
static bool
response_is_waiting(const struct session *session)
{
    const struct auth_facts *auth = session_auth(session);
    enum side authenticator = auth->authenticator;

    return auth->responses > 0 && !mark_is_set(auth->success) && !auth_was_refused(session) &&
           side_was_heard(session, authenticator) &&
           !conn_is_stuck(session_conn(session), side_other(authenticator)) &&
           conn_delivered(session_conn(session), side_other(authenticator), auth->response_end);
}

/* How many seconds without a verdict are too many depends on who ended the session. While it goes
 * on, the user may be asked for a second factor, which takes most of a minute. */
static double
patience(const struct session *session, const struct view *view)
{
    struct session_end end = session_ending(session);

    if (!mark_is_set(end.mark))
        return view->config->negotiation_timeout;
    return end.by == session_auth(session)->authenticator ? AUTH_SLOW_REFUSAL_SECONDS
                                                          : AUTH_PATIENCE_SECONDS;
}

static void
rule_auth_backend_timeout(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);
    struct mark end = session_ending(session).mark;
    bool explicit_code = auth->has_error && auth->error != MSCHAP_AUTHENTICATION_FAILURE;

    if (server_reason(session) == REASON_BACKEND) {
        struct mark told = session_terminate(session, SIDE_SERVER)->mark;
        backend_timeout(session, view, CONFIDENCE_CERTAIN,
                        auth->responses > 0 ? auth->waiting : told, told,
                        "the server ended the session with RAS error 930");
    } else if (refusal_was_slow(session) && refusal_is_final(session, view) && !explicit_code &&
               !terminate_restricts(session)) {
        backend_timeout(session, view, CONFIDENCE_LIKELY, auth->refusal_since, auth->first_failure,
                        "a refusal so late often means that the server's own authentication server "
                        "was silent");
    } else if (view_is_over(view, session) && response_is_waiting(session) &&
               !terminate_restricts(session) && server_reason(session) != REASON_CREDENTIALS &&
               seconds_left(session, view, auth->waiting) >= patience(session, view) &&
               authenticator_was_alive(session, auth->waiting)) {
        backend_timeout(session, view, CONFIDENCE_LIKELY, auth->waiting,
                        mark_is_set(end) ? end : view->now,
                        "neither success nor failure came, although the server was alive");
    }
}

/* --- silence --------------------------------------------------------------------------------- */

static void
auth_no_reply(const struct session *session, const struct view *view, enum side silent,
              enum confidence confidence, struct mark since, const char *what, unsigned times)
{
    struct finding *finding = finding_add(view->found, FINDING_AUTH_NO_REPLY, confidence,
                                          session_evidence(session), since);
    double waited = seconds_left(session, view, since);

    finding_frame(finding, session_ending(session).mark.frame);
    finding_text(finding, "silent", side_name(silent));
    finding_text(finding, "method", auth_method_name(session_auth(session)->method));
    finding_number(finding, "waited_seconds", waited);
    finding_number(finding, "sent", times);
    finding_reason(finding, session);
    finding_summary(finding, "The %s %s in %s", side_name(silent), what, text_seconds(waited).text);
}

/* LCP agreed on authentication, and the side that has to begin it never did. */
static void
auth_never_began(const struct session *session, const struct view *view)
{
    enum side authenticator =
        session_lcp(session, SIDE_SERVER)->lcp.auth_protocol ? SIDE_SERVER : SIDE_CLIENT;
    uint16_t protocol = session_lcp(session, authenticator)->lcp.auth_protocol;
    enum side beginner = protocol == PPP_PAP ? side_other(authenticator) : authenticator;

    if (!mark_is_set(session_lcp_opened(session)) || !ppp_is_authentication(protocol) ||
        !side_was_heard(session, beginner) ||
        conn_is_stuck(session_conn(session), side_other(beginner)) ||
        seconds_left(session, view, session_lcp_opened(session)) < SILENCE_SECONDS)
        return;
    auth_no_reply(session, view, beginner, CONFIDENCE_LIKELY, session_lcp_opened(session),
                  protocol == PPP_PAP ? "sent no PAP request after PAP had been agreed"
                                      : "did not begin the authentication that had been agreed",
                  0);
}

/* The peer did not answer the last Challenge. Where the authenticator ended the session its own
 * timer had run out, which may be shorter than the usual patience. */
static bool
challenge_was_ignored(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);
    struct session_end end = session_ending(session);
    bool by_timer = mark_is_set(end.mark) && end.by == auth->authenticator;

    return auth->asks > 0 && side_was_heard(session, side_other(auth->authenticator)) &&
           conn_delivered(session_conn(session), auth->authenticator, auth->asked_end) &&
           seconds_left(session, view, auth->asked) >=
               (by_timer ? CHALLENGE_TIMER_SECONDS : SILENCE_SECONDS);
}

static void
rule_auth_no_reply(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);
    enum side authenticator = auth->authenticator, peer = side_other(authenticator);

    if (!view_is_over(view, session) || mark_is_set(auth->success) || auth_was_refused(session) ||
        mark_is_set(session_sstp(session)->call_connected) ||
        finding_of(view->found, FINDING_AUTH_BACKEND_TIMEOUT) ||
        finding_of(view->found, FINDING_AUTH_BAD_CREDENTIALS) || terminate_restricts(session))
        return;
    if (!mark_is_set(auth->first)) {
        auth_never_began(session, view);
    } else if (auth->responses > 0) {
        if (response_is_waiting(session) &&
            seconds_left(session, view, auth->waiting) >= patience(session, view) &&
            seconds_left(session, view, auth->waiting) >= SILENCE_SECONDS)
            auth_no_reply(
                session, view, authenticator,
                auth->responses >= UNANSWERED_MIN ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                auth->waiting, "did not answer the client's authentication", auth->responses);
    } else if (!lcp_is_unanswered(session, view, peer) && challenge_was_ignored(session, view)) {
        auth_no_reply(session, view, peer,
                      auth->asks >= UNANSWERED_MIN ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                      auth->asked,
                      auth_is_eap(session) ? "did not answer the EAP Request"
                                           : "did not answer the Challenge",
                      auth->asks);
    }
}

/* --- methods --------------------------------------------------------------------------------- */

static void
rule_auth_cleartext(const struct session *session, const struct view *view)
{
    if (session_auth(session)->method != AUTH_PAP)
        return;
    struct finding *finding = finding_add(view->found, FINDING_AUTH_CLEARTEXT, CONFIDENCE_CERTAIN,
                                          session_evidence(session), session_auth(session)->first);
    finding_summary(finding, "PAP sends the password as it is: only TLS protects it");
}

/* --- the server's proof ---------------------------------------------------------------------- */

static void
server_not_proven(const struct session *session, const struct view *view,
                  enum confidence confidence, const char *how)
{
    const struct chap_exchange *exchange = &session_auth(session)->exchange;
    struct finding *finding = finding_add(view->found, FINDING_AUTH_SERVER_NOT_PROVEN, confidence,
                                          session_evidence(session), exchange->success);

    finding_frame(finding, session_auth(session)->response.frame);
    finding_text(finding, "method", auth_method_name(session_auth(session)->method));
    finding_text(finding, "user", session_auth(session)->user);
    if (exchange->has_proof) {
        char *text = text_hex(exchange->proof, sizeof exchange->proof);
        finding_text(finding, "received_proof", text);
        g_free(text);
    }
    if (session_check(session)->response == CHECK_MATCHES) {
        char *text = text_hex(session_check(session)->expected_proof, MSCHAPV2_PROOF_LEN);
        finding_text(finding, "expected_proof", text);
        g_free(text);
    }
    finding_reason(finding, session);
    finding_summary(finding, "%s", how);
}

/* The client ended the session at Success and named a wrong proof as the reason: Windows by RAS
 * error 778, pppd by the words that it also has for a refusal, and this was none. */
static bool
client_misses_proof(const struct session *session)
{
    const struct terminate_facts *terminate = session_terminate(session, SIDE_CLIENT);

    if (!mark_is_set(terminate->mark) || mark_is_set(session_sstp(session)->call_connected) ||
        terminate->mark.frame < session_auth(session)->exchange.success.frame)
        return false;
    return reason_of(terminate) == REASON_PROOF ||
           (!terminate->microsoft && reason_of(terminate) == REASON_CREDENTIALS);
}

static void
rule_auth_server_not_proven(const struct session *session, const struct view *view)
{
    const struct chap_exchange *exchange = &session_auth(session)->exchange;

    if (!mark_is_set(exchange->success) || session_auth(session)->authenticator != SIDE_SERVER)
        return;
    if (session_check(session)->proof == CHECK_DIFFERS)
        server_not_proven(
            session, view,
            auth_may_be_missed(session, exchange->success) ? CONFIDENCE_POSSIBLE
                                                           : CONFIDENCE_CERTAIN,
            exchange->has_proof
                ? "The server's CHAP Success proves another password (its S=) than the client's"
                : "The server's CHAP Success lacks the proof that the server knows the password "
                  "(S=)");
    else if (session_check(session)->proof == CHECK_UNKNOWN && client_misses_proof(session))
        server_not_proven(session, view, CONFIDENCE_LIKELY,
                          "The client ended the session at the server's CHAP Success, as it does "
                          "when the server's proof of the password (S=) is wrong");
}

const rule_fn rules_auth[] = {
    rule_auth_bad_credentials,
    rule_auth_account_restricted,
    rule_auth_backend_timeout,
    rule_auth_no_reply,
    rule_auth_server_not_proven,
    rule_auth_cleartext,
    NULL,
};
