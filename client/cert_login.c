/* cert_login.c - the client's login by certificate
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cert_login.h"

#include <errno.h>
#include <string.h>

#include <gnutls/x509.h>

#include "base/append.h"
#include "base/wipe.h"
#include "codec/ppp.h"

/* RFC 5216 3.1 */
enum { FLAG_LENGTH = 0x80, FLAG_MORE = 0x40, FLAG_START = 0x20, LENGTH_LEN = 4 };
enum {
    PIECE_LEN = 1000,
    MESSAGES_MAX_LEN =
        64 * 1024,         /* of the server, in one turn: chains of certificates are shorter */
    KEY_MATERIAL_LEN = 128 /* MSK and EMSK; in TLS 1.3 the length changes the bytes */
};

struct cert_login {
    gnutls_session_t tls;
    enum cert_login_state state;
    bool begun, shaken;
    unsigned trust;
    int alert;
    uint32_t read; /* of in */
    GByteArray *in, *out;
    bool cut; /* a piece of out was sent, more are to come */
};

/* --- below GnuTLS ----------------------------------------------------------------------------- */

static ssize_t
pull(gnutls_transport_ptr_t data, void *bytes, size_t len)
{
    struct cert_login *login = data;
    const guint part = (guint)MIN(len, login->in->len - login->read);

    if (part == 0) {
        gnutls_transport_set_errno(login->tls, EAGAIN);
        return -1;
    }
    memcpy(bytes, login->in->data + login->read, part);
    login->read += part;
    return part;
}

static ssize_t
push(gnutls_transport_ptr_t data, const void *bytes, size_t len)
{
    struct cert_login *login = data;

    g_byte_array_append(login->out, bytes, (guint)len);
    return (ssize_t)len;
}

/* The name is that of a RADIUS server, which no client knows. */
static int
verify(gnutls_session_t tls)
{
    struct cert_login *login = gnutls_session_get_ptr(tls);
    gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                      .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER };

    if (gnutls_certificate_verify_peers(tls, &purpose, 1, &login->trust) < 0)
        login->trust = GNUTLS_CERT_INVALID;
    return login->trust ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0;
}

/* --- the handshake ---------------------------------------------------------------------------- */

static void
note_failure(struct cert_login *login, int result)
{
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED) {
        login->state = CERT_LOGIN_REFUSED;
        login->alert = (int)gnutls_alert_get(login->tls);
        return;
    }
    login->state = login->trust ? CERT_LOGIN_UNTRUSTED : CERT_LOGIN_BROKEN;
    if (login->trust)
        gnutls_alert_send(login->tls, GNUTLS_AL_FATAL, GNUTLS_A_UNKNOWN_CA);
    else
        gnutls_alert_send_appropriate(login->tls, result);
}

/* Behind the handshake TLS 1.3 has tickets, a byte that says "success", or the server's alert. */
static void
read_on(struct cert_login *login)
{
    uint8_t bytes[64];
    uint32_t before;
    ssize_t n;

    do {
        before = login->read;
        n = gnutls_record_recv(login->tls, bytes, sizeof bytes);
    } while (n > 0 || n == GNUTLS_E_INTERRUPTED || (n == GNUTLS_E_AGAIN && login->read > before));
    if (n < 0 && n != GNUTLS_E_AGAIN)
        note_failure(login, (int)n);
}

static void
go_on(struct cert_login *login)
{
    int r = 0;

    while (!login->shaken && ((r = gnutls_handshake(login->tls)) == GNUTLS_E_INTERRUPTED ||
                              r == GNUTLS_E_WARNING_ALERT_RECEIVED))
        ;
    if (!login->shaken && r == 0) {
        login->shaken = true;
        login->state = CERT_LOGIN_DONE;
    }
    if (r < 0 && r != GNUTLS_E_AGAIN)
        note_failure(login, r);
    else if (login->shaken)
        read_on(login);
    g_byte_array_set_size(login->in, 0);
    login->read = 0;
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* The next piece; none: an empty answer, which asks for more. */
static void
append_piece(struct cert_login *login, GByteArray *out)
{
    const guint part = MIN(login->out->len, PIECE_LEN);
    const bool more = part < login->out->len, first = more && !login->cut;

    append_u8(out, (more ? FLAG_MORE : 0U) | (first ? FLAG_LENGTH : 0U));
    if (first)
        append_u32(out, login->out->len);
    g_byte_array_append(out, login->out->data, part);
    g_byte_array_remove_range(login->out, 0, part);
    login->cut = more;
}

static bool
begin(struct cert_login *login, GByteArray *out)
{
    if (login->begun)
        return false;
    login->begun = true;
    go_on(login);
    append_piece(login, out);
    return true;
}

bool
cert_login_receive(struct cert_login *login, struct buf type_data, GByteArray *out)
{
    uint8_t flags;

    if (!buf_u8(&type_data, &flags) || ((flags & FLAG_LENGTH) && !buf_skip(&type_data, LENGTH_LEN)))
        return false;
    if (flags & FLAG_START)
        return begin(login, out);
    if (!login->begun)
        return false;
    /* A piece of ours was taken. */
    if (login->cut && buf_left(&type_data) == 0) {
        append_piece(login, out);
        return true;
    }
    if (login->cut || login->in->len + buf_left(&type_data) > MESSAGES_MAX_LEN) {
        login->state = CERT_LOGIN_BROKEN;
        return false;
    }
    if (buf_left(&type_data) > 0)
        g_byte_array_append(login->in, type_data.p, (guint)buf_left(&type_data));
    if (!(flags & FLAG_MORE) && login->state <= CERT_LOGIN_DONE)
        go_on(login);
    append_piece(login, out);
    return true;
}

/* --- what came of it -------------------------------------------------------------------------- */

enum cert_login_state
cert_login_state(const struct cert_login *login)
{
    return login->state;
}

unsigned
cert_login_trust(const struct cert_login *login)
{
    return login->trust;
}

int
cert_login_alert(const struct cert_login *login)
{
    return login->alert;
}

bool
cert_login_keys(const struct cert_login *login, uint8_t hlak[static BINDING_HLAK_LEN])
{
    static const char old[] = "client EAP encryption", label[] = "EXPORTER_EAP_TLS_Key_Material",
                      type = EAP_TLS;
    char material[KEY_MATERIAL_LEN];

    if (!login->shaken)
        return false;
    const bool tls13 = gnutls_protocol_get_version(login->tls) == GNUTLS_TLS1_3;
    const bool good = tls13 ? gnutls_prf_rfc5705(login->tls, sizeof label - 1, label, sizeof type,
                                                 &type, sizeof material, material) == 0
                            : gnutls_prf_rfc5705(login->tls, sizeof old - 1, old, 0, NULL,
                                                 sizeof material, material) == 0;
    if (good)
        memcpy(hlak, material, BINDING_HLAK_LEN);
    wipe(material, sizeof material);
    return good;
}

struct cert_login *
cert_login_new(gnutls_certificate_credentials_t identity)
{
    struct cert_login *login = g_new0(struct cert_login, 1);

    login->alert = -1;
    login->in = g_byte_array_new();
    login->out = g_byte_array_new();
    /* Whoever gives a certificate wants it used, whatever issuers the server prefers. */
    gnutls_init(&login->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_FORCE_CLIENT_CERT);
    gnutls_set_default_priority(login->tls);
    gnutls_certificate_set_verify_function(identity, verify);
    gnutls_credentials_set(login->tls, GNUTLS_CRD_CERTIFICATE, identity);
    gnutls_session_set_ptr(login->tls, login);
    gnutls_transport_set_ptr(login->tls, login);
    gnutls_transport_set_pull_function(login->tls, pull);
    gnutls_transport_set_push_function(login->tls, push);
    gnutls_handshake_set_timeout(login->tls, GNUTLS_INDEFINITE_TIMEOUT);
    return login;
}

void
cert_login_free(struct cert_login *login)
{
    if (!login)
        return;
    gnutls_deinit(login->tls);
    g_byte_array_unref(login->in);
    g_byte_array_unref(login->out);
    g_free(login);
}
