/* peer/tls.c - words about TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "bytes.h"
#include "certs.h"
#include "tls_messages.h"

enum { FINISHED_LEN = 12, FINISHED_LEN_13 = 32 };

static void
append_change_cipher_spec(GByteArray *wire)
{
    static const uint8_t change[] = { 1 };

    peer_append_record(wire, TLS_CHANGE_CIPHER_SPEC, change, sizeof change);
}

/* Keys open nothing where a hello is missing. */
static bool
is_blind(const struct peer *peer, const char *value)
{
    return login_has(value, "blind") || peer->hidden[SIDE_CLIENT] || peer->hidden[SIDE_SERVER];
}

static void
blind_seal(struct peer *peer)
{
    if (peer->blinded)
        return;
    peer->blinded = true;
    for (int side = 0; side < SIDE_COUNT; side++)
        seal_blind(&peer->seal[side]);
}

/* The keys of both sides; blind ones are told to nobody, and are none that others would open. */
static void
begin_seal(struct peer *peer, bool blind)
{
    const struct seal_secret secret = peer_secret(peer);

    seal_begin(peer->seal, &secret);
    peer->blinded = false;
    for (int side = 0; side < SIDE_COUNT; side++)
        peer->seal[side].cbc = peer->cbc;
    if (blind)
        blind_seal(peer);
    else if (peer->tap)
        peer->tap->secret(peer->tap_data, &secret);
}

/* Behind side's Finished. */
static void
finish_seal(struct peer *peer, enum side side)
{
    const struct seal_secret secret = peer_secret(peer);

    peer->sealed[side] = true;
    if (!peer->tls13)
        return;
    seal_application(&peer->seal[side], &secret, side);
    if (peer->blinded)
        seal_blind(&peer->seal[side]);
}

/* A sealed record with handshake messages, which are told where there are keys. */
static void
send_sealed_handshake(struct peer *peer, enum side side, GByteArray *wire,
                      const GByteArray *messages, bool blind)
{

    peer_append_sealed(peer, side, wire, TLS_HANDSHAKE, messages->data, messages->len);
    if (peer_send_wire(peer, side, wire->data, wire->len) && !blind) {
        engine_handshake(peer->engine, messages->data, messages->len);
        if (peer->tls13)
            engine_decrypted(peer->engine, 1);
    }
    peer_frame_done(peer);
    g_byte_array_unref(wire);
}

/* The client's hello; its values stand at tls_client_hello(). */
static void
word_hello(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *hello;

    peer->tls13 = login_has(value, "13");
    peer->cbc = login_has(value, "cbc");
    hello = tls_client_hello(peer, value);
    peer_append_record(wire, TLS_HANDSHAKE, hello->data, hello->len);
    g_byte_array_unref(hello);
    peer_send_wire_and_free(peer, side, wire);
}

/* =N: the first N bytes of a hello that goes on in another segment. */
static void
word_hello_part(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *hello = tls_client_hello(peer, "");
    guint len = word_number(value);

    guint known = hello->len;
    g_byte_array_set_size(hello, 2 * len);
    memset(hello->data + known, 0, hello->len - known);
    peer_append_record(wire, TLS_HANDSHAKE, hello->data, hello->len);
    g_byte_array_set_size(wire, len);
    g_byte_array_unref(hello);
    peer_send_wire_and_free(peer, side, wire);
}

static void
peer_set_chain(struct peer *peer, const char *value)
{
    char **options = g_strsplit(value, ",", -1);

    for (char **option = options; *option; option++) {
        if (certs_has_chain(*option)) {
            GPtrArray *chain = certs_chain(*option);
            g_ptr_array_unref(chain);
            peer->chain = g_intern_string(*option);
        }
    }
    if (login_has(value, "resumed"))
        peer->chain = NULL;
    peer->asks_cert = login_has(value, "ask");
    g_strfreev(options);
}

/* TLS 1.3: its hello, and all the rest sealed. */
static void
send_flight_13(struct peer *peer, enum side side, GByteArray *wire, bool blind)
{
    GByteArray *messages = g_byte_array_new();

    append_change_cipher_spec(wire);
    guint begin = tls_message_begin(messages, TLS_ENCRYPTED_EXTENSIONS);
    append_u16(messages, 0);
    tls_length_end(messages, begin, 3);
    tls_append_certificate(messages, peer);
    tls_append_message(messages, TLS_CERTIFICATE_VERIFY, 260);
    tls_append_message(messages, TLS_FINISHED, FINISHED_LEN_13);
    send_sealed_handshake(peer, side, wire, messages, blind);
    g_byte_array_unref(messages);
    finish_seal(peer, side);
}

/* The server wants another hello, and says Change Cipher Spec, as servers do. */
static void
word_retry(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *message = g_byte_array_new();

    (void)value;
    tls_append_retry(message);
    peer_append_record(wire, TLS_HANDSHAKE, message->data, message->len);
    append_change_cipher_spec(wire);
    g_byte_array_unref(message);
    peer_send_wire_and_free(peer, side, wire);
}

/* What the server sends upon the hello: a chain of certs.h, =ask for a client certificate, =resumed
 * without any certificate, =blind without keys, =cut without its end. */
static void
word_flight(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *messages = g_byte_array_new();

    peer_set_chain(peer, value);
    begin_seal(peer, is_blind(peer, value));
    tls_append_server_hello(messages, peer);
    if (!peer->tls13 && peer->chain) {
        tls_append_certificate(messages, peer);
        tls_append_server_key_exchange(messages);
        if (peer->asks_cert)
            tls_append_certificate_request(messages);
        if (!login_has(value, "cut"))
            tls_append_message(messages, TLS_SERVER_HELLO_DONE, 0);
    }
    peer_append_record(wire, TLS_HANDSHAKE, messages->data, messages->len);
    g_byte_array_unref(messages);
    if (peer->tls13)
        send_flight_13(peer, side, wire, is_blind(peer, value));
    else
        peer_send_wire_and_free(peer, side, wire);
}

/* The end of side's part of the handshake; =blind: without keys. */
static void
word_finish(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *messages = g_byte_array_new();
    bool blind = is_blind(peer, value);

    if (blind)
        blind_seal(peer);
    if (side == SIDE_CLIENT && !peer->tls13) {
        if (peer->asks_cert)
            tls_append_message(messages, TLS_CERTIFICATE, 3); /* an empty list */
        if (peer->chain) {
            guint begin = tls_message_begin(messages, TLS_CLIENT_KEY_EXCHANGE);
            append_u8(messages, 32);
            append_zeros(messages, 32);
            tls_length_end(messages, begin, 3);
        }
        if (messages->len)
            peer_append_record(wire, TLS_HANDSHAKE, messages->data, messages->len);
        g_byte_array_set_size(messages, 0);
    }
    append_change_cipher_spec(wire);
    if (side == SIDE_CLIENT && peer->tls13 && peer->asks_cert && blind)
        tls_append_message(messages, TLS_CERTIFICATE, 4); /* no context, an empty list */
    tls_append_message(messages, TLS_FINISHED, peer->tls13 ? FINISHED_LEN_13 : FINISHED_LEN);
    send_sealed_handshake(peer, side, wire, messages, blind);
    g_byte_array_unref(messages);
    finish_seal(peer, side);
    if (peer->sealed[side_other(side)])
        peer->tls = blind ? PEER_TLS_BLIND : PEER_TLS;
}

/* A whole handshake, with the values of hello, flight and finish. */
static void
word_tls(struct peer *peer, enum side side, const char *value)
{
    enum side other = side_other(side);

    word_hello(peer, side, value);
    word_flight(peer, other, value);
    /* Who resumes TLS 1.2 ends it with the client's part. */
    if (!peer->tls13 && !peer->chain)
        word_finish(peer, other, value);
    word_finish(peer, side, value);
    if (!peer->tls13 && peer->chain)
        word_finish(peer, other, value);
}

/* Keys that open no more records of anybody. */
static void
word_blind(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->tls = PEER_TLS_BLIND;
    blind_seal(peer);
}

/* Keys that open no record of its sender. */
static void
word_sealed(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    if (!peer->locked[side])
        seal_blind(&peer->seal[side]);
    peer->locked[side] = true;
}

/* In clear until its sender's part of the handshake is over. */
static void
word_alert(struct peer *peer, enum side side, const char *value)
{
    const uint8_t description = (uint8_t)word_number(value);
    const uint8_t alert[] = { description == TLS_ALERT_CLOSE_NOTIFY ? 1 : 2, description };
    GByteArray *wire = g_byte_array_new();
    bool sealed = peer->sealed[side], as_data = sealed && peer->tls13;

    if (sealed)
        peer_append_sealed(peer, side, wire, TLS_ALERT, alert, sizeof alert);
    else
        peer_append_record(wire, TLS_ALERT, alert, sizeof alert);
    if (peer_send_wire(peer, side, wire->data, wire->len) && sealed &&
        peer->tls != PEER_TLS_BLIND && !peer->locked[side]) {
        engine_alert(peer->engine, alert[1]);
        if (as_data)
            engine_decrypted(peer->engine, 1);
    }
    peer_frame_done(peer);
    g_byte_array_unref(wire);
}

const struct peer_word peer_tls_words[] = {
    { "tls", WORD_NOW, WORD_OF_NOBODY, word_tls },
    { "blind", WORD_STAYS, WORD_OF_NOBODY, word_blind },
    { "sealed", WORD_STAYS, WORD_OF_SIDE, word_sealed },
    { "alert", WORD_NOW, WORD_OF_SIDE, word_alert },
    { "hello", WORD_NOW, WORD_OF_SIDE, word_hello },
    { "hello-part", WORD_NOW, WORD_OF_SIDE, word_hello_part },
    { "retry", WORD_NOW, WORD_OF_SIDE, word_retry },
    { "flight", WORD_NOW, WORD_OF_SIDE, word_flight },
    { "finish", WORD_NOW, WORD_OF_SIDE, word_finish },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
