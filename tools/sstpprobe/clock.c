/* clock.c - the probe's one clock
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "clock.h"

#include <glib.h>

enum { NS_PER_US = 1000, NS_PER_MS = 1000000 };

int64_t
clock_now(void)
{
    static int64_t offset; /* microseconds */

    if (offset == 0)
        offset = g_get_real_time() - g_get_monotonic_time();
    return (g_get_monotonic_time() + offset) * NS_PER_US;
}

int
clock_wait(int64_t until, int limit)
{
    const int64_t now = clock_now();
    const int64_t left = until <= now ? 0 : time_between(now, until) / NS_PER_MS + 1;

    return (int)MIN(left, limit);
}
