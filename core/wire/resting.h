/* resting.h - what is kept of a connection that nobody needs for now, in little memory. For wire/
 * alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_RESTING_H
#define SSTPDIAG_CORE_WIRE_RESTING_H

#include "base/squeeze.h"
#include "wire/track.h"

struct resting {
    struct mark first, last; /* as in the track */
    struct squeezed *track;
};

/* Takes the track. */
struct resting *resting_new(struct track *track);
/* The track as it was; frees resting. */
struct track *resting_wake(struct resting *resting);

#endif
