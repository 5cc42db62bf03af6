/* stages.c - how far a session came, stage by stage
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/stages.h"

#include <string.h>

#include <glib.h>

#include "base/squeeze.h"
#include "base/thresholds.h"
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
stages_reopen(struct session *session)
{
    if (!session->unjudged)
        return;
    memset(session->stages, 0, sizeof session->stages);
    unsqueeze(session->unjudged, session->stages);
    g_clear_pointer(&session->unjudged, g_free);
}

void
stage_enter(struct session *session, enum stage stage, struct mark mark)
{
    struct stage_state *state = &session->stages[stage];

    stages_reopen(session);
    session->stage = stage;
    if (stage > session->reached && stage <= STAGE_DATA)
        session->reached = stage;
    mark_once(&state->first, mark);
    if (state->outcome == OUTCOME_UNKNOWN)
        state->last = mark;
}

/* See stage_end(). */
static void
end_stage(struct session *session, enum stage stage, enum outcome outcome, struct mark mark)
{
    struct stage_state *state = &session->stages[stage];

    mark_once(&state->first, mark);
    if (state->outcome != OUTCOME_UNKNOWN)
        return;
    state->outcome = outcome;
    state->last = mark;
}

void
stage_end(struct session *session, enum stage stage, enum outcome outcome, struct mark mark)
{
    stages_reopen(session);
    end_stage(session, stage, outcome, mark);
}

void
stage_go_on(struct session *session, enum stage stage, struct mark mark)
{
    stage_enter(session, stage, mark);
    session->stages[stage].outcome = OUTCOME_OK;
    session->stages[stage].last = mark;
}

/* The recording and the sizes of packets are no parts of a session that it passes. */
void
session_stage_failed(struct session *session, enum stage stage, struct mark cause)
{
    struct stage_state *state = &session->stages[stage];

    if (stage == STAGE_CAPTURE || stage == STAGE_MTU)
        return;
    mark_once(&state->first, cause);
    mark_once(&state->last, cause);
    state->outcome = OUTCOME_FAILED;
}

void
session_stages_pardon(struct session *session)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (session->stages[stage].outcome == OUTCOME_FAILED)
            session->stages[stage].outcome = OUTCOME_UNKNOWN;
}

void
session_stages_inferred(struct session *session, enum stage passed, enum stage failed,
                        struct mark cause)
{
    for (enum stage stage = STAGE_LCP; stage <= STAGE_NCP; stage++) {
        struct stage_state *state = &session->stages[stage];
        bool open = state->outcome == OUTCOME_UNKNOWN || state->outcome == OUTCOME_FAILED;
        if (stage == failed) {
            session_stage_failed(session, stage, cause);
        } else if (open && stage > passed) {
            *state = (struct stage_state){ 0 };
        } else if (open && mark_is_set(state->first)) {
            state->outcome = OUTCOME_INFERRED;
        }
    }
}

/* No message says that a binding was accepted or refused: what follows it does. A server that
 * refuses it aborts the call at once, without a network protocol coming up behind it; any other
 * end, or a later one, says nothing of it. */
static void
settle_binding(struct session *session)
{
    const struct sstp_facts *sstp = &session->sstp;
    struct mark connected = sstp->call_connected, abort = sstp->abort[SIDE_SERVER];
    bool came_up = session->ncp_opened.frame > connected.frame;
    bool refused = !came_up && mark_is_set(abort) && abort.frame > connected.frame &&
                   mark_seconds(connected, abort) <= SSTP_ABORT_SECONDS &&
                   session_goodbye(session, SIDE_SERVER).frame == abort.frame &&
                   !mark_is_set(session_goodbye(session, SIDE_CLIENT));

    if (!mark_is_set(connected))
        return;
    if (refused)
        end_stage(session, STAGE_BINDING, OUTCOME_FAILED, abort);
    else if (mark_is_set(sstp->after_connected) &&
             (mark_is_set(session->ncp_opened) || session->data.packets[SIDE_SERVER]))
        end_stage(session, STAGE_BINDING, OUTCOME_OK, sstp->after_connected);
}

/* The stage that a close came in failed. Not that of the binding, which nobody answers; nor HTTP
 * where the server still objects to the handshake, as it may in TLS 1.3 behind the request. */
static bool
close_is_failure(const struct session *session)
{
    const enum stage stage = session->reached;
    bool late_alert = mark_is_set(session_tls(session)->alert[SIDE_SERVER]) &&
                      !mark_is_set(session->http.response);

    return stage >= STAGE_TCP && stage <= STAGE_NCP && stage != STAGE_BINDING &&
           !(stage == STAGE_HTTP && late_alert) && mark_is_set(session->stages[stage].first);
}

/* Echoes were answered, but no answer came through. */
static bool
answers_are_stuck(const struct session *session)
{
    bool answers = false;

    for (int asker = 0; asker < SIDE_COUNT; asker++) {
        const struct echo *echoes[] = { session_lcp_echo(session, asker),
                                        session_sstp_echo(session, asker) };
        enum side by = side_other((enum side)asker);
        for (size_t i = 0; i < G_N_ELEMENTS(echoes); i++) {
            if (!mark_is_set(echoes[i]->last_reply))
                continue;
            if (!conn_is_stuck(session->conn, by) ||
                conn_delivered(session->conn, by, echoes[i]->reply_end))
                return false;
            answers = true;
        }
    }
    return answers;
}

void
session_settle(struct session *session)
{
    struct mark end = { 0 };
    enum side by;
    bool reset;

    stages_reopen(session);
    session->unjudged = squeeze(session->stages, sizeof session->stages);
    settle_binding(session);
    if (answers_are_stuck(session))
        session->stages[STAGE_KEEPALIVE].outcome = OUTCOME_UNKNOWN;
    if (conn_closed(session->conn, &end, &by, &reset) && close_is_failure(session))
        end_stage(session, session->reached, OUTCOME_FAILED, end);
}
