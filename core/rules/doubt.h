/* doubt.h - what is not said, or less, where a capture mixes frames up or lacks some
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_DOUBT_H
#define SSTPDIAG_CORE_RULES_DOUBT_H

#include "rules/finding.h"
#include "session/session.h"

/* The capture mixes frames up by more than what passes for a disorder of the path. */
bool doubt_mixed_up(const struct session *session);
/* Takes away what was found by times, or by an order, that mixed up frames and wrong clocks alone
 * may have made. True when an error was among it. */
bool doubt_withhold(GPtrArray *found, const struct session *session);
/* Makes notes of refusals that a session got over while the capture lacks bytes of it. */
void doubt_made_good(const GPtrArray *found, const struct session *session);

#endif
