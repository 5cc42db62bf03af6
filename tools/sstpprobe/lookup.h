/* lookup.h - the addresses of a name, as programs of this host get them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_LOOKUP_H
#define SSTPPROBE_LOOKUP_H

#include <gio/gio.h>

enum lookup_family { LOOKUP_ANY, LOOKUP_IPV4, LOOKUP_IPV6 };

struct lookup;

/* Begins to ask, in the background. A literal address is its own answer. */
struct lookup *lookup_begin(const char *name, enum lookup_family family);
/* GInetAddress, in the order in which the host would try them; NULL and error where there are none,
 * or none within so many milliseconds from now. Frees lookup. */
GPtrArray *lookup_end(struct lookup *lookup, unsigned ms, GError **error);

#endif
