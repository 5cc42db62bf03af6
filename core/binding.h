/* binding.h - SSTP crypto binding: certificate hashes (MS-SSTP 2.2.6, 3.2.5.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BINDING_H
#define SSTPDIAG_CORE_BINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sstp.h"

/* SHA-1 and SHA-256 over a leaf certificate's DER: the two values that CertHash can hold. */
struct binding_cert {
    uint8_t sha1[20];
    uint8_t sha256[32];
};

void binding_cert_hash(const uint8_t *der, size_t len, struct binding_cert *out);
/* Does the certificate give the binding's CertHash? Padding is not looked at; false if hash_len is
 * 0. */
bool binding_cert_matches(const struct sstp_binding *binding, const struct binding_cert *cert);
/* One administrator-configured hash, 20 or 32 bytes. */
bool binding_hash_matches(const struct sstp_binding *binding, const uint8_t *hash, size_t len);
/* "AA:bb cc..." to bytes; 20 or 32 of them, else 0 is returned. */
size_t binding_parse_hash(const char *text, uint8_t out[static 32]);

#endif
