/* offsets.c - the clocks of several logs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/offsets.h"

#include "base/event.h"
#include "base/hash.h"
#include "base/thresholds.h"
#include "log/marks.h"
#include "log/sides.h"

#define HALF_HOUR_NS (INT64_C(1800) * NS_PER_SECOND)

enum { DIFFERENCES_MAX = 1000 /* that are compared */ };

static const struct log_entry *
entry_at(const struct log *log, guint i)
{
    return &g_array_index(log->entries, struct log_entry, i);
}

/* Times of marks; what stands in the log twice is at INT64_MIN. */
static GHashTable *
marks_of(const struct log *log)
{
    GHashTable *times = g_hash_table_new_full(hash_number, g_int64_equal, g_free, g_free);

    for (guint i = 0; i < log->entries->len; i++) {
        const struct log_entry *entry = entry_at(log, i);
        struct log_mark marks[LOG_MARKS_MAX];
        unsigned num = entry->time == LOG_NO_TIME ? 0 : log_marks_of(entry, marks);
        for (unsigned k = 0; k < num; k++) {
            const gint64 key = (gint64)marks[k].hash;
            int64_t *known = g_hash_table_lookup(times, &key);
            if (marks[k].kind == LOG_MARK_ADDRESS)
                continue;
            if (!known)
                g_hash_table_insert(times, g_memdup2(&key, sizeof key),
                                    g_memdup2(&entry->time, sizeof entry->time));
            else if (marks[k].kind == LOG_MARK_RANDOM)
                *known = INT64_MIN;
        }
    }
    return times;
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    const int64_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

/* Leaves as many as are compared, of all alike. */
static void
thin(GArray *sorted)
{
    guint num = sorted->len;

    for (guint i = 0; num > DIFFERENCES_MAX && i < DIFFERENCES_MAX; i++)
        g_array_index(sorted, int64_t, i) =
            g_array_index(sorted, int64_t, (size_t)i * num / DIFFERENCES_MAX);
    g_array_set_size(sorted, MIN(num, (guint)DIFFERENCES_MAX));
}

/* What has to be added to the log's times; those that both have. */
static GArray *
differences(GHashTable *base, GHashTable *own)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, own);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const int64_t *there = g_hash_table_lookup(base, key), *here = value;
        if (there && *there != INT64_MIN && *here != INT64_MIN) {
            int64_t difference = time_between(*here, *there);
            g_array_append_val(all, difference);
        }
    }
    g_array_sort(all, compare_times);
    thin(all);
    return all;
}

static int64_t
nearest_half_hours(int64_t time)
{
    int64_t half = time < 0 ? -HALF_HOUR_NS / 2 : HALF_HOUR_NS / 2;

    return (time / HALF_HOUR_NS + (time % HALF_HOUR_NS + half) / HALF_HOUR_NS) * HALF_HOUR_NS;
}

static struct log_offset
offset_make(int64_t shift, unsigned matches)
{
    int64_t zone = nearest_half_hours(shift), rest = time_apart(shift, zone);
    struct log_offset offset = { .shift = shift, .known = matches > 0, .matches = matches };

    offset.zone = zone != 0 && rest <= LOG_CLOCK_SECONDS * NS_PER_SECOND;
    if (rest <= LOG_SAME_SECONDS * NS_PER_SECOND)
        offset.shift = zone;
    return offset;
}

/* By the middle one, if most are like it: a log may hold other sessions, too. */
static struct log_offset
offset_by_marks(GHashTable *base, GHashTable *own)
{
    GArray *all = differences(base, own);
    struct log_offset offset = { 0 };

    if (all->len > 0) {
        int64_t middle = g_array_index(all, int64_t, all->len / 2);
        unsigned alike = 0;
        for (guint i = 0; i < all->len; i++)
            alike += time_apart(g_array_index(all, int64_t, i), middle) <=
                     LOG_SAME_SECONDS * NS_PER_SECOND;
        if (alike * 2 > all->len && time_apart(middle, 0) < INT64_MAX / 4)
            offset = offset_make(middle, alike);
    }
    g_array_unref(all);
    return offset;
}

/* The time of the first entry and the last one. False: none has one. */
static bool
log_span(const struct log *log, int64_t *first, int64_t *last)
{
    bool any = false;

    for (guint i = 0; i < log->entries->len; i++) {
        int64_t time = entry_at(log, i)->time;
        if (time == LOG_NO_TIME)
            continue;
        *first = any ? *first : time;
        *last = time;
        any = true;
    }
    return any;
}

/* Both ends of an attempt, at times that differ by half hours, and the zone of one is a guess. */
static struct log_offset
offset_by_zone(const struct log *base, const struct log *own)
{
    int64_t base_first, base_last, first, last, shift;
    enum side base_side, side;

    if (!(base->zone_assumed || own->zone_assumed) || !log_side(base, &base_side) ||
        !log_side(own, &side) || side == base_side || !log_span(base, &base_first, &base_last) ||
        !log_span(own, &first, &last) || (first <= base_last && base_first <= last))
        return (struct log_offset){ 0 };
    shift = nearest_half_hours(time_between(first, base_first));
    if (shift == 0 || time_apart(shift, 0) > 2 * HALF_HOUR_NS * LOG_SHIFT_HOURS_MAX ||
        time_apart(time_between(first, base_first), shift) > LOG_BEGIN_SECONDS * NS_PER_SECOND)
        return (struct log_offset){ 0 };
    return (struct log_offset){ .shift = shift, .zone = true };
}

GArray *
log_offsets_new(const GPtrArray *logs)
{
    GArray *offsets = g_array_new(FALSE, TRUE, sizeof(struct log_offset));
    const struct log *base = logs->len ? g_ptr_array_index(logs, 0) : NULL;
    GHashTable *marks;

    g_array_set_size(offsets, logs->len);
    if (logs->len < 2)
        return offsets;
    marks = marks_of(base);
    for (guint i = 1; i < logs->len; i++) {
        const struct log *log = g_ptr_array_index(logs, i);
        struct log_offset *offset = &g_array_index(offsets, struct log_offset, i);
        GHashTable *own = marks_of(log);
        *offset = offset_by_marks(marks, own);
        if (!offset->known)
            *offset = offset_by_zone(base, log);
        g_hash_table_unref(own);
    }
    g_hash_table_unref(marks);
    return offsets;
}
