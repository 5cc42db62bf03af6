/* servers.h - the VPN servers that the user names. For engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_SERVERS_H
#define SSTPDIAG_CORE_ENGINE_SERVERS_H

#include <glib.h>

#include "base/event.h"

struct servers;

/* host, host:port, [v6] or [v6]:port, separated by commas, semicolons or blanks; "any" as host is
 * every one. What has no host is left out. NULL: none. */
struct servers *servers_parse(const char *text);
void servers_free(struct servers *servers);

/* Is this server one of them? By its address or, unless NULL, the name it goes by in TLS. */
bool servers_have(const struct servers *servers, const struct endpoint *server, const char *name);
/* Is the name one of them, whatever the port? "any" is no name. */
bool servers_have_name(const struct servers *servers, const char *name);
/* Has the user named any server, and not every one? */
bool servers_are_named(const struct servers *servers);
/* Is every server, of some port at least, one of them? */
bool servers_have_any(const struct servers *servers);

#endif
