/* compare.c - two attempts to connect, held against each other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/compare.h"

#include <string.h>

#include "base/text.h"

/* How much longer, or how much more, is another thing. */
static const double seconds_apart = 0.1, percent_apart = 5, times_apart = 2;

enum { NAMED_MAX = 10 /* differences in the sentence */ };

/* --- values ---------------------------------------------------------------------------------- */

static char *
seconds_text(double seconds)
{
    return g_strdup(text_seconds(seconds).text);
}

/* NULL when it is not known. */
static char *
fact_text(const struct fact *fact, enum fact_kind kind)
{
    if (!fact->is_number)
        return g_strdup(fact->text);
    if (kind == FACT_KIND_SECONDS || kind == FACT_KIND_TIME)
        return seconds_text(fact->number);
    return g_strdup_printf(kind == FACT_KIND_PERCENT ? "%.1f %%" : "%.0f", fact->number);
}

static bool
is_known(const struct fact *fact)
{
    return fact->text || fact->is_number;
}

static bool
far_apart(double a, double b, double least)
{
    return ABS(a - b) > least && MAX(a, b) > times_apart * MIN(a, b);
}

static bool
is_own(enum fact_kind kind)
{
    return kind == FACT_KIND_OWN || kind == FACT_KIND_TIME || kind == FACT_KIND_HIDDEN;
}

/* What is not known of one of them is no difference. */
static bool
facts_differ(const struct fact *a, const struct fact *b, enum fact_kind kind)
{
    if (is_own(kind))
        return false;
    if (!is_known(a) || !is_known(b))
        return kind == FACT_KIND_EVENT && is_known(a) != is_known(b);
    if (kind == FACT_KIND_SECONDS)
        return far_apart(a->number, b->number, seconds_apart);
    if (kind == FACT_KIND_PERCENT)
        return far_apart(a->number, b->number, percent_apart);
    return a->is_number != b->is_number || a->number != b->number ||
           g_strcmp0(a->text, b->text) != 0;
}

/* --- where they part ------------------------------------------------------------------------- */

static bool
passes(const struct attempt *attempt, int stage)
{
    const struct attempt_stage *state = &attempt->stages[stage];

    return state->seen && (state->outcome == OUTCOME_OK || state->outcome == OUTCOME_SKIPPED ||
                           state->outcome == OUTCOME_INFERRED);
}

static bool
fails(const struct attempt *attempt, int stage)
{
    return attempt->stages[stage].seen && attempt->stages[stage].outcome == OUTCOME_FAILED;
}

/* How long a session lasts after that is nobody's fault. */
static bool
is_set_up(int stage)
{
    return stage <= STAGE_NCP;
}

/* Stages without which no session works; a lookup, a proxy, an echo may be missing. */
static bool
is_needed(int stage)
{
    return stage != STAGE_DNS && stage != STAGE_PROXY && stage < STAGE_MTU;
}

static bool
passes_later(const struct attempt *attempt, int stage)
{
    for (int later = stage + 1; later < STAGE_COUNT; later++)
        if (later != STAGE_TEARDOWN && later != STAGE_KEEPALIVE && passes(attempt, later))
            return true;
    return false;
}

/* It failed without coming so far. Where later stages were passed, this one was done without. */
static bool
never_comes_to(const struct attempt *attempt, int stage)
{
    return is_needed(stage) && g_strcmp0(attempt->outcome, "failed") == 0 &&
           !passes(attempt, stage) && !passes_later(attempt, stage);
}

/* A lookup or a proxy that only the other one met. */
static bool
does_without(const struct attempt *attempt, int stage)
{
    return (stage == STAGE_DNS || stage == STAGE_PROXY) && !attempt->stages[stage].seen &&
           passes_later(attempt, stage);
}

static bool
part_at(const struct attempt *good, const struct attempt *bad, int stage)
{
    if (does_without(good, stage))
        return fails(bad, stage) && !passes_later(bad, stage);
    return passes(good, stage) && (fails(bad, stage) || never_comes_to(bad, stage));
}

static void
find_parting(struct comparison *comparison)
{
    const struct attempt *left = comparison->left, *right = comparison->right;

    for (int stage = 0; stage < STAGE_COUNT && !comparison->parts; stage++) {
        comparison->parts = part_at(left, right, stage) || part_at(right, left, stage);
        comparison->parts_at = (enum stage)stage;
    }
}

/* --- the table ------------------------------------------------------------------------------- */

static void
row_free(gpointer data)
{
    struct comparison_row *row = data;

    g_free(row->left);
    g_free(row->right);
    g_free(row);
}

/* Takes left and right. A row of which nothing is known is left out. */
static void
add_row(struct comparison *comparison, struct comparison_row *row, bool comparable)
{
    row->compared = row->differs || (comparable && row->left && row->right);
    if (row->left || row->right)
        g_ptr_array_add(comparison->rows, g_memdup2(row, sizeof *row));
}

static void
add_words(struct comparison *comparison, const char *key, const char *words, const char *left,
          const char *right)
{
    struct comparison_row row = { .stage = STAGE_COUNT,
                                  .key = key,
                                  .words = words,
                                  .left = g_strdup(left),
                                  .right = g_strdup(right),
                                  .differs = g_strcmp0(left, right) != 0 };

    add_row(comparison, &row, true);
}

static char *
time_text(double epoch)
{
    GDateTime *when =
        epoch > 0 && epoch < 1e11 ? g_date_time_new_from_unix_utc((gint64)epoch) : NULL;
    char *text = when ? g_date_time_format(when, "%Y-%m-%d %H:%M:%S UTC") : NULL;

    if (when)
        g_date_time_unref(when);
    return text;
}

static void
add_begin(struct comparison *comparison)
{
    struct comparison_row row = { .stage = STAGE_COUNT,
                                  .key = "start",
                                  .words = "Began",
                                  .left = time_text(comparison->left->start),
                                  .right = time_text(comparison->right->start) };

    add_row(comparison, &row, false);
}

static char *
stage_text(const struct attempt_stage *stage)
{
    if (!stage->seen)
        return NULL;
    char *seconds = seconds_text(stage->seconds);
    char *text = g_strdup_printf("%s, %s", outcome_name(stage->outcome), seconds);

    g_free(seconds);
    return text;
}

static void
add_stage(struct comparison *comparison, int stage)
{
    const struct attempt_stage *left = &comparison->left->stages[stage],
                               *right = &comparison->right->stages[stage];
    struct comparison_row row = {
        .stage = (enum stage)stage,
        .key = "outcome",
        .words = "Outcome",
        .left = stage_text(left),
        .right = stage_text(right),
        .differs =
            left->seen && right->seen
                ? left->outcome != right->outcome ||
                      (is_set_up(stage) && far_apart(left->seconds, right->seconds, seconds_apart))
                : part_at(comparison->left, comparison->right, stage) ||
                      part_at(comparison->right, comparison->left, stage)
    };

    add_row(comparison, &row, true);
}

static void
add_fact(struct comparison *comparison, int id)
{
    const struct fact_info *info = fact_info((enum fact_id)id);
    const struct fact *left = &comparison->left->facts[id], *right = &comparison->right->facts[id];
    struct comparison_row row = { .stage = info->stage,
                                  .key = info->key,
                                  .words = info->words,
                                  .left = fact_text(left, info->kind),
                                  .right = fact_text(right, info->kind),
                                  .differs = facts_differ(left, right, info->kind) };

    add_row(comparison, &row, !is_own(info->kind));
}

static void
add_rows(struct comparison *comparison)
{
    const struct attempt *left = comparison->left, *right = comparison->right;

    add_words(comparison, "verdict", "Verdict", left->verdict, right->verdict);
    add_words(comparison, "outcome", "Outcome", left->outcome, right->outcome);
    add_words(comparison, "evidence", "Evidence", left->evidence, right->evidence);
    add_begin(comparison);
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        add_stage(comparison, stage);
        for (int id = 0; id < FACT_COUNT; id++)
            if ((int)fact_info((enum fact_id)id)->stage == stage &&
                fact_info((enum fact_id)id)->kind != FACT_KIND_HIDDEN)
                add_fact(comparison, id);
    }
}

/* --- the sentences --------------------------------------------------------------------------- */

/* TLS stood, and what it carried could not be read. */
static bool
is_unreadable(const struct attempt *attempt)
{
    return passes(attempt, STAGE_TLS) &&
           (g_strcmp0(attempt->evidence, evidence_name(EVIDENCE_NONE)) == 0 ||
            g_strcmp0(attempt->evidence, evidence_name(EVIDENCE_INFERRED)) == 0);
}

static void
tell_parting(GString *text, const struct comparison *comparison)
{
    int stage = (int)comparison->parts_at;
    bool left_is_good = part_at(comparison->left, comparison->right, stage);
    const struct attempt *good = left_is_good ? comparison->left : comparison->right;
    const struct attempt *bad = left_is_good ? comparison->right : comparison->left;

    g_string_append_printf(
        text, "They part at %s: the %s attempt %s, the %s one %s", stage_name((enum stage)stage),
        left_is_good ? "left" : "right", passes(good, stage) ? "passes it" : "does without it",
        left_is_good ? "right" : "left", fails(bad, stage) ? "fails there" : "does not come to it");
    if (bad->verdict && bad->summary)
        g_string_append_printf(text, " (%s: %s)", bad->verdict, bad->summary);
    g_string_append(text, ". ");
}

static void
tell_no_parting(GString *text, const struct comparison *comparison)
{
    const struct attempt *left = comparison->left, *right = comparison->right;
    bool seen = !is_unreadable(left) && !is_unreadable(right);

    g_string_append_printf(
        text, "%s they do not part: ", seen ? "By stages" : "As far as both can be seen");
    if (g_strcmp0(left->verdict, right->verdict) == 0)
        g_string_append_printf(text, "the verdict of both is %s",
                               left->verdict ? left->verdict : "not known");
    else
        g_string_append_printf(text, "the verdict is %s on the left and %s on the right",
                               left->verdict ? left->verdict : "not known",
                               right->verdict ? right->verdict : "not known");
    if (g_strcmp0(left->outcome, right->outcome) != 0)
        g_string_append_printf(text, ", the outcome \"%s\" on the left and \"%s\" on the right",
                               left->outcome, right->outcome);
    g_string_append(text, ". ");
}

/* Of the stage where they part, and only of the one that failed there: how it failed. */
static bool
tells_how_they_part(const struct comparison *comparison, const struct comparison_row *row)
{
    return comparison->parts && row->stage == comparison->parts_at && (!row->left || !row->right);
}

/* Those of stages up to where they part, by their words; how a stage went is not one of them. */
static void
tell_differences(GString *text, const struct comparison *comparison)
{
    GString *named = g_string_new(NULL);
    unsigned num = 0;

    for (guint i = 0; i < comparison->rows->len; i++) {
        const struct comparison_row *row = g_ptr_array_index(comparison->rows, i);
        if (!row->differs || row->stage == STAGE_COUNT || strcmp(row->key, "outcome") == 0 ||
            (comparison->parts && row->stage > comparison->parts_at) ||
            tells_how_they_part(comparison, row))
            continue;
        if (num++ < NAMED_MAX)
            g_string_append_printf(named, "%s%s (%s)", named->len ? ", " : "", row->words,
                                   stage_name(row->stage));
    }
    const char *where = comparison->parts ? "Up to there" : "Over all";
    if (num == 0)
        g_string_append_printf(text, "%s, all that is known of both is alike.", where);
    else if (num > NAMED_MAX)
        g_string_append_printf(text, "%s they differ in: %s and %u more.", where, named->str,
                               num - NAMED_MAX);
    else
        g_string_append_printf(text, "%s they differ in: %s.", where, named->str);
    g_string_free(named, TRUE);
}

/* They may be the two ends of one connection, and nothing shows it. */
static bool
stood_together(const struct attempt *left, const struct attempt *right)
{
    return left->start > 0 && right->start > 0 && left->start <= right->end &&
           right->start <= left->end;
}

static char *
summary_of(const struct comparison *comparison)
{
    bool left = is_unreadable(comparison->left), right = is_unreadable(comparison->right);
    GString *text = g_string_new(NULL);

    if (comparison->parts)
        tell_parting(text, comparison);
    else
        tell_no_parting(text, comparison);
    tell_differences(text, comparison);
    if (left || right)
        g_string_append_printf(text,
                               " Nothing of %s could be decrypted: with TLS keys more could be "
                               "compared.",
                               left && right ? "both"
                               : left        ? "the left one"
                                             : "the right one");
    if (stood_together(comparison->left, comparison->right))
        g_string_append(text,
                        " Both stood at the same time. If they are meant to be the two ends of "
                        "one connection: nothing that both captures show says so.");
    return g_string_free(text, FALSE);
}

struct comparison *
comparison_new(const struct attempt *left, const struct attempt *right)
{
    struct comparison *comparison = g_new0(struct comparison, 1);

    comparison->left = left;
    comparison->right = right;
    comparison->rows = g_ptr_array_new_with_free_func(row_free);
    find_parting(comparison);
    add_rows(comparison);
    comparison->summary = summary_of(comparison);
    return comparison;
}

void
comparison_free(struct comparison *comparison)
{
    g_ptr_array_unref(comparison->rows);
    g_free(comparison->summary);
    g_free(comparison);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
json_attempt(struct json *json, const char *key, const struct attempt *attempt)
{
    json_object_begin(json, key);
    json_string(json, "file", attempt->file);
    json_string(json, "kind", attempt->kind);
    json_number(json, "id", attempt->id);
    json_string(json, "why", attempt->why);
    json_object_end(json);
}

void
comparison_json(struct json *json, const char *key, const struct comparison *comparison)
{
    json_object_begin(json, key);
    json_attempt(json, "left", comparison->left);
    json_attempt(json, "right", comparison->right);
    json_string(json, "parts_at", comparison->parts ? stage_name(comparison->parts_at) : NULL);
    json_string(json, "summary", comparison->summary);
    json_array_begin(json, "rows");
    for (guint i = 0; i < comparison->rows->len; i++) {
        const struct comparison_row *row = g_ptr_array_index(comparison->rows, i);
        json_object_begin(json, NULL);
        json_string(json, "stage", row->stage < STAGE_COUNT ? stage_name(row->stage) : NULL);
        json_string(json, "fact", row->key);
        json_string(json, "words", row->words);
        json_string(json, "left", row->left);
        json_string(json, "right", row->right);
        json_string(json, "result",
                    row->differs    ? "differs"
                    : row->compared ? "alike"
                                    : "not compared");
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

/* --- text ------------------------------------------------------------------------------------ */

enum { NAME_WIDTH = 18, CELL_WIDTH = 27 };

/* How many bytes of words go into one line of a cell; *skip: blanks behind them. */
static size_t
cell_cut(const char *words, size_t *skip)
{
    const char *end = words, *blank = NULL;

    *skip = 0;
    for (unsigned i = 0; i < CELL_WIDTH && *end; i++, end = g_utf8_next_char(end))
        if (*end == ' ')
            blank = end;
    if (*end == ' ' || !*end)
        blank = end;
    if (blank && blank > words)
        end = blank;
    *skip = *end == ' ';
    return (size_t)(end - words);
}

static void
text_cell(GString *text, const char **words, unsigned width)
{
    size_t skip, len = cell_cut(*words, &skip);

    g_string_append_len(text, *words, (gssize)len);
    for (glong have = g_utf8_strlen(*words, (gssize)len); have < (glong)width; have++)
        g_string_append_c(text, ' ');
    *words += len + skip;
}

/* One row, over as many lines as its longer cell takes. */
static void
text_row(GString *text, const char *mark, const char *name, const char *left, const char *right)
{
    for (bool first = true; first || *left || *right; first = false) {
        g_string_append_printf(text, "  %-2s%-*s ", first ? mark : "", NAME_WIDTH,
                               first ? name : "");
        text_cell(text, &left, CELL_WIDTH);
        g_string_append_c(text, ' ');
        text_cell(text, &right, 0);
        while (text->str[text->len - 1] == ' ')
            g_string_truncate(text, text->len - 1);
        g_string_append_c(text, '\n');
    }
}

static void
text_attempt(GString *text, const char *label, const struct attempt *attempt)
{
    char *words = g_strdup_printf("%s, %s %u%s%s%s", attempt->file, attempt->kind, attempt->id,
                                  attempt->why ? " (" : "", attempt->why ? attempt->why : "",
                                  attempt->why ? ")" : "");

    text_labelled(text, label, words);
    g_free(words);
}

char *
comparison_text(const struct comparison *comparison)
{
    GString *text = g_string_new("Two attempts compared\n");
    enum stage before = STAGE_COUNT;

    text_attempt(text, "Left", comparison->left);
    text_attempt(text, "Right", comparison->right);
    g_string_append_c(text, '\n');
    g_string_append(text, "  ");
    text_wrapped(text, 2, 2, comparison->summary);
    g_string_append_c(text, '\n');
    text_row(text, "", "", "left", "right");
    for (guint i = 0; i < comparison->rows->len; i++) {
        const struct comparison_row *row = g_ptr_array_index(comparison->rows, i);
        if (row->stage != before)
            g_string_append_printf(text, "  %s\n", stage_name(row->stage));
        before = row->stage;
        text_row(text, row->differs ? "!" : "", row->words, row->left ? row->left : "-",
                 row->right ? row->right : "-");
    }
    return g_string_free(text, FALSE);
}
