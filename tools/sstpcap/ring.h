/* ring.h - the files that a recording is written to: one, or a ring of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_RING_H
#define SSTPCAP_RING_H

#include "options.h"
#include "sink.h"

struct ring;

/* options must live as long. */
struct ring *ring_new(const struct options *options);
void ring_free(struct ring *ring);

/* Opens sink for the next file, and removes files that are too many by now. False with *error. */
bool ring_open(struct ring *ring, struct sink *sink, GError **error);
/* Removes the file of the last ring_open(), which took nothing down, where that has made it. */
void ring_discard(struct ring *ring);
/* Has the file in sink the size or the age that options ask for? */
bool ring_is_full(const struct ring *ring, const struct sink *sink);

#endif
