/* resting.c - what is kept of a connection that nobody needs for now, in little memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/resting.h"

G_STATIC_ASSERT(sizeof(struct track) % sizeof(uint64_t) == 0);

struct resting *
resting_new(struct track *track)
{
    struct resting *resting = g_new(struct resting, 1);

    *resting = (struct resting){ track->first, track->last, squeeze(track, sizeof *track) };
    g_free(track);
    return resting;
}

struct track *
resting_wake(struct resting *resting)
{
    struct track *track = track_new();

    unsqueeze(resting->track, track);
    g_free(resting->track);
    g_free(resting);
    return track;
}
