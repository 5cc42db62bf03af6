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

void
report_verdict_text(GString *text, const char *title, const struct verdict *verdict)
{
    g_string_append_printf(text, "\n  %s: %s", title, verdict_name(verdict));
    if (verdict->finding)
        g_string_append_printf(text, " (%s, %s)", severity_name(verdict->finding->severity),
                               confidence_name(verdict->finding->confidence));
    g_string_append_c(text, '\n');
    text_labelled(text, "What", verdict_summary(verdict));
    if (verdict->finding) {
        char *frames = finding_frames_text(verdict->finding);
        text_labelled(text, "Evidence", frames);
        g_free(frames);
    }
    text_labelled(text, "Advice", verdict_advice(verdict));
}
