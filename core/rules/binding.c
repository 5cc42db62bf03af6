/* binding.c - SSTP crypto binding (MS-SSTP 3.3.5.2.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/auth.h"
#include "session/binding_check.h"
#include "session/binding_guess.h"

#include <string.h>

#include "base/thresholds.h"
#include "base/text.h"

static bool
has_binding(const struct session *session)
{
    return mark_is_set(session_sstp(session)->call_connected) && session_sstp(session)->has_binding;
}

static bool
both_messages(const struct session *session)
{
    return has_binding(session) && mark_is_set(session_sstp(session)->call_ack);
}

/* Another one may have come since, which the capture lacks: what the client answers is not known.
 */
static enum confidence
confidence_behind(const struct session *session, enum side side, struct mark since,
                  enum confidence confidence)
{
    return session_misses(session, side, since, session_sstp(session)->call_connected)
               ? CONFIDENCE_POSSIBLE
               : confidence;
}

static void
finding_hex(struct finding *finding, const char *key, const uint8_t *bytes, size_t len)
{
    char *text = text_hex(bytes, len);

    finding_text(finding, key, text);
    g_free(text);
}

/* Is there a configured hash of the kind that the client sent? */
static bool
hash_kind_is_expected(const struct sstp_binding *binding, const struct config *config)
{
    for (unsigned i = 0; i < config->num_hashes; i++)
        if (config->hashes[i].len == binding->hash_len)
            return true;
    return false;
}

static struct finding *
cert_hash_mismatch(const struct session *session, const struct view *view,
                   enum confidence confidence)
{
    const struct sstp_binding *binding = &session_sstp(session)->binding;
    struct finding *finding =
        finding_add(view->found, FINDING_CB_CERT_HASH_MISMATCH, confidence,
                    session_evidence(session), session_sstp(session)->call_connected);

    finding_frame(finding, session_sstp(session)->abort[SIDE_SERVER].frame);
    finding_text(finding, "hash_protocol", binding->hash_len == 32 ? "SHA256" : "SHA1");
    finding_hex(finding, "call_connected_hash", binding->cert_hash, binding->hash_len);
    return finding;
}

/* Another session of the capture, whose certificate is the one that the client bound to; NULL for
 * none. */
static const struct session *
session_of_cert(const struct session *session, const struct view *view)
{
    for (guint i = 0; i < view->sessions->len; i++) {
        const struct session *other = g_ptr_array_index(view->sessions, i);
        if (other != session && session_cert(other) &&
            binding_cert_matches(&session_sstp(session)->binding, session_cert(other)))
            return other;
    }
    return NULL;
}

/* The server aborted because of Call Connected, and not because of anything that came later. */
static bool
server_refused(const struct session *session, const struct view *view)
{
    struct mark connected = session_sstp(session)->call_connected,
                abort = session_sstp(session)->abort[SIDE_SERVER];
    struct session_end end = session_ending(session);

    return mark_is_set(abort) && end.by == SIDE_SERVER && end.mark.frame == abort.frame &&
           !mark_is_set(session_terminate(session, SIDE_SERVER)->mark) &&
           abort.frame > connected.frame && mark_seconds(connected, abort) <= SSTP_ABORT_SECONDS &&
           session_data(session)->packets[SIDE_SERVER] == 0 && !session_is_established(session) &&
           !is_explained(session, view, abort);
}

/* All that the client sent is right, as far as it can be checked, and yet the server refuses it:
 * the server itself expects something wrong. */
static void
cert_hash_disagrees(const struct session *session, const struct view *view)
{
    const struct binding_check *check = session_check(session);
    const bool keyless = check->hlak == HLAK_ZERO;

    if (!view_is_over(view, session) || !server_refused(session, view) ||
        check->mac != CHECK_MATCHES || check->nonce == CHECK_DIFFERS ||
        check->protocol == CHECK_DIFFERS || check->cert == CHECK_DIFFERS)
        return;
    /* Where the authentication gave keys, the server's may be wrong instead of its hash. */
    struct finding *finding =
        cert_hash_mismatch(session, view, keyless ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
    finding_text(finding, "mac_verifies_with", hlak_source_text(check->hlak));
    if (check->cert == CHECK_MATCHES)
        finding_text(finding, "certificate_source", cert_source_text(check->cert_source));
    finding_summary(finding,
                    "The Compound MAC is right%s, yet the server refuses the binding: it expects "
                    "the hash of another certificate%s",
                    check->cert == CHECK_MATCHES ? " and the hash that of the certificate" : "",
                    keyless ? "" : ", or has not got the session's keys (RADIUS)");
}

static void
rule_cb_cert_hash_mismatch(const struct session *session, const struct view *view)
{
    const struct sstp_binding *binding = &session_sstp(session)->binding;

    if (!has_binding(session) || binding->hash_len == 0)
        return;
    if (session_cert(session) && !binding_cert_matches(binding, session_cert(session))) {
        /* The client saw the certificate of an offloader in front of this connection. Hashes that
         * the user configured may name it. */
        if (binding_hash_is_configured(binding, view->config))
            return;
        struct finding *finding = cert_hash_mismatch(
            session, view,
            session_cert_is_earlier(session) ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN);
        finding_hex(finding, "certificate_hash",
                    binding->hash_len == 32 ? session_cert(session)->sha256
                                            : session_cert(session)->sha1,
                    binding->hash_len);
        finding_text(finding, "certificate_source",
                     cert_source_text(session_check(session)->cert_source));
        if (!session_cert_is_earlier(session))
            finding_frame(finding, session_tls(session)->certificate_at.frame);
        const struct session *other = session_of_cert(session, view);
        if (other)
            finding_number(finding, "hash_of_session", session_id(other));
        finding_summary(finding,
                        "The client bound to another certificate than the one of this TLS "
                        "connection%s, as where TLS ends between the client and this point",
                        other ? ", which another session shows" : "");
        return;
    }
    if (hash_kind_is_expected(binding, view->config) &&
        !binding_hash_is_configured(binding, view->config)) {
        /* A server that goes on may have another list of hashes than the user configured here. */
        bool accepted = session_is_established(session) &&
                        !mark_is_set(session_sstp(session)->abort[SIDE_SERVER]);
        struct finding *finding =
            cert_hash_mismatch(session, view, accepted ? CONFIDENCE_POSSIBLE : CONFIDENCE_CERTAIN);
        finding_summary(
            finding, "The client bound to a certificate that the server is not known to expect%s",
            accepted ? ", and the server went on" : "");
        return;
    }
    cert_hash_disagrees(session, view);
}

/* Tells which Call Connect Ack of the capture the client's nonce is from. */
static void
nonce_origin(struct finding *finding, const struct session *session, const struct view *view)
{
    const uint8_t *nonce = session_sstp(session)->binding.nonce;

    if (session_sstp(session)->has_earlier_nonce &&
        memcmp(session_sstp(session)->earlier_nonce, nonce, SSTP_NONCE_LEN) == 0) {
        finding_number(finding, "nonce_of_session", session_id(session));
        return;
    }
    for (guint i = 0; i < view->sessions->len; i++) {
        const struct session *other = g_ptr_array_index(view->sessions, i);
        if (other == session || !mark_is_set(session_sstp(other)->call_ack) ||
            memcmp(session_sstp(other)->binding_request.nonce, nonce, SSTP_NONCE_LEN) != 0)
            continue;
        finding_number(finding, "nonce_of_session", session_id(other));
        finding_frame(finding, session_sstp(other)->call_ack.frame);
        return;
    }
}

static void
rule_cb_nonce_mismatch(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);

    if (!has_binding(session) || !both_messages(session) ||
        memcmp(sstp->binding.nonce, sstp->binding_request.nonce, SSTP_NONCE_LEN) == 0)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_CB_NONCE_MISMATCH,
                    confidence_behind(session, SIDE_SERVER, sstp->call_ack, CONFIDENCE_CERTAIN),
                    session_evidence(session), sstp->call_connected);
    finding_frame(finding, sstp->call_ack.frame);
    finding_hex(finding, "sent_nonce", sstp->binding_request.nonce, SSTP_NONCE_LEN);
    finding_hex(finding, "returned_nonce", sstp->binding.nonce, SSTP_NONCE_LEN);
    nonce_origin(finding, session, view);
    finding_summary(finding, "Call Connected returns another nonce than Call Connect Ack sent");
}

static void
rule_cb_hash_protocol_mismatch(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    uint8_t offered = sstp->binding_request.bitmask;
    uint8_t chosen = sstp->binding.bitmask;
    const char *what = NULL;
    struct mark cause = sstp->call_connected;
    enum confidence confidence = CONFIDENCE_CERTAIN;

    if (mark_is_set(sstp->call_ack) && (offered & (SSTP_HASH_SHA1 | SSTP_HASH_SHA256)) == 0) {
        what = "Call Connect Ack offers no hash protocol that MS-SSTP knows";
        cause = sstp->call_ack;
    } else if (has_binding(session) && sstp_hash_len(chosen) == 0) {
        what = "Call Connected names no single hash protocol";
    } else if (both_messages(session) && (chosen & offered) == 0) {
        what = "Call Connected uses a hash protocol that Call Connect Ack did not offer";
        confidence = confidence_behind(session, SIDE_SERVER, sstp->call_ack, CONFIDENCE_CERTAIN);
    }
    if (!what)
        return;
    struct finding *finding = finding_add(view->found, FINDING_CB_HASH_PROTOCOL_MISMATCH,
                                          confidence, session_evidence(session), cause);
    finding_frame(finding, sstp->call_ack.frame);
    finding_number(finding, "offered_bitmask", offered);
    finding_number(finding, "chosen_bitmask", chosen);
    finding_summary(finding, "%s", what);
}

/* --- the Compound MAC ------------------------------------------------------------------------ */

static enum finding_id
mac_finding(const struct binding_guess *guess)
{
    /* These two guesses rest on other sessions, which may come later in the capture. A finding that
     * was already raised must stay the same. */
    if (guess->form == FORM_OTHER_NONCE || guess->form == FORM_OTHER_CERT)
        return FINDING_CB_MAC_MISMATCH;
    return guess->key == KEY_ZERO      ? FINDING_CB_MAC_ZERO_KEY
           : guess->key == KEY_SWAPPED ? FINDING_CB_MAC_SWAPPED_KEYS
                                       : FINDING_CB_MAC_MISMATCH;
}

/* Where another exchange may have given the keys, nothing is proved. Two checks may be wrong
 * themselves: the HLAK that the user gave may be of another session, and with EAP both sides may
 * join the keys in another order than expected here. A server that accepts the MAC then knows
 * better. */
static enum confidence
mac_confidence(const struct session *session, bool guessed)
{
    const struct binding_check *check = session_check(session);
    const bool accepted = session_is_established(session);

    if (!guessed && auth_may_be_missed(session, session_sstp(session)->call_connected))
        return CONFIDENCE_POSSIBLE;
    if ((check->hlak == HLAK_GIVEN || check->hlak == HLAK_EAP_TLS) && !guessed)
        return accepted ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY;
    if (session_auth(session)->method == AUTH_EAP_MSCHAPV2 && check->guess.key == KEY_SWAPPED &&
        accepted)
        return CONFIDENCE_POSSIBLE;
    return CONFIDENCE_CERTAIN;
}

static void
mac_summary(struct finding *finding, const struct binding_check *check, const char *guess)
{
    if (finding->id == FINDING_CB_MAC_ZERO_KEY)
        finding_summary(finding,
                        "The proof of the crypto binding (Compound MAC) verifies with %s, although "
                        "the authentication gave keys",
                        guess);
    else if (guess)
        finding_summary(
            finding, "The proof of the crypto binding (Compound MAC) verifies only with %s", guess);
    else
        finding_summary(finding,
                        "The proof of the crypto binding (Compound MAC) does not verify with %s",
                        hlak_source_text(check->hlak));
}

static void
rule_cb_mac(const struct session *session, const struct view *view)
{
    const struct binding_check *check = session_check(session);
    const struct sstp_facts *sstp = session_sstp(session);
    struct mark success = session_auth(session)->success;

    if (!has_binding(session) || check->mac != CHECK_DIFFERS)
        return;
    /* Only the end of authentication shows which keys count, and only the end of the session
     * whether a given HLAK is of this session. */
    if (!view_is_over(view, session) && (!mark_is_set(authenticated_at(session)) ||
                                         check->hlak == HLAK_GIVEN || auth_is_eap(session)))
        return;
    /* Before Success a client has no keys yet; that is what sstp_call_connected_early speaks of. */
    if (check->guess.key == KEY_ZERO && mark_is_set(success) &&
        success.frame > sstp->call_connected.frame)
        return;
    char *guess = binding_guess_text(&check->guess);
    struct finding *finding =
        finding_add(view->found, mac_finding(&check->guess), mac_confidence(session, guess != NULL),
                    session_evidence(session), sstp->call_connected);
    finding_frame(finding, sstp->abort[SIDE_SERVER].frame);
    finding_text(finding, "method", auth_method_name(session_auth(session)->method));
    finding_hex(finding, "received_mac", sstp->binding.mac, sstp->binding.hash_len);
    if (check->hlak != HLAK_NONE) {
        finding_hex(finding, "expected_mac", check->expected_mac, sstp->binding.hash_len);
        finding_text(finding, "expected_from", hlak_source_text(check->hlak));
    }
    finding_text(finding, "verifies_with", guess);
    mac_summary(finding, check, guess);
    g_free(guess);
}

static void
rule_cb_no_keys(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);

    if (!mark_is_set(session_sstp(session)->call_connected) || !mark_is_set(auth->success) ||
        auth_method_has_keys(auth->method))
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_CB_NO_KEYS, CONFIDENCE_CERTAIN, session_evidence(session),
                    session_sstp(session)->call_connected);
    finding_frame(finding, auth->success.frame);
    finding_text(finding, "method", auth_method_name(auth->method));
    finding_summary(finding, "%s gives no keys: the binding is keyed with zeros and proves nothing",
                    auth_method_name(auth->method));
}

/* A binding that the server must refuse, and did not. The hash of another certificate does not
 * count: a server behind an offloader may rightly expect one that this connection does not show. */
static void
rule_cb_not_enforced(const struct session *session, const struct view *view)
{
    static const enum finding_id wrongs[] = {
        FINDING_CB_NONCE_MISMATCH, FINDING_CB_HASH_PROTOCOL_MISMATCH, FINDING_CB_MAC_MISMATCH,
        FINDING_CB_MAC_ZERO_KEY,   FINDING_CB_MAC_SWAPPED_KEYS,
    };
    const struct finding *wrong = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(wrongs) && !wrong; i++)
        wrong = finding_of(view->found, wrongs[i]);
    if (!wrong || !view->final || !has_binding(session) || !session_is_established(session) ||
        mark_is_set(session_sstp(session)->abort[SIDE_SERVER]) ||
        session_data(session)->packets[SIDE_SERVER] == 0)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_CB_NOT_ENFORCED, CONFIDENCE_CERTAIN,
                    session_evidence(session), session_sstp(session)->call_connected);
    finding_frame(finding, session_data(session)->first[SIDE_SERVER].frame);
    finding_text(finding, "wrong", finding_info(wrong->id)->name);
    finding_summary(finding, "The server carries data although the crypto binding is wrong (%s)",
                    finding_info(wrong->id)->name);
}

const rule_fn rules_binding[] = {
    rule_cb_cert_hash_mismatch,
    rule_cb_nonce_mismatch,
    rule_cb_hash_protocol_mismatch,
    rule_cb_mac,
    rule_cb_no_keys,
    rule_cb_not_enforced,
    NULL,
};
