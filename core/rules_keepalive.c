/* rules_keepalive.c - LCP and SSTP echoes
 *
 * An echo counts as unanswered only when TCP delivered it, and when nothing of the peer waits to be
 * delivered: otherwise the path is silent, not the peer's PPP or SSTP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

enum {
    GAVE_UP_MIN_SECONDS = 2, /* an asker that ends sooner did not wait for the answer */
    SETTLE_SECONDS = 3,      /* after the last request, where the capture simply ends */
    RHYTHM_MIN = 4,          /* requests that make a rhythm */
};

static uint32_t
delivered(const struct session *session, const struct echo *echo, enum side asker)
{
    uint32_t num = 0, kept = MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX);

    while (num < kept && conn_delivered(session->conn, asker, echo->open[num].end))
        num++;
    return num;
}

/* The end of the asker's patience: its own goodbye or FIN; else the last frame, and false. */
static bool
gave_up_at(const struct session *session, enum side asker, const struct view *view, struct mark *at)
{
    struct mark goodbye = session_goodbye(session, asker);
    struct mark fin = session->conn->track->half[asker].fin;

    if (!mark_is_set(goodbye) || (mark_is_set(fin) && fin.frame < goodbye.frame))
        goodbye = fin;
    *at = mark_is_set(goodbye) ? goodbye : view->now;
    return mark_is_set(goodbye);
}

/* Did the peer's own regular requests stop as well? */
static bool
rhythm_broke(const struct session *session, enum side peer, struct mark until)
{
    const struct echo *echo = &session->lcp_echo[peer];

    return echo->requests >= RHYTHM_MIN &&
           echo->interval_max <= echo->interval_min + echo->interval_min / 4 &&
           until.time - echo->last_request.time > 3 * echo->interval_max;
}

static void
lcp_echo_gap(const struct session *session, const struct view *view, enum side asker, uint32_t num,
             struct mark until)
{
    const struct echo *echo = &session->lcp_echo[asker];
    enum side peer = side_other(asker);
    struct mark first = echo->open[0].mark;
    bool talks = session->ppp_last[peer].frame > first.frame;
    struct finding *finding =
        finding_add(view->found, FINDING_LCP_ECHO_GAP,
                    talks ? CONFIDENCE_POSSIBLE : CONFIDENCE_CERTAIN, session->evidence, first);

    for (uint32_t i = 0; i < num; i++)
        finding_frame(finding, echo->open[i].mark.frame);
    finding_summary(finding,
                    "%u LCP Echo-Requests of the %s were delivered by TCP but not answered "
                    "by the %s's PPP (%.1f s)",
                    MAX(num, echo->num_open), asker == SIDE_CLIENT ? "client" : "server",
                    peer == SIDE_CLIENT ? "client" : "server", mark_seconds(first, until));
    finding_text(finding, "asker", asker == SIDE_CLIENT ? "client" : "server");
    finding_number(finding, "unanswered", echo->num_open);
    finding_number(finding, "silence_seconds", mark_seconds(first, until));
    if (echo->intervals)
        finding_number(finding, "interval_seconds", (double)echo->interval_last / NS_PER_SECOND);
    if (echo->replies)
        finding_number(finding, "round_trip_seconds",
                       (double)echo->rtt_sum / echo->replies / NS_PER_SECOND);
}

static void
rule_lcp_echo_gap(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct echo *echo = &session->lcp_echo[asker];
        uint32_t num = delivered(session, echo, asker), need = view->config->lcp_echo_failures;
        struct mark until;
        bool gave_up = gave_up_at(session, asker, view, &until);

        if (num == 0 || (!gave_up && !view->final) ||
            conn_is_stuck(session->conn, side_other(asker)))
            continue;
        if (rhythm_broke(session, side_other(asker), until))
            need = 1;
        double waited = mark_seconds(echo->open[num - 1].mark, until);
        if (num < need || waited < (gave_up ? 0 : SETTLE_SECONDS))
            continue;
        lcp_echo_gap(session, view, asker, num, until);
    }
}

static void
sstp_echo_unanswered(const struct session *session, const struct view *view, enum side asker,
                     struct mark until)
{
    const struct echo *echo = &session->sstp.echo[asker];
    struct mark first = echo->open[0].mark;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_ECHO_UNANSWERED,
                                          CONFIDENCE_CERTAIN, session->evidence, first);

    for (uint32_t i = 1; i < MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX); i++)
        finding_frame(finding, echo->open[i].mark.frame);
    finding_frame(finding, session->sstp.abort[asker].frame);
    finding_summary(finding,
                    "SSTP Echo Request of the %s was delivered by TCP, then nothing came from "
                    "the %s's SSTP for %.1f s",
                    asker == SIDE_CLIENT ? "client" : "server",
                    asker == SIDE_CLIENT ? "server" : "client", mark_seconds(first, until));
    finding_text(finding, "asker", asker == SIDE_CLIENT ? "client" : "server");
    finding_number(finding, "unanswered", echo->num_open);
    finding_number(finding, "silence_seconds", mark_seconds(first, until));
}

static void
rule_sstp_echo_unanswered(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        const struct echo *echo = &session->sstp.echo[asker];
        struct mark until;
        bool gave_up = gave_up_at(session, asker, view, &until);

        /* MS-SSTP 3.1.2.3: any packet of the peer restarts the timer, answer or not. */
        if (delivered(session, echo, asker) == 0 ||
            conn_is_stuck(session->conn, side_other(asker)) ||
            session->sstp.last[side_other(asker)].frame > echo->open[0].mark.frame ||
            session_undecrypted(session, side_other(asker)) > 0)
            continue;
        double silence = mark_seconds(echo->open[0].mark, until);
        if (silence < (gave_up ? GAVE_UP_MIN_SECONDS : view->config->sstp_echo_timeout) ||
            (!gave_up && !view->final))
            continue;
        sstp_echo_unanswered(session, view, asker, until);
    }
}

const rule_fn rules_keepalive[] = { rule_lcp_echo_gap, rule_sstp_echo_unanswered, NULL };
