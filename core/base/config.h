/* config.h - what users set
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_CONFIG_H
#define SSTPDIAG_CORE_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/thresholds.h"

struct credentials;
struct keylog_secret;

enum { CERTIFICATE_HASHES_MAX = 64, CERTIFICATE_HASH_MAX_LEN = 32 };

/* Of a server certificate, SHA-1 or SHA-256. */
struct expected_hash {
    uint8_t bytes[CERTIFICATE_HASH_MAX_LEN];
    size_t len; /* 20 or 32 */
};

/* Times in seconds. What users do not set is NULL, or what the first thresholds say. */
struct config {
    char *servers; /* "any", or host[:port] separated by commas or blanks; NULL for none */
    struct expected_hash hashes[CERTIFICATE_HASHES_MAX]; /* that the server is known to expect */
    unsigned num_hashes;
    struct credentials *credentials; /* NULL for none */
    /* Secrets of TLS inside EAP, as keylog_find_fn; NULL for none. */
    bool (*find_secret)(void *data, const char *label, const uint8_t *random,
                        struct keylog_secret *secret);
    void *find_secret_data;
    unsigned negotiation_timeout;
    unsigned sstp_echo_timeout;
    unsigned lcp_echo_failures;
};

#endif
