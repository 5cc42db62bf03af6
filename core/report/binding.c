/* binding.c - the crypto binding of a session: received, expected, verified with
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/binding.h"

#include <string.h>

#include "base/text.h"
#include "session/binding_check.h"

enum { INDENT = 4, NAME_WIDTH = 17, RESULT_WIDTH = 13 };

void
report_binding_json(struct json *json, const struct session *session)
{
    GPtrArray *rows = binding_rows(session);

    json_array_begin(json, "binding");
    for (guint i = 0; rows && i < rows->len; i++) {
        const struct binding_row *row = g_ptr_array_index(rows, i);
        json_object_begin(json, NULL);
        json_string(json, "check", binding_item_id(row->item));
        json_string(json, "result", row->result);
        json_string(json, "received", row->received);
        json_string(json, "expected", row->expected);
        json_string(json, "with", row->with);
        json_object_end(json);
    }
    json_array_end(json);
    if (rows)
        g_ptr_array_unref(rows);
}

static void
text_value(GString *text, const char *label, const char *value)
{
    if (value && *value)
        g_string_append_printf(text, "%*s%-9s %s\n", INDENT, "", label, value);
}

static void
text_row(GString *text, const struct binding_row *row)
{
    const size_t column = INDENT + NAME_WIDTH + RESULT_WIDTH;

    g_string_append_printf(text, "%*s%-*s%-*s", INDENT, "", NAME_WIDTH,
                           binding_item_name(row->item), RESULT_WIDTH, row->result);
    text_wrapped(text, column, column, row->with ? row->with : "");
    /* What is as it should be needs no proof. */
    if (strcmp(row->result, BINDING_OK) == 0)
        return;
    text_value(text, "received", row->received);
    text_value(text, "expected", row->expected);
}

/* Names of the checks with this result, and the result; nothing where there is none. */
static void
line_of_result(GString *line, const GPtrArray *rows, const char *result)
{
    const char *before = line->len ? "; " : "", *why = NULL;
    bool any = false;

    for (guint i = 0; i < rows->len; i++) {
        const struct binding_row *row = g_ptr_array_index(rows, i);
        if (strcmp(row->result, result) != 0)
            continue;
        g_string_append_printf(line, "%s%s", any ? ", " : before, binding_item_name(row->item));
        any = true;
        if (!why)
            why = row->with;
    }
    if (any)
        g_string_append_printf(line, " %s", result);
    if (why && strcmp(result, BINDING_NOT_VERIFIED) == 0)
        g_string_append_printf(line, ": %s", why);
}

/* "ok; Compound MAC not verified"; the names of those that are ok go without saying. */
static void
line_in_brief(GString *line, const GPtrArray *rows)
{
    bool first = true;

    g_string_assign(line, BINDING_OK);
    for (guint i = 0; i < rows->len; i++) {
        const struct binding_row *row = g_ptr_array_index(rows, i);
        if (strcmp(row->result, BINDING_NOT_VERIFIED) != 0)
            continue;
        g_string_append_printf(line, "%s%s", first ? "; " : ", ", binding_item_name(row->item));
        first = false;
    }
    if (!first)
        g_string_append(line, " " BINDING_NOT_VERIFIED);
}

static bool
any_differs(const GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++)
        if (strcmp(((const struct binding_row *)g_ptr_array_index(rows, i))->result,
                   BINDING_DIFFERS) == 0)
            return true;
    return false;
}

char *
report_binding_line(const struct session *session, bool brief)
{
    static const char *const results[] = { BINDING_DIFFERS, BINDING_OK, BINDING_NOT_VERIFIED };
    GPtrArray *rows = binding_rows(session);
    GString *line = g_string_new(NULL);

    /* Where nothing could be compared there is nothing to say. */
    for (size_t i = 0; rows && i < G_N_ELEMENTS(results); i++)
        if (line->len || strcmp(results[i], BINDING_NOT_VERIFIED) != 0)
            line_of_result(line, rows, results[i]);
    if (brief && rows && line->len && !any_differs(rows))
        line_in_brief(line, rows);
    if (rows)
        g_ptr_array_unref(rows);
    return g_string_free(line, FALSE);
}

void
report_binding_text(GString *text, const struct session *session, bool always)
{
    GPtrArray *rows = binding_rows(session);

    if (!rows)
        return;
    if (always || any_differs(rows)) {
        g_string_append_printf(text, "\n%*s%-*s%-*s%s\n", INDENT, "", NAME_WIDTH, "crypto binding",
                               RESULT_WIDTH, "result", "with");
        for (guint i = 0; i < rows->len; i++)
            text_row(text, g_ptr_array_index(rows, i));
    }
    g_ptr_array_unref(rows);
}
