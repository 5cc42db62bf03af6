/* test_binding_check.c - a session's crypto binding against what is known: the lines of the table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gcrypt.h>

#include "hex.h"
#include "scenarios.h"
#include "session/binding_check.h"

#define KNOWN "[knows=password:" LOGIN_PASSWORD "] "
#define WRONG "[knows=password:" LOGIN_OTHER_PASSWORD "] "

struct line_row {
    const char *name, *script;
    enum binding_item item;
    const char *result, *with; /* NULL: no such line */
};

static const struct line_row line_rows[] = {
    /* clang-format off */
    { "nonce", "up", BINDING_ITEM_NONCE, "ok", "Call Connect Ack" },
    { "nonce/other", "dial lcp chap c.call-connected=nonce", BINDING_ITEM_NONCE, "differs", "Call Connect Ack" },
    { "nonce/no-ack", "[servers=none] tcp c.post s.answer c.call-request s.lose s.call-ack join", BINDING_ITEM_NONCE,
      "not verified", "the capture lacks Call Connect Ack" },
    { "protocol/not-offered", "[servers=none] tcp c.post s.answer c.call-request s.call-ack=2 lcp chap c.call-connected=sha1",
      BINDING_ITEM_HASH_PROTOCOL, "differs", "Call Connect Ack" },
    { "not-connected", "dial lcp chap", BINDING_ITEM_NONCE, NULL, NULL },

    { "certificate", "tcp tls call join", BINDING_ITEM_CERTIFICATE, "ok", "this connection's certificate" },
    { "certificate/decrypted", "tcp tls=13 call join", BINDING_ITEM_CERTIFICATE,
      "ok", "this connection's certificate, decrypted" },
    { "certificate/earlier", "up-tls close next tcp tls=resumed call join", BINDING_ITEM_CERTIFICATE,
      "ok", "the certificate of an earlier connection to this server" },
    { "certificate/none", "tcp tls=resumed call join", BINDING_ITEM_CERTIFICATE,
      "not verified", "no certificate is known" },
    { "certificate/configured", "[hash=11*32] tcp tls=resumed call join", BINDING_ITEM_CERTIFICATE,
      "differs", "a configured certificate" },
    { "padding", "dial lcp chap c.call-connected=sha1,padded", BINDING_ITEM_PADDING,
      "differs", "what stands behind a SHA-1 hash must be zero" },
    { "padding/zero", "dial lcp chap c.call-connected=sha1", BINDING_ITEM_PADDING, NULL, NULL },

    { "mac/password", KNOWN "up", BINDING_ITEM_MAC, "ok", "the given password" },
    { "mac/domain", KNOWN "[user=domain] up", BINDING_ITEM_MAC, "ok", "the given password" },
    { "mac/eap", KNOWN "[auth=eap] dial lcp eap-mschapv2 c.call-connected", BINDING_ITEM_MAC, "ok", "the given password" },
    { "mac/second-try", KNOWN "dial lcp s.challenge c.response=other s.failure=E=691_R=1 s.challenge c.response s.success c.call-connected",
      BINDING_ITEM_MAC, "ok", "the given password" },
    { "mac/second-of-two", WRONG KNOWN "up", BINDING_ITEM_MAC, "ok", "the given password" },
    { "mac/zero", "[auth=pap] dial lcp pap c.call-connected", BINDING_ITEM_MAC,
      "ok", "an all-zero HLAK, as the method gives no keys" },
    { "mac/no-authentication", "[auth=none] dial lcp c.call-connected", BINDING_ITEM_MAC,
      "ok", "an all-zero HLAK, as the method gives no keys" },
    { "mac/given-hlak", "[knows=hlak:7777777777777777777777777777777777777777777777777777777777777777 auth=eap] "
      "dial lcp s.eap=25 c.eap=25 s.eap-success c.call-connected", BINDING_ITEM_MAC, "ok", "the given HLAK" },
    { "mac/nothing-given", "up", BINDING_ITEM_MAC,
      "not verified", "no password, NT hash or HLAK is given for this user" },
    { "mac/wrong-password", WRONG "up", BINDING_ITEM_MAC,
      "not verified", "the given password is not the one that the client used" },
    { "mac/challenge-lost", KNOWN "dial lcp s.lose s.challenge c.response s.success c.call-connected", BINDING_ITEM_MAC,
      "not verified", "the capture lacks the Challenge or the Response of MS-CHAPv2" },
    { "mac/peap", KNOWN "[auth=eap] dial lcp s.eap=25 c.eap=25 s.eap-success c.call-connected", BINDING_ITEM_MAC,
      "not verified", "PEAP makes its keys inside its own TLS; an HLAK can be given" },
    { "mac/eap-tls", KNOWN "[auth=eap] dial lcp s.eap=13 c.eap=13 s.eap-success c.call-connected", BINDING_ITEM_MAC,
      "not verified", "the capture lacks a hello of the handshake inside EAP-TLS; an HLAK can be given" },
    { "mac/eap-tls/no-secret", "[auth=eap] dial lcp eap-tls s.eap-success c.call-connected", BINDING_ITEM_MAC,
      "not verified", "the key log has no CLIENT_RANDOM line of the handshake inside EAP-TLS; an HLAK can be given" },
    { "mac/eap-tls/no-secret-13", "[auth=eap] dial lcp eap-tls=13 s.eap-success c.call-connected", BINDING_ITEM_MAC,
      "not verified", "the key log has no EXPORTER_SECRET of the handshake inside EAP-TLS; an HLAK can be given" },
    { "mac/eap-tls/12", "[keylog auth=eap] dial lcp eap-tls s.eap-success c.call-connected", BINDING_ITEM_MAC,
      "ok", "the secrets of the handshake inside EAP-TLS" },
    { "mac/eap-tls/13", "[keylog auth=eap] dial lcp eap-tls=13 s.eap-success c.call-connected", BINDING_ITEM_MAC,
      "ok", "the secrets of the handshake inside EAP-TLS" },
    { "mac/eap-tls/differs", "[keylog auth=eap] dial lcp eap-tls s.eap-success c.call-connected=big-endian", BINDING_ITEM_MAC,
      "differs", "a big-endian length in the key's derivation" },
    { "mac/unknown-eap", KNOWN "[auth=eap] dial lcp s.eap=6 c.eap=6 s.eap-success c.call-connected", BINDING_ITEM_MAC,
      "not verified", "which keys the authentication gave is not known; an HLAK can be given" },
    { "mac/no-hash", "dial lcp chap c.call-connected=none", BINDING_ITEM_MAC,
      "not verified", "Call Connected names no single hash protocol" },
    { "mac/zero-key", "dial lcp chap c.call-connected=zero", BINDING_ITEM_MAC, "differs", "an all-zero HLAK" },
    { "mac/zero-key-and-form", "dial lcp chap c.call-connected=zero,big-endian", BINDING_ITEM_MAC,
      "differs", "an all-zero HLAK and a big-endian length in the key's derivation" },
    { "mac/swapped", KNOWN "dial lcp chap c.call-connected=swapped", BINDING_ITEM_MAC,
      "differs", "send and receive key swapped" },
    { "mac/swapped-and-form", KNOWN "dial lcp chap c.call-connected=swapped,twice", BINDING_ITEM_MAC,
      "differs", "send and receive key swapped and a message whose MAC field was not zeroed" },
    { "mac/cut", KNOWN "dial lcp chap c.call-connected=cut", BINDING_ITEM_MAC,
      "differs", "the HLAK cut after 24 bytes" },
    { "mac/halves-cut", KNOWN "dial lcp chap c.call-connected=halves-cut", BINDING_ITEM_MAC,
      "differs", "both keys cut after 8 bytes" },
    { "mac/receive-alone", KNOWN "dial lcp chap c.call-connected=receive-alone", BINDING_ITEM_MAC,
      "differs", "the client's receive key alone" },
    { "mac/padded-keys", KNOWN "dial lcp chap c.call-connected=padded-keys", BINDING_ITEM_MAC,
      "differs", "both keys padded to 32 bytes" },
    { "mac/mixed", KNOWN "dial lcp chap c.call-connected=mixed", BINDING_ITEM_MAC,
      "differs", "SHA-1 and SHA-256 mixed up" },
    { "mac/mixed-sha1", KNOWN "dial lcp chap c.call-connected=mixed,sha1", BINDING_ITEM_MAC,
      "differs", "SHA-1 and SHA-256 mixed up" },
    { "mac/headless", KNOWN "dial lcp chap c.call-connected=headless", BINDING_ITEM_MAC,
      "differs", "a message without its header" },
    { "mac/macless", KNOWN "dial lcp chap c.call-connected=macless", BINDING_ITEM_MAC,
      "differs", "a message that ends in front of the MAC" },
    { "mac/padding-ignored", KNOWN "dial lcp chap c.call-connected=sha1,padded,mac-unpadded", BINDING_ITEM_MAC,
      "differs", "other bytes behind a SHA-1 hash" },
    { "mac/other-nonce", KNOWN "up close next dial lcp chap c.call-connected=mac-of-nonce", BINDING_ITEM_MAC,
      "differs", "the nonce of session 0" },
    { "mac/other-certificate", KNOWN "tcp tls=name call join close next tcp tls call lcp chap c.call-connected=mac-of-cert",
      BINDING_ITEM_MAC, "differs", "the certificate hash of session 0" },
    { "mac/other-password", KNOWN WRONG "dial lcp chap c.call-connected=other-password", BINDING_ITEM_MAC,
      "differs", "the keys of another password that was given" },
    { "mac/no-mistake", KNOWN "dial lcp chap c.call-connected=no-mac", BINDING_ITEM_MAC,
      "differs", "no mistake that is known" },

    { "response", KNOWN "dial lcp s.challenge c.response s.failure=E=691_R=0", BINDING_ITEM_NT_RESPONSE,
      "ok", "the given password or NT hash" },
    { "response/other", KNOWN "dial lcp s.challenge c.response=other s.failure=E=691_R=0", BINDING_ITEM_NT_RESPONSE,
      "differs", "the given password or NT hash" },
    { "response/nothing-given", "dial lcp s.challenge c.response s.failure=E=691_R=0", BINDING_ITEM_NT_RESPONSE, NULL, NULL },
    { "proof", KNOWN "up", BINDING_ITEM_SERVER_PROOF, "ok", "the client's password" },
    { "proof/other", KNOWN "dial lcp s.challenge c.response s.success=other", BINDING_ITEM_SERVER_PROOF,
      "differs", "the client's password" },
    { "proof/nothing-given", "up", BINDING_ITEM_SERVER_PROOF, "not verified", "no password is known" },
    { "proof/none", "dial lcp s.challenge c.response s.success=none", BINDING_ITEM_SERVER_PROOF,
      "differs", "Success has no S=" },
    /* clang-format on */
};

static const struct binding_row *
find_line(const GPtrArray *lines, enum binding_item item)
{
    for (guint i = 0; lines && i < lines->len; i++) {
        const struct binding_row *line = g_ptr_array_index(lines, i);
        if (line->item == item)
            return line;
    }
    return NULL;
}

/* The table of the last session. Release peer. */
static GPtrArray *
lines_of(const struct line_row *row, struct peer *peer)
{
    struct config config = peer_script_config(row->script);

    peer_init(peer, &config);
    credentials_unref(config.credentials);
    peer_run(peer, row->script);
    engine_finish(peer->engine);
    const GPtrArray *results = engine_results(peer->engine);
    const struct result *last = g_ptr_array_index(results, results->len - 1);
    return binding_rows(last->session);
}

static void
run_line(gconstpointer data)
{
    const struct line_row *row = data;
    struct peer peer;
    GPtrArray *lines = lines_of(row, &peer);
    const struct binding_row *line = find_line(lines, row->item);

    g_assert_cmpstr(line ? line->result : NULL, ==, row->result);
    g_assert_cmpstr(line ? line->with : NULL, ==, row->with);
    if (lines)
        g_ptr_array_unref(lines);
    peer_clear(&peer);
}

/* What needs neither MD4 nor DES goes on; in a process of its own, as FIPS mode cannot be left. */
static void
test_fips(void)
{
    static const struct line_row rows[] = {
        { "password", KNOWN "up", BINDING_ITEM_MAC, "not verified",
          "not verifiable in FIPS mode, which forbids the MD4 and DES of MS-CHAPv2" },
        { "zero", KNOWN "[auth=pap] dial lcp pap c.call-connected", BINDING_ITEM_MAC, "ok",
          "an all-zero HLAK, as the method gives no keys" },
    };

    if (g_test_subprocess()) {
        gcry_control(GCRYCTL_FORCE_FIPS_MODE, 0);
        g_assert_true(gcry_fips_mode_active());
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            run_line(&rows[i]);
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/binding-check", line_rows, run_line);
    g_test_add_func("/binding-check/fips", test_fips);
    return g_test_run();
}
