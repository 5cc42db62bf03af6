/* group.h - the sessions of a capture that are one connection, each from another capture point. For
 * ends/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_GROUP_H
#define SSTPDIAG_CORE_ENDS_GROUP_H

#include "rules/rules.h"

struct group {
    GPtrArray *members; /* struct result, one of each capture point; empty: joined to another */
};

/* An array that owns struct group, in order of their first results. Results without a connection
 * are in none; the others are in one, most of them alone. results must outlive it. */
GPtrArray *groups_new(const GPtrArray *results);
/* The two members that stand furthest apart; ends[SIDE_SERVER] is NULL where there is only one. */
void group_ends(const struct group *group, struct result *ends[SIDE_COUNT]);
/* The interface where it was captured. */
uint32_t group_interface(const struct result *member);

#endif
