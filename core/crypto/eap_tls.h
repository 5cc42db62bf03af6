/* eap_tls.h - the TLS handshake inside EAP-TLS, as far as keys come from it (RFC 5216, RFC 9190)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CRYPTO_EAP_TLS_H
#define SSTPDIAG_CORE_CRYPTO_EAP_TLS_H

#include "base/event.h"
#include "crypto/keylog.h"

enum { EAP_TLS_MSK_LEN = 64 };

/* One sender's TLS records, up to its hello. */
struct eap_tls_half {
    GByteArray *bytes; /* NULL before the first and behind the hello */
    bool done;
    int last_id; /* of the EAP packet that was taken last, and 1; 0 for none */
};

struct eap_tls {
    struct eap_tls_half half[SIDE_COUNT]; /* SIDE_CLIENT: the EAP peer */
    bool has_client_hello, has_server_hello;
    uint8_t random[SIDE_COUNT][TLS_RANDOM_LEN];
    uint16_t version, cipher_suite;
};

/* The data of an EAP-TLS packet, behind its type. A packet that is sent again has the same id. */
void eap_tls_feed(struct eap_tls *tls, enum side side, uint8_t id, struct buf type_data);
void eap_tls_clear(struct eap_tls *tls);
/* The Master Session Key. NULL, or what is missing for it (static). */
const char *eap_tls_msk(const struct eap_tls *tls, keylog_find_fn find, void *data,
                        uint8_t msk[static EAP_TLS_MSK_LEN]);

#endif
