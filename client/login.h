/* login.h - the client's login by PAP or MS-CHAPv2 (RFC 1334, RFC 2759), once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_LOGIN_H
#define SSTPDIAG_CLIENT_LOGIN_H

#include <glib.h>

#include "codec/mschapv2.h"
#include "codec/ppp.h"
#include "crypto/binding.h"
#include "crypto/credentials.h"
#include "method.h"

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
    login_secret_fn secret;
    void *secret_data;
    uint8_t id;                        /* of what was answered or asked */
    uint8_t proof[MSCHAPV2_PROOF_LEN]; /* that the server must show */
    uint8_t hlak[BINDING_HLAK_LEN];    /* zero where the method makes no keys */
    bool has_error;
    unsigned error; /* E= of a Failure */
};

/* user stays the caller's. */
void login_init(struct login *login, const char *user, login_secret_fn secret, void *data);
/* LCP is open and has agreed on method. Appends a packet to send to out, if there is one: code in
 * *code, identifier in login->id. */
bool login_begin(struct login *login, enum method method, uint8_t *code, GByteArray *out);
/* A packet of PAP or CHAP; as login_begin(). random: 16 bytes that nobody could foresee. */
bool login_receive(struct login *login, uint16_t protocol, const struct ppp_packet *packet,
                   const uint8_t random[static MSCHAPV2_CHALLENGE_LEN], uint8_t *code,
                   GByteArray *out);
void login_clear(struct login *login);

#endif
