/* ending.h - how a session came to its end: when, by whom, in which words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_ENDING_H
#define SSTPDIAG_CORE_RULES_ENDING_H

#include "rules/finding.h"
#include "rules/view.h"

/* How a session came to its end first: a goodbye, FIN or RST. */
struct session_end {
    struct mark mark; /* unset while it goes on */
    enum side by;
    bool goodbye; /* of PPP, SSTP or TLS; else FIN or RST */
};

struct session_end session_ending(const struct session *session);
/* From since to the session's end, or to what was read last. */
double seconds_left(const struct session *session, const struct view *view, struct mark since);
/* Details from the Terminate-Requests: what their senders say of the reason. */
void finding_reason(struct finding *finding, const struct session *session);

/* side ended the session by its first goodbye, and something that was said before may have been the
 * reason, or a goodbye itself, and could not be read: what came just before; all behind a gap in
 * TLS; any of the set-up, where the tunnel was not up. */
bool end_is_obscure(const struct session *session, enum side side);
/* The same, behind a sentence that side ended it; "" for nothing. */
const char *unread_before(const struct session *session, enum side side);

/* "RST" or "FIN". */
const char *close_name(bool reset);
/* The connection was open, and nobody had closed it, when side's reset came. */
bool reset_is_first(const struct session *session, enum side side);
/* It was the client's host that closed, and no timer on the path: the close has come no hop, and
 * the capture is not of the server's end, where the hops may be those of a box in front of it. */
bool client_closed_itself(const struct session *session, enum side by);
/* Is it a round time, as idle timers of NAT boxes, firewalls and load balancers are set, within
 * what the session's times may be wrong by? The longer it is, the rounder it must be. */
bool is_timer_value(const struct session *session, double seconds);
/* May a timer have run out after so many seconds without payload before mark? They are no fewer
 * than such timers have, and more than the connection outlived before. */
bool may_be_idle_timer(const struct session *session, double seconds, struct mark mark);

#endif
