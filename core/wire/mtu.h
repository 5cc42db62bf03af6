/* mtu.h - what TLS, SSTP and PPP add to an inner packet, and which inner MTU fits one segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_MTU_H
#define SSTPDIAG_CORE_WIRE_MTU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a TLS record grows (RFC 5246 6.2.3, RFC 7366, RFC 8446 5.2). */
struct mtu_cipher {
    bool known;
    bool block; /* CBC: rounded up to block */
    bool encrypt_then_mac;
    uint8_t block_len;
    uint8_t explicit_iv_len; /* TLS 1.2 GCM and CCM: 8; CBC of TLS 1.1 on: block_len */
    uint8_t mac_len;         /* CBC */
    uint8_t tag_len;         /* AEAD tag, with TLS 1.3's content type byte */
};

struct mtu_cipher mtu_cipher_of(uint16_t cipher_suite, uint16_t tls_version, bool encrypt_then_mac);
/* Bytes on the wire, 5-byte header included, of one record with n bytes of plaintext. n itself for
 * a clear leg (NULL), 0 for a cipher that is not known. */
size_t mtu_record_len(const struct mtu_cipher *cipher, size_t n);
/* What a record of len bytes on the wire, 5-byte header included, can hold: min and max are equal
 * but for CBC. False for a cipher that is not known, or a length that it never makes. */
bool mtu_plaintext_range(const struct mtu_cipher *cipher, size_t len, size_t *min, size_t *max);
/* Largest inner packet whose record, with encapsulation bytes of SSTP and PPP in front (8 or 5),
 * fits segment_len bytes of TCP payload. 0 when none fits, never more than an SSTP packet holds. */
size_t mtu_inner_fit(const struct mtu_cipher *cipher, size_t segment_len, size_t encapsulation);

#endif
