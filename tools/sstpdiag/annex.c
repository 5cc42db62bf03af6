/* annex.c - what a page has beside the report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "annex.h"

#include <stdbool.h>
#include <string.h>

#include "document.h"
#include "frames.h"
#include "report/explain.h"

static const char *const lists[] = { "sessions", "candidates", "pairs" };

/* --- frames ---------------------------------------------------------------------------------- */

struct frames {
    const GPtrArray *map; /* as of frames_map() */
    JsonObject *own;
};

static bool
find_own(const GArray *frames, guint32 number, guint *at)
{
    guint low = 0, high = frames->len;

    while (low < high) {
        *at = low + (high - low) / 2;
        guint32 value = g_array_index(frames, guint32, *at);
        if (value == number)
            return true;
        if (value < number)
            low = *at + 1;
        else
            high = *at;
    }
    return false;
}

static void
add_frame(const struct frames *frames, guint32 number)
{
    char *key = g_strdup_printf("%u", number);

    for (guint end = 0, at = 0; end < frames->map->len; end++) {
        if (!find_own(g_ptr_array_index(frames->map, end), number, &at))
            continue;
        JsonArray *place = json_array_new();
        json_array_add_int_element(place, end);
        json_array_add_int_element(place, at + 1);
        json_object_set_array_member(frames->own, key, place);
    }
    g_free(key);
}

/* As deep as a report is.
 * NOLINTBEGIN(misc-no-recursion) */
static void walk(const struct frames *frames, const char *key, JsonNode *node);

static void
walk_member(JsonObject *object, const char *key, JsonNode *node, gpointer data)
{
    (void)object;
    walk(data, key, node);
}

static void
walk(const struct frames *frames, const char *key, JsonNode *node)
{
    static const char *const names[] = { "frames", "frame", "first_frame", "last_frame", NULL };

    if (JSON_NODE_HOLDS_OBJECT(node)) {
        json_object_foreach_member(json_node_get_object(node), walk_member, (gpointer)frames);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(array); i++)
            walk(frames, key, json_array_get_element(array, i));
    } else if (JSON_NODE_HOLDS_VALUE(node) && key && g_strv_contains(names, key)) {
        add_frame(frames, (guint32)json_node_get_int(node));
    }
}
/* NOLINTEND(misc-no-recursion) */

void
annex_frames(JsonNode *document, const char *joined, const GArray *interfaces)
{
    JsonObject *object = json_node_get_object(document);
    GPtrArray *map = frames_map(joined, interfaces);
    struct frames frames = { map, json_object_new() };

    for (size_t i = 0; map && i < G_N_ELEMENTS(lists); i++)
        walk(&frames, NULL, json_object_get_member(object, lists[i]));
    json_object_set_object_member(object, "own_frames", frames.own);
    g_clear_pointer(&map, g_ptr_array_unref);
}

/* --- findings -------------------------------------------------------------------------------- */

static void
add_findings(JsonObject *manual, JsonArray *holders)
{
    for (guint i = 0; i < json_array_get_length(holders); i++) {
        JsonObject *holder = json_array_get_object_element(holders, i);
        JsonNode *node = json_object_get_member(holder, "findings");
        JsonArray *findings =
            node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
        for (guint k = 0; findings && k < json_array_get_length(findings); k++) {
            const char *id = member_string(json_array_get_object_element(findings, k), "id");
            char *text = json_object_has_member(manual, id) ? NULL : report_explain(id);
            if (text)
                json_object_set_string_member(manual, id, g_strchug(text));
            g_free(text);
        }
    }
}

void
annex_findings(JsonNode *document)
{
    JsonObject *object = json_node_get_object(document), *manual = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        add_findings(manual, json_object_get_array_member(object, lists[i]));
    json_object_set_object_member(object, "manual", manual);
}
