/* range.c - a sender's ranges, to be looked up by their place in the stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/range.h"

static gint
range_compare(gconstpointer a, gconstpointer b)
{
    const struct seq_log_range *x = a, *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->time < y->time ? -1 : x->time > y->time;
}

void
range_lists_init(struct range_lists *lists, const struct seq_log *seq_log)
{
    uint64_t reached = 0;

    lists->fresh = g_array_new(FALSE, FALSE, sizeof(struct seq_log_range));
    lists->again = g_array_new(FALSE, FALSE, sizeof(struct seq_log_range));
    for (guint i = 0; seq_log->ranges && i < seq_log->ranges->len; i++) {
        const struct seq_log_range *range =
            &g_array_index(seq_log->ranges, struct seq_log_range, i);
        bool is_fresh = range->offset >= reached || lists->fresh->len == 0;
        g_array_append_vals(is_fresh ? lists->fresh : lists->again, range, 1);
        reached = MAX(reached, range->offset + range->len);
    }
    g_array_sort(lists->again, range_compare);
}

void
range_lists_clear(struct range_lists *lists)
{
    g_array_unref(lists->fresh);
    g_array_unref(lists->again);
}

const struct seq_log_range *
range_before(const GArray *ranges, uint64_t offset)
{
    guint low = 0, high = ranges->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(ranges, struct seq_log_range, middle).offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &g_array_index(ranges, struct seq_log_range, low - 1) : NULL;
}

bool
range_sent_once(const struct range_lists *sent, uint64_t offset)
{
    return range_holds(range_before(sent->fresh, offset), offset) &&
           !range_holds(range_before(sent->again, offset), offset);
}
