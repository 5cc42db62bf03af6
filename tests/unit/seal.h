/* seal.h - TLS records protected by AES-128-GCM, from made-up secrets: TLS 1.2 (RFC 5246 6.3,
 * RFC 5288) and TLS 1.3 (RFC 8446 5.2, 7.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_SEAL_H
#define SSTPDIAG_TESTS_SEAL_H

#include <glib.h>

#include "base/event.h"
#include "codec/tls.h"

enum {
    SEAL_MASTER_LEN = 48,
    SEAL_TRAFFIC_LEN = 32,
    SEAL_KEY_LEN = 16,
    SEAL_NONCE_LEN = 12,
};

/* What a key log tells of a connection, and the server's share. */
struct seal_secret {
    bool tls13;
    uint8_t random[SIDE_COUNT][TLS_RANDOM_LEN];        /* of the hellos */
    uint8_t master[SEAL_MASTER_LEN];                   /* TLS 1.2 */
    uint8_t handshake[SIDE_COUNT][SEAL_TRAFFIC_LEN];   /* TLS 1.3 */
    uint8_t application[SIDE_COUNT][SEAL_TRAFFIC_LEN]; /* TLS 1.3 */
};

/* One sender of protected records. */
struct seal {
    bool tls13;
    bool cbc; /* TLS 1.2's AES_128_CBC_SHA, of which there are no secrets */
    uint8_t key[SEAL_KEY_LEN];
    uint8_t iv[SEAL_NONCE_LEN]; /* TLS 1.2 has its first four bytes alone */
    uint64_t sequence;          /* of the next record */
};

/* Fills in what the made-up connection of this number has; the same on every machine. */
void seal_secret_make(struct seal_secret *secret, uint32_t number, bool tls13);
/* The keys of both sides: TLS 1.2's behind Change Cipher Spec, TLS 1.3's of the handshake. */
void seal_begin(struct seal seals[SIDE_COUNT], const struct seal_secret *secret);
/* Behind side's Finished of TLS 1.3. */
void seal_application(struct seal *seal, const struct seal_secret *secret, enum side side);
/* Keys that no secret opens, from the next record on. */
void seal_blind(struct seal *seal);
/* Appends header and protected fragment of one record of this content type. len is below 2^14. */
void seal_append(struct seal *seal, uint8_t type, const uint8_t *data, size_t len,
                 GByteArray *wire);

#endif
