/* summary.h - verdicts of many sessions, by server, day and client
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_SUMMARY_H
#define SSTPDIAG_TOOLS_SUMMARY_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

struct summary;

struct summary *summary_new(void);
void summary_free(struct summary *summary);
/* A report, in place of an earlier one on a capture of that name. */
void summary_add(struct summary *summary, JsonNode *document);
/* What all captures come to. */
struct summary_word {
    bool failed; /* one could not be judged */
    bool has_session;
    int severity; /* as document_severity() */
};

/* Newly allocated. */
char *summary_text(const struct summary *summary, struct summary_word *word);

/* What sessions are grouped by: an endpoint without its port, and the day of a session (UTC,
 * "unknown" where it has none). Newly allocated. */
char *summary_host(const char *endpoint);
char *summary_day(JsonNode *document, JsonObject *session);

#endif
