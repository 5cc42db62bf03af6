/* rules_auth.c - authentication inside PPP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

enum {
    SLOW_REFUSAL_SECONDS = 5
}; /* a refusal after it may be a back-end's silence (catalogue: RADIUS) */

/* The refusal that ends it: a Failure which no Success follows. */
static bool
auth_was_refused(const struct session *session)
{
    const struct auth_facts *auth = &session->auth;

    return mark_is_set(auth->failure) && auth->success.frame < auth->failure.frame;
}

static void
bad_credentials(const struct session *session, const struct view *view, enum confidence confidence,
                struct mark cause, const char *how)
{
    const struct auth_facts *auth = &session->auth;
    struct finding *finding = finding_add(view->found, FINDING_AUTH_BAD_CREDENTIALS, confidence,
                                          session->evidence, cause);
    double delay = mark_is_set(auth->response) ? mark_seconds(auth->response, cause) : 0;

    finding_frame(finding, auth->response.frame);
    finding_summary(finding, "%s refused user %s%s%s: %s",
                    auth->authenticator == SIDE_SERVER ? "Server" : "Client",
                    auth->user ? "\"" : "", auth->user ? auth->user : "(name not seen)",
                    auth->user ? "\"" : "", how);
    finding_text(finding, "method", auth_method_name(auth->method));
    finding_text(finding, "user", auth->user);
    if (auth->has_error)
        finding_number(finding, "error", auth->error);
    finding_number(finding, "answer_seconds", delay);
    finding_number(finding, "failures", auth->failures);
    if (delay >= SLOW_REFUSAL_SECONDS) {
        finding->confidence = MIN(confidence, CONFIDENCE_LIKELY);
        finding->advice = g_strdup_printf(
            "The refusal took %.1f s. Check first that the server reaches its RADIUS or directory "
            "server: several servers report a silent back end as wrong credentials. Then check "
            "user "
            "name, domain prefix and password.",
            delay);
    }
}

/* The server's Terminate-Request carries RAS code 691 (Microsoft). */
static void
bad_credentials_by_code(const struct session *session, const struct view *view)
{
    const struct terminate_facts *terminate = &session->terminate[SIDE_SERVER];

    if (mark_is_set(terminate->mark) && terminate->microsoft &&
        terminate->ras_error == RAS_AUTHENTICATION_FAILURE && !mark_is_set(session->auth.success))
        bad_credentials(session, view, CONFIDENCE_CERTAIN, terminate->mark,
                        "Terminate-Request with RAS error 691");
}

static void
rule_auth_bad_credentials(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = &session->auth;

    if (!auth_was_refused(session)) {
        bad_credentials_by_code(session, view);
        return;
    }
    /* Unless the refusal forbids it, the client may try again and succeed: wait for the end. */
    if (!view_is_over(view, session) && !(auth->has_error && !auth->retry_allowed))
        return;
    if (auth->has_error) {
        if (auth->error == MSCHAP_AUTHENTICATION_FAILURE)
            bad_credentials(session, view, CONFIDENCE_CERTAIN, auth->first_failure, "E=691");
        return;
    }
    if (auth->method == AUTH_PAP)
        bad_credentials(session, view, CONFIDENCE_CERTAIN, auth->first_failure,
                        "PAP Authenticate-Nak");
    else if (auth->method == AUTH_CHAP_MD5 || auth->method == AUTH_MSCHAP ||
             auth->method == AUTH_MSCHAPV2 || auth->method == AUTH_UNKNOWN)
        bad_credentials(session, view, CONFIDENCE_LIKELY, auth->first_failure,
                        "CHAP Failure without a reason code");
    else
        bad_credentials_by_code(session, view);
}

static void
rule_auth_cleartext(const struct session *session, const struct view *view)
{
    if (session->auth.method != AUTH_PAP)
        return;
    struct finding *finding = finding_add(view->found, FINDING_AUTH_CLEARTEXT, CONFIDENCE_CERTAIN,
                                          session->evidence, session->auth.first);
    finding_summary(finding, "PAP sends the password as it is: only TLS protects it");
}

const rule_fn rules_auth[] = { rule_auth_bad_credentials, rule_auth_cleartext, NULL };
