/* verdict.c - the verdict on a session or on both ends of one, in the report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/verdict.h"

#include "base/text.h"

void
report_verdict_json(struct json *json, const struct verdict *verdict)
{
    json_object_begin(json, "verdict");
    json_string(json, "state", verdict_state_name(verdict->state));
    json_string(json, "finding", verdict_name(verdict));
    json_string(json, "confidence", confidence_name(verdict_confidence(verdict)));
    json_string(json, "summary", verdict_summary(verdict));
    json_string(json, "advice", verdict_advice(verdict));
    json_object_end(json);
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

static void
verdict_text(GString *text, const char *title, const struct verdict *verdict,
             const struct evidence_words *evidence)
{
    g_string_append_printf(text, "\n  %s: %s", title, verdict_name(verdict));
    if (verdict->finding)
        g_string_append_printf(text, " (%s, %s)", severity_name(verdict->finding->severity),
                               confidence_name(verdict->finding->confidence));
    g_string_append_c(text, '\n');
    text_labelled(text, "What", verdict_summary(verdict));
    if (verdict->finding) {
        char *words = evidence_text(evidence, verdict->finding);
        text_labelled(text, "Evidence", words);
        g_free(words);
    }
    text_labelled(text, "Advice", verdict_advice(verdict));
}

void
report_verdict_text(GString *text, const char *title, const struct verdict *verdict)
{
    verdict_text(text, title, verdict, &(struct evidence_words){ NULL, NULL });
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
        char *words =
            g_strdup_printf("%s: %s (%s; %s)", finding_info(finding->id)->name, finding->summary,
                            confidence_name(finding->confidence), where);
        text_labelled(text, severity_name(finding->severity), words);
        g_free(words);
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
