/* login.h - the client's login by PAP, CHAP-MD5, MS-CHAPv2 or EAP, once (RFC 1334, 1994, 2759,
 * 3748)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_LOGIN_H
#define SSTPDIAG_CLIENT_LOGIN_H

#include <glib.h>

#include "cert_login.h"
#include "codec/mschapv2.h"
#include "codec/ppp.h"
#include "crypto/binding.h"
#include "crypto/credentials.h"
#include "method.h"

enum { LOGIN_ANSWER_MAX = CERT_LOGIN_ANSWER_MAX + 1, LOGIN_USER_MAX_LEN = 255 };

/* A password in UTF-8, for a moment. */
struct login_secret {
    uint8_t bytes[CREDENTIALS_WORD_MAX_LEN];
    size_t len;
};

/* Hands the password out, which is wiped after use. False: there is none. */
typedef bool (*login_secret_fn)(void *data, struct login_secret *secret);

enum login_state {
    LOGIN_WAITING, /* nothing of ours was sent */
    LOGIN_SENT,    /* the one response, or the request */
    LOGIN_GOOD,
    LOGIN_REFUSED,
    LOGIN_NOT_PROVEN, /* the server says yes, and does not know the password */
    LOGIN_NO_SECRET,  /* none was handed out, or it cannot be used */
};

struct login {
    enum method method;
    enum login_state state;
    const char *user;
    login_secret_fn secret; /* NULL: there is no password */
    void *secret_data;
    gnutls_certificate_credentials_t identity; /* for EAP-TLS; NULL: none */
    struct cert_login *cert;                   /* NULL: not begun */
    uint8_t id;                                /* of what was answered or asked */
    uint8_t proof[MSCHAPV2_PROOF_LEN];         /* that the server must show */
    uint8_t hlak[BINDING_HLAK_LEN];            /* zero where the method makes no keys */
    bool has_keys;                  /* it makes some: MS-CHAPv2, in EAP as well, and EAP-TLS */
    bool eap_proven;                /* the server has shown its proof in EAP */
    uint8_t eap_type;               /* of EAP, that was agreed on; 0: none */
    uint8_t eap_refused;            /* the last type of EAP that is not spoken; 0: none */
    uint8_t last[LOGIN_ANSWER_MAX]; /* in EAP, to a request that comes again */
    size_t last_len;
    bool has_error;
    unsigned error; /* E= of a Failure */
};

/* user and identity stay the caller's. */
void login_init(struct login *login, const char *user, login_secret_fn secret, void *data,
                gnutls_certificate_credentials_t identity);
/* LCP is open and has agreed on method. Appends a packet to send to out, if there is one: code in
 * *code, identifier in login->id. */
bool login_begin(struct login *login, enum method method, uint8_t *code, GByteArray *out);
/* A packet of PAP or CHAP; as login_begin(). random: 16 bytes that nobody could foresee. */
bool login_receive(struct login *login, uint16_t protocol, const struct ppp_packet *packet,
                   const uint8_t random[static MSCHAPV2_CHALLENGE_LEN], uint8_t *code,
                   GByteArray *out);
void login_clear(struct login *login);

/* --- for EAP, whose methods are these in another envelope ------------------------------------- */

/* Size and value of the one response to a challenge; the state says what came of it. */
bool login_append_mschapv2(struct login *login, struct buf challenge, const uint8_t *random,
                           GByteArray *out);
bool login_append_md5(struct login *login, uint8_t id, struct buf challenge, GByteArray *out);
/* The message of a Success proves that the server knows the password. */
bool login_is_proof(const struct login *login, struct buf message);
/* The message of a Failure. */
void login_note_failure(struct login *login, struct buf message);

#endif
