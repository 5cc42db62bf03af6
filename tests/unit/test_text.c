/* test_text.c - numbers, nouns and times in sentences
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/text.h"

#include "hex.h"

struct count_row {
    const char *name;
    uint64_t number;
    const char *noun, *text;
};

static const struct count_row count_rows[] = {
    { "none", 0, "packet", "0 packets" },
    { "one", 1, "packet", "1 packet" },
    { "two", 2, "data segment", "2 data segments" },
    { "one-in-y", 1, "DNS query", "1 DNS query" },
    { "in-y", 3, "DNS query", "3 DNS queries" },
    { "in-s", 2, "address", "2 addresses" },
    { "largest", UINT64_MAX, "byte", "18446744073709551615 bytes" },
};

static void
run_count(gconstpointer data)
{
    const struct count_row *row = data;

    g_assert_cmpstr(text_count(row->number, row->noun).text, ==, row->text);
    g_assert_cmpstr(text_are(row->number), ==, row->number == 1 ? "is" : "are");
    g_assert_cmpstr(text_were(row->number), ==, row->number == 1 ? "was" : "were");
}

static void
test_times(void)
{
    g_assert_cmpstr(text_times(0).text, ==, "0 times");
    g_assert_cmpstr(text_times(1).text, ==, "once");
    g_assert_cmpstr(text_times(2).text, ==, "twice");
    g_assert_cmpstr(text_times(3).text, ==, "3 times");
}

struct seconds_row {
    const char *name;
    double seconds;
    const char *text;
};

static const struct seconds_row seconds_rows[] = {
    { "negative", -0.01, "0 s" },
    { "none", 0, "0 s" },
    { "below-a-millisecond", 8e-4, "0.8 ms" },
    { "milliseconds", 0.0021, "2.1 ms" },
    { "whole-milliseconds", 0.04, "40 ms" },
    { "rounds-to-ten", 0.00996, "10 ms" },
    { "nearly-a-second", 0.9994, "999 ms" },
    { "rounds-to-a-second", 0.9996, "1.0 s" },
    { "seconds", 12.34, "12.3 s" },
};

static void
run_seconds(gconstpointer data)
{
    const struct seconds_row *row = data;

    g_assert_cmpstr(text_seconds(row->seconds).text, ==, row->text);
}

static void
test_wrapped(void)
{
    GString *text = g_string_new(NULL);

    text_wrapped(text, 2, 0, "no certificate");
    text_wrapped(text, 2, 2, "no certificate");
    text_wrapped(text, 2, 0, "a 1 b");
    g_assert_cmpstr(text->str, ==, "no certificate\nno certificate\na 1 b\n");
    g_string_free(text, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/text/count", count_rows, run_count);
    ADD_ROWS("/text/seconds", seconds_rows, run_seconds);
    g_test_add_func("/text/times", test_times);
    g_test_add_func("/text/wrapped", test_wrapped);
    return g_test_run();
}
