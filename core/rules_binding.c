/* rules_binding.c - SSTP crypto binding (MS-SSTP 3.3.5.2.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

#include <string.h>

#include "text.h"

static bool
has_binding(const struct session *session)
{
    return mark_is_set(session->sstp.call_connected) && session->sstp.has_binding;
}

static bool
both_messages(const struct session *session)
{
    return has_binding(session) && mark_is_set(session->sstp.call_ack);
}

static void
finding_hex(struct finding *finding, const char *key, const uint8_t *bytes, size_t len)
{
    char *text = text_hex(bytes, len);

    finding_text(finding, key, text);
    g_free(text);
}

static bool
hash_is_expected(const struct sstp_binding *binding, const struct config *config)
{
    for (unsigned i = 0; i < config->num_hashes; i++)
        if (binding_hash_matches(binding, config->hashes[i].bytes, config->hashes[i].len))
            return true;
    return false;
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
    const struct sstp_binding *binding = &session->sstp.binding;
    struct finding *finding = finding_add(view->found, FINDING_CB_CERT_HASH_MISMATCH, confidence,
                                          session->evidence, session->sstp.call_connected);

    finding_frame(finding, session->sstp.abort[SIDE_SERVER].frame);
    finding_text(finding, "hash_protocol", binding->hash_len == 32 ? "SHA256" : "SHA1");
    finding_hex(finding, "call_connected_hash", binding->cert_hash, binding->hash_len);
    return finding;
}

static void
rule_cb_cert_hash_mismatch(const struct session *session, const struct view *view)
{
    const struct sstp_binding *binding = &session->sstp.binding;

    if (!has_binding(session) || binding->hash_len == 0)
        return;
    if (session->has_cert && !binding_cert_matches(binding, &session->cert)) {
        /* An offloader's own certificate is what the client saw; a list of expected hashes may say
         * so. */
        if (hash_is_expected(binding, view->config))
            return;
        struct finding *finding = cert_hash_mismatch(
            session, view, session->cert_from_earlier ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN);
        finding_hex(finding, "certificate_hash",
                    binding->hash_len == 32 ? session->cert.sha256 : session->cert.sha1,
                    binding->hash_len);
        if (!session->cert_from_earlier)
            finding_frame(finding, session_tls(session)->certificate_at.frame);
        finding_summary(finding, "Client bound to another certificate than the one of this TLS "
                                 "connection: TLS is terminated between client and this point");
        return;
    }
    if (hash_kind_is_expected(binding, view->config) && !hash_is_expected(binding, view->config)) {
        /* A server that goes on all the same may have another list than the one configured here. */
        bool accepted =
            session_is_established(session) && !mark_is_set(session->sstp.abort[SIDE_SERVER]);
        struct finding *finding =
            cert_hash_mismatch(session, view, accepted ? CONFIDENCE_POSSIBLE : CONFIDENCE_CERTAIN);
        finding_summary(finding,
                        "Client bound to a certificate that the server is not known to expect%s",
                        accepted ? ", and the server went on" : "");
    }
}

static void
rule_cb_nonce_mismatch(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = &session->sstp;

    if (!has_binding(session) || !both_messages(session) ||
        memcmp(sstp->binding.nonce, sstp->binding_request.nonce, SSTP_NONCE_LEN) == 0)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_CB_NONCE_MISMATCH, CONFIDENCE_CERTAIN, session->evidence,
                    sstp->call_connected);
    finding_frame(finding, sstp->call_ack.frame);
    finding_hex(finding, "sent_nonce", sstp->binding_request.nonce, SSTP_NONCE_LEN);
    finding_hex(finding, "returned_nonce", sstp->binding.nonce, SSTP_NONCE_LEN);
    finding_summary(finding, "Call Connected returns another nonce than Call Connect Ack sent");
}

static void
rule_cb_hash_protocol_mismatch(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = &session->sstp;
    uint8_t offered = sstp->binding_request.bitmask;
    uint8_t chosen = sstp->binding.bitmask;
    const char *what = NULL;
    struct mark cause = sstp->call_connected;

    if (mark_is_set(sstp->call_ack) && (offered & (SSTP_HASH_SHA1 | SSTP_HASH_SHA256)) == 0) {
        what = "Call Connect Ack offers no hash protocol that MS-SSTP knows";
        cause = sstp->call_ack;
    } else if (has_binding(session) && sstp_hash_len(chosen) == 0) {
        what = "Call Connected names no single hash protocol";
    } else if (both_messages(session) && (chosen & offered) == 0) {
        what = "Call Connected uses a hash protocol that Call Connect Ack did not offer";
    }
    if (!what)
        return;
    struct finding *finding = finding_add(view->found, FINDING_CB_HASH_PROTOCOL_MISMATCH,
                                          CONFIDENCE_CERTAIN, session->evidence, cause);
    finding_frame(finding, sstp->call_ack.frame);
    finding_number(finding, "offered_bitmask", offered);
    finding_number(finding, "chosen_bitmask", chosen);
    finding_summary(finding, "%s", what);
}

static void
rule_cb_no_keys(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = &session->auth;

    if (!mark_is_set(session->sstp.call_connected) || !mark_is_set(auth->success) ||
        auth_method_has_keys(auth->method))
        return;
    struct finding *finding = finding_add(view->found, FINDING_CB_NO_KEYS, CONFIDENCE_CERTAIN,
                                          session->evidence, session->sstp.call_connected);
    finding_frame(finding, auth->success.frame);
    finding_text(finding, "method", auth_method_name(auth->method));
    finding_summary(finding, "%s gives no keys: the binding is keyed with zeros and proves nothing",
                    auth_method_name(auth->method));
}

/* What a server must refuse, and did not. Another certificate is not told here: a server behind an
 * offloader may rightly expect one that this leg does not show. */
static void
rule_cb_not_enforced(const struct session *session, const struct view *view)
{
    const struct finding *wrong = finding_of(view->found, FINDING_CB_NONCE_MISMATCH);

    if (!wrong)
        wrong = finding_of(view->found, FINDING_CB_HASH_PROTOCOL_MISMATCH);
    if (!wrong || !view->final || !has_binding(session) || !session_is_established(session) ||
        mark_is_set(session->sstp.abort[SIDE_SERVER]) || session->data.packets[SIDE_SERVER] == 0)
        return;
    struct finding *finding = finding_add(view->found, FINDING_CB_NOT_ENFORCED, CONFIDENCE_CERTAIN,
                                          session->evidence, session->sstp.call_connected);
    finding_frame(finding, session->data.first[SIDE_SERVER].frame);
    finding_text(finding, "wrong", finding_info(wrong->id)->name);
    finding_summary(finding, "The server carries data although the crypto binding is wrong (%s)",
                    finding_info(wrong->id)->name);
}

const rule_fn rules_binding[] = {
    rule_cb_cert_hash_mismatch,     rule_cb_nonce_mismatch,
    rule_cb_hash_protocol_mismatch, rule_cb_no_keys,
    rule_cb_not_enforced,           NULL,
};
