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

struct header_row {
    const char *name;
    const char *bytes; /* as far as the capture has them */
    size_t wire_len;
    bool good, cut;
    uint16_t window;
    size_t options_len, captured_len, payload_len;
};

#define PORTS_AND_NUMBERS                                                                          \
    "c35001bb"                                                                                     \
    "00000001"                                                                                     \
    "00000002"

static const struct header_row header_rows[] = {
    { "whole",
      PORTS_AND_NUMBERS "5010010000000000"
                        "aabb",
      22, true, false, 256, 0, 2, 2 },
    { "payload-cut",
      PORTS_AND_NUMBERS "5010010000000000"
                        "aa",
      22, true, false, 256, 0, 1, 2 },
    { "options-cut",
      PORTS_AND_NUMBERS "8010010000000000"
                        "0101080a",
      40, true, true, 256, 4, 0, 8 },
    { "options-gone", PORTS_AND_NUMBERS "8002010000000000", 32, true, true, 256, 0, 0, 0 },
    { "window-gone", PORTS_AND_NUMBERS "5010", 22, true, true, 65535, 0, 0, 2 },
    { "checksum-gone", PORTS_AND_NUMBERS "50100100", 22, true, true, 256, 0, 0, 2 },
    { "flags-gone", PORTS_AND_NUMBERS, 22, false, false, 0, 0, 0, 0 },
    { "header-too-short", PORTS_AND_NUMBERS "4010010000000000", 22, false, false, 0, 0, 0, 0 },
    { "header-beyond-the-packet", PORTS_AND_NUMBERS "8010010000000000", 22, false, false, 0, 0, 0,
      0 },
};

static void
run_header(gconstpointer data)
{
    const struct header_row *row = data;
    struct hex bytes = hex_new(row->bytes);
    struct segment segment = { 0 };

    g_assert_cmpint(tcp_decode(buf_init(bytes.data, bytes.len), row->wire_len, &segment), ==,
                    row->good);
    if (row->good) {
        g_assert_cmpint(segment.cut_header, ==, row->cut);
        g_assert_cmpuint(segment.window, ==, row->window);
        g_assert_cmpuint(segment.options_len, ==, row->options_len);
        g_assert_cmpuint(segment.captured_len, ==, row->captured_len);
        g_assert_cmpuint(segment.payload_len, ==, row->payload_len);
    }
    hex_free(bytes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/tcp/options", option_rows, run_options);
    ADD_ROWS("/tcp/header", header_rows, run_header);
    return g_test_run();
}
