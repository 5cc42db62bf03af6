/* cert_login.h - the client's login by certificate: EAP-TLS (RFC 5216, RFC 9190), TLS by GnuTLS
 *
 * Bytes in, bytes out: the handshake's messages travel in the type data of EAP packets, cut to
 * pieces. What is random in it comes from GnuTLS, and so does today's date, for certificates.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_CERT_LOGIN_H
#define SSTPDIAG_CLIENT_CERT_LOGIN_H

#include <glib.h>
#include <gnutls/gnutls.h>

#include "base/buf.h"
#include "crypto/binding.h"

/* Type data of an answer is never longer. */
enum { CERT_LOGIN_ANSWER_MAX = 1005 };

enum cert_login_state {
    CERT_LOGIN_GOING,
    CERT_LOGIN_DONE,      /* both sides know each other; there are keys */
    CERT_LOGIN_REFUSED,   /* by an alert of the server: alert */
    CERT_LOGIN_UNTRUSTED, /* the server's certificate does not hold: trust */
    CERT_LOGIN_BROKEN     /* what the server says is no EAP-TLS, or no TLS that is spoken here */
};

struct cert_login;

/* identity: certificate, key and what is trusted; stays the caller's, and is told how to verify. */
struct cert_login *cert_login_new(gnutls_certificate_credentials_t identity);
/* NULL is allowed. Wipes the keys. */
void cert_login_free(struct cert_login *login);

/* The type data of a request, each request once. True: the type data of the answer was appended. */
bool cert_login_receive(struct cert_login *login, struct buf type_data, GByteArray *out);
enum cert_login_state cert_login_state(const struct cert_login *login);
/* A set of gnutls_certificate_status_t; and the alert that was received, -1: none. */
unsigned cert_login_trust(const struct cert_login *login);
int cert_login_alert(const struct cert_login *login);
/* The first half of the Master Session Key, the key that the client sends with (RFC 5216 2.3):
 * HLAK (MS-SSTP 3.2.5.2.2). False: there is none. */
bool cert_login_keys(const struct cert_login *login, uint8_t hlak[static BINDING_HLAK_LEN]);

#endif
