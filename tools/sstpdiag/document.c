/* document.c - a report of schema sstpdiag/1 as a tree of JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "document.h"

#include <string.h>

#include "base/findings.h"
#include "base/json.h"
#include "rules/verdict.h"

enum { DEPTH_MAX = 64 }; /* a report has ten */

static bool
is_array(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_ARRAY(node);
}

/* An array of objects. A member that is not there is good unless it must be. */
static bool
has_objects(JsonObject *object, const char *name, bool must)
{
    JsonNode *node = json_object_get_member(object, name);

    if (!node)
        return !must;
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return false;
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
        if (!JSON_NODE_HOLDS_OBJECT(json_array_get_element(array, i)))
            return false;
    return true;
}

/* Sessions, candidates or pairs, as far as they are looked into. */
static bool
are_holders(JsonObject *object, const char *name)
{
    if (!has_objects(object, name, true))
        return false;
    JsonArray *holders = json_object_get_array_member(object, name);
    for (guint i = 0; i < json_array_get_length(holders); i++) {
        JsonObject *holder = json_array_get_object_element(holders, i);
        if (!member_object(holder, "verdict") || !has_objects(holder, "findings", false))
            return false;
    }
    return true;
}

static bool
is_report(JsonNode *root)
{
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return false;
    JsonObject *object = json_node_get_object(root);
    return strcmp(member_string(object, "schema"), "sstpdiag/1") == 0 &&
           member_object(object, "capture") && are_holders(object, "sessions") &&
           are_holders(object, "candidates") && are_holders(object, "pairs");
}

/* The parser calls itself for each level: a line of brackets would end the program. */
static bool
is_shallow(const char *text)
{
    int depth = 0;
    bool quoted = false;

    for (const char *p = text; *p && depth <= DEPTH_MAX; p++) {
        if (quoted && *p == '\\' && p[1])
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted && (*p == '[' || *p == '{'))
            depth++;
        else if (!quoted && (*p == ']' || *p == '}'))
            depth--;
    }
    return depth <= DEPTH_MAX;
}

JsonNode *
document_parse(const char *text, GError **error)
{
    JsonNode *root = is_shallow(text) ? json_from_string(text, error) : NULL;

    if (root && is_report(root))
        return root;
    if (error && !*error)
        g_set_error_literal(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
                            "not a report of schema sstpdiag/1");
    g_clear_pointer(&root, json_node_unref);
    return NULL;
}

/* --- writing --------------------------------------------------------------------------------- */

struct writer {
    struct json json;
    bool trace;
};

static void write_node(struct writer *writer, const char *key, JsonNode *node);

static void
write_member(JsonObject *object, const char *key, JsonNode *node, gpointer data)
{
    struct writer *writer = data;

    (void)object;
    static const char *const of_pages[] = { "trace", "own_frames", "manual", NULL };
    if (writer->trace || !g_strv_contains(of_pages, key))
        write_node(writer, key, node);
}

static void
write_element(JsonArray *array, guint index, JsonNode *node, gpointer data)
{
    (void)array, (void)index;
    write_node(data, NULL, node);
}

static void
write_value(struct json *json, const char *key, JsonNode *node)
{
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        json_string(json, key, json_node_get_string(node));
    else
        json_number(json, key, json_node_get_double(node));
}

static void
write_node(struct writer *writer, const char *key, JsonNode *node)
{
    struct json *json = &writer->json;

    switch (json_node_get_node_type(node)) {
    case JSON_NODE_OBJECT:
        json_object_begin(json, key);
        json_object_foreach_member(json_node_get_object(node), write_member, writer);
        json_object_end(json);
        break;
    case JSON_NODE_ARRAY:
        json_array_begin(json, key);
        json_array_foreach_element(json_node_get_array(node), write_element, writer);
        json_array_end(json);
        break;
    case JSON_NODE_VALUE:
        write_value(json, key, node);
        break;
    case JSON_NODE_NULL:
        json_null(json, key);
        break;
    }
}

char *
document_text(JsonNode *document, bool trace)
{
    struct writer writer = { { g_string_new(NULL), false }, trace };

    write_node(&writer, NULL, document);
    return g_string_free(writer.json.text, FALSE);
}

/* --- questions ------------------------------------------------------------------------------- */

const char *
member_string(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    const char *text = node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;

    return text ? text : "";
}

JsonObject *
member_object(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonObject *
document_capture(JsonNode *document)
{
    return json_object_get_object_member(json_node_get_object(document), "capture");
}

JsonArray *
document_sessions(JsonNode *document)
{
    JsonObject *object = json_node_get_object(document);
    JsonArray *sessions = json_object_get_array_member(object, "sessions");

    return json_array_get_length(sessions) ? sessions
                                           : json_object_get_array_member(object, "candidates");
}

/* What is only possible counts where it is the verdict. */
static int
severity_of(JsonObject *finding, const char *verdict)
{
    enum severity severity;

    if (strcmp(member_string(finding, "confidence"), confidence_name(CONFIDENCE_POSSIBLE)) == 0 &&
        strcmp(member_string(finding, "id"), verdict) != 0)
        return -1;
    return severity_by_name(member_string(finding, "severity"), &severity) ? (int)severity : -1;
}

/* Of its findings alone. */
static int
findings_severity(JsonObject *holder, const char *verdict)
{
    JsonArray *findings =
        is_array(holder, "findings") ? json_object_get_array_member(holder, "findings") : NULL;
    int worst = -1;

    for (guint i = 0; findings && i < json_array_get_length(findings); i++)
        worst = MAX(worst, severity_of(json_array_get_object_element(findings, i), verdict));
    return worst;
}

/* Of the word on it, where that is no finding. */
static int
state_severity(JsonObject *verdict)
{
    enum verdict_state state;

    return verdict && verdict_state_by_name(member_string(verdict, "state"), &state)
               ? verdict_state_severity(state)
               : -1;
}

/* A session that failed is an error, however mild its cause is where sessions work in spite of it.
 */
static bool
has_failed(JsonObject *holder, JsonObject *verdict)
{
    return verdict && strcmp(member_string(holder, "outcome"), "failed") == 0 &&
           strcmp(member_string(verdict, "state"), verdict_state_name(VERDICT_FAULT)) == 0;
}

/* A session that stands in a pair is judged with it: the other end may know more. */
static bool
is_in_pair(JsonArray *pairs, gint64 id)
{
    for (guint i = 0; i < json_array_get_length(pairs); i++) {
        JsonObject *pair = json_array_get_object_element(pairs, i);
        if (json_object_get_int_member_with_default(pair, "client_session", -1) == id ||
            json_object_get_int_member_with_default(pair, "server_session", -1) == id)
            return true;
    }
    return false;
}

/* state: the word on it counts, too. */
static int
holder_severity(JsonObject *holder, bool state)
{
    JsonObject *verdict = member_object(holder, "verdict");
    int worst = findings_severity(holder, verdict ? member_string(verdict, "finding") : "");

    if (has_failed(holder, verdict))
        worst = MAX(worst, (int)SEVERITY_ERROR);
    return state ? MAX(worst, state_severity(verdict)) : worst;
}

int
session_severity(JsonObject *session)
{
    return holder_severity(session, true);
}

/* An attempt that a later one made good counts for nothing. */
static int
array_severity(JsonArray *holders, JsonArray *pairs)
{
    int worst = -1;

    for (guint i = 0; i < json_array_get_length(holders); i++) {
        JsonObject *holder = json_array_get_object_element(holders, i);
        gint64 id = json_object_get_int_member_with_default(holder, "id", -1);

        if (json_object_get_int_member_with_default(holder, "made_good_by", -1) >= 0)
            continue;
        worst = MAX(worst, holder_severity(holder, !pairs || !is_in_pair(pairs, id)));
    }
    return worst;
}

int
document_severity(JsonNode *document)
{
    JsonObject *object = json_node_get_object(document);
    JsonArray *pairs = json_object_get_array_member(object, "pairs");

    return MAX(array_severity(document_sessions(document), pairs), array_severity(pairs, NULL));
}

bool
document_has_session(JsonNode *document)
{
    JsonObject *object = json_node_get_object(document);

    return json_array_get_length(json_object_get_array_member(object, "sessions")) > 0;
}

static int
evidence_of(JsonObject *session)
{
    const char *said = member_string(session, "evidence");

    for (int i = EVIDENCE_NONE; i < EVIDENCE_BOTH_ENDS; i++)
        if (strcmp(said, evidence_name((enum evidence)i)) == 0)
            return i;
    return -1;
}

bool
session_reads_more(JsonObject *session, JsonObject *other)
{
    return evidence_of(session) > evidence_of(other);
}

JsonNode *
document_of_error(const char *version, const char *message)
{
    JsonObject *object = json_object_new(), *capture = json_object_new();
    JsonNode *root = json_node_alloc();

    json_object_set_string_member(object, "schema", "sstpdiag/1");
    json_object_set_string_member(object, "version", version);
    json_object_set_string_member(capture, "file", "");
    json_object_set_int_member(capture, "frames", 0);
    json_object_set_int_member(capture, "duration", 0);
    json_object_set_null_member(capture, "start");
    json_object_set_array_member(capture, "interfaces", json_array_new());
    json_object_set_null_member(capture, "clock");
    json_object_set_object_member(object, "capture", capture);
    json_object_set_string_member(object, "error", message);
    static const char *const lists[] = { "sessions", "candidates", "pairs", "hints", "logs" };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        json_object_set_array_member(object, lists[i], json_array_new());
    json_object_set_null_member(object, "nothing");
    json_node_init_object(root, object);
    json_object_unref(object);
    return root;
}
