/* private_key.h - is a file a private key, and one that opens captures?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_PRIVATE_KEY_H
#define SSTPDIAG_TOOLS_PRIVATE_KEY_H

#include <gio/gio.h>
#include <stdbool.h>

/* Does it hold a private key of any kind, as PEM? False also where it cannot be read. */
bool private_key_is(const char *path);
/* May tshark be given it? It takes PEM of RSA keys without a passphrase. False, with what it is and
 * how it is made fit in *error, if not. */
bool private_key_check(const char *path, GError **error);

#endif
