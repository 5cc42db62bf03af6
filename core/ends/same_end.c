/* same_end.c - interfaces that saw one connection at the same place
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/same_end.h"

#include "base/thresholds.h"
#include "ends/group.h"
#include "ends/pair_match.h"

/* Round trips of one direction, of which none is more than a part of a whole one longer. */
static bool
is_same_time(int64_t a, int64_t b, int64_t whole)
{
    int64_t apart = ABS(a - b);

    return apart <= SAME_END_NS && apart <= whole / 100 * SAME_END_PERCENT;
}

/* Both wait as long for either end's answers. */
static bool
same_times(const struct conn *a, const struct conn *b)
{
    const struct path_times x = conn_times(a), y = conn_times(b);
    const int64_t whole = MIN(x.to_server + x.to_client, y.to_server + y.to_client);

    return whole > 0 && is_same_time(x.to_server, y.to_server, whole) &&
           is_same_time(x.to_client, y.to_client, whole);
}

/* No router between them: what one does to its packets is worth telling. */
static bool
same_hops(const struct session *a, const struct session *b)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct path_facts *x = &session_half(a, side)->path;
        const struct path_facts *y = &session_half(b, side)->path;
        if (x->ttl_segments && y->ttl_segments && x->ttl_max != y->ttl_max)
            return false;
    }
    return true;
}

static bool
is_same_end(const struct session *a, const struct session *b)
{
    return (pair_match_is(a, b, PAIR_CLIENT_RANDOM) || pair_match_is(a, b, PAIR_ISN)) &&
           endpoint_equal(conn_endpoint(session_conn(a), SIDE_CLIENT),
                          conn_endpoint(session_conn(b), SIDE_CLIENT)) &&
           same_hops(a, b) && same_times(session_conn(a), session_conn(b));
}

static bool
tells_more(const struct session *a, const struct session *b)
{
    return session_evidence(a) != session_evidence(b) ? session_evidence(a) > session_evidence(b)
                                                      : session_id(a) < session_id(b);
}

static void
group_mark(const struct group *group, GHashTable *drop)
{
    for (guint i = 0; i < group->members->len; i++)
        for (guint k = 0; k < i; k++) {
            struct result *a = g_ptr_array_index(group->members, i);
            struct result *b = g_ptr_array_index(group->members, k);
            if (!g_hash_table_contains(drop, a) && !g_hash_table_contains(drop, b) &&
                is_same_end(a->session, b->session))
                g_hash_table_add(drop, tells_more(a->session, b->session) ? b : a);
        }
}

void
same_end_drop(GPtrArray *results)
{
    GHashTable *drop = g_hash_table_new(g_direct_hash, g_direct_equal);
    GPtrArray *groups = groups_new(results);

    for (guint i = 0; i < groups->len; i++)
        group_mark(g_ptr_array_index(groups, i), drop);
    g_ptr_array_unref(groups);
    for (guint i = results->len; i-- > 0;)
        if (g_hash_table_contains(drop, g_ptr_array_index(results, i)))
            g_ptr_array_remove_index(results, i);
    g_hash_table_unref(drop);
}
