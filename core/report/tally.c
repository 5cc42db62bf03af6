/* tally.c - how many sessions have which verdict, in one line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/tally.h"

#include <string.h>

#include "base/text.h"

struct tally {
    GHashTable *numbers; /* title -> number */
    guint sum;
};

static struct tally *
tally_new(void)
{
    struct tally *tally = g_new0(struct tally, 1);

    tally->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return tally;
}

static void
tally_free(struct tally *tally)
{
    g_hash_table_unref(tally->numbers);
    g_free(tally);
}

static guint
number_of(const struct tally *tally, const char *title)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(tally->numbers, title));
}

/* title: as verdict_title() has it. */
static void
tally_add(struct tally *tally, const char *title)
{
    g_hash_table_replace(tally->numbers, g_strdup(title),
                         GUINT_TO_POINTER(number_of(tally, title) + 1));
    tally->sum++;
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

/* Nothing for fewer than two. */
static void
tally_text(const struct tally *tally, GString *text)
{
    GString *words;
    GList *titles;

    if (tally->sum < 2)
        return;
    words = g_string_new(NULL);
    titles = g_list_sort_with_data(g_hash_table_get_keys(tally->numbers), compare_titles,
                                   (gpointer)tally);
    for (const GList *title = titles; title; title = title->next)
        g_string_append_printf(words, "%s%u %s", words->len ? "; " : "",
                               number_of(tally, title->data), (const char *)title->data);
    g_list_free(titles);
    text_wrapped(text, 0, 0, words->str);
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
            tally_add(tally, verdict_title(&result->verdict));
    }
}

void
report_tally_text(GString *text, const struct engine *engine)
{
    const GPtrArray *pairs = engine_pairs(engine);
    GHashTable *of_pairs = paired(pairs);
    struct tally *tally = tally_new();

    for (guint i = 0; pairs && i < pairs->len; i++)
        tally_add(tally,
                  verdict_title(&((const struct pair *)g_ptr_array_index(pairs, i))->verdict));
    add_results(tally, engine_results(engine), of_pairs);
    add_results(tally, engine_candidates(engine), of_pairs);
    tally_text(tally, text);
    tally_free(tally);
    g_hash_table_unref(of_pairs);
}

void
report_tally_titles(GString *text, const GPtrArray *titles)
{
    struct tally *tally = tally_new();

    for (guint i = 0; i < titles->len; i++)
        tally_add(tally, g_ptr_array_index(titles, i));
    tally_text(tally, text);
    tally_free(tally);
}
