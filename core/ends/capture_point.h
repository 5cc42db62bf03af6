/* capture_point.h - capture points: the interfaces of a capture, and when each of them took
 * something
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_CAPTURE_POINT_H
#define SSTPDIAG_CORE_ENDS_CAPTURE_POINT_H

#include <glib.h>

#include "base/event.h"

enum capture_point_role { ROLE_UNKNOWN, ROLE_CLIENT, ROLE_SERVER, ROLE_MIDDLE };

/* A capture point: one interface of the capture. */
struct capture_point {
    uint32_t interface;
    struct mark first, last; /* segments of any connection */
    enum capture_point_role role;
    GByteArray *busy; /* a bit for each second since first: set when it took a segment then */
    int64_t second;   /* begin of the one that was set last */
};

/* Their array owns what they hold. */
GArray *capture_points_new(void);
/* NULL when nothing was captured there. */
struct capture_point *capture_point_of(GArray *capture_points, uint32_t interface);
/* Adds a capture point that took its first segment at mark. */
void capture_points_add(GArray *capture_points, uint32_t interface, struct mark mark);
const char *capture_point_role_name(enum capture_point_role role);
void capture_point_took(struct capture_point *capture_point, struct mark mark);
/* It was recording from the one time to the other, and took a segment meanwhile. Nanoseconds of its
 * own clock; what it took is known to the second. */
bool capture_point_was_busy(const struct capture_point *capture_point, int64_t from, int64_t to);

#endif
