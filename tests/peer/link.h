/* link.h - the TLS connection below SSTP, by GnuTLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_LINK_H
#define SSTPDIAG_TESTS_PEER_LINK_H

#include <gnutls/gnutls.h>

#include "crypto/binding.h"
#include "options.h"

struct link {
    const struct options *options;
    int fd;
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t tls; /* NULL before link_open() */
    struct binding_cert cert;
    GByteArray *in;   /* clear bytes that nobody took yet */
    GByteArray *held; /* packets that will share a record */
    unsigned num_held;
    int64_t flush_at; /* microseconds of g_get_monotonic_time(), 0: nothing is held */
    bool mute;        /* sends nothing more */
    bool broken;      /* nothing can be sent any more */
};

/* Takes the socket over. */
void link_init(struct link *link, const struct options *options, int fd);
/* TLS handshake, at most as long as options->patience. False, with the reason in error. */
bool link_open(struct link *link, GError **error);
/* An HTTP head, in one record: sstpc 1.0.18 waits for ever behind half of one. */
void link_send_head(struct link *link, const char *head);
/* One SSTP packet, in as many records as the packing says. */
void link_send(struct link *link, const uint8_t *data, size_t len);
/* Sends what is held back, when its time has come. */
void link_flush(struct link *link);
/* Appends all that has come to link->in. False when the peer closed or the connection is broken. */
bool link_receive(struct link *link);
/* Ends the connection: by close_notify and FIN, or by RST. Frees everything but the struct. */
void link_close(struct link *link, bool reset);

#endif
