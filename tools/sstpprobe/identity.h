/* identity.h - the client's certificate and key, and the certificate that is expected of the server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_IDENTITY_H
#define SSTPPROBE_IDENTITY_H

#include <gnutls/gnutls.h>

#include "options.h"

/* For EAP-TLS: certificate and key that options name, and what is trusted. The passphrase of the
 * key is wiped. NULL, with the reason in error. */
gnutls_certificate_credentials_t identity_load(const struct options *options, GError **error);
/* Who it is that text stands for: SHA-256 in hexadecimal digits, with or without colons, or a file
 * with the certificate. False, with the reason in error. */
bool identity_expect(const char *text, uint8_t sha256[static EXPECT_LEN], GError **error);

#endif
