/* segment_match.h - a segment at one end of a connection, and the same one at the other end
 *
 * Segments are matched by their bytes: the one that left holds the first byte of the one that came,
 * or the other way round. Of bytes that were sent more than once each arrival belongs to another
 * departure, and to none that was later than it. What has no bytes is matched by its place in the
 * streams: SYN, FIN and RST, and acknowledgements, as far as these are kept and as many came as
 * left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_SEGMENT_MATCH_H
#define SSTPDIAG_CORE_ENDS_SEGMENT_MATCH_H

#include "ends/pair.h"

struct segment_matches;

/* Of all pairs that are one TCP connection at both ends; num_frames: of the capture. Pairs and what
 * they stand on must outlive it. */
struct segment_matches *segment_matches_new(const GPtrArray *pairs, uint32_t num_frames);
void segment_matches_free(struct segment_matches *matches);

/* The frame of the same segment at the other end; 0 when none is known. *lost: it never came there.
 */
uint32_t segment_matches_frame(const struct segment_matches *matches, uint32_t frame, bool *lost);
/* Who sent a segment that has a match or was lost. */
enum side segment_matches_sender(const struct session *session, uint32_t frame);
/* How long the segment that left in match and arrived in frame was on its way: nanoseconds, without
 * the clocks' offset. False when the clocks are not known. */
bool segment_matches_delay(const struct pair *pair, enum side sender, uint32_t frame,
                           uint32_t match, int64_t *delay);
/* The pair that a session is an end of; NULL for none. */
const struct pair *segment_matches_pair(const struct segment_matches *matches,
                                        const struct session *session);

#endif
