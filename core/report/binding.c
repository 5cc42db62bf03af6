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
    if (strcmp(row->result, "ok") == 0)
        return;
    text_value(text, "received", row->received);
    text_value(text, "expected", row->expected);
}

void
report_binding_text(GString *text, const struct session *session)
{
    GPtrArray *rows = binding_rows(session);

    if (!rows)
        return;
    g_string_append_printf(text, "\n%*s%-*s%-*s%s\n", INDENT, "", NAME_WIDTH, "crypto binding",
                           RESULT_WIDTH, "result", "with");
    for (guint i = 0; i < rows->len; i++)
        text_row(text, g_ptr_array_index(rows, i));
    g_ptr_array_unref(rows);
}
