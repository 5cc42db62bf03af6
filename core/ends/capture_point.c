/* capture_point.c - capture points, and when each of them took something
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/capture_point.h"

#include <string.h>

enum { BUSY_BYTES_MAX = 1 << 17 }; /* twelve days; of what comes later nothing is known */

const char *
capture_point_role_name(enum capture_point_role role)
{
    static const char *const names[] = { "unknown", "client", "server", "middle" };

    return names[role];
}

static void
capture_point_clear(gpointer data)
{
    struct capture_point *capture_point = data;

    g_byte_array_unref(capture_point->busy);
}

GArray *
capture_points_new(void)
{
    GArray *capture_points = g_array_new(FALSE, TRUE, sizeof(struct capture_point));

    g_array_set_clear_func(capture_points, capture_point_clear);
    return capture_points;
}

struct capture_point *
capture_point_of(GArray *capture_points, uint32_t interface)
{
    for (guint i = 0; i < capture_points->len; i++) {
        struct capture_point *capture_point =
            &g_array_index(capture_points, struct capture_point, i);
        if (capture_point->interface == interface)
            return capture_point;
    }
    return NULL;
}

void
capture_points_add(GArray *capture_points, uint32_t interface, struct mark mark)
{
    struct capture_point capture_point = { .interface = interface,
                                           .first = mark,
                                           .busy = g_byte_array_new() };

    capture_point_took(&capture_point, mark);
    g_array_append_val(capture_points, capture_point);
}

/* Once a second, when each segment looks whether it is time: not inline. */
static G_GNUC_NO_INLINE void
capture_point_set_busy(struct capture_point *capture_point, struct mark mark)
{
    GByteArray *busy = capture_point->busy;
    int64_t second = mark.time / NS_PER_SECOND - capture_point->first.time / NS_PER_SECOND;

    if (second < 0 || second / 8 >= BUSY_BYTES_MAX)
        return;
    capture_point->second =
        capture_point->first.time / NS_PER_SECOND * NS_PER_SECOND + second * NS_PER_SECOND;
    guint byte = (guint)(second / 8), had = busy->len;
    if (byte >= had) {
        g_byte_array_set_size(busy, byte + 1);
        memset(busy->data + had, 0, byte + 1 - had);
    }
    busy->data[byte] |= (uint8_t)(1U << (second % 8));
}

void
capture_point_took(struct capture_point *capture_point, struct mark mark)
{
    capture_point->last = mark;
    if (capture_point->busy->len == 0 || mark.time < capture_point->second ||
        time_between(capture_point->second, mark.time) >= NS_PER_SECOND)
        capture_point_set_busy(capture_point, mark);
}

bool
capture_point_was_busy(const struct capture_point *capture_point, int64_t from, int64_t to)
{
    int64_t since = capture_point->first.time / NS_PER_SECOND;

    if (from < capture_point->first.time || to > capture_point->last.time)
        return false;
    for (int64_t second = from / NS_PER_SECOND - since; second <= to / NS_PER_SECOND - since;
         second++) {
        if (second / 8 >= capture_point->busy->len)
            return false;
        if (capture_point->busy->data[second / 8] & 1U << (second % 8))
            return true;
    }
    return false;
}
