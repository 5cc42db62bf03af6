/* eap.c - EAP that failed or did not get far
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/auth.h"

#include "base/thresholds.h"

static const char *
type_name(uint8_t type)
{
    const char *name = type ? eap_type_name(type) : NULL;

    return name ? name : type ? "an unknown method" : "no method";
}

static struct finding *
eap_failed(const struct session *session, const struct view *view, enum confidence confidence,
           struct mark cause)
{
    const struct auth_facts *auth = session_auth(session);
    const struct eap_facts *eap = &auth->eap;
    struct finding *finding = finding_add(view->found, FINDING_AUTH_EAP_FAILED, confidence,
                                          session_evidence(session), cause);

    finding_frame(finding, auth->failure.frame);
    finding_frame(finding, session_ending(session).mark.frame);
    if (eap->type)
        finding_text(finding, "method", type_name(eap->type));
    finding_text(finding, "user", auth->user);
    if (mark_is_set(eap->alert)) {
        finding_text(finding, "alert_by", side_name(eap->alert_by));
        finding_number(finding, "alert", eap->alert_description);
        finding_text(finding, "alert_name", tls_alert_name(eap->alert_description));
    }
    if (eap->naks) {
        finding_text(finding, "refused", type_name(eap->refused));
        finding_text(finding, "wanted", type_name(eap->wanted));
        finding_number(finding, "naks", eap->naks);
    }
    finding_reason(finding, session);
    return finding;
}

/* Methods that check a password and nothing else. */
static bool
type_is_password(uint8_t type)
{
    return type == EAP_MD5 || type == EAP_OTP || type == EAP_GTC || type == EAP_MSCHAPV2;
}

static void
eap_failure(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);
    struct finding *finding = eap_failed(session, view, CONFIDENCE_CERTAIN, auth->first_failure);

    finding_summary(finding, "EAP-Failure ended %s",
                    auth->eap.type ? type_name(auth->eap.type) : "EAP before any method");
    if (type_is_password(auth->eap.type))
        finding->advice =
            g_strdup_printf("%s checks a password: check user name, domain and password first, "
                            "then the log of the server that ends EAP.",
                            type_name(auth->eap.type));
}

static void
eap_alert(const struct session *session, const struct view *view)
{
    const struct eap_facts *eap = &session_auth(session)->eap;
    const char *name = tls_alert_name(eap->alert_description);
    struct finding *finding = eap_failed(session, view, CONFIDENCE_CERTAIN, eap->alert);

    finding_summary(finding, "Inside %s the %s sent the TLS alert %s (%u)", type_name(eap->type),
                    side_name(eap->alert_by), name ? name : "of an unknown name",
                    eap->alert_description);
}

static void
eap_no_method(const struct session *session, const struct view *view, enum confidence confidence)
{
    const struct eap_facts *eap = &session_auth(session)->eap;
    struct finding *finding = eap_failed(session, view, confidence, eap->nak);

    finding_summary(finding, "No EAP method in common: the client refused %s and wants %s",
                    type_name(eap->refused), type_name(eap->wanted));
}

/* Was the last that the peer said about methods a Nak? */
static bool
eap_ended_in_nak(const struct session *session)
{
    const struct auth_facts *auth = session_auth(session);

    return auth->eap.naks > 0 && auth->response.frame == auth->eap.nak.frame;
}

/* The session ended before EAP came to Success or Failure: whoever ended it did so because of EAP.
 */
static void
eap_broke_off(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);
    struct session_end end = session_ending(session);
    struct mark last = mark_is_set(auth->first) ? auth->last : session_lcp_opened(session);
    bool first_exchange = auth->eap.type == 0;

    if (!mark_is_set(end.mark) || !mark_is_set(last) || end.mark.frame < last.frame ||
        mark_seconds(last, end.mark) >= EAP_PROMPT_END_SECONDS ||
        (!end.goodbye && (conn_is_tls(session_conn(session)) || !first_exchange)) ||
        !side_was_heard(session, SIDE_CLIENT) || !side_was_heard(session, SIDE_SERVER))
        return;
    struct finding *finding = eap_failed(session, view, CONFIDENCE_LIKELY, last);
    finding_text(finding, "broken_off_by", side_name(end.by));
    finding_summary(finding, "EAP was agreed, and the %s ended the session %s%s", side_name(end.by),
                    !mark_is_set(auth->first) ? "before it began"
                    : first_exchange          ? "in its first exchange"
                                              : "in the middle of ",
                    first_exchange ? "" : type_name(auth->eap.type));
}

static bool
eap_was_agreed(const struct session *session)
{
    return auth_is_eap(session) ||
           (!mark_is_set(session_auth(session)->first) &&
            mark_is_set(session_lcp_opened(session)) &&
            (session_lcp(session, SIDE_SERVER)->lcp.auth_protocol == PPP_EAP ||
             session_lcp(session, SIDE_CLIENT)->lcp.auth_protocol == PPP_EAP));
}

/* Rules of rules_auth, which look at codes and at times, have said more already. */
static bool
eap_is_explained(const struct session *session, const struct view *view)
{
    return session_auth(session)->has_error ||
           finding_of(view->found, FINDING_AUTH_BAD_CREDENTIALS) ||
           finding_of(view->found, FINDING_AUTH_ACCOUNT_RESTRICTED) ||
           finding_of(view->found, FINDING_AUTH_BACKEND_TIMEOUT) ||
           finding_of(view->found, FINDING_AUTH_NO_REPLY);
}

static void
rule_auth_eap_failed(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);
    bool refused = auth_was_refused(session);

    if (!eap_was_agreed(session) || (mark_is_set(auth->success) && !refused) ||
        !view_is_over(view, session))
        return;
    if (mark_is_set(auth->eap.alert))
        eap_alert(session, view);
    else if (eap_is_explained(session, view))
        return;
    else if (eap_ended_in_nak(session) &&
             (refused || (auth->eap.naks > 1 && !either_misses(session, auth->eap.nak, view->now))))
        eap_no_method(session, view, refused ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY);
    else if (refused)
        eap_failure(session, view);
    else
        eap_broke_off(session, view);
}

const rule_fn rules_eap[] = { rule_auth_eap_failed, NULL };
