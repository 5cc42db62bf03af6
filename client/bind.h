/* bind.h - Call Connected with the crypto binding (MS-SSTP 2.2.11, 3.2.5.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_BIND_H
#define SSTPDIAG_CLIENT_BIND_H

#include <glib.h>

#include "crypto/binding.h"

/* Appends the message, BINDING_MESSAGE_LEN bytes. hashes: what the server offers, of which SHA-256
 * is taken before SHA-1. False when it offers neither, or the MAC cannot be made. */
bool bind_append(GByteArray *out, uint8_t hashes, const uint8_t nonce[static SSTP_NONCE_LEN],
                 const struct binding_cert *cert, const uint8_t hlak[static BINDING_HLAK_LEN]);

#endif
