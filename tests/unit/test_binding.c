/* test_binding.c - certificate hashes of the crypto binding
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"
#include "hex.h"

/* SHA-1 and SHA-256 of "abc" and of nothing: FIPS 180-4 examples (NIST CSRC). */
#define ABC_SHA1     "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_SHA256   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY_SHA1   "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct hash_row {
    const char *name;
    const char *der, *sha1, *sha256;
};

static const struct hash_row hash_rows[] = {
    { "abc", "abc", ABC_SHA1, ABC_SHA256 },
    { "empty", "", EMPTY_SHA1, EMPTY_SHA256 },
};

static void
run_hash(gconstpointer data)
{
    const struct hash_row *row = data;
    struct hex sha1 = hex_new(row->sha1), sha256 = hex_new(row->sha256);
    struct binding_cert cert;

    binding_cert_hash((const uint8_t *)row->der, strlen(row->der), &cert);
    g_assert_cmpmem(cert.sha1, sizeof cert.sha1, sha1.data, sha1.len);
    g_assert_cmpmem(cert.sha256, sizeof cert.sha256, sha256.data, sha256.len);
    hex_free(sha1);
    hex_free(sha256);
}

struct match_row {
    const char *name;
    const char *cert_hash; /* of the binding; the certificate is "abc" */
    uint8_t bitmask;
    bool matches;
};

static const struct match_row match_rows[] = {
    { "sha1", ABC_SHA1, SSTP_HASH_SHA1, true },
    { "sha1/padding-not-looked-at", ABC_SHA1 "ff*12 ", SSTP_HASH_SHA1, true },
    { "sha1/other", EMPTY_SHA1, SSTP_HASH_SHA1, false },
    { "sha1/of-sha256", ABC_SHA256, SSTP_HASH_SHA1, false },
    { "sha256", ABC_SHA256, SSTP_HASH_SHA256, true },
    { "sha256/other", EMPTY_SHA256, SSTP_HASH_SHA256, false },
    { "sha256/last-byte", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ac",
      SSTP_HASH_SHA256, false },
    { "no-bitmask", ABC_SHA256, 0, false },
    { "two-bits", ABC_SHA256, SSTP_HASH_SHA1 | SSTP_HASH_SHA256, false },
};

static void
run_match(gconstpointer data)
{
    const struct match_row *row = data;
    struct hex hash = hex_new(row->cert_hash);
    struct sstp_binding binding = { .bitmask = row->bitmask,
                                    .hash_len = (uint8_t)sstp_hash_len(row->bitmask) };
    struct binding_cert cert;

    memcpy(binding.cert_hash, hash.data, hash.len);
    binding_cert_hash((const uint8_t *)"abc", 3, &cert);
    g_assert_cmpint(binding_cert_matches(&binding, &cert), ==, row->matches);
    hex_free(hash);
}

struct configured_row {
    const char *name;
    uint8_t bitmask;
    uint8_t len;
    bool matches;
};

/* ABC_SHA256 against its own first bytes. */
static const struct configured_row configured_rows[] = {
    { "sha256", SSTP_HASH_SHA256, 32, true },
    { "sha256/one-byte-less", SSTP_HASH_SHA256, 31, false },
    { "sha256/20", SSTP_HASH_SHA256, 20, false },
    { "sha1", SSTP_HASH_SHA1, 20, true },
    { "sha1/32", SSTP_HASH_SHA1, 32, false },
    { "sha1/nothing", SSTP_HASH_SHA1, 0, false },
    { "no-bitmask/nothing", 0, 0, false },
};

static void
run_configured(gconstpointer data)
{
    const struct configured_row *row = data;
    struct hex hash = hex_new(ABC_SHA256);
    struct sstp_binding binding = { .bitmask = row->bitmask,
                                    .hash_len = (uint8_t)sstp_hash_len(row->bitmask) };

    memcpy(binding.cert_hash, hash.data, hash.len);
    g_assert_cmpint(binding_hash_matches(&binding, hash.data, row->len), ==, row->matches);
    hex_free(hash);
}

struct parse_row {
    const char *name;
    const char *text;
    const char *expected; /* NULL: refused */
};

static const struct parse_row parse_rows[] = {
    { "sha1", ABC_SHA1, ABC_SHA1 },
    { "sha256", ABC_SHA256, ABC_SHA256 },
    { "colons", "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D", ABC_SHA1 },
    { "mixed", "A9:99 3e-36,47 06 816aba3e25717850c26c9cd0d89d\n", ABC_SHA1 },
    { "empty", "", NULL },
    { "one-byte-less", "99993e364706816aba3e25717850c26c9cd0d8", NULL },
    { "one-more", ABC_SHA1 "00", NULL },
    { "too-long", ABC_SHA256 "00", NULL },
    { "half-byte", "a9993e364706816aba3e25717850c26c9cd0d89", NULL },
    { "split-byte", "a 9993e364706816aba3e25717850c26c9cd0d89d", NULL },
    { "no-hex", "x9993e364706816aba3e25717850c26c9cd0d89d", NULL },
};

static void
run_parse(gconstpointer data)
{
    const struct parse_row *row = data;
    struct hex expected = hex_new(row->expected != NULL ? row->expected : "");
    uint8_t out[32], untouched[32];

    memset(out, 0xee, sizeof out);
    memset(untouched, 0xee, sizeof untouched);
    g_assert_cmpuint(binding_parse_hash(row->text, out), ==, expected.len);
    g_assert_cmpmem(out, expected.len, expected.data, expected.len);
    g_assert_cmpmem(out + expected.len, sizeof out - expected.len, untouched,
                    sizeof out - expected.len);
    hex_free(expected);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/binding/hash", hash_rows, run_hash);
    ADD_ROWS("/binding/match", match_rows, run_match);
    ADD_ROWS("/binding/configured", configured_rows, run_configured);
    ADD_ROWS("/binding/parse", parse_rows, run_parse);
    return g_test_run();
}
