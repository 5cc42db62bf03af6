/* thresholds.h - from when on something counts, as constants; what they are: thresholds.def
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_THRESHOLDS_H
#define SSTPDIAG_CORE_BASE_THRESHOLDS_H

enum threshold {
#define THRESHOLD(name, value, what, source) name = (value),
#include "base/thresholds.def"
#undef THRESHOLD
};

#endif
