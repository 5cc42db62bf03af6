/* pairs.c - the connections of a capture that were seen from two capture points
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pairs.h"

#include "ends/group.h"
#include "ends/loss.h"
#include "ends/passage.h"

static void
pair_free(gpointer data)
{
    struct pair *pair = data;

    g_ptr_array_unref(pair->found);
    g_array_unref(pair->found_at);
    for (int side = 0; side < SIDE_COUNT; side++)
        if (pair->way[side].delays)
            g_array_unref(pair->way[side].delays);
    verdict_clear(&pair->verdict);
    g_free(pair);
}

/* Whoever is between the ends is in the middle. */
static void
set_roles(const struct group *group, struct result *const ends[SIDE_COUNT], GArray *capture_points)
{
    for (guint i = 0; i < group->members->len; i++) {
        const struct result *member = g_ptr_array_index(group->members, i);
        struct capture_point *capture_point =
            capture_point_of(capture_points, group_interface(member));
        bool middle = member != ends[SIDE_CLIENT] && member != ends[SIDE_SERVER];
        if (capture_point && (middle || capture_point->role == ROLE_UNKNOWN))
            capture_point->role = middle                        ? ROLE_MIDDLE
                                  : member == ends[SIDE_CLIENT] ? ROLE_CLIENT
                                                                : ROLE_SERVER;
    }
}

/* Of a group of two sessions or more; NULL when its capture points are not known. */
static struct pair *
pair_new(const struct group *group, GArray *capture_points)
{
    struct result *ends[SIDE_COUNT];
    struct capture_point *at[SIDE_COUNT];

    group_ends(group, ends);
    if (!ends[SIDE_SERVER])
        return NULL;
    for (int side = 0; side < SIDE_COUNT; side++)
        at[side] = capture_point_of(capture_points, group_interface(ends[side]));
    if (!at[SIDE_CLIENT] || !at[SIDE_SERVER])
        return NULL;
    set_roles(group, ends, capture_points);
    struct pair *pair = g_new0(struct pair, 1);
    for (int side = 0; side < SIDE_COUNT; side++) {
        pair->end[side] = ends[side];
        pair->at[side] = at[side];
    }
    if (!pair_match_find(ends[SIDE_CLIENT]->session, ends[SIDE_SERVER]->session, &pair->match))
        pair->match = PAIR_CORRELATION_ID; /* each shares one with a session between them */
    pair->found = g_ptr_array_new_with_free_func(finding_free);
    pair->found_at = g_array_new(FALSE, FALSE, sizeof(enum side));
    return pair;
}

/* --- clocks ---------------------------------------------------------------------------------- */

static bool
same_capture_points(const struct pair *a, const struct pair *b)
{
    return a->at[SIDE_CLIENT] == b->at[SIDE_CLIENT] && a->at[SIDE_SERVER] == b->at[SIDE_SERVER];
}

/* Sets the clock of all pairs that stand between the same two capture points: what moved in any of
 * them tells how the two clocks differ. first: index of the first of these pairs. */
static void
pairs_set_clock(GPtrArray *pairs, GArray *(*passages)[SIDE_COUNT], guint first)
{
    GArray *samples[SIDE_COUNT];
    struct clock clock;

    for (int side = 0; side < SIDE_COUNT; side++) {
        samples[side] = g_array_new(FALSE, FALSE, sizeof(struct clock_sample));
        for (guint i = first; i < pairs->len; i++) {
            const GArray *moved = passages[i][side];
            if (!same_capture_points(g_ptr_array_index(pairs, i), g_ptr_array_index(pairs, first)))
                continue;
            for (guint k = 0; k < moved->len; k++) {
                const struct clock_sample sample =
                    passage_sample(&g_array_index(moved, struct passage, k), side);
                g_array_append_val(samples[side], sample);
            }
        }
    }
    bool known = clock_estimate(samples, &clock);
    for (guint i = first; known && i < pairs->len; i++) {
        struct pair *pair = g_ptr_array_index(pairs, i);
        if (!same_capture_points(pair, g_ptr_array_index(pairs, first)))
            continue;
        pair->clock = clock;
        pair->clock_known = true;
    }
    for (int side = 0; side < SIDE_COUNT; side++)
        g_array_unref(samples[side]);
}

static bool
is_first_between(const GPtrArray *pairs, guint i)
{
    for (guint k = 0; k < i; k++)
        if (same_capture_points(g_ptr_array_index(pairs, k), g_ptr_array_index(pairs, i)))
            return false;
    return true;
}

/* --- all of them ----------------------------------------------------------------------------- */

static void
pairs_compare(GPtrArray *pairs)
{
    GArray *(*passages)[SIDE_COUNT] = g_malloc0_n(pairs->len + 1, sizeof *passages);

    for (guint i = 0; i < pairs->len; i++) {
        for (int side = 0; side < SIDE_COUNT; side++)
            passages[i][side] = g_array_new(FALSE, FALSE, sizeof(struct passage));
        passages_find(g_ptr_array_index(pairs, i), passages[i]);
    }
    for (guint i = 0; i < pairs->len; i++)
        if (is_first_between(pairs, i))
            pairs_set_clock(pairs, passages, i);
    for (guint i = 0; i < pairs->len; i++) {
        struct pair *pair = g_ptr_array_index(pairs, i);
        for (int side = 0; side < SIDE_COUNT; side++) {
            passages_to_delays(pair, side, passages[i][side]);
            g_array_unref(passages[i][side]);
        }
        for (int side = 0; side < SIDE_COUNT; side++)
            if (pair->way[side].comparable && pair->clock_known)
                loss_find(pair, side);
    }
    g_free(passages);
}

GPtrArray *
pairs_new(const GPtrArray *results, GArray *capture_points)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func(pair_free), *groups;

    for (guint i = 0; i < capture_points->len; i++)
        g_array_index(capture_points, struct capture_point, i).role = ROLE_UNKNOWN;
    if (capture_points->len < 2)
        return pairs;
    groups = groups_new(results);
    for (guint i = 0; i < groups->len; i++) {
        const struct group *group = g_ptr_array_index(groups, i);
        struct pair *pair = group->members->len > 1 ? pair_new(group, capture_points) : NULL;
        if (pair)
            g_ptr_array_add(pairs, pair);
    }
    pairs_compare(pairs);
    g_ptr_array_unref(groups);
    return pairs;
}
