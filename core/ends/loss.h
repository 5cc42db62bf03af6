/* loss.h - bytes that left one end of a pair and never came to the other. For ends/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_LOSS_H
#define SSTPDIAG_CORE_ENDS_LOSS_H

#include "ends/pair.h"

/* Fills in what the way of side's bytes says of loss, and its hole. The way must be comparable, and
 * clock and delays known. */
void loss_find(struct pair *pair, int side);

#endif
