/* test_icmp.c - ICMP and ICMPv6 errors about TCP segments
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/icmp.h"

/* Quoted: from 192.0.2.10:49152 to 198.51.100.20:443. */
#define IPV4   "4500 0034 1234 4000 4006 0000 c000020a c6336414"
#define PORTS  "c000 01bb"
#define SEQ    "00000001"
#define ADDR_A "20010db8 00000000 00000000 0000000a"
#define ADDR_B "20010db8 00000000 00000000 00000014"
#define IPV6   "60000000 0014 06 40" ADDR_A ADDR_B

static const struct icmp_row {
    const char *name;
    bool v6;
    const char *bytes;
    bool ok;
    uint8_t type, code;
    uint32_t mtu;
    const char *says;
} icmp_rows[] = {
    /* clang-format off */
    { "host-unreachable", false, "0301 0000 00000000" IPV4 PORTS SEQ, true, 3, 1, 0, "host unreachable" },
    { "ports-only", false, "0301 0000 00000000" IPV4 PORTS, true, 3, 1, 0, "host unreachable" },
    { "prohibited", false, "030d 0000 00000000" IPV4 PORTS SEQ, true, 3, 13, 0, "communication administratively prohibited" },
    { "fragmentation-needed", false, "0304 0000 0000 0578" IPV4 PORTS SEQ, true, 3, 4, 1400, "fragmentation needed" },
    { "fragmentation-needed/length-of-quote", false, "0304 0000 0011 0578" IPV4 PORTS SEQ, true, 3, 4, 1400, "fragmentation needed" },
    { "fragmentation-needed/before-rfc-1191", false, "0304 0000 00000000" IPV4 PORTS SEQ, true, 3, 4, 0, "fragmentation needed" },
    { "no-mtu-in-others", false, "0301 0000 0000 0578" IPV4 PORTS SEQ, true, 3, 1, 0, "host unreachable" },
    { "time-exceeded", false, "0b00 0000 00000000" IPV4 PORTS SEQ, true, 11, 0, 0, "time to live exceeded in transit (a routing loop)" },
    { "parameter-problem", false, "0c00 0000 14000000" IPV4 PORTS SEQ, true, 12, 0, 0, NULL },
    { "code-without-name", false, "03ff 0000 00000000" IPV4 PORTS SEQ, true, 3, 255, 0, NULL },
    { "source-quench", false, "0400 0000 00000000" IPV4 PORTS SEQ, false, 0, 0, 0, NULL },
    { "redirect", false, "0501 0000 c0000201" IPV4 PORTS SEQ, false, 0, 0, 0, NULL },
    { "echo", false, "0800 0000 00010001" IPV4 PORTS SEQ, false, 0, 0, 0, NULL },
    { "options", false, "0301 0000 00000000 4600 0038 1234 4000 4006 0000 c000020a c6336414 94040000" PORTS SEQ,
      true, 3, 1, 0, "host unreachable" },
    { "most-options", false, "0301 0000 00000000 4f00 0060 1234 4000 4006 0000 c000020a c6336414 01*40" PORTS SEQ,
      true, 3, 1, 0, "host unreachable" },
    { "header-too-short", false, "0301 0000 00000000 4400 0034 1234 4000 4006 0000 c000020a c6336414" PORTS SEQ, false, 0, 0, 0, NULL },
    { "no-header", false, "0301 0000 00000000 4000 0034 1234 4000 4006 0000 c000020a c6336414" PORTS SEQ, false, 0, 0, 0, NULL },
    { "first-fragment", false, "0b01 0000 00000000 4500 0034 1234 2000 4006 0000 c000020a c6336414" PORTS SEQ, true, 11, 1, 0, NULL },
    { "later-fragment", false, "0b01 0000 00000000 4500 0034 1234 2001 4006 0000 c000020a c6336414" PORTS SEQ, false, 0, 0, 0, NULL },
    { "last-fragment", false, "0b01 0000 00000000 4500 0034 1234 00b9 4006 0000 c000020a c6336414" PORTS SEQ, false, 0, 0, 0, NULL },
    { "udp", false, "0303 0000 00000000 4500 0034 1234 4000 4011 0000 c000020a c6336414" PORTS SEQ, false, 0, 0, 0, NULL },
    { "v6-in-v4", false, "0301 0000 00000000" IPV6 PORTS SEQ, false, 0, 0, 0, NULL },
    { "nothing-quoted", false, "0301 0000 00000000", false, 0, 0, 0, NULL },
    { "nothing", false, "", false, 0, 0, 0, NULL },

    { "v6/no-route", true, "0100 0000 00000000" IPV6 PORTS SEQ, true, 1, 0, 0, "no route to destination" },
    { "v6/address-unreachable", true, "0103 0000 00000000" IPV6 PORTS, true, 1, 3, 0, "address unreachable" },
    { "v6/too-big", true, "0200 0000 00000500" IPV6 PORTS SEQ, true, 2, 0, 1280, "packet too big" },
    { "v6/too-big-of-jumbograms", true, "0200 0000 00010000" IPV6 PORTS SEQ, true, 2, 0, 65536, "packet too big" },
    { "v6/too-big-with-code", true, "0207 0000 00000500" IPV6 PORTS SEQ, true, 2, 7, 1280, NULL },
    { "v6/hop-limit", true, "0300 0000 00000000" IPV6 PORTS SEQ, true, 3, 0, 0, "hop limit exceeded in transit (a routing loop)" },
    { "v6/experimental-error", true, "7f00 0000 00000000" IPV6 PORTS SEQ, true, 127, 0, 0, NULL },
    { "v6/type-0", true, "0000 0000 00000000" IPV6 PORTS SEQ, false, 0, 0, 0, NULL },
    { "v6/echo", true, "8000 0000 00000000" IPV6 PORTS SEQ, false, 0, 0, 0, NULL },
    { "v6/neighbour-solicitation", true, "8700 0000 00000000" ADDR_A, false, 0, 0, 0, NULL },
    { "v6/behind-another-header", true, "0100 0000 00000000 60000000 001c 2c 40" ADDR_A ADDR_B "06000001 00000000" PORTS SEQ,
      false, 0, 0, 0, NULL },
    { "v6/v4-in-v6", true, "0100 0000 00000000" IPV4 PORTS SEQ, false, 0, 0, 0, NULL },
    /* clang-format on */
};

static struct icmp_error
untouched(void)
{
    struct icmp_error error;

    memset(&error, 0xa5, sizeof error);
    return error;
}

static void
assert_quoted(const struct icmp_error *error, bool v6)
{
    struct hex src = hex_new(v6 ? ADDR_A : "c000020a"), dst = hex_new(v6 ? ADDR_B : "c6336414");
    struct endpoint a = { .addr_len = (uint8_t)src.len, .port = 49152 };
    struct endpoint b = { .addr_len = (uint8_t)dst.len, .port = 443 };

    memcpy(a.addr, src.data, src.len);
    memcpy(b.addr, dst.data, dst.len);
    /* As keys of a hash they are compared as bytes. */
    g_assert_cmpmem(&error->src, sizeof error->src, &a, sizeof a);
    g_assert_cmpmem(&error->dst, sizeof error->dst, &b, sizeof b);
    hex_free(src);
    hex_free(dst);
}

static void
run_icmp(gconstpointer data)
{
    const struct icmp_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct icmp_error error = untouched(), before = untouched();

    g_assert_cmpint(icmp_decode(row->v6, hex.data, hex.len, &error), ==, row->ok);
    if (row->ok) {
        g_assert_cmpint(error.v6, ==, row->v6);
        g_assert_cmpuint(error.type, ==, row->type);
        g_assert_cmpuint(error.code, ==, row->code);
        g_assert_cmpuint(error.mtu, ==, row->mtu);
        g_assert_cmpstr(icmp_name(&error), ==, row->says);
        assert_quoted(&error, row->v6);
    } else {
        g_assert_cmpmem(&error, sizeof error, &before, sizeof before);
    }
    hex_free(hex);
}

/* Cut before the end of the ports it is none; behind them it is the same. */
static void
run_cut(gconstpointer data)
{
    const struct icmp_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct icmp_error whole = untouched();
    bool ok = icmp_decode(row->v6, hex.data, hex.len, &whole), was = false;

    for (size_t len = 0; len < hex.len; len++) {
        uint8_t *exact = g_malloc(len + !len);
        struct icmp_error error = untouched();
        memcpy(exact, hex.data, len);
        bool is = icmp_decode(row->v6, exact, len, &error);
        g_assert_true(!is || ok);
        g_assert_true(is || !was);
        if (is)
            g_assert_cmpint(error.dst.port, ==, whole.dst.port);
        was = is;
        g_free(exact);
    }
    hex_free(hex);
}

/* The other version's messages are none, or at least no trouble. */
static void
run_other_version(gconstpointer data)
{
    const struct icmp_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct icmp_error error;

    if (row->ok)
        g_assert_false(icmp_decode(!row->v6, hex.data, hex.len, &error));
    hex_free(hex);
}

static void
test_asks_for_less(void)
{
    struct icmp_error error = { .type = 3, .code = 4 };

    g_assert_true(icmp_asks_for_less(&error));
    error.code = 3;
    g_assert_false(icmp_asks_for_less(&error));
    error = (struct icmp_error){ .v6 = true, .type = 3, .code = 4 };
    g_assert_false(icmp_asks_for_less(&error));
    error = (struct icmp_error){ .v6 = true, .type = 2, .code = 9 };
    g_assert_true(icmp_asks_for_less(&error));
    error = (struct icmp_error){ .type = 2 };
    g_assert_false(icmp_asks_for_less(&error));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/icmp/decode", icmp_rows, run_icmp);
    ADD_ROWS("/icmp/cut", icmp_rows, run_cut);
    ADD_ROWS("/icmp/other-version", icmp_rows, run_other_version);
    g_test_add_func("/icmp/asks-for-less", test_asks_for_less);
    return g_test_run();
}
