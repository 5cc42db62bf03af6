/* expect.c - the certificate that is expected of the server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expect.h"

#include <gio/gio.h>
#include <gnutls/x509.h>

static bool
read_digits(const char *text, uint8_t *sha256)
{
    size_t len = 0;

    for (; *text && len < EXPECT_LEN; text += 2, len++) {
        text += *text == ':' && len > 0;
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
            return false;
        sha256[len] = (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
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
    if (r != 0)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, gnutls_strerror(r));
    return r == 0;
}

bool
expect_parse(const char *text, uint8_t sha256[static EXPECT_LEN], GError **error)
{
    return read_digits(text, sha256) || hash_file(text, sha256, error);
}
