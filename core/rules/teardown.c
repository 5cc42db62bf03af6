/* teardown.c - who ended the session, and how
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <string.h>

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/reason.h"

enum {
    NEWER_MAX = 1024, /* logins that are looked through for one */
};

/* An orderly end of a session: when, by whom, by which message. */
struct ending {
    struct mark mark;
    enum side by;
    const char *how;
};

/* First orderly goodbye of PPP or SSTP. False when there is none, an abort came first, or nothing
 * was heard of the other side since. */
static bool
orderly_ending(const struct session *session, struct ending *ending)
{
    bool found = false;

    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct {
            struct mark mark;
            const char *how;
        } goodbyes[] = { { session_terminate(session, i)->mark, "LCP Terminate-Request" },
                         { session_sstp(session)->disconnect[i], "Call Disconnect" },
                         { session_unread_goodbye(session, i),
                           "a goodbye that only its answer shows" } };
        for (size_t k = 0; k < G_N_ELEMENTS(goodbyes); k++) {
            if (!mark_is_set(goodbyes[k].mark) ||
                (found && goodbyes[k].mark.frame >= ending->mark.frame))
                continue;
            found = true;
            *ending = (struct ending){ goodbyes[k].mark, (enum side)i, goodbyes[k].how };
        }
    }
    for (int i = 0; found && i < SIDE_COUNT; i++)
        if (mark_is_set(session_sstp(session)->abort[i]) &&
            session_sstp(session)->abort[i].frame < ending->mark.frame)
            return false;
    /* A goodbye after which nothing is heard of the other side may not have been received, nor one
     * behind bytes that are sent again in vain, or that were; one that was held up with them tells
     * of the path. */
    return found && !side_was_unheard(session, ending->by, ending->mark) &&
           !side_was_held_up(session, ending->by, ending->mark) &&
           side_sent_since(session, side_other(ending->by), ending->mark) &&
           !(conn_is_stuck(session_conn(session), ending->by) &&
             session_half(session, ending->by)->flight.frame < ending->mark.frame);
}

static void
ending_details(struct finding *finding, const struct session *session, const struct ending *ending)
{
    const struct terminate_facts *terminate = session_terminate(session, ending->by);

    finding_text(finding, "by", side_name(ending->by));
    finding_text(finding, "how", ending->how);
    if (mark_is_set(session_sstp(session)->call_connected))
        finding_number(finding, "after_seconds",
                       mark_seconds(session_sstp(session)->call_connected, ending->mark));
    if (mark_is_set(terminate->mark) && terminate->microsoft) {
        finding_number(finding, "ras_error", terminate->ras_error);
        finding_text(finding, "ras_error_text", ras_error_text(terminate->ras_error));
    }
    finding_text(finding, "reason", terminate->text);
}

static void
rule_session_normal_end(const struct session *session, const struct view *view)
{
    struct ending ending;

    if (!orderly_ending(session, &ending) || ending.by != SIDE_CLIENT ||
        is_explained(session, view, ending.mark))
        return;
    struct finding *finding = finding_add(
        view->found, FINDING_SESSION_NORMAL_END,
        session_answers_unread(session, SIDE_CLIENT) ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN,
        session_evidence(session), ending.mark);
    ending_details(finding, session, &ending);
    finding_summary(
        finding, "The client ended the session in order by %s%s%s%s", ending.how,
        session_terminate(session, SIDE_CLIENT)->text ? ": " : "",
        session_terminate(session, SIDE_CLIENT)->text
            ? session_terminate(session, SIDE_CLIENT)->text
            : "",
        session_answers_unread(session, SIDE_CLIENT) ? unread_before(session, SIDE_CLIENT) : "");
}

/* Did anybody say goodbye by SSTP or PPP until mark, whether or not it was received? */
static bool
said_goodbye(const struct session *session, struct mark mark)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct mark goodbyes[] = { session_terminate(session, side)->mark,
                                         session_sstp(session)->disconnect[side],
                                         session_sstp(session)->abort[side],
                                         session_unread_goodbye(session, side) };
        for (size_t i = 0; i < G_N_ELEMENTS(goodbyes); i++)
            if (mark_is_set(goodbyes[i]) && goodbyes[i].frame <= mark.frame)
                return true;
    }
    return false;
}

/* A silent path may explain a close_notify, or a timer that ran out at a box that ends TLS. Both
 * show only later. */
static bool
may_be_explained(const struct session *session, struct mark close_notify)
{
    struct mark end;
    enum side by;
    bool reset, closed = conn_closed(session_conn(session), &end, &by, &reset);

    return either_is_stuck(session) || either_was_unheard(session, close_notify) ||
           session_idle_before(session, close_notify) >= IDLE_SECONDS ||
           (closed && session_idle_before(session, end) >= IDLE_SECONDS);
}

/* A side, the first one, closed TLS in order and said no other goodbye; nor did the other side, as
 * far as all of its words are there. */
static bool
closed_by_tls_alone(const struct session *session, const struct view *view, struct ending *ending)
{
    const struct mark close[SIDE_COUNT] = { session_tls_close(session, SIDE_CLIENT),
                                            session_tls_close(session, SIDE_SERVER) };
    bool client = mark_is_set(close[SIDE_CLIENT]), server = mark_is_set(close[SIDE_SERVER]);

    if ((!client && !server) || !mark_is_set(session_sstp(session)->call_ack))
        return false;
    enum side by = client && (!server || close[SIDE_CLIENT].frame <= close[SIDE_SERVER].frame)
                       ? SIDE_CLIENT
                       : SIDE_SERVER;
    struct mark end;
    enum side closer;
    bool reset;
    /* It may answer a close. */
    if (conn_closed(session_conn(session), &end, &closer, &reset) && end.frame < close[by].frame)
        return false;
    *ending = (struct ending){ close[by], by,
                               mark_is_set(session_sealed_alert(session, by))
                                   ? "a TLS alert alone that could not be read"
                                   : "TLS close_notify alone" };
    return view_is_over(view, session) && (view->final || !may_be_explained(session, close[by])) &&
           !finding_of(view->found, FINDING_IDLE_CUT) && !said_goodbye(session, close[by]) &&
           side_is_whole(session, by) && side_is_whole(session, side_other(by)) &&
           !is_explained(session, view, close[by]);
}

/* The user's tunnel is gone by the server's close, though TLS alone said so: only the end shows
 * that nothing else explains it. What a side that is not whole said may have been the goodbye. */
static bool
server_closed_tls(const struct session *session, const struct view *view, struct ending *ending)
{
    return view->final && session_is_established(session) &&
           closed_by_tls_alone(session, view, ending) && ending->by == SIDE_SERVER &&
           conn_unseen(session_conn(session), SIDE_CLIENT) == 0 &&
           conn_dropped(session_conn(session), SIDE_CLIENT) == 0;
}

/* The server ended the session in order, and no error before explains it. Whether it heard the
 * client until then, only the end shows. */
static bool
server_ended(const struct session *session, const struct view *view, struct ending *ending)
{
    if (server_closed_tls(session, view, ending))
        return true;
    return orderly_ending(session, ending) && ending->by == SIDE_SERVER &&
           (view->final || !conn_is_stuck(session_conn(session), SIDE_CLIENT)) &&
           !is_explained(session, view, ending->mark);
}

/* --- a newer login --------------------------------------------------------------------------- */

/* When newer was let in within the time that makes it the reason of the goodbye; unset otherwise.
 * The goodbye comes between the newer one's credentials and Success, or after both. */
static struct mark
displaces(const struct session *newer, const struct session *session, struct mark goodbye)
{
    struct mark in = session_auth(newer)->success;

    if (!mark_is_set(in) || !session_auth(newer)->user || !session_auth(session)->user ||
        strcmp(session_auth(newer)->user, session_auth(session)->user) != 0 ||
        !sessions_have_server(newer, session) ||
        session_auth(newer)->first.time < session_auth(session)->success.time ||
        time_apart(goodbye.time, in.time) > DISPLACED_SECONDS * NS_PER_SECOND)
        return (struct mark){ 0 };
    return in;
}

/* Index of the first session, from low on, whose connection began at time or later. Sessions stand
 * in the order of their connections, or nearly so. */
static guint
sessions_from(const GPtrArray *sessions, guint low, int64_t time)
{
    guint high = MAX(sessions->len, low);

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const struct session *session = g_ptr_array_index(sessions, middle);
        if (conn_first(session_conn(session)).time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
rule_session_displaced(const struct session *session, const struct view *view)
{
    struct ending ending;

    if (!server_ended(session, view, &ending) || !mark_is_set(session_auth(session)->success))
        return;
    guint first = sessions_from(view->sessions, session_id(session) + 1,
                                ending.mark.time - DISPLACING_LOGIN_SECONDS * NS_PER_SECOND);
    for (guint i = first; i < MIN(view->sessions->len, first + NEWER_MAX); i++) {
        const struct session *newer = g_ptr_array_index(view->sessions, i);
        struct mark in = displaces(newer, session, ending.mark);
        if (!mark_is_set(in))
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_SESSION_DISPLACED, CONFIDENCE_LIKELY,
                        session_evidence(session), ending.mark);
        char *client = endpoint_text(conn_endpoint(session_conn(newer), SIDE_CLIENT));
        finding_frame(finding, in.frame);
        ending_details(finding, session, &ending);
        finding_text(finding, "user", session_auth(session)->user);
        finding_text(finding, "newer_client", client);
        finding_summary(finding,
                        "The server ended the session by %s when the same account logged in again "
                        "from %s",
                        ending.how, client);
        g_free(client);
        return;
    }
}

/* --- limits of time -------------------------------------------------------------------------- */

/* What says that a session ran into a limit, and which. */
struct policy {
    const char *limit; /* "session" or "idle" */
    double seconds;
    enum confidence confidence;
    unsigned others; /* sessions that ended after the same time */
};

/* Since it was let in; 0 when the capture lacks that. */
static double
duration(const struct session *session, struct mark end)
{
    struct mark start =
        mark_earlier(session_auth(session)->success, session_sstp(session)->call_connected);

    return mark_is_set(start) ? mark_seconds(start, end) : 0;
}

/* Since either side's last inner packet; 0 when there was none. */
static double
idle(const struct session *session, struct mark end)
{
    const struct mark *last = session_data(session)->last;
    struct mark at =
        last[SIDE_CLIENT].frame > last[SIDE_SERVER].frame ? last[SIDE_CLIENT] : last[SIDE_SERVER];

    return mark_is_set(at) && at.frame < end.frame ? mark_seconds(at, end) : 0;
}

/* Is it a time that people set as a limit? The longer it is, the rounder it must be. */
static bool
is_round(double seconds)
{
    double unit = seconds <= POLICY_MINUTES_SECONDS        ? 60
                  : seconds <= POLICY_FIVE_MINUTES_SECONDS ? 5 * 60
                                                           : 30 * 60;
    double rest = seconds - unit * (double)(int64_t)(seconds / unit + 0.5);

    return seconds >= POLICY_ROUND_SECONDS && ABS(rest) <= POLICY_ROUND_SLACK_SECONDS;
}

/* Sessions at the same server that it ended after the same time, at other times of the day: what
 * ends together ends for another reason. */
static unsigned
ended_alike(const struct session *session, const struct view *view, struct mark end,
            double (*measure)(const struct session *session, struct mark end))
{
    double seconds = measure(session, end);
    guint last, first = view_neighbours(view, session, &last);
    unsigned num = 0;

    for (guint i = first; i < last && seconds >= POLICY_SHARED_SECONDS; i++) {
        const struct session *other = g_ptr_array_index(view->sessions, i);
        struct ending ending;
        if (other == session || !sessions_have_server(session, other) ||
            sessions_are_one(session, other) || !orderly_ending(other, &ending) ||
            ending.by != SIDE_SERVER || !session_is_established(other))
            continue;
        num += ABS(measure(other, ending.mark) - seconds) <= POLICY_SAME_SECONDS &&
               time_apart(end.time, ending.mark.time) >= POLICY_SHARED_SECONDS * NS_PER_SECOND;
    }
    return num;
}

static bool
policy_of(const struct session *session, const struct view *view, struct mark end,
          struct policy *policy)
{
    const struct terminate_facts *terminate = session_terminate(session, SIDE_SERVER);
    enum reason reason = reason_of(terminate);
    const char *limit = reason == REASON_SESSION_LIMIT ? "session"
                        : reason == REASON_IDLE_LIMIT  ? "idle"
                                                       : NULL;

    *policy = (struct policy){ .limit = limit, .confidence = CONFIDENCE_CERTAIN };
    if (!limit) {
        /* Other sessions may still end alike, and a newer login may still explain it. */
        if (!view->final)
            return false;
        policy->confidence = CONFIDENCE_LIKELY;
        policy->limit = "session";
        policy->others = ended_alike(session, view, end, duration);
        if (!policy->others && !is_round(duration(session, end))) {
            policy->limit = "idle";
            policy->others = ended_alike(session, view, end, idle);
        }
    }
    bool is_idle = strcmp(policy->limit, "idle") == 0;
    policy->seconds = is_idle ? idle(session, end) : duration(session, end);
    return limit || policy->others || is_round(policy->seconds);
}

static void
rule_session_policy_timeout(const struct session *session, const struct view *view)
{
    struct ending ending;
    struct policy policy;

    if (!server_ended(session, view, &ending) || !session_is_established(session) ||
        finding_of(view->found, FINDING_SESSION_DISPLACED) ||
        !policy_of(session, view, ending.mark, &policy))
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_SESSION_POLICY_TIMEOUT, policy.confidence,
                    session_evidence(session), ending.mark);
    finding_frame(finding, session_sstp(session)->disconnect[SIDE_SERVER].frame);
    ending_details(finding, session, &ending);
    finding_text(finding, "limit", policy.limit);
    finding_number(finding, "limit_seconds", policy.seconds);
    finding_number(finding, "other_sessions", policy.others);
    finding_summary(finding, "The server ended the session by %s after %s %s%s%s", ending.how,
                    text_seconds(policy.seconds).text,
                    strcmp(policy.limit, "idle") == 0 ? "without data" : "of connection",
                    policy.confidence == CONFIDENCE_CERTAIN ? ", and says so: "
                    : policy.others                         ? ", as it did with other sessions"
                                                            : ", a round time",
                    policy.confidence < CONFIDENCE_CERTAIN ? ""
                    : session_terminate(session, SIDE_SERVER)->text
                        ? session_terminate(session, SIDE_SERVER)->text
                    : strcmp(policy.limit, "idle") == 0 ? "idle timeout"
                                                        : "time limit");
}

/* --- the end in order ------------------------------------------------------------------------ */

static void
rule_session_server_ended(const struct session *session, const struct view *view)
{
    struct ending ending;

    if (!server_ended(session, view, &ending))
        return;

    const struct terminate_facts *terminate = session_terminate(session, SIDE_SERVER);
    bool established = session_is_established(session);
    /* What ends TLS may be a box in front of the server. */
    bool tls_alone = session_tls_close(session, SIDE_SERVER).frame == ending.mark.frame;
    bool obscure = end_is_obscure(session, SIDE_SERVER);
    struct finding *finding =
        finding_add(view->found, FINDING_SESSION_SERVER_ENDED,
                    established && !tls_alone && !obscure ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                    session_evidence(session), ending.mark);
    finding_frame(finding, session_sstp(session)->disconnect[SIDE_SERVER].frame);
    ending_details(finding, session, &ending);
    bool unseen = either_misses(session, conn_first(session_conn(session)), ending.mark);
    finding_summary(finding, "The server ended %s by %s%s%s%s",
                    established ? "the running session"
                    : unseen    ? "the session"
                                : "the session before the tunnel was up",
                    ending.how,
                    terminate->microsoft && ras_error_text(terminate->ras_error) ? ": " : "",
                    terminate->microsoft && ras_error_text(terminate->ras_error)
                        ? ras_error_text(terminate->ras_error)
                        : "",
                    unread_before(session, SIDE_SERVER));
    /* The reason may show only later. This finding has been raised by then and stays, but the
     * reason is the verdict. */
    if (finding_of(view->found, FINDING_SESSION_DISPLACED) ||
        finding_of(view->found, FINDING_SESSION_POLICY_TIMEOUT))
        finding->severity = SEVERITY_CHAT;
}

/* Nobody had said goodbye when the first FIN or RST came. */
static bool
closed_without_goodbye(const struct session *session, struct mark *end, enum side *by, bool *reset)
{
    if (!conn_closed(session_conn(session), end, by, reset))
        return false;
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct mark goodbye = session_goodbye(session, (enum side)side);
        /* A FIN stands behind all that its sender said, whenever that came. */
        if (mark_is_set(goodbye) && (goodbye.frame <= end->frame || (side == (int)*by && !*reset)))
            return false;
    }
    return true;
}

static void
rule_peer_abrupt_close(const struct session *session, const struct view *view)
{
    struct mark end;
    enum side by;
    bool reset;

    /* Before the server has agreed to SSTP other findings speak of a close, and without decryption
     * a goodbye of TLS 1.3 looks like data. Whether a reset was its sender's own, only the end
     * shows. */
    bool early =
        !mark_is_set(session_sstp(session)->call_ack) && !conn_start_missing(session_conn(session));
    if (!closed_without_goodbye(session, &end, &by, &reset))
        return;
    /* A timer may explain it, as other sessions show, or a path that was silent. */
    double idle = session_idle_before(session, end);
    bool open = reset || early || idle >= IDLE_SECONDS || either_is_stuck(session) ||
                either_was_unheard(session, end);
    if (session_evidence(session) < EVIDENCE_CLEAR || (early && !session_answer_is_sstp(session)) ||
        !side_is_whole(session, SIDE_CLIENT) || !side_is_whole(session, SIDE_SERVER) ||
        (open && !view->final) || is_explained(session, view, end))
        return;

    struct finding *finding =
        finding_add(view->found, FINDING_PEER_ABRUPT_CLOSE,
                    early || idle >= IDLE_SECONDS ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN,
                    session_evidence(session), end);
    finding_summary(finding, "The %s's side closed by %s without any goodbye of TLS, SSTP or PPP",
                    side_name(by), close_name(reset));
    finding_text(finding, "by", side_name(by));
    finding_text(finding, "how", close_name(reset));
    finding_number(finding, "idle_seconds", idle);
    if (!conn_is_tls(session_conn(session))) {
        /* Behind a TLS offloader it is the offloader that closes, and it has no goodbye to say. */
        finding->severity = SEVERITY_NOTE;
        finding->confidence = CONFIDENCE_LIKELY;
    }
}

static void
rule_session_tls_close_only(const struct session *session, const struct view *view)
{
    struct ending ending;

    if (!closed_by_tls_alone(session, view, &ending))
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_SESSION_TLS_CLOSE_ONLY,
                    mark_is_set(session_sealed_alert(session, ending.by)) ? CONFIDENCE_LIKELY
                                                                          : CONFIDENCE_CERTAIN,
                    session_evidence(session), ending.mark);
    finding_text(finding, "by", side_name(ending.by));
    finding_summary(finding,
                    "The %s ended the session by %s: its program was stopped, the tunnel was not "
                    "closed",
                    side_name(ending.by), ending.how);
}

const rule_fn rules_teardown[] = {
    rule_session_normal_end,
    rule_session_displaced,
    rule_session_policy_timeout,
    rule_session_server_ended,
    rule_peer_abrupt_close,
    rule_session_tls_close_only,
    NULL,
};
