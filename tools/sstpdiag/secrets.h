/* secrets.h - TLS keys that the user gives, and those inside captures
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_SECRETS_H
#define SSTPDIAG_TOOLS_SECRETS_H

#include <gio/gio.h>
#include <stdbool.h>

/* Appends a key log to fd. */
bool secrets_add_file(int fd, const char *path, GError **error);
/* Copies a capture without the keys inside, which are appended to fd: mergecap of Wireshark 4.0
 * refuses several captures with keys, or keys in front of interfaces. What is not pcapng is copied
 * as it is. */
bool secrets_copy(GInputStream *in, GOutputStream *out, int fd, GError **error);
/* The same of a file, which may be compressed by gzip, into to, an open file. */
bool secrets_take_out(const char *from, int to, int fd, GError **error);

#endif
