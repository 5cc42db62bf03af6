/* weak_cert.h - what is weak in the cryptography of a certificate, so that clients may refuse it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_WEAK_CERT_H
#define SSTPDIAG_CORE_RULES_WEAK_CERT_H

#include "crypto/cert.h"

/* "an RSA key of less than 2048 bits", ...; NULL when it is strong enough. */
const char *weak_key_text(const struct cert *cert);
const char *weak_signature_text(const struct cert *cert);

#endif
