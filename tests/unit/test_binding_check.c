/* test_binding_check.c - a session's crypto binding against what is known: the lines of the table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gcrypt.h>

#include "scenarios.h"
#include "session/binding_check.h"

#define KNOWN "knows=password:" LOGIN_PASSWORD " "
#define WRONG "knows=password:" LOGIN_OTHER_PASSWORD " "

struct line_row {
    const char *name, *script;
    enum binding_item item;
    const char *result, *with; /* NULL: no such line */
    const char *hash;          /* configured, as of struct row */
};

static const struct line_row line_rows[] = {
    /* clang-format off */
    { "nonce", "up", BINDING_ITEM_NONCE, "ok", "Call Connect Ack", NULL },
    { "nonce/other", "dial lcp chap call-connected=nonce", BINDING_ITEM_NONCE, "differs", "Call Connect Ack", NULL },
    { "nonce/no-ack", "tcp post answer call-request s.lose call-ack join", BINDING_ITEM_NONCE,
      "not verified", "the capture lacks Call Connect Ack", NULL },
    { "protocol/not-offered", "tcp post answer call-request call-ack=2 lcp chap call-connected=sha1",
      BINDING_ITEM_HASH_PROTOCOL, "differs", "Call Connect Ack", NULL },
    { "not-connected", "dial lcp chap", BINDING_ITEM_NONCE, NULL, NULL, NULL },

    { "certificate", "tcp tls call join", BINDING_ITEM_CERTIFICATE, "ok", "this connection's certificate", NULL },
    { "certificate/decrypted", "tcp tls=13 call join", BINDING_ITEM_CERTIFICATE,
      "ok", "this connection's certificate, decrypted", NULL },
    { "certificate/earlier", "up-tls close next tcp tls=resumed call join", BINDING_ITEM_CERTIFICATE,
      "ok", "the certificate of an earlier connection to this server", NULL },
    { "certificate/none", "tcp tls=resumed call join", BINDING_ITEM_CERTIFICATE,
      "not verified", "no certificate is known", NULL },
    { "certificate/configured", "tcp tls=resumed call join", BINDING_ITEM_CERTIFICATE,
      "differs", "a configured certificate", OTHER_SHA256 },
    { "padding", "dial lcp chap call-connected=sha1,padded", BINDING_ITEM_PADDING,
      "differs", "what stands behind a SHA-1 hash must be zero", NULL },
    { "padding/zero", "dial lcp chap call-connected=sha1", BINDING_ITEM_PADDING, NULL, NULL, NULL },

    { "mac/password", KNOWN "up", BINDING_ITEM_MAC, "ok", "the given password", NULL },
    { "mac/domain", KNOWN "user=domain up", BINDING_ITEM_MAC, "ok", "the given password", NULL },
    { "mac/eap", KNOWN "dial auth=eap lcp eap-mschapv2 call-connected", BINDING_ITEM_MAC, "ok", "the given password", NULL },
    { "mac/second-try", KNOWN "dial lcp challenge response=other failure=E=691_R=1 challenge response success call-connected",
      BINDING_ITEM_MAC, "ok", "the given password", NULL },
    { "mac/second-of-two", WRONG KNOWN "up", BINDING_ITEM_MAC, "ok", "the given password", NULL },
    { "mac/zero", "dial auth=pap lcp pap call-connected", BINDING_ITEM_MAC,
      "ok", "an all-zero HLAK, as the method gives no keys", NULL },
    { "mac/no-authentication", "dial auth=none lcp call-connected", BINDING_ITEM_MAC,
      "ok", "an all-zero HLAK, as the method gives no keys", NULL },
    { "mac/given-hlak", "knows=hlak:7777777777777777777777777777777777777777777777777777777777777777 "
      "dial auth=eap lcp eap=25 c.eap=25 eap-success call-connected", BINDING_ITEM_MAC, "ok", "the given HLAK", NULL },
    { "mac/nothing-given", "up", BINDING_ITEM_MAC,
      "not verified", "no password, NT hash or HLAK is given for this user", NULL },
    { "mac/wrong-password", WRONG "up", BINDING_ITEM_MAC,
      "not verified", "the given password is not the one that the client used", NULL },
    { "mac/challenge-lost", KNOWN "dial lcp s.lose challenge response success call-connected", BINDING_ITEM_MAC,
      "not verified", "the capture lacks the Challenge or the Response of MS-CHAPv2", NULL },
    { "mac/peap", KNOWN "dial auth=eap lcp eap=25 c.eap=25 eap-success call-connected", BINDING_ITEM_MAC,
      "not verified", "PEAP makes its keys inside its own TLS; an HLAK can be given", NULL },
    { "mac/eap-tls", KNOWN "dial auth=eap lcp eap=13 c.eap=13 eap-success call-connected", BINDING_ITEM_MAC,
      "not verified", "the capture lacks a hello of the handshake inside EAP-TLS; an HLAK can be given", NULL },
    { "mac/eap-tls/no-secret", "dial auth=eap lcp eap-tls eap-success call-connected", BINDING_ITEM_MAC,
      "not verified", "the key log has no CLIENT_RANDOM line of the handshake inside EAP-TLS; an HLAK can be given", NULL },
    { "mac/eap-tls/no-secret-13", "dial auth=eap lcp eap-tls=13 eap-success call-connected", BINDING_ITEM_MAC,
      "not verified", "the key log has no EXPORTER_SECRET of the handshake inside EAP-TLS; an HLAK can be given", NULL },
    { "mac/eap-tls/12", "keylog dial auth=eap lcp eap-tls eap-success call-connected", BINDING_ITEM_MAC,
      "ok", "the secrets of the handshake inside EAP-TLS", NULL },
    { "mac/eap-tls/13", "keylog dial auth=eap lcp eap-tls=13 eap-success call-connected", BINDING_ITEM_MAC,
      "ok", "the secrets of the handshake inside EAP-TLS", NULL },
    { "mac/eap-tls/differs", "keylog dial auth=eap lcp eap-tls eap-success call-connected=big-endian", BINDING_ITEM_MAC,
      "differs", "a big-endian length in the key's derivation", NULL },
    { "mac/unknown-eap", KNOWN "dial auth=eap lcp eap=6 c.eap=6 eap-success call-connected", BINDING_ITEM_MAC,
      "not verified", "which keys the authentication gave is not known; an HLAK can be given", NULL },
    { "mac/no-hash", "dial lcp chap call-connected=none", BINDING_ITEM_MAC,
      "not verified", "Call Connected names no single hash protocol", NULL },
    { "mac/zero-key", "dial lcp chap call-connected=zero", BINDING_ITEM_MAC, "differs", "an all-zero HLAK", NULL },
    { "mac/zero-key-and-form", "dial lcp chap call-connected=zero,big-endian", BINDING_ITEM_MAC,
      "differs", "an all-zero HLAK and a big-endian length in the key's derivation", NULL },
    { "mac/swapped", KNOWN "dial lcp chap call-connected=swapped", BINDING_ITEM_MAC,
      "differs", "send and receive key exchanged", NULL },
    { "mac/swapped-and-form", KNOWN "dial lcp chap call-connected=swapped,twice", BINDING_ITEM_MAC,
      "differs", "send and receive key exchanged and a message whose MAC field was not zeroed", NULL },
    { "mac/cut", KNOWN "dial lcp chap call-connected=cut", BINDING_ITEM_MAC,
      "differs", "the HLAK cut after 24 bytes", NULL },
    { "mac/halves-cut", KNOWN "dial lcp chap call-connected=halves-cut", BINDING_ITEM_MAC,
      "differs", "both keys cut after 8 bytes", NULL },
    { "mac/receive-alone", KNOWN "dial lcp chap call-connected=receive-alone", BINDING_ITEM_MAC,
      "differs", "the client's receive key alone", NULL },
    { "mac/padded-keys", KNOWN "dial lcp chap call-connected=padded-keys", BINDING_ITEM_MAC,
      "differs", "both keys padded to 32 bytes", NULL },
    { "mac/mixed", KNOWN "dial lcp chap call-connected=mixed", BINDING_ITEM_MAC,
      "differs", "SHA-1 and SHA-256 mixed up", NULL },
    { "mac/mixed-sha1", KNOWN "dial lcp chap call-connected=mixed,sha1", BINDING_ITEM_MAC,
      "differs", "SHA-1 and SHA-256 mixed up", NULL },
    { "mac/headless", KNOWN "dial lcp chap call-connected=headless", BINDING_ITEM_MAC,
      "differs", "a message without its header", NULL },
    { "mac/macless", KNOWN "dial lcp chap call-connected=macless", BINDING_ITEM_MAC,
      "differs", "a message that ends in front of the MAC", NULL },
    { "mac/padding-ignored", KNOWN "dial lcp chap call-connected=sha1,padded,mac-unpadded", BINDING_ITEM_MAC,
      "differs", "other bytes behind a SHA-1 hash", NULL },
    { "mac/other-nonce", KNOWN "up close next dial lcp chap call-connected=mac-of-nonce", BINDING_ITEM_MAC,
      "differs", "the nonce of session 0", NULL },
    { "mac/other-certificate", KNOWN "tcp tls=name call join close next tcp tls call lcp chap call-connected=mac-of-cert",
      BINDING_ITEM_MAC, "differs", "the certificate hash of session 0", NULL },
    { "mac/other-password", KNOWN WRONG "dial lcp chap call-connected=other-password", BINDING_ITEM_MAC,
      "differs", "the keys of another password that was given", NULL },
    { "mac/no-mistake", KNOWN "dial lcp chap call-connected=no-mac", BINDING_ITEM_MAC,
      "differs", "no mistake that is known", NULL },

    { "response", KNOWN "dial lcp challenge response failure=E=691_R=0", BINDING_ITEM_NT_RESPONSE,
      "ok", "the given password or NT hash", NULL },
    { "response/other", KNOWN "dial lcp challenge response=other failure=E=691_R=0", BINDING_ITEM_NT_RESPONSE,
      "differs", "the given password or NT hash", NULL },
    { "response/nothing-given", "dial lcp challenge response failure=E=691_R=0", BINDING_ITEM_NT_RESPONSE, NULL, NULL, NULL },
    { "proof", KNOWN "up", BINDING_ITEM_SERVER_PROOF, "ok", "the client's password", NULL },
    { "proof/other", KNOWN "dial lcp challenge response success=other", BINDING_ITEM_SERVER_PROOF,
      "differs", "the client's password", NULL },
    { "proof/nothing-given", "up", BINDING_ITEM_SERVER_PROOF, "not verified", "no password is known", NULL },
    { "proof/none", "dial lcp challenge response success=none", BINDING_ITEM_SERVER_PROOF,
      "differs", "Success has no S=", NULL },
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
    const struct row as_row = { .name = row->name, .script = row->script, .hash = row->hash };
    struct config config = row_config(&as_row);

    if (g_str_has_prefix(row->script, "keylog "))
        config.find_secret = login_find_secret;
    peer_init(peer, &config);
    row_config_clear(&config);
    peer_run(peer, row->script + (config.find_secret ? strlen("keylog ") : 0));
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
          "not verifiable in FIPS mode, which forbids the MD4 and DES of MS-CHAPv2", NULL },
        { "zero", KNOWN "dial auth=pap lcp pap call-connected", BINDING_ITEM_MAC, "ok",
          "an all-zero HLAK, as the method gives no keys", NULL },
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
