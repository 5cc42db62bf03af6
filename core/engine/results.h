/* results.h - what is found at the end of a capture. For engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_RESULTS_H
#define SSTPDIAG_CORE_ENGINE_RESULTS_H

#include "engine/capture.h"
#include "engine/frames.h"

struct results;

struct results *results_new(void);
/* Before the capture, whose sessions they stand on. */
void results_free(struct results *results);

/* Judges all that the capture has so far, in place of what was found before, and shows it at its
 * frames. */
void results_make(struct results *results, struct capture *capture, struct frames *frames);

/* Nothing before results_make(), and pairs are NULL. */
const GPtrArray *results_of_sessions(const struct results *results);
const GPtrArray *results_of_candidates(const struct results *results);
const GPtrArray *results_pairs(const struct results *results);

/* What became of this frame of a session between two capture points; num_frames: of the capture.
 * False when nothing is known of it. The first call after results_make() compares all segments. */
bool results_match(struct results *results, const struct session *session, uint32_t frame,
                   uint32_t num_frames, struct frame_match *match);

#endif
