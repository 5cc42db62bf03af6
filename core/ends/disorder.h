/* disorder.h - segments that the path brought in another order, or twice. For ends/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_DISORDER_H
#define SSTPDIAG_CORE_ENDS_DISORDER_H

#include "ends/pair.h"
#include "ends/range.h"

/* Fills in what way says of overtaken and doubled segments. sent: the sender's ranges at its own
 * end; came: at the other one. way's shift must be known. */
void disorder_find(struct pair_way *way, const struct range_lists *sent,
                   const struct range_lists *came);

#endif
