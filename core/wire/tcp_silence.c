/* tcp_silence.c - when nothing was said
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/tcp_silence.h"

#include <glib.h>

#include "base/thresholds.h"

/* --- one side is not answered ---------------------------------------------------------------- */

static int64_t
silence_length(const struct silence *silence)
{
    return mark_between(silence->since, silence->last_resend);
}

void
silence_payload(struct tcp_half *half, bool again, struct mark mark)
{
    struct silence *unheard = &half->unheard;

    if (!mark_is_set(unheard->since)) {
        unheard->since = mark;
        unheard->idle = half->flight.frame == mark.frame ? half->flight_idle : 0;
    }
    if (!again)
        return;
    if (unheard->resends++ == 0)
        unheard->first_resend = mark;
    unheard->last_resend = mark;
    if (half->silence.since.frame == unheard->since.frame || !half->silence.resends ||
        silence_length(unheard) > silence_length(&half->silence))
        half->silence = *unheard;
}

void
silence_heard(struct tcp_half *half, struct mark mark)
{
    if (!mark_is_set(half->unheard.since))
        return;
    if (half->unheard.resends && half->silence.since.frame == half->unheard.since.frame)
        half->silence.until = mark;
    half->unheard = (struct silence){ 0 };
}

/* --- both are idle --------------------------------------------------------------------------- */

bool
silence_ends_by_reset(const struct tcp_half *half, const struct tcp_half *peer, struct mark end)
{
    if (peer->rst.frame != end.frame || !mark_is_set(peer->rst))
        return false;
    /* Some resets acknowledge what they answer. */
    return (half->acked < half->next || half->last_acked.frame == end.frame) &&
           half->last_payload.frame < end.frame;
}

/* Bytes of half are on their way at end, or were until peer's reset, and it comes soon after them.
 */
static bool
ends_with_bytes(const struct tcp_half *half, const struct tcp_half *peer, struct mark end)
{
    return (half->acked < half->next || silence_ends_by_reset(half, peer, end)) &&
           mark_between(half->flight, end) <= CLOSE_ANSWERS_SECONDS * NS_PER_SECOND;
}

int64_t
silence_of_both(const struct tcp_half *half, const struct tcp_half *peer, struct mark end)
{
    struct mark a = half->last_payload, b = peer->last_payload;
    struct mark last = a.time > b.time ? a : b;

    if (ends_with_bytes(half, peer, end))
        return half->flight_idle;
    if (ends_with_bytes(peer, half, end))
        return peer->flight_idle;
    return mark_is_set(last) ? MAX(mark_between(last, end), 0) : 0;
}
