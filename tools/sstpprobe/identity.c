/* identity.c - the client's certificate and key, of EAP-TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "identity.h"

#include <string.h>

#include <gnutls/crypto.h>

#include "secret.h"

static bool
fail(GError **error, const char *what, int result)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, gnutls_strerror(result));
    return false;
}

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
