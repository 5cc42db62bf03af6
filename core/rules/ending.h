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

/* "RST" or "FIN". */
const char *close_name(bool reset);
/* The connection was open, and nobody had closed it, when side's reset came. */
bool reset_is_first(const struct session *session, enum side side);
/* It was the client's host that closed, and no timer on the path: the capture is of that host, and
 * the close has come no hop. */
bool client_closed_itself(const struct session *session, enum side by);
/* Is it an idle timer as they are set in NAT boxes, firewalls and load balancers? */
bool is_timer_value(double seconds);

#endif
