/* test_json.c - JSON documents
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "hex.h"
#include "base/json.h"

struct string_row {
    const char *name;
    const char *value;
    const char *json;
};

static const struct string_row string_rows[] = {
    { "plain", "vpn.example.com", "\"vpn.example.com\"" },
    { "empty", "", "\"\"" },
    { "null", NULL, "null" },
    { "quote", "a\"b", "\"a\\\"b\"" },
    { "backslash", "HKLM\\SYSTEM", "\"HKLM\\\\SYSTEM\"" },
    { "slash", "a/b", "\"a/b\"" },
    { "newline", "a\nb\r\tc", "\"a\\u000ab\\u000d\\u0009c\"" },
    { "control", "\001\037", "\"\\u0001\\u001f\"" },
    { "delete", "\177", "\"\\u007f\"" },
    { "utf-8", "J\303\274rgen \360\237\224\221", "\"J\303\274rgen \360\237\224\221\"" },
    { "not-utf-8", "a\377b", "\"a\357\277\275b\"" },
    { "cut-utf-8", "a\303", "\"a\357\277\275\"" },
    { "surrogate", "\355\240\200", "\"\357\277\275\357\277\275\357\277\275\"" },
};

static void
run_string(gconstpointer data)
{
    const struct string_row *row = data;
    struct json json = { g_string_new(NULL), false };

    json_string(&json, NULL, row->value);
    g_assert_cmpstr(json.text->str, ==, row->json);
    g_string_free(json.text, TRUE);
}

static void
test_bool(void)
{
    struct json json = { g_string_new(NULL), false };

    json_object_begin(&json, NULL);
    json_bool(&json, "yes", true);
    json_bool(&json, "no", false);
    json_object_end(&json);
    g_assert_cmpstr(json.text->str, ==, "{\"yes\":true,\"no\":false}");
    g_string_free(json.text, TRUE);
}

struct number_row {
    const char *name;
    double value;
    const char *json;
};

static const struct number_row number_rows[] = {
    { "zero", 0, "0" },
    { "whole", 1460, "1460" },
    { "negative", -3, "-3" },
    { "fraction", 0.016, "0.016000" },
    { "negative-fraction", -2.5, "-2.500000" },
    { "tiny", 1e-9, "0.000000" },
    { "uint32-largest", 4294967295.0, "4294967295" },
    { "largest-whole", 999999999999999.0, "999999999999999" },
    { "larger", 1e15, "1000000000000000.000000" },
    { "infinite", INFINITY, "null" },
    { "negative-infinite", -INFINITY, "null" },
    { "not-a-number", NAN, "null" },
};

static void
run_number(gconstpointer data)
{
    const struct number_row *row = data;
    struct json json = { g_string_new(NULL), false };

    json_number(&json, NULL, row->value);
    g_assert_cmpstr(json.text->str, ==, row->json);
    g_string_free(json.text, TRUE);
}

/* The largest double has 309 digits, and needs them. */
static void
test_largest(void)
{
    struct json json = { g_string_new(NULL), false };

    json_number(&json, NULL, -1.7976931348623157e308);
    g_assert_cmpfloat(g_ascii_strtod(json.text->str, NULL), <, -1e300);
    g_string_free(json.text, TRUE);
}

/* Commas stand between members and elements, at every depth, and nowhere else. */
static void
test_structure(void)
{
    struct json json = { g_string_new(NULL), false };

    json_object_begin(&json, NULL);
    json_array_begin(&json, "none");
    json_array_end(&json);
    json_array_begin(&json, "list");
    json_number(&json, NULL, 1);
    json_object_begin(&json, NULL);
    json_object_end(&json);
    json_object_begin(&json, NULL);
    json_string(&json, "a\"", "b");
    json_null(&json, "c");
    json_object_end(&json);
    json_array_begin(&json, NULL);
    json_null(&json, NULL);
    json_array_end(&json);
    json_array_end(&json);
    json_number(&json, "last", 0.5);
    json_object_end(&json);
    g_assert_cmpstr(json.text->str, ==,
                    "{\"none\":[],\"list\":[1,{},{\"a\\\"\":\"b\",\"c\":null},[null]],"
                    "\"last\":0.500000}");
    g_string_free(json.text, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/json/string", string_rows, run_string);
    ADD_ROWS("/json/number", number_rows, run_number);
    g_test_add_func("/json/largest", test_largest);
    g_test_add_func("/json/structure", test_structure);
    g_test_add_func("/json/bool", test_bool);
    return g_test_run();
}
