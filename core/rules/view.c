/* view.c - what rules may know beside the session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/view.h"

#include <string.h>

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

bool
sessions_have_server(const struct session *a, const struct session *b)
{
    return memcmp(conn_endpoint(session_conn(a), SIDE_SERVER),
                  conn_endpoint(session_conn(b), SIDE_SERVER), sizeof(struct endpoint)) == 0;
}

bool
sessions_are_one(const struct session *a, const struct session *b)
{
    return sessions_have_server(a, b) &&
           memcmp(conn_endpoint(session_conn(a), SIDE_CLIENT),
                  conn_endpoint(session_conn(b), SIDE_CLIENT), sizeof(struct endpoint)) == 0;
}

guint
view_neighbours(const struct view *view, const struct session *session, guint *last)
{
    guint id = session_id(session);

    *last = MIN(view->sessions->len, id + VIEW_NEIGHBOURS_MAX);
    return id > VIEW_NEIGHBOURS_MAX ? id - VIEW_NEIGHBOURS_MAX : 0;
}
