/* worst.c - a report with no more sessions than a page can show
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "worst.h"

#include <string.h>

#include "document.h"

static gint
compare_severity(gconstpointer a, gconstpointer b, gpointer data)
{
    guint x = *(const guint *)a, y = *(const guint *)b;
    int by = session_severity(json_array_get_object_element(data, y)) -
             session_severity(json_array_get_object_element(data, x));

    return by ? by : (x < y ? -1 : 1);
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    return *(const guint *)a < *(const guint *)b ? -1 : 1;
}

static JsonArray *
worst_of(JsonArray *sessions, guint max)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));
    JsonArray *left = json_array_new();

    for (guint i = 0; i < json_array_get_length(sessions); i++)
        g_array_append_val(order, i);
    g_array_sort_with_data(order, compare_severity, sessions);
    g_array_set_size(order, MIN(order->len, max));
    g_array_sort(order, compare_numbers);
    for (guint i = 0; i < order->len; i++)
        json_array_add_element(
            left, json_node_ref(json_array_get_element(sessions, g_array_index(order, guint, i))));
    g_array_unref(order);
    return left;
}

static void
count(JsonArray *verdicts, GHashTable *known, JsonObject *session)
{
    JsonObject *verdict = member_object(session, "verdict");
    const char *title = member_string(verdict, "title");
    JsonObject *row = g_hash_table_lookup(known, title);

    if (!row) {
        row = json_object_new();
        json_object_set_string_member(row, "title", title);
        json_object_set_string_member(row, "finding", member_string(verdict, "finding"));
        json_object_set_int_member(row, "severity", session_severity(session));
        json_object_set_int_member(row, "number", 0);
        json_array_add_object_element(verdicts, row);
        g_hash_table_insert(known, (gpointer)title, row);
    }
    json_object_set_int_member(row, "number", json_object_get_int_member(row, "number") + 1);
}

static JsonArray *
verdicts_of(JsonArray *sessions)
{
    GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);
    JsonArray *verdicts = json_array_new();

    for (guint i = 0; i < json_array_get_length(sessions); i++)
        count(verdicts, known, json_array_get_object_element(sessions, i));
    g_hash_table_unref(known);
    return verdicts;
}

JsonNode *
worst_only(JsonNode *document, guint max)
{
    JsonObject *from = json_node_get_object(document), *to;
    JsonArray *sessions = document_sessions(document);
    GList *names;

    if (!max || json_array_get_length(sessions) <= max)
        return json_node_ref(document);
    to = json_object_new();
    names = json_object_get_members(from);
    for (const GList *name = names; name; name = name->next)
        json_object_set_member(to, name->data,
                               json_node_ref(json_object_get_member(from, name->data)));
    g_list_free(names);
    json_object_set_array_member(
        to, sessions == json_object_get_array_member(from, "sessions") ? "sessions" : "candidates",
        worst_of(sessions, max));
    json_object_set_array_member(to, "verdicts", verdicts_of(sessions));
    JsonNode *root = json_node_alloc();
    json_node_init_object(root, to);
    json_object_unref(to);
    return root;
}
