/* binding.c - SSTP crypto binding: certificate hashes and Compound MAC (MS-SSTP 2.2.6, 3.2.5.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <gcrypt.h>
#include <glib.h>

#include "crypto/binding.h"
#include "base/wipe.h"

void
binding_cert_hash(const uint8_t *der, size_t len, struct binding_cert *out)
{
    gcry_md_hash_buffer(GCRY_MD_SHA1, out->sha1, der, len);
    gcry_md_hash_buffer(GCRY_MD_SHA256, out->sha256, der, len);
}

bool
binding_hash_matches(const struct sstp_binding *binding, const uint8_t *hash, size_t len)
{
    return binding->hash_len != 0 && len == binding->hash_len &&
           memcmp(binding->cert_hash, hash, len) == 0;
}

bool
binding_cert_matches(const struct sstp_binding *binding, const struct binding_cert *cert)
{
    return binding_hash_matches(binding, cert->sha1, sizeof cert->sha1) ||
           binding_hash_matches(binding, cert->sha256, sizeof cert->sha256);
}

size_t
binding_parse_hash(const char *text, uint8_t out[static 32])
{
    uint8_t bytes[32];
    size_t num = 0;

    for (const char *p = text; *p != '\0'; p++) {
        int high = g_ascii_xdigit_value(*p), low;

        if (high < 0) {
            if (strchr(": -,\t\r\n", *p) == NULL)
                return 0;
            continue;
        }
        low = g_ascii_xdigit_value(*++p);
        if (low < 0 || num == sizeof bytes)
            return 0;
        bytes[num++] = (uint8_t)(high << 4 | low);
    }
    if (num != 20 && num != 32)
        return 0;
    memcpy(out, bytes, num);
    return num;
}

/* --- the Compound MAC ------------------------------------------------------------------------ */

static int
hash_algorithm(uint8_t hash)
{
    return hash == SSTP_HASH_SHA1 ? GCRY_MD_SHA1 : hash == SSTP_HASH_SHA256 ? GCRY_MD_SHA256 : 0;
}

static size_t
hmac(uint8_t hash, const uint8_t *key, size_t key_len, const uint8_t *data, size_t len,
     uint8_t out[static SSTP_HASH_MAX_LEN])
{
    const size_t out_len = sstp_hash_len(hash);
    gcry_md_hd_t md;

    if (out_len == 0 || gcry_md_open(&md, hash_algorithm(hash), GCRY_MD_FLAG_HMAC))
        return 0;
    if (gcry_md_setkey(md, key, key_len)) {
        gcry_md_close(md);
        return 0;
    }
    gcry_md_write(md, data, len);
    memcpy(out, gcry_md_read(md, 0), out_len);
    gcry_md_close(md);
    return out_len;
}

size_t
binding_cmk(uint8_t hash, const uint8_t *hlak, size_t hlak_len, bool big_endian,
            uint8_t cmk[static SSTP_HASH_MAX_LEN])
{
    static const char label[] = "SSTP inner method derived CMK";
    uint8_t seed[sizeof label - 1 + sizeof(uint16_t) + 1];
    uint8_t *p = seed + sizeof label - 1;
    const uint8_t len = (uint8_t)sstp_hash_len(hash);

    /* The first block of PRF+ (RFC 4306 2.13): it is as long as the key that is wanted. */
    memcpy(seed, label, sizeof label - 1);
    p[0] = big_endian ? 0 : len;
    p[1] = big_endian ? len : 0;
    p[2] = 1;
    return hmac(hash, hlak, hlak_len, seed, sizeof seed, cmk);
}

size_t
binding_mac(uint8_t hash, const uint8_t *hlak, size_t hlak_len, const struct binding_form *form,
            const uint8_t message[static BINDING_MESSAGE_LEN],
            uint8_t mac[static SSTP_HASH_MAX_LEN])
{
    const uint8_t mac_hash = form->mac_hash != 0 ? form->mac_hash : hash;
    const size_t begin = form->without_header ? SSTP_CONTROL_MIN_LEN : 0;
    const size_t end = form->without_mac ? BINDING_MAC_OFFSET : BINDING_MESSAGE_LEN;
    uint8_t cmk[SSTP_HASH_MAX_LEN], bytes[BINDING_MESSAGE_LEN] = { 0 };
    size_t cmk_len, len = 0;

    memcpy(bytes, message, BINDING_MESSAGE_LEN);
    memset(bytes + BINDING_MAC_OFFSET, 0,
           form->keeps_padding ? sstp_hash_len(hash) : SSTP_HASH_MAX_LEN);
    cmk_len = binding_cmk(form->cmk_hash != 0 ? form->cmk_hash : hash, hlak, hlak_len,
                          form->big_endian, cmk);
    if (cmk_len != 0)
        len = hmac(mac_hash, cmk, cmk_len, bytes + begin, end - begin, mac);
    if (len != 0 && form->twice) {
        memcpy(bytes + BINDING_MAC_OFFSET, mac, len);
        len = hmac(mac_hash, cmk, cmk_len, bytes + begin, end - begin, mac);
    }
    wipe(cmk, sizeof cmk);
    return len;
}
