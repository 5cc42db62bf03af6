/* idle.c - sessions that are closed after nobody said anything for a while: by a timer on the path
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/thresholds.h"
#include "base/text.h"
#include "rules/rules.h"

/* How a session ended after an idle time. */
struct idle_end {
    struct mark mark; /* the first FIN or RST */
    enum side by;
    bool reset;
    double idle;    /* seconds */
    bool answers;   /* it comes in answer to the first bytes after that */
    unsigned alike; /* other sessions that ended after the same time */
};

/* The tunnel was up, and nobody had said goodbye by PPP or SSTP, nor why he could not go on. The
 * side that closed may have said close_notify. */
static bool
open_until(const struct session *session, struct mark end, enum side by)
{
    struct mark close_notify = session_tls_close(session, side_other(by));

    if (mark_is_set(close_notify) && close_notify.frame <= end.frame)
        return false;
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct mark goodbyes[] = { session_terminate(session, side)->mark,
                                         session_sstp(session)->abort[side],
                                         session_sstp(session)->disconnect[side],
                                         session_unread_goodbye(session, side),
                                         session_tls(session)->alert[side] };
        for (size_t i = 0; i < G_N_ELEMENTS(goodbyes); i++)
            if (mark_is_set(goodbyes[i]) && goodbyes[i].frame <= end.frame)
                return false;
        if (!side_is_whole(session, (enum side)side))
            return false;
    }
    return session_is_established(session) || conn_start_missing(session_conn(session));
}

/* Without keys: both sides sent more records than a request and its answer take, and no last record
 * can be a close_notify. A reset behind a close_notify is normal, as it answers the close. */
static bool
sealed_tunnel_is_open(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct record_facts *walker = &session_half(session, side)->records;
        if (walker->kind != STREAM_TLS || walker->application_records < TUNNEL_RECORDS_MIN ||
            walker->sealed_alerts > 0 || walker->last_length == TLS_13_ALERT_LEN)
            return false;
    }
    return !conn_start_missing(session_conn(session));
}

static bool
is_blind(const struct session *session)
{
    return session_evidence(session) < EVIDENCE_CLEAR;
}

/* The first bytes of the other side after an idle time are answered by a reset. */
static bool
reset_answers(const struct session *session, const struct idle_end *end)
{
    return end->reset && session_reset_answers(session, side_other(end->by), end->mark);
}

/* They are answered by a FIN and no byte, as by a box that ends the connection and finds its other
 * one cut. */
static bool
fin_answers(const struct session *session, const struct idle_end *end)
{
    const struct tcp_half *half = session_half(session, side_other(end->by));

    return !end->reset && !is_blind(session) &&
           half->flight_idle >= IDLE_FIN_SECONDS * NS_PER_SECOND &&
           half->flight.frame < end->mark.frame &&
           mark_seconds(half->flight, end->mark) <= CLOSE_ANSWERS_SECONDS &&
           session_half(session, end->by)->last_payload.frame < half->flight.frame;
}

/* Somebody waits for an answer: that ends a session, too. */
static bool
echo_is_open(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (session_lcp_echo(session, side)->num_open > 0 ||
            session_sstp_echo(session, side)->num_open > 0)
            return true;
    return false;
}

/* Bytes that were sent meanwhile may be in what the capture lacks. */
static bool
said_something_unseen(const struct session *session, struct mark end)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        const struct hole *last = half->num_holes ? &half->holes[half->num_holes - 1] : NULL;
        if (half->next < half->reached || (last && last->until.frame >= end.frame))
            return true;
    }
    return false;
}

/* Seconds without payload before the close, to which a close_notify just before it belongs. */
static double
idle_before(const struct session *session, const struct idle_end *end)
{
    const struct tcp_half *half = session_half(session, end->by);
    struct mark close_notify = session_tls_close(session, end->by);

    if (mark_is_set(close_notify) && half->flight.frame == close_notify.frame &&
        close_notify.frame < end->mark.frame &&
        mark_seconds(close_notify, end->mark) <= CLOSE_ANSWERS_SECONDS)
        return ns_seconds(half->flight_idle);
    return session_idle_before(session, end->mark);
}

static bool
idle_end_of(const struct session *session, struct idle_end *end)
{
    if (!conn_closed(session_conn(session), &end->mark, &end->by, &end->reset))
        return false;
    end->idle = idle_before(session, end);
    end->answers = reset_answers(session, end);
    if (fin_answers(session, end)) {
        end->answers = true;
        end->idle = ns_seconds(session_half(session, side_other(end->by))->flight_idle);
    }
    if (said_something_unseen(session, end->mark))
        return false;
    return is_blind(session) ? end->reset && sealed_tunnel_is_open(session)
                             : open_until(session, end->mark, end->by);
}

/* Sessions at the same server that ended so after the same time, at other times of the day: what
 * ends together ends for another reason. */
static unsigned
ended_alike(const struct session *session, const struct view *view, const struct idle_end *end)
{
    guint last, first = view_neighbours(view, session, &last);
    unsigned num = 0;

    for (guint i = first; i < last; i++) {
        const struct session *other = g_ptr_array_index(view->sessions, i);
        struct idle_end theirs = { 0 };
        if (other == session || !sessions_have_server(session, other) ||
            sessions_are_one(session, other) || session_has_no_connection(other) ||
            !idle_end_of(other, &theirs) || theirs.answers)
            continue;
        num +=
            ABS(theirs.idle - end->idle) * 1e9 <= TIMER_SAME_NS &&
            time_apart(end->mark.time, theirs.mark.time) >= POLICY_SHARED_SECONDS * NS_PER_SECOND;
    }
    return num;
}

static void
idle_cut(const struct session *session, const struct view *view, const struct idle_end *end)
{
    bool blind = is_blind(session);
    struct mark cause =
        end->answers ? session_half(session, side_other(end->by))->flight : end->mark;
    struct finding *finding =
        finding_add(view->found, FINDING_IDLE_CUT, CONFIDENCE_LIKELY,
                    blind ? EVIDENCE_INFERRED : session_evidence(session), cause);

    finding_frame(finding, end->mark.frame);
    finding_text(finding, "closed_by", side_name(end->by));
    finding_text(finding, "how", close_name(end->reset));
    finding_number(finding, "idle_before_seconds", end->idle);
    if (end->alike)
        finding_number(finding, "other_sessions", end->alike);
    finding_summary(finding,
                    end->answers ? "After %s without payload the first bytes were answered by "
                                   "%s from the %s's address%s: a timer on the path, or at that "
                                   "end, had run out"
                                 : "After %s without payload came %s from the %s's address, "
                                   "without any goodbye of SSTP or PPP%s: a timer on the path, or "
                                   "at that end, ran out",
                    text_seconds(end->idle).text, close_name(end->reset), side_name(end->by),
                    end->alike ? ", as in other sessions of this capture" : "");
}

/* A timer ran out, in a NAT box say, and the connection was closed without a goodbye of what runs
 * in the tunnel: in answer to the first bytes after a long silence, or as late as such timers are
 * set. A box that ends TLS may say close_notify, and behind it that box is the client. Before the
 * tunnel is up it is rather one of the ends that closes: they have timers of their own. */
static void
rule_idle_close(const struct session *session, const struct view *view)
{
    struct idle_end end = { 0 };

    if (!idle_end_of(session, &end) || !may_be_idle_timer(session, end.idle, end.mark) ||
        is_explained(session, view, end.mark) ||
        (conn_is_tls(session_conn(session)) && client_closed_itself(session, end.by)))
        return;
    /* Whether a path that is silent explains it, or others end alike, only the end shows. */
    if (!view->final &&
        (is_blind(session) || either_is_stuck(session) || either_was_unheard(session, end.mark)))
        return;
    if (!end.answers && view->final)
        end.alike = ended_alike(session, view, &end);
    if (end.answers || end.alike ||
        (!is_blind(session) && is_timer_value(session, end.idle) && !echo_is_open(session)))
        idle_cut(session, view, &end);
}

const rule_fn rules_idle[] = { rule_idle_close, NULL };
