/* link.c - the TLS connection below SSTP, by GnuTLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "link.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>

/* Packets of this many milliseconds share a record, where they do. */
enum { HOLD_MS = 30, APART_MS = 20, PIECE_LEN = 16384, SEND_WAIT_MS = 5000 };

void
link_init(struct link *link, const struct options *options, int fd)
{
    *link = (struct link){
        .options = options, .fd = fd, .in = g_byte_array_new(), .held = g_byte_array_new()
    };
}

/* A line of the key log (SSLKEYLOGFILE), appended at once: a reader may be waiting. */
static int
log_key(gnutls_session_t tls, const char *label, const gnutls_datum_t *secret)
{
    const struct link *link = gnutls_session_get_ptr(tls);
    gnutls_datum_t random, unused;
    GString *line = g_string_new(label);
    FILE *file = fopen(link->options->key_log, "ae");

    gnutls_session_get_random(tls, &random, &unused);
    g_string_append_c(line, ' ');
    for (unsigned i = 0; i < random.size; i++)
        g_string_append_printf(line, "%02x", random.data[i]);
    g_string_append_c(line, ' ');
    for (unsigned i = 0; i < secret->size; i++)
        g_string_append_printf(line, "%02x", secret->data[i]);
    g_string_append_c(line, '\n');
    if (file) {
        fputs(line->str, file);
        fclose(file);
    }
    g_string_free(line, TRUE);
    return file ? 0 : GNUTLS_E_FILE_ERROR;
}

static bool
fail(GError **error, const char *what, int result)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, gnutls_strerror(result));
    return false;
}

static bool
hash_certificate(struct link *link, GError **error)
{
    unsigned num = 0;
    const gnutls_datum_t *der = link->options->server
                                    ? gnutls_certificate_get_ours(link->tls)
                                    : gnutls_certificate_get_peers(link->tls, &num);

    if (!der)
        return fail(error, "certificate of the server", GNUTLS_E_NO_CERTIFICATE_FOUND);
    binding_cert_hash(der->data, der->size, &link->cert);
    return true;
}

bool
link_open(struct link *link, GError **error)
{
    const struct options *options = link->options;
    const char *files = "--cert and --key";
    int r;

    gnutls_certificate_allocate_credentials(&link->credentials);
    if (options->server) {
        r = gnutls_certificate_set_x509_key_file(link->credentials, options->cert, options->key,
                                                 GNUTLS_X509_FMT_PEM);
        if (r < 0)
            return fail(error, files, r);
    }
    gnutls_init(&link->tls, options->server ? GNUTLS_SERVER : GNUTLS_CLIENT);
    gnutls_session_set_ptr(link->tls, link);
    gnutls_set_default_priority(link->tls);
    gnutls_credentials_set(link->tls, GNUTLS_CRD_CERTIFICATE, link->credentials);
    if (options->key_log)
        gnutls_session_set_keylog_function(link->tls, log_key);
    if (!options->server)
        gnutls_server_name_set(link->tls, GNUTLS_NAME_DNS, SERVER_HOST, strlen(SERVER_HOST));
    gnutls_transport_set_int(link->tls, link->fd);
    gnutls_handshake_set_timeout(link->tls, (unsigned)options->patience * 1000);
    do
        r = gnutls_handshake(link->tls);
    while (r < 0 && !gnutls_error_is_fatal(r));
    if (r < 0)
        return fail(error, "TLS handshake", r);
    fcntl(link->fd, F_SETFL, fcntl(link->fd, F_GETFL) | O_NONBLOCK);
    return hash_certificate(link, error);
}

static void
send_record(struct link *link, const uint8_t *data, size_t len)
{
    ssize_t n = 0;

    if (len == 0 || link->mute || link->broken)
        return;
    do {
        struct pollfd ready = { .fd = link->fd, .events = POLLOUT };

        if (n < 0 && poll(&ready, 1, SEND_WAIT_MS) <= 0)
            break;
        n = gnutls_record_send(link->tls, data, len);
    } while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
    link->broken = n < 0;
}

void
link_send_head(struct link *link, const char *head)
{
    send_record(link, (const uint8_t *)head, strlen(head));
}

void
link_send(struct link *link, const uint8_t *data, size_t len)
{
    switch (link->options->packing) {
    case PACKING_ONE:
        send_record(link, data, len);
        break;
    case PACKING_MANY:
        g_byte_array_append(link->held, data, (guint)len);
        if (link->flush_at == 0)
            link->flush_at = g_get_monotonic_time() + HOLD_MS * 1000;
        break;
    case PACKING_APART:
    case PACKING_HALF:
        send_record(link, data, len / 2);
        if (link->options->packing == PACKING_APART)
            g_usleep(APART_MS * 1000);
        send_record(link, data + len / 2, len - len / 2);
        break;
    }
}

static void
send_held(struct link *link)
{
    for (guint sent = 0; sent < link->held->len; sent += PIECE_LEN)
        send_record(link, link->held->data + sent, MIN(link->held->len - sent, PIECE_LEN));
    g_byte_array_set_size(link->held, 0);
    link->flush_at = 0;
}

void
link_flush(struct link *link)
{
    if (link->flush_at != 0 && g_get_monotonic_time() >= link->flush_at)
        send_held(link);
}

bool
link_receive(struct link *link)
{
    uint8_t piece[PIECE_LEN];
    ssize_t n;

    do {
        n = gnutls_record_recv(link->tls, piece, sizeof piece);
        if (n > 0)
            g_byte_array_append(link->in, piece, (guint)n);
    } while (n > 0 || n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_REHANDSHAKE);
    return n == GNUTLS_E_AGAIN;
}

void
link_close(struct link *link, bool reset)
{
    const struct linger now = { .l_onoff = 1, .l_linger = 0 };

    if (link->tls && !reset) {
        send_held(link);
        if (!link->mute && !link->broken)
            gnutls_bye(link->tls, GNUTLS_SHUT_WR);
    }
    if (reset)
        setsockopt(link->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(link->fd);
    if (link->tls)
        gnutls_deinit(link->tls);
    if (link->credentials)
        gnutls_certificate_free_credentials(link->credentials);
    g_byte_array_unref(link->in);
    g_byte_array_unref(link->held);
}
