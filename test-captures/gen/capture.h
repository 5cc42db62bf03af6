/* capture.h - a pcapng file of made-up segments, with the TLS secrets that open it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_GEN_CAPTURE_H
#define SSTPDIAG_GEN_CAPTURE_H

#include <glib.h>

#include "peer.h"

struct capture {
    GByteArray *packets; /* Enhanced Packet Blocks */
    GString *secrets;    /* a key log as Wireshark reads it */
    uint32_t num_packets;
    uint32_t num_interfaces;
};

void capture_init(struct capture *capture);
void capture_clear(struct capture *capture);

/* Appends one Ethernet frame. A checksum of PEER_WHOLE_CHECKSUM becomes the right one, any other is
 * written as it is; a TTL of 0 becomes 64. */
void capture_segment(struct capture *capture, const struct segment *segment);
void capture_packet(struct capture *capture, const struct peer_packet *packet);
void capture_secret(struct capture *capture, const struct seal_secret *secret);

/* The whole file, the same on every machine; without secrets when keys is false. Newly allocated.
 */
GByteArray *capture_file(const struct capture *capture, const char *comment, bool keys);

#endif
