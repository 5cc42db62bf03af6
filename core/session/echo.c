/* echo.c - echoes of LCP and of SSTP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/echo.h"

#include <string.h>

#include "base/thresholds.h"
#include "session/answers.h"
#include "session/clear.h"
#include "session/state.h"
#include "wire/conn.h"

/* --- requests -------------------------------------------------------------------------------- */

static void
rhythm_add(struct echo_rhythm *rhythm, int64_t interval)
{
    rhythm->last = interval;
    rhythm->min = rhythm->intervals ? MIN(rhythm->min, interval) : interval;
    rhythm->max = MAX(rhythm->max, interval);
    rhythm->intervals++;
}

static void
take_interval(struct echo *echo, struct mark mark)
{
    int64_t interval = MAX(mark_between(echo->last_request, mark), 0);
    bool behind_lump = echo->lump.requests > 1;

    if (interval < ECHO_TOGETHER_NS) {
        echo->rhythm = echo->earlier;
        echo->lump.requests++;
        return;
    }
    echo->earlier = echo->rhythm;
    if (!behind_lump)
        rhythm_add(&echo->rhythm, interval);
    echo->lump = (struct echo_lump){ 1, echo->last_request, mark };
}

static struct echo *
echo_of(struct session *session, enum side asker, bool sstp)
{
    return &PART_OF(sstp ? &session->sstp_echo : &session->lcp_echo, SIDE_COUNT)[asker];
}

void
echo_asked(struct session *session, enum side asker, bool sstp, uint8_t id, struct mark mark)
{
    struct echo *echo = echo_of(session, asker, sstp);
    uint64_t end = clear_end_offset(session, asker);

    if (echo->requests++ > 0)
        take_interval(echo, mark);
    echo->last_request = mark;
    if (echo->num_open < EVIDENCE_FRAMES_MAX)
        echo->open[echo->num_open] = (struct echo_request){ mark, end, id };
    echo->num_open++;
}

/* --- answers --------------------------------------------------------------------------------- */

/* The request of these that is answered, and what is left behind it in echo->late. */
static bool
take_answered(struct echo *echo, const struct echo_request *from, uint32_t num, bool any,
              uint8_t id, struct echo_request *request)
{
    for (uint32_t i = 0; i < num; i++) {
        if (!any && from[i].id != id)
            continue;
        *request = from[i];
        echo->num_late = num - i - 1;
        memmove(echo->late, from + i + 1, echo->num_late * sizeof *from);
        return true;
    }
    return false;
}

static int64_t
thaw_waited(const struct echo_thaw *thaw)
{
    return mark_between(thaw->asked, thaw->first);
}

static void
take_thaw(struct echo *echo, struct mark asked, struct mark mark)
{
    struct echo_thaw *thaw = &echo->thaw;

    if (thaw->answers == 0 || mark_between(thaw->last, mark) >= ECHO_TOGETHER_NS)
        *thaw = (struct echo_thaw){ .asked = asked, .first = mark };
    thaw->answers++;
    thaw->last_asked = asked;
    thaw->last = mark;
    if (thaw->answers > 1 && (echo->longest.asked.frame == thaw->asked.frame ||
                              thaw_waited(thaw) > thaw_waited(&echo->longest)))
        echo->longest = *thaw;
}

void
echo_answered(struct session *session, enum side asker, bool sstp, uint8_t id, struct mark mark)
{
    struct echo *echo = echo_of(session, asker, sstp);
    uint32_t kept = MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX);
    struct echo_request request;

    /* Without a number, only what comes at once can belong to earlier ones. */
    if (sstp && mark_between(echo->last_reply, mark) >= ECHO_TOGETHER_NS)
        echo->num_late = 0;
    if (!mark_is_set(echo->last_reply))
        echo->reply_end = clear_end_offset(session, side_other(asker));
    echo->last_reply = mark;
    if (take_answered(echo, echo->late, echo->num_late, sstp, id, &request) ||
        take_answered(echo, echo->open, kept, sstp, id, &request)) {
        int64_t rtt = MAX(mark_between(request.mark, mark), 0);
        echo->rtt_min = echo->replies ? MIN(echo->rtt_min, rtt) : rtt;
        echo->rtt_max = MAX(echo->rtt_max, rtt);
        echo->rtt_sum += MIN(rtt, INT64_MAX - echo->rtt_sum);
        echo->replies++;
        take_thaw(echo, request.mark, mark);
        trace_echo(conn_trace(session->conn), asker, sstp, request.mark, mark);
        answer_add(session, request.mark, mark);
    }
    /* Whatever it answers, it shows that the peer is alive: older requests are no gap. */
    echo->num_open = 0;
}
