/* lengths_tunnel.c - without keys, while the tunnel runs: echoes, sizes, and how it ended
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/lengths_patterns.h"

#include "base/text.h"
#include "base/thresholds.h"

/* With a block cipher, what was taken for Call Connected may have been another packet of the
 * set-up. Then the session would have ended soon, or no response would stand before it and no
 * network protocol and data of both sides behind it. */
static bool
call_is_connected(const struct session *session, const struct view *view,
                  const struct lengths_facts *facts)
{
    struct lengths_end end = lengths_end_of(session, view, facts);
    uint32_t data = MIN(facts->data[SIDE_CLIENT], facts->data[SIDE_SERVER]);

    return facts->exact || data >= LENGTHS_HIDDEN_DATA_MIN ||
           (data >= LENGTHS_DATA_MIN && mark_is_set(facts->network_up) &&
            lengths_response(facts) >= 0) ||
           mark_seconds(facts->call_connected.mark, lengths_ended_at(&end)) >=
               LENGTHS_SETTLED_SECONDS;
}

/* The tunnel runs. */
static bool
is_settled(const struct session *session, const struct view *view,
           const struct lengths_facts *facts)
{
    return facts->middle ||
           (mark_is_set(facts->call_connected.mark) && lengths_is_established(facts) &&
            call_is_connected(session, view, facts));
}

/* --- keepalive ------------------------------------------------------------------------------- */

/* Several: two Protocol-Rejects may be as long as an echo, but follow each other at once, and the
 * last one may be a goodbye. */
static bool
several_fail(const struct lengths_echo *echo, const struct lengths_end *end)
{
    double between = mark_seconds(echo->first_open, echo->last_open);

    return (echo->open > 2 && between >= ECHO_ANSWER_SECONDS) ||
           (echo->open == 2 && between >= 1 && mark_seconds(echo->last_open, end->mark) >= 1);
}

/* One: an SSTP Echo Request that had no answer of any kind for long, or the asker gave up, and its
 * echoes were answered before. */
static bool
one_fails(const struct lengths_facts *facts, const struct lengths_echo *echo,
          enum lengths_echo_kind kind, enum side asker, const struct lengths_end *end)
{
    if (kind == LENGTHS_ECHO_SSTP && facts->exact &&
        mark_seconds(echo->first_open, end->mark) >= SSTP_ECHO_TIMEOUT_SECONDS)
        return true;
    return end->closed && end->by == asker &&
           (echo->replies > 0 ||
            (kind == LENGTHS_ECHO_SSTP &&
             mark_seconds(echo->first_open, end->mark) >= SSTP_ECHO_TIMER_SECONDS));
}

/* asker's echoes are received and no longer answered, and the other side says nothing else either.
 */
static bool
echo_fails(const struct session *session, const struct lengths_facts *facts,
           enum lengths_echo_kind kind, enum side asker, const struct lengths_end *end)
{
    const struct lengths_echo *echo = &facts->echo[kind][asker];
    struct mark heard = echo->open > 2 ? echo->first_open : echo->last_open;

    if (echo->open == 0 || session_half(session, asker)->last_acked.frame <= heard.frame ||
        mark_seconds(echo->first_open, end->mark) < ECHO_ANSWER_SECONDS ||
        /* A request of a network protocol may be as long as LCP's echo. */
        (kind == LENGTHS_ECHO_LCP && lengths_tunnel(facts) == LENGTHS_TUNNEL_NOT_UP))
        return false;
    return several_fail(echo, end) || (echo->open == 1 && one_fails(facts, echo, kind, asker, end));
}

static void
rule_echo(const struct session *session, const struct view *view)
{
    static const enum finding_id ids[] = { [LENGTHS_ECHO_LCP] = FINDING_LCP_ECHO_GAP,
                                           [LENGTHS_ECHO_SSTP] = FINDING_SSTP_ECHO_UNANSWERED };
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || either_is_stuck(session) || (!facts->exact && !is_settled(session, view, facts)))
        return;
    struct lengths_end end = lengths_end_of(session, view, facts);
    for (int i = 0; i < LENGTHS_ECHO_KINDS * SIDE_COUNT; i++) {
        int kind = i / SIDE_COUNT;
        enum side asker = (enum side)(i % SIDE_COUNT);
        const struct lengths_echo *echo = &facts->echo[kind][asker];
        if (!echo_fails(session, facts, (enum lengths_echo_kind)kind, asker, &end) ||
            !lengths_are_known(session, facts, echo->first_open) ||
            is_explained(session, view, end.mark))
            continue;
        struct finding *finding =
            finding_inferred(view, ids[kind], CONFIDENCE_LIKELY, echo->first_open);
        finding_frame(finding, echo->last_open.frame);
        finding_text(finding, "asker", side_name(asker));
        finding_number(finding, "unanswered", echo->open);
        finding_number(finding, "answered_before", echo->replies);
        finding_number(finding, "seconds", mark_seconds(echo->first_open, end.mark));
        finding_summary(finding,
                        "The %s's TCP acknowledged %s of an %s Echo-Request's length and "
                        "the %s sent nothing more for %s" INFERRED,
                        side_name(side_other(asker)), text_count(echo->open, "record").text,
                        kind == LENGTHS_ECHO_LCP ? "LCP" : "SSTP", side_name(side_other(asker)),
                        text_seconds(mark_seconds(echo->first_open, end.mark)).text);
        return;
    }
}

/* The record before the echoes that nobody answered; NULL where it is not kept. */
static const struct lengths_record *
before_echoes(const struct lengths_facts *facts, const struct lengths_echo *echo)
{
    const struct lengths_record *record;
    uint32_t i = 0;

    while ((record = lengths_tail(facts, i)) && record->mark.frame >= echo->first_open.frame)
        i++;
    return record;
}

/* Echoes that came all at once, behind a silence and with the goodbye of their asker: the path held
 * them, or the answers, and the asker waited in vain. */
static void
rule_echo_lump(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || !facts->exact || !lengths_are_captured(session, facts) ||
        !is_settled(session, view, facts))
        return;
    struct lengths_end end = lengths_end_of(session, view, facts);
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct lengths_echo *echo = &facts->echo[LENGTHS_ECHO_LCP][side];
        const struct lengths_record *before = before_echoes(facts, echo);
        if (!end.goodbye || end.goodbye->by != side || echo->replies == 0 ||
            echo->open < UNANSWERED_MIN || !before ||
            mark_seconds(echo->first_open, end.goodbye->mark) > 1 ||
            mark_seconds(before->mark, echo->first_open) < ECHO_ANSWER_SECONDS ||
            is_explained(session, view, end.mark))
            continue;
        struct finding *finding =
            finding_inferred(view, FINDING_LCP_ECHO_GAP, CONFIDENCE_LIKELY, echo->first_open);
        finding_text(finding, "asker", side_name((enum side)side));
        finding_number(finding, "unanswered", echo->open);
        finding_number(finding, "seconds", mark_seconds(before->mark, echo->first_open));
        finding_summary(finding,
                        "After %s without a record came %u of an LCP Echo-Request's length and the "
                        "%s's goodbye all at once: the path was interrupted, and the %s waited for "
                        "answers in vain" INFERRED,
                        text_seconds(mark_seconds(before->mark, echo->first_open)).text, echo->open,
                        side_name((enum side)side), side_name((enum side)side));
    }
}

/* --- data ---------------------------------------------------------------------------------------
 */

/* One side sends data, the other one none. Broadcasts of a host that nobody uses look the same. */
static void
rule_one_way(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || facts->middle || !lengths_are_whole(session, facts) ||
        !mark_is_set(facts->call_connected.mark))
        return;
    struct lengths_end end = lengths_end_of(session, view, facts);
    for (int side = 0; side < SIDE_COUNT; side++) {
        double seconds = mark_seconds(facts->first_data, lengths_ended_at(&end));
        if (facts->data[side] < LENGTHS_ONE_WAY_MIN || facts->data[side_other((enum side)side)] ||
            seconds < DATA_PATIENCE_SECONDS || is_explained(session, view, end.mark))
            continue;
        struct finding *finding =
            finding_inferred(view, FINDING_DATA_ONE_WAY, CONFIDENCE_POSSIBLE, facts->first_data);
        finding_text(finding, "sender", side_name((enum side)side));
        finding_number(finding, "packets", facts->data[side]);
        finding_number(finding, "silence_seconds", seconds);
        finding_summary(finding,
                        "The %s sent %s as long as data, the %s none, in %s: nothing answers "
                        "through the tunnel, or only broadcasts went into it" INFERRED,
                        side_name((enum side)side), text_count(facts->data[side], "record").text,
                        side_name(side_other((enum side)side)), text_seconds(seconds).text);
    }
}

/* --- sizes ----------------------------------------------------------------------------------- */

static void
rule_straddle(const struct session *session, const struct view *view)
{
    enum { WITH_FF03 = 8 };
    const struct lengths_facts *facts = lengths_of(session, view);
    uint32_t all = facts ? facts->straddling[SIDE_CLIENT] + facts->straddling[SIDE_SERVER] : 0;

    if (all < STRADDLING_MIN)
        return;
    enum side side = facts->straddling[SIDE_CLIENT] >= facts->straddling[SIDE_SERVER] ? SIDE_CLIENT
                                                                                      : SIDE_SERVER;
    const struct mtu_cipher *cipher = conn_cipher(session_conn(session));
    double fit = (double)mtu_inner_fit(cipher, facts->room[side], WITH_FF03);
    struct finding *finding =
        finding_add(view->found, FINDING_MTU_SEGMENT_STRADDLE, CONFIDENCE_LIKELY, EVIDENCE_INFERRED,
                    facts->straddling_at);
    for (uint32_t i = 0; i < MIN(all, (uint32_t)LENGTHS_STRADDLING_MAX); i++)
        finding_frame(finding, facts->straddling_frames[i]);
    finding_number(finding, "packets_client", facts->straddling[SIDE_CLIENT]);
    finding_number(finding, "packets_server", facts->straddling[SIDE_SERVER]);
    finding_number(finding, "inner_bytes", (double)facts->straddling_max - WITH_FF03);
    finding_number(finding, "fitting_inner_mtu_bytes", fit);
    finding_number(finding, "segment_bytes", (double)facts->room[side]);
    finding_number(finding, "encapsulation_bytes", WITH_FF03);
    finding_summary(finding,
                    "%s of one inner packet each (up to %s) %s two TCP segments; an inner MTU of "
                    "%.0f fits one" INFERRED,
                    text_count(all, "record").text,
                    text_count(facts->straddling_max - WITH_FF03, "byte").text,
                    all == 1 ? "needs" : "need", fit);
}

/* --- the end --------------------------------------------------------------------------------- */

/* A client's goodbye that nobody heard tells of the path. */
static bool
was_said_in_vain(const struct session *session, const struct lengths_record *goodbye)
{
    return goodbye->by == SIDE_CLIENT && !side_sent_since(session, SIDE_SERVER, goodbye->mark);
}

/* Nothing at all of the other side came for long, though bytes wait for their acknowledgement: who
 * closes then may have given up. */
static bool
gave_up_on_silence(const struct session *session, const struct lengths_end *end)
{
    const struct tcp_half *own = session_half(session, end->by);
    const struct tcp_half *other = session_half(session, side_other(end->by));

    return own->acked < own->next && mark_seconds(other->last, end->mark) >= SILENCE_SECONDS;
}

/* Who closed first was not captured. */
static bool
lacks_fin(const struct session *session)
{
    return conn_lacks_fin(session_conn(session), SIDE_CLIENT) ||
           conn_lacks_fin(session_conn(session), SIDE_SERVER);
}

/* Records behind those whose lengths are known may still come in order. */
static bool
has_waiting_bytes(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        if (half->in_order < MAX(half->next, half->reached))
            return true;
    }
    return false;
}

static void
ended_in_order(const struct view *view, const struct lengths_facts *facts,
               const struct lengths_end *end, enum confidence confidence)
{
    bool server = end->goodbye->by == SIDE_SERVER;
    struct finding *finding =
        finding_add(view->found, server ? FINDING_SESSION_SERVER_ENDED : FINDING_SESSION_NORMAL_END,
                    confidence, EVIDENCE_INFERRED, end->goodbye->mark);

    if (server)
        finding_wants_keys(finding);
    finding_text(finding, "by", side_name((enum side)end->goodbye->by));
    finding_length(finding, "goodbye_bytes", end->goodbye->min, end->goodbye->max);
    finding_summary(
        finding, "The %s ended the %ssession: a record of %s began its goodbye" INFERRED,
        side_name((enum side)end->goodbye->by), lengths_is_established(facts) ? "running " : "",
        lengths_text(end->goodbye->min, end->goodbye->max).text);
}

/* An echo waits for its answer: then a close may come from the timer of its asker. */
static bool
echo_is_open(const struct lengths_facts *facts)
{
    uint32_t open = 0;

    for (int i = 0; i < LENGTHS_ECHO_KINDS * SIDE_COUNT; i++)
        open += facts->echo[i / SIDE_COUNT][i % SIDE_COUNT].open;
    return open > 0;
}

/* For so long there was no record at all: so none was a goodbye. */
static void
cut_when_idle(const struct session *session, const struct view *view, const struct lengths_end *end)
{
    double idle = session_idle_before(session, end->mark);
    struct finding *finding =
        finding_inferred(view, FINDING_IDLE_CUT, CONFIDENCE_LIKELY, end->mark);

    finding_text(finding, "closed_by", side_name(end->by));
    finding_text(finding, "how", close_name(end->reset));
    finding_number(finding, "idle_before_seconds", idle);
    finding_summary(
        finding,
        "After %s without payload came %s from the %s's address, and no record before "
        "it has the length of a goodbye: a timer on the path, or at that end, ran out" INFERRED,
        text_seconds(idle).text, close_name(end->reset), side_name(end->by));
}

/* Whoever's program was stopped: where it is the server's, the user has lost the tunnel. */
static void
closed_by_tls(const struct view *view, const struct lengths_facts *facts,
              const struct lengths_end *end)
{
    if (end->by == SIDE_SERVER && lengths_is_established(facts)) {
        struct finding *ended =
            finding_inferred(view, FINDING_SESSION_SERVER_ENDED, CONFIDENCE_LIKELY, end->mark);
        finding_text(ended, "by", side_name(end->by));
        finding_text(ended, "how", "TLS close_notify alone");
        finding_summary(ended, "The server ended the running session by an alert of TLS "
                               "alone" INFERRED);
    }
    struct finding *finding = finding_add(view->found, FINDING_SESSION_TLS_CLOSE_ONLY,
                                          CONFIDENCE_LIKELY, EVIDENCE_INFERRED, end->mark);

    finding_text(finding, "by", side_name(end->by));
    finding_summary(finding,
                    "The %s ended the running session by an alert of TLS, and no record before it "
                    "has the length of a goodbye of SSTP or PPP" INFERRED,
                    side_name(end->by));
}

/* A short last record may be a goodbye whose length is not known, and in a session of a few records
 * nothing is sure. */
static bool
may_have_goodbye(const struct lengths_facts *facts, const struct lengths_end *end)
{
    const struct lengths_record *last = lengths_last(facts, end);
    double soon = facts->exact ? 1 : LENGTHS_GOODBYE_SECONDS;

    for (int side = 0; side < SIDE_COUNT; side++)
        if (!facts->middle && facts->records[side] < LENGTHS_ABRUPT_RECORDS_MIN)
            return true;
    return !last || (last->min < LEN_SMALL_MAX && mark_seconds(last->mark, end->mark) <= soon);
}

static void
rule_end(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    /* Where Call Connected cannot be told from other records, these may all be authentication. */
    if (!facts || has_waiting_bytes(session) || !is_settled(session, view, facts))
        return;
    struct lengths_end end = lengths_end_of(session, view, facts);
    if (!end.closed || is_explained(session, view, end.mark) ||
        (!end.goodbye && (!lengths_are_captured(session, facts) || lacks_fin(session))))
        return;
    double idle = session_idle_before(session, end.mark);
    if (end.goodbye && was_said_in_vain(session, end.goodbye))
        return;
    if (end.goodbye)
        ended_in_order(view, facts, &end, facts->middle ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY);
    else if (may_have_goodbye(facts, &end) || gave_up_on_silence(session, &end))
        return;
    else if (end.alert)
        closed_by_tls(view, facts, &end);
    else if (may_be_idle_timer(session, idle, end.mark) && is_timer_value(session, idle) &&
             facts->exact && !facts->middle && !echo_is_open(facts) &&
             !client_closed_itself(session, end.by))
        cut_when_idle(session, view, &end);
    else
        lengths_ended_abruptly(session, view, &end, CONFIDENCE_LIKELY);
}

/* --- the end of a session that was read before ----------------------------------------------- */

/* Somebody said so in words that were read, or that an answer shows. */
static bool
goodbye_was_read(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (mark_is_set(session_terminate(session, side)->mark) ||
            mark_is_set(session_sstp(session)->disconnect[side]) ||
            mark_is_set(session_sstp(session)->abort[side]) ||
            mark_is_set(session_unread_goodbye(session, side)))
            return true;
    return false;
}

/* Behind a hole a side cannot be decrypted any more, and its goodbye is among what cannot be read.
 */
static void
rule_unread_end(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = conn_lengths(session_conn(session));

    if (!view->final || !facts || session_evidence(session) < EVIDENCE_CLEAR ||
        conn_is_copy(session_conn(session)) || goodbye_was_read(session) ||
        has_waiting_bytes(session) || session_reached(session) < STAGE_DATA)
        return;
    struct lengths_end end = lengths_end_of(session, view, facts);
    /* A few lengths alone prove little where the other side closed first. */
    if (!end.closed || !end.goodbye || end.by != (enum side)end.goodbye->by ||
        was_said_in_vain(session, end.goodbye) || is_explained(session, view, end.mark) ||
        !session_misses(session, (enum side)end.goodbye->by, conn_first(session_conn(session)),
                        end.mark))
        return;
    ended_in_order(view, facts, &end, facts->middle ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY);
}

const rule_fn rules_lengths_tunnel[] = {
    rule_echo, rule_echo_lump, rule_one_way, rule_straddle, rule_end, rule_unread_end, NULL,
};
