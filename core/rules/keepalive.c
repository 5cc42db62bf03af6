/* keepalive.c - LCP and SSTP echoes
 *
 * An echo counts as unanswered only when TCP delivered it, and when nothing of the peer waits to be
 * delivered: otherwise the path is silent, not the peer's PPP or SSTP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/thresholds.h"
#include "base/text.h"
#include "rules/reason.h"
#include "rules/rules.h"

/* Until when an answer to an Echo-Request could have come. */
struct patience {
    struct mark until;
    bool over;  /* the session ended, else the capture just goes no further */
    bool asker; /* the asker itself ended it */
};

static void
patience_ends(struct patience *patience, struct mark mark, bool asker)
{
    if (!mark_is_set(mark) || (patience->over && patience->until.frame <= mark.frame))
        return;
    *patience = (struct patience){ mark, true, asker };
}

/* Answers that the capture lacks, or that cannot be read, may have come: what is behind the first
 * such bytes does not count. */
static struct patience
patience_of(const struct session *session, enum side asker, const struct echo *echo,
            const struct view *view)
{
    struct patience patience = { view->now, false, false };
    struct mark unread = { 0 };

    patience_ends(&patience, session_goodbye(session, asker), true);
    for (int side = 0; side < SIDE_COUNT; side++) {
        patience_ends(&patience, conn_half(session_conn(session), side)->fin, side == (int)asker);
        patience_ends(&patience, conn_half(session_conn(session), side)->rst, side == (int)asker);
    }
    if (echo->num_open > 0)
        unread = session_missing_since(session, side_other(asker), echo->open[0].mark);
    if (mark_is_set(unread) && unread.frame < patience.until.frame)
        patience = (struct patience){ unread, false, false };
    return patience;
}

/* Requests that reached the peer while it could answer, from the first open one on. */
static uint32_t
delivered(const struct session *session, const struct echo *echo, enum side asker,
          struct mark until)
{
    uint32_t num = 0, kept = MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX);
    uint32_t silent_from = side_was_unheard(session, asker, until)
                               ? session_half(session, asker)->silence.since.frame
                               : UINT32_MAX;

    while (num < kept && echo->open[num].mark.frame < silent_from &&
           conn_delivered(session_conn(session), asker, echo->open[num].end))
        num++;
    return num;
}

/* Did the peer's own regular requests stop as well? */
static bool
rhythm_broke(const struct session *session, enum side peer, struct mark until)
{
    const struct echo *echo = session_lcp_echo(session, peer);

    return echo->rhythm.intervals >= ECHO_RHYTHM_MIN - 1 &&
           echo->rhythm.max - echo->rhythm.min <= echo->rhythm.min / 4 &&
           mark_between(echo->last_request, until) / ECHO_RHYTHM_BROKEN_MIN > echo->rhythm.max;
}

static void
lcp_echo_gap(const struct session *session, const struct view *view, enum side asker, uint32_t num,
             struct mark until)
{
    const struct echo *echo = session_lcp_echo(session, asker);
    enum side peer = side_other(asker);
    struct mark first = echo->open[0].mark;
    bool talks = session_ppp_last(session, peer).frame > first.frame;
    /* Less sure are fewer requests than the user set, which count where the rhythm broke, and what
     * holds until a part of the peer's bytes could not be read. */
    bool sure = num >= view->config->lcp_echo_failures && side_is_whole(session, peer);
    struct finding *finding = finding_add(view->found, FINDING_LCP_ECHO_GAP,
                                          talks  ? CONFIDENCE_POSSIBLE
                                          : sure ? CONFIDENCE_CERTAIN
                                                 : CONFIDENCE_LIKELY,
                                          session_evidence(session), first);

    for (uint32_t i = 0; i < num; i++)
        finding_frame(finding, echo->open[i].mark.frame);
    finding_summary(finding,
                    "%s of the %s %s delivered by TCP but not answered by the %s's PPP (%s)",
                    text_count(MAX(num, echo->num_open), "LCP Echo-Request").text, side_name(asker),
                    text_were(MAX(num, echo->num_open)), side_name(peer),
                    text_seconds(mark_seconds(first, until)).text);
    finding_text(finding, "asker", side_name(asker));
    finding_number(finding, "unanswered", echo->num_open);
    finding_number(finding, "silence_seconds", mark_seconds(first, until));
    if (echo->rhythm.intervals)
        finding_number(finding, "interval_seconds", (double)echo->rhythm.last / NS_PER_SECOND);
    if (echo->replies)
        finding_number(finding, "round_trip_seconds",
                       (double)echo->rtt_sum / echo->replies / NS_PER_SECOND);
}

/* How many of the open requests were given time for an answer, from the first one on; doubt: by how
 * many nanoseconds times may be wrong. */
static uint32_t
settled(const struct echo *echo, uint32_t num, const struct patience *patience, int64_t doubt)
{
    uint32_t settled = 0;

    while (settled < num && mark_seconds(echo->open[settled].mark, patience->until) >=
                                ECHO_SETTLE_SECONDS + ns_seconds(doubt))
        settled++;
    return settled;
}

static void
rule_lcp_echo_gap(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct echo *echo = session_lcp_echo(session, asker);
        struct patience patience = patience_of(session, asker, echo, view);
        uint32_t num = delivered(session, echo, asker, patience.until);
        uint32_t need = view->config->lcp_echo_failures;

        if (num == 0 || (!patience.over && !view->final) ||
            conn_is_stuck(session_conn(session), side_other(asker)))
            continue;
        if (rhythm_broke(session, side_other(asker), patience.until))
            need = 1;
        int64_t doubt = order_doubt(conn_order(session_conn(session)));
        if (num < need || settled(echo, num, &patience, doubt) < MAX(need - 1, 1U))
            continue;
        lcp_echo_gap(session, view, asker, num, patience.until);
    }
}

static void
sstp_echo_unanswered(const struct session *session, const struct view *view, enum side asker,
                     struct mark until)
{
    const struct echo *echo = session_sstp_echo(session, asker);
    struct mark first = echo->open[0].mark;
    enum confidence confidence =
        side_is_whole(session, side_other(asker)) ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_ECHO_UNANSWERED, confidence,
                                          session_evidence(session), first);

    for (uint32_t i = 1; i < MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX); i++)
        finding_frame(finding, echo->open[i].mark.frame);
    finding_frame(finding, session_sstp(session)->abort[asker].frame);
    finding_summary(finding,
                    "SSTP Echo Request of the %s was delivered by TCP, then nothing came from the "
                    "%s's SSTP for %s",
                    side_name(asker), side_name(side_other(asker)),
                    text_seconds(mark_seconds(first, until)).text);
    finding_text(finding, "asker", side_name(asker));
    finding_number(finding, "unanswered", echo->num_open);
    finding_number(finding, "silence_seconds", mark_seconds(first, until));
}

static void
rule_sstp_echo_unanswered(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct echo *echo = session_sstp_echo(session, asker);
        struct patience patience = patience_of(session, asker, echo, view);

        /* MS-SSTP 3.1.2.3: any packet of the peer restarts the timer, answer or not. */
        if (delivered(session, echo, asker, patience.until) == 0 ||
            conn_is_stuck(session_conn(session), side_other(asker)) ||
            session_sstp(session)->last[side_other(asker)].frame > echo->open[0].mark.frame)
            continue;
        double silence = mark_seconds(echo->open[0].mark, patience.until);
        double need = patience.asker ? GAVE_UP_SECONDS : view->config->sstp_echo_timeout;
        if (silence < need || (!patience.over && !view->final))
            continue;
        sstp_echo_unanswered(session, view, asker, patience.until);
    }
}

/* --- what a side says of it ------------------------------------------------------------------ */

/* Inner data of a side was read, at least: of the other one nothing may be readable. */
static bool
tunnel_was_used(const struct session *session)
{
    return session_is_established(session) || session_data(session)->packets[SIDE_CLIENT] > 0 ||
           session_data(session)->packets[SIDE_SERVER] > 0;
}

/* Where no request is seen, they were lost before the capture point, or waited behind lost bytes;
 * where all were answered a while ago, the answers were lost behind it. */
static void
rule_lcp_echo_said(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct terminate_facts *terminate = session_terminate(session, i);
        const struct echo *echo = session_lcp_echo(session, i);
        bool silent = either_is_stuck(session) || either_was_unheard(session, terminate->mark);
        bool answered = echo->requests > 0 && echo->num_open == 0 &&
                        mark_seconds(echo->last_reply, terminate->mark) < SILENCE_SECONDS;
        if (reason_of(terminate) != REASON_SILENT_PEER || answered || (silent && !view->final) ||
            !tunnel_was_used(session) || finding_of(view->found, FINDING_LCP_ECHO_GAP) ||
            is_explained(session, view, terminate->mark))
            continue;
        struct mark cause = echo->num_open ? echo->open[0].mark : terminate->mark;
        struct finding *finding = finding_add(
            view->found, FINDING_LCP_ECHO_GAP, CONFIDENCE_LIKELY, session_evidence(session),
            cause.frame < terminate->mark.frame ? cause : terminate->mark);
        finding_frame(finding, terminate->mark.frame);
        finding_text(finding, "asker", side_name((enum side)i));
        finding_text(finding, "silent", side_name(side_other((enum side)i)));
        finding_reason(finding, session);
        finding_number(finding, "unanswered", echo->num_open);
        finding_summary(finding,
                        "The %s ended the session and says why: its LCP Echo-Requests had stayed "
                        "unanswered",
                        side_name((enum side)i));
    }
}

/* --- answers that came together -------------------------------------------------------------- */

/* TCP of the peer's host took the requests, so that it was the program that did not run; else the
 * path was silent. */
static bool
program_stood_still(const struct session *session, enum side asker)
{
    const struct echo_thaw *thaw = &session_lcp_echo(session, asker)->longest;
    const struct silence *silence = &session_half(session, asker)->silence;
    bool path = silence->resends && silence->since.frame <= thaw->last_asked.frame &&
                (!mark_is_set(silence->until) || silence->until.frame > thaw->asked.frame);

    return thaw->answers > 1 && !path &&
           mark_seconds(thaw->asked, thaw->first) >= ECHO_SETTLE_SECONDS;
}

static void
rule_lcp_echo_thaw(const struct session *session, const struct view *view)
{
    for (int i = 0; view->final && i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i, peer = side_other(asker);
        const struct echo_thaw *thaw = &session_lcp_echo(session, asker)->longest;
        if (!program_stood_still(session, asker) || finding_of(view->found, FINDING_LCP_ECHO_GAP))
            continue;
        double waited = mark_seconds(thaw->asked, thaw->first);
        struct finding *finding = finding_add(view->found, FINDING_LCP_ECHO_GAP, CONFIDENCE_CERTAIN,
                                              session_evidence(session), thaw->asked);
        finding->severity = SEVERITY_NOTE;
        finding_frame(finding, thaw->first.frame);
        finding_frame(finding, thaw->last.frame);
        finding_text(finding, "asker", side_name(asker));
        finding_number(finding, "answered_together", thaw->answers);
        finding_number(finding, "silence_seconds", waited);
        finding_summary(finding,
                        "The %s answered %s at once, the first one after %s: its program, or its "
                        "host, stood still meanwhile",
                        side_name(peer), text_count(thaw->answers, "LCP Echo-Request").text,
                        text_seconds(waited).text);
    }
}

const rule_fn rules_keepalive[] = {
    rule_lcp_echo_gap, rule_sstp_echo_unanswered, rule_lcp_echo_said, rule_lcp_echo_thaw, NULL,
};
