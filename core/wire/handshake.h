/* handshake.h - what the TLS handshake of a connection says, in clear or decrypted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_HANDSHAKE_H
#define SSTPDIAG_CORE_WIRE_HANDSHAKE_H

#include "crypto/cert.h"
#include "base/event.h"
#include "codec/tls.h"

/* Clear facts of the TLS handshake, and decrypted ones where the feeder has keys. */
struct tls_facts {
    struct mark client_hello_at, server_hello_at, certificate_at;
    bool has_client_hello, has_server_hello;
    struct tls_client_hello client_hello;
    struct tls_server_hello server_hello;
    struct mark retry_at; /* Hello Retry Request */
    uint16_t retry_group; /* that it asks for, 0 for none */
    struct mark certificate_request_at;
    struct mark client_certificate_at;
    bool client_certificate_empty;
    struct mark server_done_at;       /* ServerHelloDone, or the Finished of TLS 1.3 */
    struct mark finished[SIDE_COUNT]; /* only where it is decrypted */
    GByteArray *leaf;                 /* DER of the server's certificate, NULL when not seen */
    GByteArray *issuers;              /* what came behind it, as cert_new() takes it */
    bool leaf_decrypted;              /* from a decrypted handshake record */
    struct cert *cert;                /* what they say, once tls_facts_cert() was called */
    bool cert_read;
    struct mark close_notify[SIDE_COUNT];
    struct mark alert[SIDE_COUNT]; /* first alert that is neither close_notify nor a warning */
    uint8_t alert_description[SIDE_COUNT];
    uint32_t decrypted_handshake[SIDE_COUNT]; /* records */
    uint32_t decrypted_alerts[SIDE_COUNT];
    struct tls_handshake_reader decrypted[SIDE_COUNT];
};

/* A whole handshake message of side. */
void tls_facts_message(struct tls_facts *tls, enum side side, uint8_t type, struct buf body,
                       bool decrypted, struct mark mark);
void tls_facts_alert(struct tls_facts *tls, enum side side, uint8_t description, struct mark mark);
/* The server's certificate and its chain, read at the first call after it came. NULL: none came, or
 * it is no certificate. It belongs to tls. */
const struct cert *tls_facts_cert(struct tls_facts *tls);
/* TLS 1.3 was agreed upon. */
bool tls_facts_are_13(const struct tls_facts *tls);
/* Frees contents, not tls. */
void tls_facts_clear(struct tls_facts *tls);

#endif
