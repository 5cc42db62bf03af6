/* judge.h - a session is told what the rest of the capture knows, then rules look at it. For
 * engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_JUDGE_H
#define SSTPDIAG_CORE_ENGINE_JUDGE_H

#include "engine/capture.h"
#include "rules/rules.h"

/* A frame has changed the session: it is told what else is known by now. */
void judge_prepare(struct capture *capture, struct session *session);
/* What is sure while there may be more to come: struct finding, the caller's. */
GPtrArray *judge_so_far(const struct capture *capture, const struct session *session);
/* What is found when nothing more is known to come, and the verdict. others: the sessions beside
 * which it stands, by id, and itself. Caller frees it with judge_free(). */
struct result *judge_finally(struct capture *capture, struct session *session,
                             const GPtrArray *others);
void judge_free(struct result *result);

#endif
