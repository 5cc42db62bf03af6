/* eap.h - the server's side of EAP-TLS (RFC 5216): asks who is there, then speaks TLS in pieces
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_EAP_H
#define SSTPDIAG_TESTS_PEER_EAP_H

#include <gnutls/gnutls.h>

#include "codec/ppp.h"
#include "crypto/binding.h"
#include "options.h"

struct eap {
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t tls; /* NULL: not begun */
    GByteArray *in, *out;
    guint read, sent;
    uint8_t id;
    bool shaken, failed, over;
    bool good; /* of over */
    uint8_t hlak[BINDING_HLAK_LEN];
};

void eap_init(struct eap *eap);
void eap_clear(struct eap *eap);
/* Appends the data of the first request, of type Identity; its identifier is eap->id. */
void eap_begin(struct eap *eap, GByteArray *request);
/* A response. True: request has the data of the next one; else eap->over may be set. */
bool eap_hear(struct eap *eap, const struct options *options, const struct ppp_packet *packet,
              GByteArray *request);

#endif
