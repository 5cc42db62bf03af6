/* summary.c - verdicts of many sessions, by server, day and client
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "summary.h"

#include <string.h>

#include "base/text.h"
#include "document.h"

enum { ROWS_MAX = 20 };

enum table { TABLE_VERDICT, TABLE_SERVER, TABLE_DAY, TABLE_CLIENT, TABLE_COUNT };

/* Of a session; strings of the summary's own. */
struct row {
    const char *verdict;
    const char *what[TABLE_COUNT];
};

struct facts {
    bool failed;
    int severity;
    guint sessions;
    GArray *rows; /* struct row: of sessions, or where there is none, of candidates */
};

struct summary {
    GHashTable *captures; /* name -> struct facts */
    GStringChunk *words;
};

struct count {
    const char *name;
    guint number;
};

static void
facts_free(gpointer data)
{
    struct facts *facts = data;

    g_array_unref(facts->rows);
    g_free(facts);
}

struct summary *
summary_new(void)
{
    struct summary *summary = g_new0(struct summary, 1);

    summary->captures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, facts_free);
    summary->words = g_string_chunk_new(4096);
    return summary;
}

void
summary_free(struct summary *summary)
{
    g_hash_table_unref(summary->captures);
    g_string_chunk_free(summary->words);
    g_free(summary);
}

char *
summary_host(const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');

    return colon ? g_strndup(endpoint, (gsize)(colon - endpoint)) : g_strdup(endpoint);
}

char *
summary_day(JsonNode *document, JsonObject *session)
{
    double time =
        json_object_get_double_member_with_default(document_capture(document), "start", 0) +
        json_object_get_double_member_with_default(session, "start", 0);
    GDateTime *when = time > 0 && time < 1e11 ? g_date_time_new_from_unix_utc((gint64)time) : NULL;
    char *day = when ? g_date_time_format(when, "%Y-%m-%d") : g_strdup("unknown");

    if (when)
        g_date_time_unref(when);
    return day;
}

/* "User name or password refused [auth_bad_credentials]"; a document of an older version has no
 * title. The caller frees it. */
static char *
verdict_words(JsonObject *verdict)
{
    const char *id = member_string(verdict, "finding"), *title = member_string(verdict, "title");

    return *title && strcmp(title, id) != 0 ? g_strdup_printf("%s [%s]", title, id) : g_strdup(id);
}

static void
add_session(struct summary *summary, GArray *rows, JsonNode *document, JsonObject *session)
{
    const char *name = member_string(session, "server_name");
    char *verdict = verdict_words(json_object_get_object_member(session, "verdict"));
    char *client = summary_host(member_string(session, "client")),
         *day = summary_day(document, session);
    struct row row = { .verdict = g_string_chunk_insert_const(summary->words, verdict) };

    row.what[TABLE_VERDICT] = "all";
    row.what[TABLE_SERVER] = g_string_chunk_insert_const(
        summary->words, *name ? name : member_string(session, "server"));
    row.what[TABLE_DAY] = g_string_chunk_insert_const(summary->words, day);
    row.what[TABLE_CLIENT] = g_string_chunk_insert_const(summary->words, client);
    g_array_append_val(rows, row);
    g_free(verdict);
    g_free(client);
    g_free(day);
}

void
summary_add(struct summary *summary, JsonNode *document)
{
    JsonObject *object = json_node_get_object(document);
    JsonArray *sessions = document_sessions(document);
    struct facts *facts = g_new0(struct facts, 1);

    facts->failed = json_object_has_member(object, "error");
    facts->severity = document_severity(document);
    facts->sessions = json_array_get_length(json_object_get_array_member(object, "sessions"));
    facts->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
    for (guint i = 0; i < json_array_get_length(sessions); i++)
        add_session(summary, facts->rows, document, json_array_get_object_element(sessions, i));
    g_hash_table_replace(summary->captures,
                         g_strdup(member_string(document_capture(document), "file")), facts);
}

/* --- sums ------------------------------------------------------------------------------------ */

struct sums {
    GHashTable *rows[TABLE_COUNT]; /* what -> GHashTable of verdict -> count */
    guint failed, without, sessions;
    int severity;
};

static void
count_verdict(GHashTable *rows, const char *what, const char *verdict)
{
    GHashTable *counts = g_hash_table_lookup(rows, what);

    if (!counts) {
        counts = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(rows, (gpointer)what, counts);
    }
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(counts, verdict));
    g_hash_table_replace(counts, (gpointer)verdict, GUINT_TO_POINTER(number + 1));
}

static void
sums_add(gpointer name, gpointer value, gpointer data)
{
    const struct facts *facts = value;
    struct sums *sums = data;

    (void)name;
    sums->failed += facts->failed;
    sums->without += !facts->failed && facts->sessions == 0;
    sums->sessions += facts->sessions;
    sums->severity = MAX(sums->severity, facts->severity);
    for (guint i = 0; i < facts->rows->len; i++) {
        const struct row *row = &g_array_index(facts->rows, struct row, i);
        for (int table = 0; table < TABLE_COUNT; table++)
            count_verdict(sums->rows[table], row->what[table], row->verdict);
    }
}

static struct sums
sums_of(const struct summary *summary)
{
    struct sums sums = { .severity = -1 };

    for (int i = 0; i < TABLE_COUNT; i++)
        sums.rows[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                             (GDestroyNotify)g_hash_table_unref);
    g_hash_table_foreach(summary->captures, sums_add, &sums);
    return sums;
}

static void
sums_clear(struct sums *sums)
{
    for (int i = 0; i < TABLE_COUNT; i++)
        g_hash_table_unref(sums->rows[i]);
}

/* --- text ------------------------------------------------------------------------------------ */

static gint
compare_counts(gconstpointer a, gconstpointer b)
{
    const struct count *x = a, *y = b;

    return x->number != y->number ? (x->number < y->number ? 1 : -1) : strcmp(x->name, y->name);
}

static guint
sum_of(GHashTable *counts)
{
    GHashTableIter iter;
    gpointer number;
    guint sum = 0;

    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, NULL, &number))
        sum += GPOINTER_TO_UINT(number);
    return sum;
}

/* Names with numbers, most first. numbers: of the values, where a value is no number itself. */
static GArray *
sorted(GHashTable *table, guint (*number_of)(GHashTable *value))
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct count));
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        struct count count = { name, number_of ? number_of(value) : GPOINTER_TO_UINT(value) };
        g_array_append_val(list, count);
    }
    g_array_sort(list, compare_counts);
    return list;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(((const struct count *)a)->name, ((const struct count *)b)->name);
}

static void
text_row(GString *text, const char *name, GHashTable *counts)
{
    GArray *verdicts = sorted(counts, NULL);

    g_string_append_printf(text, "  %s\n", name);
    for (guint i = 0; i < verdicts->len; i++) {
        const struct count *count = &g_array_index(verdicts, struct count, i);
        g_string_append_printf(text, "    %7u  %s\n", count->number, count->name);
    }
    g_array_unref(verdicts);
}

static void
text_table(GString *text, const char *title, GHashTable *rows, bool by_name)
{
    GArray *list = sorted(rows, sum_of);

    g_string_append_printf(text, "\n%s\n", title);
    guint shown = MIN(list->len, (guint)ROWS_MAX);
    /* Of days, the last ones. */
    if (by_name) {
        g_array_sort(list, compare_names);
        g_array_remove_range(list, 0, list->len - shown);
    }
    for (guint i = 0; i < shown; i++) {
        const char *name = g_array_index(list, struct count, i).name;
        text_row(text, name, g_hash_table_lookup(rows, name));
    }
    guint all = g_hash_table_size(rows);
    if (all > shown)
        g_string_append_printf(text, "  and %u more\n", all - shown);
    g_array_unref(list);
}

char *
summary_text(const struct summary *summary, struct summary_word *word)
{
    static const char *const titles[TABLE_COUNT] = { "Verdicts", "Verdicts by server",
                                                     "Verdicts by day (UTC)",
                                                     "Verdicts by client" };
    GString *text = g_string_new(NULL);
    struct sums sums = sums_of(summary);

    const guint captures = g_hash_table_size(summary->captures);
    g_string_append_printf(text, "%s: %s", text_count(captures, "capture").text,
                           text_count(sums.sessions, "session").text);
    if (sums.without)
        g_string_append_printf(text, ", %s without a session",
                               text_count(sums.without, "capture").text);
    if (sums.failed)
        g_string_append_printf(text, ", %s that could not be judged",
                               text_count(sums.failed, "capture").text);
    g_string_append_c(text, '\n');
    for (int i = 0; i < TABLE_COUNT && g_hash_table_size(sums.rows[i]); i++)
        text_table(text, titles[i], sums.rows[i], i == TABLE_DAY);
    *word = (struct summary_word){ sums.failed > 0, sums.sessions > 0, sums.severity };
    sums_clear(&sums);
    return g_string_free(text, FALSE);
}
