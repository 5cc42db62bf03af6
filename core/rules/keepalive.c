/* keepalive.c - LCP and SSTP echoes
 *
 * An echo counts as unanswered only when TCP delivered it, and when nothing of the peer waits to be
 * delivered: otherwise the path is silent, not the peer's PPP or SSTP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/thresholds.h"

static uint32_t
delivered(const struct session *session, const struct echo *echo, enum side asker)
{
    uint32_t num = 0, kept = MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX);

    while (num < kept && conn_delivered(session_conn(session), asker, echo->open[num].end))
        num++;
    return num;
}

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

static struct patience
patience_of(const struct session *session, enum side asker, const struct view *view)
{
    struct patience patience = { view->now, false, false };

    patience_ends(&patience, session_goodbye(session, asker), true);
    for (int side = 0; side < SIDE_COUNT; side++) {
        patience_ends(&patience, conn_half(session_conn(session), side)->fin, side == (int)asker);
        patience_ends(&patience, conn_half(session_conn(session), side)->rst, side == (int)asker);
    }
    return patience;
}

/* Did the peer's own regular requests stop as well? */
static bool
rhythm_broke(const struct session *session, enum side peer, struct mark until)
{
    const struct echo *echo = session_lcp_echo(session, peer);

    return echo->requests >= ECHO_RHYTHM_MIN &&
           echo->interval_max <= echo->interval_min + echo->interval_min / 4 &&
           mark_between(echo->last_request, until) > ECHO_RHYTHM_BROKEN_MIN * echo->interval_max;
}

static void
lcp_echo_gap(const struct session *session, const struct view *view, enum side asker, uint32_t num,
             struct mark until)
{
    const struct echo *echo = session_lcp_echo(session, asker);
    enum side peer = side_other(asker);
    struct mark first = echo->open[0].mark;
    bool talks = session_ppp_last(session, peer).frame > first.frame;
    /* Less sure are fewer requests than the user set, which count where the rhythm broke; and
     * answers may be among bytes of the peer that cannot be read. */
    bool sure = num >= view->config->lcp_echo_failures && side_is_whole(session, peer);
    struct finding *finding = finding_add(view->found, FINDING_LCP_ECHO_GAP,
                                          talks  ? CONFIDENCE_POSSIBLE
                                          : sure ? CONFIDENCE_CERTAIN
                                                 : CONFIDENCE_LIKELY,
                                          session_evidence(session), first);

    for (uint32_t i = 0; i < num; i++)
        finding_frame(finding, echo->open[i].mark.frame);
    finding_summary(finding,
                    "%u LCP Echo-Requests of the %s were delivered by TCP but not answered "
                    "by the %s's PPP (%.1f s)",
                    MAX(num, echo->num_open), side_name(asker), side_name(peer),
                    mark_seconds(first, until));
    finding_text(finding, "asker", side_name(asker));
    finding_number(finding, "unanswered", echo->num_open);
    finding_number(finding, "silence_seconds", mark_seconds(first, until));
    if (echo->intervals)
        finding_number(finding, "interval_seconds", (double)echo->interval_last / NS_PER_SECOND);
    if (echo->replies)
        finding_number(finding, "round_trip_seconds",
                       (double)echo->rtt_sum / echo->replies / NS_PER_SECOND);
}

/* How many of the open requests were given time for an answer, from the first one on. */
static uint32_t
settled(const struct echo *echo, uint32_t num, const struct patience *patience)
{
    uint32_t settled = 0;

    while (settled < num &&
           mark_seconds(echo->open[settled].mark, patience->until) >= ECHO_SETTLE_SECONDS)
        settled++;
    return settled;
}

static void
rule_lcp_echo_gap(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct echo *echo = session_lcp_echo(session, asker);
        uint32_t num = delivered(session, echo, asker), need = view->config->lcp_echo_failures;
        struct patience patience = patience_of(session, asker, view);

        if (num == 0 || (!patience.over && !view->final) ||
            conn_is_stuck(session_conn(session), side_other(asker)))
            continue;
        if (rhythm_broke(session, side_other(asker), patience.until))
            need = 1;
        if (num < need || settled(echo, num, &patience) < MAX(need - 1, 1U))
            continue;
        lcp_echo_gap(session, view, asker, num, patience.until);
    }
}

static void
sstp_echo_unanswered(const struct session *session, const struct view *view, enum side asker,
                     struct mark until)
{
    const struct echo *echo = &session_sstp(session)->echo[asker];
    struct mark first = echo->open[0].mark;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_ECHO_UNANSWERED,
                                          CONFIDENCE_CERTAIN, session_evidence(session), first);

    for (uint32_t i = 1; i < MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX); i++)
        finding_frame(finding, echo->open[i].mark.frame);
    finding_frame(finding, session_sstp(session)->abort[asker].frame);
    finding_summary(finding,
                    "SSTP Echo Request of the %s was delivered by TCP, then nothing came from "
                    "the %s's SSTP for %.1f s",
                    side_name(asker), side_name(side_other(asker)), mark_seconds(first, until));
    finding_text(finding, "asker", side_name(asker));
    finding_number(finding, "unanswered", echo->num_open);
    finding_number(finding, "silence_seconds", mark_seconds(first, until));
}

static void
rule_sstp_echo_unanswered(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct echo *echo = &session_sstp(session)->echo[asker];
        struct patience patience = patience_of(session, asker, view);

        /* MS-SSTP 3.1.2.3: any packet of the peer restarts the timer, answer or not. */
        if (delivered(session, echo, asker) == 0 ||
            conn_is_stuck(session_conn(session), side_other(asker)) ||
            session_sstp(session)->last[side_other(asker)].frame > echo->open[0].mark.frame ||
            !side_is_whole(session, side_other(asker)))
            continue;
        double silence = mark_seconds(echo->open[0].mark, patience.until);
        double need = patience.asker ? GAVE_UP_SECONDS : view->config->sstp_echo_timeout;
        if (silence < need || (!patience.over && !view->final))
            continue;
        sstp_echo_unanswered(session, view, asker, patience.until);
    }
}

const rule_fn rules_keepalive[] = { rule_lcp_echo_gap, rule_sstp_echo_unanswered, NULL };
