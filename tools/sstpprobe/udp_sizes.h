/* udp_sizes.h - which packets reach the server, by UDP to its port, which nobody listens on
 *
 * "Port unreachable" says that a datagram arrived. A guess, as another path may be taken than by
 * TCP: it is told, and no finding rests on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_UDP_SIZES_H
#define SSTPPROBE_UDP_SIZES_H

#include "walk.h"

/* Where the handshake stands still, or sizes could not be tried in the session. After the attempt,
 * as the kernel remembers what routers answer. */
void udp_sizes_walk(struct walk *walk);

#endif
