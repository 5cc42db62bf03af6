/* lengths_setup.c - without keys, between Call Connect Ack and Call Connected
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/thresholds.h"
#include "base/text.h"
#include "rules/lengths_patterns.h"

/* --- questions ------------------------------------------------------------------------------- */

/* Authentication, by any method, seems to be behind both sides. */
static bool
looks_authenticated(const struct lengths_facts *facts, int response)
{
    if (facts->records[SIDE_CLIENT] < LENGTHS_NCP_RECORDS_MIN ||
        facts->records[SIDE_SERVER] < LENGTHS_NCP_RECORDS_MIN)
        return false;
    return response < 0 || lengths_went_on(facts, response);
}

/* A record was repeated without an answer. One that was not repeated counts if the server then
 * waited and ended the session, and if it is no request of LCP, which would have been sent again.
 */
static bool
goes_unanswered(const struct session *session, const struct lengths_facts *facts,
                const struct lengths_repeats *repeats, const struct lengths_end *end)
{
    bool gave_up = facts->exact && repeats->by == SIDE_SERVER &&
                   lengths_ended_by(end) == SIDE_SERVER && repeats->bytes >= LEN_CHALLENGE_MIN &&
                   !lengths_begin_with(facts, SIDE_SERVER, repeats->bytes) &&
                   mark_seconds(repeats->last, lengths_ended_at(end)) >= CHALLENGE_TIMER_SECONDS;

    return repeats->times > 0 &&
           session_half(session, repeats->by)->last_acked.frame > repeats->last.frame &&
           (gave_up || (repeats->times >= UNANSWERED_MIN &&
                        mark_seconds(repeats->first, repeats->last) >= LENGTHS_UNANSWERED_SECONDS));
}

static bool
is_too_long(const struct lengths_wait *wait, const struct lengths_end *end)
{
    return wait->seconds >= (wait->answered || lengths_ended_by(end) == SIDE_SERVER
                                 ? AUTH_SLOW_REFUSAL_SECONDS
                                 : AUTH_PATIENCE_SECONDS);
}

/* The client ended the session by its own choice: it did not wait for an answer, or took its leave
 * by SSTP at once. */
static bool
client_changed_its_mind(const struct lengths_facts *facts, const struct lengths_end *end,
                        const struct lengths_wait *wait, bool enough)
{
    if (lengths_ended_by(end) == SIDE_SERVER)
        return false;
    if (!wait->answered)
        return true;
    if (enough)
        return false;
    /* With a block cipher no goodbye can be told. */
    if (!facts->exact)
        return facts->num_setup < LENGTHS_LEFT_EARLY_MAX;
    return end->goodbye ? end->goodbye->min == LEN_ABORT || end->goodbye->min == LEN_DISCONNECT_ACK
                        : mark_seconds(facts->call_ack.mark, end->mark) < 1;
}

/* The goodbye is the first record behind Call Connect Ack, and it is a Call Abort: that is answered
 * by a record as long, or not at all. The answer to Call Disconnect, which is as long, has 8 bytes.
 */
static bool
ack_was_refused(const struct lengths_facts *facts, const struct lengths_end *end)
{
    const struct lengths_record *setup = facts->setup;

    return end->goodbye && setup[0].mark.frame == end->goodbye->mark.frame &&
           setup[0].min == LEN_ABORT &&
           (facts->num_setup == 1 ||
            (facts->num_setup == 2 && setup[1].by != setup[0].by && setup[1].min == LEN_ABORT)) &&
           mark_seconds(facts->call_ack.mark, setup[0].mark) < GAVE_UP_SECONDS;
}

static bool
is_negotiation_time(const struct view *view, double seconds)
{
    double timer = view->config->negotiation_timeout ? view->config->negotiation_timeout
                                                     : NEGOTIATION_TIMEOUT_SECONDS;

    return seconds > timer - NEGOTIATION_SLACK_SECONDS &&
           seconds < timer + NEGOTIATION_SLACK_SECONDS;
}

/* Authentication was over, and the server waited for Call Connected until its timer ran out, or the
 * client sent data that nobody answered. */
static bool
connected_is_missing(const struct view *view, const struct lengths_facts *facts,
                     const struct lengths_end *end, int response)
{
    double seconds = mark_seconds(facts->call_ack.mark, lengths_ended_at(end));

    return looks_authenticated(facts, response) &&
           ((lengths_ended_by(end) == SIDE_SERVER && is_negotiation_time(view, seconds)) ||
            (facts->exact && facts->unanswered >= UNANSWERED_MIN));
}

/* --- findings -------------------------------------------------------------------------------- */

/* The first record behind Call Connect Ack is a goodbye: its sender did not like the Ack, or the
 * other side's silence. */
static void
setup_refused(const struct view *view, const struct lengths_record *abort, double seconds)
{
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_ABORTED, CONFIDENCE_POSSIBLE, abort->mark);

    finding_number(finding, "seconds", seconds);
    finding_text(finding, "by", side_name((enum side)abort->by));
    finding_summary(finding,
                    "%s after Call Connect Ack the %s sent a record of Call Abort's length (%s), "
                    "and nothing else before it" INFERRED,
                    text_seconds(seconds).text, side_name((enum side)abort->by),
                    lengths_text(abort->min, abort->max).text);
}

static void
setup_one_sided(const struct view *view, const struct lengths_facts *facts,
                const struct lengths_end *end, double seconds)
{
    enum side silent = facts->records[SIDE_CLIENT] ? SIDE_SERVER : SIDE_CLIENT;
    bool both = facts->num_setup == 0 ||
                (facts->num_setup == 1 && end->goodbye && facts->setup[0].min == LEN_ABORT);
    struct finding *finding =
        finding_inferred(view, FINDING_LCP_NOT_STARTED, CONFIDENCE_POSSIBLE, facts->call_ack.mark);

    finding_number(finding, "seconds", seconds);
    finding_text(finding, "silent", both ? "both" : side_name(silent));
    finding_summary(finding, "After Call Connect Ack %s sent %s for %s" INFERRED,
                    both                    ? "neither side"
                    : silent == SIDE_CLIENT ? "the client"
                                            : "the server",
                    both ? "anything" : "nothing", text_seconds(seconds).text);
}

static void
setup_without_connected(const struct view *view, const struct lengths_facts *facts,
                        const struct lengths_end *end, enum confidence confidence)
{
    struct mark at = lengths_ended_at(end);
    struct finding *finding = finding_inferred(view, FINDING_SSTP_CALL_CONNECTED_MISSING,
                                               confidence, facts->call_ack.mark);

    finding_frame(finding, facts->unanswered ? facts->unanswered_at.frame : 0);
    finding_frame(finding, at.frame);
    finding_number(finding, "seconds", mark_seconds(facts->call_ack.mark, at));
    finding_number(finding, "unanswered_records", facts->unanswered);
    finding_summary(finding,
                    "PPP seems to have come up, no record of Call Connected's length (112 bytes) "
                    "was sent, and %s after Call Connect Ack the session ended" INFERRED,
                    text_seconds(mark_seconds(facts->call_ack.mark, at)).text);
}

static void
setup_ping_pong(const struct view *view, const struct lengths_facts *facts,
                const struct lengths_ping_pong *ping_pong)
{
    static const char often[] = "; most often it is the method of authentication";
    /* A refusal repeats the options that it refuses. A method of authentication takes four bytes or
     * more, and only servers ask for one. */
    int refused = ping_pong->answer - LEN_TERMINATE;
    bool method = ping_pong->asker == SIDE_SERVER && refused >= LEN_AUTH_OPTION_MIN;
    struct finding *finding = finding_inferred(
        view, method ? FINDING_LCP_AUTH_METHOD_MISMATCH : FINDING_LCP_OPTION_MISMATCH,
        CONFIDENCE_POSSIBLE, facts->setup[0].mark);

    finding_number(finding, "repetitions", ping_pong->times);
    finding_text(finding, "asker", side_name(ping_pong->asker));
    finding_length(finding, "refused_option_bytes", (unsigned)(facts->exact ? refused : 0),
                   (unsigned)refused);
    finding_summary(finding,
                    "LCP did not agree: the %s repeated a request %s, the %s objected each time to "
                    "%s%s of options, and the session ended%s" INFERRED,
                    side_name(ping_pong->asker), text_times(ping_pong->times).text,
                    side_name(side_other(ping_pong->asker)), facts->exact ? "" : "up to ",
                    text_count((uint64_t)refused, "byte").text, method ? often : "");
}

static void
setup_unanswered(const struct view *view, const struct lengths_facts *facts,
                 const struct lengths_repeats *repeats, const struct lengths_end *end)
{
    enum side silent = side_other(repeats->by);
    bool lcp = lengths_begin_with(facts, repeats->by, repeats->bytes);
    struct finding *finding =
        finding_inferred(view, lcp ? FINDING_LCP_NO_REPLY : FINDING_AUTH_NO_REPLY,
                         CONFIDENCE_POSSIBLE, repeats->first);

    finding_frame(finding, repeats->last.frame);
    finding_text(finding, "silent", side_name(silent));
    finding_number(finding, "sent", repeats->times);
    finding_number(finding, "waited_seconds", mark_seconds(repeats->first, lengths_ended_at(end)));
    finding_summary(
        finding, "The %s sent a record of %s %s, %s, and the %s said nothing to it for %s" INFERRED,
        side_name(repeats->by), lengths_text(repeats->bytes, repeats->max).text,
        text_times(repeats->times).text, lcp ? "as long as one of its first two" : "after LCP",
        side_name(silent), text_seconds(mark_seconds(repeats->first, lengths_ended_at(end))).text);
}

static void
setup_silence(const struct view *view, const struct lengths_end *end, double seconds)
{
    struct finding *finding =
        finding_inferred(view, FINDING_AUTH_NO_REPLY, CONFIDENCE_POSSIBLE, lengths_ended_at(end));

    finding_text(finding, "silent", side_name(SIDE_SERVER));
    finding_number(finding, "waited_seconds", seconds);
    finding_summary(finding,
                    "The session ended in LCP or authentication: the server had said nothing for "
                    "%s, and the client left" INFERRED,
                    text_seconds(seconds).text);
}

static void
setup_waited(const struct view *view, const struct lengths_facts *facts, int response,
             double seconds)
{
    struct mark since = facts->setup[response].mark;
    struct finding *finding =
        finding_inferred(view, FINDING_AUTH_BACKEND_TIMEOUT, CONFIDENCE_POSSIBLE, since);

    finding_number(finding, "waited_seconds", seconds);
    finding_summary(finding,
                    "The session ended in authentication, and a record of a response's length had "
                    "no answer for %s: the server may have waited for its own authentication "
                    "server, or held a refusal back" INFERRED,
                    text_seconds(seconds).text);
}

static void
setup_ended(const struct view *view, const struct lengths_facts *facts,
            const struct lengths_end *end, int response)
{
    struct mark since = response >= 0 ? facts->setup[response].mark : facts->call_ack.mark;
    struct finding *finding =
        finding_inferred(view, FINDING_AUTH_BAD_CREDENTIALS, CONFIDENCE_POSSIBLE, since);

    finding_frame(finding, lengths_ended_at(end).frame);
    finding_text(finding, "ended_by", side_name(lengths_ended_by(end)));
    finding_number(finding, "seconds", mark_seconds(since, lengths_ended_at(end)));
    finding_summary(finding,
                    "The session ended in authentication, %s after %s: refused credentials, "
                    "account policy or no common method" INFERRED,
                    text_seconds(mark_seconds(since, lengths_ended_at(end))).text,
                    response >= 0 ? "a record of a response's length" : "Call Connect Ack");
}

static void
setup_ended_early(const struct view *view, const struct lengths_facts *facts,
                  const struct lengths_end *end)
{
    double seconds = mark_seconds(facts->call_ack.mark, lengths_ended_at(end));
    struct finding *finding = finding_inferred(view, FINDING_LCP_AUTH_METHOD_MISMATCH,
                                               CONFIDENCE_POSSIBLE, facts->call_ack.mark);

    finding_frame(finding, lengths_ended_at(end).frame);
    finding_text(finding, "ended_by", side_name(lengths_ended_by(end)));
    finding_number(finding, "seconds", seconds);
    finding_number(finding, "packets_client", facts->records[SIDE_CLIENT]);
    finding_number(finding, "packets_server", facts->records[SIDE_SERVER]);
    finding_summary(
        finding,
        "The session ended in LCP or early in authentication, %s and %s after Call Connect Ack: no "
        "common method, or another option or packet that the other side refuses" INFERRED,
        text_seconds(seconds).text,
        text_count(facts->records[SIDE_CLIENT] + facts->records[SIDE_SERVER], "record").text);
}

/* --- which one it is ------------------------------------------------------------------------- */

static void
setup_judge(const struct session *session, const struct view *view,
            const struct lengths_facts *facts, const struct lengths_end *end)
{
    int response = lengths_response(facts);
    struct lengths_ping_pong ping_pong = lengths_ping_pong(facts);
    struct lengths_repeats repeats = lengths_repeats(facts, end);
    struct lengths_wait wait = lengths_response_wait(facts, response, end);
    /* With a block cipher all of LCP may look like a request and the same answer. */
    unsigned refusals = facts->exact ? REFUSED_MIN : REFUSED_MIN + LENGTHS_LCP_ROUNDS_MAX;
    bool enough = facts->records[SIDE_CLIENT] >= LENGTHS_SETUP_RECORDS_MIN &&
                  facts->records[SIDE_SERVER] >= LENGTHS_SETUP_RECORDS_MIN;

    if (connected_is_missing(view, facts, end, response))
        setup_without_connected(view, facts, end,
                                facts->exact && response >= 0 &&
                                        lengths_ended_by(end) == SIDE_SERVER
                                    ? CONFIDENCE_LIKELY
                                    : CONFIDENCE_POSSIBLE);
    else if (response < 0 && ping_pong.times >= refusals)
        setup_ping_pong(view, facts, &ping_pong);
    else if (goes_unanswered(session, facts, &repeats, end))
        setup_unanswered(view, facts, &repeats, end);
    else if (is_too_long(&wait, end))
        setup_waited(view, facts, response, wait.seconds);
    else if (response < 0 && lengths_server_silence(facts, end) >= SILENCE_SECONDS)
        setup_silence(view, end, lengths_server_silence(facts, end));
    else if (client_changed_its_mind(facts, end, &wait, enough || response >= 0))
        return;
    else if (enough || response >= 0)
        setup_ended(view, facts, end, response);
    else
        setup_ended_early(view, facts, end);
}

static void
rule_setup(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || facts->middle || mark_is_set(facts->call_connected.mark) || facts->may_hide ||
        !lengths_are_whole(session, facts))
        return;
    struct lengths_end end = lengths_end_of(session, view, facts);
    double seconds = mark_seconds(facts->call_ack.mark, lengths_ended_at(&end));
    if (is_explained(session, view, end.mark))
        return;
    if (ack_was_refused(facts, &end)) {
        setup_refused(view, &facts->setup[0], seconds);
    } else if (facts->records[SIDE_CLIENT] > 0 && facts->records[SIDE_SERVER] > 0) {
        if (end.closed)
            setup_judge(session, view, facts, &end);
    } else if (end.closed || seconds >= SILENCE_SECONDS) {
        setup_one_sided(view, facts, &end, seconds);
    }
}

const rule_fn rules_lengths_setup[] = {
    rule_setup,
    NULL,
};
