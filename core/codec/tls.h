/* tls.h - TLS records and the clear part of handshakes (RFC 5246, RFC 8446)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_TLS_H
#define SSTPDIAG_CORE_CODEC_TLS_H

#include <glib.h>

#include "base/buf.h"
#include "base/numbers.h"

enum {
    TLS_RECORD_HEADER_LEN = 5,
    TLS_RECORD_MAX_LEN = 16384 + 2048, /* RFC 5246 6.2.3 */
    TLS_HANDSHAKE_MAX_LEN = 65536,     /* longest handshake message that is kept */
    TLS_RANDOM_LEN = 32,
    TLS_NAME_MAX_LEN = 255,
    TLS_SUITES_MAX = 96, /* of a Client Hello that are kept */
    TLS_GROUPS_MAX = 32,
    TLS_SIGNATURES_MAX = 48,
    TLS_ALERT_LEVEL_WARNING = 1,
    TLS_13_ALERT_LEN = 2 + 1 + 16, /* body of its record: alert, content type, tag */
};

struct tls_record_header {
    uint8_t type; /* enum tls_content_type */
    uint16_t version;
    uint16_t length; /* without the header */
};

/* Plausible header: known type, version 3.x, length within TLS_RECORD_MAX_LEN. False also when
 * fewer than 5 bytes are there. */
bool tls_decode_record_header(const uint8_t *data, size_t len, struct tls_record_header *out);

struct tls_client_hello {
    uint16_t version; /* highest offered: supported_versions if present */
    uint8_t random[TLS_RANDOM_LEN];
    bool has_session_id;
    bool has_sni;
    char sni[TLS_NAME_MAX_LEN + 1]; /* cleaned: non-printing bytes become '?' */
    bool alpn_http11, alpn_h2, alpn_any;
    unsigned num_cipher_suites;
    uint16_t lowest_version; /* offered; that of the hello itself where no list says it */
    uint16_t suites[TLS_SUITES_MAX], groups[TLS_GROUPS_MAX], signatures[TLS_SIGNATURES_MAX];
    unsigned num_suites, num_groups, num_signatures; /* kept, without GREASE */
};

struct tls_server_hello {
    uint16_t version; /* the one agreed */
    uint8_t random[TLS_RANDOM_LEN];
    uint16_t cipher_suite;
    bool hello_retry_request;
    bool encrypt_then_mac; /* RFC 7366 */
    bool resumed;          /* TLS 1.3: by a pre-shared key */
    uint16_t group;        /* TLS 1.3: of the key share, 0 without one */
};

/* body: handshake message without its 4-byte header. False, *out untouched, when it is cut or
 * inconsistent. */
bool tls_decode_client_hello(struct buf body, struct tls_client_hello *out);
bool tls_decode_server_hello(struct buf body, struct tls_server_hello *out);
/* List of a Certificate message, and the next certificate cut off it. version decides the layout
 * (TLS 1.3 or older). */
bool tls_certificate_list(struct buf body, uint16_t version, struct buf *list);
bool tls_certificate_next(struct buf *list, uint16_t version, struct buf *cert);

/* Collects handshake messages that may be split over records or share one. Feed record bodies in
 * order; tls_handshake_next() gives whole messages: type and body (valid until the next call).
 * Bounded: a message longer than TLS_HANDSHAKE_MAX_LEN makes it deaf (feed ignored, next false). */
struct tls_handshake_reader {
    GByteArray *pending; /* NULL until needed */
    size_t taken;
    bool deaf;
};
void tls_handshake_feed(struct tls_handshake_reader *reader, const uint8_t *data, size_t len);
bool tls_handshake_next(struct tls_handshake_reader *reader, uint8_t *type, struct buf *body);
void tls_handshake_free(struct tls_handshake_reader *reader); /* frees contents, not reader */

/* The alert says that the peer's certificate is not accepted. */
bool tls_alert_is_of_certificate(uint8_t description);

#endif
