/* names.h - the walk's step "name": whom to connect to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_NAMES_H
#define SSTPPROBE_NAMES_H

#include "walk.h"

/* Looks the server up, or the proxy, and leaves walk->addresses. False: there is none. */
bool names_walk(struct walk *walk);
/* "a, b" of GInetAddress; newly allocated. */
char *names_text(const GPtrArray *addresses);

#endif
