/* json.c - writes one JSON document into a string
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/json.h"

#include <math.h>

enum { DIGITS_MAX_LEN = 330 }; /* -DBL_MAX with six decimals has 317 */

static void
json_quoted(GString *text, const char *value)
{
    char *valid = g_utf8_make_valid(value, -1);

    g_string_append_c(text, '"');
    for (const char *p = valid; *p; p++) {
        guchar c = (guchar)*p;
        if (c == '"' || c == '\\')
            g_string_append_printf(text, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf(text, "\\u%04x", c);
        else
            g_string_append_c(text, *p);
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
