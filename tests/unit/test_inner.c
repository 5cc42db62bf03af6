/* test_inner.c - packets inside the tunnel
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/inner.h"

#define V4(total, fragment, protocol)                                                              \
    "4500" total "0001" fragment "40" protocol "0000 0a000002 0a000001 "
#define V6(payload, next) "60000000" payload next "40 20010db8 00*11 02 20010db8 00*11 01 "

#define SYN               "c350 0050 00000005 00000000 6002 2000 0000 0000 0204 05b4 "
#define QUERY             "9c40 0035 0021 0000 0007 0100 0001 0000 0000 0000 03 777777 02 4445 00 0001 0001 "
#define REFUSED           "0035 9c40 0021 0000 0007 8185 0001 0000 0000 0000 03 777777 02 6465 00 0001 0001 "
#define UDP_OTHER         "9c40 0007 0008 0000 "

struct row {
    const char *name, *bytes;
    bool ok;
    enum inner_kind kind;
    uint8_t protocol;
    uint16_t src_port, dst_port;
};

static const struct row rows[] = {
    { "tcp", V4("002c", "4000", "06") SYN, true, INNER_TCP, IP_TCP, 50000, 80 },
    { "tcp-padding", V4("002c", "4000", "06") SYN "00*6", true, INNER_TCP, IP_TCP, 50000, 80 },
    { "tcp-payload-cut", V4("05dc", "4000", "06") SYN, true, INNER_TCP, IP_TCP, 50000, 80 },
    { "tcp-offset-4", V4("0028", "4000", "06") "c350 0050 00*8 4010 00*6", true, INNER_OTHER,
      IP_TCP, 0, 0 },
    { "tcp-offset-past-end", V4("0028", "4000", "06") "c350 0050 00*8 f010 00*6", true, INNER_OTHER,
      IP_TCP, 0, 0 },
    { "tcp-first-fragment", V4("002c", "2000", "06") SYN, true, INNER_TCP, IP_TCP, 50000, 80 },
    { "tcp-later-fragment", V4("002c", "2001", "06") SYN, true, INNER_OTHER, IP_TCP, 0, 0 },
    { "tcp-last-fragment", V4("002c", "00b9", "06") SYN, true, INNER_OTHER, IP_TCP, 0, 0 },
    { "ip-options", "4600 0030 0001 4000 40 06 0000 0a000002 0a000001 94040000 " SYN, true,
      INNER_TCP, IP_TCP, 50000, 80 },
    { "dns-query", V4("0037", "0000", "11") QUERY, true, INNER_DNS, IP_UDP, 40000, 53 },
    { "dns-answer", V4("0037", "0000", "11") REFUSED, true, INNER_DNS, IP_UDP, 53, 40000 },
    { "dns-short", V4("0024", "0000", "11") "9c40 0035 0010 0000 0007 0100 0001 0000", true,
      INNER_UDP, IP_UDP, 40000, 53 },
    { "udp", V4("001c", "0000", "11") UDP_OTHER, true, INNER_UDP, IP_UDP, 40000, 7 },
    { "udp-short", V4("001b", "0000", "11") "9c40 0007 0008 00", true, INNER_OTHER, IP_UDP, 0, 0 },
    { "icmp", V4("001c", "0000", "01") "0800 0000 0000 0000", true, INNER_ICMP, IP_ICMP, 0, 0 },
    { "gre", V4("0018", "0000", "2f") "0000 0800", true, INNER_OTHER, 47, 0, 0 },
    { "ipv6-tcp", V6("0018", "06") SYN, true, INNER_TCP, IP_TCP, 50000, 80 },
    { "ipv6-icmp", V6("0008", "3a") "8000 0000 0000 0000", true, INNER_ICMP, IP_ICMPV6, 0, 0 },
    { "ipv6-extensions", V6("0030", "00") "3c00 00*6 2b00 00*6 0600 00*6 " SYN, true, INNER_TCP,
      IP_TCP, 50000, 80 },
    { "ipv6-ah", V6("0030", "33") "0604 00*22 " SYN, true, INNER_TCP, IP_TCP, 50000, 80 },
    { "ipv6-first-fragment", V6("0020", "2c") "0600 0001 00*4 " SYN, true, INNER_TCP, IP_TCP, 50000,
      80 },
    { "ipv6-later-fragment", V6("0020", "2c") "0600 0008 00*4 " SYN, true, INNER_OTHER, IP_FRAGMENT,
      0, 0 },
    { "ipv6-extension-past-end", V6("0020", "00") "06ff 00*6 " SYN, true, INNER_OTHER,
      IP_HOP_BY_HOP, 0, 0 },
    { "ipv6-extension-cut", V6("0001", "00") "06", true, INNER_OTHER, IP_HOP_BY_HOP, 0, 0 },
    { "ipv6-extensions-without-end", V6("0048", "00") "00*72", true, INNER_OTHER, IP_HOP_BY_HOP, 0,
      0 },
    { "empty", "", false, INNER_OTHER, 0, 0, 0 },
    { "version-5", "55 00*39", false, INNER_OTHER, 0, 0, 0 },
    { "header-of-16", "4400 0014 00*16", false, INNER_OTHER, 0, 0, 0 },
    { "total-zero", "4500 0000 00*16", false, INNER_OTHER, 0, 0, 0 },
    { "total-19", "4500 0013 00*16", false, INNER_OTHER, 0, 0, 0 },
    { "ipv4-cut", "4500 0014 00*15", false, INNER_OTHER, 0, 0, 0 },
    { "ipv6-cut", "60 00*38", false, INNER_OTHER, 0, 0, 0 },
    { "ip-options-cut", "4f00 003c 0001 4000 40 06 0000 0a000002 0a000001 00*39", true, INNER_OTHER,
      IP_TCP, 0, 0 },
};

static void
run_row(gconstpointer data)
{
    const struct row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct inner inner = { 0 };

    g_assert_cmpint(inner_decode(hex_buf(&hex), &inner), ==, row->ok);
    if (row->ok) {
        g_assert_cmpint(inner.kind, ==, row->kind);
        g_assert_cmpuint(inner.protocol, ==, row->protocol);
        g_assert_cmpuint(inner.src.port, ==, row->src_port);
        g_assert_cmpuint(inner.dst.port, ==, row->dst_port);
    }
    hex_free(hex);
}

/* In a block of exactly their size, so that a sanitizer sees a byte too far. */
static void
run_cut(gconstpointer data)
{
    const struct row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct inner whole, cut;
    bool ok = inner_decode(hex_buf(&hex), &whole);

    for (size_t len = 0; len < hex.len; len++) {
        uint8_t *bytes = g_memdup2(hex.data, len);
        bool cut_ok = inner_decode(buf_init(bytes, len), &cut);
        g_assert_true(ok || !cut_ok);
        if (cut_ok)
            g_assert_true(cut.kind == whole.kind || cut.kind == INNER_OTHER ||
                          cut.kind == INNER_UDP);
        g_free(bytes);
    }
    hex_free(hex);
}

static struct inner
decoded(const char *bytes)
{
    struct hex hex = hex_new(bytes);
    struct inner inner;

    g_assert_true(inner_decode(hex_buf(&hex), &inner));
    hex_free(hex);
    return inner;
}

static void
test_addresses(void)
{
    struct inner v4 = decoded(V4("002c", "4000", "06") SYN), v6 = decoded(V6("0018", "06") SYN);
    const struct endpoint src4 = { .addr = { 10, 0, 0, 2 }, .addr_len = 4, .port = 50000 }, dst6 = {
        .addr = { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, .addr_len = 16, .port = 80
    };

    g_assert_cmpmem(&v4.src, sizeof v4.src, &src4, sizeof src4);
    g_assert_cmpmem(&v6.dst, sizeof v6.dst, &dst6, sizeof dst6);
}

static const struct tcp_row {
    const char *name, *bytes;
    uint8_t flags;
    uint16_t mss;
    uint32_t payload_len;
} tcp_rows[] = {
    { "syn", V4("002c", "4000", "06") SYN, TCP_SYN, 1460, 0 },
    { "payload-of-the-header",
      V4("05dc", "4000", "06") "c350 0050 00000005 00000009 5018 2000 0000 0000", TCP_ACK | TCP_PSH,
      0, 1460 },
    { "padding-is-no-payload",
      V4("0028", "4000", "06") "c350 0050 00000005 00000009 5010 2000 0000 0000 00*6", TCP_ACK, 0,
      0 },
    { "options",
      V4("0034", "4000",
         "06") "c350 0050 00000005 00000000 8002 2000 0000 0000 0101 0402 0204 0550 00000000",
      TCP_SYN, 1360, 0 },
    { "option-length-zero",
      V4("002c", "4000", "06") "c350 0050 00000005 00000000 6002 2000 0000 0000 0200 05b4", TCP_SYN,
      0, 0 },
    { "option-past-end",
      V4("002c", "4000", "06") "c350 0050 00000005 00000000 6002 2000 0000 0000 0101 0204 05b4",
      TCP_SYN, 0, 0 },
    { "option-behind-the-end",
      V4("002c", "4000", "06") "c350 0050 00000005 00000000 6002 2000 0000 0000 0002 0405", TCP_SYN,
      0, 0 },
    { "mss-without-syn",
      V4("002c", "4000", "06") "c350 0050 00000005 00000009 6010 2000 0000 0000 0204 05b4", TCP_ACK,
      0, 0 },
};

static void
run_tcp(gconstpointer data)
{
    const struct tcp_row *row = data;
    struct inner inner = decoded(row->bytes);

    g_assert_cmpint(inner.kind, ==, INNER_TCP);
    g_assert_cmpuint(inner.u.tcp.seq, ==, 5);
    g_assert_cmphex(inner.u.tcp.flags, ==, row->flags);
    g_assert_cmpuint(inner.u.tcp.mss, ==, row->mss);
    g_assert_cmpuint(inner.u.tcp.payload_len, ==, row->payload_len);
}

#define DNS_HEAD "9c40 0035 0000 0000 0007 0100 0001 0000 0000 0000 "

static const struct name_row {
    const char *name, *bytes, *text; /* NULL: no DNS that is understood */
} name_rows[] = {
    { "labels", V4("0037", "0000", "11") QUERY, "www.de" },
    { "unprintable", V4("0031", "0000", "11") DNS_HEAD "03 0a20ff 00 0001 0001", "???" },
    { "longer-than-kept", V4("0070", "0000", "11") DNS_HEAD "3f 61*63 02 6262 00 0001 0001",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
    { "compressed", V4("002e", "0000", "11") DNS_HEAD "c00c 0001 0001", NULL },
    { "no-question", V4("0028", "0000", "11") "9c40 0035 0000 0000 0007 0100 0000 0000 0000 0000",
      NULL },
};

static void
run_name(gconstpointer data)
{
    const struct name_row *row = data;
    struct inner inner = decoded(row->bytes);

    g_assert_cmpint(inner.kind, ==, row->text ? INNER_DNS : INNER_UDP);
    if (row->text) {
        g_assert_cmpuint(inner.u.dns.id, ==, 7);
        g_assert_cmpstr(inner.u.dns.name, ==, row->text);
    }
}

/* Case does not make another name, and the end of a long one does. */
static void
test_name_hash(void)
{
    struct inner query = decoded(V4("0037", "0000", "11") QUERY),
                 answer = decoded(V4("0037", "0000", "11") REFUSED),
                 one = decoded(V4("0071", "0000", "11") DNS_HEAD "3f 61*63 03 777731 00 0001 0001"),
                 two = decoded(V4("0071", "0000", "11") DNS_HEAD "3f 61*63 03 777732 00 0001 0001");

    g_assert_false(query.u.dns.response);
    g_assert_true(answer.u.dns.response);
    g_assert_cmpuint(answer.u.dns.rcode, ==, DNS_REFUSED);
    g_assert_cmpuint(query.u.dns.name_hash, ==, answer.u.dns.name_hash);
    g_assert_cmpstr(one.u.dns.name, ==, two.u.dns.name);
    g_assert_cmpuint(one.u.dns.name_hash, !=, two.u.dns.name_hash);
}

static const struct unicast_row {
    const char *name;
    struct endpoint endpoint;
    bool unicast;
} unicast_rows[] = {
    { "host", { { 10, 0, 0, 1 }, 4, 0, 0 }, true },
    { "multicast", { { 224, 0, 0, 251 }, 4, 0, 0 }, false },
    { "limited-broadcast", { { 255, 255, 255, 255 }, 4, 0, 0 }, false },
    { "broadcast", { { 10, 0, 0, 255 }, 4, 0, 0 }, false },
    { "unspecified", { { 0 }, 4, 0, 0 }, false },
    { "ipv6-host", { { 0x20, 1 }, 16, 0, 0 }, true },
    { "ipv6-multicast", { { 0xff, 2 }, 16, 0, 0 }, false },
};

static void
run_unicast(gconstpointer data)
{
    const struct unicast_row *row = data;

    g_assert_cmpint(inner_is_unicast(&row->endpoint), ==, row->unicast);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/inner/packet", rows, run_row);
    ADD_ROWS("/inner/cut", rows, run_cut);
    ADD_ROWS("/inner/tcp", tcp_rows, run_tcp);
    ADD_ROWS("/inner/name", name_rows, run_name);
    ADD_ROWS("/inner/unicast", unicast_rows, run_unicast);
    g_test_add_func("/inner/addresses", test_addresses);
    g_test_add_func("/inner/name-hash", test_name_hash);
    return g_test_run();
}
