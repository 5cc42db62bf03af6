/* stages.c - how far a session came, stage by stage
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/stages.h"

#include "session/session.h"
#include "session/state.h"

static const char *const outcome_names[] = {
    [OUTCOME_UNKNOWN] = "unknown",   [OUTCOME_OK] = "ok",
    [OUTCOME_FAILED] = "failed",     [OUTCOME_SKIPPED] = "skipped",
    [OUTCOME_INFERRED] = "inferred",
};

const char *
outcome_name(enum outcome outcome)
{
    return outcome_names[outcome];
}

void
stage_enter(struct session *session, enum stage stage, struct mark mark)
{
    struct stage_state *state = &session->stages[stage];

    session->stage = stage;
    if (stage > session->reached && stage <= STAGE_DATA)
        session->reached = stage;
    mark_once(&state->first, mark);
    if (state->outcome == OUTCOME_UNKNOWN)
        state->last = mark;
}

void
stage_end(struct session *session, enum stage stage, enum outcome outcome, struct mark mark)
{
    struct stage_state *state = &session->stages[stage];

    mark_once(&state->first, mark);
    if (state->outcome != OUTCOME_UNKNOWN)
        return;
    state->outcome = outcome;
    state->last = mark;
}

void
stage_go_on(struct session *session, enum stage stage, struct mark mark)
{
    stage_enter(session, stage, mark);
    session->stages[stage].outcome = OUTCOME_OK;
    session->stages[stage].last = mark;
}

void
session_stage_failed(struct session *session, enum stage stage)
{
    if (mark_is_set(session->stages[stage].first))
        session->stages[stage].outcome = OUTCOME_FAILED;
}

void
session_stages_inferred(struct session *session, enum stage passed, enum stage failed,
                        struct mark cause)
{
    for (enum stage stage = STAGE_LCP; stage <= STAGE_NCP; stage++) {
        struct stage_state *state = &session->stages[stage];
        bool open = state->outcome == OUTCOME_UNKNOWN || state->outcome == OUTCOME_FAILED;
        if (stage == failed) {
            if (stage > STAGE_LCP) {
                mark_once(&state->first, cause);
                mark_once(&state->last, cause);
            }
            session_stage_failed(session, stage);
        } else if (open && stage > passed) {
            *state = (struct stage_state){ 0 };
        } else if (open && mark_is_set(state->first)) {
            state->outcome = OUTCOME_INFERRED;
        }
    }
}

/* No message says that a binding was accepted: what follows it does. */
static void
settle_binding(struct session *session)
{
    const struct sstp_facts *sstp = &session->sstp;

    if (!mark_is_set(sstp->call_connected))
        return;
    if (mark_is_set(sstp->after_connected) &&
        (mark_is_set(session->ncp_opened) || session->data.packets[SIDE_SERVER]))
        stage_end(session, STAGE_BINDING, OUTCOME_OK, sstp->after_connected);
    if (mark_is_set(sstp->abort[SIDE_SERVER]))
        stage_end(session, STAGE_BINDING, OUTCOME_FAILED, sstp->abort[SIDE_SERVER]);
}

void
session_settle(struct session *session)
{
    const enum stage stage = session->reached;
    struct mark end = { 0 };
    enum side by;
    bool reset;

    settle_binding(session);
    if (conn_closed(session->conn, &end, &by, &reset) && stage >= STAGE_TCP && stage <= STAGE_NCP &&
        mark_is_set(session->stages[stage].first))
        stage_end(session, stage, OUTCOME_FAILED, end);
}
