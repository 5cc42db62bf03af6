/* ends.c - which captures are of the same connection, and one file made of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "document.h"
#include "find.h"

static const double same_time_seconds = 3600;

/* --- telling --------------------------------------------------------------------------------- */

static double
session_time(JsonNode *document, JsonObject *session)
{
    return json_object_get_double_member_with_default(document_capture(document), "start", 0) +
           json_object_get_double_member_with_default(session, "start", 0);
}

static bool
has_number(JsonObject *session, const char *key)
{
    JsonNode *node = json_object_get_member(session, key);

    return node && JSON_NODE_HOLDS_VALUE(node);
}

static bool
same_number(JsonObject *a, JsonObject *b, const char *key)
{
    return has_number(a, key) && has_number(b, key) &&
           json_object_get_int_member(a, key) == json_object_get_int_member(b, key);
}

static bool
same_string(JsonObject *a, JsonObject *b, const char *key)
{
    const char *text = member_string(a, key);

    return *text && strcmp(text, member_string(b, key)) == 0;
}

static bool
same_random(JsonObject *a, JsonObject *b)
{
    JsonNode *x = json_object_get_member(a, "tls"), *y = json_object_get_member(b, "tls");

    return x && y && JSON_NODE_HOLDS_OBJECT(x) && JSON_NODE_HOLDS_OBJECT(y) &&
           same_string(json_node_get_object(x), json_node_get_object(y), "client_random");
}

static bool
same_connection(JsonObject *a, JsonObject *b, bool same_time)
{
    bool answered = has_number(a, "server_isn") && has_number(b, "server_isn");

    if (same_random(a, b))
        return true;
    if (same_number(a, b, "client_isn") && (answered ? same_number(a, b, "server_isn") : same_time))
        return true;
    return same_time && same_string(a, b, "correlation_id");
}

static bool
share_connection(JsonNode *x, JsonNode *y)
{
    JsonArray *a = document_sessions(x), *b = document_sessions(y);

    for (guint i = 0; i < json_array_get_length(a); i++) {
        JsonObject *mine = json_array_get_object_element(a, i);
        double time = session_time(x, mine);
        for (guint k = 0; k < json_array_get_length(b); k++) {
            JsonObject *yours = json_array_get_object_element(b, k);
            if (same_connection(mine, yours,
                                fabs(time - session_time(y, yours)) < same_time_seconds))
                return true;
        }
    }
    return false;
}

void
ends_group(JsonNode *const *documents, guint num, guint *groups)
{
    for (guint i = 0; i < num; i++) {
        groups[i] = i;
        for (guint k = 0; k < i && groups[i] == i; k++)
            if (documents[i] && documents[k] && share_connection(documents[i], documents[k]))
                groups[i] = groups[k];
    }
}

/* Sessions at more than one interface of a file: two ends, as sstpcap writes them. */
static bool
has_two_interfaces(JsonNode *document)
{
    JsonArray *sessions = document_sessions(document);

    for (guint i = 1; i < json_array_get_length(sessions); i++)
        if (json_object_get_int_member(json_array_get_object_element(sessions, i), "interface") !=
            json_object_get_int_member(json_array_get_object_element(sessions, 0), "interface"))
            return true;
    return false;
}

JsonNode *
ends_judge(const struct reader *reader, struct reading reading, struct judgement *judgement,
           GError **error)
{
    for (;;) {
        if (!reader_judge(reader, &reading, judgement, error))
            return NULL;
        JsonNode *document = document_parse(judgement->json, error);
        if (document && (reading.two_interfaces || !reader_is_at_least(reader, 4, 4) ||
                         !has_two_interfaces(document)))
            return document;
        g_clear_pointer(&document, json_node_unref);
        judgement_clear(judgement);
        if (reading.two_interfaces || (error && *error))
            return NULL;
        reading.two_interfaces = true;
    }
}

/* --- merging --------------------------------------------------------------------------------- */

static char *
how_to_get_mergecap(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                        "mergecap is not installed, which joins captures of two ends. Debian, "
                        "Ubuntu: sudo apt install wireshark-common. Fedora: sudo dnf install "
                        "wireshark-cli. Or judge each alone: --separate.");
    return NULL;
}

static bool
run_mergecap(const struct reader *reader, const char *mergecap, const GPtrArray *inputs,
             bool pieces, const char *to, GError **error)
{
    GPtrArray *arguments = g_ptr_array_new();
    GSubprocessLauncher *launcher = place_launcher(reader->place, G_SUBPROCESS_FLAGS_STDERR_PIPE);
    const char *const first[] = { mergecap, "-I", pieces ? "all" : "none", "-w", to };
    char *err = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
        g_ptr_array_add(arguments, (gpointer)first[i]);
    for (guint i = 0; i < inputs->len; i++)
        g_ptr_array_add(arguments, g_ptr_array_index(inputs, i));
    g_ptr_array_add(arguments, NULL);
    GSubprocess *child =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments->pdata, error);
    bool good = child && g_subprocess_communicate_utf8(child, NULL, NULL, NULL, &err, error);
    if (good && !g_subprocess_get_successful(child)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the captures could not be joined: %s",
                    err && *err ? g_strchomp(err) : "mergecap failed");
        good = false;
    }
    g_free(err);
    g_clear_object(&child);
    g_object_unref(launcher);
    g_ptr_array_unref(arguments);
    return good;
}

char *
ends_merge(struct reader *reader, const GPtrArray *paths, bool pieces, GError **error)
{
    static guint number;
    char *mergecap = find_program("mergecap", reader->tshark);
    GPtrArray *inputs = g_ptr_array_new_with_free_func(g_free);
    char *name = g_strdup_printf("joined-%u.pcapng", number++);
    char *to = place_path(reader->place, name);
    bool good = true;

    if (!mergecap)
        to = (g_free(to), how_to_get_mergecap(error));
    for (guint i = 0; i < paths->len && mergecap && good; i++) {
        char *bare_name = g_strdup_printf("end-%u.pcapng", i);
        char *bare = place_path(reader->place, bare_name);
        g_ptr_array_add(inputs, bare);
        good = reader_take_keys(reader, g_ptr_array_index(paths, i), bare, error);
        g_free(bare_name);
    }
    good = mergecap && good && run_mergecap(reader, mergecap, inputs, pieces, to, error);
    for (guint i = 0; i < inputs->len; i++)
        g_remove(g_ptr_array_index(inputs, i));
    g_ptr_array_unref(inputs);
    g_free(mergecap);
    g_free(name);
    if (good)
        return to;
    g_free(to);
    return NULL;
}
