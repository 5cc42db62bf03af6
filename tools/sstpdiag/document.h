/* document.h - a report of schema sstpdiag/1 as a tree of JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_DOCUMENT_H
#define SSTPDIAG_TOOLS_DOCUMENT_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* NULL, and *error, when text is no such report. */
JsonNode *document_parse(const char *text, GError **error);
/* On one line without its end, as the plugin writes it. trace: with the member "trace". */
char *document_text(JsonNode *document, bool trace);

JsonObject *document_capture(JsonNode *document);
/* Sessions, and where there is none, candidates. Never NULL. */
JsonArray *document_sessions(JsonNode *document);
/* The worst that is said of sessions (without one, of candidates) and pairs, by severity: findings,
 * unexplained as an error, inconclusive as a warning. -1 when nothing is. */
int document_severity(JsonNode *document);
/* Of a session or candidate alone; the same without regard to what else there is. */
int session_severity(JsonObject *session);
bool document_has_session(JsonNode *document);
/* A member that is a string, "" when it is not. */
const char *member_string(JsonObject *object, const char *name);
/* A member that is an object, NULL when it is not. */
JsonObject *member_object(JsonObject *object, const char *name);

/* Could more of the one be read than of the other? */
bool session_reads_more(JsonObject *session, JsonObject *other);

/* For one that could not be judged: what there is to say, and an "error". */
JsonNode *document_of_error(const char *version, const char *message);

#endif
