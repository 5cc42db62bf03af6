/* outcome.c - how a session went as a whole, and how it ended
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/session.h"
#include "session/state.h"
#include "wire/tcp_silence.h"

bool
session_is_established(const struct session *session)
{
    const struct sstp_facts *sstp = &session->sstp;
    bool data = session->data.packets[SIDE_CLIENT] && session->data.packets[SIDE_SERVER];

    if (session_lengths(session))
        return lengths_is_established(session->lengths);
    if (mark_is_set(sstp->call_request) && !mark_is_set(sstp->call_connected))
        return false;
    return mark_is_set(session->ncp_opened) || data;
}

bool
session_has_no_connection(const struct session *session)
{
    return !mark_is_set(conn_first(session->conn));
}

/* Something went on that could not be read. */
static bool
was_opaque(const struct session *session)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    return server->records.application_records > 0 || server->records.kind == STREAM_LOST ||
           conn_start_missing(session->conn);
}

/* Something of what was said is missing, and may have been that the tunnel is up. */
static bool
is_half_read(const struct session *session)
{
    if (session_lengths(session) && lengths_tunnel(session->lengths) == LENGTHS_TUNNEL_UNKNOWN)
        return true;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (session_undecrypted(session, (enum side)side) > 0 ||
            (session->evidence > EVIDENCE_INFERRED && session_is_sealed(session, (enum side)side)))
            return true;
    return false;
}

/* The other side never said a word: a request that was sent again has failed, one alone may still
 * be answered. */
static bool
is_unanswered(const struct session *session)
{
    return session_half(session, SIDE_SERVER)->segments == 0 &&
           mark_is_set(session_half(session, SIDE_CLIENT)->syn) &&
           session_half(session, SIDE_CLIENT)->segments > 1 && !conn_one_direction(session->conn);
}

const char *
session_outcome(const struct session *session)
{
    struct mark end;
    enum side by;
    bool reset, closed = conn_closed(session->conn, &end, &by, &reset);

    if (session_has_no_connection(session) || is_unanswered(session))
        return "failed";
    closed |= mark_is_set(session_goodbye(session, SIDE_CLIENT)) ||
              mark_is_set(session_goodbye(session, SIDE_SERVER));
    if (session->evidence == EVIDENCE_NONE && was_opaque(session))
        return closed ? "unknown" : "ongoing";
    if (session_is_established(session))
        return closed ? "ended" : "established";
    if (!closed)
        return "ongoing";
    return is_half_read(session) ? "unknown" : "failed";
}

bool
session_reset_answers(const struct session *session, enum side asker, struct mark end)
{
    return silence_ends_by_reset(session_half(session, asker),
                                 session_half(session, side_other(asker)), end);
}

double
session_idle_before(const struct session *session, struct mark end)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    struct mark close;
    enum side by;
    bool reset;

    /* What was said since has nothing to do with it. */
    if (conn_closed(session->conn, &close, &by, &reset) && close.frame == end.frame)
        return ns_seconds(session_half(session, by)->idle_before_close);
    return ns_seconds(silence_of_both(client, server, end));
}

double
session_idle_outlived(const struct session *session, struct mark end)
{
    int64_t longest = 0;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        struct mark answer = session_half(session, !side)->last_payload;
        longest = MAX(longest, half->idle_outlived);
        if (answer.frame > half->flight.frame && answer.frame < end.frame)
            longest = MAX(longest, half->flight_idle);
    }
    return ns_seconds(longest);
}
