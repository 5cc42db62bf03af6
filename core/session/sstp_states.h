/* sstp_states.h - follows the states of both SSTP peers. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_SSTP_STATES_H
#define SSTPDIAG_CORE_SESSION_SSTP_STATES_H

#include "session/sstp_facts.h"

/* A control message of side: both machines make their step. What side's own does not foresee is
 * noted. */
void sstp_states_follow(struct sstp_facts *sstp, enum side side, uint16_t type, struct mark mark);

#endif
