/* redact_document.c - a report without who it was
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "redact.h"

#include <string.h>

/* What a member of a report holds; others are text. */
static const struct member {
    const char *key;
    char kind; /* as a context's; 0: a word of the schema */
} members[] = {
    { "user", 'u' },
    { "sni", 'h' },
    { "server_name", 'h' },
    { "dialled_name", 'h' },
    { "host", 'h' },
    { "first_name", 'h' },
    { "names", 'h' },
    { "revocation_host", 'h' },
    { "schema", 0 },
    { "version", 0 },
    { "id", 0 },
    { "finding", 0 },
    { "stage", 0 },
    { "reached", 0 },
    { "state", 0 },
    { "severity", 0 },
    { "confidence", 0 },
    { "evidence", 0 },
    { "outcome", 0 },
    { "side", 0 },
    { "role", 0 },
    { "kind", 0 },
    { "check", 0 },
    { "result", 0 },
    { "recognised_by", 0 },
    { "matched_by", 0 },
    { "asker", 0 },
    { "silent", 0 },
    { "by", 0 },
    { "sender", 0 },
    { "protocol", 0 },
    { "method", 0 },
    { "cipher", 0 },
    { "source", 0 },
    { "level", 0 },
    { "form", 0 },
    { "symbol", 0 },
    { "weight", 0 },
    { "event", 0 },
    { "not_after", 0 },
    { "advice", 0 },
    { "meaning", 0 },
};

static const struct member *
member_of(const char *key)
{
    for (size_t i = 0; key && i < G_N_ELEMENTS(members); i++)
        if (strcmp(members[i].key, key) == 0)
            return &members[i];
    return NULL;
}

struct walk {
    struct redactor *redactor;
    bool learn;
};

/* As deep as a report is.
 * NOLINTBEGIN(misc-no-recursion) */
static void walk_node(const struct walk *walk, const char *key, JsonNode *node);

static void
walk_member(JsonObject *object, const char *key, JsonNode *node, gpointer data)
{
    (void)object;
    walk_node(data, key, node);
}

/* What a message says without the texts and names that are quoted in it. */
static char *
without_quoted(const char *content)
{
    char **parts = g_strsplit(content, "\"", -1);
    GString *text = g_string_new(NULL);

    for (guint i = 0; parts[i]; i++)
        g_string_append(text, i % 2 ? "(left out)" : parts[i]);
    g_strfreev(parts);
    return g_string_free(text, FALSE);
}

static void
walk_string(const struct walk *walk, const char *key, JsonNode *node)
{
    const struct member *member = member_of(key);
    const char *value = json_node_get_string(node);
    char *result = NULL;

    if ((member && !member->kind) || !*value)
        return;
    if (!walk->learn && g_strcmp0(key, "content") == 0) {
        char *left = without_quoted(value);
        result = redactor_text(walk->redactor, left);
        g_free(left);
        json_node_set_string(node, result);
        g_free(result);
        return;
    }
    if (member && !strchr(value, ' '))
        result = redactor_secret(walk->redactor, member->kind, value);
    else if (walk->learn)
        redactor_learn_text(walk->redactor, value);
    else
        result = redactor_text(walk->redactor, value);
    if (result && !walk->learn)
        json_node_set_string(node, result);
    g_free(result);
}

static void
walk_node(const struct walk *walk, const char *key, JsonNode *node)
{
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        json_object_foreach_member(json_node_get_object(node), walk_member, (gpointer)walk);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(array); i++)
            walk_node(walk, key, json_array_get_element(array, i));
    } else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING) {
        walk_string(walk, key, node);
    }
}
/* NOLINTEND(misc-no-recursion) */

void
redactor_learn_document(struct redactor *redactor, JsonNode *document)
{
    const struct walk walk = { redactor, true };

    walk_node(&walk, NULL, document);
}

void
redactor_document(struct redactor *redactor, JsonNode *document)
{
    const struct walk walk = { redactor, false };

    walk_node(&walk, NULL, document);
}
