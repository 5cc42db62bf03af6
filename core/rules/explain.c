/* explain.c - which finding explains an end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/explain.h"

#include "base/thresholds.h"

/* The session got beyond the stage that a finding should have stopped it at. A client may judge the
 * server's certificate as late as after the answer of HTTP; what fails behind that keeps the tunnel
 * from coming up. */
static bool
was_passed(const struct finding *finding, const struct session *session)
{
    return session_is_established(session) || (finding_info(finding->id)->stage <= STAGE_HTTP &&
                                               session_reached(session) > STAGE_HTTP);
}

/* Is it side that said goodbye, aborted or closed at that mark? */
static bool
ended_by(const struct session *session, enum side side, struct mark end)
{
    const struct tcp_half *half = session_half(session, side);
    const struct mark marks[] = { session_goodbye(session, side),
                                  session_sstp(session)->abort[side], half->fin, half->rst };

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (mark_is_set(marks[i]) && marks[i].frame == end.frame)
            return true;
    return false;
}

bool
finding_explains(const struct finding *finding, const struct session *session, struct mark end)
{
    bool ended = mark_is_set(end);
    double after = ended ? mark_seconds(finding->cause, end) : 0;
    bool at_once = ended && after <= SSTP_ABORT_SECONDS;

    if (finding->severity < SEVERITY_WARN || (ended && finding->cause.frame > end.frame))
        return false;
    switch (finding_info(finding->id)->effect) {
    case EFFECT_BLOCKS:
        return at_once || !was_passed(finding, session);
    case EFFECT_AT_ONCE:
        return at_once && (finding->offended == SIDE_COUNT ||
                           ended_by(session, (enum side)finding->offended, end));
    case EFFECT_BY_TIMER:
        return !ended || after >= finding->timer_seconds - NEGOTIATION_SLACK_SECONDS;
    case EFFECT_ENDS:
        return true;
    case EFFECT_DEGRADES:
    case EFFECT_NOTHING:
        break;
    }
    return false;
}

/* It tells the end itself. */
static bool
is_the_end(const struct finding *finding)
{
    return finding_info(finding->id)->stage == STAGE_TEARDOWN && finding->severity < SEVERITY_ERROR;
}

const struct finding *
explained_by(const GPtrArray *found, const struct session *session, struct mark end)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->confidence > CONFIDENCE_POSSIBLE && !is_the_end(finding) &&
            finding_explains(finding, session, end))
            return finding;
    }
    return NULL;
}

bool
is_explained(const struct session *session, const struct view *view, struct mark end)
{
    return explained_by(view->found, session, end) != NULL;
}
