/* vantage.c - capture points, and when each of them took something
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vantage.h"

#include <string.h>

enum { BUSY_BYTES_MAX = 1 << 17 }; /* twelve days; of what comes later nothing is known */

const char *
vantage_role_name(enum vantage_role role)
{
    static const char *const names[] = { "unknown", "client", "server", "middle" };

    return names[role];
}

static void
vantage_clear(gpointer data)
{
    struct vantage *vantage = data;

    g_byte_array_unref(vantage->busy);
}

GArray *
vantages_new(void)
{
    GArray *vantages = g_array_new(FALSE, TRUE, sizeof(struct vantage));

    g_array_set_clear_func(vantages, vantage_clear);
    return vantages;
}

struct vantage *
vantage_of(GArray *vantages, uint32_t interface)
{
    for (guint i = 0; i < vantages->len; i++) {
        struct vantage *vantage = &g_array_index(vantages, struct vantage, i);
        if (vantage->interface == interface)
            return vantage;
    }
    return NULL;
}

void
vantages_add(GArray *vantages, uint32_t interface, struct mark mark)
{
    struct vantage vantage = { .interface = interface, .first = mark, .busy = g_byte_array_new() };

    vantage_took(&vantage, mark);
    g_array_append_val(vantages, vantage);
}

static void
vantage_set_busy(struct vantage *vantage, struct mark mark)
{
    GByteArray *busy = vantage->busy;
    int64_t second = mark.time / NS_PER_SECOND - vantage->first.time / NS_PER_SECOND;

    if (second < 0 || second / 8 >= BUSY_BYTES_MAX)
        return;
    vantage->second = vantage->first.time / NS_PER_SECOND * NS_PER_SECOND + second * NS_PER_SECOND;
    guint byte = (guint)(second / 8), had = busy->len;
    if (byte >= had) {
        g_byte_array_set_size(busy, byte + 1);
        memset(busy->data + had, 0, byte + 1 - had);
    }
    busy->data[byte] |= (uint8_t)(1U << (second % 8));
}

void
vantage_took(struct vantage *vantage, struct mark mark)
{
    vantage->last = mark;
    if (vantage->busy->len == 0 || mark.time < vantage->second ||
        mark.time - vantage->second >= NS_PER_SECOND)
        vantage_set_busy(vantage, mark);
}

bool
vantage_was_busy(const struct vantage *vantage, int64_t from, int64_t to)
{
    int64_t since = vantage->first.time / NS_PER_SECOND;

    if (from < vantage->first.time || to > vantage->last.time)
        return false;
    for (int64_t second = from / NS_PER_SECOND - since; second <= to / NS_PER_SECOND - since;
         second++) {
        if (second / 8 >= vantage->busy->len)
            return false;
        if (vantage->busy->data[second / 8] & 1U << (second % 8))
            return true;
    }
    return false;
}
