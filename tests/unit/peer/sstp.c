/* peer/sstp.c - words about SSTP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "certs.h"
#include "hex.h"

#define OTHER_CHAIN "name" /* of a middlebox, for "call-connected=cert" */

static void
send_message(struct peer *peer, enum side side, const struct sstp_message *message)
{
    GByteArray *packet = g_byte_array_new();

    g_assert_true(sstp_encode_control(message, packet));
    peer_send(peer, side, packet->data, packet->len);
    g_byte_array_unref(packet);
}

static void
word_call_request(struct peer *peer, enum side side, const char *value)
{
    const struct sstp_message message = { .type = SSTP_CALL_CONNECT_REQUEST,
                                          .has_protocol = true,
                                          .protocol = SSTP_ENCAPSULATED_PPP };

    (void)value;
    send_message(peer, side, &message);
}

/* value: the bitmask that is offered. */
static void
word_call_ack(struct peer *peer, enum side side, const char *value)
{
    struct sstp_message message = { .type = SSTP_CALL_CONNECT_ACK, .has_binding_request = true };

    message.binding_request.bitmask =
        *value ? (uint8_t)word_number(value) : SSTP_HASH_SHA1 | SSTP_HASH_SHA256;
    memset(message.binding_request.nonce, ++peer->num_acks, SSTP_NONCE_LEN);
    send_message(peer, side, &message);
}

/* value: sha1, both, none (of the hashes); cert, nonce: of somebody else; earlier-nonce: of the Ack
 * before; mac-of-cert, mac-of-nonce: the MAC is computed over a message with those, another
 * session's; padded: what stands behind SHA-1 is not zero; mistakes of login.h; joined by commas.
 */
static void
fill_binding(const struct peer *peer, const char *value, struct sstp_binding *binding)
{
    GPtrArray *chain = certs_chain(login_has(value, "cert") ? OTHER_CHAIN
                                   : peer->chain            ? peer->chain
                                                            : "good");
    const GByteArray *leaf = g_ptr_array_index(chain, 0);
    struct binding_cert cert;

    binding_cert_hash(leaf->data, leaf->len, &cert);
    g_ptr_array_unref(chain);
    binding->bitmask = login_has(value, "sha1")   ? SSTP_HASH_SHA1
                       : login_has(value, "both") ? SSTP_HASH_SHA1 | SSTP_HASH_SHA256
                       : login_has(value, "none") ? 0
                                                  : SSTP_HASH_SHA256;
    binding->hash_len = binding->bitmask == SSTP_HASH_SHA1 ? 20 : 32;
    memcpy(binding->cert_hash, binding->hash_len == 20 ? cert.sha1 : cert.sha256,
           binding->hash_len);
    memset(binding->nonce,
           login_has(value, "nonce")           ? 0xee
           : login_has(value, "earlier-nonce") ? peer->num_acks - 1
                                               : peer->num_acks,
           SSTP_NONCE_LEN);
}

static GByteArray *
call_connected(const struct peer *peer, const char *value)
{
    struct sstp_message message = { .type = SSTP_CALL_CONNECTED, .has_binding = true };
    GByteArray *packet = g_byte_array_new();

    fill_binding(peer, value, &message.binding);
    g_assert_true(sstp_encode_control(&message, packet));
    if (login_has(value, "padded"))
        memset(packet->data + BINDING_CERT_HASH_OFFSET + 20, 0xaa, 12);
    return packet;
}

static void
word_call_connected(struct peer *peer, enum side side, const char *value)
{
    const char *wrong = login_has(value, "mac-of-cert")    ? "cert"
                        : login_has(value, "mac-of-nonce") ? "earlier-nonce"
                        : login_has(value, "mac-unpadded") ? "sha1"
                                                           : value;
    GByteArray *packet = call_connected(peer, value), *over = call_connected(peer, wrong);

    login_bind(&peer->login, value, login_has(value, "sha1") ? SSTP_HASH_SHA1 : SSTP_HASH_SHA256,
               over->data, packet->data);
    peer_send(peer, side, packet->data, packet->len);
    g_byte_array_unref(over);
    g_byte_array_unref(packet);
}

static void
send_bare(struct peer *peer, enum side side, uint16_t type)
{
    const struct sstp_message message = { .type = type };

    send_message(peer, side, &message);
}

/* value: the status; without one no Status Info is sent. */
static void
word_abort(struct peer *peer, enum side side, const char *value)
{
    struct sstp_message message = { .type = SSTP_CALL_ABORT, .has_status = *value != '\0' };

    message.status.attribute = SSTP_ATTR_STATUS_INFO;
    message.status.status = word_number(value);
    send_message(peer, side, &message);
}

static void
word_disconnect(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_CALL_DISCONNECT);
}

static void
word_disconnect_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_CALL_DISCONNECT_ACK);
}

static void
word_echo(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_ECHO_REQUEST);
}

static void
word_echo_reply(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_ECHO_RESPONSE);
}

/* A packet whose sender writes 5000 into the 16 bits of length and reserved bits. */
static void
word_oversize(struct peer *peer, enum side side, const char *value)
{
    uint8_t *packet = g_malloc0(5000);

    (void)value;
    packet[0] = SSTP_VERSION;
    packet[2] = 5000 >> 8;
    packet[3] = 5000 & 0xff;
    peer_send(peer, side, packet, 5000);
    g_free(packet);
}

/* value: the packet's bytes in hexadecimal. */
static void
word_raw(struct peer *peer, enum side side, const char *value)
{
    struct hex hex = hex_new(value);

    peer_send(peer, side, hex.data, hex.len);
    hex_free(hex);
}

/* A Call Connect Nak of the one attribute that a request has. */
static void
word_call_nak(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t rejected[] = { 0, 2 };
    struct sstp_message message = { .type = SSTP_CALL_CONNECT_NAK, .has_status = true };

    (void)value;
    message.status.attribute = SSTP_ATTR_ENCAPSULATED_PROTOCOL_ID;
    message.status.status = SSTP_STATUS_VALUE_NOT_SUPPORTED;
    message.status.value = rejected;
    message.status.value_len = sizeof rejected;
    send_message(peer, side, &message);
}

static void
word_junk(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_text(peer, side, "what is this?");
}

const struct peer_word peer_sstp_words[] = {
    { "call-request", WORD_NOW, WORD_OF_SIDE, word_call_request },
    { "call-ack", WORD_NOW, WORD_OF_SIDE, word_call_ack },
    { "call-nak", WORD_NOW, WORD_OF_SIDE, word_call_nak },
    { "call-connected", WORD_NOW, WORD_OF_SIDE, word_call_connected },
    { "abort", WORD_NOW, WORD_OF_SIDE, word_abort },
    { "disconnect", WORD_NOW, WORD_OF_SIDE, word_disconnect },
    { "disconnect-ack", WORD_NOW, WORD_OF_SIDE, word_disconnect_ack },
    { "echo", WORD_NOW, WORD_OF_SIDE, word_echo },
    { "echo-reply", WORD_NOW, WORD_OF_SIDE, word_echo_reply },
    { "oversize", WORD_NOW, WORD_OF_SIDE, word_oversize },
    { "junk", WORD_NOW, WORD_OF_SIDE, word_junk },
    { "raw", WORD_NOW, WORD_OF_SIDE, word_raw },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
