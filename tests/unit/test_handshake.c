/* test_handshake.c - handshake messages to facts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/handshake.h"
#include "certs.h"
#include "hex.h"

#define C            SIDE_CLIENT
#define S            SIDE_SERVER

#define RANDOM       "00*32"
#define HELLO_12     "02 000026 0303" RANDOM " 00 c02f 00 "
#define HELLO_13     "02 00002e 0303" RANDOM " 00 1301 00 0006 002b 0002 0304 "
#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
#define RETRY        "02 000034 0303" RETRY_RANDOM " 00 1301 00 000c 002b 0002 0304 0033 0002 0018 "

static void
feed(struct tls_facts *tls, enum side side, const uint8_t *data, size_t len)
{
    struct tls_handshake_reader reader = { 0 };
    uint8_t type;
    struct buf body;

    tls_handshake_feed(&reader, data, len);
    while (tls_handshake_next(&reader, &type, &body))
        tls_facts_message(tls, side, type, body, false, (struct mark){ 7, 7 });
    tls_handshake_free(&reader);
}

static void
feed_hex(struct tls_facts *tls, enum side side, const char *text)
{
    struct hex hex = hex_new(text);

    feed(tls, side, hex.data, hex.len);
    hex_free(hex);
}

/* A Certificate message of TLS 1.2. */
static GByteArray *
certificate_message(const char *name)
{
    GPtrArray *chain = certs_chain(name);
    GByteArray *message = g_byte_array_new();
    guint8 head[7] = { TLS_CERTIFICATE };

    g_byte_array_append(message, head, sizeof head);
    for (guint i = 0; i < chain->len; i++) {
        const GByteArray *der = g_ptr_array_index(chain, i);
        const guint8 len[] = { 0, (guint8)(der->len >> 8), (guint8)der->len };
        g_byte_array_append(message, len, sizeof len);
        g_byte_array_append(message, der->data, der->len);
    }
    for (guint at = 2; at < 7; at += 3) {
        guint n = message->len - at - 2;
        message->data[at] = (guint8)(n >> 8);
        message->data[at + 1] = (guint8)n;
    }
    g_ptr_array_unref(chain);
    return message;
}

static void
test_chain(void)
{
    GByteArray *message = certificate_message("full");
    struct tls_facts tls = { 0 };

    g_assert_null(tls_facts_cert(&tls));
    feed(&tls, S, message->data, message->len);
    g_assert_null(tls.leaf); /* before a hello nobody knows the layout */
    feed_hex(&tls, S, HELLO_12);
    feed(&tls, S, message->data, message->len);
    g_assert_nonnull(tls.leaf);
    const struct cert *cert = tls_facts_cert(&tls);
    g_assert_nonnull(cert);
    g_assert_true(cert == tls_facts_cert(&tls));
    g_assert_cmpuint(cert->chain_len, ==, 3);
    g_assert_cmpint(cert->chain, ==, CERT_CHAIN_SELF_SIGNED);
    tls_facts_clear(&tls);
    g_byte_array_unref(message);
}

static void
test_chain_truncated(void)
{
    GByteArray *message = certificate_message("full");

    for (guint len = 0; len < message->len; len++) {
        guint8 *cut = g_memdup2(message->data, len ? len : 1);
        struct tls_facts tls = { 0 };
        feed_hex(&tls, S, HELLO_12);
        feed(&tls, S, cut, len);
        g_assert_null(tls_facts_cert(&tls));
        tls_facts_clear(&tls);
        g_free(cut);
    }
    g_byte_array_unref(message);
}

/* What stands where a certificate should be is kept for its hash and is no certificate. */
static void
test_junk(void)
{
    struct tls_facts tls = { 0 };

    feed_hex(&tls, S, HELLO_12 "0b 000009 000006 000003 aabbcc");
    g_assert_nonnull(tls.leaf);
    g_assert_null(tls_facts_cert(&tls));
    g_assert_null(tls_facts_cert(&tls));
    tls_facts_clear(&tls);
}

static const struct message_row {
    const char *name;
    enum side side;
    const char *messages;
    bool has_server_hello, retried, requested, done, client_sent, client_empty;
} message_rows[] = {
    { "hello", S, HELLO_12, true, false, false, false, false, false },
    { "retry", S, RETRY, false, true, false, false, false, false },
    { "retry-then-hello", S, RETRY HELLO_13, true, true, false, false, false, false },
    { "request", S, HELLO_12 "0d 000008 01 01 0002 0401 0000", true, false, true, false, false,
      false },
    { "done", S, HELLO_12 "0e 000000", true, false, false, true, false, false },
    { "finished-12", S, HELLO_12 "14 000002 0000", true, false, false, false, false, false },
    { "finished-13", S, HELLO_13 "14 000002 0000", true, false, false, true, false, false },
    { "client-empty", C, "0b 000003 000000", false, false, false, false, true, true },
    { "client-one", C, "0b 000007 000004 000001 aa", false, false, false, false, true, false },
    { "request-of-client", C, "0d 000000 0e 000000", false, false, false, false, false, false },
};

static void
run_message(gconstpointer data)
{
    const struct message_row *row = data;
    struct tls_facts tls = { 0 };

    feed_hex(&tls, row->side, row->messages);
    g_assert_cmpint(tls.has_server_hello, ==, row->has_server_hello);
    g_assert_cmpint(mark_is_set(tls.retry_at), ==, row->retried);
    g_assert_cmphex(tls.retry_group, ==, row->retried ? 0x0018 : 0);
    g_assert_cmpint(mark_is_set(tls.certificate_request_at), ==, row->requested);
    g_assert_cmpint(mark_is_set(tls.server_done_at), ==, row->done);
    g_assert_cmpint(mark_is_set(tls.client_certificate_at), ==, row->client_sent);
    g_assert_cmpint(tls.client_certificate_empty, ==, row->client_empty);
    tls_facts_clear(&tls);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/handshake/message", message_rows, run_message);
    g_test_add_func("/handshake/chain", test_chain);
    g_test_add_func("/handshake/chain-truncated", test_chain_truncated);
    g_test_add_func("/handshake/junk", test_junk);
    return g_test_run();
}
