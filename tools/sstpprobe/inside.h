/* inside.h - the steps inside TLS: HTTP, SSTP, PPP, the tunnel, the goodbye
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_INSIDE_H
#define SSTPPROBE_INSIDE_H

#include "walk.h"

/* TLS of walk->attempt is up. */
void inside_walk(struct walk *walk);

#endif
