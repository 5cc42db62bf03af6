/* explain.h - which finding explains an end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_EXPLAIN_H
#define SSTPDIAG_CORE_RULES_EXPLAIN_H

#include "rules/finding.h"
#include "rules/view.h"

/* Can finding have brought about what happened to session at end, by its effect in the catalogue
 * and the time between them? end unset: the session was never ended, and the finding may be why it
 * stands still. Notes explain nothing. */
bool finding_explains(const struct finding *finding, const struct session *session,
                      struct mark end);

/* The first finding, more than possible, that explains an end at that mark, and does not merely
 * tell it; NULL for none. */
const struct finding *explained_by(const GPtrArray *found, const struct session *session,
                                   struct mark end);
/* The same of what rules before this one found. */
bool is_explained(const struct session *session, const struct view *view, struct mark end);

#endif
