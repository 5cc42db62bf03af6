/* verdict.c - the verdict on a session or on both ends of one, in the report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/verdict.h"

#include <string.h>

#include "base/text.h"
#include "session/session.h"

void
report_verdict_json(struct json *json, const struct verdict *verdict)
{
    json_object_begin(json, "verdict");
    json_string(json, "state", verdict_state_name(verdict->state));
    json_string(json, "finding", verdict_name(verdict));
    json_string(json, "confidence", confidence_name(verdict_confidence(verdict)));
    json_string(json, "title", verdict_title(verdict));
    json_string(json, "summary", verdict_summary(verdict));
    json_string(json, "advice", verdict_advice(verdict));
    json_object_end(json);
}

void
report_details_json(struct json *json, const struct finding *finding)
{
    for (unsigned i = 0; i < finding->num_details; i++) {
        const struct detail *detail = &finding->details[i];
        if (detail->kind == DETAIL_NUMBER)
            json_number(json, detail->key, detail->number);
        else
            json_string(json, detail->key, detail->text);
    }
}

/* --- text ------------------------------------------------------------------------------------ */

struct evidence_words {
    report_evidence_fn words;
    void *data;
};

static char *
evidence_text(const struct evidence_words *evidence, const struct finding *finding)
{
    return evidence->words ? evidence->words(evidence->data, finding)
                           : finding_frames_text(finding);
}

void
report_verdict_line(GString *text, const char *head, const char *title, const char *how,
                    const char *id)
{
    GString *words = g_string_new(title);
    size_t column = 2 + strlen(head) + 2;

    if (how)
        g_string_append_printf(words, " (%s)", how);
    if (strcmp(id, title) != 0)
        g_string_append_printf(words, " [%s]", id);
    g_string_append_printf(text, "  %s: ", head);
    text_wrapped(text, column, column, words->str);
    g_string_free(words, TRUE);
}

/* How bad, and how sure; NULL: nothing to say. Newly allocated. */
static char *
how_text(const struct verdict *verdict)
{
    enum confidence sure = verdict_confidence(verdict);

    if (verdict->finding)
        return g_strdup_printf("%s, %s", severity_name(verdict->finding->severity),
                               confidence_name(sure));
    return verdict->state == VERDICT_HEALTHY && sure < CONFIDENCE_CERTAIN
               ? g_strdup(confidence_name(sure))
               : NULL;
}

static void
verdict_text(GString *text, const char *head, const struct verdict *verdict,
             const struct evidence_words *evidence)
{
    char *how = how_text(verdict);

    g_string_append_c(text, '\n');
    report_verdict_line(text, head, verdict_title(verdict), how, verdict_name(verdict));
    g_free(how);
    text_labelled(text, "What", verdict_summary(verdict));
    if (verdict->finding) {
        char *words = evidence_text(evidence, verdict->finding);
        text_labelled(text, "Evidence", words);
        g_free(words);
    }
    text_labelled(text, "Advice", verdict_advice(verdict));
}

void
report_verdict_text(GString *text, const char *head, const struct verdict *verdict)
{
    verdict_text(text, head, verdict, &(struct evidence_words){ NULL, NULL });
}

void
report_finding_text(GString *text, const struct finding *finding, const char *where)
{
    const struct finding_info *info = finding_info(finding->id);
    char *words = g_strdup_printf("%s [%s]: %s (%s; %s)", info->title, info->name, finding->summary,
                                  confidence_name(finding->confidence), where);

    text_labelled(text, severity_name(finding->severity), words);
    g_free(words);
}

static void
others_text(GString *text, const struct result *result, const struct evidence_words *evidence)
{
    bool first = true;

    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding == result->verdict.finding)
            continue;
        if (first)
            g_string_append(text, "\n  Also found\n");
        first = false;
        char *where = evidence_text(evidence, finding);
        report_finding_text(text, finding, where);
        g_free(where);
    }
}

void
report_result_text(GString *text, const struct result *result, report_evidence_fn evidence,
                   void *data)
{
    const struct evidence_words words = { evidence, data };

    verdict_text(text, "Verdict", &result->verdict, &words);
    others_text(text, result, &words);
}

/* --- for exit statuses ----------------------------------------------------------------------- */

int
report_severity(const GPtrArray *found, const struct verdict *verdict)
{
    int worst =
        verdict->finding ? (int)verdict->finding->severity : verdict_state_severity(verdict->state);

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->confidence > CONFIDENCE_POSSIBLE)
            worst = MAX(worst, (int)finding->severity);
    }
    return worst;
}

int
report_result_severity(const struct result *result)
{
    bool failed = result->verdict.state == VERDICT_FAULT &&
                  strcmp(session_outcome(result->session), "failed") == 0;

    return MAX(report_severity(result->found, &result->verdict), failed ? SEVERITY_ERROR : -1);
}

struct ranked {
    guint place;
    int severity;
};

static gint
compare_ranked(gconstpointer a, gconstpointer b)
{
    const struct ranked *x = a, *y = b;

    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

GArray *
report_worst_first(const GPtrArray *items, int (*severity)(gconstpointer item))
{
    GArray *ranked = g_array_sized_new(FALSE, FALSE, sizeof(struct ranked), items->len);
    GArray *places = g_array_sized_new(FALSE, FALSE, sizeof(guint), items->len);

    for (guint i = 0; i < items->len; i++) {
        const struct ranked one = { i, severity(g_ptr_array_index(items, i)) };
        g_array_append_val(ranked, one);
    }
    g_array_sort(ranked, compare_ranked);
    for (guint i = 0; i < ranked->len; i++)
        g_array_append_val(places, g_array_index(ranked, struct ranked, i).place);
    g_array_unref(ranked);
    return places;
}
