/* sstp_states.c - the state machines of both SSTP peers (MS-SSTP 3.2, 3.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/sstp_states.h"

#include <glib.h>

#define SSTP_STATE_NAME(enumerator, name) [enumerator] = (name),
static const char *const state_names[] = { SSTP_STATE_LIST(SSTP_STATE_NAME) };
#undef SSTP_STATE_NAME

const char *
sstp_state_name(enum sstp_state state)
{
    return state_names[state];
}

/* A step of a peer (MS-SSTP 3.2.5, 3.3.5). sent: the peer itself sends the message. */
struct transition {
    enum side role;
    enum sstp_state from;
    uint16_t type;
    bool sent;
    enum sstp_state to;
};

#define C SIDE_CLIENT
#define S SIDE_SERVER
static const struct transition transitions[] = {
    { C, SSTP_STATE_DISCONNECTED, SSTP_CALL_CONNECT_REQUEST, true,
      SSTP_STATE_CONNECT_REQUEST_SENT },
    { C, SSTP_STATE_CONNECT_REQUEST_SENT, SSTP_CALL_CONNECT_REQUEST, true,
      SSTP_STATE_CONNECT_REQUEST_SENT },
    { C, SSTP_STATE_CONNECT_REQUEST_SENT, SSTP_CALL_CONNECT_NAK, false,
      SSTP_STATE_CONNECT_REQUEST_SENT },
    { C, SSTP_STATE_CONNECT_REQUEST_SENT, SSTP_CALL_CONNECT_ACK, false,
      SSTP_STATE_CONNECT_ACK_RECEIVED },
    { C, SSTP_STATE_CONNECT_ACK_RECEIVED, SSTP_CALL_CONNECTED, true, SSTP_STATE_CALL_CONNECTED },
    { C, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_REQUEST, true, SSTP_STATE_CALL_CONNECTED },
    { C, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_RESPONSE, true, SSTP_STATE_CALL_CONNECTED },
    { S, SSTP_STATE_DISCONNECTED, SSTP_CALL_CONNECT_REQUEST, false,
      SSTP_STATE_CONNECT_REQUEST_PENDING },
    { S, SSTP_STATE_CONNECT_REQUEST_PENDING, SSTP_CALL_CONNECT_NAK, true,
      SSTP_STATE_CONNECT_REQUEST_PENDING },
    { S, SSTP_STATE_CONNECT_REQUEST_PENDING, SSTP_CALL_CONNECT_ACK, true,
      SSTP_STATE_CALL_CONNECTED_PENDING },
    { S, SSTP_STATE_CALL_CONNECTED_PENDING, SSTP_CALL_CONNECTED, false, SSTP_STATE_CALL_CONNECTED },
    { S, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_REQUEST, true, SSTP_STATE_CALL_CONNECTED },
    { S, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_RESPONSE, true, SSTP_STATE_CALL_CONNECTED },
};
#undef C
#undef S

static bool
state_is_closing(enum sstp_state state)
{
    return state >= SSTP_STATE_ABORT_SENT;
}

/* MS-SSTP 3.1.5: an abort or a disconnect is legal in every state; while closing, the rest is
 * ignored. */
static bool
close_step(enum sstp_state *state, uint16_t type, bool sent)
{
    if (state_is_closing(*state))
        return true;
    if (type == SSTP_CALL_ABORT)
        *state = sent ? SSTP_STATE_ABORT_SENT : SSTP_STATE_ABORT_RECEIVED;
    else if (type == SSTP_CALL_DISCONNECT)
        *state = sent ? SSTP_STATE_DISCONNECT_SENT : SSTP_STATE_DISCONNECT_RECEIVED;
    else
        return false;
    return true;
}

/* False when the state machine of role does not foresee it. */
static bool
step(enum side role, enum sstp_state *state, uint16_t type, bool sent)
{
    if (close_step(state, type, sent))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        const struct transition *t = &transitions[i];
        if (t->role == role && t->from == *state && t->type == type && t->sent == sent) {
            *state = t->to;
            return true;
        }
    }
    return false;
}

void
sstp_states_follow(struct sstp_facts *sstp, enum side side, uint16_t type, struct mark mark)
{
    enum sstp_state before = sstp->state[side];

    /* The capture began later: who is past Call Connect Request is taken to be connected. */
    if (!mark_is_set(sstp->call_request) && type != SSTP_CALL_CONNECT_REQUEST &&
        before == SSTP_STATE_DISCONNECTED)
        sstp->state[SIDE_CLIENT] = sstp->state[SIDE_SERVER] = SSTP_STATE_CALL_CONNECTED;
    bool foreseen = step(side, &sstp->state[side], type, true);
    step(side_other(side), &sstp->state[side_other(side)], type, false);
    if (foreseen)
        return;
    if (!sstp->unexpected)
        sstp->unexpected = g_new0(struct unexpected, UNEXPECTED_MAX);
    if (sstp->num_unexpected < UNEXPECTED_MAX)
        sstp->unexpected[sstp->num_unexpected] = (struct unexpected){ mark, type, side, before };
    sstp->num_unexpected++;
}
