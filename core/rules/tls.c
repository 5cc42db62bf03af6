/* tls.c - the TLS handshake: versions, ciphers, alerts, silence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <string.h>

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/weak_cert.h"

enum { SUITES_NAMED_MAX = 3 /* of an offer */ };

/* Side sent an alert before the session ended in any other way. Alerts behind an end mean nothing
 * (OpenSSL answers a bare FIN by decode_error). */
static bool
alert_counts(const struct session *session, enum side side)
{
    const struct tls_facts *tls = session_tls(session);
    struct mark alert = tls->alert[side], end = { 0 };

    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct mark ends[] = {
            session_terminate(session, i)->mark,      session_sstp(session)->abort[i],
            session_sstp(session)->disconnect[i],     tls->close_notify[i],
            session_half(session, (enum side)i)->fin, session_half(session, (enum side)i)->rst
        };
        for (size_t k = 0; k < G_N_ELEMENTS(ends); k++)
            end = mark_earlier(end, ends[k]);
    }
    return mark_is_set(alert) && (!mark_is_set(end) || end.frame >= alert.frame);
}

/* Is it this alert, and does it count? */
static bool
alert_is(const struct session *session, enum side side, uint8_t description)
{
    return session_tls(session)->alert_description[side] == description &&
           alert_counts(session, side);
}

/* An alert is in clear until its sender's Change Cipher Spec. */
static enum evidence
alert_evidence(const struct session *session, enum side side)
{
    return session_tls(session)->decrypted_alerts[side] > 0 ? EVIDENCE_DECRYPTED : EVIDENCE_CLEAR;
}

/* --- what both sides can do ------------------------------------------------------------------ */

/* Authentication that a suite's name tells: "RSA", "ECDSA"; TLS 1.3's leave it open. */
static bool
offers_suite(const struct tls_client_hello *hello, const char *part)
{
    for (unsigned i = 0; i < hello->num_suites; i++) {
        const char *name = tls_cipher_suite_name(hello->suites[i]);
        if (name && strstr(name, part))
            return true;
    }
    return false;
}

static void
finding_offer(struct finding *finding, const struct session *session)
{
    const struct tls_client_hello *hello = &session_tls(session)->client_hello;
    const char *kinds[] = { offers_suite(hello, "_RSA_WITH") ? "RSA" : NULL,
                            offers_suite(hello, "ECDSA_WITH") ? "ECDSA" : NULL,
                            hello->version >= TLS_13 ? "TLS 1.3" : NULL };
    GString *text = g_string_new(NULL);

    if (!session_tls(session)->has_client_hello)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i])
            g_string_append_printf(text, text->len ? ", %s" : "%s", kinds[i]);
    finding_text(finding, "client_highest", tls_version_name(hello->version));
    finding_text(finding, "client_lowest", tls_version_name(hello->lowest_version));
    finding_number(finding, "client_suites", hello->num_cipher_suites);
    finding_text(finding, "client_suites_for", text->len ? text->str : "none that is known");
    finding_number(finding, "client_groups", hello->num_groups);
    finding_text(finding, "server_name", hello->has_sni ? hello->sni : "none sent");
    g_string_free(text, TRUE);
}

/* "TLS 1.0", "SSL 3.0", "TLS of version 0x0305"; the caller's. */
static char *
version_text(uint16_t version)
{
    const char *name = tls_version_name(version);

    if (!name)
        return g_strdup_printf("TLS of version 0x%04x", version);
    return g_strdup_printf("%s%s", g_ascii_isdigit(*name) ? "TLS " : "", name);
}

/* "TLS 1.0 to TLS 1.2", or one alone; the caller's. */
static char *
versions_text(uint16_t lowest, uint16_t highest)
{
    char *high = version_text(highest);

    if (!tls_version_name(lowest) || lowest >= highest)
        return high;
    char *low = version_text(lowest), *both = g_strdup_printf("%s to %s", low, high);
    g_free(low);
    g_free(high);
    return both;
}

/* What the other side of an alert had said of its versions; NULL: it is not known. The caller's. */
static char *
refused_versions(const struct tls_facts *tls, enum side alert_by)
{
    char *versions = NULL, *text = NULL;

    if (alert_by == SIDE_CLIENT && tls->has_server_hello) {
        versions = version_text(tls->server_hello.version);
        text = g_strdup_printf("the server's choice, %s", versions);
    } else if (alert_by == SIDE_SERVER && tls->has_client_hello) {
        versions = versions_text(tls->client_hello.lowest_version, tls->client_hello.version);
        text = g_strdup_printf("what the client offers, %s", versions);
    }
    g_free(versions);
    return text;
}

static void
version_mismatch(const struct session *session, const struct view *view, enum side side,
                 enum confidence confidence)
{
    const struct tls_facts *tls = session_tls(session);
    char *refused = refused_versions(tls, side);
    struct finding *finding = finding_add(view->found, FINDING_TLS_VERSION_MISMATCH, confidence,
                                          alert_evidence(session, side), tls->alert[side]);

    finding_frame(finding, tls->client_hello_at.frame);
    finding_text(finding, "alert_by", side_name(side));
    finding_offer(finding, session);
    if (side == SIDE_CLIENT && tls->has_server_hello)
        finding_text(finding, "server_chose", tls_version_name(tls->server_hello.version));
    finding_summary(finding, "The %s refused %s (alert %s)", side_name(side),
                    refused ? refused : "the other side's TLS versions",
                    tls_alert_name(tls->alert_description[side]));
    g_free(refused);
}

/* The server refused a ClientHello that offers nothing newer than TLS 1.1. */
static bool
is_old_hello_refused(const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    return tls->has_client_hello && tls->client_hello.version < TLS_12 && !tls->has_server_hello &&
           alert_is(session, SIDE_SERVER, TLS_ALERT_HANDSHAKE_FAILURE);
}

static void
rule_tls_version_mismatch(const struct session *session, const struct view *view)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (!alert_is(session, (enum side)side, TLS_ALERT_PROTOCOL_VERSION) ||
            is_explained(session, view, session_tls(session)->alert[side]))
            continue;
        version_mismatch(session, view, (enum side)side, CONFIDENCE_CERTAIN);
        return;
    }
    if (is_old_hello_refused(session) &&
        !is_explained(session, view, session_tls(session)->alert[SIDE_SERVER]))
        version_mismatch(session, view, SIDE_SERVER, CONFIDENCE_LIKELY);
}

static bool
retry_group_was_offered(const struct tls_facts *tls)
{
    for (unsigned i = 0; i < tls->client_hello.num_groups; i++)
        if (tls->client_hello.groups[i] == tls->retry_group)
            return true;
    return false;
}

/* Who found that the two sides have nothing in common, and how sure that is. False: nobody. */
static bool
nothing_in_common(const struct session *session, enum side *by, enum confidence *confidence)
{
    const struct tls_facts *tls = session_tls(session);

    for (int side = 0; side < SIDE_COUNT; side++) {
        bool failure = alert_is(session, (enum side)side, TLS_ALERT_HANDSHAKE_FAILURE);
        *by = (enum side)side;
        *confidence = CONFIDENCE_CERTAIN;
        if (alert_is(session, *by, TLS_ALERT_INSUFFICIENT_SECURITY))
            return true;
        if (side == SIDE_CLIENT && mark_is_set(tls->retry_at) && tls->retry_group &&
            !retry_group_was_offered(tls) && alert_counts(session, SIDE_CLIENT))
            return true;
        *confidence = CONFIDENCE_LIKELY;
        /* handshake_failure means that where the server sends it before its ServerHello, or the
         * client in clear behind it. */
        if (failure && (side == SIDE_SERVER
                            ? !tls->has_server_hello
                            : tls->has_server_hello && tls->decrypted_alerts[SIDE_CLIENT] == 0))
            return true;
    }
    return false;
}

/* "TLS 1.2 with 2 cipher suites: A, B"; the caller's. */
static char *
offered_suites(const struct tls_client_hello *hello)
{
    char *versions = versions_text(hello->lowest_version, hello->version);
    GString *text = g_string_new(versions);
    unsigned named = 0;

    g_string_append_printf(text, " with %s",
                           text_count(hello->num_cipher_suites, "cipher suite").text);
    for (unsigned i = 0; i < hello->num_suites && named < SUITES_NAMED_MAX; i++) {
        const char *name = tls_cipher_suite_name(hello->suites[i]);
        if (name)
            g_string_append_printf(text, "%s%s", named++ ? ", " : ": ", name);
    }
    if (named && hello->num_cipher_suites > named)
        g_string_append(text, " ...");
    g_free(versions);
    return g_string_free(text, FALSE);
}

static void
no_common_cipher_summary(struct finding *finding, const struct tls_facts *tls, enum side by)
{
    const char *alert = tls_alert_name(tls->alert_description[by]);
    const char *suite =
        tls->has_server_hello ? tls_cipher_suite_name(tls->server_hello.cipher_suite) : NULL;
    char *offer = tls->has_client_hello ? offered_suites(&tls->client_hello) : NULL;

    if (by == SIDE_SERVER)
        finding_summary(finding,
                        "The server accepts nothing of what the client offers%s%s (alert %s)",
                        offer ? ", " : "", offer ? offer : "", alert);
    else
        finding_summary(finding, "The client cannot use what the server chose%s%s (alert %s)",
                        suite ? ", " : "", suite ? suite : "", alert);
    finding_text(finding, "server_chose", by == SIDE_CLIENT ? suite : NULL);
    g_free(offer);
}

static void
rule_tls_no_common_cipher(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);
    enum confidence confidence;
    enum side by;

    if (!nothing_in_common(session, &by, &confidence) ||
        is_explained(session, view, tls->alert[by]))
        return;
    struct finding *finding = finding_add(view->found, FINDING_TLS_NO_COMMON_CIPHER, confidence,
                                          alert_evidence(session, by), tls->alert[by]);
    finding_frame(finding, tls->client_hello_at.frame);
    finding_frame(finding, tls->server_hello_at.frame);
    finding_text(finding, "alert_by", side_name(by));
    finding_offer(finding, session);
    no_common_cipher_summary(finding, tls, by);
}

/* --- client certificates --------------------------------------------------------------------- */

static bool
is_refusal_of_client(uint8_t description)
{
    return tls_alert_is_of_certificate(description) || description == TLS_ALERT_HANDSHAKE_FAILURE ||
           description == TLS_ALERT_ACCESS_DENIED;
}

/* When the server gave up for want of a client certificate that it likes; unset when it did not. */
static struct mark
client_was_refused(const struct session *session, enum confidence *confidence)
{
    const struct tls_facts *tls = session_tls(session);
    struct mark end, none = { 0 };
    enum side by;
    bool reset;

    *confidence = CONFIDENCE_CERTAIN;
    if (alert_is(session, SIDE_SERVER, TLS_ALERT_CERTIFICATE_REQUIRED))
        return tls->alert[SIDE_SERVER];
    if (!mark_is_set(tls->certificate_request_at) || !mark_is_set(tls->client_certificate_at))
        return none;
    if (!tls->client_certificate_empty)
        *confidence = CONFIDENCE_LIKELY;
    if (alert_counts(session, SIDE_SERVER) &&
        is_refusal_of_client(tls->alert_description[SIDE_SERVER]))
        return tls->alert[SIDE_SERVER];
    *confidence = CONFIDENCE_LIKELY;
    if (tls->client_certificate_empty && !mark_is_set(session_http(session)->response) &&
        session_half(session, SIDE_SERVER)->records.application_records == 0 &&
        conn_closed(session_conn(session), &end, &by, &reset) && by == SIDE_SERVER &&
        mark_seconds(tls->client_certificate_at, end) < TLS_GAVE_UP_SECONDS)
        return end;
    return none;
}

static void
rule_tls_client_cert_requested(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);
    enum confidence confidence;
    struct mark refused = client_was_refused(session, &confidence);
    bool fails = mark_is_set(refused);

    if (!fails && !mark_is_set(tls->certificate_request_at))
        return;
    struct finding *finding = finding_add(
        view->found, FINDING_TLS_CLIENT_CERT_REQUESTED, fails ? confidence : CONFIDENCE_CERTAIN,
        tls->decrypted_handshake[SIDE_SERVER] > 0 ? EVIDENCE_DECRYPTED : EVIDENCE_CLEAR,
        mark_is_set(tls->certificate_request_at) ? tls->certificate_request_at : refused);
    finding_frame(finding, tls->client_certificate_at.frame);
    finding_frame(finding, refused.frame);
    if (mark_is_set(tls->client_certificate_at))
        finding_text(finding, "client_sends", tls->client_certificate_empty ? "none" : "one");
    if (alert_counts(session, SIDE_SERVER))
        finding_text(finding, "alert", tls_alert_name(tls->alert_description[SIDE_SERVER]));
    if (!fails) {
        /* Many servers ask and go on without one. */
        finding->severity = SEVERITY_NOTE;
        finding_summary(finding, "The server asks for a client certificate");
        return;
    }
    finding_summary(finding, "The server asks for a client certificate, and ended the handshake "
                             "over the client's answer");
}

/* --- alerts and silence ---------------------------------------------------------------------- */

/* Speak of the sender's own plans, not of a fault. */
static bool
is_friendly_alert(uint8_t description)
{
    return description == TLS_ALERT_USER_CANCELED || description == TLS_ALERT_NO_RENEGOTIATION;
}

static bool
is_found_at(const struct view *view, struct mark mark)
{
    for (guint i = 0; i < view->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(view->found, i);
        for (unsigned k = 0; k < finding->num_frames; k++)
            if (finding->severity >= SEVERITY_WARN && finding->frames[k] == mark.frame &&
                finding_info(finding->id)->stage == STAGE_TLS)
                return true;
    }
    return false;
}

static const char *
alert_advice(const struct session *session, enum side side)
{
    const struct tls_facts *tls = session_tls(session);

    if (tls->alert_description[side] != TLS_ALERT_UNRECOGNIZED_NAME)
        return NULL;
    if (tls->has_client_hello && !tls->client_hello.has_sni)
        return "Switch the server name on in the client (add-sni=yes in RouterOS 7.15 and later, "
               "--tls-ext of sstpc): the server does not answer without one.";
    return "Dial the name that the server is set up for, or add the dialled name to the server "
           "(host-name in [sstp] of accel-ppp).";
}

/* The capture lacks what the other side sent before, a FIN it may be, and the alert answers that.
 */
static bool
alert_may_answer(const struct session *session, enum side side)
{
    enum side other = side_other(side);
    struct mark alert = session_tls(session)->alert[side], before = alert;
    struct mark fin = session_half(session, other)->fin;

    before.frame--;
    return session_misses(session, other, before, alert) ||
           conn_lacks_fin(session_conn(session), other) ||
           (mark_is_set(fin) &&
            time_apart(fin.time, alert.time) <= order_doubt(conn_order(session_conn(session))));
}

static void
rule_tls_alert(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);

    for (int side = 0; side < SIDE_COUNT; side++) {
        uint8_t description = tls->alert_description[side];
        const char *name = tls_alert_name(description);

        if (!alert_counts(session, (enum side)side) || is_friendly_alert(description) ||
            alert_may_answer(session, (enum side)side) ||
            is_explained(session, view, tls->alert[side]) || is_found_at(view, tls->alert[side]))
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_TLS_ALERT, CONFIDENCE_CERTAIN,
                        alert_evidence(session, (enum side)side), tls->alert[side]);
        finding->advice = g_strdup(alert_advice(session, (enum side)side));
        finding_frame(finding, tls->has_server_hello ? 0 : tls->client_hello_at.frame);
        finding_text(finding, "alert_by", side_name((enum side)side));
        finding_text(finding, "alert", name);
        finding_number(finding, "alert_number", description);
        finding_summary(finding, "The %s ended TLS with the alert %s (%u)",
                        side_name((enum side)side), name ? name : "of an unknown number",
                        description);
        return;
    }
}

/* Whose turn it is in a handshake that is not over. */
struct turn {
    enum side side;
    struct mark since;
    const char *what; /* the message that is due */
};

static bool
handshake_turn(const struct session *session, struct turn *turn)
{
    const struct tls_facts *tls = session_tls(session);
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;

    if (!tls->has_server_hello) {
        *turn = (struct turn){ SIDE_SERVER, tls->client_hello_at, "its Server Hello" };
        return server->records == 0 ||
               (mark_is_set(tls->retry_at) && tls->client_hello_at.frame > tls->retry_at.frame);
    }
    if (tls->server_hello.version >= TLS_13) {
        /* Without keys it is not known whether the server had sent all of its messages. */
        struct mark said =
            mark_is_set(tls->server_done_at) ? tls->server_done_at : server->first_application;
        *turn = (struct turn){ SIDE_CLIENT, said, "its Finished" };
        return mark_is_set(said) && client->application_records == 0;
    }
    if (client->encrypted) {
        *turn = (struct turn){ SIDE_SERVER, client->sealed, "its Finished" };
        return !server->encrypted;
    }
    if (mark_is_set(tls->server_done_at)) {
        *turn = (struct turn){ SIDE_CLIENT, tls->server_done_at, "its key exchange" };
        return true;
    }
    *turn = (struct turn){ SIDE_SERVER, tls->server_hello_at, "the rest of its part" };
    return !server->encrypted;
}

static void
rule_tls_handshake_stalled(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);
    const struct conn *conn = session_conn(session);
    struct mark end = view->now;
    struct turn turn;
    enum side by = SIDE_CLIENT;
    bool reset, closed = conn_closed(conn, &end, &by, &reset);

    if (!tls->has_client_hello || (!closed && !view->final) || conn_start_missing(conn) ||
        !handshake_turn(session, &turn) || mark_is_set(tls->alert[SIDE_CLIENT]) ||
        mark_is_set(tls->alert[SIDE_SERVER]))
        return;
    /* A client that is silent and closes may have turned its back on the certificate, which only
     * the end shows (rules/rejection.h). */
    if (turn.side == SIDE_CLIENT && !view->final)
        return;
    enum side other = side_other(turn.side);
    /* What was said must have arrived, and nothing may be on its way: else it is the path. */
    if (session_half(session, turn.side)->segments == 0 ||
        !conn_delivered(conn, other, session_half(session, other)->next) ||
        conn_is_stuck(conn, turn.side))
        return;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_unseen(conn, (enum side)side) > 0 || conn_dropped(conn, (enum side)side) > 0 ||
            session_half(session, side)->truncated > 0 ||
            session_half(session, (enum side)side)->records.kind > STREAM_TLS)
            return;
    double wait = mark_seconds(turn.since, end);
    bool gave_up = closed && by == other;
    if (wait < (gave_up ? TLS_GAVE_UP_SECONDS : SILENCE_SECONDS) ||
        is_explained(session, view, end))
        return;
    struct finding *finding = finding_add(view->found, FINDING_TLS_HANDSHAKE_STALLED,
                                          CONFIDENCE_LIKELY, EVIDENCE_CLEAR, turn.since);
    if (closed)
        finding_frame(finding, end.frame);
    finding_text(finding, "silent", side_name(turn.side));
    finding_text(finding, "closed_by", closed ? side_name(by) : NULL);
    finding_number(finding, "seconds", wait);
    finding_summary(finding, "The %s acknowledged what it got and did not send %s for %s",
                    side_name(turn.side), turn.what, text_seconds(wait).text);
}

/* The connection was closed in the middle of the handshake, without an alert and too soon for a
 * timer. */
static void
rule_tls_handshake_cut(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);
    struct turn turn;
    struct mark end;
    enum side by;
    bool reset;

    if (!view->final || (!tls->has_server_hello && !mark_is_set(tls->retry_at)) ||
        conn_start_missing(session_conn(session)) ||
        !conn_closed(session_conn(session), &end, &by, &reset) || by != SIDE_SERVER ||
        !handshake_turn(session, &turn) || mark_is_set(tls->certificate_request_at) ||
        mark_is_set(tls->alert[SIDE_CLIENT]) || mark_is_set(tls->alert[SIDE_SERVER]) ||
        mark_is_set(tls->close_notify[SIDE_SERVER]) || either_is_stuck(session) ||
        is_explained(session, view, end))
        return;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_unseen(session_conn(session), (enum side)side) > 0 ||
            conn_dropped(session_conn(session), (enum side)side) > 0 ||
            session_half(session, side)->truncated > 0 ||
            session_half(session, side)->records.kind != STREAM_TLS)
            return;
    struct finding *finding =
        finding_add(view->found, FINDING_PEER_ABRUPT_CLOSE, CONFIDENCE_LIKELY, EVIDENCE_CLEAR, end);
    finding_frame(finding,
                  tls->has_server_hello ? tls->server_hello_at.frame : tls->retry_at.frame);
    finding_text(finding, "by", side_name(by));
    finding_text(finding, "how", close_name(reset));
    finding_summary(finding,
                    "%s from the server's address in the middle of the TLS handshake, without an "
                    "alert",
                    close_name(reset));
}

/* --- notes ----------------------------------------------------------------------------------- */

static void
rule_tls_sni_missing(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);

    if (!tls->has_client_hello || tls->client_hello.has_sni)
        return;
    struct finding *finding = finding_add(view->found, FINDING_TLS_SNI_MISSING, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, tls->client_hello_at);
    finding_summary(finding, "The client sends no server name, as when it dials an address: the "
                             "server answers with its default certificate, if with any");
}

static void
add_weakness(GString *all, bool is_weak, const char *text)
{
    if (is_weak)
        g_string_append_printf(all, all->len ? ", %s" : "%s", text);
}

static void
add_weak_cert(GString *all, const struct cert *cert)
{
    const char *texts[] = { cert ? weak_key_text(cert) : NULL,
                            cert ? weak_signature_text(cert) : NULL };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        add_weakness(all, texts[i] != NULL, texts[i]);
}

/* What is weak in what both sides agreed upon, separated by commas. */
static GString *
weaknesses(const struct tls_facts *tls, const char *suite)
{
    GString *all = g_string_new(NULL);

    add_weakness(all, tls->server_hello.version < TLS_12, "a version below TLS 1.2");
    add_weakness(all, g_str_has_prefix(suite, "TLS_RSA_"), "RSA key exchange");
    add_weakness(all, strstr(suite, "_anon_"), "no authentication of the server");
    add_weakness(all, strstr(suite, "3DES"), "3DES");
    add_weakness(all, strstr(suite, "RC4"), "RC4");
    add_weak_cert(all, tls->cert);
    return all;
}

static void
tls_is_weak(const struct view *view, const struct tls_facts *tls, const char *suite,
            const char *words)
{
    struct finding *finding = finding_add(view->found, FINDING_TLS_WEAK, CONFIDENCE_CERTAIN,
                                          tls->leaf_decrypted ? EVIDENCE_DECRYPTED : EVIDENCE_CLEAR,
                                          tls->server_hello_at);

    finding_text(finding, "version", tls_version_name(tls->server_hello.version));
    finding_text(finding, "cipher", suite);
    if (tls->cert) {
        finding_text(finding, "key", cert_key_name(tls->cert->key));
        finding_number(finding, "key_bits", tls->cert->key_bits);
        finding_text(finding, "signature", tls->cert->signature);
    }
    finding_summary(finding, "TLS rests on %s", words);
}

static void
rule_tls_weak(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);

    if (!tls->has_server_hello)
        return;
    const char *suite = tls_cipher_suite_name(tls->server_hello.cipher_suite);
    suite = suite ? suite : "";
    GString *all = weaknesses(tls, suite);
    if (all->len)
        tls_is_weak(view, tls, suite, all->str);
    g_string_free(all, TRUE);
}

const rule_fn rules_tls[] = {
    rule_tls_client_cert_requested,
    rule_tls_version_mismatch,
    rule_tls_no_common_cipher,
    rule_tls_alert,
    rule_tls_handshake_stalled,
    rule_tls_handshake_cut,
    rule_tls_sni_missing,
    rule_tls_weak,
    NULL,
};
