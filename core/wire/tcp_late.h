/* tcp_late.h - a FIN or RST behind a hole, further away than its receiver had room for. For wire/
 * alone.
 *
 * A capture that lacks what stood before it lacks what opened the window as well: so the receiver
 * may have taken it. A stray one looks the same. What comes afterwards decides: it was none when
 * its sender goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TCP_LATE_H
#define SSTPDIAG_CORE_WIRE_TCP_LATE_H

#include "wire/tcp_half.h"

struct tcp_late {
    struct segment segment; /* without its bytes */
    uint64_t at;            /* its offset */
    int64_t idle;           /* nanoseconds before it without payload of anybody */
    bool taken;             /* its sender's end for now */
    bool first;             /* of either side */
};

/* Keeps the first one that side sent while the connection was open. */
void tcp_late_keep(struct tcp_late **late, const struct tcp_half *half, const struct tcp_half *peer,
                   const struct segment *segment, int64_t at);
/* It ends what its sender sent, unless that ended otherwise. */
void tcp_late_take(struct tcp_late *late, struct tcp_half *half);
/* Another segment of its sender, which the receiver takes: the end is undone where the sender goes
 * on. */
void tcp_late_heard(struct tcp_late **late, struct tcp_half *half, const struct segment *segment);

#endif
