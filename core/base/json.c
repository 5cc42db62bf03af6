/* json.c - writes one JSON document into a string
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/json.h"

#include <math.h>

#include "base/text.h"

enum { DIGITS_MAX_LEN = 330 }; /* -DBL_MAX with six decimals has 317 */

/* Beyond 16 bits as two halves (RFC 8259 7). */
static void
json_escape(GString *text, gunichar c)
{
    if (c >= 0x10000) {
        g_string_append_printf(text, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    g_string_append_printf(text, "\\u%04x", c);
}

/* What a terminal would obey is escaped, as a document may be looked at there. */
static void
json_quoted(GString *text, const char *value)
{
    char *valid = g_utf8_make_valid(value, -1);

    g_string_append_c(text, '"');
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '"' || c == '\\')
            g_string_append_printf(text, "\\%c", (char)c);
        else if (!text_may_show(c))
            json_escape(text, c);
        else
            g_string_append_unichar(text, c);
    }
    g_string_append_c(text, '"');
    g_free(valid);
}

static void
json_key(struct json *json, const char *key)
{
    if (json->comma)
        g_string_append_c(json->text, ',');
    json->comma = true;
    if (key) {
        json_quoted(json->text, key);
        g_string_append_c(json->text, ':');
    }
}

static void
json_open(struct json *json, const char *key, char bracket)
{
    json_key(json, key);
    g_string_append_c(json->text, bracket);
    json->comma = false;
}

static void
json_close(struct json *json, char bracket)
{
    g_string_append_c(json->text, bracket);
    json->comma = true;
}

void
json_object_begin(struct json *json, const char *key)
{
    json_open(json, key, '{');
}

void
json_object_end(struct json *json)
{
    json_close(json, '}');
}

void
json_array_begin(struct json *json, const char *key)
{
    json_open(json, key, '[');
}

void
json_array_end(struct json *json)
{
    json_close(json, ']');
}

void
json_null(struct json *json, const char *key)
{
    json_key(json, key);
    g_string_append(json->text, "null");
}

void
json_bool(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    g_string_append(json->text, value ? "true" : "false");
}

void
json_string(struct json *json, const char *key, const char *value)
{
    if (!value) {
        json_null(json, key);
        return;
    }
    json_key(json, key);
    json_quoted(json->text, value);
}

void
json_number(struct json *json, const char *key, double value)
{
    char digits[DIGITS_MAX_LEN];

    if (!isfinite(value)) {
        json_null(json, key);
        return;
    }
    bool whole = fabs(value) < 1e15 && (double)(int64_t)value == value;
    json_key(json, key);
    g_string_append(json->text,
                    g_ascii_formatd(digits, sizeof digits, whole ? "%.0f" : "%.6f", value));
}
