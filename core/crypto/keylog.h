/* keylog.h - secrets of TLS handshakes from a key log, and what is exported from them
 * (SSLKEYLOGFILE format; RFC 2246 5, RFC 5246 5, RFC 8446 7.5)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CRYPTO_KEYLOG_H
#define SSTPDIAG_CORE_CRYPTO_KEYLOG_H

#include "codec/tls.h"

enum { KEYLOG_SECRET_MAX_LEN = 64, KEYLOG_FILE_MAX_LEN = 16 * 1024 * 1024 };

struct keylog_secret {
    uint8_t bytes[KEYLOG_SECRET_MAX_LEN];
    size_t len;
};

/* Finds a secret by its label ("CLIENT_RANDOM": the master secret of TLS 1.2 and older,
 * "EXPORTER_SECRET") and the random of the Client Hello. False: it is not there. Whoever calls
 * wipes the secret. */
typedef bool (*keylog_find_fn)(void *data, const char *label,
                               const uint8_t random[static TLS_RANDOM_LEN],
                               struct keylog_secret *secret);

/* The same in the bytes of a key log. The last line that fits counts. */
bool keylog_find(struct buf file, const char *label, const uint8_t random[static TLS_RANDOM_LEN],
                 struct keylog_secret *secret);

/* Exported keying material of a handshake: by the PRF of its version over both randoms (RFC 5705
 * without context), or by the exporter of TLS 1.3. False when it cannot be made. */
bool keylog_export(uint16_t version, uint16_t cipher_suite, const struct keylog_secret *secret,
                   const char *label, struct buf context_or_randoms, uint8_t *out, size_t len);

#endif
