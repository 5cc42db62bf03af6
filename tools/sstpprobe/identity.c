/* identity.c - the client's certificate and key, and the certificate that is expected of the server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "identity.h"

#include <string.h>

#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "secret.h"

static bool
fail(GError **error, const char *what, int result)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, gnutls_strerror(result));
    return false;
}

/* --- ours ------------------------------------------------------------------------------------- */

static bool
trust(gnutls_certificate_credentials_t identity, const char *ca, GError **error)
{
    const int r = ca ? gnutls_certificate_set_x509_trust_file(identity, ca, GNUTLS_X509_FMT_PEM)
                     : gnutls_certificate_set_x509_system_trust(identity);

    return !ca || r > 0 || fail(error, ca, r < 0 ? r : GNUTLS_E_NO_CERTIFICATE_FOUND);
}

static bool
take_key(gnutls_certificate_credentials_t identity, const struct options *options, GError **error)
{
    const char *key = options->client_key ? options->client_key : options->client_cert;
    struct secret word = { 0 };
    char text[sizeof word.password.bytes + 1] = "";

    if (options->key_password_file && !secret_read_file(&word, options->key_password_file, error))
        return false;
    memcpy(text, word.password.bytes, word.password.len);
    const int r = gnutls_certificate_set_x509_key_file2(
        identity, options->client_cert, key, GNUTLS_X509_FMT_PEM,
        options->key_password_file ? text : NULL, 0);
    gnutls_memset(text, 0, sizeof text);
    secret_wipe(&word);
    return r >= 0 || fail(error, "--client-cert and --client-key", r);
}

gnutls_certificate_credentials_t
identity_load(const struct options *options, GError **error)
{
    gnutls_certificate_credentials_t identity;

    gnutls_certificate_allocate_credentials(&identity);
    if (take_key(identity, options, error) && trust(identity, options->ca, error))
        return identity;
    gnutls_certificate_free_credentials(identity);
    return NULL;
}

/* --- the server's ----------------------------------------------------------------------------- */

static bool
read_digits(const char *text, uint8_t *sha256)
{
    size_t len = 0;

    for (; *text && len < EXPECT_LEN; text += 2, len++) {
        text += *text == ':' && len > 0;
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
            return false;
        sha256[len] =
            (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
    }
    return len == EXPECT_LEN && *text == '\0';
}

static bool
hash_file(const char *path, uint8_t *sha256, GError **error)
{
    char *bytes;
    gsize len;
    size_t hash_len = EXPECT_LEN;
    gnutls_x509_crt_t cert;

    if (!g_file_get_contents(path, &bytes, &len, error))
        return false;
    const gnutls_datum_t datum = { (unsigned char *)bytes, (unsigned)len };
    gnutls_x509_crt_init(&cert);
    int r = gnutls_x509_crt_import(cert, &datum, GNUTLS_X509_FMT_PEM);
    if (r < 0)
        r = gnutls_x509_crt_import(cert, &datum, GNUTLS_X509_FMT_DER);
    if (r == 0)
        r = gnutls_x509_crt_get_fingerprint(cert, GNUTLS_DIG_SHA256, sha256, &hash_len);
    gnutls_x509_crt_deinit(cert);
    g_free(bytes);
    return r == 0 || fail(error, path, r);
}

bool
identity_expect(const char *text, uint8_t sha256[static EXPECT_LEN], GError **error)
{
    return read_digits(text, sha256) || hash_file(text, sha256, error);
}
