/* sizes.h - the walk's step "mtu": do full packets pass, in each direction
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_SIZES_H
#define SSTPPROBE_SIZES_H

#include "walk.h"

/* The tunnel is up. What is lost may block the connection: this is the last thing that is tried. */
void sizes_walk(struct walk *walk);
/* An LCP Echo-Request of len bytes is answered within seconds. */
bool sizes_hear_echo(struct walk *walk, size_t len, unsigned seconds);
/* Length of an LCP packet, or of an inner one, that takes a TCP/IP packet of so many bytes; 0: not
 * known. */
size_t sizes_fit(const struct attempt *attempt, uint32_t packet);

#endif
