/* compare.c - two attempts to connect, each in a report of its own, held against each other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare.h"

#include <string.h>

#include "document.h"
#include "report/compare.h"

/* --- which session --------------------------------------------------------------------------- */

static bool
is_failed(JsonObject *session)
{
    return strcmp(member_string(session, "outcome"), "failed") == 0;
}

/* What stands at another capture point says the same once more, and often less. */
static bool
is_same_connection(JsonObject *a, JsonObject *b)
{
    JsonNode *x = json_object_get_member(a, "client_isn"),
             *y = json_object_get_member(b, "client_isn");

    return x && y && JSON_NODE_HOLDS_VALUE(x) && JSON_NODE_HOLDS_VALUE(y) &&
           json_node_get_int(x) == json_node_get_int(y);
}

/* NULL: there is none. */
static JsonObject *
choose(JsonNode *document, const char **why)
{
    JsonArray *sessions = document_sessions(document);
    guint num = json_array_get_length(sessions);
    JsonObject *chosen = NULL;

    *why = NULL;
    for (guint i = 0; i < num; i++) {
        JsonObject *session = json_array_get_object_element(sessions, i);
        bool later = !chosen || is_failed(session) || !is_failed(chosen);
        if (chosen && is_same_connection(session, chosen))
            later = session_reads_more(session, chosen);
        if (later)
            chosen = session;
    }
    if (num > 1)
        *why = is_failed(chosen) ? "the last that failed" : "the last one";
    return chosen;
}

/* --- what the report says of it -------------------------------------------------------------- */

static void
read_fact(struct fact *fact, JsonNode *node)
{
    if (!node || !JSON_NODE_HOLDS_VALUE(node))
        return;
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        fact->text = g_strdup(json_node_get_string(node));
    else
        *fact = (struct fact){ .is_number = true, .number = json_node_get_double(node) };
}

static void
read_facts(struct attempt *attempt, JsonObject *facts)
{
    for (int id = 0; id < FACT_COUNT; id++) {
        const struct fact_info *info = fact_info((enum fact_id)id);
        JsonObject *stage = facts ? member_object(facts, stage_name(info->stage)) : NULL;
        if (stage)
            read_fact(&attempt->facts[id], json_object_get_member(stage, info->key));
    }
}

static void
read_stage(JsonArray *array, guint index, JsonNode *node, gpointer data)
{
    struct attempt *attempt = data;
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

    (void)array, (void)index;
    for (int stage = 0; object && stage < STAGE_COUNT; stage++) {
        if (strcmp(member_string(object, "stage"), stage_name((enum stage)stage)) != 0)
            continue;
        attempt->stages[stage].seen = true;
        attempt->stages[stage].seconds =
            json_object_get_double_member_with_default(object, "seconds", 0);
        for (int i = OUTCOME_UNKNOWN; i <= OUTCOME_INFERRED; i++)
            if (strcmp(member_string(object, "outcome"), outcome_name((enum outcome)i)) == 0)
                attempt->stages[stage].outcome = (enum outcome)i;
    }
}

static void
read_times(struct attempt *attempt, JsonObject *capture, JsonObject *session)
{
    double first = json_object_get_double_member_with_default(capture, "start", 0);
    double last = json_object_get_double_member_with_default(capture, "duration", 0);
    JsonNode *end = json_object_get_member(session, "end");

    if (first <= 0)
        return;
    attempt->start = first + json_object_get_double_member_with_default(session, "start", 0);
    attempt->end = first + (end && JSON_NODE_HOLDS_VALUE(end) ? json_node_get_double(end) : last);
}

static void
read_attempt(struct attempt *attempt, JsonNode *document, JsonObject *session)
{
    JsonObject *object = json_node_get_object(document);
    JsonObject *verdict = member_object(session, "verdict");
    JsonNode *stages = json_object_get_member(session, "stages");
    bool candidate =
        document_sessions(document) == json_object_get_array_member(object, "candidates");

    attempt->file = g_strdup(member_string(document_capture(document), "file"));
    attempt->kind = g_strdup(candidate ? "candidate" : "session");
    attempt->id = (unsigned)json_object_get_int_member_with_default(session, "id", 0);
    read_times(attempt, document_capture(document), session);
    attempt->outcome = g_strdup(member_string(session, "outcome"));
    attempt->evidence = g_strdup(member_string(session, "evidence"));
    if (verdict) {
        attempt->verdict = g_strdup(member_string(verdict, "finding"));
        attempt->summary = g_strdup(member_string(verdict, "summary"));
    }
    if (stages && JSON_NODE_HOLDS_ARRAY(stages))
        json_array_foreach_element(json_node_get_array(stages), read_stage, attempt);
    read_facts(attempt, member_object(session, "facts"));
}

/* --- the comparison -------------------------------------------------------------------------- */

static void
add_member(JsonNode *document, const struct comparison *comparison)
{
    static const char key[] = "comparison";
    struct json json = { g_string_new(NULL), false };

    comparison_json(&json, NULL, comparison);
    JsonNode *node = json_from_string(json.text->str, NULL);
    if (node)
        json_object_set_member(json_node_get_object(document), key, node);
    g_string_free(json.text, TRUE);
}

char *
compare_reports(JsonNode *left, JsonNode *right)
{
    struct attempt a = { 0 }, b = { 0 };
    const char *why_left, *why_right;
    JsonObject *x = choose(left, &why_left), *y = choose(right, &why_right);

    if (!x || !y)
        return NULL;
    read_attempt(&a, left, x);
    read_attempt(&b, right, y);
    a.why = g_strdup(why_left);
    b.why = g_strdup(why_right);
    struct comparison *comparison = comparison_new(&a, &b);
    add_member(right, comparison);
    char *text = comparison_text(comparison);
    comparison_free(comparison);
    attempt_clear(&a);
    attempt_clear(&b);
    return text;
}
