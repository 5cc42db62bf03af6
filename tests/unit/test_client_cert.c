/* test_client_cert.c - EAP-TLS of the client against a server by GnuTLS: fragments, refusals, keys
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/append.h"
#include "client/cert_login.h"
#include "codec/ppp.h"

enum { VALID_SECONDS = 86400, NAMES = 60, TURNS_MAX = 100, PIECE_LEN = 600 };

/* A certificate that nobody signed but itself; with names enough that it takes many pieces. */
struct identity {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
};

static struct identity
identity_new(const char *name, bool server)
{
    struct identity identity;
    const time_t now = time(NULL);
    const char serial = 1;

    gnutls_x509_privkey_init(&identity.key);
    gnutls_x509_privkey_generate(identity.key, GNUTLS_PK_ECDSA,
                                 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    gnutls_x509_crt_init(&identity.cert);
    gnutls_x509_crt_set_version(identity.cert, 3);
    gnutls_x509_crt_set_serial(identity.cert, &serial, sizeof serial);
    gnutls_x509_crt_set_dn_by_oid(identity.cert, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                  (unsigned)strlen(name));
    gnutls_x509_crt_set_activation_time(identity.cert, now - VALID_SECONDS);
    gnutls_x509_crt_set_expiration_time(identity.cert, now + VALID_SECONDS);
    gnutls_x509_crt_set_ca_status(identity.cert, 1);
    gnutls_x509_crt_set_key_purpose_oid(
        identity.cert, server ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT, 0);
    for (int i = 0; i < NAMES; i++) {
        char *more = g_strdup_printf("a-long-name-to-fill-pieces-%02d.example.com", i);
        gnutls_x509_crt_set_subject_alt_name(identity.cert, GNUTLS_SAN_DNSNAME, more,
                                             (unsigned)strlen(more), GNUTLS_FSAN_APPEND);
        g_free(more);
    }
    gnutls_x509_crt_set_key(identity.cert, identity.key);
    gnutls_x509_crt_sign2(identity.cert, identity.cert, identity.key, GNUTLS_DIG_SHA256, 0);
    return identity;
}

static void
identity_clear(struct identity *identity)
{
    gnutls_x509_crt_deinit(identity->cert);
    gnutls_x509_privkey_deinit(identity->key);
}

static gnutls_certificate_credentials_t
credentials_with(struct identity *own, struct identity *trusted)
{
    gnutls_certificate_credentials_t credentials;

    gnutls_certificate_allocate_credentials(&credentials);
    g_assert_cmpint(gnutls_certificate_set_x509_key(credentials, &own->cert, 1, own->key), >=, 0);
    g_assert_cmpint(gnutls_certificate_set_x509_trust(credentials, &trusted->cert, 1), ==, 1);
    return credentials;
}

/* --- the server ------------------------------------------------------------------------------- */

struct server {
    gnutls_session_t tls;
    GByteArray *in, *out;
    guint read, sent;
    bool shaken, failed;
};

static ssize_t
pull(gnutls_transport_ptr_t data, void *bytes, size_t len)
{
    struct server *server = data;
    const guint part = (guint)MIN(len, server->in->len - server->read);

    if (part == 0) {
        gnutls_transport_set_errno(server->tls, EAGAIN);
        return -1;
    }
    memcpy(bytes, server->in->data + server->read, part);
    server->read += part;
    return part;
}

static ssize_t
push(gnutls_transport_ptr_t data, const void *bytes, size_t len)
{
    struct server *server = data;

    g_byte_array_append(server->out, bytes, (guint)len);
    return (ssize_t)len;
}

static void
server_init(struct server *server, gnutls_certificate_credentials_t credentials,
            const char *priority)
{
    *server = (struct server){ .in = g_byte_array_new(), .out = g_byte_array_new() };
    gnutls_init(&server->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK);
    gnutls_priority_set_direct(server->tls, priority, NULL);
    gnutls_credentials_set(server->tls, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_certificate_server_set_request(server->tls, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(server->tls, NULL, 0);
    gnutls_transport_set_ptr(server->tls, server);
    gnutls_transport_set_pull_function(server->tls, pull);
    gnutls_transport_set_push_function(server->tls, push);
}

static void
server_clear(struct server *server)
{
    gnutls_deinit(server->tls);
    g_byte_array_unref(server->in);
    g_byte_array_unref(server->out);
}

/* The next request: a piece of what is to be said, or an empty one. */
static void
ask(struct server *server, GByteArray *request)
{
    const guint left = server->out->len - server->sent, part = MIN(left, PIECE_LEN);
    const bool more = part < left, first = more && server->sent == 0;

    g_byte_array_set_size(request, 0);
    append_u8(request, (more ? 0x40U : 0) | (first ? 0x80U : 0));
    if (first)
        append_u32(request, left);
    g_byte_array_append(request, server->out->data + server->sent, part);
    server->sent += part;
}

static void
handshake(struct server *server)
{
    const int r = server->failed ? GNUTLS_E_AGAIN : gnutls_handshake(server->tls);

    if (r == 0 && !server->shaken) {
        server->shaken = true;
        /* RFC 9190 2.5 */
        if (gnutls_protocol_get_version(server->tls) == GNUTLS_TLS1_3)
            gnutls_record_send(server->tls, "", 1);
    } else if (r < 0 && r != GNUTLS_E_AGAIN) {
        server->failed = true;
        gnutls_alert_send_appropriate(server->tls, r);
    }
}

/* Takes an answer; true: it was whole. */
static bool
hear(struct server *server, const GByteArray *answer)
{
    struct buf data = buf_init(answer->data, answer->len);
    uint8_t flags;

    g_assert_true(buf_u8(&data, &flags));
    g_assert_cmpuint(answer->len, <=, CERT_LOGIN_ANSWER_MAX);
    if (flags & 0x80)
        g_assert_true(buf_skip(&data, 4));
    if (buf_left(&data))
        g_byte_array_append(server->in, data.p, (guint)buf_left(&data));
    return !(flags & 0x40);
}

/* Until neither has anything to say. Returns how many answers had pieces to follow. */
static unsigned
converse(struct cert_login *login, struct server *server)
{
    GByteArray *request = g_byte_array_new(), *answer = g_byte_array_new();
    unsigned pieces = 0, turns = 0;

    append_u8(request, 0x20);
    while (cert_login_receive(login, buf_init(request->data, request->len), answer)) {
        g_assert_cmpuint(++turns, <, TURNS_MAX);
        const bool whole = hear(server, answer);
        g_byte_array_set_size(answer, 0);
        pieces += !whole;
        if (!whole) {
            g_byte_array_set_size(request, 0);
            append_u8(request, 0);
            continue;
        }
        if (server->sent == server->out->len) {
            g_byte_array_set_size(server->out, 0);
            server->sent = 0;
            handshake(server);
            if (server->out->len == 0)
                break;
        }
        ask(server, request);
    }
    g_byte_array_unref(request);
    g_byte_array_unref(answer);
    return pieces;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* What the server makes of it, by other functions of GnuTLS than the client uses. */
static void
server_keys(const struct server *server, char keys[static 128])
{
    gnutls_datum_t client, own;
    char seed[64];

    if (gnutls_protocol_get_version(server->tls) == GNUTLS_TLS1_3) {
        g_assert_cmpint(gnutls_prf_rfc5705(server->tls, strlen("EXPORTER_EAP_TLS_Key_Material"),
                                           "EXPORTER_EAP_TLS_Key_Material", 1, "\x0d", 128, keys),
                        ==, 0);
        return;
    }
    gnutls_session_get_random(server->tls, &client, &own);
    memcpy(seed, client.data, 32);
    memcpy(seed + 32, own.data, 32);
    g_assert_cmpint(gnutls_prf_raw(server->tls, strlen("client EAP encryption"),
                                   "client EAP encryption", sizeof seed, seed, 128, keys),
                    ==, 0);
}

enum wrong { WRONG_NOTHING, WRONG_SERVER, WRONG_CLIENT };

static void
talk(const char *priority, enum wrong wrong)
{
    struct identity client = identity_new("alice", false), server_id = identity_new("radius", true),
                    other = identity_new("other", true);
    gnutls_certificate_credentials_t own = credentials_with(
                                         &client, wrong == WRONG_SERVER ? &other : &server_id),
                                     theirs = credentials_with(
                                         &server_id, wrong == WRONG_CLIENT ? &other : &client);
    struct cert_login *login = cert_login_new(own);
    struct server server;
    uint8_t hlak[BINDING_HLAK_LEN];
    char keys[128];

    server_init(&server, theirs, priority);
    const unsigned pieces = converse(login, &server);
    if (wrong == WRONG_NOTHING) {
        g_assert_cmpint(cert_login_state(login), ==, CERT_LOGIN_DONE);
        g_assert_true(server.shaken);
        g_assert_cmpuint(pieces, >, 1);
        g_assert_true(cert_login_keys(login, hlak));
        server_keys(&server, keys);
        g_assert_cmpmem(hlak, sizeof hlak, keys, sizeof hlak);
    } else if (wrong == WRONG_SERVER) {
        g_assert_cmpint(cert_login_state(login), ==, CERT_LOGIN_UNTRUSTED);
        g_assert_cmpuint(cert_login_trust(login) & GNUTLS_CERT_SIGNER_NOT_FOUND, !=, 0);
        g_assert_false(cert_login_keys(login, hlak));
    } else {
        g_assert_cmpint(cert_login_state(login), ==, CERT_LOGIN_REFUSED);
        g_assert_cmpint(cert_login_alert(login), >=, 0);
    }
    server_clear(&server);
    cert_login_free(login);
    gnutls_certificate_free_credentials(own);
    gnutls_certificate_free_credentials(theirs);
    identity_clear(&client);
    identity_clear(&server_id);
    identity_clear(&other);
}

static void
test_talks(gconstpointer data)
{
    talk(data, WRONG_NOTHING);
    talk(data, WRONG_SERVER);
    talk(data, WRONG_CLIENT);
}

/* Bytes that are no EAP-TLS: no answer, or one that leads nowhere; never more memory. */
static void
test_hostile(void)
{
    static const char *const begins[] = { "\x00", "\x40", "\x80", "\x20" };
    struct identity own = identity_new("alice", false);
    gnutls_certificate_credentials_t credentials = credentials_with(&own, &own);
    GByteArray *out = g_byte_array_new();
    uint8_t junk[1200];

    memset(junk, 0x16, sizeof junk);
    for (size_t i = 0; i < G_N_ELEMENTS(begins); i++) {
        struct cert_login *login = cert_login_new(credentials);
        junk[0] = 0x20;
        cert_login_receive(login, buf_init(junk, 1), out);
        memcpy(junk, begins[i], 1);
        for (int turn = 0; turn < 1000; turn++) {
            g_byte_array_set_size(out, 0);
            cert_login_receive(login, buf_init(junk, sizeof junk), out);
            g_assert_cmpuint(out->len, <=, CERT_LOGIN_ANSWER_MAX);
        }
        g_assert_cmpint(cert_login_state(login), !=, CERT_LOGIN_DONE);
        cert_login_free(login);
    }
    g_byte_array_unref(out);
    gnutls_certificate_free_credentials(credentials);
    identity_clear(&own);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/client-cert/tls12", "NORMAL:-VERS-ALL:+VERS-TLS1.2", test_talks);
    g_test_add_data_func("/client-cert/tls13", "NORMAL:-VERS-ALL:+VERS-TLS1.3", test_talks);
    g_test_add_func("/client-cert/hostile", test_hostile);
    return g_test_run();
}
