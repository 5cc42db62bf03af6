/* login.c - how the client of a made-up session logs in, and what it makes of the keys
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "login.h"

#include <string.h>

#include "hex.h"

enum { CUT_LEN = 24, HALF_LEN = 16, HALF_CUT_LEN = 8, RESERVED_LEN = 8 };

void
login_challenge(struct login *login, uint8_t number)
{
    for (size_t i = 0; i < sizeof login->challenge; i++) {
        login->challenge[i] = (uint8_t)(number * 16 + i);
        login->peer_challenge[i] = (uint8_t)(0xf0 + number - i);
    }
}

static void
make_hlak(const struct login *login, const char *password, uint8_t *hlak)
{
    uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN], master[MSCHAPV2_KEY_LEN];

    g_assert_true(mschapv2_nt_hash(text_buf(password), nt_hash));
    g_assert_true(mschapv2_master_key(nt_hash, login->nt_response, master));
    g_assert_true(mschapv2_client_keys(master, hlak, hlak + HALF_LEN));
}

static void
make_challenge_hash(const struct login *login, const char *user, uint8_t *hash)
{
    const char *domain = strrchr(user, '\\');

    g_assert_true(mschapv2_challenge_hash(login->peer_challenge, login->challenge,
                                          text_buf(domain ? domain + 1 : user), hash));
}

void
login_response(struct login *login, const char *user, const char *password,
               uint8_t response[static LOGIN_RESPONSE_LEN])
{
    uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN], hash[MSCHAPV2_CHALLENGE_HASH_LEN];

    if (mschapv2_is_available()) {
        make_challenge_hash(login, user, hash);
        g_assert_true(mschapv2_nt_hash(text_buf(password), nt_hash));
        g_assert_true(mschapv2_nt_response(hash, nt_hash, login->nt_response));
        make_hlak(login, password, login->hlak);
        make_hlak(login, LOGIN_OTHER_PASSWORD, login->other_hlak);
    } else {
        login_secret_keys(login);
    }
    memset(response, 0, LOGIN_RESPONSE_LEN);
    memcpy(response, login->peer_challenge, sizeof login->peer_challenge);
    memcpy(response + sizeof login->peer_challenge + RESERVED_LEN, login->nt_response,
           sizeof login->nt_response);
}

void
login_secret_keys(struct login *login)
{
    memset(login->hlak, 0x77, sizeof login->hlak);
}

char *
login_proof(const struct login *login, const char *user, const char *password)
{
    uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN], hash[MSCHAPV2_CHALLENGE_HASH_LEN];
    uint8_t proof[MSCHAPV2_PROOF_LEN] = { 0 };
    GString *text = g_string_new("S=");

    if (mschapv2_is_available()) {
        make_challenge_hash(login, user, hash);
        g_assert_true(mschapv2_nt_hash(text_buf(password), nt_hash));
        g_assert_true(mschapv2_proof(hash, nt_hash, login->nt_response, proof));
    }
    for (size_t i = 0; i < sizeof proof; i++)
        g_string_append_printf(text, "%02X", proof[i]);
    return g_string_free(text, FALSE);
}

bool
login_has(const char *list, const char *word)
{
    const size_t len = strlen(word);

    for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, word, len) == 0 && (p[len] == ',' || p[len] == '\0'))
            return true;
    return false;
}

/* Returns the length of the HLAK that is used. */
static size_t
mistaken_hlak(const struct login *login, const char *list, uint8_t out[static 2 * BINDING_HLAK_LEN])
{
    const uint8_t *send = login->hlak, *receive = login->hlak + HALF_LEN;

    memset(out, 0, 2 * BINDING_HLAK_LEN);
    if (login_has(list, "zero"))
        return BINDING_HLAK_LEN;
    if (login_has(list, "swapped")) {
        memcpy(out, receive, HALF_LEN);
        memcpy(out + HALF_LEN, send, HALF_LEN);
    } else if (login_has(list, "cut")) {
        memcpy(out, login->hlak, CUT_LEN);
    } else if (login_has(list, "halves-cut")) {
        memcpy(out, send, HALF_CUT_LEN);
        memcpy(out + HALF_LEN, receive, HALF_CUT_LEN);
    } else if (login_has(list, "receive-alone")) {
        memcpy(out, receive, HALF_LEN);
    } else if (login_has(list, "padded-keys")) {
        memcpy(out, send, HALF_LEN);
        memcpy(out + BINDING_HLAK_LEN, receive, HALF_LEN);
        return 2 * (size_t)BINDING_HLAK_LEN;
    } else {
        memcpy(out, login_has(list, "other-password") ? login->other_hlak : login->hlak,
               BINDING_HLAK_LEN);
    }
    return BINDING_HLAK_LEN;
}

void
login_bind(const struct login *login, const char *list, uint8_t hash,
           const uint8_t wrong[static BINDING_MESSAGE_LEN],
           uint8_t message[static BINDING_MESSAGE_LEN])
{
    const uint8_t other = hash ^ (SSTP_HASH_SHA1 | SSTP_HASH_SHA256);
    const struct binding_form form = {
        .cmk_hash = login_has(list, "mixed") ? other : 0,
        .mac_hash = login_has(list, "mixed") ? other : 0,
        .big_endian = login_has(list, "big-endian"),
        .without_header = login_has(list, "headless"),
        .without_mac = login_has(list, "macless"),
        .twice = login_has(list, "twice"),
    };
    uint8_t hlak[2 * BINDING_HLAK_LEN], mac[SSTP_HASH_MAX_LEN];

    if (login_has(list, "no-mac"))
        return;
    size_t len = mistaken_hlak(login, list, hlak);
    size_t mac_len = binding_mac(hash, hlak, len, &form, wrong, mac);
    memcpy(message + BINDING_MAC_OFFSET, mac, MIN(mac_len, sstp_hash_len(hash)));
}
