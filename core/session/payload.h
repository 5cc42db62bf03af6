/* payload.h - what a session is told by the packets in the tunnel. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_PAYLOAD_H
#define SSTPDIAG_CORE_SESSION_PAYLOAD_H

#include "codec/ppp.h"
#include "session/payload_facts.h"

struct session;

/* An inner packet; packet_len: of the SSTP packet around it. */
void payload_feed(struct session *session, enum side side, size_t packet_len,
                  const struct ppp_frame *frame, struct mark mark);
/* Data whose size says nothing about the inner packet's: compressed, encrypted or in parts. */
void payload_feed_opaque(struct session *session, enum side side, const struct ppp_frame *frame,
                         struct mark mark);

#endif
