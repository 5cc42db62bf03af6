/* login.h - how the client of a made-up session logs in, and what it makes of the keys
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_LOGIN_H
#define SSTPDIAG_TESTS_LOGIN_H

#include <glib.h>

#include "crypto/binding.h"
#include "crypto/keylog.h"
#include "codec/mschapv2.h"

/* What the client and the server know; and what neither does. */
#define LOGIN_PASSWORD       "Secret-123"
#define LOGIN_OTHER_PASSWORD "Other-456"

enum { LOGIN_RESPONSE_LEN = 49 };

struct login {
    uint8_t challenge[MSCHAPV2_CHALLENGE_LEN];
    uint8_t peer_challenge[MSCHAPV2_CHALLENGE_LEN];
    uint8_t nt_response[MSCHAPV2_NT_RESPONSE_LEN];
    uint8_t hlak[BINDING_HLAK_LEN];       /* zero while the method gives no keys */
    uint8_t other_hlak[BINDING_HLAK_LEN]; /* as another password would give it */
};

/* The challenge of this number. */
void login_challenge(struct login *login, uint8_t number);
/* The value of a Response; from here on there are keys. In FIPS mode, where nobody can work them
 * out, they and it are made up. */
void login_response(struct login *login, const char *user, const char *password,
                    uint8_t response[static LOGIN_RESPONSE_LEN]);
/* Keys that nobody can work out from what was said. */
void login_secret_keys(struct login *login);
/* A hello of the handshake inside EAP-TLS in its record, and the keys that follow from it, by the
 * secrets that login_find_secret() knows. */
GByteArray *login_hello(bool server, bool tls13);
void login_tls_keys(struct login *login, bool tls13);
bool login_find_secret(void *data, const char *label, const uint8_t random[static TLS_RANDOM_LEN],
                       struct keylog_secret *secret);
/* "S=" and what proves that password. Newly allocated. */
char *login_proof(const struct login *login, const char *user, const char *password);
/* Is word one of those between the commas of list? */
bool login_has(const char *list, const char *word);
/* Puts the Compound MAC into a Call Connected, with the mistakes of the list: zero, swapped, cut,
 * halves-cut, receive-alone, padded-keys and other-password of the keys; mixed, big-endian,
 * headless, macless, twice of the form; no-mac puts none. wrong: the message that it is computed
 * over, if that is another. */
void login_bind(const struct login *login, const char *list, uint8_t hash,
                const uint8_t wrong[static BINDING_MESSAGE_LEN],
                uint8_t message[static BINDING_MESSAGE_LEN]);

#endif
