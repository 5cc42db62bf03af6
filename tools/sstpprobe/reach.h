/* reach.h - the walk's step "reach": ping, by the program of this host
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_REACH_H
#define SSTPPROBE_REACH_H

#include "walk.h"

struct reach;

/* Sends pings while something else is done. */
struct reach *reach_begin(GInetAddress *address);
/* Tells the step, after a moment at most; frees reach. Silence says nothing: many do not answer. */
void reach_end(struct reach *reach, struct walk *walk);

#endif
