/* timeline.c - when the frames of a session were, in bounded memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/timeline.h"

static const int64_t gap_first = NS_PER_SECOND / 1000;

/* Keeps half as many, twice as far apart. */
static void
timeline_thin(struct timeline *timeline)
{
    GArray *marks = timeline->marks;
    guint kept = 0;

    timeline->gap = timeline->gap ? 2 * timeline->gap : gap_first;
    for (guint i = 0; i < marks->len; i++) {
        struct mark mark = g_array_index(marks, struct mark, i);
        if (kept && time_between(g_array_index(marks, struct mark, kept - 1).time, mark.time) <
                        timeline->gap)
            continue;
        g_array_index(marks, struct mark, kept++) = mark;
    }
    g_array_set_size(marks, kept);
}

void
timeline_add(struct timeline *timeline, struct mark mark)
{
    if (timeline->gap && mark.time < timeline->next)
        return;
    if (!timeline->marks)
        timeline->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
    while (timeline->marks->len >= TIMELINE_MARKS_MAX)
        timeline_thin(timeline);
    g_array_append_val(timeline->marks, mark);
    timeline->next = time_between(-timeline->gap, mark.time);
}

struct mark
timeline_nearest(const struct timeline *timeline, int64_t time)
{
    struct mark best = { 0, 0 };

    for (guint i = 0; timeline->marks && i < timeline->marks->len; i++) {
        struct mark mark = g_array_index(timeline->marks, struct mark, i);
        if (!mark_is_set(best) || time_apart(mark.time, time) < time_apart(best.time, time))
            best = mark;
    }
    return best;
}

void
timeline_clear(struct timeline *timeline)
{
    if (timeline->marks)
        g_array_unref(timeline->marks);
    timeline->marks = NULL;
}
