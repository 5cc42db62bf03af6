/* goodbye.h - who ended a session, and what that means for the rest. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_GOODBYE_H
#define SSTPDIAG_CORE_SESSION_GOODBYE_H

#include "base/event.h"

struct session;

/* side ended its part of the session. What the other says after it, it does not hear. */
bool goodbye_has_left(const struct session *session, enum side side);
/* by acknowledges a goodbye. Where the other side's bytes are not all there, that proves one. */
void goodbye_acknowledged(struct session *session, enum side by, struct mark mark);

#endif
