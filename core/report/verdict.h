/* verdict.h - the verdict on a session or on both ends of one, in the report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_VERDICT_H
#define SSTPDIAG_CORE_REPORT_VERDICT_H

#include "base/json.h"
#include "rules/verdict.h"

/* The member "verdict": state, finding, title, confidence, summary, advice. */
void report_verdict_json(struct json *json, const struct verdict *verdict);
/* Members of the object "details" of a finding. */
void report_details_json(struct json *json, const struct finding *finding);
/* "  HEAD: TITLE (HOW) [ID]", in as many lines as it needs. how: severity and confidence, say; NULL
 * for none. An id that is the title is not said twice. */
void report_verdict_line(GString *text, const char *head, const char *title, const char *how,
                         const char *id);
/* Some lines, the first as above. */
void report_verdict_text(GString *text, const char *head, const struct verdict *verdict);
/* A finding beside the verdict: severity, title, id, summary, confidence, where. */
void report_finding_text(GString *text, const struct finding *finding, const char *where);
/* The evidence of a finding in words; newly allocated. */
typedef char *(*report_evidence_fn)(void *data, const struct finding *finding);
/* The verdict on a session, and what else was found; evidence NULL: frames. */
void report_result_text(GString *text, const struct result *result, report_evidence_fn evidence,
                        void *data);
/* The worst severity of what is more than possible, and of the verdict; -1: nothing. */
int report_severity(const GPtrArray *found, const struct verdict *verdict);
/* The same of a session, which is an error where it failed, however mild its cause is where
 * sessions work in spite of it. */
int report_result_severity(const struct result *result);
/* The places of items (guint), the worst first, and in their order otherwise. severity is asked
 * once of each. The caller's. */
GArray *report_worst_first(const GPtrArray *items, int (*severity)(gconstpointer item));

#endif
