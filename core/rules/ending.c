/* ending.c - how a session came to its end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/ending.h"

#include "base/thresholds.h"
#include "rules/delivery.h"

struct session_end
session_ending(const struct session *session)
{
    struct session_end ending = { 0 };
    bool reset = false;

    if (!conn_closed(session_conn(session), &ending.mark, &ending.by, &reset))
        ending.mark = (struct mark){ 0 };
    /* A FIN stands behind all that its sender said, whenever that came. */
    else if (!reset && mark_is_set(session_goodbye(session, ending.by)))
        ending.goodbye = true;
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct mark goodbye = session_goodbye(session, (enum side)side);
        if (mark_is_set(goodbye) &&
            (!mark_is_set(ending.mark) || goodbye.frame <= ending.mark.frame))
            ending = (struct session_end){ goodbye, (enum side)side, true };
    }
    return ending;
}

double
seconds_left(const struct session *session, const struct view *view, struct mark since)
{
    struct mark end = session_ending(session).mark;

    return mark_seconds(since, mark_is_set(end) ? end : view->now);
}

bool
end_is_obscure(const struct session *session, enum side side)
{
    bool matters = conn_is_tls(session_conn(session)) || !session_is_established(session);

    return session_answers_unread(session, side) ||
           (matters && session_goodbye_behind_gap(session, side));
}

const char *
unread_before(const struct session *session, enum side side)
{
    static const char *const words[SIDE_COUNT] = {
        [SIDE_CLIENT] = "; what the server had sent just before could not all be read",
        [SIDE_SERVER] = "; what the client had sent just before could not all be read",
    };

    if (session_answers_unread(session, side))
        return words[side];
    return end_is_obscure(session, side) ? "; what was said before could not all be read" : "";
}

const char *
close_name(bool reset)
{
    return reset ? "RST" : "FIN";
}

/* The side whose Terminate-Request gives a reason; of two the earlier one. False: none does. */
static bool
reason_side(const struct session *session, enum side *by)
{
    bool found = false;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct terminate_facts *terminate = session_terminate(session, side);
        if (!mark_is_set(terminate->mark) || (!terminate->text && !terminate->ras_error) ||
            (found && session_terminate(session, *by)->mark.frame < terminate->mark.frame))
            continue;
        found = true;
        *by = (enum side)side;
    }
    return found;
}

void
finding_reason(struct finding *finding, const struct session *session)
{
    enum side by;

    if (!reason_side(session, &by))
        return;
    const struct terminate_facts *terminate = session_terminate(session, by);
    finding_text(finding, "reason_by", side_name(by));
    finding_text(finding, "reason", terminate->text);
    if (!terminate->ras_error)
        return;
    finding_number(finding, "ras_error", terminate->ras_error);
    finding_text(finding, "ras_error_text", ras_error_text(terminate->ras_error));
}

bool
reset_is_first(const struct session *session, enum side side)
{
    struct mark rst = session_half(session, side)->rst;

    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct tcp_half *half = session_half(session, (enum side)i);
        struct mark goodbye = session_goodbye(session, (enum side)i);
        if ((mark_is_set(half->fin) && half->fin.frame <= rst.frame) ||
            (mark_is_set(goodbye) && goodbye.frame <= rst.frame) ||
            (i != (int)side && mark_is_set(half->rst) && half->rst.frame < rst.frame))
            return false;
    }
    return mark_is_set(rst) && tcp_is_open(session);
}

/* By round trips: answers of the server take next to no time. */
static bool
is_at_server(const struct session *session)
{
    struct path_times times = conn_times(session_conn(session));

    return times.to_client && times.to_server &&
           times.to_server * 100 < (times.to_client + times.to_server) * NEAR_END_PERCENT;
}

bool
client_closed_itself(const struct session *session, enum side by)
{
    const struct path_facts *client = &session_half(session, SIDE_CLIENT)->path;

    return by == SIDE_CLIENT && path_is_fresh(client) && path_reset_hops(client) == 0 &&
           !is_at_server(session);
}

/* By what the times of this session may be wrong, as far as a timer can be told at all then. */
static double
timer_slack(const struct session *session)
{
    int64_t doubt = order_doubt(conn_order(session_conn(session)));

    return doubt <= TIMER_SAME_NS ? ns_seconds(doubt) : 0;
}

bool
is_timer_value(const struct session *session, double seconds)
{
    double unit = seconds <= TIMER_FIVES_SECONDS ? 5 : seconds <= TIMER_TENS_SECONDS ? 10 : 60;
    double slack = timer_slack(session), under = 0.1 + slack;
    double over = seconds - unit * (double)(int64_t)(seconds / unit + under / unit);

    return seconds >= IDLE_SECONDS - under && over <= 0.6 + slack;
}

bool
may_be_idle_timer(const struct session *session, double seconds, struct mark mark)
{
    return seconds >= IDLE_SECONDS - timer_slack(session) &&
           seconds >= session_idle_outlived(session, mark) + IDLE_LONGER_SECONDS;
}
