/* attempts.c - what logs alone tell: attempts to connect, one behind the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/attempts.h"

#include <string.h>

#include "base/event.h"
#include "base/hash.h"
#include "base/thresholds.h"
#include "log/marks.h"
#include "log/meaning.h"
#include "log/offsets.h"
#include "log/sides.h"
#include "log/split.h"

/* Of which end a log is; those of nobody know are with the server's, as they are of what stands
 * before and behind it. */
static GArray *
sides_of(const GPtrArray *logs, bool *both)
{
    GArray *sides = g_array_new(FALSE, FALSE, sizeof(enum side));
    bool any[SIDE_COUNT] = { false };

    for (guint i = 0; i < logs->len; i++) {
        enum side side;
        if (log_side(g_ptr_array_index(logs, i), &side))
            any[side] = true;
        else
            side = SIDE_SERVER;
        g_array_append_val(sides, side);
    }
    *both = any[SIDE_CLIENT] && any[SIDE_SERVER];
    return sides;
}

static int64_t
shifted(int64_t time, int64_t shift)
{
    if (time == LOG_NO_TIME ||
        (shift > 0 ? time > INT64_MAX - shift : time < INT64_MIN + 1 - shift))
        return time;
    return time + shift;
}

/* Of the logs of one side; SIDE_COUNT: of all. */
static GArray *
lines_of(const GPtrArray *logs, const GArray *offsets, const GArray *sides, int side)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct log_told));

    for (guint file = 0; file < logs->len; file++) {
        const struct log *log = g_ptr_array_index(logs, file);
        int64_t shift = g_array_index(offsets, struct log_offset, file).shift;
        if (side != SIDE_COUNT && (int)g_array_index(sides, enum side, file) != side)
            continue;
        for (guint i = 0; i < log->entries->len; i++) {
            const struct log_entry *entry = &g_array_index(log->entries, struct log_entry, i);
            struct log_told told = { entry, file, shifted(entry->time, shift) };
            g_array_append_val(lines, told);
        }
    }
    g_array_sort(lines, log_told_compare);
    return lines;
}

static GPtrArray *
attempts_of(const GPtrArray *logs, const GArray *offsets, const GArray *sides, int side)
{
    GArray *lines = lines_of(logs, offsets, sides, side);
    GPtrArray *attempts = log_split(lines);

    g_array_unref(lines);
    return attempts;
}

/* --- both ends ------------------------------------------------------------------------------- */

/* At the same time, as far as the stamps tell. */
static bool
overlap(const struct log_attempt *a, const struct log_attempt *b)
{
    const int64_t slack = LOG_SAME_SECONDS * NS_PER_SECOND;

    if (a->first == LOG_NO_TIME || b->first == LOG_NO_TIME)
        return a->first == b->first;
    return time_between(a->last, b->first) <= slack && time_between(b->last, a->first) <= slack;
}

/* Marks of all attempts: hash -> attempt. What several have is NULL. */
static GHashTable *
marks_of(const GPtrArray *attempts)
{
    GHashTable *marks = g_hash_table_new_full(hash_number, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < attempts->len; i++) {
        struct log_attempt *attempt = g_ptr_array_index(attempts, i);
        for (guint k = 0; k < attempt->lines->len; k++) {
            struct log_mark found[LOG_MARKS_MAX];
            unsigned num =
                log_marks_of(g_array_index(attempt->lines, struct log_told, k).entry, found);
            for (unsigned m = 0; m < num; m++) {
                gint64 key = (gint64)found[m].hash;
                bool known = g_hash_table_contains(marks, &key);
                bool other = known && g_hash_table_lookup(marks, &key) != attempt;
                g_hash_table_insert(marks, g_memdup2(&key, sizeof key), other ? NULL : attempt);
            }
        }
    }
    return marks;
}

static enum log_match
match_of(enum log_mark_kind kind)
{
    static const enum log_match matches[] = {
        [LOG_MARK_NONE] = LOG_MATCH_NONE,
        [LOG_MARK_ID] = LOG_MATCH_ID,
        [LOG_MARK_RANDOM] = LOG_MATCH_MESSAGES,
        [LOG_MARK_ADDRESS] = LOG_MATCH_ADDRESS,
    };

    return matches[kind];
}

/* The other end's attempt that has a mark of this one. An address alone is given out again. */
static struct log_attempt *
find_by_marks(GHashTable *marks, const struct log_attempt *attempt, enum log_match *match)
{
    struct log_attempt *found = NULL;

    *match = LOG_MATCH_NONE;
    for (guint k = 0; k < attempt->lines->len; k++) {
        struct log_mark own[LOG_MARKS_MAX];
        unsigned num = log_marks_of(g_array_index(attempt->lines, struct log_told, k).entry, own);
        for (unsigned m = 0; m < num; m++) {
            gint64 key = (gint64)own[m].hash;
            struct log_attempt *other = g_hash_table_lookup(marks, &key);
            enum log_match by = match_of(own[m].kind);
            if (!other || (by == LOG_MATCH_ADDRESS && !overlap(attempt, other)) ||
                (*match != LOG_MATCH_NONE && *match <= by))
                continue;
            found = other;
            *match = by;
        }
    }
    return found;
}

static bool
has_packets(const struct log_attempt *attempt)
{
    for (guint i = 0; i < attempt->lines->len; i++)
        if (g_array_index(attempt->lines, struct log_told, i).entry->packet.kind != LOG_PACKET_NONE)
            return true;
    return false;
}

/* The only one at that time, of those with messages where there are such; NULL: there is none, or
 * more than one. */
static struct log_attempt *
find_by_time(const GPtrArray *attempts, const struct log_attempt *attempt)
{
    struct log_attempt *found[2] = { NULL };
    guint num[2] = { 0 };

    for (guint i = 0; i < attempts->len; i++) {
        struct log_attempt *other = g_ptr_array_index(attempts, i);
        if (!overlap(attempt, other))
            continue;
        int with = has_packets(other);
        found[with] = other;
        num[with]++;
    }
    if (num[1] > 0)
        return num[1] == 1 ? found[1] : NULL;
    return num[0] == 1 ? found[0] : NULL;
}

/* Both have messages with numbers that somebody drew, or ids, and none in common: two sessions. */
static bool
marks_differ(const struct log_attempt *a, const struct log_attempt *b)
{
    const struct log_attempt *ends[] = { a, b };
    bool has[2] = { false };

    for (int end = 0; end < 2; end++)
        for (guint k = 0; k < ends[end]->lines->len && !has[end]; k++) {
            struct log_mark own[LOG_MARKS_MAX];
            unsigned num =
                log_marks_of(g_array_index(ends[end]->lines, struct log_told, k).entry, own);
            for (unsigned m = 0; m < num; m++)
                has[end] |= own[m].kind == LOG_MARK_RANDOM;
        }
    return has[0] && has[1];
}

static struct log_attempt *
merged(const struct log_attempt *a, const struct log_attempt *b, enum log_match match)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct log_told));
    struct log_attempt *attempt = log_attempt_new();

    g_array_append_vals(lines, a->lines->data, a->lines->len);
    g_array_append_vals(lines, b->lines->data, b->lines->len);
    g_array_sort(lines, log_told_compare);
    for (guint i = 0; i < lines->len; i++)
        log_attempt_add(attempt, &g_array_index(lines, struct log_told, i));
    attempt->mixed = a->mixed || b->mixed;
    attempt->match = match;
    g_array_unref(lines);
    return attempt;
}

static gint
compare_attempts(gconstpointer a, gconstpointer b)
{
    const struct log_attempt *first = *(const struct log_attempt *const *)a;
    const struct log_attempt *second = *(const struct log_attempt *const *)b;

    return (first->first > second->first) - (first->first < second->first);
}

/* Takes both, and frees them. */
static GPtrArray *
join_ends(GPtrArray *clients, GPtrArray *servers)
{
    GPtrArray *joined = g_ptr_array_new_with_free_func(log_attempt_free);
    GHashTable *marks = marks_of(servers);

    for (guint i = 0; i < clients->len; i++) {
        struct log_attempt *client = g_ptr_array_index(clients, i), *server;
        enum log_match match;
        server = find_by_marks(marks, client, &match);
        if (!server) {
            server = find_by_time(servers, client);
            if (server && (find_by_time(clients, server) != client || marks_differ(client, server)))
                server = NULL;
            match = LOG_MATCH_TIME;
        }
        guint at;
        if (server && g_ptr_array_find(servers, server, &at)) {
            g_ptr_array_add(joined, merged(client, server, match));
            g_ptr_array_remove_index(servers, at);
        } else {
            g_ptr_array_add(joined, g_ptr_array_index(clients, i));
            g_ptr_array_index(clients, i) = log_attempt_new();
        }
    }
    while (servers->len > 0)
        g_ptr_array_add(joined, g_ptr_array_steal_index(servers, 0));
    g_hash_table_unref(marks);
    g_ptr_array_unref(servers);
    g_ptr_array_unref(clients);
    g_ptr_array_sort(joined, compare_attempts);
    return joined;
}

static bool
is_all_foreign(const struct log_attempt *attempt)
{
    for (guint i = 0; i < attempt->lines->len; i++)
        if (!log_meaning_foreign(g_array_index(attempt->lines, struct log_told, i).entry))
            return false;
    return true;
}

/* Nothing but lines of programs that have nothing to do with SSTP is no attempt to connect. */
static GPtrArray *
without_foreign(GPtrArray *attempts)
{
    for (guint i = attempts->len; i-- > 0;)
        if (is_all_foreign(g_ptr_array_index(attempts, i)))
            g_ptr_array_remove_index(attempts, i);
    return attempts;
}

struct log_attempts *
log_attempts_new(const GPtrArray *logs)
{
    struct log_attempts *attempts = g_new0(struct log_attempts, 1);
    bool both;
    GArray *sides = sides_of(logs, &both);

    attempts->offsets = log_offsets_new(logs);
    attempts->attempts =
        without_foreign(both ? join_ends(attempts_of(logs, attempts->offsets, sides, SIDE_CLIENT),
                                         attempts_of(logs, attempts->offsets, sides, SIDE_SERVER))
                             : attempts_of(logs, attempts->offsets, sides, SIDE_COUNT));
    g_array_unref(sides);
    return attempts;
}

void
log_attempts_free(struct log_attempts *attempts)
{
    g_ptr_array_unref(attempts->attempts);
    g_array_unref(attempts->offsets);
    g_free(attempts);
}
