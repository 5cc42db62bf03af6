/* xml.c - one event of Windows in XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/xml.h"

#include <string.h>

enum { DEPTH_MAX = 16 };

struct parser {
    struct log_record *record;
    GString *into; /* text of the element that is open goes there; NULL: nowhere */
    unsigned depth;
    bool in_data;
};

/* Names may have a prefix: "e:System". */
static const char *
local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static const char *
attribute(const char **names, const char **values, const char *name)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(local_name(names[i]), name) == 0)
            return values[i];
    return NULL;
}

static void
element_begin(GMarkupParseContext *context, const char *element, const char **names,
              const char **values, gpointer data, GError **error)
{
    struct parser *parser = data;
    struct log_record *record = parser->record;
    const char *name = local_name(element);

    (void)context;
    if (++parser->depth > DEPTH_MAX) {
        g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "too deep");
        return;
    }
    parser->into = NULL;
    if (parser->in_data)
        parser->into = log_record_field(record);
    else if (strcmp(name, "Provider") == 0)
        log_record_set(record->provider, attribute(names, values, "Name"));
    else if (strcmp(name, "TimeCreated") == 0)
        log_record_set(record->time, attribute(names, values, "SystemTime"));
    else if (strcmp(name, "EventID") == 0)
        parser->into = record->id;
    else if (strcmp(name, "Level") == 0 && parser->depth == 3 && record->level->len == 0)
        parser->into = record->level;
    else if (strcmp(name, "Message") == 0)
        parser->into = record->message;
    else if (strcmp(name, "Timestamp") == 0)
        parser->into = record->time;
    else if (log_record_nps_knows(name))
        parser->into = log_record_field_named(record, name);
    else if (strcmp(name, "EventData") == 0 || strcmp(name, "UserData") == 0)
        parser->in_data = true;
}

static void
element_end(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
    struct parser *parser = data;
    const char *name = local_name(element);

    (void)context, (void)error;
    parser->depth--;
    parser->into = NULL;
    if (strcmp(name, "EventData") == 0 || strcmp(name, "UserData") == 0)
        parser->in_data = false;
}

static void
text(GMarkupParseContext *context, const char *bytes, gsize len, gpointer data, GError **error)
{
    struct parser *parser = data;
    GString *into = parser->into;

    (void)context, (void)error;
    if (into && into->len < LOG_RECORD_TEXT_MAX_LEN)
        g_string_append_len(into, bytes, (gssize)MIN(len, LOG_RECORD_TEXT_MAX_LEN - into->len));
}

/* Groups of fields have only blanks of their own. */
static void
drop_empty_fields(struct log_record *record)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < record->num_fields; i++) {
        g_strstrip(record->fields[i]->str);
        g_string_truncate(record->fields[i], strlen(record->fields[i]->str));
        if (record->fields[i]->len)
            record->fields[kept++] = record->fields[i];
        else
            g_string_free(record->fields[i], TRUE);
    }
    record->num_fields = kept;
}

bool
log_xml_parse(struct log_record *record, const char *xml, size_t len)
{
    static const GMarkupParser callbacks = { element_begin, element_end, text, NULL, NULL };
    struct parser parser = { .record = record };
    GMarkupParseContext *context;
    bool good;

    if (len > LOG_XML_EVENT_MAX_LEN)
        return false;
    context = g_markup_parse_context_new(&callbacks, G_MARKUP_TREAT_CDATA_AS_TEXT, &parser, NULL);
    good = g_markup_parse_context_parse(context, xml, (gssize)len, NULL) &&
           g_markup_parse_context_end_parse(context, NULL);
    g_markup_parse_context_free(context);
    drop_empty_fields(record);
    return good;
}
