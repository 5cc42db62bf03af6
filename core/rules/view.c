/* view.c - what rules may know beside the session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/view.h"

bool
view_is_over(const struct view *view, const struct session *session)
{
    return view->final || session_stage(session) == STAGE_TEARDOWN;
}

bool
view_ends_open(const struct view *view, const struct session *session)
{
    struct mark end;
    enum side by;
    bool reset;

    return view->final && !session_has_no_connection(session) &&
           !conn_closed(session_conn(session), &end, &by, &reset);
}

struct mark
view_end(const struct view *view, const struct session *session)
{
    struct mark end = view->now;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        end = mark_earlier(end, session_goodbye(session, (enum side)side));
        end = mark_earlier(mark_earlier(end, half->fin), half->rst);
    }
    return end;
}
