/* roster.c - the sessions of many captures, the worst first, as a table and for a page
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "roster.h"

#include <string.h>

#include "base/findings.h"
#include "base/text.h"
#include "document.h"
#include "summary.h"

enum {
    KEPT_IN_FULL = 4, /* times as many as are told, until they are sorted again */
    TITLE_WIDTH = 40,
    SERVER_WIDTH = 22,
};

struct entry {
    int severity;
    guint number;    /* in order of arrival */
    JsonObject *row; /* what the page groups by; NULL: of a capture that could not be judged */
    JsonObject *session;
    char *file, *error;
};

struct roster {
    guint max, added;
    guint kept;         /* entries that have their session */
    GPtrArray *entries; /* struct entry */
};

static void
entry_free(gpointer data)
{
    struct entry *entry = data;

    g_clear_pointer(&entry->row, json_object_unref);
    g_clear_pointer(&entry->session, json_object_unref);
    g_free(entry->file);
    g_free(entry->error);
    g_free(entry);
}

struct roster *
roster_new(guint max)
{
    struct roster *roster = g_new0(struct roster, 1);

    roster->max = max;
    roster->entries = g_ptr_array_new_with_free_func(entry_free);
    return roster;
}

void
roster_free(struct roster *roster)
{
    g_ptr_array_unref(roster->entries);
    g_free(roster);
}

/* What could not be judged stands behind the errors. */
static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;

    return x->severity != y->severity ? y->severity - x->severity
                                      : (x->number < y->number ? -1 : 1);
}

/* The best ones lose their sessions, so that memory is bounded. */
static void
roster_sort(struct roster *roster)
{
    g_ptr_array_sort(roster->entries, compare_entries);
    for (guint i = roster->max; roster->max && i < roster->entries->len; i++) {
        struct entry *entry = g_ptr_array_index(roster->entries, i);
        g_clear_pointer(&entry->session, json_object_unref);
    }
    roster->kept = roster->max;
}

static struct entry *
roster_entry(struct roster *roster, JsonNode *document, int severity)
{
    struct entry *entry = g_new0(struct entry, 1);

    entry->severity = severity;
    entry->number = roster->added++;
    entry->file = g_strdup(member_string(document_capture(document), "file"));
    g_ptr_array_add(roster->entries, entry);
    return entry;
}

static void
add_session(struct roster *roster, JsonNode *document, JsonObject *session)
{
    JsonObject *verdict = member_object(session, "verdict"), *tls = member_object(session, "tls");
    struct entry *entry = roster_entry(roster, document, session_severity(session));
    const char *server = member_string(session, "server_name"),
               *version = tls ? member_string(tls, "version") : "";
    char *client = summary_host(member_string(session, "client")),
         *day = summary_day(document, session);

    entry->session = json_object_ref(session);
    entry->row = json_object_new();
    json_object_set_string_member(entry->row, "title", member_string(verdict, "title"));
    json_object_set_string_member(entry->row, "finding", member_string(verdict, "finding"));
    json_object_set_int_member(entry->row, "severity", entry->severity);
    json_object_set_string_member(entry->row, "server",
                                  *server ? server : member_string(session, "server"));
    json_object_set_string_member(entry->row, "day", day);
    json_object_set_string_member(entry->row, "client", client);
    json_object_set_string_member(entry->row, "version", *version ? version : "none");
    g_free(client);
    g_free(day);
    roster->kept++;
    if (roster->max && roster->kept > KEPT_IN_FULL * roster->max)
        roster_sort(roster);
}

void
roster_add(struct roster *roster, JsonNode *document)
{
    JsonObject *object = json_node_get_object(document);
    JsonArray *sessions = document_sessions(document);

    if (json_object_has_member(object, "error"))
        roster_entry(roster, document, SEVERITY_ERROR)->error =
            g_strdup(member_string(object, "error"));
    for (guint i = 0; i < json_array_get_length(sessions); i++)
        add_session(roster, document, json_array_get_object_element(sessions, i));
}

/* --- text ------------------------------------------------------------------------------------ */

/* Appends words in a column; what does not fit is cut. */
static void
column(GString *text, const char *words, int width)
{
    glong len = g_utf8_strlen(words, -1);

    if (len <= width) {
        g_string_append_printf(text, "%s%*s", words, (int)(width - len) + 2, "");
        return;
    }
    char *cut = g_utf8_substring(words, 0, width - 1);
    g_string_append_printf(text, "%s\342\200\246  ", cut);
    g_free(cut);
}

/* How bad the session is; what else was found in one that works does not matter here. */
static const char *
word_of(const struct entry *entry)
{
    bool works = entry->row && strcmp(member_string(entry->row, "finding"), "healthy") == 0;

    return works || entry->severity < 0 ? "ok" : severity_name((enum severity)entry->severity);
}

static void
text_entry(GString *text, const struct entry *entry)
{
    column(text, word_of(entry), 5);
    if (entry->error) {
        g_string_append_printf(text, "%s: %s\n", entry->file, entry->error);
        return;
    }
    char *server = text_shown(member_string(entry->row, "server"), ""),
         *file = text_shown(entry->file, "");
    column(text, member_string(entry->row, "title"), TITLE_WIDTH);
    column(text, server, SERVER_WIDTH);
    g_string_append_printf(text, "%s\n", file);
    g_free(server);
    g_free(file);
}

char *
roster_text(struct roster *roster)
{
    GString *text = g_string_new(NULL);

    roster_sort(roster);
    guint all = roster->entries->len, shown = roster->max ? MIN(all, roster->max) : all;
    column(text, "", 5);
    column(text, "Verdict", TITLE_WIDTH);
    column(text, "Server", SERVER_WIDTH);
    g_string_append(text, "Capture\n");
    for (guint i = 0; i < shown; i++)
        text_entry(text, g_ptr_array_index(roster->entries, i));
    if (shown < all)
        g_string_append_printf(text, "and %u more, none of them worse: --all\n", all - shown);
    return g_string_free(text, FALSE);
}

/* --- for a page ------------------------------------------------------------------------------ */

static void
json_entry(const struct entry *entry, JsonArray *sessions, JsonArray *failed)
{
    JsonObject *object = entry->error ? json_object_new() : json_object_ref(entry->row);

    json_object_set_string_member(object, "file", entry->file);
    if (entry->error)
        json_object_set_string_member(object, "error", entry->error);
    if (entry->session)
        json_object_set_object_member(object, "session", json_object_ref(entry->session));
    json_array_add_object_element(entry->error ? failed : sessions, object);
}

JsonNode *
roster_document(struct roster *roster, const char *version)
{
    JsonObject *object = json_object_new(), *fleet = json_object_new();
    JsonArray *sessions = json_array_new(), *failed = json_array_new();
    JsonNode *root = json_node_alloc();

    roster_sort(roster);
    for (guint i = 0; i < roster->entries->len; i++)
        json_entry(g_ptr_array_index(roster->entries, i), sessions, failed);
    json_object_set_array_member(fleet, "sessions", sessions);
    json_object_set_array_member(fleet, "failed", failed);
    json_object_set_string_member(object, "schema", "sstpdiag/1");
    json_object_set_string_member(object, "version", version);
    json_object_set_object_member(object, "fleet", fleet);
    json_node_init_object(root, object);
    json_object_unref(object);
    return root;
}
