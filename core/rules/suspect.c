/* suspect.c - which finding explains a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/suspect.h"

#include "rules/ending.h"
#include "rules/explain.h"

/* Where a suspect stands before anything else is compared: higher is better. */
static int
suspect_rank(const struct suspect *suspect)
{
    bool sure = suspect->finding->confidence > CONFIDENCE_POSSIBLE;

    if (suspect->explains)
        return sure ? 3 : 1;
    return sure && suspect->finding->severity == SEVERITY_ERROR ? 2 : 0;
}

static bool
shares_frame(const struct finding *a, const struct finding *b)
{
    for (unsigned i = 0; i < a->num_frames; i++)
        for (unsigned k = 0; k < b->num_frames; k++)
            if (a->frames[i] == b->frames[k])
                return true;
    return false;
}

bool
suspect_is_better(const struct suspect *a, const struct suspect *b, int64_t same_time)
{
    const struct finding *x = a->finding, *y = b->finding;
    enum stage stage_x = finding_info(x->id)->stage, stage_y = finding_info(y->id)->stage;

    if (suspect_rank(a) != suspect_rank(b))
        return suspect_rank(a) > suspect_rank(b);
    if (!a->explains && x->severity != y->severity)
        return x->severity > y->severity;
    if (a->both != b->both &&
        (x->id == y->id || shares_frame(x, y) || time_apart(a->time, b->time) <= same_time))
        return a->both;
    if (!a->both && !b->both && a->evidence != b->evidence)
        return a->evidence > b->evidence;
    if (a->time != b->time)
        return a->time < b->time;
    if (stage_x != stage_y)
        return stage_x < stage_y;
    return x->confidence > y->confidence;
}

bool
is_suspect(const struct finding *finding, bool works)
{
    return finding->severity >= SEVERITY_WARN &&
           !(finding->confidence == CONFIDENCE_POSSIBLE && works);
}

const struct finding *
verdict_finding(const struct session *session, const GPtrArray *found)
{
    struct mark end = session_ending(session).mark;
    struct suspect best = { 0 };
    bool works = session_is_established(session);
    bool mixed = finding_of(found, FINDING_CAPTURE_ORDER) != NULL;

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (!is_suspect(finding, works))
            continue;
        /* Frames order what one capture point saw, whatever its clock did; unless the file mixes
         * them up. */
        const struct suspect next = { .finding = finding,
                                      .time = mixed ? finding->cause.time : finding->cause.frame,
                                      .explains = finding_explains(finding, session, end) };
        if (!best.finding || suspect_is_better(&next, &best, -1))
            best = next;
    }
    return best.finding;
}
