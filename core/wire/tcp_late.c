/* tcp_late.c - a FIN or RST behind a hole, further away than its receiver had room for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/tcp_late.h"

#include <glib.h>

#include "base/thresholds.h"
#include "wire/tcp_silence.h"

static bool
is_open(const struct tcp_half *half)
{
    return !mark_is_set(half->fin) && !mark_is_set(half->rst);
}

void
tcp_late_keep(struct tcp_late **late, const struct tcp_half *half, const struct tcp_half *peer,
              const struct segment *segment, int64_t at)
{
    if (*late || !is_open(half) || at < (int64_t)MAX(half->next, half->acked) ||
        at > (int64_t)MAX(half->next, half->acked) + TCP_REACH_MAX)
        return;
    *late = g_new(struct tcp_late, 1);
    **late = (struct tcp_late){ .segment = *segment,
                                .at = (uint64_t)at,
                                .idle = silence_of_both(half, peer, segment->mark),
                                .first = is_open(peer) };
    (*late)->segment.options = (*late)->segment.payload = NULL;
    (*late)->segment.options_len = (*late)->segment.captured_len = 0;
}

void
tcp_late_take(struct tcp_late *late, struct tcp_half *half)
{
    if (late->taken || !is_open(half))
        return;
    late->taken = true;
    half->ended_at = late->at;
    if (late->segment.flags & TCP_FIN)
        half->fin = late->segment.mark;
    if (late->segment.flags & TCP_RST)
        half->rst = late->segment.mark;
    if (late->segment.flags & TCP_RST)
        path_segment(&half->path, &late->segment);
    if (late->first)
        half->idle_before_close = late->idle;
}

/* Sent behind the end: a FIN is sent again, and acknowledges what comes. What the path held up left
 * before it. */
static bool
goes_on(const struct tcp_late *late, const struct tcp_half *half, const struct segment *segment)
{
    uint64_t end = MAX(half->next, half->acked);

    if ((segment->flags & TCP_RST) || end >= late->at ||
        mark_between(late->segment.mark, segment->mark) < REORDERING_NS)
        return false;
    return (late->segment.flags & TCP_RST) || segment->payload_len > 0;
}

void
tcp_late_heard(struct tcp_late **late, struct tcp_half *half, const struct segment *segment)
{
    if (!*late || !goes_on(*late, half, segment))
        return;
    if ((*late)->taken) {
        half->ended_at = 0;
        half->fin = half->rst = (struct mark){ 0 };
        path_forget_reset(&half->path);
        if ((*late)->first)
            half->idle_before_close = 0;
    }
    g_clear_pointer(late, g_free);
}
