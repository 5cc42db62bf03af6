/* login.c - how the client of a made-up session logs in, and what it makes of the keys
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "login.h"

#include <string.h>

#include "bytes.h"
#include "hex.h"

enum { CUT_LEN = 24, HALF_LEN = 16, HALF_CUT_LEN = 8, RESERVED_LEN = 8 };

void
login_challenge(struct login *login, uint8_t number)
{
    for (size_t i = 0; i < sizeof login->challenge; i++) {
        login->challenge[i] = (uint8_t)((size_t)number * 16 + i);
        login->peer_challenge[i] = (uint8_t)(0xf0U + number - i);
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

/* --- EAP-TLS --------------------------------------------------------------------------------- */

enum { CLIENT_RANDOM_BYTE = 0xc1, SERVER_RANDOM_BYTE = 0xd1, SUITE = 0xc030, SUITE_13 = 0x1301 };

GByteArray *
login_hello(bool server, bool tls13)
{
    GByteArray *body = g_byte_array_new(), *record = g_byte_array_new();

    append_u16(body, 0x0303);
    for (int i = 0; i < TLS_RANDOM_LEN; i++)
        append_u8(body, server ? SERVER_RANDOM_BYTE : CLIENT_RANDOM_BYTE);
    append_u8(body, 0);
    if (!server)
        append_u16(body, 2);
    append_u16(body, tls13 ? SUITE_13 : SUITE);
    append_u16(body, server ? 0 : 0x0100); /* of the server the compression alone */
    if (server)
        g_byte_array_set_size(body, body->len - 1);
    if (server && tls13) {
        append_u16(body, 6); /* supported_versions */
        append_u16(body, 43);
        append_u16(body, 2);
        append_u16(body, 0x0304);
    }
    append_u8(record, TLS_HANDSHAKE);
    append_u16(record, 0x0303);
    append_u16(record, body->len + 4);
    append_u8(record, server ? TLS_SERVER_HELLO : TLS_CLIENT_HELLO);
    append_u8(record, 0);
    append_u16(record, body->len);
    g_byte_array_append(record, body->data, body->len);
    g_byte_array_unref(body);
    return record;
}

bool
login_find_secret(void *data, const char *label, const uint8_t random[static TLS_RANDOM_LEN],
                  struct keylog_secret *secret)
{
    (void)data;
    if (random[0] != CLIENT_RANDOM_BYTE)
        return false;
    secret->len = strcmp(label, "EXPORTER_SECRET") == 0 ? 32 : 48;
    memset(secret->bytes, 0x5a, secret->len);
    return true;
}

void
login_tls_keys(struct login *login, bool tls13)
{
    static const uint8_t type = 13;
    uint8_t randoms[2 * TLS_RANDOM_LEN], material[128];
    struct keylog_secret secret;

    memset(randoms, CLIENT_RANDOM_BYTE, TLS_RANDOM_LEN);
    memset(randoms + TLS_RANDOM_LEN, SERVER_RANDOM_BYTE, TLS_RANDOM_LEN);
    login_find_secret(NULL, tls13 ? "EXPORTER_SECRET" : "CLIENT_RANDOM", randoms, &secret);
    g_assert_true(tls13 ? keylog_export(TLS_13, SUITE_13, &secret, "EXPORTER_EAP_TLS_Key_Material",
                                        buf_init(&type, 1), material, sizeof material)
                        : keylog_export(TLS_12, SUITE, &secret, "client EAP encryption",
                                        buf_init(randoms, sizeof randoms), material,
                                        sizeof material));
    memcpy(login->hlak, material, sizeof login->hlak);
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

    memset(out, 0, (size_t)2 * BINDING_HLAK_LEN);
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
