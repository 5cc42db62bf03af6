/* doubt.h - what is not said where order or times of the capture cannot be trusted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_DOUBT_H
#define SSTPDIAG_CORE_RULES_DOUBT_H

#include "rules/finding.h"
#include "session/session.h"

/* Takes away what was found by times, or by an order, that mixed up frames and wrong clocks alone
 * may have made. */
void doubt_withhold(GPtrArray *found, const struct session *session);

#endif
