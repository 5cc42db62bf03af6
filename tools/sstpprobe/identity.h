/* identity.h - the client's certificate and key, of EAP-TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_IDENTITY_H
#define SSTPPROBE_IDENTITY_H

#include <gnutls/gnutls.h>

#include "options.h"

/* Certificate and key that options name, and what is trusted. The passphrase of the
 * key is wiped. NULL, with the reason in error. */
gnutls_certificate_credentials_t identity_load(const struct options *options, GError **error);
#endif
