/* test_cert.c - certificate chains to facts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crypto/cert.h"
#include "certs.h"
#include "base/event.h"
#include "hex.h"

static const int64_t day_2023 = INT64_C(1672531200) * NS_PER_SECOND; /* 2023-01-01 */

/* A chain as a handshake reader hands it on. */
struct chain {
    GByteArray *leaf, *issuers;
};

static struct chain
chain_new(const char *name)
{
    GPtrArray *certs = certs_chain(name);
    struct chain chain = { g_byte_array_new(), g_byte_array_new() };

    for (guint i = 0; i < certs->len; i++) {
        const GByteArray *der = g_ptr_array_index(certs, i);
        const guint8 len[] = { 0, (guint8)(der->len >> 8), (guint8)der->len };

        if (i > 0)
            g_byte_array_append(chain.issuers, len, sizeof len);
        g_byte_array_append(i > 0 ? chain.issuers : chain.leaf, der->data, der->len);
    }
    g_ptr_array_unref(certs);
    return chain;
}

static void
chain_free(struct chain chain)
{
    g_byte_array_unref(chain.leaf);
    g_byte_array_unref(chain.issuers);
}

static struct buf
bytes_of(const GByteArray *bytes)
{
    return buf_init(bytes->data, bytes->len);
}

static struct cert *
cert_of(const char *name)
{
    struct chain chain = chain_new(name);
    struct cert *cert = cert_new(bytes_of(chain.leaf), bytes_of(chain.issuers));

    chain_free(chain);
    g_assert_nonnull(cert);
    return cert;
}

static const struct chain_row {
    const char *name;
    unsigned len;
    enum cert_chain chain;
    const char *end;
} chain_rows[] = {
    { "good", 2, CERT_CHAIN_ISSUER, "CN=Example Root" },
    { "full", 3, CERT_CHAIN_SELF_SIGNED, "CN=Example Root" },
    { "lone", 1, CERT_CHAIN_ISSUER, "CN=Example Issuing CA" },
    { "self", 1, CERT_CHAIN_SELF_SIGNED, "CN=vpn.example.com" },
    { "broken", 2, CERT_CHAIN_BROKEN, "CN=Another Root" },
    { "sha1", 2, CERT_CHAIN_SELF_SIGNED, "CN=Example SHA-1 CA" },
};

static void
run_chain(gconstpointer data)
{
    const struct chain_row *row = data;
    struct cert *cert = cert_of(row->name);

    g_assert_cmpuint(cert->chain_len, ==, row->len);
    g_assert_cmpint(cert->chain, ==, row->chain);
    g_assert_cmpstr(cert->chain_end, ==, row->end);
    g_assert_cmpint(cert->self_signed, ==, strcmp(row->name, "self") == 0);
    cert_free(cert);
}

static const struct usage_row {
    const char *name;
    bool has_usage, server_usage, public_ca;
    enum cert_key key;
    unsigned key_bits;
    bool weak_signature;
} usage_rows[] = {
    { "good", true, true, false, CERT_KEY_RSA, 2048, false },
    { "public", true, true, true, CERT_KEY_ECDSA, 256, false },
    { "lone-aia", true, true, false, CERT_KEY_ECDSA, 256, false },
    { "no-eku", false, false, false, CERT_KEY_ECDSA, 256, false },
    { "client-eku", true, false, false, CERT_KEY_ECDSA, 256, false },
    { "short", true, true, false, CERT_KEY_RSA, 1024, false },
    { "sha1", true, true, false, CERT_KEY_ECDSA, 256, true },
};

static void
run_usage(gconstpointer data)
{
    const struct usage_row *row = data;
    struct cert *cert = cert_of(row->name);

    g_assert_cmpint(cert->has_usage, ==, row->has_usage);
    g_assert_cmpint(cert->server_usage, ==, row->server_usage);
    g_assert_cmpint(cert->public_ca, ==, row->public_ca);
    g_assert_cmpint(cert->key, ==, row->key);
    g_assert_cmpuint(cert->key_bits, ==, row->key_bits);
    g_assert_cmpint(cert->weak_signature, ==, row->weak_signature);
    g_assert_false(cert->is_ca);
    cert_free(cert);
}

static const struct name_row {
    const char *name, *chain, *dialled;
    bool matches;
} name_rows[] = {
    { "dns", "good", "vpn.example.com", true },
    { "dns/case", "good", "VPN.Example.COM", true },
    { "dns/other", "good", "www.example.com", false },
    { "dns/longer", "good", "vpn.example.com.evil.test", false },
    { "dns/empty", "good", "", false },
    { "dns/address", "good", "198.51.100.20", false },
    { "wildcard", "wild", "vpn.example.com", true },
    { "wildcard/two-labels", "wild", "a.vpn.example.com", false },
    { "wildcard/none", "wild", "example.com", false },
    { "address/v4", "ip", "198.51.100.20", true },
    { "address/v6", "ip", "2001:db8::20", true },
    { "address/other", "ip", "198.51.100.21", false },
    { "common-name", "cn", "vpn.example.com", true },
    { "common-name/other", "cn", "www.example.com", false },
    { "name-of-others", "name", "vpn.example.com", false },
};

static void
run_name(gconstpointer data)
{
    const struct name_row *row = data;
    struct chain chain = chain_new(row->chain);

    g_assert_cmpint(cert_has_name(bytes_of(chain.leaf), row->dialled), ==, row->matches);
    chain_free(chain);
}

static void
test_texts(void)
{
    struct cert *cert = cert_of("name");

    g_assert_cmpstr(cert->subject, ==, "CN=mail.example.org");
    g_assert_cmpstr(cert->issuer, ==, "CN=Example Issuing CA");
    g_assert_cmpuint(cert->num_names, ==, 2);
    g_assert_cmpstr(cert->names[0], ==, "mail.example.org");
    g_assert_cmpstr(cert->names[1], ==, "192.0.2.77");
    cert_free(cert);
    cert = cert_of("ip");
    g_assert_cmpstr(cert->names[1], ==, "2001:db8:0:0:0:0:0:20");
    cert_free(cert);
    cert = cert_of("cn");
    g_assert_cmpuint(cert->num_names, ==, 1);
    g_assert_cmpstr(cert->names[0], ==, "vpn.example.com");
    cert_free(cert);
}

static void
test_hosts(void)
{
    struct cert *cert = cert_of("public");

    g_assert_true(cert->has_issuer_url);
    g_assert_cmpuint(cert->num_hosts, ==, 3);
    g_assert_cmpint(cert->hosts[0].kind, ==, CERT_HOST_ISSUER);
    g_assert_cmpstr(cert->hosts[0].name, ==, "ca.example.net");
    g_assert_cmpint(cert->hosts[1].kind, ==, CERT_HOST_OCSP);
    g_assert_cmpstr(cert->hosts[1].name, ==, "ocsp.example.net");
    g_assert_cmpint(cert->hosts[2].kind, ==, CERT_HOST_CRL);
    g_assert_cmpstr(cert->hosts[2].name, ==, "crl.example.net");
    cert_free(cert);
    cert = cert_of("good");
    g_assert_false(cert->has_issuer_url);
    g_assert_cmpuint(cert->num_hosts, ==, 0);
    cert_free(cert);
}

static void
test_dates(void)
{
    const int64_t twenty_years = INT64_C(7305) * 86400 * NS_PER_SECOND;
    struct cert *cert = cert_of("good");

    g_assert_cmpint(cert->not_before, ==, day_2023);
    g_assert_cmpint(cert->not_after, ==, day_2023 + twenty_years);
    g_assert_cmpint(cert->issuers_not_after, ==, day_2023 + twenty_years);
    cert_free(cert);
    cert = cert_of("expired");
    g_assert_cmpint(cert->not_after, ==, INT64_C(1696118400) * NS_PER_SECOND);
    cert_free(cert);
    cert = cert_of("future");
    g_assert_cmpint(cert->not_before, ==, INT64_C(1704067200) * NS_PER_SECOND);
    cert_free(cert);
    cert = cert_of("old-issuer");
    g_assert_cmpint(cert->not_after, ==, day_2023 + twenty_years);
    g_assert_cmpint(cert->issuers_not_after, ==, INT64_C(1696118400) * NS_PER_SECOND);
    cert_free(cert);
}

/* Every cut of a leaf and of its issuers, in blocks of just their size. */
static void
test_truncated(void)
{
    struct chain chain = chain_new("public");

    for (guint len = 0; len < chain.leaf->len; len++) {
        guint8 *cut = g_memdup2(chain.leaf->data, len ? len : 1);
        g_assert_null(cert_new(buf_init(cut, len), buf_init(NULL, 0)));
        g_assert_false(cert_has_name(buf_init(cut, len), "vpn.example.com"));
        g_free(cut);
    }
    for (guint len = 0; len < chain.issuers->len; len++) {
        guint8 *cut = g_memdup2(chain.issuers->data, len ? len : 1);
        struct cert *cert = cert_new(bytes_of(chain.leaf), buf_init(cut, len));
        g_assert_nonnull(cert);
        g_assert_cmpuint(cert->chain_len, ==, 1);
        cert_free(cert);
        g_free(cut);
    }
    chain_free(chain);
}

/* Each byte changed, one after the other. */
static void
test_damaged(void)
{
    struct chain chain = chain_new("public");

    for (guint i = 0; i < chain.leaf->len; i++) {
        chain.leaf->data[i] ^= 0xff;
        cert_free(cert_new(bytes_of(chain.leaf), bytes_of(chain.issuers)));
        chain.leaf->data[i] ^= 0xff;
    }
    chain_free(chain);
}

static void
test_issuer_is_junk(void)
{
    const guint8 junk[] = { 0, 0, 3, 1, 2, 3 };
    struct chain chain = chain_new("lone");
    struct cert *cert = cert_new(bytes_of(chain.leaf), buf_init(junk, sizeof junk));

    g_assert_cmpint(cert->chain, ==, CERT_CHAIN_BROKEN);
    g_assert_cmpuint(cert->chain_len, ==, 2);
    cert_free(cert);
    chain_free(chain);
}

/* A chain without an end. */
static void
test_long(void)
{
    struct chain chain = chain_new("full");
    GByteArray *many = g_byte_array_new();

    for (int i = 0; i < 100; i++)
        g_byte_array_append(many, chain.issuers->data, chain.issuers->len);
    struct cert *cert = cert_new(bytes_of(chain.leaf), bytes_of(many));
    g_assert_cmpuint(cert->chain_len, ==, CERT_CHAIN_MAX);
    cert_free(cert);
    g_byte_array_unref(many);
    chain_free(chain);
}

/* A file has the certificate as DER, or as PEM among other things: of two it is the first one. */
static void
test_file(void)
{
    GPtrArray *chain = certs_chain("good");
    const GByteArray *leaf = g_ptr_array_index(chain, 0), *issuer = g_ptr_array_index(chain, 1);
    char *first = g_base64_encode(leaf->data, leaf->len);
    char *second = g_base64_encode(issuer->data, issuer->len);
    GString *pem = g_string_new("subject=CN = vpn.example.com\r\n");
    struct binding_cert expected, hash;

    binding_cert_hash(leaf->data, leaf->len, &expected);
    g_assert_true(cert_file_hash(buf_init(leaf->data, leaf->len), &hash));
    g_assert_cmpmem(&hash, sizeof hash, &expected, sizeof expected);
    g_string_append_printf(pem,
                           "-----BEGIN CERTIFICATE-----\r\n%s\r\n-----END CERTIFICATE-----\r\n"
                           "-----BEGIN CERTIFICATE-----\r\n%s\r\n-----END CERTIFICATE-----\r\n",
                           first, second);
    memset(&hash, 0, sizeof hash);
    g_assert_true(cert_file_hash(text_buf(pem->str), &hash));
    g_assert_cmpmem(&hash, sizeof hash, &expected, sizeof expected);
    g_assert_false(cert_file_hash(buf_init(leaf->data, leaf->len - 1), &hash));
    g_assert_false(cert_file_hash(text_buf("-----BEGIN CERTIFICATE-----\n"), &hash));
    g_assert_false(cert_file_hash(text_buf(""), &hash));
    g_string_free(pem, TRUE);
    g_free(first);
    g_free(second);
    g_ptr_array_unref(chain);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/cert/chain", chain_rows, run_chain);
    ADD_ROWS("/cert/usage", usage_rows, run_usage);
    ADD_ROWS("/cert/name", name_rows, run_name);
    g_test_add_func("/cert/texts", test_texts);
    g_test_add_func("/cert/hosts", test_hosts);
    g_test_add_func("/cert/dates", test_dates);
    g_test_add_func("/cert/truncated", test_truncated);
    g_test_add_func("/cert/damaged", test_damaged);
    g_test_add_func("/cert/issuer-is-junk", test_issuer_is_junk);
    g_test_add_func("/cert/long", test_long);
    g_test_add_func("/cert/file", test_file);
    return g_test_run();
}
