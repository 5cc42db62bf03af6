/* lookup.h - the addresses of a name, as programs of this host get them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_LOOKUP_H
#define SSTPPROBE_LOOKUP_H

#include <gio/gio.h>

enum lookup_family { LOOKUP_ANY, LOOKUP_IPV4, LOOKUP_IPV6 };

/* GInetAddress, in the order in which the host would try them; NULL and error where there are none,
 * or none within so many seconds. A literal address is its own answer. */
GPtrArray *lookup_name(const char *name, enum lookup_family family, unsigned seconds,
                       GError **error);

#endif
