/* cert.c - the server's certificate, and clients that turn their back on it
 *
 * A fault of a certificate explains a session only where the client gives up over it; elsewhere it
 * is a note. Which fault it was, the alert says, or the chain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/rejection.h"
#include "rules/weak_cert.h"

/* What is wrong with a certificate. */
struct fault {
    enum finding_id id;
    enum confidence confidence;
    struct mark cause;
};

static uint8_t
alert_of(const struct session *session, const struct rejection *rejection)
{
    return rejection->how == REJECTED_BY_ALERT
               ? session_tls(session)->alert_description[SIDE_CLIENT]
               : TLS_ALERT_CLOSE_NOTIFY;
}

/* --- faults ---------------------------------------------------------------------------------- */

static bool
fault_of_dates(const struct session *session, const struct cert *cert, struct fault *out)
{
    const struct tls_facts *tls = session_tls(session);
    int64_t now = tls->certificate_at.time;

    out->cause = tls->certificate_at;
    out->id = now > cert->not_after || now > cert->issuers_not_after
                  ? FINDING_TLS_CERT_EXPIRED
                  : FINDING_TLS_CERT_NOT_YET_VALID;
    return out->id == FINDING_TLS_CERT_EXPIRED || now < cert->not_before ||
           now < cert->issuers_not_before;
}

/* The name dialled is known, from the ClientHello or the HTTP request. */
static bool
name_was_dialled(const struct session *session)
{
    return session_dialled(session)->by == DIALLED_SNI ||
           session_dialled(session)->by == DIALLED_HOST;
}

static bool
fault_of_name(const struct session *session, const struct cert *cert, struct fault *out)
{
    (void)cert;
    out->cause = session_tls(session)->certificate_at;
    out->id = FINDING_TLS_NAME_MISMATCH;
    return name_was_dialled(session) && !session_dialled(session)->in_cert;
}

static bool
fault_of_usage(const struct session *session, const struct cert *cert, struct fault *out)
{
    out->cause = session_tls(session)->certificate_at;
    out->id = FINDING_TLS_EKU_MISSING;
    return cert->has_usage && !cert->server_usage;
}

typedef bool (*fault_fn)(const struct session *session, const struct cert *cert,
                         struct fault *fault);

static const fault_fn plain_faults[] = { fault_of_dates, fault_of_name, fault_of_usage };

/* May the client not trust the chain, as far as it was sent? told: the client said so, by the alert
 * unknown_ca. */
static bool
fault_of_trust(const struct cert *cert, bool told, struct fault *out)
{
    bool alone = cert->chain_len == 1 && !cert->self_signed;

    out->id = FINDING_TLS_UNTRUSTED_ROOT;
    out->confidence = told ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
    if (cert->chain == CERT_CHAIN_BROKEN || (alone && cert->has_issuer_url)) {
        out->id = FINDING_TLS_MISSING_INTERMEDIATE;
        out->confidence = CONFIDENCE_LIKELY;
    }
    if (alone && cert->public_ca) {
        out->id = FINDING_TLS_MISSING_INTERMEDIATE;
        out->confidence = told ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
    } else if (alone) {
        out->confidence = CONFIDENCE_LIKELY;
    }
    /* A whole chain of a public CA is no reason by itself. */
    return told || cert->chain != CERT_CHAIN_ISSUER || alone || !cert->public_ca;
}

/* The client's alert speaks of dates, and those of the certificate, where it is known, are good:
 * its clock is wrong. */
static bool
fault_of_clock(const struct session *session, const struct cert *cert, struct fault *out)
{
    out->cause = session_tls(session)->alert[SIDE_CLIENT];
    out->confidence = CONFIDENCE_LIKELY;
    out->id = cert ? FINDING_TLS_CERT_NOT_YET_VALID : FINDING_TLS_CERT_EXPIRED;
    return true;
}

/* The fault that explains the client's alert, or its close without one. */
static bool
fault_find(const struct session *session, const struct rejection *rejection, struct fault *out)
{
    const struct cert *cert = session_tls(session)->cert;
    uint8_t alert = alert_of(session, rejection);
    bool told = alert == TLS_ALERT_UNKNOWN_CA;

    out->cause = rejection->mark;
    out->confidence = CONFIDENCE_LIKELY;
    if (alert == TLS_ALERT_CERTIFICATE_REVOKED)
        return false;
    if (alert == TLS_ALERT_CERTIFICATE_EXPIRED) {
        out->confidence = CONFIDENCE_CERTAIN;
        return (cert && fault_of_dates(session, cert, out)) || fault_of_clock(session, cert, out);
    }
    if (!cert) {
        out->id = FINDING_TLS_UNTRUSTED_ROOT;
        return told;
    }
    if (told)
        return fault_of_trust(cert, true, out);
    if (alert == TLS_ALERT_UNSUPPORTED_CERTIFICATE && fault_of_usage(session, cert, out))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(plain_faults); i++)
        if (plain_faults[i](session, cert, out))
            return true;
    /* That a client refuses a weak key is known; whether it trusts the root is a guess. */
    out->cause = rejection->mark;
    return alert != TLS_ALERT_UNSUPPORTED_CERTIFICATE && !rejection->weak && !weak_key_text(cert) &&
           fault_of_trust(cert, false, out);
}

/* --- findings -------------------------------------------------------------------------------- */

static void
finding_date(struct finding *finding, const char *key, int64_t ns)
{
    GDateTime *date = g_date_time_new_from_unix_utc(ns / NS_PER_SECOND);
    char *text = date ? g_date_time_format(date, "%Y-%m-%d %H:%M:%SZ") : NULL;

    finding_text(finding, key, text);
    g_free(text);
    if (date)
        g_date_time_unref(date);
}

static void
finding_names(struct finding *finding, const struct cert *cert)
{
    GString *names = g_string_new(NULL);

    for (unsigned i = 0; i < cert->num_names; i++)
        g_string_append_printf(names, i ? ", %s" : "%s", cert->names[i]);
    finding_text(finding, "certificate_names", names->len ? names->str : NULL);
    g_string_free(names, TRUE);
}

static void
finding_cert(struct finding *finding, const struct session *session, const struct cert *cert)
{
    finding_text(finding, "subject", cert->subject);
    finding_text(finding, "issuer", cert->issuer);
    finding_names(finding, cert);
    if (name_was_dialled(session))
        finding_text(finding, "dialled_name", session_dialled(session)->name);
    finding_date(finding, "not_before", cert->not_before);
    finding_date(finding, "not_after", cert->not_after);
    finding_number(finding, "chain_certificates", cert->chain_len);
    finding_text(finding, "chain_ends_at", cert->chain_end);
}

/* A certificate without its chain, which is not self-signed: either its root or an intermediate
 * certificate is missing. NULL: the usual advice. */
static const char *
trust_advice(const struct cert *cert)
{
    if (!cert || cert->self_signed || cert->chain_len > 1)
        return NULL;
    return "Import the root of its issuer on the client (Windows: trusted roots of the local "
           "computer, not of the user; sstpc: --ca-cert or --ca-path). If the issuer is an "
           "intermediate CA, let the server send that certificate as well.";
}

static const char *
trust_text(const struct cert *cert)
{
    if (!cert)
        return "its root is not known to the client, or an intermediate certificate is missing";
    if (cert->self_signed)
        return "it is self-signed";
    if (cert->chain == CERT_CHAIN_SELF_SIGNED)
        return "its chain ends in a root of its own";
    if (cert->chain_len == 1)
        return "it came alone, and its issuer is a root that the client does not trust, or an "
               "intermediate certificate that is missing";
    return "the client does not know the issuer in which its chain ends";
}

static void
summarize_dates(struct finding *finding, const struct session *session, const struct cert *cert)
{
    int64_t now = session_tls(session)->certificate_at.time;
    bool expired = finding->id == FINDING_TLS_CERT_EXPIRED;
    bool leaf = expired ? now > cert->not_after : now < cert->not_before;
    int64_t limit = expired ? (leaf ? cert->not_after : cert->issuers_not_after)
                            : (leaf ? cert->not_before : cert->issuers_not_before);
    double days = (double)(expired ? now - limit : limit - now) / (86400.0 * NS_PER_SECOND);

    if (days < 0) {
        finding_summary(finding, "The client finds the certificate expired, but by the capture's "
                                 "clock it is valid: the client's clock is off, or a root in its "
                                 "store has expired");
        return;
    }
    finding_number(finding, "days", days);
    finding_summary(finding, "The %s %s %.1f days %s",
                    leaf ? "server's certificate" : "issuer's certificate",
                    expired ? "expired" : "becomes valid only", days,
                    expired ? "before this connection" : "after this connection");
}

static void
fault_summarize(struct finding *finding, const struct session *session)
{
    const struct cert *cert = session_tls(session)->cert;

    switch ((int)finding->id) {
    case FINDING_TLS_CERT_EXPIRED:
    case FINDING_TLS_CERT_NOT_YET_VALID:
        if (cert)
            summarize_dates(finding, session, cert);
        else
            finding_summary(finding, "The client finds the certificate expired");
        break;
    case FINDING_TLS_NAME_MISMATCH:
        finding_summary(finding, "The certificate is not for \"%s\", which the client dialled",
                        session_dialled(session)->name);
        break;
    case FINDING_TLS_EKU_MISSING:
        finding_summary(finding,
                        "The extended key usage of the certificate does not allow servers");
        break;
    case FINDING_TLS_MISSING_INTERMEDIATE:
        finding_summary(finding,
                        cert && cert->chain_len > 1
                            ? "The certificates that the server sends are no chain: one is "
                              "missing, or they are out of order"
                            : "The server sends its certificate without the intermediate "
                              "certificate that issued it");
        break;
    default:
        finding->advice = g_strdup(trust_advice(cert));
        finding_summary(finding, "The client does not trust the server's certificate: %s",
                        trust_text(cert));
        break;
    }
}

static enum evidence
rejection_evidence(const struct session *session, const struct rejection *rejection)
{
    const struct tls_facts *tls = session_tls(session);

    if (session_evidence(session) > EVIDENCE_INFERRED)
        return session_evidence(session);
    if (tls->leaf_decrypted || mark_is_set(tls->finished[SIDE_CLIENT]))
        return EVIDENCE_DECRYPTED;
    return rejection->how == REJECTED_BY_ALERT || tls->leaf ? EVIDENCE_CLEAR : EVIDENCE_INFERRED;
}

static void
finding_rejection(struct finding *finding, const struct session *session,
                  const struct rejection *rejection)
{
    const struct tls_facts *tls = session_tls(session);

    finding_frame(finding, tls->certificate_at.frame);
    finding_frame(finding, rejection->after.frame);
    finding_frame(finding, rejection->mark.frame);
    finding_text(finding, "rejected", rejection_text(rejection->how));
    if (rejection->how == REJECTED_BY_ALERT)
        finding_text(finding, "alert", tls_alert_name(alert_of(session, rejection)));
    if (mark_is_set(rejection->after))
        finding_number(finding, "seconds", mark_seconds(rejection->after, rejection->mark));
    if (tls->cert)
        finding_cert(finding, session, tls->cert);
}

static void
rejected_for_no_known_reason(const struct session *session, const struct view *view,
                             const struct rejection *rejection)
{
    bool alert = rejection->how == REJECTED_BY_ALERT;
    const struct cert *cert = session_tls(session)->cert;
    const char *weakness = cert ? weak_key_text(cert) : NULL;

    struct finding *finding = finding_add(view->found, FINDING_TLS_CLIENT_REJECTED_SERVER,
                                          alert             ? CONFIDENCE_CERTAIN
                                          : rejection->weak ? CONFIDENCE_POSSIBLE
                                                            : CONFIDENCE_LIKELY,
                                          rejection_evidence(session, rejection), rejection->mark);
    if (rejection->weak && rejection->how != REJECTED_AFTER_ANSWER)
        finding->severity = SEVERITY_NOTE;
    finding_rejection(finding, session, rejection);
    if (weakness && !rejection->weak)
        finding->advice = g_strdup("Issue a certificate with an RSA key of at least 2048 bits: "
                                   "clients refuse shorter ones. If this one takes them, look in "
                                   "its log for the reason.");
    if (weakness && !rejection->weak)
        finding_summary(finding, "The client gave the server up %s; its certificate has %s",
                        rejection_text(rejection->how), weakness);
    else if (alert)
        finding_summary(finding, "The client refused the server's certificate (alert %s)",
                        tls_alert_name(alert_of(session, rejection)));
    else
        finding_summary(finding, "The client gave the server up %s, after %s",
                        rejection_text(rejection->how),
                        text_seconds(mark_seconds(rejection->after, rejection->mark)).text);
}

/* The client gave up while it asked about revocation in vain, and nothing else is known to be
 * wrong.
 */
static bool
gave_up_over_revocation(const struct session *session, const struct rejection *rejection,
                        const struct fault *fault)
{
    return session_revocation(session)->host && rejection->how != REJECTED_BY_ALERT &&
           session_revocation(session)->mark.frame < rejection->mark.frame &&
           (!fault || fault->id == FINDING_TLS_UNTRUSTED_ROOT ||
            fault->id == FINDING_TLS_MISSING_INTERMEDIATE);
}

static void
rejected_over_revocation(const struct session *session, const struct view *view,
                         const struct rejection *rejection)
{
    const struct revocation_facts *facts = session_revocation(session);
    struct finding *finding =
        finding_add(view->found, FINDING_TLS_REVOCATION_OFFLINE, CONFIDENCE_LIKELY,
                    rejection_evidence(session, rejection), facts->mark);

    finding_rejection(finding, session, rejection);
    finding_text(finding, "revocation_host", facts->host);
    finding_summary(finding,
                    "The client gave the server up %s, after it had asked %s in vain whether the "
                    "certificate is revoked (%s)",
                    rejection_text(rejection->how), facts->host,
                    facts->by_name ? "DNS gave no address" : "nobody answered there");
}

static void
rule_tls_client_rejected(const struct session *session, const struct view *view)
{
    struct rejection rejection = rejection_of(session, view);
    struct fault fault;

    if (rejection.how == REJECTED_NOT)
        return;
    bool known = fault_find(session, &rejection, &fault);
    if (gave_up_over_revocation(session, &rejection, known ? &fault : NULL)) {
        rejected_over_revocation(session, view, &rejection);
        return;
    }
    if (!known) {
        rejected_for_no_known_reason(session, view, &rejection);
        return;
    }
    struct finding *finding = finding_add(view->found, fault.id, fault.confidence,
                                          rejection_evidence(session, &rejection), fault.cause);
    finding_rejection(finding, session, &rejection);
    fault_summarize(finding, session);
}

/* The TLS client is a terminator, which dials the server behind it: the SSTP client saw another
 * certificate and bound to that one. */
static bool
is_leg_of_terminator(const struct session *session)
{
    const struct sstp_facts *sstp = session_sstp(session);

    return sstp->has_binding && sstp->binding.hash_len > 0 && session_cert(session) &&
           !session_cert_is_earlier(session) &&
           !binding_cert_matches(&sstp->binding, session_cert(session));
}

/* What is wrong with a certificate with which the client went on all the same. */
static void
rule_tls_cert_noted(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);
    struct fault fault;

    for (size_t i = 0; tls->cert && i < G_N_ELEMENTS(plain_faults); i++) {
        bool name, works = session_is_established(session);
        if (!plain_faults[i](session, tls->cert, &fault) || finding_of(view->found, fault.id))
            continue;
        name = fault.id == FINDING_TLS_NAME_MISMATCH;
        if (name && !works && !view_is_over(view, session))
            continue;
        /* A TLS terminator dials the server behind it by address, and does not look at names. */
        if (name && (g_hostname_is_ip_address(session_dialled(session)->name) ||
                     is_leg_of_terminator(session)))
            continue;
        struct finding *finding = finding_add(
            view->found, fault.id, name && works ? CONFIDENCE_CERTAIN : CONFIDENCE_POSSIBLE,
            tls->leaf_decrypted ? EVIDENCE_DECRYPTED : EVIDENCE_CLEAR, fault.cause);
        finding->severity = name && works ? SEVERITY_WARN : SEVERITY_NOTE;
        finding_cert(finding, session, tls->cert);
        fault_summarize(finding, session);
        if (name && works)
            finding_summary(finding,
                            "The certificate is not for \"%s\", which the client dialled. This "
                            "client goes on all the same, Windows does not",
                            session_dialled(session)->name);
    }
}

const rule_fn rules_cert[] = {
    rule_tls_client_rejected,
    rule_tls_cert_noted,
    NULL,
};
