/* tcp_window.h - which sequence numbers a sender can mean by now (RFC 9293 3.10.7.4). For wire/
 * alone.
 *
 * The receiver takes what lies in the window that it opened. A capture may lack the segments that
 * opened it, or the handshake that says in which unit it is: so there is some room beyond it, and
 * where both sides are really elsewhere the window follows them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TCP_WINDOW_H
#define SSTPDIAG_CORE_WIRE_TCP_WINDOW_H

#include "wire/tcp_half.h"

/* Numbers far from all others, one behind the other: somebody may have gone there. */
struct tcp_elsewhere {
    int64_t end;
    unsigned num;
};

/* Of one sender; offsets are those of struct tcp_half. All zeros to begin with. */
struct tcp_window {
    uint64_t edge;   /* the furthest that the receiver had room for */
    uint32_t widest; /* bytes */
    bool known;
    struct tcp_elsewhere sent, acked;
};

/* Is a segment from at on, of len bytes, one of this sender's? May move half to where it went. */
bool tcp_window_has(struct tcp_window *window, struct tcp_half *half, int64_t at, size_t len);
/* May the receiver acknowledge all before at? */
bool tcp_window_has_ack(struct tcp_window *window, struct tcp_half *half, int64_t at);
/* Is a FIN at this offset, or a reset, taken by the receiver? It is, too, where the other side was
 * heard there; otherwise other numbers may show so later. */
bool tcp_window_has_fin(struct tcp_window *window, struct tcp_half *half, int64_t at);
bool tcp_window_has_reset(struct tcp_window *window, struct tcp_half *half, int64_t at);
/* Might the receiver's acknowledgement be this, by what the window says now? */
bool tcp_window_may_ack(const struct tcp_window *window, const struct tcp_half *half, int64_t at);
/* The receiver has room for so many bytes from at on. */
void tcp_window_opens(struct tcp_window *window, int64_t at, uint32_t room);

#endif
