/* tcp_window.c - which sequence numbers a sender can mean by now (RFC 9293 3.10.7.4)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/tcp_window.h"

#include <glib.h>

#include "base/thresholds.h"

enum {
    SLACK_MIN = 1 << 16,  /* bytes beyond the window: the capture lacks what opened it */
    BEHIND_MAX = 1 << 30, /* no duplicate is older: the numbers have begun anew meanwhile */
};

static int64_t
half_far(const struct tcp_half *half)
{
    return (int64_t)MAX(half->next, half->acked);
}

static int64_t
window_slack(const struct tcp_window *window)
{
    return window->known ? MAX((int64_t)window->widest, SLACK_MIN) : TCP_REACH_MAX;
}

static bool
is_near(const struct tcp_window *window, const struct tcp_half *half, int64_t at)
{
    int64_t far = half_far(half);

    return at <= MAX((int64_t)window->edge, far) + window_slack(window) && at >= far - BEHIND_MAX;
}

/* Both went there, and the capture lacks how. Behind all that was seen, the numbers began anew. */
static void
window_moves(struct tcp_window *window, struct tcp_half *half, int64_t at)
{
    if (at < half_far(half))
        half->next = (uint64_t)(at + (INT64_C(1) << 32));
    else
        window->edge = MAX(window->edge, (uint64_t)at);
    window->known = false;
    window->sent = window->acked = (struct tcp_elsewhere){ 0 };
}

/* One more number that is far away. True when several in a row go on there. */
static bool
elsewhere_goes_on(struct tcp_elsewhere *elsewhere, int64_t at, int64_t end)
{
    int64_t ahead = at - elsewhere->end;
    bool follows = elsewhere->num > 0 && ahead >= 0 && ahead <= SLACK_MIN && end > elsewhere->end;

    elsewhere->num = follows ? elsewhere->num + 1 : 1;
    elsewhere->end = end;
    return elsewhere->num >= ELSEWHERE_MIN;
}

static bool
is_with(const struct tcp_elsewhere *elsewhere, int64_t at)
{
    return elsewhere->num > 0 && at >= elsewhere->end - TCP_REACH_MAX &&
           at <= elsewhere->end + TCP_REACH_MAX;
}

bool
tcp_window_has(struct tcp_window *window, struct tcp_half *half, int64_t at, size_t len)
{
    if (is_near(window, half, at)) {
        window->sent.num = 0;
        return true;
    }
    bool goes_on = elsewhere_goes_on(&window->sent, at, at + (int64_t)len);
    if (!goes_on && !is_with(&window->acked, at))
        return false;
    window_moves(window, half, at);
    return true;
}

bool
tcp_window_has_ack(struct tcp_window *window, struct tcp_half *half, int64_t at)
{
    if (is_near(window, half, at)) {
        window->acked.num = 0;
        return true;
    }
    int64_t from = window->acked.num ? window->acked.end : at;
    bool goes_on = elsewhere_goes_on(&window->acked, at - from <= SLACK_MIN ? from : at, at);
    if (!goes_on && !is_with(&window->sent, at))
        return false;
    window_moves(window, half, at);
    return true;
}

/* No segment that was lost behind the window's edge stood between. */
static bool
is_inside(const struct tcp_window *window, const struct tcp_half *half, int64_t at)
{
    return window->known ? at <= MAX((int64_t)window->edge, half_far(half) + 1)
                         : is_near(window, half, at);
}

/* Two numbers that are close to each other, and neither made up from the other. */
static bool
is_beside(const struct tcp_elsewhere *elsewhere, int64_t at)
{
    return elsewhere->num > 0 && at >= elsewhere->end - SLACK_MIN &&
           at <= elsewhere->end + SLACK_MIN;
}

static bool
window_has_end(struct tcp_window *window, struct tcp_half *half, int64_t at)
{
    if (is_inside(window, half, at))
        return true;
    if (is_beside(&window->acked, at) || is_beside(&window->sent, at)) {
        window_moves(window, half, at);
        return true;
    }
    elsewhere_goes_on(&window->sent, at, at);
    return false;
}

bool
tcp_window_has_fin(struct tcp_window *window, struct tcp_half *half, int64_t at)
{
    return at + 1 >= (int64_t)half->acked && window_has_end(window, half, at);
}

bool
tcp_window_has_reset(struct tcp_window *window, struct tcp_half *half, int64_t at)
{
    return at >= (int64_t)half->acked && window_has_end(window, half, at);
}

bool
tcp_window_may_ack(const struct tcp_window *window, const struct tcp_half *half, int64_t at)
{
    return is_near(window, half, at);
}

void
tcp_window_opens(struct tcp_window *window, int64_t at, uint32_t room)
{
    if (at < 0)
        return;
    window->known = true;
    window->widest = MAX(window->widest, room);
    window->edge = MAX(window->edge, (uint64_t)at + room);
}
