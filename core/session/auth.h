/* auth.h - what a session is told by authentication protocols. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_AUTH_H
#define SSTPDIAG_CORE_SESSION_AUTH_H

#include "codec/ppp.h"
#include "session/auth_facts.h"

struct session;

/* protocol: PPP_PAP, PPP_CHAP or PPP_EAP. */
void auth_feed(struct session *session, enum side side, uint16_t protocol,
               const struct ppp_packet *packet, struct mark mark);

#endif
