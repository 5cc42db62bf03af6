/* ppp.h - what a session is told by PPP frames. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_PPP_H
#define SSTPDIAG_CORE_SESSION_PPP_H

#include "base/event.h"

struct session;

/* packet: a whole SSTP data packet of len bytes. */
void ppp_feed(struct session *session, enum side side, const uint8_t *packet, size_t len,
              struct mark mark);

#endif
