/* link.c - TLS over the wire, by GnuTLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "link.h"

#include <errno.h>
#include <string.h>

#include <gnutls/x509.h>

#include "base/text.h"
#include "base/wipe.h"
#include "clock.h"

enum { PIECE_LEN = 16384, NAME_LEN = 256 };

/* --- the wire below GnuTLS -------------------------------------------------------------------- */

static ssize_t
pull(gnutls_transport_ptr_t data, void *bytes, size_t len)
{
    struct link *link = data;
    struct wire *wire = link->wire;
    const guint part = (guint)MIN(len, wire->in->len - wire->read);

    if (part == 0 && wire->ended)
        return 0;
    if (part == 0) {
        gnutls_transport_set_errno(link->tls, EAGAIN);
        return -1;
    }
    memcpy(bytes, wire->in->data + wire->read, part);
    wire->read += part;
    return part;
}

/* Records that carry data, by their headers: those of a probe's own are whole. */
static uint32_t
count_records(const uint8_t *bytes, size_t len)
{
    struct tls_record_header header;
    uint32_t records = 0;

    while (tls_decode_record_header(bytes, len, &header)) {
        const size_t whole = MIN(len, (size_t)header.length + TLS_RECORD_HEADER_LEN);
        records += header.type == TLS_APPLICATION_DATA;
        bytes += whole;
        len -= whole;
    }
    return records;
}

static ssize_t
push(gnutls_transport_ptr_t data, const void *bytes, size_t len)
{
    struct link *link = data;

    g_byte_array_append(link->wire->out, bytes, (guint)len);
    link->wire->told.records += count_records(bytes, len);
    return (ssize_t)len;
}

/* --- what GnuTLS tells ------------------------------------------------------------------------ */

static int
take_secret(gnutls_session_t tls, const char *label, const gnutls_datum_t *secret)
{
    const struct link *link = gnutls_session_get_ptr(tls);
    gnutls_datum_t random, unused;

    gnutls_session_get_random(tls, &random, &unused);
    char *of = text_hex(random.data, random.size), *hex = text_hex(secret->data, secret->size);
    char *line = g_strdup_printf("%s %s %s\n", label, of, hex);
    tap_secret(link->wire->tap, line);
    wipe(hex, strlen(hex));
    wipe(line, strlen(line));
    g_free(line);
    g_free(hex);
    g_free(of);
    return 0;
}

/* Messages of TLS 1.3 behind the hellos; those of TLS 1.2 are read in clear. */
static int
take_handshake(gnutls_session_t tls, unsigned type, unsigned post, unsigned incoming,
               const gnutls_datum_t *message)
{
    const struct link *link = gnutls_session_get_ptr(tls);
    struct told *told = incoming ? link->told : &link->wire->told;
    const uint8_t header[] = { (uint8_t)type, (uint8_t)(message->size >> 16),
                               (uint8_t)(message->size >> 8), (uint8_t)message->size };

    (void)post;
    if (gnutls_protocol_get_version(tls) != GNUTLS_TLS1_3 ||
        type == GNUTLS_HANDSHAKE_CLIENT_HELLO || type == GNUTLS_HANDSHAKE_SERVER_HELLO || !told)
        return 0;
    g_byte_array_append(told->handshake, header, sizeof header);
    g_byte_array_append(told->handshake, message->data, message->size);
    return 0;
}

/* --- the server's certificate ----------------------------------------------------------------- */

static void
read_leaf(struct link *link, const gnutls_datum_t *der)
{
    gnutls_x509_crt_t leaf;
    char name[NAME_LEN];
    size_t len = sizeof name;

    binding_cert_hash(der->data, der->size, &link->cert);
    link->has_cert = true;
    gnutls_x509_crt_init(&leaf);
    if (gnutls_x509_crt_import(leaf, der, GNUTLS_X509_FMT_DER) == 0) {
        link->not_after = gnutls_x509_crt_get_expiration_time(leaf);
        if (gnutls_x509_crt_get_issuer_dn_by_oid(leaf, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name,
                                                 &len) == 0)
            text_once(&link->issuer, buf_init((const uint8_t *)name, len));
    }
    gnutls_x509_crt_deinit(leaf);
}

/* Called by GnuTLS in the handshake, before it is over: what fails here sends an alert. */
static int
verify(gnutls_session_t tls)
{
    struct link *link = gnutls_session_get_ptr(tls);
    gnutls_typed_vdata_st data[] = {
        { .type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)link->options->name, .size = 0 },
        { .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER },
    };
    unsigned num = 0;
    const gnutls_datum_t *der = gnutls_certificate_get_peers(tls, &num);

    link->trust = GNUTLS_CERT_INVALID;
    if (!der || num == 0)
        return GNUTLS_E_NO_CERTIFICATE_FOUND;
    read_leaf(link, der);
    const int r = gnutls_certificate_verify_peers(tls, data, G_N_ELEMENTS(data), &link->trust);
    if (r < 0)
        link->trust = GNUTLS_CERT_INVALID;
    link->unexpected = link->options->expect && memcmp(link->options->expect, link->cert.sha256,
                                                       sizeof link->cert.sha256) != 0;
    if (link->unexpected)
        link->trust |= GNUTLS_CERT_INVALID;
    if (link->options->any_cert)
        return 0;
    return r < 0 || link->trust != 0 ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0;
}

static gnutls_alert_description_t
alert_of(unsigned trust)
{
    if (trust & GNUTLS_CERT_REVOKED)
        return GNUTLS_A_CERTIFICATE_REVOKED;
    if (trust & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED))
        return GNUTLS_A_CERTIFICATE_EXPIRED;
    if (trust & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA))
        return GNUTLS_A_UNKNOWN_CA;
    if (trust & GNUTLS_CERT_UNEXPECTED_OWNER)
        return GNUTLS_A_CERTIFICATE_UNKNOWN;
    return trust & GNUTLS_CERT_PURPOSE_MISMATCH ? GNUTLS_A_UNSUPPORTED_CERTIFICATE
                                                : GNUTLS_A_BAD_CERTIFICATE;
}

/* Who issued it says who stands in between. */
static char *
unexpected_text(const struct link *link)
{
    return g_strdup_printf("it is not the one of --expect-cert; issuer \"%s\", %strusted here",
                           link->issuer ? link->issuer : "",
                           link->trust == GNUTLS_CERT_INVALID ? "" : "not ");
}

char *
link_trust_text(const struct link *link)
{
    gnutls_datum_t words;
    char *text;

    if (link->unexpected)
        return unexpected_text(link);
    if (gnutls_certificate_verification_status_print(link->trust, GNUTLS_CRT_X509, &words, 0) < 0)
        return g_strdup("The certificate is not trusted");
    text = g_strchomp(g_strndup((const char *)words.data, words.size));
    gnutls_free(words.data);
    return text;
}

/* --- life ------------------------------------------------------------------------------------- */

static bool
fail(GError **error, const char *what, int result)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, gnutls_strerror(result));
    return false;
}

static bool
trust(struct link *link, GError **error)
{
    const char *ca = link->options->ca;
    const int r =
        ca ? gnutls_certificate_set_x509_trust_file(link->credentials, ca, GNUTLS_X509_FMT_PEM)
           : gnutls_certificate_set_x509_system_trust(link->credentials);

    if (ca && r <= 0)
        return fail(error, ca, r < 0 ? r : GNUTLS_E_NO_CERTIFICATE_FOUND);
    gnutls_certificate_set_verify_function(link->credentials, verify);
    return true;
}

bool
link_can_trust(const char *ca, GError **error)
{
    gnutls_certificate_credentials_t credentials;

    gnutls_certificate_allocate_credentials(&credentials);
    const int r = gnutls_certificate_set_x509_trust_file(credentials, ca, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(credentials);
    return r > 0 || fail(error, ca, r < 0 ? r : GNUTLS_E_NO_CERTIFICATE_FOUND);
}

bool
link_init(struct link *link, struct wire *wire, const struct link_options *options, GError **error)
{
    const char *priority = options->priority;
    const char *at;
    int r;

    *link = (struct link){ .wire = wire, .options = options, .clear = g_byte_array_new() };
    gnutls_certificate_allocate_credentials(&link->credentials);
    gnutls_init(&link->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
    if (!trust(link, error))
        return false;
    r = priority ? gnutls_priority_set_direct(link->tls, priority, &at)
                 : gnutls_set_default_priority(link->tls);
    if (r < 0)
        return fail(error, "TLS priority", r);
    gnutls_session_set_ptr(link->tls, link);
    gnutls_credentials_set(link->tls, GNUTLS_CRD_CERTIFICATE, link->credentials);
    gnutls_session_set_keylog_function(link->tls, take_secret);
    gnutls_handshake_set_hook_function(link->tls, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_POST,
                                       take_handshake);
    if (!options->no_name && !g_hostname_is_ip_address(options->name))
        gnutls_server_name_set(link->tls, GNUTLS_NAME_DNS, options->name, strlen(options->name));
    gnutls_transport_set_ptr(link->tls, link);
    gnutls_transport_set_pull_function(link->tls, pull);
    gnutls_transport_set_push_function(link->tls, push);
    gnutls_handshake_set_timeout(link->tls, GNUTLS_INDEFINITE_TIMEOUT);
    return true;
}

void
link_clear(struct link *link)
{
    if (link->tls)
        gnutls_deinit(link->tls);
    if (link->credentials)
        gnutls_certificate_free_credentials(link->credentials);
    if (link->clear) {
        wipe(link->clear->data, link->clear->len);
        g_byte_array_unref(link->clear);
    }
    g_free(link->issuer);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void
record_ended(struct link *link, struct told *told)
{
    link->last_type = link->head[0];
    link->head_len = 0;
    told->records += link->last_type == TLS_APPLICATION_DATA;
}

/* Which records of the server's ended in these bytes. */
static void
walk_records(struct link *link, const uint8_t *bytes, size_t len, struct told *told)
{
    while (len > 0) {
        const size_t head = MIN(len, sizeof link->head - link->head_len);
        const bool in_head = link->head_len < sizeof link->head;
        const size_t part = in_head ? head : MIN(len, link->body_left);

        if (in_head) {
            memcpy(link->head + link->head_len, bytes, part);
            link->head_len += (guint)part;
            link->body_left = link->head_len == sizeof link->head ? buf_at16(link->head + 3) : 1;
        } else {
            link->body_left -= part;
        }
        bytes += part;
        len -= part;
        if (link->body_left == 0)
            record_ended(link, told);
    }
}

/* Alerts of the server that nobody can read in clear. */
static void
take_alert(struct link *link, int alert, struct told *told)
{
    if (link->up || link->last_type == TLS_APPLICATION_DATA)
        told->alert = alert;
}

static bool
is_alert(int result)
{
    return result == GNUTLS_E_FATAL_ALERT_RECEIVED || result == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

static void
read_data(struct link *link, struct told *told)
{
    uint8_t piece[PIECE_LEN];
    guint before;
    ssize_t n;

    /* A session ticket is taken as GNUTLS_E_AGAIN, though more may stand behind it. */
    do {
        before = link->wire->read;
        n = gnutls_record_recv(link->tls, piece, sizeof piece);
        if (n > 0) {
            g_byte_array_append(link->clear, piece, (guint)n);
            g_byte_array_append(told->clear, piece, (guint)n);
        }
    } while (n > 0 || n == GNUTLS_E_INTERRUPTED ||
             (n == GNUTLS_E_AGAIN && link->wire->read > before));
    if (n == GNUTLS_E_AGAIN)
        return;
    link->ended = true;
    if (n == 0)
        take_alert(link, TLS_ALERT_CLOSE_NOTIFY, told);
    else if (is_alert((int)n))
        take_alert(link, (int)gnutls_alert_get(link->tls), told);
    else
        link->error = (int)n;
    wipe(piece, sizeof piece);
}

static void
shake(struct link *link, struct told *told)
{
    int r;

    do
        r = gnutls_handshake(link->tls);
    while (r == GNUTLS_E_INTERRUPTED || r == GNUTLS_E_WARNING_ALERT_RECEIVED);
    if (r == GNUTLS_E_AGAIN)
        return;
    link->up = r == 0;
    link->error = r;
    link->ended = r < 0;
    if (r == GNUTLS_E_FATAL_ALERT_RECEIVED)
        take_alert(link, (int)gnutls_alert_get(link->tls), told);
    if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR) {
        const gnutls_alert_description_t alert =
            link->unexpected ? GNUTLS_A_CERTIFICATE_UNKNOWN : alert_of(link->trust);
        const uint32_t before = link->wire->told.records;

        gnutls_alert_send(link->tls, GNUTLS_AL_FATAL, alert);
        if (link->wire->told.records > before)
            link->wire->told.alert = (int)alert;
    }
}

/* Reads what came, then tells it, then sends what came of it. */
static void
advance(struct link *link, guint begin)
{
    struct wire *wire = link->wire;
    struct told told = told_new();
    const int64_t now = clock_now();

    walk_records(link, wire->in->data + begin, wire->in->len - begin, &told);
    link->told = &told;
    if (!link->up)
        shake(link, &told);
    if (link->up)
        read_data(link, &told);
    link->told = NULL;
    wire_told(wire, begin, &told, now);
    wipe(told.clear->data, told.clear->len);
    told_free(&told);
    link->ended |= wire->ended;
    wire_flush(wire);
    tap_acknowledge(wire->tap, clock_now());
}

void
link_wait(struct link *link, int64_t until)
{
    const guint begin = link->wire->in->len;

    if (wire_wait(link->wire, until))
        advance(link, begin);
}

bool
link_handshake(struct link *link, int64_t until)
{
    advance(link, 0);
    while (!link->up && !link->ended && clock_now() < until)
        link_wait(link, until);
    return link->up || link->ended;
}

/* --- writing ---------------------------------------------------------------------------------- */

void
link_send(struct link *link, struct buf clear)
{
    struct wire *wire = link->wire;

    if (!link->up || wire->ended ||
        gnutls_record_send(link->tls, clear.p, buf_left(&clear)) != (ssize_t)buf_left(&clear))
        return;
    g_byte_array_append(wire->told.clear, clear.p, (guint)buf_left(&clear));
    wire_flush(wire);
}

void
link_bye(struct link *link)
{
    struct wire *wire = link->wire;

    if (!link->up || wire->ended)
        return;
    gnutls_bye(link->tls, GNUTLS_SHUT_WR);
    wire->told.alert = TLS_ALERT_CLOSE_NOTIFY;
    wire_flush(wire);
}

const char *
link_version(const struct link *link)
{
    const gnutls_protocol_t version = gnutls_protocol_get_version(link->tls);

    const char *name = version == GNUTLS_VERSION_UNKNOWN ? NULL : gnutls_protocol_get_name(version);

    return name && g_str_has_prefix(name, "TLS") ? name + strlen("TLS") : name;
}
