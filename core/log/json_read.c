/* json_read.c - one JSON object of a log
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/json_read.h"

#include <string.h>

enum { DEPTH_MAX = 24, MEMBERS_MAX = 256 };

struct parser {
    const char *p;
    int depth;
    bool bad;
};

static void
skip_blanks(struct parser *parser)
{
    parser->p += strspn(parser->p, " \t\r\n");
}

static bool
take(struct parser *parser, char c)
{
    skip_blanks(parser);
    if (*parser->p != c)
        return false;
    parser->p++;
    return true;
}

/* Four hexadecimal digits; false when there are fewer. */
static bool
take_hex(struct parser *parser, gunichar *c)
{
    *c = 0;
    for (int i = 0; i < 4; i++) {
        if (!g_ascii_isxdigit(*parser->p))
            return false;
        *c = *c << 4 | (gunichar)g_ascii_xdigit_value(*parser->p++);
    }
    return true;
}

/* Behind "\u"; surrogates in pairs. */
static gunichar
escaped_char(struct parser *parser)
{
    gunichar c, low;

    if (!take_hex(parser, &c))
        return '?';
    if (c >= 0xd800 && c < 0xdc00 && parser->p[0] == '\\' && parser->p[1] == 'u') {
        parser->p += 2;
        if (take_hex(parser, &low) && low >= 0xdc00 && low < 0xe000)
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    return g_unichar_validate(c) && c ? c : '?';
}

static void
escape(struct parser *parser, GString *out)
{
    char c = *parser->p;

    if (!c)
        return;
    parser->p++;
    if (c == 'u')
        g_string_append_unichar(out, escaped_char(parser));
    else
        g_string_append_c(out, c == 'n' || c == 'r' ? '\n' : c == 't' ? ' ' : c);
}

/* Behind the quote that opens it. */
static void
parse_string(struct parser *parser, GString *out)
{
    while (*parser->p && *parser->p != '"') {
        if (*parser->p == '\\') {
            parser->p++;
            escape(parser, out);
        } else {
            g_string_append_c(out, *parser->p++);
        }
    }
    parser->bad |= !take(parser, '"');
}

/* Values stand in values, DEPTH_MAX deep at most.
 * NOLINTBEGIN(misc-no-recursion) */
static void parse_value(struct parser *parser, GString *out);

static void
parse_array(struct parser *parser, GString *out)
{
    GString *element = g_string_new(NULL);

    while (!parser->bad && !take(parser, ']')) {
        g_string_truncate(element, 0);
        parse_value(parser, element);
        guint64 byte = g_ascii_strtoull(element->str, NULL, 10);
        if (byte > 0 && byte < 256)
            g_string_append_c(out, (char)byte);
        parser->bad |= !take(parser, ',') && *parser->p != ']';
    }
    g_string_free(element, TRUE);
}

/* Behind the brace; members go into table, or that with the name "value" into out. */
static void
parse_members(struct parser *parser, GHashTable *table, GString *out)
{
    while (!parser->bad && !take(parser, '}')) {
        GString *name = g_string_new(NULL), *value = g_string_new(NULL);
        parser->bad |= !take(parser, '"');
        if (!parser->bad)
            parse_string(parser, name);
        parser->bad |= !take(parser, ':');
        if (!parser->bad)
            parse_value(parser, value);
        if (out && (strcmp(name->str, "value") == 0 || out->len == 0))
            g_string_assign(out, value->str);
        if (table && g_hash_table_size(table) < MEMBERS_MAX)
            g_hash_table_insert(table, g_strdup(name->str), g_strdup(value->str));
        g_string_free(name, TRUE);
        g_string_free(value, TRUE);
        parser->bad |= !take(parser, ',') && *parser->p != '}';
    }
}

static void
parse_value(struct parser *parser, GString *out)
{
    if (++parser->depth > DEPTH_MAX)
        parser->bad = true;
    else if (take(parser, '"'))
        parse_string(parser, out);
    else if (take(parser, '['))
        parse_array(parser, out);
    else if (take(parser, '{'))
        parse_members(parser, NULL, out);
    else {
        size_t len = strcspn(parser->p, ",]} \t\r\n");
        g_string_append_len(out, parser->p, (gssize)len);
        parser->p += len;
        parser->bad |= len == 0;
    }
    parser->depth--;
}
/* NOLINTEND(misc-no-recursion) */

GHashTable *
log_json_read(const char *text)
{
    struct parser parser = { text, 0, false };
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    parser.bad = !take(&parser, '{');
    parse_members(&parser, table, NULL);
    if (!parser.bad)
        return table;
    g_hash_table_unref(table);
    return NULL;
}

void
log_json_follow(struct log_json_depth *depth, const char *text)
{
    for (; *text; text++) {
        if (depth->escaped)
            depth->escaped = false;
        else if (depth->quoted)
            depth->escaped = *text == '\\', depth->quoted = *text != '"';
        else if (*text == '"')
            depth->quoted = true;
        else if (*text == '{' || *text == '[')
            depth->depth++, depth->any = true;
        else if (*text == '}' || *text == ']')
            depth->depth--;
    }
}
