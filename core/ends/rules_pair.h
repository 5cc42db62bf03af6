/* rules_pair.h - what only two capture points of one connection can show, and the verdict of both
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_RULES_PAIR_H
#define SSTPDIAG_CORE_ENDS_RULES_PAIR_H

#include <glib.h>

/* Of pairs_new(), once: adds findings to each pair, and its verdict. */
void pairs_judge(GPtrArray *pairs);

#endif
