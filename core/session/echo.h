/* echo.h - follows echoes of LCP and of SSTP. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_ECHO_H
#define SSTPDIAG_CORE_SESSION_ECHO_H

#include "session/echo_facts.h"

struct session;

/* A request of asker; id: of LCP, any for SSTP. */
void echo_asked(struct session *session, enum side asker, bool sstp, uint8_t id, struct mark mark);
/* A reply to asker: of LCP to its request id, or of SSTP, which has no number. */
void echo_answered(struct session *session, enum side asker, bool sstp, uint8_t id,
                   struct mark mark);

#endif
