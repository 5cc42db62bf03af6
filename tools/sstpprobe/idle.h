/* idle.h - the walk's step "idle": does the path keep a tunnel that says nothing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_IDLE_H
#define SSTPPROBE_IDLE_H

#include "walk.h"

/* Stays as long as --idle says, answering what the server asks, then asks once. */
void idle_walk(struct walk *walk);

#endif
