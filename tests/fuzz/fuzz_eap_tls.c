/* fuzz_eap_tls.c - the handshake inside EAP-TLS, in fragments, each behind its length, and a key
 * log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crypto/eap_tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
find_secret(void *data, const char *label, const uint8_t random[static TLS_RANDOM_LEN],
            struct keylog_secret *secret)
{
    const struct buf *file = (const struct buf *)data;

    return keylog_find(*file, label, random, secret);
}

/* The key log is what stands behind the fragments. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf b = buf_init(data, size), fragment;
    struct eap_tls tls = { .has_client_hello = false };
    uint8_t msk[EAP_TLS_MSK_LEN], head[2];
    uint16_t len;

    while (buf_u16(&b, &len) && len > 0 && buf_sub(&b, len, &fragment))
        if (buf_copy(&fragment, head, sizeof head))
            eap_tls_feed(&tls, head[0] & 1 ? SIDE_SERVER : SIDE_CLIENT, head[1], fragment);
    eap_tls_msk(&tls, find_secret, &b, msk);
    eap_tls_clear(&tls);
    return 0;
}
