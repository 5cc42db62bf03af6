/* tcp_silence.h - when nothing was said: how long a sender was not answered at all, and how long
 * both had been idle
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TCP_SILENCE_H
#define SSTPDIAG_CORE_WIRE_TCP_SILENCE_H

#include "wire/tcp_half.h"

/* half sends payload, for the first time or again. */
void silence_payload(struct tcp_half *half, bool again, struct mark mark);
/* The other side says anything. */
void silence_heard(struct tcp_half *half, struct mark mark);

/* peer's reset at end answers bytes of half. */
bool silence_ends_by_reset(const struct tcp_half *half, const struct tcp_half *peer,
                           struct mark end);
/* Nanoseconds without payload of anybody until end, which is now. Bytes that were sent just before
 * it, and that it answers or goes with, do not end them. */
int64_t silence_of_both(const struct tcp_half *half, const struct tcp_half *peer, struct mark end);

#endif
