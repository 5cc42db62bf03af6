/* suspect.h - which finding explains a session, or both ends of one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_SUSPECT_H
#define SSTPDIAG_CORE_RULES_SUSPECT_H

#include "rules/finding.h"
#include "session/session.h"

/* A finding that could be what explains a session. */
struct suspect {
    const struct finding *finding;
    int64_t time;           /* of its cause, on a clock that all suspects share */
    bool explains;          /* finding_explains() the end of its session */
    bool both;              /* two capture points show it */
    enum evidence evidence; /* how much of its session could be read */
};

/* Does a explain better than b? What brought about the end comes before what did not, what is sure
 * before what is only possible. Of those that can have brought it about, what both ends show counts
 * more than what one does (where they speak of the same), then the earlier cause, the earlier stage
 * and the surer one. Of the others the worse one first. same_time: how far two clocks may be apart.
 */
bool suspect_is_better(const struct suspect *a, const struct suspect *b, int64_t same_time);
/* A finding of a session that works, or does not, is no suspect when it is mild or merely possible.
 */
bool is_suspect(const struct finding *finding, bool works);

/* The finding that explains the session, among those found; NULL: none does. */
const struct finding *verdict_finding(const struct session *session, const GPtrArray *found);

#endif
