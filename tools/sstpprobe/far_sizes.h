/* far_sizes.h - how large packets of the server may be, by further connections as far as LCP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_FAR_SIZES_H
#define SSTPPROBE_FAR_SIZES_H

#include "walk.h"

/* Where full packets of the server are lost: which ones pass, into walk->fits and the trial. */
void far_sizes_walk(struct walk *walk);

#endif
