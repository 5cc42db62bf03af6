/* peer/tls_messages.c - messages of the TLS handshake
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "bytes.h"
#include "certs.h"
#include "tls_messages.h"

enum {
    CIPHER_SUITE = 0xc02f,     /* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
    CIPHER_SUITE_CBC = 0xc013, /* TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA */
    CIPHER_SUITE_13 = 0x1301,  /* TLS_AES_128_GCM_SHA256 */
    GROUP_P256 = 0x0017,
    GROUP_X25519 = 0x001d,
    SIGNATURE_RSA_SHA256 = 0x0401,
};

guint
tls_length_begin(GByteArray *bytes, guint len)
{
    append_zeros(bytes, len);
    return bytes->len;
}

void
tls_length_end(GByteArray *bytes, guint begin, guint len)
{
    guint n = bytes->len - begin;

    for (guint i = 1; i <= len; i++, n >>= 8)
        bytes->data[begin - i] = (uint8_t)n;
}

guint
tls_message_begin(GByteArray *bytes, uint8_t type)
{
    append_u8(bytes, type);
    return tls_length_begin(bytes, 3);
}

struct seal_secret
peer_secret(const struct peer *peer)
{
    struct seal_secret secret;

    seal_secret_make(&secret, peer->conn, peer->tls13);
    return secret;
}

static void
append_random(GByteArray *bytes, const struct peer *peer, enum side side)
{
    const struct seal_secret secret = peer_secret(peer);

    g_byte_array_append(bytes, secret.random[side], TLS_RANDOM_LEN);
}

/* An extension whose value is a list of 16-bit numbers behind a length of len_len bytes. */
static void
append_number_list(GByteArray *bytes, uint16_t type, guint len_len, const uint16_t *numbers,
                   size_t num)
{
    append_u16(bytes, type);
    append_u16(bytes, len_len + 2 * num);
    guint list = tls_length_begin(bytes, len_len);
    for (size_t i = 0; i < num; i++)
        append_u16(bytes, numbers[i]);
    tls_length_end(bytes, list, len_len);
}

/* RFC 6066 3 */
static void
append_server_name(GByteArray *bytes, const char *name)
{
    size_t n = strlen(name);

    append_u16(bytes, 0);
    append_u16(bytes, n + 5);
    append_u16(bytes, n + 3);
    append_u8(bytes, 0);
    append_u16(bytes, n);
    append_text(bytes, name);
}

/* =no-sni; =port: the name with ":443" behind it; =old: TLS 1.0; =13: TLS 1.3 as well; =cbc: the
 * server will choose a block cipher. */
GByteArray *
tls_client_hello(const struct peer *peer, const char *value)
{
    static const uint16_t groups[] = { GROUP_X25519, GROUP_P256 };
    static const uint16_t signatures[] = { 0x0403, SIGNATURE_RSA_SHA256, 0x0804 };
    static const uint16_t versions[] = { TLS_13, TLS_12 };
    GByteArray *message = g_byte_array_new();
    char *name = g_strdup_printf("%s%s", peer->host, login_has(value, "port") ? ":443" : "");
    guint begin = tls_message_begin(message, TLS_CLIENT_HELLO);

    append_u16(message, login_has(value, "old") ? TLS_10 : TLS_12);
    append_random(message, peer, SIDE_CLIENT);
    append_u8(message, 0); /* no session id */
    append_u16(message, peer->tls13 ? 6 : 4);
    if (peer->tls13)
        append_u16(message, CIPHER_SUITE_13);
    append_u16(message, CIPHER_SUITE);
    append_u16(message, CIPHER_SUITE_CBC);
    append_u16(message, 0x0100); /* null compression */
    guint extensions = tls_length_begin(message, 2);
    if (!login_has(value, "no-sni"))
        append_server_name(message, name);
    append_number_list(message, 10, 2, groups, G_N_ELEMENTS(groups));
    append_number_list(message, 13, 2, signatures, G_N_ELEMENTS(signatures));
    if (peer->tls13) {
        append_number_list(message, 43, 1, versions, G_N_ELEMENTS(versions));
        append_u16(message, 51); /* key share */
        append_u16(message, 2 + 4 + 32);
        append_u16(message, 4 + 32);
        append_u16(message, GROUP_X25519);
        append_u16(message, 32);
        append_zeros(message, 32);
    }
    tls_length_end(message, extensions, 2);
    tls_length_end(message, begin, 3);
    g_free(name);
    return message;
}

/* Hello Retry Request (RFC 8446 4.1.4) for a group that was not offered. */
void
tls_append_retry(GByteArray *bytes)
{
    static const uint8_t random[TLS_RANDOM_LEN] = {
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
        0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
        0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    };
    guint begin = tls_message_begin(bytes, TLS_SERVER_HELLO);

    append_u16(bytes, TLS_12);
    g_byte_array_append(bytes, random, sizeof random);
    append_u8(bytes, 0);
    append_u16(bytes, CIPHER_SUITE_13);
    append_u8(bytes, 0);
    append_u16(bytes, 6 + 6);
    append_u16(bytes, 43);
    append_u16(bytes, 2);
    append_u16(bytes, TLS_13);
    append_u16(bytes, 51);
    append_u16(bytes, 2);
    append_u16(bytes, 0x0018);
    tls_length_end(bytes, begin, 3);
}

void
tls_append_server_hello(GByteArray *bytes, const struct peer *peer)
{
    guint begin = tls_message_begin(bytes, TLS_SERVER_HELLO);

    append_u16(bytes, TLS_12);
    append_random(bytes, peer, SIDE_SERVER);
    append_u8(bytes, 0);
    append_u16(bytes, peer->tls13 ? CIPHER_SUITE_13 : peer->cbc ? CIPHER_SUITE_CBC : CIPHER_SUITE);
    append_u8(bytes, 0);
    if (peer->tls13) {
        append_u16(bytes, 6 + 4 + 4 + 32);
        append_u16(bytes, 43);
        append_u16(bytes, 2);
        append_u16(bytes, TLS_13);
        append_u16(bytes, 51);
        append_u16(bytes, 4 + 32);
        append_u16(bytes, GROUP_X25519);
        append_u16(bytes, 32);
        append_zeros(bytes, 32);
    }
    tls_length_end(bytes, begin, 3);
}

void
tls_append_certificate(GByteArray *bytes, const struct peer *peer)
{
    GPtrArray *chain = certs_chain(peer->chain);
    guint begin = tls_message_begin(bytes, TLS_CERTIFICATE);

    if (peer->tls13)
        append_u8(bytes, 0);
    guint list = tls_length_begin(bytes, 3);
    for (guint i = 0; i < chain->len; i++) {
        guint der = tls_length_begin(bytes, 3);
        append_bytes(bytes, g_ptr_array_index(chain, i));
        tls_length_end(bytes, der, 3);
        if (peer->tls13)
            append_u16(bytes, 0);
    }
    tls_length_end(bytes, list, 3);
    tls_length_end(bytes, begin, 3);
    g_ptr_array_unref(chain);
}

/* Of TLS 1.2: RSA certificates, any CA. */
void
tls_append_certificate_request(GByteArray *bytes)
{
    guint begin = tls_message_begin(bytes, TLS_CERTIFICATE_REQUEST);

    append_u16(bytes, 0x0101);
    append_u16(bytes, 2);
    append_u16(bytes, SIGNATURE_RSA_SHA256);
    append_u16(bytes, 0);
    tls_length_end(bytes, begin, 3);
}

/* RFC 8422 5.4 */
void
tls_append_server_key_exchange(GByteArray *bytes)
{
    guint begin = tls_message_begin(bytes, TLS_SERVER_KEY_EXCHANGE);

    append_u8(bytes, 3);
    append_u16(bytes, GROUP_X25519);
    append_u8(bytes, 32);
    append_zeros(bytes, 32);
    append_u16(bytes, SIGNATURE_RSA_SHA256);
    append_u16(bytes, 256);
    append_zeros(bytes, 256);
    tls_length_end(bytes, begin, 3);
}

void
tls_append_message(GByteArray *bytes, uint8_t type, size_t len)
{
    guint begin = tls_message_begin(bytes, type);

    append_zeros(bytes, len);
    tls_length_end(bytes, begin, 3);
}
