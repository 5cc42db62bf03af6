/* frames.h - what is kept of single frames: where they belong, what is shown at them, and which
 * frame answers which. For engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_FRAMES_H
#define SSTPDIAG_CORE_ENGINE_FRAMES_H

#include <glib.h>

#include "engine/facts.h"
#include "rules/rules.h"
#include "session/session.h"

struct frames;

struct frames *frames_new(void);
void frames_free(struct frames *frames);

/* Nobody will ask for what is kept of a frame: from now on nothing is. */
void frames_keep_none(struct frames *frames);

/* A frame of any kind; false when it, or a later one, was counted before. */
bool frames_count(struct frames *frames, struct mark mark);
/* The highest number, and when the capture began and ended. */
uint32_t frames_num(const struct frames *frames);
struct mark frames_first(const struct frames *frames);
struct mark frames_last(const struct frames *frames);

/* A frame that waited has changed its place with others of its connection: marks have the number of
 * the place. */
void frames_set_place(struct frames *frames, uint32_t frame, uint32_t place);
/* The frame whose place has this number, and the reverse. */
uint32_t frames_at_place(const struct frames *frames, uint32_t place);
uint32_t frames_place(const struct frames *frames, uint32_t frame);

/* conn is 0 in the answer when nothing was noted. frame to be noted is above 0. */
void frames_set_note(struct frames *frames, uint32_t frame, struct frame_note note);
struct frame_note frames_note(const struct frames *frames, uint32_t frame);

/* frame, here and below: its number in the file. A finding of a session that became sure at this
 * frame, while reading. */
void frames_announce(struct frames *frames, uint32_t frame, const struct finding *finding,
                     uint32_t session, bool verdict);
/* One of the end, which is shown at this frame among others; it must stay until it is forgotten. */
void frames_show(struct frames *frames, uint32_t frame, const struct finding *finding,
                 uint32_t session, bool verdict);
/* Forgets what frames_show() was told. */
void frames_forget_shown(struct frames *frames);
/* struct frame_finding, NULL for none: those that are shown, or those that were announced. */
const GArray *frames_findings(const struct frames *frames, uint32_t frame, bool shown);

/* Takes the exchanges that a session has completed, for both frames of each. */
void frames_take_answers(struct frames *frames, struct session *session);
bool frames_answer(const struct frames *frames, uint32_t frame, struct frame_answer *answer);

#endif
