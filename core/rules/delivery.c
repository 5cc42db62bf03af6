/* delivery.c - what a side sent, and whether it came through
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/delivery.h"

#include "base/thresholds.h"

bool
tcp_is_open(const struct session *session)
{
    return mark_is_set(session_half(session, SIDE_SERVER)->syn) &&
           mark_is_set(session_half(session, SIDE_CLIENT)->handshake_ack);
}

bool
side_is_whole(const struct session *session, enum side side)
{
    /* Keys may open one direction only. */
    bool opened = !conn_is_tls(session_conn(session)) || session_is_opened(session, side);

    return opened && session_undecrypted(session, side) == 0;
}

bool
side_sent_since(const struct session *session, enum side side, struct mark mark)
{
    const struct tcp_half *half = session_half(session, side);

    return half->last.frame > mark.frame ||
           (half->segments > 0 && half->last_acked.frame > mark.frame &&
            half->acked > half->next + 1);
}

struct mark
side_read_until(const struct session *session, enum side side, struct mark from, struct mark until)
{
    return mark_earlier(session_missing_since(session, side, from), until);
}

bool
either_misses(const struct session *session, struct mark from, struct mark until)
{
    return session_misses(session, SIDE_CLIENT, from, until) ||
           session_misses(session, SIDE_SERVER, from, until);
}

bool
side_resends_in_vain(const struct session *session, enum side side)
{
    const struct tcp_half *half = session_half(session, side);

    return half->resends >= VAIN_RESENDS_MIN && conn_is_stuck(session_conn(session), side) &&
           mark_seconds(half->flight, half->last_resend) >= VAIN_SECONDS;
}

/* Since when none of its bytes on their way has been acknowledged. */
static double
unacknowledged_for(const struct tcp_half *half, struct mark now)
{
    return mark_seconds(mark_later(half->flight, half->last_acked), now);
}

/* The timeout doubles: the second try is as late as a slow answer, and after the third one the path
 * has lost four segments in a row. */
bool
side_waits_in_vain(const struct session *session, enum side side, struct mark now)
{
    const struct tcp_half *half = session_half(session, side);
    bool mute = session_half(session, side_other(side))->last.frame < half->first_resend.frame;
    double seconds = unacknowledged_for(half, now);

    return half->resends > 0 && conn_is_stuck(session_conn(session), side) &&
           (seconds >= VAIN_SECONDS ||
            (mute && half->resends >= OPEN_RESENDS_MIN && seconds >= OPEN_RESENDS_SECONDS));
}

bool
side_was_unheard(const struct session *session, enum side side, struct mark mark)
{
    const struct silence *silence = &session_half(session, side)->silence;

    return silence->resends >= VAIN_RESENDS_MIN &&
           mark_seconds(silence->since, silence->last_resend) >= VAIN_SECONDS &&
           silence->since.frame < mark.frame &&
           (!mark_is_set(silence->until) || mark.frame < silence->until.frame);
}

bool
either_was_unheard(const struct session *session, struct mark mark)
{
    return side_was_unheard(session, SIDE_CLIENT, mark) ||
           side_was_unheard(session, SIDE_SERVER, mark);
}

bool
side_was_held_up(const struct session *session, enum side side, struct mark mark)
{
    const struct echo *echo = session_lcp_echo(session, side);
    const struct echo_lump *lump = &echo->lump;

    return lump->requests > 1 && echo->rhythm.intervals >= ECHO_RHYTHM_MIN - 1 &&
           time_apart(echo->last_request.time, mark.time) < ECHO_TOGETHER_NS &&
           mark_between(lump->before, lump->first) > echo->rhythm.max &&
           mark_seconds(lump->before, lump->first) >= VAIN_SECONDS;
}

bool
client_was_heard(const struct session *session, struct mark said)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);

    return conn_delivered(session_conn(session), SIDE_CLIENT, client->next) ||
           (client->last_acked.frame > said.frame &&
            !conn_is_stuck(session_conn(session), SIDE_CLIENT));
}

bool
side_was_heard(const struct session *session, enum side side)
{
    return side_is_whole(session, side) && !conn_is_stuck(session_conn(session), side);
}

bool
either_is_stuck(const struct session *session)
{
    return conn_is_stuck(session_conn(session), SIDE_CLIENT) ||
           conn_is_stuck(session_conn(session), SIDE_SERVER);
}

bool
server_spoke_unasked(const struct session *session, struct mark said, struct mark close)
{
    int64_t round_trip = conn_times(session_conn(session)).to_server;

    return said.frame > close.frame &&
           (said.time - close.time) * 100 < round_trip * EARLY_ANSWER_PERCENT;
}

uint32_t
segments_sent(const struct session *session, int side)
{
    const struct tcp_half *half = session_half(session, side);
    size_t room = conn_segment_room(session_conn(session), (enum side)side);

    return (uint32_t)MAX(half->data_segments, half->next / (room ? room : USUAL_SEGMENT_BYTES));
}

bool
segment_is_large(const struct session *session, int side, uint64_t len)
{
    size_t room = conn_segment_room(session_conn(session), (enum side)side);

    return len >= LARGE_SEGMENT_BYTES && len * 100 >= room * (uint64_t)LARGE_SEGMENT_PERCENT;
}
