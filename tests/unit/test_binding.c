/* test_binding.c - certificate hashes and Compound MAC of the crypto binding
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crypto/binding.h"
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

/* --- the Compound MAC ------------------------------------------------------------------------ */

/* The examples of MS-SSTP 4.6. */
#define HLAK_SHA1   "4b3128f43925d9006eefb1c4e86515a1 d88e56bab3ca2bdf0373b7f5a8a13b19"
#define HLAK_SHA256 "2a1bb40d55ab0f5ef32f06f2b3cc73c4 8fd3fac41d7a1315a19228d9024ca164"
#define MESSAGE_SHA1                                                                               \
    "10010070 00040001 00030068 00000001 "                                                         \
    "0f1a2d58d4a3e3000fad3ce4906e07b707aa9e441cceac5cbd7b2cc1c9d86cdf "                            \
    "5826b629bda59b8e6fd8dcd2622fd34c534805a5 00*12 "
#define MESSAGE_SHA256                                                                             \
    "10010070 00040001 00030068 00000002 "                                                         \
    "412b489aebd7ecc7d08966f26be7cd72b231a0e9210d7c91b308862b0344c435 "                            \
    "7993ef314c493dace9f02d60e7e61c84b6690aafe9d7aeea92cbbe8ad599422d "
#define CMK_SHA1   "a98b862a38cc7e224b42cd128586acb22f0bd1e9"
#define CMK_SHA256 "ecf59ac9fe155cf0a9e7d66adc1b363c1ad7ba91a9217f0cec2a534298828df6"
#define MAC_SHA1   "69915dd583d8062fef16f61db2f03290ec27cb6c"
#define MAC_SHA256 "52a68efd8cffbf52770b8f0fe8ec73716583af6d611eb6d179b3b20840985449"

struct cmk_row {
    const char *name;
    uint8_t hash;
    const char *hlak, *cmk; /* NULL: none can be made */
};

static const struct cmk_row cmk_rows[] = {
    { "sha1", SSTP_HASH_SHA1, HLAK_SHA1, CMK_SHA1 },
    { "sha256", SSTP_HASH_SHA256, HLAK_SHA256, CMK_SHA256 },
    { "no-hash", 0, HLAK_SHA256, NULL },
    { "two-hashes", SSTP_HASH_SHA1 | SSTP_HASH_SHA256, HLAK_SHA256, NULL },
};

static void
run_cmk(gconstpointer data)
{
    const struct cmk_row *row = data;
    struct hex hlak = hex_new(row->hlak), cmk = hex_new(row->cmk ? row->cmk : "");
    uint8_t out[SSTP_HASH_MAX_LEN];
    size_t len = binding_cmk(row->hash, hlak.data, hlak.len, false, out);

    g_assert_cmpmem(out, len, cmk.data, cmk.len);
    hex_free(hlak);
    hex_free(cmk);
}

struct mac_row {
    const char *name;
    uint8_t hash;
    const char *hlak, *message, *mac;
};

/* What follows the examples was computed by an independent program from the same messages. */
static const struct mac_row mac_rows[] = {
    { "sha1", SSTP_HASH_SHA1, HLAK_SHA1, MESSAGE_SHA1 "00*32", MAC_SHA1 },
    { "sha1/mac-in-place", SSTP_HASH_SHA1, HLAK_SHA1, MESSAGE_SHA1 MAC_SHA1 "00*12", MAC_SHA1 },
    { "sha1/swapped", SSTP_HASH_SHA1,
      "d88e56bab3ca2bdf0373b7f5a8a13b19 4b3128f43925d9006eefb1c4e86515a1", MESSAGE_SHA1 "00*32",
      "2cef8f3500f337ee5df6e1c6917ea7c766631e91" },
    { "sha1/zero", SSTP_HASH_SHA1, "00*32", MESSAGE_SHA1 "00*32",
      "9a111c756b84d95002c9372556c181e0e5360da7" },
    { "sha256", SSTP_HASH_SHA256, HLAK_SHA256, MESSAGE_SHA256 "00*32", MAC_SHA256 },
    { "sha256/mac-in-place", SSTP_HASH_SHA256, HLAK_SHA256, MESSAGE_SHA256 MAC_SHA256, MAC_SHA256 },
    { "sha256/swapped", SSTP_HASH_SHA256,
      "8fd3fac41d7a1315a19228d9024ca164 2a1bb40d55ab0f5ef32f06f2b3cc73c4", MESSAGE_SHA256 "00*32",
      "cce9c18ad2972e28dcdff8cd70248d8fdcedb91d52164696fd308d32c830379a" },
    { "sha256/zero", SSTP_HASH_SHA256, "00*32", MESSAGE_SHA256 "00*32",
      "37350a9168e4697495f2f535721af42be80a185d6dc4c4dc929f8f87e304a616" },
    { "no-hash", 0, HLAK_SHA256, MESSAGE_SHA256 "00*32", "" },
};

static void
run_mac(gconstpointer data)
{
    const struct mac_row *row = data;
    const struct binding_form form = { 0 };
    struct hex hlak = hex_new(row->hlak), message = hex_new(row->message), mac = hex_new(row->mac);
    uint8_t out[SSTP_HASH_MAX_LEN];

    g_assert_cmpuint(message.len, ==, BINDING_MESSAGE_LEN);
    size_t len = binding_mac(row->hash, hlak.data, hlak.len, &form, message.data, out);
    g_assert_cmpmem(out, len, mac.data, mac.len);
    hex_free(hlak);
    hex_free(message);
    hex_free(mac);
}

/* Each wrong form gives a MAC of its own. */
static void
test_forms(void)
{
    static const struct binding_form forms[] = {
        { 0 },
        { .cmk_hash = SSTP_HASH_SHA1 },
        { .mac_hash = SSTP_HASH_SHA1 },
        { .cmk_hash = SSTP_HASH_SHA1, .mac_hash = SSTP_HASH_SHA1 },
        { .big_endian = true },
        { .without_header = true },
        { .without_mac = true },
        { .twice = true },
        { .keeps_padding = true },
    };
    struct hex hlak = hex_new(HLAK_SHA256), message = hex_new(MESSAGE_SHA256 "11*32");
    uint8_t mac[G_N_ELEMENTS(forms)][SSTP_HASH_MAX_LEN] = { { 0 } };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        const uint8_t hash = forms[i].keeps_padding ? SSTP_HASH_SHA1 : SSTP_HASH_SHA256;
        size_t len = binding_mac(hash, hlak.data, hlak.len, &forms[i], message.data, mac[i]);
        g_assert_cmpuint(len, !=, 0);
        for (size_t k = 0; k < i; k++)
            g_assert_cmpint(memcmp(mac[i], mac[k], sizeof mac[i]), !=, 0);
    }
    hex_free(hlak);
    hex_free(message);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/binding/hash", hash_rows, run_hash);
    ADD_ROWS("/binding/match", match_rows, run_match);
    ADD_ROWS("/binding/configured", configured_rows, run_configured);
    ADD_ROWS("/binding/parse", parse_rows, run_parse);
    ADD_ROWS("/binding/cmk", cmk_rows, run_cmk);
    ADD_ROWS("/binding/mac", mac_rows, run_mac);
    g_test_add_func("/binding/mac/forms", test_forms);
    return g_test_run();
}
