/* inner.h - the walk's step "inner": the peer, and a host behind it, by packets of the probe's own
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_INNER_H
#define SSTPPROBE_INNER_H

#include "walk.h"

/* While the call is up. */
void inner_walk(struct walk *walk);
/* Largest packet that the host of --inner-host answers, from most on downwards; 0: not known. It
 * takes a few seconds. */
size_t inner_size(struct walk *walk, size_t most);
/* "10.99.0.2"; newly allocated. */
char *inner_address_text(uint32_t address);

#endif
