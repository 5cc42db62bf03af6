/* eap.h - the client's login by EAP (RFC 3748): EAP-TLS, EAP-MSCHAPv2 and EAP-MD5
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_EAP_H
#define SSTPDIAG_CLIENT_EAP_H

#include "login.h"

/* A packet of EAP. True: what out has is the answer, with the identifier login->id. The same
 * request once more gets the same answer. */
bool eap_receive(struct login *login, const struct ppp_packet *packet,
                 const uint8_t random[static MSCHAPV2_CHALLENGE_LEN], GByteArray *out);

#endif
