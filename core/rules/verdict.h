/* verdict.h - which finding explains a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_VERDICT_H
#define SSTPDIAG_CORE_RULES_VERDICT_H

#include "rules/finding.h"
#include "session/session.h"

/* The final word on a session. */
struct result {
    const struct session *session;
    GPtrArray *found;              /* struct finding */
    const struct finding *verdict; /* NULL: healthy */
};

/* The finding that explains the session: the earliest cause among the worst ones. NULL: healthy. */
const struct finding *verdict_of(const struct session *session, const GPtrArray *found);

#endif
