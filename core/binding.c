/* binding.c - SSTP crypto binding: certificate hashes (MS-SSTP 2.2.6, 3.2.5.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <gcrypt.h>
#include <glib.h>

#include "binding.h"

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
            if (strchr(": -,\t\r\n", *p) == NULL) {
                return 0;
            }
            continue;
        }
        low = g_ascii_xdigit_value(*++p);
        if (low < 0 || num == sizeof bytes) {
            return 0;
        }
        bytes[num++] = (uint8_t)(high << 4 | low);
    }
    if (num != 20 && num != 32) {
        return 0;
    }
    memcpy(out, bytes, num);
    return num;
}
