/* test_mschapv2.c - MS-CHAPv2 and its keys, step by step
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gcrypt.h>

#include "hex.h"
#include "codec/mschapv2.h"

/* RFC 2759 9.2 */
#define CHALLENGE      "5b5d7c7d7b3f2f3e3c2c602132262628"
#define PEER_CHALLENGE "21402324255e262a28295f2b3a337c7e"
#define CHALLENGE_HASH "d02e4386bce91226"
#define NT_HASH        "44ebba8d5312b8d611474411f56989ae"
#define NT_RESPONSE    "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"
#define PROOF          "407a5589115fd0d6209f510fe9c04566932cda56"
/* RFC 3079 3.5.3, for the exchange of RFC 2759: the server's side */
#define MASTER_KEY  "fdece3717a8c838cb388e527ae3cdd31"
#define SERVER_SEND "8b7cdc149b993a1ba118cb153f56dccb"

static void
assert_is(const uint8_t *bytes, size_t len, const char *text)
{
    struct hex hex = hex_new(text);

    g_assert_cmpmem(bytes, len, hex.data, hex.len);
    hex_free(hex);
}

/* --- hashes ---------------------------------------------------------------------------------- */

struct hash_row {
    const char *name;
    const char *password, *nt_hash; /* NULL: refused */
};

static const struct hash_row hash_rows[] = {
    { "rfc-2759", "clientPass", NT_HASH },
    /* MD4 of nothing: RFC 1320 A.5 */
    { "empty", "", "31d6cfe0d16ae931b73c59d7e0c089c0" },
    /* MD4 of e4 00 ac 20 3d d8 11 dc, as "openssl dgst -md4 -provider legacy" has it */
    { "beyond-ascii", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x91", "fe4fa4645296bc4fb4991b858aa9fc40" },
    { "no-utf-8", "\xff\xfe", NULL },
    { "cut", "a\xc3", NULL },
};

static void
run_hash(gconstpointer data)
{
    const struct hash_row *row = data;
    uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN];
    bool good = mschapv2_nt_hash(text_buf(row->password), nt_hash);

    g_assert_cmpint(good, ==, row->nt_hash != NULL);
    if (good)
        assert_is(nt_hash, sizeof nt_hash, row->nt_hash);
}

static void
test_challenge_hash(void)
{
    struct hex peer = hex_new(PEER_CHALLENGE), challenge = hex_new(CHALLENGE);
    uint8_t hash[MSCHAPV2_CHALLENGE_HASH_LEN];

    g_assert_true(mschapv2_challenge_hash(peer.data, challenge.data, text_buf("User"), hash));
    assert_is(hash, sizeof hash, CHALLENGE_HASH);
    hex_free(peer);
    hex_free(challenge);
}

/* --- responses ------------------------------------------------------------------------------- */

static void
test_nt_response(void)
{
    struct hex hash = hex_new(CHALLENGE_HASH), nt_hash = hex_new(NT_HASH);
    uint8_t response[MSCHAPV2_NT_RESPONSE_LEN];

    g_assert_true(mschapv2_nt_response(hash.data, nt_hash.data, response));
    assert_is(response, sizeof response, NT_RESPONSE);
    hex_free(hash);
    hex_free(nt_hash);
}

/* The third key has two bytes of the hash: with both zero it is one of DES's weak keys, of which
 * "8ca64de9c1b123a7" is the cipher text of eight zeros (NIST SP 800-17 B.1). */
static void
test_weak_key(void)
{
    static const uint8_t hash[MSCHAPV2_CHALLENGE_HASH_LEN];
    static const uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN];
    uint8_t response[MSCHAPV2_NT_RESPONSE_LEN];

    g_assert_true(mschapv2_nt_response(hash, nt_hash, response));
    assert_is(response, sizeof response, "8ca64de9c1b123a7 8ca64de9c1b123a7 8ca64de9c1b123a7");
}

static void
test_proof(void)
{
    struct hex hash = hex_new(CHALLENGE_HASH), nt_hash = hex_new(NT_HASH);
    struct hex response = hex_new(NT_RESPONSE);
    uint8_t proof[MSCHAPV2_PROOF_LEN];

    g_assert_true(mschapv2_proof(hash.data, nt_hash.data, response.data, proof));
    assert_is(proof, sizeof proof, PROOF);
    hex_free(hash);
    hex_free(nt_hash);
    hex_free(response);
}

/* --- keys ------------------------------------------------------------------------------------ */

static void
test_keys(void)
{
    struct hex nt_hash = hex_new(NT_HASH), response = hex_new(NT_RESPONSE);
    uint8_t master[MSCHAPV2_KEY_LEN], send[MSCHAPV2_KEY_LEN], receive[MSCHAPV2_KEY_LEN];

    g_assert_true(mschapv2_master_key(nt_hash.data, response.data, master));
    assert_is(master, sizeof master, MASTER_KEY);
    g_assert_true(mschapv2_client_keys(master, send, receive));
    assert_is(receive, sizeof receive, SERVER_SEND);
    g_assert_cmpint(memcmp(send, receive, sizeof send), !=, 0);
    hex_free(nt_hash);
    hex_free(response);
}

/* --- the Success message --------------------------------------------------------------------- */

struct proof_row {
    const char *name;
    const char *message;
    const char *proof; /* NULL: there is none */
};

static const struct proof_row proof_rows[] = {
    { "alone", "S=407A5589115FD0D6209F510FE9C04566932CDA56", PROOF },
    { "lower-case", "S=" PROOF, PROOF },
    { "message", "S=407A5589115FD0D6209F510FE9C04566932CDA56 M=Welcome", PROOF },
    { "empty", "", NULL },
    { "other", "Welcome", NULL },
    { "behind", "M=S=" PROOF, NULL },
    { "one-digit-less", "S=407A5589115FD0D6209F510FE9C04566932CDA5", NULL },
    { "no-digit", "S=407A5589115FD0D6209F510FE9C04566932CDA5G", NULL },
    { "no-equals", "S", NULL },
};

static void
run_proof(gconstpointer data)
{
    const struct proof_row *row = data;
    uint8_t proof[MSCHAPV2_PROOF_LEN];
    bool good = mschapv2_decode_proof(text_buf(row->message), proof);

    g_assert_cmpint(good, ==, row->proof != NULL);
    if (good)
        assert_is(proof, sizeof proof, row->proof);
}

/* --- FIPS mode ------------------------------------------------------------------------------- */

/* In a process of its own, as it cannot be left. */
static void
test_fips(void)
{
    static const uint8_t zeros[MSCHAPV2_NT_RESPONSE_LEN];
    uint8_t out[MSCHAPV2_NT_RESPONSE_LEN];

    if (g_test_subprocess()) {
        gcry_control(GCRYCTL_FORCE_FIPS_MODE, 0);
        g_assert_true(gcry_fips_mode_active());
        g_assert_false(mschapv2_is_available());
        g_assert_false(mschapv2_nt_hash(text_buf("secret"), out));
        g_assert_false(mschapv2_nt_response(zeros, zeros, out));
        g_assert_false(mschapv2_proof(zeros, zeros, zeros, out));
        g_assert_false(mschapv2_master_key(zeros, zeros, out));
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/mschapv2/nt-hash", hash_rows, run_hash);
    g_test_add_func("/mschapv2/challenge-hash", test_challenge_hash);
    g_test_add_func("/mschapv2/nt-response", test_nt_response);
    g_test_add_func("/mschapv2/nt-response/weak-key", test_weak_key);
    g_test_add_func("/mschapv2/proof", test_proof);
    g_test_add_func("/mschapv2/keys", test_keys);
    ADD_ROWS("/mschapv2/success", proof_rows, run_proof);
    g_test_add_func("/mschapv2/fips", test_fips);
    return g_test_run();
}
