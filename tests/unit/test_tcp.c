/* test_tcp.c - options of a TCP header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/tcp.h"

struct option_row {
    const char *name;
    const char *bytes;
    const char *kinds; /* of the options read, with the length of their values */
};

static const struct option_row option_rows[] = {
    { "none", "", "" },
    { "syn", "020405b40402080a0000000100000000010303070000", "2:2 4:0 8:8 3:1 " },
    { "padding-only", "01010101", "" },
    { "ends-early", "00020405b4", "" },
    { "kind-alone", "02", "" },
    { "length-zero", "0200", "" },
    { "length-one", "0201", "" },
    { "length-past-the-end", "020405", "" },
    { "whole-then-cut", "020405b4030307020a", "2:2 3:1 " },
    { "unknown", "fd04ffff020405b4", "253:2 2:2 " },
};

static void
run_options(gconstpointer data)
{
    const struct option_row *row = data;
    struct hex bytes = hex_new(row->bytes);
    struct buf options = buf_init(bytes.data, bytes.len), value;
    GString *kinds = g_string_new(NULL);
    uint8_t kind;

    while (tcp_option_next(&options, &kind, &value))
        g_string_append_printf(kinds, "%u:%zu ", kind, buf_left(&value));
    g_assert_cmpstr(kinds->str, ==, row->kinds);
    g_string_free(kinds, TRUE);
    hex_free(bytes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/tcp/options", option_rows, run_options);
    return g_test_run();
}
