/* delivery.h - what a side sent, and whether it came through
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_DELIVERY_H
#define SSTPDIAG_CORE_RULES_DELIVERY_H

#include "session/session.h"

/* The handshake of TCP was completed. */
bool tcp_is_open(const struct session *session);

/* All that side said so far could be read. */
bool side_is_whole(const struct session *session, enum side side);
/* All that side said could be read, and it reached the peer. */
bool side_was_heard(const struct session *session, enum side side);
/* What the client said at said has reached the server. What it sent later need not have: an alert,
 * say, by which it answers a close. */
bool client_was_heard(const struct session *session, struct mark said);

/* side sent something behind that mark: it was captured, or the other one acknowledged it. */
bool side_sent_since(const struct session *session, enum side side, struct mark mark);
/* until, or when what side said behind from began to be missing: from then on nobody knows what it
 * did not say. */
struct mark side_read_until(const struct session *session, enum side side, struct mark from,
                            struct mark until);
/* Something of either side may be missing in between. */
bool either_misses(const struct session *session, struct mark from, struct mark until);

/* Bytes of side were sent again, three times or more in at least three seconds, and are still not
 * acknowledged. */
bool side_resends_in_vain(const struct session *session, enum side side);
/* Bytes of side were sent again and are not acknowledged by now, for longer than a lost segment or
 * two would explain. */
bool side_waits_in_vain(const struct session *session, enum side side, struct mark now);
/* mark is in a time in which side sent again and again what it had sent before, for as long, and
 * nothing at all came from the other side. */
bool side_was_unheard(const struct session *session, enum side side, struct mark mark);
/* The same of either side. */
bool either_was_unheard(const struct session *session, struct mark mark);
/* side's goodbye at mark came together with several LCP Echo-Requests, which it sends in a rhythm:
 * all that was on its way for a while had been held up, and it had given up waiting. */
bool side_was_held_up(const struct session *session, enum side side, struct mark mark);
/* Bytes of one side were sent again in vain so far. Whether they still get through, so that the
 * path explains nothing, only the end shows. */
bool either_is_stuck(const struct session *session);

/* What the server said at said, behind the client's close, cannot answer it: the close took a round
 * trip from where it was captured. */
bool server_spoke_unasked(const struct session *session, struct mark said, struct mark close);

/* Data segments of the side on the wire. Where offload merges them, the capture has fewer: what was
 * sent takes so many at least. */
uint32_t segments_sent(const struct session *session, int side);
/* Does a segment of side with len bytes come near the largest ones? */
bool segment_is_large(const struct session *session, int side, uint64_t len);

#endif
