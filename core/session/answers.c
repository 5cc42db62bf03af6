/* answers.c - which frames of a session answer each other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/answers.h"

#include "session/session.h"
#include "session/state.h"

void
answer_add(struct session *session, struct mark request, struct mark response)
{
    const struct frame_answer answer = { request, response };

    if (!mark_is_set(request))
        return;
    if (!session->answers)
        session->answers = g_array_new(FALSE, FALSE, sizeof answer);
    g_array_append_vals(session->answers, &answer, 1);
}

GArray *
session_take_answers(struct session *session)
{
    return g_steal_pointer(&session->answers);
}
