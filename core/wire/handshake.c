/* handshake.c - what the TLS handshake of a connection says, in clear or decrypted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/handshake.h"

enum { ISSUERS_MAX_LEN = 32768 };

static void
take_client_hello(struct tls_facts *tls, struct buf body, struct mark mark)
{
    if (tls_decode_client_hello(body, &tls->client_hello)) {
        tls->has_client_hello = true;
        tls->client_hello_at = mark;
    }
}

static void
take_server_hello(struct tls_facts *tls, struct buf body, struct mark mark)
{
    if (!tls_decode_server_hello(body, &tls->server_hello))
        return;
    tls->has_server_hello = !tls->server_hello.hello_retry_request;
    tls->server_hello_at = mark;
    if (tls->server_hello.hello_retry_request) {
        tls->retry_at = mark;
        tls->retry_group = tls->server_hello.group;
    }
}

static void
take_issuers(struct tls_facts *tls, struct buf list, uint16_t version)
{
    struct buf der;

    tls->issuers = g_byte_array_new();
    while (tls_certificate_next(&list, version, &der)) {
        size_t n = buf_left(&der);
        const uint8_t len[] = { (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

        if (tls->issuers->len + sizeof len + n > ISSUERS_MAX_LEN)
            break;
        g_byte_array_append(tls->issuers, len, sizeof len);
        g_byte_array_append(tls->issuers, der.p, (guint)n);
    }
}

static void
take_server_certificate(struct tls_facts *tls, struct buf body, bool decrypted, struct mark mark)
{
    uint16_t version = tls->server_hello.version;
    struct buf list, leaf;

    if (tls->leaf || !tls->has_server_hello || !tls_certificate_list(body, version, &list) ||
        !tls_certificate_next(&list, version, &leaf) || buf_left(&leaf) == 0)
        return;
    tls->leaf = g_byte_array_sized_new((guint)buf_left(&leaf));
    g_byte_array_append(tls->leaf, leaf.p, (guint)buf_left(&leaf));
    take_issuers(tls, list, version);
    tls->leaf_decrypted = decrypted;
    tls->certificate_at = mark;
}

static void
take_client_certificate(struct tls_facts *tls, struct buf body, struct mark mark)
{
    struct buf list;

    if (mark_is_set(tls->client_certificate_at) ||
        !tls_certificate_list(body, tls->server_hello.version, &list))
        return;
    tls->client_certificate_at = mark;
    tls->client_certificate_empty = buf_left(&list) == 0;
}

bool
tls_facts_are_13(const struct tls_facts *tls)
{
    return tls->has_server_hello && tls->server_hello.version >= TLS_13;
}

static void
take_finished(struct tls_facts *tls, enum side side, struct mark mark)
{
    if (!mark_is_set(tls->finished[side]))
        tls->finished[side] = mark;
    if (side == SIDE_SERVER && tls->server_hello.version >= TLS_13)
        tls->server_done_at = tls->finished[side];
}

static void
take_client_message(struct tls_facts *tls, uint8_t type, struct buf body, struct mark mark)
{
    if (type == TLS_CLIENT_HELLO)
        take_client_hello(tls, body, mark);
    else if (type == TLS_CERTIFICATE)
        take_client_certificate(tls, body, mark);
    else if (type == TLS_FINISHED)
        take_finished(tls, SIDE_CLIENT, mark);
}

static void
take_server_message(struct tls_facts *tls, uint8_t type, struct buf body, bool decrypted,
                    struct mark mark)
{
    switch (type) {
    case TLS_SERVER_HELLO:
        take_server_hello(tls, body, mark);
        break;
    case TLS_CERTIFICATE:
        take_server_certificate(tls, body, decrypted, mark);
        break;
    case TLS_CERTIFICATE_REQUEST:
        tls->certificate_request_at = mark;
        break;
    case TLS_SERVER_HELLO_DONE:
        tls->server_done_at = mark;
        break;
    case TLS_FINISHED:
        take_finished(tls, SIDE_SERVER, mark);
        break;
    default:
        break;
    }
}

void
tls_facts_message(struct tls_facts *tls, enum side side, uint8_t type, struct buf body,
                  bool decrypted, struct mark mark)
{
    if (side == SIDE_CLIENT)
        take_client_message(tls, type, body, mark);
    else
        take_server_message(tls, type, body, decrypted, mark);
}

void
tls_facts_alert(struct tls_facts *tls, enum side side, uint8_t description, struct mark mark)
{
    if (description == TLS_ALERT_CLOSE_NOTIFY) {
        if (!mark_is_set(tls->close_notify[side]))
            tls->close_notify[side] = mark;
    } else if (!mark_is_set(tls->alert[side])) {
        tls->alert[side] = mark;
        tls->alert_description[side] = description;
    }
}

const struct cert *
tls_facts_cert(struct tls_facts *tls)
{
    if (tls->leaf && !tls->cert_read) {
        tls->cert_read = true;
        tls->cert = cert_new(buf_init(tls->leaf->data, tls->leaf->len),
                             buf_init(tls->issuers->data, tls->issuers->len));
        g_clear_pointer(&tls->issuers, g_byte_array_unref);
    }
    return tls->cert;
}

void
tls_facts_clear(struct tls_facts *tls)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        tls_handshake_free(&tls->decrypted[side]);
    if (tls->leaf)
        g_byte_array_unref(tls->leaf);
    if (tls->issuers)
        g_byte_array_unref(tls->issuers);
    cert_free(tls->cert);
}
