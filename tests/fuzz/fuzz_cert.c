/* fuzz_cert.c - a certificate chain: 24 bits of length and DER, again and again, the leaf first
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include <glib.h>

#include "crypto/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
assert_text(const char *text)
{
    if (!text || !g_utf8_validate(text, -1, NULL))
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf chain = buf_init(data, size), leaf;
    struct binding_cert hash;
    uint32_t len;

    cert_file_hash(chain, &hash);
    if (!buf_u24(&chain, &len) || !buf_sub(&chain, len, &leaf))
        return 0;
    struct cert *cert = cert_new(leaf, chain);

    if (cert != NULL) {
        assert_text(cert->subject);
        assert_text(cert->issuer);
        assert_text(cert->chain_end);
        assert_text(cert->signature);
        for (unsigned i = 0; i < cert->num_names; i++)
            assert_text(cert->names[i]);
        for (unsigned i = 0; i < cert->num_hosts; i++)
            assert_text(cert->hosts[i].name);
    }
    cert_has_name(leaf, "vpn.example.com");
    cert_has_name(leaf, "192.0.2.1");
    cert_free(cert);
    return 0;
}
