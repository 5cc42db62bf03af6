/* secret.h - the password: from a file, a descriptor or the terminal; handed out once, then wiped
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_SECRET_H
#define SSTPPROBE_SECRET_H

#include <gio/gio.h>

#include "client/login.h"

enum { SECRET_ORIGIN_LEN = 96 };

/* What login_secret_fn gets, and what logs in without it. */
struct secret {
    struct login_secret password;
    char origin[SECRET_ORIGIN_LEN]; /* which file it came from; "" where it was typed */
    bool given, handed_out;
    gnutls_certificate_credentials_t identity; /* of EAP-TLS; NULL: none */
};

/* The first line of what the descriptor, which stays open, or the file gives. */
bool secret_read_fd(struct secret *secret, int fd, GError **error);
bool secret_read_file(struct secret *secret, const char *path, GError **error);
/* Asks on the terminal, without showing what is typed. */
bool secret_ask(struct secret *secret, const char *user, GError **error);
/* login_secret_fn */
bool secret_hand_out(void *data, struct login_secret *out);
void secret_wipe(struct secret *secret);

#endif
