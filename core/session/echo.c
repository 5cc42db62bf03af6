/* echo.c - echoes of LCP and of SSTP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/echo.h"

#include "session/answers.h"
#include "session/state.h"
#include "wire/conn.h"

void
echo_asked(struct echo *echo, uint8_t id, uint64_t end, struct mark mark)
{
    if (echo->requests++ > 0) {
        echo->interval_last = mark_between(echo->last_request, mark);
        if (echo->intervals++ == 0) {
            echo->interval_min = echo->interval_max = echo->interval_last;
        } else {
            echo->interval_min = MIN(echo->interval_min, echo->interval_last);
            echo->interval_max = MAX(echo->interval_max, echo->interval_last);
        }
    }
    echo->last_request = mark;
    if (echo->num_open < EVIDENCE_FRAMES_MAX)
        echo->open[echo->num_open] = (struct echo_request){ mark, end, id };
    echo->num_open++;
}

void
echo_answered(struct session *session, enum side asker, bool sstp, uint8_t id, struct mark mark)
{
    struct echo *echo = sstp ? &session->sstp.echo[asker] : &session->lcp_echo[asker];
    uint32_t kept = MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX);
    const struct echo_request *request = NULL;

    for (uint32_t i = 0; i < kept && !request; i++)
        if (sstp || echo->open[i].id == id)
            request = &echo->open[i];
    echo->last_reply = mark;
    if (request) {
        int64_t rtt = mark_between(request->mark, mark);
        echo->rtt_min = echo->replies ? MIN(echo->rtt_min, rtt) : rtt;
        echo->rtt_max = MAX(echo->rtt_max, rtt);
        echo->rtt_sum += rtt;
        echo->replies++;
        trace_echo(conn_trace(session->conn), asker, sstp, request->mark, mark);
        answer_add(session, request->mark, mark);
    }
    /* Whatever it answers, it shows that the peer is alive: older requests are no gap. */
    echo->num_open = 0;
}
