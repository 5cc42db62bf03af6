/* stages.h - moves the stages of a session on. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_STAGES_H
#define SSTPDIAG_CORE_SESSION_STAGES_H

#include "session/stage_facts.h"

struct session;

/* Takes back what a judgement made of the stages: the session goes on. */
void stages_reopen(struct session *session);
/* A frame of stage, which may have ended already. */
void stage_enter(struct session *session, enum stage stage, struct mark mark);
/* The outcome is known; the first one stays. */
void stage_end(struct session *session, enum stage stage, enum outcome outcome, struct mark mark);
/* A frame of a stage that lasts and cannot fail while it does: its last frame moves on. */
void stage_go_on(struct session *session, enum stage stage, struct mark mark);

#endif
