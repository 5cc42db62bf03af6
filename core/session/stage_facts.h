/* stage_facts.h - how far a session came, stage by stage
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_STAGE_FACTS_H
#define SSTPDIAG_CORE_SESSION_STAGE_FACTS_H

#include "base/event.h"
#include "base/findings.h"

/* OUTCOME_SKIPPED: the peers agreed to do without it. OUTCOME_INFERRED: passed, as far as lengths
 * of records tell. */
enum outcome { OUTCOME_UNKNOWN, OUTCOME_OK, OUTCOME_FAILED, OUTCOME_SKIPPED, OUTCOME_INFERRED };

struct stage_state {
    enum outcome outcome;
    struct mark first;
    /* When the outcome was known, which may be by a frame of the next stage: TLS is over with the
     * client's first Application Data record. Until then, the last frame of the stage. */
    struct mark last;
};

/* "ok", "failed", ... */
const char *outcome_name(enum outcome outcome);

#endif
