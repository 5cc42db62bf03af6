/* disorder.c - segments that the path brought in another order, or twice
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/disorder.h"

#include "base/thresholds.h"

/* A sender waits for longer than this before it sends a segment again: what came twice within it
 * left once. What came again later was sent again, and the capture at the sender's end lacks that.
 */

static void
way_doubled(struct pair_way *way, struct mark mark)
{
    if (way->doubled < PAIR_FRAMES_MAX)
        way->doubled_frames[way->doubled] = mark.frame;
    way->doubled++;
    way->first_doubled = mark_earlier(way->first_doubled, mark);
}

static void
way_overtaken(struct pair_way *way, struct mark mark)
{
    if (way->overtaken < PAIR_FRAMES_MAX)
        way->overtaken_frames[way->overtaken] = mark.frame;
    way->overtaken++;
    way->first_overtaken = mark_earlier(way->first_overtaken, mark);
}

void
disorder_find(struct pair_way *way, const struct range_lists *sent, const struct range_lists *came)
{
    const struct seq_log_range *last = NULL;

    for (guint i = 0; i < came->again->len; i++) {
        const struct seq_log_range *arrival = &g_array_index(came->again, struct seq_log_range, i);
        /* what brought the same byte earlier, if it holds it */
        const struct seq_log_range *first =
            range_holds(last, arrival->offset) ? last : range_before(came->fresh, arrival->offset);
        const struct mark mark = { arrival->frame, arrival->time };
        last = arrival;
        if (!range_sent_once(sent, arrival->offset - (uint64_t)way->shift))
            continue;
        if (!range_holds(first, arrival->offset))
            way_overtaken(way, mark);
        else if (time_between(first->time, arrival->time) < PAIR_DOUBLED_NS)
            way_doubled(way, mark);
    }
}
