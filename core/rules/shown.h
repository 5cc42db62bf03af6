/* shown.h - what a log must show for a finding to be told of it. For rules/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_SHOWN_H
#define SSTPDIAG_CORE_RULES_SHOWN_H

#include "rules/view.h"

/* Takes out what the log of this view does not show well enough. The rest rests on a log, and is
 * likely at best. */
void shown_withhold(struct view *view);

#endif
