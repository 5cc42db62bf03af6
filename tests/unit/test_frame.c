/* test_frame.c - captured frames of all link types, down to segments
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/frame.h"
#include "hex.h"

/* From 192.0.2.10:49152 to 198.51.100.20:443, or 2001:db8::a to ::14; four bytes of payload. */
#define MACS   "02*6 04*6 "
#define IP     "4500 0034 1234 4000 3f06 0000 c000020a c6336414"
#define TCP    "c000 01bb 00000001 00000002 7018 0400 beef 0000 0204 05b4 0101 0000"
#define DATA   "0a0b0c0d"
#define ADDR_A "20010db8 00000000 00000000 0000000a"
#define ADDR_B "20010db8 00000000 00000000 00000014"
#define IP6    "60000000 0020 06 3f" ADDR_A ADDR_B

static const struct frame_row {
    const char *name;
    uint16_t link;
    const char *bytes;
    size_t wire_len; /* 0: as many as there are */
    enum frame_kind kind;
    size_t captured, payload;
} frame_rows[] = {
    /* clang-format off */
    { "ethernet", LINK_ETHERNET, MACS "0800" IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "ethernet/padding", LINK_ETHERNET, MACS "0800" "4500 002c 1234 4000 3f06 0000 c000020a c6336414"
      "c000 01bb 00000001 00000002 6018 0400 beef 0000 0204 05b4 00*6", 0, FRAME_TCP, 0, 0 },
    { "ethernet/v6", LINK_ETHERNET, MACS "86dd" IP6 TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "ethernet/v6-extension", LINK_ETHERNET, MACS "86dd 60000000 0028 00 3f" ADDR_A ADDR_B "0600 0104 00000000" TCP DATA, 0,
      FRAME_TCP, 4, 4 },
    { "vlan", LINK_ETHERNET, MACS "8100 0007 0800" IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "vlan/two", LINK_ETHERNET, MACS "88a8 0007 8100 0008 86dd" IP6 TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "vlan/five", LINK_ETHERNET, MACS "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800" IP TCP DATA, 0, FRAME_OTHER, 0, 0 },
    { "pppoe", LINK_ETHERNET, MACS "8864 1100 0001 0032 0021" IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "pppoe/lcp", LINK_ETHERNET, MACS "8864 1100 0001 0006 c021 0901 0004", 0, FRAME_OTHER, 0, 0 },
    { "sll", LINK_SLL, "0000 0001 0006 02*6 0000 0800" IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "sll2", LINK_SLL2, "0800 0000 00000002 0001 00 06 02*8 " IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "sll2/v6", LINK_SLL2, "86dd 0000 00000002 0001 00 06 02*8 " IP6 TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "null", LINK_NULL, "02000000" IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "loop", LINK_LOOP, "00000018" IP6 TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "raw", LINK_RAW, IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "raw/v6", LINK_RAW, IP6 TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "raw/bsd", LINK_RAW_BSD, IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "ipv4", LINK_IPV4, IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "ipv6", LINK_IPV6, IP6 TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "ppp", LINK_PPP, "ff03 0021" IP TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "ppp/no-address", LINK_PPP, "0057" IP6 TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "snap-length", LINK_ETHERNET, MACS "0800 4500 05dc 1234 4000 3f06 0000 c000020a c6336414" TCP DATA, 1514, FRAME_TCP, 4, 1452 },
    { "snap-length/no-payload", LINK_RAW, "4500 05dc 1234 4000 3f06 0000 c000020a c6336414" TCP, 1500, FRAME_TCP, 0, 1452 },
    { "snap-length/options-cut", LINK_RAW, "4500 05dc 1234 4000 3f06 0000 c000020a c6336414 c000 01bb 00000001 00000002 7018 0400 beef 0000", 1500,
      FRAME_TCP, 0, 1452 },
    /* What the network card has yet to cut has no length. */
    { "merged", LINK_RAW, "4500 0000 1234 4000 3f06 0000 c000020a c6336414" TCP DATA, 100048, FRAME_TCP, 4, 100000 },
    { "merged/v6", LINK_IPV6, "60000000 0000 06 3f" ADDR_A ADDR_B TCP DATA, 100068, FRAME_TCP, 4, 100000 },
    { "merged/too-long", LINK_RAW, "4500 0000 1234 4000 3f06 0000 c000020a c6336414" TCP DATA, 1 << 30, FRAME_OTHER, 0, 0 },
    { "first-fragment", LINK_RAW, "4500 0034 1234 2000 3f06 0000 c000020a c6336414" TCP DATA, 0, FRAME_TCP, 4, 4 },
    { "later-fragment", LINK_RAW, "4500 0034 1234 2002 3f06 0000 c000020a c6336414" TCP DATA, 0, FRAME_OTHER, 0, 0 },
    { "header-too-short", LINK_RAW, IP "c000 01bb 00000001 00000002 4018 0400 beef 0000 0204 05b4 0101 0000" DATA, 0, FRAME_OTHER, 0, 0 },
    { "header-too-long", LINK_RAW, "4500 0028 1234 4000 3f06 0000 c000020a c6336414 c000 01bb 00000001 00000002 f018 0400 beef 0000", 0, FRAME_OTHER, 0, 0 },
    { "icmp", LINK_ETHERNET, MACS "0800 4500 0038 0000 0000 4001 0000 c0000201 c000020a 0304 0000 0000 0578" IP "c000 01bb 00000001", 0, FRAME_ICMP, 0, 0 },
    { "icmp6", LINK_RAW, "60000000 0038 3a 40" ADDR_B ADDR_A "0200 0000 00000500" IP6 "c000 01bb 00000001", 0, FRAME_ICMP, 0, 0 },
    { "icmp/echo", LINK_RAW, "4500 001c 0000 0000 4001 0000 c0000201 c000020a 0800 0000 0001 0001", 0, FRAME_OTHER, 0, 0 },
    { "arp", LINK_ETHERNET, MACS "0806 0001 0800 0604 0001 02*6 c000020a 00*6 c0000214", 0, FRAME_ARP, 0, 0 },
    { "arp/cut", LINK_ETHERNET, MACS "0806 0001 0800 0604 0001 02*6 c000020a 00*6 c00002", 0, FRAME_OTHER, 0, 0 },
    { "dns", LINK_RAW, "4500 002f 0000 0000 4011 0000 c000020a c0000235 c000 0035 001b 0000 0001 0100 0001 0000 0000 0000 0161 00 0001 0001", 0, FRAME_DNS, 0, 0 },
    { "udp", LINK_RAW, "4500 0020 0000 0000 4011 0000 c000020a c0000235 c000 0036 000c 0000 00000000", 0, FRAME_OTHER, 0, 0 },
    { "unknown-ethertype", LINK_ETHERNET, MACS "88cc 0207", 0, FRAME_OTHER, 0, 0 },
    { "unknown-link", 105, IP TCP DATA, 0, FRAME_OTHER, 0, 0 },
    { "no-ip", LINK_RAW, "00*40", 0, FRAME_OTHER, 0, 0 },
    { "nothing", LINK_ETHERNET, "", 0, FRAME_OTHER, 0, 0 },
    /* clang-format on */
};

static void
assert_segment(const struct segment *segment, const struct frame_row *row)
{
    g_assert_cmpuint(segment->src.port, ==, 49152);
    g_assert_cmpuint(segment->dst.port, ==, 443);
    g_assert_cmpuint(segment->src.addr[segment->src.addr_len - 1], ==, 10);
    g_assert_cmpuint(segment->dst.addr[segment->dst.addr_len - 1], ==, 20);
    g_assert_cmpuint(segment->ttl, ==, 0x3f);
    g_assert_cmpuint(segment->seq, ==, 1);
    g_assert_cmpuint(segment->ack, ==, 2);
    g_assert_cmpuint(segment->flags, ==, TCP_ACK | TCP_PSH);
    g_assert_cmpuint(segment->window, ==, 0x400);
    g_assert_cmpuint(segment->checksum, ==, 0xbeef);
    if (segment->options_len > 0) /* the capture has them */
        g_assert_cmpuint(segment->options[0], ==, 2);
    g_assert_cmpuint(segment->captured_len, ==, row->captured);
    g_assert_cmpuint(segment->payload_len, ==, row->payload);
    if (row->captured)
        g_assert_cmpuint(segment->payload[0], ==, 10);
}

static void
run_row(gconstpointer data)
{
    const struct frame_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct frame frame;

    frame_decode(row->link, hex.data, hex.len, row->wire_len ? row->wire_len : hex.len, &frame);
    g_assert_cmpint(frame.kind, ==, row->kind);
    if (row->kind == FRAME_TCP)
        assert_segment(&frame.segment, row);
    /* However much of it is cut, nothing beyond its end is read. */
    for (size_t len = 0; len < hex.len; len++) {
        uint8_t *part = g_memdup2(hex.data, len);
        frame_decode(row->link, part, len, hex.len, &frame);
        g_free(part);
    }
    hex_free(hex);
}

static void
test_arp(void)
{
    struct hex hex = hex_new(MACS "0806 0001 0800 0604 0002 02*6 c000020a 04*6 c0000214");
    struct frame frame;

    frame_decode(LINK_ETHERNET, hex.data, hex.len, hex.len, &frame);
    g_assert_cmpint(frame.kind, ==, FRAME_ARP);
    g_assert_false(frame.request);
    g_assert_cmpuint(frame.src.addr[3], ==, 10);
    g_assert_cmpuint(frame.dst.addr[3], ==, 20);
    hex_free(hex);
}

static void
test_links(void)
{
    g_assert_true(frame_link_is_known(LINK_ETHERNET) && frame_link_is_known(LINK_NULL) &&
                  frame_link_is_known(LINK_SLL2));
    g_assert_false(frame_link_is_known(105) || frame_link_is_known(2));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(frame_rows); i++) {
        char *path = g_strconcat("/frame/", frame_rows[i].name, NULL);
        g_test_add_data_func(path, &frame_rows[i], run_row);
        g_free(path);
    }
    g_test_add_func("/frame/arp-answer", test_arp);
    g_test_add_func("/frame/links", test_links);
    return g_test_run();
}
