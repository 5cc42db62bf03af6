/* mtu.c - what TLS, SSTP and PPP add to an inner packet, and which inner MTU fits one segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "wire/mtu.h"
#include "base/numbers.h"
#include "codec/sstp.h"
#include "codec/tls.h"

enum { CBC_PADDING_LENGTH_LEN = 1 }; /* RFC 5246 6.2.3.2: the byte that counts the padding */

struct cipher_suite {
    uint16_t number;
    uint8_t kind; /* enum tls_cipher_kind */
    uint8_t block_len, mac_len;
};

#define MTU_CIPHER_ROW(number, name, kind, block, mac) { (number), (kind), (block), (mac) },
static const struct cipher_suite cipher_suites[] = { TLS_CIPHER_SUITE_LIST(MTU_CIPHER_ROW) };
#undef MTU_CIPHER_ROW

/* RFC 5288, RFC 6655, RFC 7905: AEADs in TLS 1.2; TLS 1.3 has no explicit nonce (RFC 8446 5.3). */
static const struct {
    uint8_t nonce_len, tag_len;
} aeads[] = {
    [TLS_CIPHER_GCM] = { 8, 16 },      [TLS_CIPHER_CCM] = { 8, 16 }, [TLS_CIPHER_CCM_8] = { 8, 8 },
    [TLS_CIPHER_CHACHA20] = { 0, 16 }, [TLS_CIPHER_CBC] = { 0, 0 },  [TLS_CIPHER_STREAM] = { 0, 0 },
};

static const struct cipher_suite *
cipher_suite_find(uint16_t number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cipher_suites); i++)
        if (cipher_suites[i].number == number)
            return &cipher_suites[i];
    return NULL;
}

/* RFC 8446 B.4: TLS 1.3's suites stand apart, and neither kind works with the other's versions. */
static bool
is_tls13_suite(uint16_t number)
{
    return number >> 8 == 0x13;
}

struct mtu_cipher
mtu_cipher_of(uint16_t cipher_suite, uint16_t tls_version, bool encrypt_then_mac)
{
    const struct cipher_suite *suite = cipher_suite_find(cipher_suite);
    struct mtu_cipher cipher = { 0 };

    if (suite == NULL || is_tls13_suite(cipher_suite) != (tls_version == TLS_13))
        return cipher;
    cipher.known = true;
    cipher.block = suite->kind == TLS_CIPHER_CBC;
    cipher.block_len = suite->block_len;
    cipher.mac_len = suite->mac_len;
    cipher.tag_len = aeads[suite->kind].tag_len;
    if (tls_version == TLS_13) {
        cipher.tag_len++; /* the content type byte inside */
    } else if (cipher.block) {
        cipher.encrypt_then_mac = encrypt_then_mac;
        cipher.explicit_iv_len = tls_version >= TLS_11 ? suite->block_len : 0;
    } else {
        cipher.explicit_iv_len = aeads[suite->kind].nonce_len;
    }
    return cipher;
}

size_t
mtu_record_len(const struct mtu_cipher *cipher, size_t n)
{
    size_t len;

    if (cipher == NULL)
        return n;
    if (!cipher->known)
        return 0;
    len = TLS_RECORD_HEADER_LEN + cipher->explicit_iv_len;
    if (!cipher->block)
        return len + n + cipher->mac_len + cipher->tag_len;
    n += CBC_PADDING_LENGTH_LEN;
    if (!cipher->encrypt_then_mac)
        n += cipher->mac_len;
    else
        len += cipher->mac_len;
    return len + (n + cipher->block_len - 1) / cipher->block_len * cipher->block_len;
}

/* The largest plaintext whose record is at most len bytes: mtu_record_len() the other way round. */
static size_t
plaintext_fit(const struct mtu_cipher *cipher, size_t len)
{
    size_t outside, inside;

    if (cipher == NULL)
        return len;
    outside = (size_t)TLS_RECORD_HEADER_LEN + cipher->explicit_iv_len + cipher->tag_len;
    inside = cipher->block ? CBC_PADDING_LENGTH_LEN : 0;
    if (cipher->encrypt_then_mac)
        outside += cipher->mac_len;
    else
        inside += cipher->mac_len;
    if (!cipher->known || len < outside)
        return 0;
    len -= outside;
    if (cipher->block)
        len -= len % cipher->block_len;
    return len > inside ? len - inside : 0;
}

bool
mtu_plaintext_range(const struct mtu_cipher *cipher, size_t len, size_t *min, size_t *max)
{
    *max = plaintext_fit(cipher, len);
    if (mtu_record_len(cipher, *max) != len)
        return false;
    *min = *max;
    if (cipher->block)
        *min = *max >= cipher->block_len ? *max - cipher->block_len + 1U : 0;
    return true;
}

size_t
mtu_inner_fit(const struct mtu_cipher *cipher, size_t segment_len, size_t encapsulation)
{
    size_t fit = MIN(plaintext_fit(cipher, segment_len), (size_t)SSTP_PACKET_MAX_LEN);

    return fit > encapsulation ? fit - encapsulation : 0;
}
