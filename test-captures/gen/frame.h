/* frame.h - Ethernet frames of TCP segments and other IP packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_GEN_FRAME_H
#define SSTPDIAG_GEN_FRAME_H

#include <glib.h>

#include "peer.h"

/* The frame as on the wire, but that a payload is cut to what was captured. id goes into the IPv4
 * header. *wire_len is the length of the whole frame. Newly allocated. */
GByteArray *frame_make(const struct segment *segment, uint16_t id, size_t *wire_len);
GByteArray *frame_packet(const struct peer_packet *packet, uint16_t id);

#endif
