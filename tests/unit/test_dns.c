/* test_dns.c - DNS messages
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/dns.h"
#include "hex.h"
#include "base/numbers.h"

#define NAME     "03 76706e 07 6578616d706c65 03 636f6d 00" /* vpn.example.com */
#define VPN      "vpn.example.com"
#define A_IN     "0001 0001"
#define AAAA_IN  "001c 0001"
#define QUERY    "1234 0100 0001 0000 0000 0000"
#define POINTER  "c00c"
#define TTL      "0000003c"
#define ANSWER_A POINTER A_IN TTL "0004 c6336414"
#define ADDR_V6  "20010db8 00000000 00000000 00000014"
#define EDNS     "00 0029 1000 00000000 0000"
#define LABEL_63 "3f 61*63 "

static const struct dns_row {
    const char *name, *bytes;
    bool ok;
    bool response, incomplete;
    uint8_t rcode;
    uint16_t type;
    const char *host;
    unsigned addresses;
} dns_rows[] = {
    /* clang-format off */
    { "query", QUERY NAME A_IN, true, false, false, 0, 1, VPN, 0 },
    { "query/aaaa", QUERY NAME AAAA_IN, true, false, false, 0, 28, VPN, 0 },
    { "query/edns", "1234 0120 0001 0000 0000 0001" NAME A_IN EDNS, true, false, false, 0, 1, VPN, 0 },
    { "query/other-type", QUERY NAME "0041 0001", true, false, false, 0, 65, VPN, 0 },
    { "query/upper-case", QUERY "03 56506e 07 4558614d506c45 03 436f4d 00" A_IN, true, false, false, 0, 1, VPN, 0 },
    { "query/multicast-unicast-bit", QUERY NAME "0001 8001", true, false, false, 0, 1, VPN, 0 },
    { "query/with-answer", "1234 0100 0001 0001 0000 0000" NAME A_IN ANSWER_A, true, false, false, 0, 1, VPN, 0 },
    { "query/odd-bytes", QUERY "04 20007f ff 00" A_IN, true, false, false, 0, 1, "????", 0 },
    { "query/dot-in-label", QUERY "03 612e62 00" A_IN, true, false, false, 0, 1, "a.b", 0 },
    { "query/one-letter", QUERY "01 61 00" A_IN, true, false, false, 0, 1, "a", 0 },
    { "query/bytes-behind", QUERY NAME A_IN "ff*20", true, false, false, 0, 1, VPN, 0 },

    { "answer", "1234 8180 0001 0001 0000 0000" NAME A_IN ANSWER_A, true, true, false, 0, 1, VPN, 1 },
    { "answer/two", "1234 8180 0001 0002 0000 0000" NAME A_IN ANSWER_A POINTER A_IN TTL "0004 c6336415", true, true, false, 0, 1, VPN, 2 },
    { "answer/aaaa", "1234 8180 0001 0001 0000 0000" NAME AAAA_IN POINTER AAAA_IN TTL "0010" ADDR_V6, true, true, false, 0, 28, VPN, 1 },
    { "answer/edns", "1234 8180 0001 0001 0000 0001" NAME A_IN ANSWER_A EDNS, true, true, false, 0, 1, VPN, 1 },
    { "answer/alias", "1234 8180 0001 0002 0000 0000" NAME A_IN POINTER "0005 0001" TTL "0005 0267 77c0 10"
      "c02d" A_IN TTL "0004 c6336414", true, true, false, 0, 1, VPN, 1 },
    { "answer/alias-only", "1234 8180 0001 0001 0000 0000" NAME A_IN POINTER "0005 0001" TTL "0005 0267 77c0 10", true, true, false, 0, 1, VPN, 0 },
    { "answer/name-in-full", "1234 8180 0001 0001 0000 0000" NAME A_IN NAME A_IN TTL "0004 c6336414", true, true, false, 0, 1, VPN, 1 },
    { "answer/label-and-pointer", "1234 8180 0001 0001 0000 0000" NAME A_IN "03 76706e c010" A_IN TTL "0004 c6336414", true, true, false, 0, 1, VPN, 1 },
    { "answer/pointer-to-itself", "1234 8180 0001 0001 0000 0000" NAME A_IN "c021" A_IN TTL "0004 c6336414", true, true, false, 0, 1, VPN, 1 },
    { "answer/pointer-ahead", "1234 8180 0001 0001 0000 0000" NAME A_IN "ffff" A_IN TTL "0004 c6336414", true, true, false, 0, 1, VPN, 1 },
    { "answer/root", "1234 8180 0001 0001 0000 0000" NAME A_IN "00" A_IN TTL "0004 c6336414", true, true, false, 0, 1, VPN, 1 },
    { "answer/reserved-label", "1234 8180 0001 0001 0000 0000" NAME A_IN "800c" A_IN TTL "0004 c6336414", true, true, true, 0, 1, VPN, 0 },
    { "answer/multicast-flush", "1234 8180 0001 0001 0000 0000" NAME A_IN POINTER "0001 8001" TTL "0004 c6336414", true, true, false, 0, 1, VPN, 1 },
    { "answer/other-class", "1234 8180 0001 0001 0000 0000" NAME A_IN POINTER "0001 0003" TTL "0004 c6336414", true, true, false, 0, 1, VPN, 0 },
    { "answer/odd-length", "1234 8180 0001 0001 0000 0000" NAME A_IN POINTER A_IN TTL "0005 c633641400", true, true, false, 0, 1, VPN, 0 },
    { "answer/no-value", "1234 8180 0001 0002 0000 0000" NAME A_IN POINTER A_IN TTL "0000" ANSWER_A, true, true, false, 0, 1, VPN, 1 },
    { "answer/v6-for-a", "1234 8180 0001 0001 0000 0000" NAME A_IN POINTER "001c 0001" TTL "0004 c6336414", true, true, false, 0, 1, VPN, 0 },
    { "answer/none", "1234 8180 0001 0000 0000 0000" NAME A_IN, true, true, false, 0, 1, VPN, 0 },
    { "answer/truncated", "1234 8380 0001 0000 0000 0000" NAME A_IN, true, true, true, 0, 1, VPN, 0 },
    { "answer/cut", "1234 8180 0001 0002 0000 0000" NAME A_IN ANSWER_A POINTER A_IN TTL "0004 c633", true, true, true, 0, 1, VPN, 1 },
    { "answer/fewer-than-said", "1234 8180 0001 ffff 0000 0000" NAME A_IN ANSWER_A, true, true, true, 0, 1, VPN, 1 },
    { "answer/nxdomain", "1234 8183 0001 0000 0001 0000" NAME A_IN "c010 0006 0001" TTL "0002 0000", true, true, false, 3, 1, VPN, 0 },
    { "answer/servfail", "1234 8182 0001 0000 0000 0000" NAME A_IN, true, true, false, 2, 1, VPN, 0 },
    { "answer/address-of-authority", "1234 8180 0001 0000 0001 0000" NAME A_IN ANSWER_A, true, true, false, 0, 1, VPN, 0 },

    { "no-question", "1234 8185 0000 0000 0000 0000", true, true, false, 5, 0, "", 0 },
    { "answer/two-questions", "1234 8180 0002 0001 0000 0000" NAME A_IN NAME A_IN ANSWER_A, true, true, false, 0, 1, VPN, 0 },
    { "answer/question-with-pointer", "1234 8180 0001 0001 0000 0000 c00c" A_IN ANSWER_A, true, true, false, 0, 0, "", 0 },
    { "answer/question-cut", "1234 8180 0001 0001 0000 0000 03 76706e", false, 0, 0, 0, 0, NULL, 0 },
    { "two-questions", "1234 0100 0002 0000 0000 0000" NAME A_IN NAME AAAA_IN, false, 0, 0, 0, 0, NULL, 0 },
    { "notify", "1234 2000 0001 0000 0000 0000" NAME "0006 0001", false, 0, 0, 0, 0, NULL, 0 },
    { "update", "1234 2800 0001 0000 0000 0000" NAME "0006 0001", false, 0, 0, 0, 0, NULL, 0 },
    { "chaos", QUERY NAME "0001 0003", false, 0, 0, 0, 0, NULL, 0 },
    { "root", QUERY "00" A_IN, false, 0, 0, 0, 0, NULL, 0 },
    { "question-with-pointer", QUERY "c00c" A_IN, false, 0, 0, 0, 0, NULL, 0 },
    { "question-with-pointer-behind", QUERY "03 76706e c00c" A_IN, false, 0, 0, 0, 0, NULL, 0 },
    { "question-with-reserved-label", QUERY "41 00*65 00" A_IN, false, 0, 0, 0, 0, NULL, 0 },
    { "question-without-end", QUERY "03 76706e", false, 0, 0, 0, 0, NULL, 0 },
    { "nothing", "", false, 0, 0, 0, 0, NULL, 0 },
    /* clang-format on */
};

static void
run_dns(gconstpointer data)
{
    const struct dns_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct dns_message message;

    g_assert_cmpint(dns_decode(hex.data, hex.len, &message), ==, row->ok);
    if (row->ok) {
        g_assert_cmpuint(message.id, ==, 0x1234);
        g_assert_cmpint(message.response, ==, row->response);
        g_assert_cmpint(message.incomplete, ==, row->incomplete);
        g_assert_cmpuint(message.rcode, ==, row->rcode);
        g_assert_cmpuint(message.type, ==, row->type);
        g_assert_cmpstr(message.name, ==, row->host);
        g_assert_cmpuint(message.num_addresses, ==, row->addresses);
    }
    hex_free(hex);
}

static void
run_cut(gconstpointer data)
{
    const struct dns_row *row = data;
    struct hex hex = hex_new(row->bytes);
    unsigned addresses = 0;
    bool was = false;

    for (size_t len = 0; len < hex.len; len++) {
        uint8_t *exact = g_malloc(len + !len);
        struct dns_message message;
        memcpy(exact, hex.data, len);
        bool is = dns_decode(exact, len, &message);
        g_assert_true(is ? row->ok : !was);
        if (is) {
            g_assert_cmpuint(message.num_addresses, >=, addresses);
            g_assert_cmpuint(message.num_addresses, <=, row->addresses);
            g_assert_true(message.incomplete || message.num_addresses == row->addresses);
            addresses = message.num_addresses;
        }
        was = is;
        g_free(exact);
    }
    hex_free(hex);
}

static void
test_values(void)
{
    struct hex hex = hex_new("1234 8180 0001 0002 0000 0000" NAME A_IN ANSWER_A POINTER AAAA_IN TTL
                             "0010" ADDR_V6);
    struct hex v6 = hex_new(ADDR_V6);
    struct endpoint first = { .addr = { 198, 51, 100, 20 }, .addr_len = 4 };
    struct endpoint second = { .addr_len = 16 };
    struct dns_message message;

    memcpy(second.addr, v6.data, v6.len);
    g_assert_true(dns_decode(hex.data, hex.len, &message));
    g_assert_cmpuint(message.num_addresses, ==, 2);
    g_assert_cmpmem(&message.addresses[0], sizeof first, &first, sizeof first);
    g_assert_cmpmem(&message.addresses[1], sizeof second, &second, sizeof second);
    hex_free(hex);
    hex_free(v6);
}

/* A response that breaks the format is one all the same; one without a question breaks nothing. */
static void
test_unreadable(void)
{
    static const struct {
        const char *bytes;
        bool unreadable;
    } rows[] = {
        { "1234 8180 0001 0001 0000 0000" NAME A_IN ANSWER_A, false },
        { "1234 8185 0000 0000 0000 0000", false },
        { "1234 8180 0002 0001 0000 0000" NAME A_IN NAME A_IN ANSWER_A, true },
        { "1234 8180 0001 0001 0000 0000 c00c" A_IN ANSWER_A, true },
        { "1234 8180 0001 0000 0000 0000" NAME "0001 0003", true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct hex hex = hex_new(rows[i].bytes);
        struct dns_message message;
        g_assert_true(dns_decode(hex.data, hex.len, &message));
        g_assert_cmpint(message.unreadable, ==, rows[i].unreadable);
        hex_free(hex);
    }
}

/* 255 bytes on the wire are 253 letters and dots; one byte more is too much. */
static const struct length_row {
    const char *name, *labels;
    size_t len; /* of the text, 0: refused */
} length_rows[] = {
    { "longest", LABEL_63 LABEL_63 LABEL_63 "3d 61*61 00", 253 },
    { "one-more", LABEL_63 LABEL_63 LABEL_63 "3e 61*62 00", 0 },
    { "four-full", LABEL_63 LABEL_63 LABEL_63 LABEL_63 "00", 0 },
    { "many-short", "01 61 01 61 01 61 01 61 00", 7 },
};

static void
run_length(gconstpointer data)
{
    const struct length_row *row = data;
    char *text = g_strconcat(QUERY, row->labels, A_IN, NULL);
    struct hex hex = hex_new(text);
    struct dns_message message;

    bool ok = dns_decode(hex.data, hex.len, &message);
    g_assert_cmpuint(ok ? strlen(message.name) : 0, ==, row->len);
    hex_free(hex);
    g_free(text);
}

/* More labels than a name may have, and more answers than are looked at. */
static void
test_many(void)
{
    GString *text = g_string_new(QUERY);
    struct dns_message message;

    for (unsigned i = 0; i < 500; i++)
        g_string_append(text, "01 61");
    struct hex hex = hex_new(text->str);
    g_assert_false(dns_decode(hex.data, hex.len, &message));
    hex_free(hex);
    g_string_assign(text, "1234 8180 0001 0100 0000 0000" NAME A_IN);
    for (unsigned i = 0; i < 256; i++)
        g_string_append(text, ANSWER_A);
    hex = hex_new(text->str);
    g_assert_true(dns_decode(hex.data, hex.len, &message));
    g_assert_cmpuint(message.num_addresses, ==, DNS_ADDRESSES_MAX);
    g_assert_true(message.incomplete);
    hex_free(hex);
    g_string_free(text, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/dns/decode", dns_rows, run_dns);
    ADD_ROWS("/dns/cut", dns_rows, run_cut);
    ADD_ROWS("/dns/length", length_rows, run_length);
    g_test_add_func("/dns/values", test_values);
    g_test_add_func("/dns/many", test_many);
    g_test_add_func("/dns/unreadable", test_unreadable);
    return g_test_run();
}
