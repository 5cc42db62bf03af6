/* protocols.h - which PPP protocols a side sends, and which it rejects. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_PROTOCOLS_H
#define SSTPDIAG_CORE_SESSION_PROTOCOLS_H

#include "session/ppp_facts.h"

/* A frame of it was sent. */
void protocols_sent(struct protocol_facts *sent, uint16_t protocol);
/* A frame was sent that does not show its protocol, or not all of them. */
void protocols_hidden(struct protocol_facts *sent);
void protocols_rejected(struct rejection_facts *rejections, uint16_t protocol, struct mark mark);

#endif
