/* binding.h - SSTP crypto binding: certificate hashes and Compound MAC (MS-SSTP 2.2.6, 3.2.5.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CRYPTO_BINDING_H
#define SSTPDIAG_CORE_CRYPTO_BINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/sstp.h"

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

enum {
    BINDING_HLAK_LEN = 32,     /* the method's keys, the client's send key in front */
    BINDING_MESSAGE_LEN = 112, /* Call Connected */
    BINDING_CERT_HASH_OFFSET = 48,
    BINDING_NONCE_OFFSET = 16,
    BINDING_MAC_OFFSET = 80,
};

/* How the Compound MAC is made of HLAK and message. All zero: MS-SSTP. */
struct binding_form {
    uint8_t cmk_hash, mac_hash; /* SSTP_HASH_SHA1 or SSTP_HASH_SHA256; 0: the one of the message */
    bool big_endian;            /* length in the derivation of the CMK */
    bool without_header;        /* over the attribute alone */
    bool without_mac;           /* the message ends in front of the MAC */
    bool twice;                 /* over a message that has the MAC already */
    bool keeps_padding;         /* what stands behind a SHA-1 MAC is not zeroed */
};

/* The Compound MAC Key: HMAC with HLAK over label, length and counter (MS-SSTP 3.2.5.2.2,
 * 3.2.5.2.4).
 * hash: SSTP_HASH_SHA1 or SSTP_HASH_SHA256. Returns 20 or 32, 0 when it cannot be made. */
size_t binding_cmk(uint8_t hash, const uint8_t *hlak, size_t hlak_len, bool big_endian,
                   uint8_t cmk[static SSTP_HASH_MAX_LEN]);
/* The Compound MAC of a Call Connected, whatever stands in its place there (MS-SSTP 3.2.5.2.1,
 * 3.2.5.2.3).
 * hash: of the message. Returns its length, 0 when it cannot be made. */
size_t binding_mac(uint8_t hash, const uint8_t *hlak, size_t hlak_len,
                   const struct binding_form *form,
                   const uint8_t message[static BINDING_MESSAGE_LEN],
                   uint8_t mac[static SSTP_HASH_MAX_LEN]);

/* "AA:bb cc..." to bytes; 20 or 32 of them, else 0 is returned. */
size_t binding_parse_hash(const char *text, uint8_t out[static 32]);

#endif
