/* eap.c - the server's side of EAP-TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "eap.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"

enum { MORE = 0x40, LENGTH = 0x80, START = 0x20, PIECE_LEN = 700, KEYS_LEN = 128 };

/* --- below GnuTLS ----------------------------------------------------------------------------- */

static ssize_t
pull(gnutls_transport_ptr_t data, void *bytes, size_t len)
{
    struct eap *eap = data;
    const guint part = (guint)MIN(len, eap->in->len - eap->read);

    if (part == 0) {
        gnutls_transport_set_errno(eap->tls, EAGAIN);
        return -1;
    }
    memcpy(bytes, eap->in->data + eap->read, part);
    eap->read += part;
    return part;
}

static ssize_t
push(gnutls_transport_ptr_t data, const void *bytes, size_t len)
{
    struct eap *eap = data;

    g_byte_array_append(eap->out, bytes, (guint)len);
    return (ssize_t)len;
}

static void
open_tls(struct eap *eap, const struct options *options)
{
    gnutls_certificate_allocate_credentials(&eap->credentials);
    gnutls_certificate_set_x509_key_file(
        eap->credentials, options->eap_cert ? options->eap_cert : options->cert,
        options->eap_key ? options->eap_key : options->key, GNUTLS_X509_FMT_PEM);
    if (options->client_ca)
        gnutls_certificate_set_x509_trust_file(eap->credentials, options->client_ca,
                                               GNUTLS_X509_FMT_PEM);
    gnutls_init(&eap->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS);
    gnutls_set_default_priority(eap->tls);
    if (options->eap_tls)
        gnutls_priority_set_direct(eap->tls,
                                   strcmp(options->eap_tls, "1.2") == 0
                                       ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
                                       : "NORMAL:-VERS-ALL:+VERS-TLS1.3",
                                   NULL);
    gnutls_credentials_set(eap->tls, GNUTLS_CRD_CERTIFICATE, eap->credentials);
    gnutls_certificate_server_set_request(eap->tls, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(eap->tls, NULL, 0);
    gnutls_transport_set_ptr(eap->tls, eap);
    gnutls_transport_set_pull_function(eap->tls, pull);
    gnutls_transport_set_push_function(eap->tls, push);
}

/* --- the conversation ------------------------------------------------------------------------- */

static void
make_keys(struct eap *eap)
{
    char keys[KEYS_LEN];
    const bool tls13 = gnutls_protocol_get_version(eap->tls) == GNUTLS_TLS1_3;
    const char *label = tls13 ? "EXPORTER_EAP_TLS_Key_Material" : "client EAP encryption";

    gnutls_prf_rfc5705(eap->tls, strlen(label), label, tls13, tls13 ? "\x0d" : NULL, sizeof keys,
                       keys);
    memcpy(eap->hlak, keys, sizeof eap->hlak);
}

static void
shake_hands(struct eap *eap)
{
    const int r = gnutls_handshake(eap->tls);

    if (r == 0) {
        eap->shaken = true;
        make_keys(eap);
        if (gnutls_protocol_get_version(eap->tls) == GNUTLS_TLS1_3)
            gnutls_record_send(eap->tls, "", 1); /* RFC 9190 2.5 */
    } else if (r < 0 && r != GNUTLS_E_AGAIN) {
        eap->failed = true;
        gnutls_alert_send_appropriate(eap->tls, r);
    }
}

static void
append_piece(struct eap *eap, GByteArray *request)
{
    const guint left = eap->out->len - eap->sent, part = MIN(left, PIECE_LEN);
    const bool more = part < left, first = more && eap->sent == 0;

    eap->id++;
    append_u8(request, EAP_TLS);
    append_u8(request, (more ? MORE : 0U) | (first ? LENGTH : 0U));
    if (first)
        append_u32(request, left);
    g_byte_array_append(request, eap->out->data + eap->sent, part);
    eap->sent += part;
}

/* All pieces were taken, and all of an answer is there. */
static bool
answer(struct eap *eap, GByteArray *request)
{
    g_byte_array_set_size(eap->out, 0);
    eap->sent = 0;
    if (!eap->shaken && !eap->failed)
        shake_hands(eap);
    if (eap->out->len > 0) {
        append_piece(eap, request);
        return true;
    }
    eap->over = true;
    eap->good = eap->shaken;
    return false;
}

static bool
hear_tls(struct eap *eap, struct buf data, GByteArray *request)
{
    uint8_t flags;

    if (!buf_u8(&data, &flags) || ((flags & LENGTH) && !buf_skip(&data, 4)))
        return false;
    if (buf_left(&data))
        g_byte_array_append(eap->in, data.p, (guint)buf_left(&data));
    if (flags & MORE || eap->sent < eap->out->len) {
        append_piece(eap, request);
        return true;
    }
    return answer(eap, request);
}

void
eap_begin(struct eap *eap, GByteArray *request)
{
    eap->id++;
    append_u8(request, EAP_IDENTITY);
}

bool
eap_hear(struct eap *eap, const struct options *options, const struct ppp_packet *packet,
         GByteArray *request)
{
    struct ppp_eap said;

    if (packet->code != EAP_RESPONSE || packet->id != eap->id || eap->over ||
        !ppp_decode_eap(packet, &said))
        return false;
    if (said.type == EAP_IDENTITY && !eap->tls) {
        open_tls(eap, options);
        eap->id++;
        append_u8(request, EAP_TLS);
        append_u8(request, START);
        return true;
    }
    if (said.type == EAP_TLS && eap->tls)
        return hear_tls(eap, said.type_data, request);
    eap->over = true; /* a Nak: there is nothing else here */
    return false;
}

void
eap_init(struct eap *eap)
{
    *eap = (struct eap){ .in = g_byte_array_new(), .out = g_byte_array_new() };
}

void
eap_clear(struct eap *eap)
{
    if (eap->tls)
        gnutls_deinit(eap->tls);
    if (eap->credentials)
        gnutls_certificate_free_credentials(eap->credentials);
    g_byte_array_unref(eap->in);
    g_byte_array_unref(eap->out);
}
