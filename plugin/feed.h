/* feed.h - what the engine is told of a packet, in the first pass
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_FEED_H
#define SSTPDIAG_PLUGIN_FEED_H

#include "state.h"

/* An outer segment, before TCP sees it. ip: what Wireshark hands on to what is in an IP packet.
 * False when TCP can go on without us: the connection is foreign, nothing can be said of the
 * segment, or all has been said. */
bool feed_segment(struct state *state, tvbuff_t *tvb, packet_info *pinfo, void *ip);
/* TCP and all above it are done with a segment that was not passed over: tells what TLS decrypted
 * beside application data, and that the frame is over. */
void feed_frame_done(struct state *state, packet_info *pinfo);
/* The clear bytes that follow are of the packet's TCP conversation. */
void feed_stream(struct state *state, packet_info *pinfo);

/* Packets beside TCP, which no tunnel carries and no error quotes. */
void feed_icmp(struct state *state, tvbuff_t *tvb, packet_info *pinfo);
void feed_dns(struct state *state, tvbuff_t *tvb, packet_info *pinfo);
void feed_arp(struct state *state, tvbuff_t *tvb, packet_info *pinfo);

/* A frame of any kind, in whichever pass. */
void feed_count_frame(struct state *state, const packet_info *pinfo);

#endif
