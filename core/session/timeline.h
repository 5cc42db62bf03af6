/* timeline.h - when the frames of a session were, in bounded memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_TIMELINE_H
#define SSTPDIAG_CORE_SESSION_TIMELINE_H

#include <glib.h>

#include "base/event.h"

enum { TIMELINE_MARKS_MAX = 1024 };

/* Begins as zeros. Every frame until there are too many; then frames at least gap ns apart. */
struct timeline {
    GArray *marks; /* struct mark, NULL as long as there are none */
    int64_t gap;
    int64_t next; /* earlier frames are passed over */
};

/* In capture order. */
void timeline_add(struct timeline *timeline, struct mark mark);
/* The mark nearest in time; unset when there is none. */
struct mark timeline_nearest(const struct timeline *timeline, int64_t time);
void timeline_clear(struct timeline *timeline);

#endif
