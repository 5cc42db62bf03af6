/* peer/auth.c - words about authentication
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "bytes.h"
#include "hex.h"

/* What the server asks for: pap, chap, md5, eap, none. */
static void
word_auth(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->auth = strcmp(value, "pap") == 0    ? PPP_PAP
                 : strcmp(value, "eap") == 0  ? PPP_EAP
                 : strcmp(value, "none") == 0 ? 0
                                              : PPP_CHAP;
    peer->algorithm = strcmp(value, "md5") == 0 ? CHAP_MD5 : CHAP_MSCHAPV2;
}

static GByteArray *
chap_value(const uint8_t *value, size_t len, const char *name)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, (unsigned)len);
    g_byte_array_append(data, value, (guint)len);
    append_text(data, name);
    return data;
}

static GByteArray *
challenge_value(struct peer *peer)
{
    login_challenge(&peer->login, ++peer->id);
    return chap_value(peer->login.challenge, sizeof peer->login.challenge, "server");
}

/* value: other: by a password that the server does not know. */
static GByteArray *
response_value(struct peer *peer, const char *value)
{
    uint8_t response[LOGIN_RESPONSE_LEN];

    login_response(&peer->login, peer->user,
                   strcmp(value, "other") == 0 ? LOGIN_OTHER_PASSWORD : LOGIN_PASSWORD, response);
    return chap_value(response, sizeof response, peer->user);
}

static void
word_challenge(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_code_and_free(peer, side, PPP_CHAP, CHAP_CHALLENGE, challenge_value(peer));
}

static void
word_response(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t md5[16];

    peer_send_code_and_free(peer, side, PPP_CHAP, CHAP_RESPONSE,
                            peer->algorithm == CHAP_MD5 ? chap_value(md5, sizeof md5, peer->user)
                                                        : response_value(peer, value));
}

/* What the server proves of itself; value: other, of a password that the client does not know;
 * none. */
static GByteArray *
proof_of(const struct peer *peer, const char *value)
{
    if (strcmp(value, "none") == 0 || peer->algorithm != CHAP_MSCHAPV2)
        return word_text("Welcome");
    char *proof = login_proof(&peer->login, peer->user,
                              strcmp(value, "other") == 0 ? LOGIN_OTHER_PASSWORD : LOGIN_PASSWORD);
    GByteArray *text = word_text(proof);
    g_free(proof);
    return text;
}

static void
word_success(struct peer *peer, enum side side, const char *value)
{
    peer_send_code_and_free(peer, side, PPP_CHAP, CHAP_SUCCESS, proof_of(peer, value));
}

static void
word_failure(struct peer *peer, enum side side, const char *value)
{
    peer_send_code_and_free(peer, side, PPP_CHAP, CHAP_FAILURE, word_text(value));
}

static void
word_pap_request(struct peer *peer, enum side side, const char *value)
{
    GByteArray *data = g_byte_array_new();

    (void)value;
    peer->id++;
    append_u8(data, (unsigned)strlen(peer->user));
    append_text(data, peer->user);
    append_u8(data, 6);
    append_text(data, "secret");
    peer_send_code_and_free(peer, side, PPP_PAP, PAP_REQUEST, data);
}

static void
word_pap_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_code(peer, side, PPP_PAP, PAP_ACK, NULL);
}

static void
word_pap_nak(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_code(peer, side, PPP_PAP, PAP_NAK, NULL);
}

/* EAP Request (of the server) or Response: value is the type's number and, behind a comma, its data
 * in hexadecimal. */
static void
word_eap(struct peer *peer, enum side side, const char *value)
{
    const char *comma = strchr(value, ',');
    struct hex hex = hex_new(comma ? comma + 1 : "");
    unsigned type = (unsigned)g_ascii_strtoull(value, NULL, 10);
    GByteArray *data = g_byte_array_new();

    append_u8(data, type);
    g_byte_array_append(data, hex.data, (guint)hex.len);
    hex_free(hex);
    if (type == EAP_IDENTITY && side == SIDE_CLIENT)
        append_text(data, peer->user);
    if (type > EAP_MD5 && type != EAP_MSCHAPV2)
        login_secret_keys(&peer->login);
    peer_send_code_and_free(peer, side, PPP_EAP, side == SIDE_SERVER ? EAP_REQUEST : EAP_RESPONSE,
                            data);
}

/* A message of MS-CHAPv2 inside EAP; frees the data. */
static void
send_eap_mschapv2(struct peer *peer, enum side side, uint8_t op, GByteArray *message)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, EAP_MSCHAPV2);
    append_u8(data, op); /* CHAP's */
    append_u8(data, peer->id);
    append_u16(data, message->len + 4);
    g_byte_array_append(data, message->data, message->len);
    g_byte_array_unref(message);
    peer_send_code_and_free(peer, side, PPP_EAP, side == SIDE_SERVER ? EAP_REQUEST : EAP_RESPONSE,
                            data);
}

static void
word_eap_challenge(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_eap_mschapv2(peer, side, CHAP_CHALLENGE, challenge_value(peer));
}

static void
word_eap_response(struct peer *peer, enum side side, const char *value)
{
    send_eap_mschapv2(peer, side, CHAP_RESPONSE, response_value(peer, value));
}

/* MS-CHAPv2's own Success, inside a Request. */
static void
word_eap_proof(struct peer *peer, enum side side, const char *value)
{
    send_eap_mschapv2(peer, side, CHAP_SUCCESS, proof_of(peer, value));
}

/* MS-CHAPv2's own Failure, inside a Request. */
static void
word_eap_refusal(struct peer *peer, enum side side, const char *value)
{
    send_eap_mschapv2(peer, side, CHAP_FAILURE, word_text(value));
}

/* A packet of EAP-TLS. */
static void
send_eap_tls(struct peer *peer, enum side side, uint8_t flags, const uint8_t *bytes, size_t len)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, EAP_TLS);
    append_u8(data, flags);
    g_byte_array_append(data, bytes, (guint)len);
    peer_send_code_and_free(peer, side, PPP_EAP, side == SIDE_SERVER ? EAP_REQUEST : EAP_RESPONSE,
                            data);
}

/* The hellos of EAP-TLS; the server's comes in two fragments, the first one twice. =13: TLS 1.3. */
static void
word_eap_tls(struct peer *peer, enum side side, const char *value)
{
    const bool tls13 = strcmp(value, "13") == 0;
    GByteArray *client = login_hello(false, tls13), *server = login_hello(true, tls13);
    const size_t first = server->len / 2;

    (void)side;
    peer->id++;
    send_eap_tls(peer, SIDE_SERVER, 0x20, NULL, 0);
    send_eap_tls(peer, SIDE_CLIENT, 0, client->data, client->len);
    peer->id++;
    for (int i = 0; i < 2; i++)
        send_eap_tls(peer, SIDE_SERVER, 0x40, server->data, first);
    send_eap_tls(peer, SIDE_CLIENT, 0, NULL, 0);
    peer->id++;
    send_eap_tls(peer, SIDE_SERVER, 0, server->data + first, server->len - first);
    send_eap_tls(peer, SIDE_CLIENT, 0, NULL, 0);
    login_tls_keys(&peer->login, tls13);
    g_byte_array_unref(client);
    g_byte_array_unref(server);
}

static void
word_eap_success(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_code(peer, side, PPP_EAP, EAP_SUCCESS, NULL);
}

static void
word_eap_failure(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_code(peer, side, PPP_EAP, EAP_FAILURE, NULL);
}

const struct peer_word peer_auth_words[] = {
    { "auth", WORD_STAYS, WORD_OF_NOBODY, word_auth },
    { "challenge", WORD_NOW, WORD_OF_SIDE, word_challenge },
    { "response", WORD_NOW, WORD_OF_SIDE, word_response },
    { "success", WORD_NOW, WORD_OF_SIDE, word_success },
    { "failure", WORD_NOW, WORD_OF_SIDE, word_failure },
    { "pap-request", WORD_NOW, WORD_OF_SIDE, word_pap_request },
    { "pap-ack", WORD_NOW, WORD_OF_SIDE, word_pap_ack },
    { "pap-nak", WORD_NOW, WORD_OF_SIDE, word_pap_nak },
    { "eap", WORD_NOW, WORD_OF_SIDE, word_eap },
    { "eap-challenge", WORD_NOW, WORD_OF_SIDE, word_eap_challenge },
    { "eap-response", WORD_NOW, WORD_OF_SIDE, word_eap_response },
    { "eap-proof", WORD_NOW, WORD_OF_SIDE, word_eap_proof },
    { "eap-refusal", WORD_NOW, WORD_OF_SIDE, word_eap_refusal },
    { "eap-tls", WORD_NOW, WORD_OF_NOBODY, word_eap_tls },
    { "eap-success", WORD_NOW, WORD_OF_SIDE, word_eap_success },
    { "eap-failure", WORD_NOW, WORD_OF_SIDE, word_eap_failure },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
