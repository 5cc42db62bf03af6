/* trial.c - what other attempts show, each with one thing changed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/thresholds.h"
#include "base/trial.h"
#include "rules/suspect.h"

static const struct trial *
trial_at(const struct view *view, guint i)
{
    return &g_array_index(view->trials, struct trial, i);
}

/* Behind TLS the client sends its request at once. */
static bool
tls_worked(const struct session *session)
{
    return session_reached(session) > STAGE_TLS || mark_is_set(session_http(session)->request);
}

static guint
num_trials(const struct view *view)
{
    return view->trials ? view->trials->len : 0;
}

/* The first trial of a kind that got at least as far; NULL for none. */
static const struct trial *
trial_that_passed(const struct view *view, enum trial_kind kind, enum stage stage)
{
    for (guint i = 0; i < num_trials(view); i++)
        if (trial_at(view, i)->kind == kind && trial_at(view, i)->passed >= stage)
            return trial_at(view, i);
    return NULL;
}

/* The finding of id, or a new one; it rests on a trial from now on. */
static struct finding *
by_trial(const struct view *view, enum finding_id id, enum confidence confidence, struct mark cause)
{
    for (guint i = 0; i < view->found->len; i++) {
        struct finding *finding = g_ptr_array_index(view->found, i);
        if (finding->id != id)
            continue;
        finding->confidence = MAX(finding->confidence, confidence);
        finding->evidence = EVIDENCE_TRIAL;
        return finding;
    }
    return finding_add(view->found, id, confidence, EVIDENCE_TRIAL, cause);
}

/* --- addresses -------------------------------------------------------------------------------- */

/* An address fails where another one of the same name works. Of another kind of IP it may be this
 * host's connection to that Internet that does not work. */
static struct finding *
wrong_address(const struct view *view, const struct endpoint *fails, const char *why,
              const struct endpoint *works, struct mark cause)
{
    const bool same_kind = fails->addr_len == works->addr_len;
    struct finding *finding = by_trial(view, FINDING_DNS_WRONG_ADDRESS,
                                       same_kind ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, cause);
    char *bad = endpoint_address_text(fails), *good = endpoint_address_text(works);

    finding_text(finding, "failing_address", bad);
    finding_text(finding, "working_address", good);
    g_free(g_steal_pointer(&finding->summary));
    finding_summary(finding,
                    "One name leads to %s, where the connection fails (%s), and to %s, "
                    "which works",
                    bad, why, good);
    if (!same_kind && !finding->advice)
        finding->advice = g_strdup_printf(
            "Try %s from another network: where it works there, this network has no working IPv%c; "
            "else take the address out of DNS, or let the server listen there.",
            bad, fails->addr_len == 4 ? '4' : '6');
    g_free(good);
    g_free(bad);
    return finding;
}

/* The attempt fails before HTTP, and another address of the name gets there. */
static void
rule_other_address_works(const struct session *session, const struct view *view)
{
    const struct trial *trial = trial_that_passed(view, TRIAL_ADDRESS, STAGE_TLS);
    const struct conn *conn = session_conn(session);

    if (trial && !tls_worked(session))
        wrong_address(view, conn_endpoint(conn, SIDE_SERVER), "see below", &trial->address,
                      conn_first(conn));
}

/* Something else went wrong at the address that works, known or not. */
static bool
fails_elsewhere(const struct session *session, const struct view *view)
{
    const struct finding *finding = verdict_finding(session, view->found);

    return !mark_is_set(session_lcp_opened(session)) ||
           (finding && finding->severity == SEVERITY_ERROR &&
            finding->confidence > CONFIDENCE_POSSIBLE && finding->id != FINDING_DNS_WRONG_ADDRESS);
}

/* The attempt connects, and another address of the name does not: what this one made good explains
 * nothing that went wrong later. */
static void
rule_other_address_fails(const struct session *session, const struct view *view)
{
    const struct conn *conn = session_conn(session);

    if (!mark_is_set(session_half(session, SIDE_SERVER)->syn))
        return;
    const bool beside = fails_elsewhere(session, view);
    for (guint i = 0; i < num_trials(view); i++) {
        const struct trial *trial = trial_at(view, i);
        if (trial->kind == TRIAL_ADDRESS && trial->passed == STAGE_DNS) {
            struct finding *finding =
                wrong_address(view, &trial->address, trial->seen, conn_endpoint(conn, SIDE_SERVER),
                              conn_first(conn));
            if (beside)
                finding->severity = SEVERITY_NOTE;
            return;
        }
    }
}

/* --- sizes ------------------------------------------------------------------------------------ */

static uint32_t
trial_size(const struct trial *trial)
{
    return (uint32_t)g_ascii_strtoull(trial->value, NULL, 10);
}

/* The largest segments with which the handshake is done, or, failed: the smallest larger ones with
 * which it is not; NULL: none were tried. */
static const struct trial *
trial_of_size(const struct view *view, bool failed, uint32_t above)
{
    const struct trial *best = NULL;

    for (guint i = 0; i < num_trials(view); i++) {
        const struct trial *trial = trial_at(view, i);
        if (trial->kind != TRIAL_SIZE || trial_size(trial) <= above ||
            failed != (trial->passed == STAGE_TCP) || (!failed && trial->passed < STAGE_TLS))
            continue;
        if (!best ||
            (failed ? trial_size(trial) < trial_size(best) : trial_size(trial) > trial_size(best)))
            best = trial;
    }
    return best;
}

/* The handshake is done at once with segments as the attempt's: they were not what stood still. */
static bool
passes_unchanged(const struct view *view)
{
    for (guint i = 0; i < num_trials(view); i++)
        if (trial_at(view, i)->kind == TRIAL_SIZE && trial_at(view, i)->same &&
            trial_at(view, i)->passed >= STAGE_TLS)
            return true;
    return false;
}

/* The handshake stands still, and with smaller segments it does not. */
static void
rule_smaller_segments_pass(const struct session *session, const struct view *view)
{
    const struct trial *trial = trial_of_size(view, false, 0);

    if (!trial || tls_worked(session) || passes_unchanged(view))
        return;
    struct finding *finding = by_trial(view, FINDING_MTU_HANDSHAKE_BLACKHOLE, CONFIDENCE_CERTAIN,
                                       conn_first(session_conn(session)));
    const struct trial *lost = trial_of_size(view, true, trial_size(trial));
    finding_text(finding, "passed_mss_bytes", trial->value);
    if (lost)
        finding_text(finding, "lost_mss_bytes", lost->value);
    g_free(g_steal_pointer(&finding->summary));
    if (trial->sender)
        finding_text(finding, "sender", trial->sender);
    char *more = lost ? g_strdup_printf(", with %s it is not", lost->value) : NULL;
    finding_summary(finding,
                    "The handshake stands still; with segments of at most %s bytes it is done at "
                    "once%s: larger packets%s%s are lost, and no ICMP error tells the sender",
                    trial->value, more ? more : "", trial->sender ? " of the " : "",
                    trial->sender ? trial->sender : "");
    g_free(more);
}

/* In the session itself: with "don't fragment" packets of the client are lost, without it they
 * arrive; or answers of that size never come, while something waits behind a hole. */
static void
rule_large_packets_lost(const struct session *session, const struct view *view)
{
    const struct trial *sent = trial_that_passed(view, TRIAL_FRAGMENTS, STAGE_DATA);
    const struct trial *wanted = trial_that_passed(view, TRIAL_ECHO, STAGE_DATA);
    const struct trial *trial = sent ? sent : wanted;

    if (!trial)
        return;
    struct finding *finding =
        by_trial(view, FINDING_MTU_BLACKHOLE, sent ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                 conn_first(session_conn(session)));
    finding_text(finding, "lost_bytes", trial->value);
    if (trial->fits)
        finding_number(finding, "passed_bytes", trial->fits);
    g_free(g_steal_pointer(&finding->summary));
    char *fits = trial->fits ? g_strdup_printf("; those of %u bytes pass", trial->fits) : NULL;
    if (sent)
        finding_summary(finding,
                        "Packets of the client of %s bytes are lost, and pass where they may be "
                        "fragmented: the path takes less, and no ICMP error tells the client%s",
                        trial->value, fits ? fits : "");
    else
        finding_summary(finding,
                        "An echo whose answer fills a packet of %s bytes is delivered and never "
                        "answered, nor is anything behind it: such packets of the server are "
                        "lost%s",
                        trial->value, fits ? fits : "");
    g_free(fits);
}

/* --- certificates ----------------------------------------------------------------------------- */

/* What the alert leaves open; that the chain holds the client knows. */
static void
rule_refusal_is_known(const struct session *session, const struct view *view)
{
    const struct trial *trial = trial_that_passed(view, TRIAL_REFUSED, STAGE_CAPTURE);

    if (!trial)
        return;
    for (guint i = view->found->len; i-- > 0;) {
        const struct finding *finding = g_ptr_array_index(view->found, i);
        if (finding->id == FINDING_TLS_UNTRUSTED_ROOT ||
            finding->id == FINDING_TLS_MISSING_INTERMEDIATE)
            g_ptr_array_remove_index(view->found, i);
    }
    if (finding_of(view->found, trial->refusal))
        return;
    struct finding *finding =
        by_trial(view, trial->refusal, CONFIDENCE_CERTAIN, session_tls(session)->certificate_at);
    finding_summary(finding, "The client refused the certificate: %s", trial->seen);
}

/* By the proxy another certificate than without it. */
static void
rule_proxy_shows_other(const struct session *session, const struct view *view)
{
    const struct trial *trial = trial_that_passed(view, TRIAL_DIRECT, STAGE_TCP);

    if (!trial || !trial->other_cert)
        return;
    struct finding *finding = by_trial(view, FINDING_TLS_INSPECTION, CONFIDENCE_CERTAIN,
                                       session_tls(session)->certificate_at);
    finding_summary(finding, "Through the proxy the server shows another certificate than without "
                             "it: something on the way through the proxy ends TLS");
}

/* What was dialled is the proxy: nothing that its address does is the server's. */
static void
rule_proxy_cannot_be_reached(const struct session *session, const struct view *view)
{
    const struct trial *trial = trial_that_passed(view, TRIAL_PROXY, STAGE_CAPTURE);

    if (!trial)
        return;
    for (guint i = view->found->len; i-- > 0;) {
        const struct finding *finding = g_ptr_array_index(view->found, i);
        if (finding->id == FINDING_TCP_REFUSED || finding->id == FINDING_TCP_NO_ANSWER ||
            finding->id == FINDING_TCP_UNREACHABLE)
            g_ptr_array_remove_index(view->found, i);
    }
    struct finding *finding = by_trial(view, FINDING_PROXY_CONNECT_DENIED, CONFIDENCE_CERTAIN,
                                       conn_first(session_conn(session)));
    finding_text(finding, "proxy", trial->value);
    finding_summary(finding, "The proxy %s itself cannot be connected to (%s)", trial->value,
                    trial->seen);
    g_free(finding->advice);
    finding->advice = g_strdup("Check the proxy's name and port, and whether it is running; the "
                               "VPN server was not asked for anything.");
}

/* --- the client's own end --------------------------------------------------------------------- */

static bool
is_own_abort(const struct session *session, const struct finding *finding)
{
    return finding->id == FINDING_SSTP_ABORTED &&
           finding->cause.frame == session_sstp(session)->abort[SIDE_CLIENT].frame;
}

/* The client says why it left: its goodbye explains nothing, the silence before it may. */
static void
rule_client_gave_up(const struct session *session, const struct view *view)
{
    const struct trial *trial = trial_that_passed(view, TRIAL_GAVE_UP, STAGE_CAPTURE);

    if (!trial)
        return;
    for (guint i = view->found->len; i-- > 0;)
        if (is_own_abort(session, g_ptr_array_index(view->found, i)))
            g_ptr_array_remove_index(view->found, i);
    const struct finding *better = verdict_finding(session, view->found);
    if (trial->refusal == FINDING_COUNT || (better && better->confidence > CONFIDENCE_POSSIBLE))
        return;
    const double seconds = g_ascii_strtod(trial->value, NULL);
    const struct mark passed = session_stage_state(session, trial->passed)->last;
    struct finding *finding =
        by_trial(view, trial->refusal,
                 seconds >= TRIAL_SILENCE_SECONDS ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE,
                 mark_is_set(passed) ? passed : conn_first(session_conn(session)));
    finding_number(finding, "patience_seconds", seconds);
    finding_summary(finding, "%s", trial->seen);
}

/* --- details ---------------------------------------------------------------------------------- */

/* Findings whose reader wants to know what a trial saw. */
static const struct {
    enum trial_kind kind;
    const char *key;
    enum finding_id ids[8]; /* ended by FINDING_COUNT */
} details[] = {
    { TRIAL_BEHIND,
      "behind",
      { FINDING_TLS_UNTRUSTED_ROOT, FINDING_TLS_MISSING_INTERMEDIATE, FINDING_TLS_CERT_EXPIRED,
        FINDING_TLS_CERT_NOT_YET_VALID, FINDING_TLS_NAME_MISMATCH, FINDING_TLS_EKU_MISSING,
        FINDING_COUNT } },
    { TRIAL_NO_SNI,
      "without_name",
      { FINDING_TCP_RST_AFTER_CLIENT_HELLO, FINDING_TLS_ALERT, FINDING_TLS_NAME_MISMATCH,
        FINDING_TLS_HANDSHAKE_STALLED, FINDING_TCP_ACCEPT_THEN_CLOSE, FINDING_COUNT } },
    { TRIAL_VERSION,
      "other_version",
      { FINDING_TLS_VERSION_MISMATCH, FINDING_TLS_NO_COMMON_CIPHER, FINDING_TLS_ALERT,
        FINDING_TCP_RST_AFTER_CLIENT_HELLO, FINDING_TLS_HANDSHAKE_STALLED, FINDING_COUNT } },
    { TRIAL_DIRECT,
      "without_proxy",
      { FINDING_PROXY_AUTH_REQUIRED, FINDING_PROXY_CONNECT_DENIED, FINDING_TLS_INSPECTION,
        FINDING_TLS_UNTRUSTED_ROOT, FINDING_COUNT } },
};

static void
tell_detail(const struct view *view, size_t which, const struct trial *trial)
{
    for (const enum finding_id *id = details[which].ids; *id != FINDING_COUNT; id++)
        for (guint i = 0; i < view->found->len; i++) {
            struct finding *finding = g_ptr_array_index(view->found, i);
            if (finding->id == *id)
                finding_text(finding, details[which].key, trial->seen);
        }
}

static void
rule_details(const struct session *session, const struct view *view)
{
    (void)session;
    for (guint i = 0; i < num_trials(view); i++)
        for (size_t which = 0; which < G_N_ELEMENTS(details); which++)
            if (details[which].kind == trial_at(view, i)->kind)
                tell_detail(view, which, trial_at(view, i));
}

const rule_fn rules_trial[] = { rule_other_address_works,
                                rule_smaller_segments_pass,
                                rule_large_packets_lost,
                                rule_refusal_is_known,
                                rule_proxy_shows_other,
                                rule_proxy_cannot_be_reached,
                                rule_client_gave_up,
                                rule_other_address_fails,
                                rule_details,
                                NULL };
