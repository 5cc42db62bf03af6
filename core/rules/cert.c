/* cert.c - the server's certificate, and clients that turn their back on it
 *
 * A fault of a certificate explains a session only where the client gives up over it; elsewhere it
 * is a note. Which fault it was, the alert says, or the chain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <string.h>

#include "base/thresholds.h"

enum {
    /* Records of TLS 1.3, with content type and tag. */
    SEALED_FINISHED_SHA256_LEN = 53,
    SEALED_FINISHED_SHA384_LEN = 69,
    /* Bytes of plaintext. Requests are those of Windows, sstpc and Open SSTP Client, with
     * SSTPCORRELATIONID in each of its forms and without, less the host name; answers those of
     * RRAS, SoftEther, accel-ppp and sorz. */
    REQUEST_MIN_LEN = 165,
    REQUEST_MAX_LEN = 179,
    ANSWER_MIN_LEN = 79,
    ANSWER_MAX_LEN = 126,
};

enum rejected_how {
    REJECTED_NOT,
    REJECTED_BY_ALERT,
    REJECTED_BY_SEALED_ALERT, /* a record of an alert's size where the Finished should be */
    REJECTED_AFTER_CERTIFICATE,
    REJECTED_AFTER_HANDSHAKE,
    REJECTED_AFTER_ANSWER,
};

static const char *const how_texts[] = {
    [REJECTED_NOT] = "",
    [REJECTED_BY_ALERT] = "by an alert",
    [REJECTED_BY_SEALED_ALERT] = "by an encrypted alert in place of its Finished",
    [REJECTED_AFTER_CERTIFICATE] = "by closing after the certificate",
    [REJECTED_AFTER_HANDSHAKE] = "by closing after the handshake, without a request",
    [REJECTED_AFTER_ANSWER] = "by closing after the HTTP answer, without a Call Connect Request",
};

/* How a client gave up, as it seems because of the server's certificate. */
struct rejection {
    enum rejected_how how;
    struct mark mark;  /* alert or close */
    struct mark after; /* what it follows */
    bool weak;         /* other clients look the same: only a proven fault counts */
};

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

/* --- rejections ------------------------------------------------------------------------------ */

static bool
rejected_by_alert(const struct session *session, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);

    if (!mark_is_set(tls->alert[SIDE_CLIENT]) ||
        !tls_alert_is_of_certificate(tls->alert_description[SIDE_CLIENT]))
        return false;
    out->how = REJECTED_BY_ALERT;
    out->mark = tls->alert[SIDE_CLIENT];
    out->after = tls->certificate_at;
    return true;
}

/* What the server said before the client closed has arrived there. */
static bool
server_was_heard(const struct session *session, struct mark close)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    if (conn_is_stuck(session_conn(session), SIDE_SERVER) &&
        server->first_resend.frame < close.frame)
        return false;
    return server->last_payload.frame > close.frame ||
           conn_delivered(session_conn(session), SIDE_SERVER, server->next);
}

/* Nothing of either side is missing. */
static bool
all_was_captured(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_unseen(session_conn(session), (enum side)side) > 0 ||
            conn_dropped(session_conn(session), (enum side)side) > 0 ||
            session_half(session, (enum side)side)->records.kind != STREAM_TLS)
            return false;
    return true;
}

/* A server that resumes an earlier session sends no certificate. Below TLS 1.3 it shows by
 * encryption that began without one. */
static bool
is_resumed(const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    if (tls->server_hello.version >= TLS_13)
        return tls->server_hello.resumed;
    return !tls->leaf && session_half(session, SIDE_SERVER)->records.encrypted;
}

static bool
closes_after_certificate(const struct session *session, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    bool tls13 = tls->server_hello.version >= TLS_13;

    if (client->application_records > 0 || (!tls13 && client->encrypted))
        return false;
    out->how = REJECTED_AFTER_CERTIFICATE;
    if (mark_is_set(tls->server_done_at)) {
        out->after = tls->server_done_at;
        return mark_seconds(out->after, out->mark) <= CERT_PERSON_SECONDS;
    }
    /* The server's messages cannot be read: that its certificate was among them is a guess. */
    out->after = tls->server_hello_at;
    return tls13 && session_half(session, SIDE_SERVER)->records.application_records > 0 &&
           mark_seconds(out->after, out->mark) <= CERT_PROGRAM_SECONDS;
}

static bool
is_sealed_finished(uint16_t length)
{
    return length == SEALED_FINISHED_SHA256_LEN || length == SEALED_FINISHED_SHA384_LEN;
}

/* TLS 1.3 without keys: the client sent an alert and nothing else, or its Finished and at most an
 * alert. */
static bool
sealed_client_gives_up(const struct record_facts *client, struct rejection *out)
{
    const uint16_t *lengths = client->application_lengths;

    if (client->application_records == 1 && lengths[0] == TLS_13_ALERT_LEN) {
        out->how = REJECTED_BY_SEALED_ALERT;
        return true;
    }
    return is_sealed_finished(lengths[0]) &&
           (client->application_records == 1 ||
            (client->application_records == 2 && lengths[1] == TLS_13_ALERT_LEN));
}

static bool
closes_after_handshake(const struct session *session, struct rejection *out)
{
    const struct conn *conn = session_conn(session);
    const struct tls_facts *tls = conn_tls(conn);
    const struct record_facts *client = &conn_half(conn, SIDE_CLIENT)->records;

    out->how = REJECTED_AFTER_HANDSHAKE;
    if (tls->server_hello.version < TLS_13) {
        out->after = client->sealed;
        if (!client->encrypted || !conn_half(conn, SIDE_SERVER)->records.encrypted ||
            client->application_records > 0)
            return false;
    } else if (conn_decrypted(conn, SIDE_CLIENT) > 0) {
        out->after = tls->finished[SIDE_CLIENT];
        if (!mark_is_set(out->after) ||
            client->application_records !=
                tls->decrypted_handshake[SIDE_CLIENT] + tls->decrypted_alerts[SIDE_CLIENT])
            return false;
    } else {
        out->after = client->first_application;
        if (client->application_records == 0 || !sealed_client_gives_up(client, out))
            return false;
    }
    /* A browser opens connections ahead and closes them unused after ten seconds or more. */
    out->weak = mark_seconds(out->after, out->mark) > CERT_PROGRAM_SECONDS;
    return mark_seconds(out->after, out->mark) <= CERT_CHECK_SECONDS;
}

static bool
closes_after_answer(const struct session *session, struct rejection *out)
{
    out->how = REJECTED_AFTER_ANSWER;
    out->after = session_http(session)->response;
    return session_answer_is_sstp(session) && session_undecrypted(session, SIDE_CLIENT) == 0 &&
           mark_seconds(out->after, out->mark) <= CERT_PROGRAM_SECONDS;
}

static bool
is_within(uint32_t value, uint32_t min, uint32_t max)
{
    return value >= min && value <= max;
}

/* How many bytes encryption adds to a record's body; 0 where that depends on the padding. */
static uint32_t
sealing_len(const struct tls_server_hello *hello)
{
    enum { SAMPLE_LEN = 100 };
    struct mtu_cipher cipher =
        mtu_cipher_of(hello->cipher_suite, hello->version, hello->encrypt_then_mac);

    if (!cipher.known || cipher.block)
        return 0;
    return (uint32_t)mtu_record_len(&cipher, SAMPLE_LEN) - TLS_RECORD_HEADER_LEN - SAMPLE_LEN;
}

/* Without keys: the client's only data is of the size of the request, and the server's last one of
 * that of the answer. */
static bool
closes_after_sealed_answer(const struct session *session, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;
    bool tls13 = tls->server_hello.version >= TLS_13;
    uint32_t first = tls13 ? 1 : 0, more = client->application_records - first;
    uint32_t host_len = (uint32_t)strlen(tls->client_hello.sni);
    uint32_t sealing = sealing_len(&tls->server_hello);

    out->how = REJECTED_AFTER_ANSWER;
    out->after = server->last_data;
    out->weak = true;
    if (conn_decrypted(session_conn(session), SIDE_CLIENT) > 0 || sealing == 0 || host_len == 0 ||
        client->application_records <= first ||
        (tls13 && !is_sealed_finished(client->application_lengths[0])))
        return false;
    /* A close_notify of TLS 1.3 is a record like others. */
    if (more > 2 || (more == 2 && (!tls13 || client->application_lengths[2] != TLS_13_ALERT_LEN)))
        return false;
    return is_within(client->application_lengths[first], REQUEST_MIN_LEN + host_len + sealing,
                     REQUEST_MAX_LEN + host_len + sealing) &&
           is_within(server->last_data_length, ANSWER_MIN_LEN + sealing,
                     ANSWER_MAX_LEN + sealing) &&
           server->last_data.frame > client->last_data.frame &&
           server->last_data.frame < out->mark.frame &&
           (tls13 || server->application_records == 1) &&
           mark_seconds(out->after, out->mark) <= CERT_PROGRAM_SECONDS;
}

/* Clients that do not say why: they just close. */
static bool
rejected_silently(const struct session *session, const struct view *view, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);
    enum side by;
    bool reset;

    if (!conn_closed(session_conn(session), &out->mark, &by, &reset) || by != SIDE_CLIENT ||
        conn_start_missing(session_conn(session)) || !tls->has_server_hello ||
        is_resumed(session) || mark_is_set(tls->alert[SIDE_CLIENT]) || !all_was_captured(session) ||
        !server_was_heard(session, out->mark))
        return false;
    /* The server may have objected or said goodbye first. */
    struct mark ended = mark_earlier(tls->alert[SIDE_SERVER], tls->close_notify[SIDE_SERVER]);
    if ((mark_is_set(ended) && ended.frame < out->mark.frame) ||
        is_explained(session, view, out->mark))
        return false;
    if (mark_is_set(session_http(session)->response))
        return closes_after_answer(session, out);
    if (mark_is_set(session_http(session)->request))
        return false;
    return closes_after_certificate(session, out) || closes_after_handshake(session, out) ||
           closes_after_sealed_answer(session, out);
}

static struct rejection
rejection_of(const struct session *session, const struct view *view)
{
    struct rejection none = { .how = REJECTED_NOT }, found = none;

    if (!conn_is_tls(session_conn(session)) || session_sstp(session)->packets[SIDE_CLIENT] > 0)
        return none;
    if (rejected_by_alert(session, &found))
        return found;
    return rejected_silently(session, view, &found) ? found : none;
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
    out->cause = rejection->mark;
    return alert != TLS_ALERT_UNSUPPORTED_CERTIFICATE && !rejection->weak &&
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
    finding_text(finding, "rejected", how_texts[rejection->how]);
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

    struct finding *finding = finding_add(view->found, FINDING_TLS_CLIENT_REJECTED_SERVER,
                                          alert             ? CONFIDENCE_CERTAIN
                                          : rejection->weak ? CONFIDENCE_POSSIBLE
                                                            : CONFIDENCE_LIKELY,
                                          rejection_evidence(session, rejection), rejection->mark);
    if (rejection->weak && rejection->how == REJECTED_AFTER_HANDSHAKE)
        finding->severity = SEVERITY_NOTE;
    finding_rejection(finding, session, rejection);
    if (alert)
        finding_summary(finding, "The client refused the server's certificate (alert %s)",
                        tls_alert_name(alert_of(session, rejection)));
    else
        finding_summary(finding, "The client gave the server up %s, after %.3f s",
                        how_texts[rejection->how], mark_seconds(rejection->after, rejection->mark));
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
                    how_texts[rejection->how], facts->host,
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

/* What is wrong with a certificate with which the client went on all the same. */
static void
rule_tls_cert_noted(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);
    struct fault fault;

    for (size_t i = 0; tls->cert && i < G_N_ELEMENTS(plain_faults); i++) {
        if (!plain_faults[i](session, tls->cert, &fault) || finding_of(view->found, fault.id))
            continue;
        /* A TLS terminator dials the server behind it by address, and does not look at names. */
        if (fault.id == FINDING_TLS_NAME_MISMATCH &&
            g_hostname_is_ip_address(session_dialled(session)->name))
            continue;
        struct finding *finding =
            finding_add(view->found, fault.id, CONFIDENCE_POSSIBLE,
                        tls->leaf_decrypted ? EVIDENCE_DECRYPTED : EVIDENCE_CLEAR, fault.cause);
        finding->severity = SEVERITY_NOTE;
        finding_cert(finding, session, tls->cert);
        fault_summarize(finding, session);
    }
}

const rule_fn rules_cert[] = {
    rule_tls_client_rejected,
    rule_tls_cert_noted,
    NULL,
};
