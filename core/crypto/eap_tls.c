/* eap_tls.c - the TLS handshake inside EAP-TLS, as far as keys come from it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crypto/eap_tls.h"

#include <string.h>

#include "codec/ppp.h"
#include "base/wipe.h"

enum {
    LENGTH_INCLUDED = 0x80,  /* RFC 5216 3.1 */
    HELLO_BYTES_MAX = 16384, /* in front of the end of a hello */
    KEY_MATERIAL_LEN = 128,  /* MSK and EMSK */
};

static void
stop(struct eap_tls_half *half)
{
    half->done = true;
    g_clear_pointer(&half->bytes, g_byte_array_unref);
}

static void
take_client_hello(struct eap_tls *tls, struct buf body)
{
    struct tls_client_hello *hello = g_new0(struct tls_client_hello, 1);

    if (tls_decode_client_hello(body, hello)) {
        tls->has_client_hello = true;
        memcpy(tls->random[SIDE_CLIENT], hello->random, TLS_RANDOM_LEN);
    }
    g_free(hello);
}

/* True when there is nothing more to wait for. */
static bool
take_server_hello(struct eap_tls *tls, struct buf body)
{
    struct tls_server_hello hello;

    if (!tls_decode_server_hello(body, &hello))
        return true;
    if (hello.hello_retry_request)
        return false;
    tls->has_server_hello = true;
    memcpy(tls->random[SIDE_SERVER], hello.random, TLS_RANDOM_LEN);
    tls->version = hello.version;
    tls->cipher_suite = hello.cipher_suite;
    return true;
}

/* True when the hello was found, or cannot be any more. */
static bool
take_messages(struct eap_tls *tls, enum side side, struct tls_handshake_reader *reader)
{
    uint8_t type;
    struct buf body;

    while (tls_handshake_next(reader, &type, &body)) {
        if (side == SIDE_CLIENT) {
            if (type == TLS_CLIENT_HELLO)
                take_client_hello(tls, body);
            return true;
        }
        if (type != TLS_SERVER_HELLO || take_server_hello(tls, body))
            return true;
    }
    return false;
}

/* Walks the records that are there from their beginning. */
static bool
look_for_hello(struct eap_tls *tls, enum side side)
{
    const GByteArray *bytes = tls->half[side].bytes;
    struct buf b = buf_init(bytes->data, bytes->len), body;
    struct tls_handshake_reader reader = { .pending = NULL };
    struct tls_record_header header;
    bool found = false;

    while (!found && tls_decode_record_header(b.p, buf_left(&b), &header) &&
           header.type == TLS_HANDSHAKE && buf_skip(&b, TLS_RECORD_HEADER_LEN) &&
           buf_sub(&b, header.length, &body)) {
        tls_handshake_feed(&reader, body.p, buf_left(&body));
        found = take_messages(tls, side, &reader);
    }
    tls_handshake_free(&reader);
    return found;
}

void
eap_tls_feed(struct eap_tls *tls, enum side side, uint8_t id, struct buf type_data)
{
    struct eap_tls_half *half = &tls->half[side];
    uint8_t flags;

    if (half->done || half->last_id == id + 1 || !buf_u8(&type_data, &flags) ||
        ((flags & LENGTH_INCLUDED) && !buf_skip(&type_data, sizeof(uint32_t))))
        return;
    half->last_id = id + 1;
    if (buf_left(&type_data) == 0)
        return;
    if (!half->bytes)
        half->bytes = g_byte_array_new();
    if (half->bytes->len + buf_left(&type_data) > HELLO_BYTES_MAX) {
        stop(half);
        return;
    }
    g_byte_array_append(half->bytes, type_data.p, (guint)buf_left(&type_data));
    if (look_for_hello(tls, side))
        stop(half);
}

void
eap_tls_clear(struct eap_tls *tls)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        stop(&tls->half[side]);
}

static bool
key_material(const struct eap_tls *tls, const struct keylog_secret *secret,
             uint8_t out[static KEY_MATERIAL_LEN])
{
    static const uint8_t type = EAP_TLS;

    /* RFC 9190 2.3, RFC 5216 2.3 */
    return tls->version >= TLS_13
               ? keylog_export(tls->version, tls->cipher_suite, secret,
                               "EXPORTER_EAP_TLS_Key_Material", buf_init(&type, 1), out,
                               KEY_MATERIAL_LEN)
               : keylog_export(tls->version, tls->cipher_suite, secret, "client EAP encryption",
                               buf_init(tls->random[0], sizeof tls->random), out, KEY_MATERIAL_LEN);
}

const char *
eap_tls_msk(const struct eap_tls *tls, keylog_find_fn find, void *data,
            uint8_t msk[static EAP_TLS_MSK_LEN])
{
    struct keylog_secret secret;
    uint8_t material[KEY_MATERIAL_LEN] = { 0 };

    if (!tls->has_client_hello || !tls->has_server_hello)
        return "the capture lacks a hello of the handshake inside EAP-TLS; an HLAK can be given";
    const bool tls13 = tls->version >= TLS_13;
    if (!find ||
        !find(data, tls13 ? "EXPORTER_SECRET" : "CLIENT_RANDOM", tls->random[SIDE_CLIENT], &secret))
        return tls13
                   ? "the key log has no EXPORTER_SECRET of the handshake inside EAP-TLS; an HLAK "
                     "can be given"
                   : "the key log has no CLIENT_RANDOM line of the handshake inside EAP-TLS; an "
                     "HLAK can be given";
    const bool good = key_material(tls, &secret, material);
    memcpy(msk, material, EAP_TLS_MSK_LEN);
    wipe(material, sizeof material);
    wipe(&secret, sizeof secret);
    return good ? NULL : "keys of EAP-TLS cannot be worked out in FIPS mode";
}
