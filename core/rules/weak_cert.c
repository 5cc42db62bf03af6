/* weak_cert.c - what is weak in the cryptography of a certificate
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/weak_cert.h"

#include "base/thresholds.h"

const char *
weak_key_text(const struct cert *cert)
{
    if (cert->key == CERT_KEY_RSA && cert->key_bits < TLS_RSA_BITS_MIN)
        return "an RSA key of less than 2048 bits";
    if (cert->key == CERT_KEY_ECDSA && cert->key_bits < TLS_EC_BITS_MIN)
        return "a short ECDSA key";
    return NULL;
}

const char *
weak_signature_text(const struct cert *cert)
{
    /* Nobody relies on the signature of a self-signed one. */
    return cert->weak_signature && !cert->self_signed ? "a certificate signed with SHA-1 or MD5"
                                                      : NULL;
}
