/* pairs.h - the connections of a capture that were seen from two capture points
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_PAIRS_H
#define SSTPDIAG_CORE_ENDS_PAIRS_H

#include "ends/pair.h"

/* Pairs among the results: an array of struct pair that owns them, in order of the client's
 * sessions, without findings yet. The roles of capture points are found as well. Results and
 * capture points must outlive the pairs. */
GPtrArray *pairs_new(const GPtrArray *results, GArray *capture_points);

#endif
