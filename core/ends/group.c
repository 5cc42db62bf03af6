/* group.c - the sessions of a capture that are one connection, each from another capture point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/group.h"

#include "base/hash.h"
#include "ends/nearer.h"
#include "ends/pair_match.h"

enum { MATCHES_LOOKED_AT = 16 /* sessions with the same mark that are looked through */ };

uint32_t
group_interface(const struct result *member)
{
    return conn_interface(session_conn(member->session));
}

static bool
group_has(const struct group *group, uint32_t interface)
{
    for (guint i = 0; i < group->members->len; i++)
        if (group_interface(g_ptr_array_index(group->members, i)) == interface)
            return true;
    return false;
}

static struct group *
group_new(struct result *result)
{
    struct group *group = g_new0(struct group, 1);

    group->members = g_ptr_array_new();
    g_ptr_array_add(group->members, result);
    return group;
}

static void
group_free(gpointer data)
{
    struct group *group = data;

    g_ptr_array_unref(group->members);
    g_free(group);
}

/* Takes the other's members over. of: the group of a session, by its id. False when both have one
 * of the same capture point. */
static bool
group_join(struct group *group, struct group *other, struct group **of)
{
    for (guint i = 0; i < other->members->len; i++)
        if (group_has(group, group_interface(g_ptr_array_index(other->members, i))))
            return false;
    for (guint i = 0; i < other->members->len; i++) {
        struct result *member = g_ptr_array_index(other->members, i);
        g_ptr_array_add(group->members, member);
        of[session_id(member->session)] = group;
    }
    g_ptr_array_set_size(other->members, 0);
    return true;
}

/* A mark that says little: several sessions of one capture point have it. Sequence numbers and
 * bytes repeat where a connection is seen in two pieces, and are compared whole. */
static bool
is_common(const GPtrArray *same, enum pair_match match)
{
    GHashTable *seen;
    bool common = false;

    if (match != PAIR_CORRELATION_ID)
        return false;
    seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < same->len && !common; i++)
        common = !g_hash_table_add(
            seen, GUINT_TO_POINTER(group_interface(g_ptr_array_index(same, i)) + 1));
    g_hash_table_unref(seen);
    return common;
}

/* Results by each of their marks of this kind: arrays of struct result, in order of appearance. */
static GHashTable *
marks_index(const GPtrArray *results, enum pair_match match)
{
    GHashTable *known = g_hash_table_new_full(hash_number, g_int64_equal, g_free,
                                              (GDestroyNotify)g_ptr_array_unref);
    uint64_t marks[PAIR_MATCH_MARKS_MAX];

    for (guint i = 0; i < results->len; i++) {
        struct result *result = g_ptr_array_index(results, i);
        unsigned num = pair_match_marks(result->session, match, marks);
        for (unsigned k = 0; k < num; k++) {
            GPtrArray *same = g_hash_table_lookup(known, &marks[k]);
            if (!same) {
                same = g_ptr_array_new();
                g_hash_table_insert(known, g_memdup2(&marks[k], sizeof marks[k]), same);
            }
            g_ptr_array_add(same, result);
        }
    }
    return known;
}

/* Joins a session to one of those before it that have the same mark. */
static void
join_one_of(const GPtrArray *same, const struct session *session, struct group **of,
            enum pair_match match)
{
    for (guint n = 0; n < MIN(same->len, (guint)MATCHES_LOOKED_AT); n++) {
        const struct session *other = ((const struct result *)g_ptr_array_index(same, n))->session;
        struct group *a = of[session_id(other)], *b = of[session_id(session)];
        if (other == session)
            return;
        if (a != b && pair_match_is(other, session, match) && group_join(a, b, of))
            return;
    }
}

/* Joins what shares this kind of mark, in order of appearance. */
static void
groups_match(const GPtrArray *results, struct group **of, enum pair_match match)
{
    GHashTable *known = marks_index(results, match);
    uint64_t marks[PAIR_MATCH_MARKS_MAX];

    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        unsigned num = pair_match_marks(result->session, match, marks);
        for (unsigned k = 0; k < num; k++) {
            const GPtrArray *same = g_hash_table_lookup(known, &marks[k]);
            if (!is_common(same, match))
                join_one_of(same, result->session, of, match);
        }
    }
    g_hash_table_unref(known);
}

GPtrArray *
groups_new(const GPtrArray *results)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(group_free), *members = g_ptr_array_new();
    uint32_t ids = 0;

    for (guint i = 0; i < results->len; i++) {
        struct result *result = g_ptr_array_index(results, i);
        if (session_has_no_connection(result->session))
            continue;
        g_ptr_array_add(members, result);
        g_ptr_array_add(groups, group_new(result));
        ids = MAX(ids, session_id(result->session) + 1);
    }
    struct group **of = g_new0(struct group *, ids + 1);
    for (guint i = 0; i < members->len; i++)
        of[session_id(((struct result *)g_ptr_array_index(members, i))->session)] =
            g_ptr_array_index(groups, i);
    for (int match = PAIR_CLIENT_RANDOM; match <= PAIR_CORRELATION_ID && members->len > 1; match++)
        groups_match(members, of, (enum pair_match)match);
    g_free(of);
    g_ptr_array_unref(members);
    return groups;
}

void
group_ends(const struct group *group, struct result *ends[SIDE_COUNT])
{
    ends[SIDE_CLIENT] = g_ptr_array_index(group->members, 0);
    ends[SIDE_SERVER] = NULL;
    for (guint i = 1; i < group->members->len; i++) {
        struct result *member = g_ptr_array_index(group->members, i);
        if (nearer_lean(member->session, ends[SIDE_CLIENT]->session) > 0)
            ends[SIDE_CLIENT] = member;
    }
    for (guint i = 0; i < group->members->len; i++) {
        struct result *member = g_ptr_array_index(group->members, i);
        if (member != ends[SIDE_CLIENT] &&
            (!ends[SIDE_SERVER] || nearer_lean(ends[SIDE_SERVER]->session, member->session) > 0))
            ends[SIDE_SERVER] = member;
    }
}
