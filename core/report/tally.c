/* tally.c - how many sessions have which verdict: in one line, and as a table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/tally.h"

#include <string.h>

#include "base/text.h"

enum {
    NAMED_MAX = 10, /* sessions that a row of the table names */
    KINDS_MAX = 6,  /* of faults, that the line names */
};

/* Of one verdict. */
struct row {
    const char *name; /* its id */
    guint number;
    uint32_t sessions[NAMED_MAX]; /* the first ones */
};

struct tally {
    GHashTable *rows; /* title -> struct row */
    guint sum;
};

static struct tally *
tally_new(void)
{
    struct tally *tally = g_new0(struct tally, 1);

    tally->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return tally;
}

static void
tally_free(struct tally *tally)
{
    g_hash_table_unref(tally->rows);
    g_free(tally);
}

static guint
number_of(const struct tally *tally, const char *title)
{
    return ((const struct row *)g_hash_table_lookup(tally->rows, title))->number;
}

/* session: its number, or that of a pair's first end. */
static void
tally_add_title(struct tally *tally, const char *title, const char *name, uint32_t session)
{
    struct row *row = g_hash_table_lookup(tally->rows, title);

    if (!row) {
        row = g_new0(struct row, 1);
        row->name = name;
        g_hash_table_insert(tally->rows, g_strdup(title), row);
    }
    if (row->number < NAMED_MAX)
        row->sessions[row->number] = session;
    row->number++;
    tally->sum++;
}

static void
tally_add(struct tally *tally, const struct verdict *verdict, uint32_t session)
{
    tally_add_title(tally, verdict_title(verdict), verdict_name(verdict), session);
}

/* Where a title stands in the line: lower is further in front. */
static int
place_of(const char *title)
{
    if (strcmp(title, verdict_state_name(VERDICT_HEALTHY)) == 0)
        return 0;
    if (strcmp(title, verdict_state_name(VERDICT_UNEXPLAINED)) == 0)
        return 2;
    return strcmp(title, verdict_state_name(VERDICT_INCONCLUSIVE)) == 0 ? 3 : 1;
}

static gint
compare_titles(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct tally *tally = data;
    guint x = number_of(tally, a), y = number_of(tally, b);

    if (place_of(a) != place_of(b))
        return place_of(a) - place_of(b);
    return x != y ? (x < y ? 1 : -1) : strcmp(a, b);
}

/* Titles in the order of the line. The caller frees the list. */
static GList *
tally_titles(const struct tally *tally)
{
    return g_list_sort_with_data(g_hash_table_get_keys(tally->rows), compare_titles,
                                 (gpointer)tally);
}

static void
tally_line(GString *text, const struct tally *tally, const char *noun)
{
    GString *words = g_string_new(NULL);
    GList *titles = tally_titles(tally);

    guint kinds = 0, more = 0;
    for (const GList *title = titles; title; title = title->next) {
        bool is_fault = place_of(title->data) == 1;
        if (is_fault && ++kinds > KINDS_MAX)
            more += number_of(tally, title->data);
        if (more && (!title->next || place_of(title->next->data) != 1) && is_fault)
            g_string_append_printf(words, "; %u of %s", more,
                                   text_count(kinds - KINDS_MAX, "other kind").text);
        if (!is_fault || kinds <= KINDS_MAX)
            g_string_append_printf(words, "%s%u %s", words->len ? "; " : "",
                                   number_of(tally, title->data), (const char *)title->data);
    }
    g_list_free(titles);
    char *line = g_strdup_printf("%s: %s", text_count(tally->sum, noun).text, words->str);
    text_wrapped(text, 0, 0, line);
    g_free(line);
    g_string_free(words, TRUE);
}

/* "0, 3, 4 and 12 more" */
static void
row_text(GString *text, const char *title, const struct row *row)
{
    GString *words = g_string_new(title);

    if (strcmp(row->name, title) != 0)
        g_string_append_printf(words, " [%s]", row->name);
    g_string_append(words, ": ");
    for (guint i = 0; i < MIN(row->number, (guint)NAMED_MAX); i++)
        g_string_append_printf(words, "%s%u", i ? ", " : "", row->sessions[i]);
    if (row->number > NAMED_MAX)
        g_string_append_printf(words, " and %u more", row->number - NAMED_MAX);
    g_string_append_printf(text, "  %8u  ", row->number);
    text_wrapped(text, 14, 12, words->str);
    g_string_free(words, TRUE);
}

/* --- of all that was judged ------------------------------------------------------------------ */

/* Sessions that a pair speaks for. Caller frees. */
static GHashTable *
paired(const GPtrArray *pairs)
{
    GHashTable *sessions = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; pairs && i < pairs->len; i++) {
        const struct pair *pair = g_ptr_array_index(pairs, i);
        for (int side = 0; side < SIDE_COUNT; side++)
            g_hash_table_add(sessions, (gpointer)pair->end[side]->session);
    }
    return sessions;
}

static void
add_results(struct tally *tally, const GPtrArray *results, GHashTable *of_pairs)
{
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        if (!g_hash_table_contains(of_pairs, result->session))
            tally_add(tally, &result->verdict, session_id(result->session));
    }
}

static struct tally *
tally_of(const struct engine *engine)
{
    const GPtrArray *pairs = engine_pairs(engine);
    GHashTable *of_pairs = paired(pairs);
    struct tally *tally = tally_new();

    for (guint i = 0; pairs && i < pairs->len; i++) {
        const struct pair *pair = g_ptr_array_index(pairs, i);
        tally_add(tally, &pair->verdict, session_id(pair->end[SIDE_CLIENT]->session));
    }
    add_results(tally, engine_results(engine), of_pairs);
    add_results(tally, engine_candidates(engine), of_pairs);
    g_hash_table_unref(of_pairs);
    return tally;
}

void
report_tally_text(GString *text, const struct engine *engine)
{
    const GPtrArray *pairs = engine_pairs(engine);
    struct tally *tally = tally_of(engine);
    const char *noun = pairs && pairs->len                ? "connection"
                       : engine_results(engine)->len == 0 ? "candidate"
                                                          : "session";

    if (tally->sum > 1)
        tally_line(text, tally, noun);
    tally_free(tally);
}

void
report_tally_table(GString *text, const struct engine *engine)
{
    struct tally *tally = tally_of(engine);
    GList *titles = tally_titles(tally);

    g_string_append(text, "\n    number  verdict: its sessions\n");
    for (const GList *title = titles; title; title = title->next)
        row_text(text, title->data, g_hash_table_lookup(tally->rows, title->data));
    g_list_free(titles);
    tally_free(tally);
}

void
report_tally_titles(GString *text, const GPtrArray *titles, const char *noun)
{
    struct tally *tally = tally_new();

    for (guint i = 0; i < titles->len; i++)
        tally_add_title(tally, g_ptr_array_index(titles, i), NULL, 0);
    if (tally->sum > 1)
        tally_line(text, tally, noun);
    tally_free(tally);
}
