/* link.h - TLS over the wire, by GnuTLS: who the server is, and what its bytes are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_LINK_H
#define SSTPPROBE_LINK_H

#include <gnutls/gnutls.h>

#include "crypto/binding.h"
#include "wire.h"

struct link_options {
    const char *name;      /* the server's, for SNI and its certificate; or its address */
    const char *ca;        /* PEM file of those that are trusted; NULL: what this host trusts */
    const uint8_t *expect; /* SHA-256 of the certificate that is expected; NULL: any */
    const char *priority;  /* GnuTLS's; NULL: its default */
    bool no_name;          /* no SNI */
    bool any_cert;         /* goes on where it does not hold: for attempts without credentials */
};

struct link {
    struct wire *wire;
    const struct link_options *options;
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t tls;
    bool up;        /* the handshake is over, and the certificate holds or any will do */
    bool ended;     /* nothing more will come, or can go */
    int error;      /* of GnuTLS; 0 */
    unsigned trust; /* gnutls_certificate_status_t; 0: it holds */
    bool has_cert;
    bool unexpected;                     /* it is another one than is expected */
    struct binding_cert cert;            /* of the leaf */
    int64_t not_after;                   /* of the leaf; seconds since 1970 */
    char *issuer;                        /* its common name; NULL */
    GByteArray *clear;                   /* what came and nobody took */
    struct told *told;                   /* of the bytes that are being read */
    uint8_t head[TLS_RECORD_HEADER_LEN]; /* of the record of the server that is being read */
    guint head_len;
    size_t body_left;
    uint8_t last_type; /* of the last whole record */
};

/* A PEM file with at least one certificate? */
bool link_can_trust(const char *ca, GError **error);
/* False, with the reason in error: the CA file cannot be read, say. */
bool link_init(struct link *link, struct wire *wire, const struct link_options *options,
               GError **error);
void link_clear(struct link *link);

/* Handshake; true when it is over, well or not: link->up. Waits no longer than until. */
bool link_handshake(struct link *link, int64_t until);
/* Waits for clear bytes, which are appended to link->clear. */
void link_wait(struct link *link, int64_t until);
/* One record. */
void link_send(struct link *link, struct buf clear);
/* close_notify. */
void link_bye(struct link *link);
/* "1.3", "TLS_AES_256_GCM_SHA384"; NULL before the handshake. */
const char *link_version(const struct link *link);
/* What is wrong with the certificate, in words; newly allocated. */
char *link_trust_text(const struct link *link);

#endif
