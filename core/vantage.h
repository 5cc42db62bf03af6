/* vantage.h - capture points: the interfaces of a capture, and when each of them took something
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_VANTAGE_H
#define SSTPDIAG_CORE_VANTAGE_H

#include <glib.h>

#include "event.h"

enum vantage_role { ROLE_UNKNOWN, ROLE_CLIENT, ROLE_SERVER, ROLE_MIDDLE };

/* A capture point: one interface of the capture. */
struct vantage {
    uint32_t interface;
    struct mark first, last; /* segments of any connection */
    enum vantage_role role;
    GByteArray *busy; /* a bit for each second since first, set where it took a segment */
    int64_t second;   /* begin of the one that was set last */
};

/* Their array owns what they hold. */
GArray *vantages_new(void);
/* NULL when nothing was captured there. */
struct vantage *vantage_of(GArray *vantages, uint32_t interface);
/* A new one, which took its first segment. */
void vantages_add(GArray *vantages, uint32_t interface, struct mark mark);
const char *vantage_role_name(enum vantage_role role);
void vantage_took(struct vantage *vantage, struct mark mark);
/* It was recording from one time to the other, and took something meanwhile; nanoseconds of its own
 * clock, to the second. */
bool vantage_was_busy(const struct vantage *vantage, int64_t from, int64_t to);

#endif
