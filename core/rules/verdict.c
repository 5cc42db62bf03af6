/* verdict.c - which finding explains a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/verdict.h"

/* The worse finding explains more; of equal ones the one with the earlier cause, then of the
 * earlier stage, then the surer one. */
static bool
is_better_verdict(const struct finding *a, const struct finding *b)
{
    if (a->severity != b->severity)
        return a->severity > b->severity;
    if (a->cause.frame != b->cause.frame)
        return a->cause.frame < b->cause.frame;
    if (finding_info(a->id)->stage != finding_info(b->id)->stage)
        return finding_info(a->id)->stage < finding_info(b->id)->stage;
    return a->confidence > b->confidence;
}

const struct finding *
verdict_of(const struct session *session, const GPtrArray *found)
{
    const struct finding *best = NULL;
    bool works = session_is_established(session);

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->severity < SEVERITY_WARN ||
            (finding->confidence == CONFIDENCE_POSSIBLE && works))
            continue;
        if (!best || is_better_verdict(finding, best))
            best = finding;
    }
    return best;
}
