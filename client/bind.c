/* bind.c - Call Connected with the crypto binding
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bind.h"

#include <string.h>

bool
bind_append(GByteArray *out, uint8_t hashes, const uint8_t nonce[static SSTP_NONCE_LEN],
            const struct binding_cert *cert, const uint8_t hlak[static BINDING_HLAK_LEN])
{
    static const struct binding_form form = { 0 };
    const bool sha256 = (hashes & SSTP_HASH_SHA256) != 0;
    struct sstp_message message = { .type = SSTP_CALL_CONNECTED, .has_binding = true };
    struct sstp_binding *binding = &message.binding;
    const guint begin = out->len;

    if (!(hashes & (SSTP_HASH_SHA256 | SSTP_HASH_SHA1)))
        return false;
    binding->bitmask = sha256 ? SSTP_HASH_SHA256 : SSTP_HASH_SHA1;
    binding->hash_len = (uint8_t)sstp_hash_len(binding->bitmask);
    memcpy(binding->nonce, nonce, SSTP_NONCE_LEN);
    memcpy(binding->cert_hash, sha256 ? cert->sha256 : cert->sha1, binding->hash_len);
    if (!sstp_encode_control(&message, out) || out->len - begin != BINDING_MESSAGE_LEN)
        return false;
    uint8_t mac[SSTP_HASH_MAX_LEN], *bytes = out->data + begin;
    const size_t len = binding_mac(binding->bitmask, hlak, BINDING_HLAK_LEN, &form, bytes, mac);
    memcpy(bytes + BINDING_MAC_OFFSET, mac, len);
    return len == binding->hash_len;
}
