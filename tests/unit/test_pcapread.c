/* test_pcapread.c - reading pcap and pcapng streams, and what pcapng.c writes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/pcapread.h"

/* Everything a stream holds, one line an item. */
static void
describe(const struct pcapread *reader, const struct pcapread_item *item, GString *text)
{
    const struct pcapng_interface *interface;

    switch (item->kind) {
    case PCAPREAD_SECTION:
        g_string_append_printf(text, "section %s\n", item->comment);
        break;
    case PCAPREAD_INTERFACE:
        interface = pcapread_interface(reader, item->interface);
        g_string_append_printf(text, "interface %u %s link %u snap %u\n", item->interface,
                               interface->name ? interface->name : "-", interface->link_type,
                               interface->snap_len);
        break;
    case PCAPREAD_PACKET:
        g_string_append_printf(text, "packet of %u at %" G_GINT64_FORMAT " len %u/%u",
                               item->interface, item->packet.has_time ? item->packet.time_ns : -1,
                               item->packet.captured_len, item->packet.wire_len);
        if (item->packet.captured_len)
            g_string_append_printf(text, " %02x", item->packet.data[0]);
        if (item->packet.comment)
            g_string_append_printf(text, " (%s)", item->packet.comment);
        g_string_append_c(text, '\n');
        break;
    case PCAPREAD_STATISTICS:
        g_string_append_printf(
            text, "statistics of %u: %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", item->interface,
            (gint64)item->statistics.received, (gint64)item->statistics.dropped);
        break;
    case PCAPREAD_SECRETS:
    case PCAPREAD_BLOCK:
        g_string_append_printf(text, "%s %x len %zu\n",
                               item->kind == PCAPREAD_BLOCK ? "block" : "secrets", item->type,
                               buf_left(&item->body));
        break;
    case PCAPREAD_MORE:
    case PCAPREAD_ERROR:
        break;
    }
}

/* Fed in pieces of step bytes, each in a block of its size. */
static char *
read_all(const uint8_t *data, size_t len, size_t step)
{
    struct pcapread *reader = pcapread_new();
    struct pcapread_item item;
    GString *text = g_string_new(NULL);

    for (size_t at = 0; at < len; at += step) {
        size_t piece = MIN(step, len - at);
        uint8_t *exact = g_malloc(piece);
        memcpy(exact, data + at, piece);
        pcapread_feed(reader, exact, piece);
        g_free(exact);
        while (pcapread_next(reader, &item) != PCAPREAD_MORE && item.kind != PCAPREAD_ERROR)
            describe(reader, &item, text);
    }
    if (pcapread_error(reader))
        g_string_append_printf(text, "%s\n", pcapread_error(reader));
    else if (pcapread_left(reader))
        g_string_append_printf(text, "cut, %zu left\n", pcapread_left(reader));
    pcapread_free(reader);
    return g_string_free(text, FALSE);
}

#define PCAP_LE     "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000"
#define PCAP_BE     "a1b2c3d4 0002 0004 00000000 00000000 00040000 00000071"
#define PCAP_NS     "4d3cb2a1 0200 0400 00000000 00000000 00000400 65000000"
#define PCAP_OLD    "34cdb2a1 0200 0400 00000000 00000000 00000400 01000000"
#define SHB_LE      "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ff*8 1c000000"
#define SHB_BE      "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ff*8 0000001c"
#define IDB_LE      "01000000 14000000 0100 0000 00000000 14000000"
#define IDB_BE      "00000001 00000014 0001 0000 00000000 00000014"
#define IDB_SNAP(n) "01000000 14000000 0100 0000" n "14000000"
/* if_tsresol v, and if_tsoffset */
#define IDB_RES(v) "01000000 1c000000 0100 0000 00000000 0900 0100" v "000000 1c000000"
#define IDB_OFFSET "01000000 20000000 0100 0000 00000000 0e00 0800 0a000000 00000000 20000000"
#define IDB_NAME   "01000000 20000000 0100 0000 00000000 0200 0400 65746830 0000 0000 20000000"
#define EPB_LE(n)  "06000000 24000000" n "00000000 40420f00 01000000 05000000 aa000000 24000000"
#define EPB_BE     "00000006 00000024 00000000 00000000 000f4240 00000001 00000005 aa000000 00000024"
#define EPB_COMMENT                                                                                \
    "06000000 30000000 00000000 00000000 40420f00 01000000 05000000 aa000000"                      \
    "0100 0200 68690000 0000 0000 30000000"
#define SPB "03000000 14000000 05000000 aabb0000 14000000"
#define OLD_PACKET                                                                                 \
    "02000000 24000000 0000 ffff 00000000 40420f00 01000000 05000000 aa000000 24000000"
#define BLOCK_UNKNOWN "block ef00ef len 4\n"
#define UNKNOWN       "ef00ef00 10000000 01020304 10000000"
#define NRB           "04000000 10000000 00000000 10000000"
#define DSB           "0a000000 18000000 4b534c54 03000000 61620a00 18000000"
#define ISB                                                                                        \
    "05000000 30000000 00000000 00000000 00000000 0400 0800 07000000 00000000"                     \
    "0500 0800 02000000 00000000 30000000"
#define PACKET_LE "01000000 02000000 01000000 05000000 aa"
#define BEGAN     "section \ninterface 0 - link 1 snap 0\n"
#define PACKET_1S "packet of 0 at 1000000000 len 1/5 aa\n"

static const struct read_row {
    const char *name, *bytes, *text;
} read_rows[] = {
    /* clang-format off */
    { "pcap/little-endian", PCAP_LE PACKET_LE, "interface 0 - link 1 snap 262144\npacket of 0 at 1000002000 len 1/5 aa\n" },
    { "pcap/big-endian", PCAP_BE "00000001 00000002 00000001 00000005 aa", "interface 0 - link 113 snap 262144\npacket of 0 at 1000002000 len 1/5 aa\n" },
    { "pcap/nanoseconds", PCAP_NS PACKET_LE, "interface 0 - link 101 snap 262144\npacket of 0 at 1000000002 len 1/5 aa\n" },
    { "pcap/nanoseconds-big-endian", "a1b23c4d 0002 0004 00*8 00040000 00000001 00000001 00000002 00000000 00000005",
      "interface 0 - link 1 snap 262144\npacket of 0 at 1000000002 len 0/5\n" },
    { "pcap/patched", PCAP_OLD "01000000 02000000 01000000 05000000 0000000000000000 aa" , "interface 0 - link 1 snap 262144\npacket of 0 at 1000002000 len 1/5 aa\n" },
    { "pcap/after-2038", PCAP_LE "ffffffff 00000000 00000000 00000000", "interface 0 - link 1 snap 262144\npacket of 0 at 4294967295000000000 len 0/0\n" },
    { "pcap/cut", PCAP_LE "01000000 02000000 02000000 05000000 aa", "interface 0 - link 1 snap 262144\ncut, 17 left\n" },
    { "pcap/too-long", PCAP_LE "01000000 02000000 01000400 05000000 aa", "interface 0 - link 1 snap 262144\nbroken at byte 24: a packet is longer than 256 KiB\n" },
    { "pcap/header-alone", PCAP_LE, "interface 0 - link 1 snap 262144\n" },

    { "pcapng/little-endian", SHB_LE IDB_LE EPB_LE("00000000"), BEGAN PACKET_1S },
    { "pcapng/big-endian", SHB_BE IDB_BE EPB_BE, BEGAN PACKET_1S },
    { "pcapng/sections-of-both-orders", SHB_BE IDB_BE EPB_BE SHB_LE IDB_LE EPB_LE("00000000"),
      BEGAN PACKET_1S "section \ninterface 1 - link 1 snap 0\npacket of 1 at 1000000000 len 1/5 aa\n" },
    { "pcapng/two-interfaces", SHB_LE IDB_LE IDB_NAME EPB_LE("01000000") EPB_LE("00000000"),
      BEGAN "interface 1 eth0 link 1 snap 0\npacket of 1 at 1000000000 len 1/5 aa\n" PACKET_1S },
    { "pcapng/late-interface", SHB_LE IDB_LE EPB_LE("00000000") IDB_NAME EPB_LE("01000000"),
      BEGAN PACKET_1S "interface 1 eth0 link 1 snap 0\npacket of 1 at 1000000000 len 1/5 aa\n" },
    { "pcapng/milliseconds", SHB_LE IDB_RES("03") EPB_LE("00000000"), BEGAN "packet of 0 at 1000000000000 len 1/5 aa\n" },
    { "pcapng/nanoseconds", SHB_LE IDB_RES("09") EPB_LE("00000000"), BEGAN "packet of 0 at 1000000 len 1/5 aa\n" },
    { "pcapng/picoseconds", SHB_LE IDB_RES("0c") EPB_LE("00000000"), BEGAN "packet of 0 at 1000 len 1/5 aa\n" },
    { "pcapng/half-seconds", SHB_LE IDB_RES("81") EPB_LE("00000000"), BEGAN "packet of 0 at 500000000000000 len 1/5 aa\n" },
    { "pcapng/2^-20-s", SHB_LE IDB_RES("94") EPB_LE("00000000"), BEGAN "packet of 0 at 953674316 len 1/5 aa\n" },
    { "pcapng/2^-40-s", SHB_LE IDB_RES("a8") EPB_LE("00000000"), BEGAN "packet of 0 at 909 len 1/5 aa\n" },
    { "pcapng/absurd-resolution", SHB_LE IDB_RES("7f") EPB_LE("00000000"), BEGAN "packet of 0 at 0 len 1/5 aa\n" },
    { "pcapng/absurd-binary-resolution", SHB_LE IDB_RES("ff") EPB_LE("00000000"), BEGAN "packet of 0 at 0 len 1/5 aa\n" },
    { "pcapng/seconds", SHB_LE IDB_RES("00") "06000000 20000000 00000000 ffffffff ffffffff 00000000 00000000 20000000",
      BEGAN "packet of 0 at 9223372035000000000 len 0/0\n" },
    { "pcapng/time-offset", SHB_LE IDB_OFFSET EPB_LE("00000000"), BEGAN "packet of 0 at 11000000000 len 1/5 aa\n" },
    { "pcapng/comment", SHB_LE IDB_LE EPB_COMMENT, BEGAN "packet of 0 at 1000000000 len 1/5 aa (hi)\n" },
    { "pcapng/simple-packet", SHB_LE IDB_LE SPB, BEGAN "packet of 0 at -1 len 4/5 aa\n" },
    { "pcapng/simple-packet-snapped", SHB_LE IDB_SNAP("02000000") SPB, "section \ninterface 0 - link 1 snap 2\npacket of 0 at -1 len 2/5 aa\n" },
    { "pcapng/old-packet", SHB_LE IDB_LE OLD_PACKET, BEGAN PACKET_1S },
    { "pcapng/secrets", SHB_LE IDB_LE DSB, BEGAN "secrets 544c534b len 3\n" },
    { "pcapng/statistics", SHB_LE IDB_LE ISB, BEGAN "statistics of 0: 7 2\n" },
    { "pcapng/unknown-block", SHB_LE UNKNOWN IDB_LE UNKNOWN EPB_LE("00000000") UNKNOWN,
      "section \n" BLOCK_UNKNOWN "interface 0 - link 1 snap 0\n" BLOCK_UNKNOWN PACKET_1S BLOCK_UNKNOWN },
    { "pcapng/names", SHB_LE IDB_LE NRB, BEGAN "block 4 len 4\n" },
    { "pcapng/cut", SHB_LE IDB_LE "06000000 24000000 00000000", BEGAN "cut, 12 left\n" },
    { "pcapng/cut-in-section", "0a0d0d0a 1c000000 4d3c", "cut, 10 left\n" },

    { "pcapng/no-interface", SHB_LE EPB_LE("00000000"), "section \nbroken at byte 28: a packet of an interface that was not described\n" },
    { "pcapng/interface-of-section-before", SHB_LE IDB_LE SHB_LE EPB_LE("00000000"), BEGAN "section \nbroken at byte 76: a packet of an interface that was not described\n" },
    { "pcapng/simple-packet-without-interface", SHB_LE SPB, "section \nbroken at byte 28: a packet of an interface that was not described\n" },
    { "pcapng/packet-longer-than-block", SHB_LE IDB_LE "06000000 20000000 00000000 00000000 00000000 01000000 01000000 20000000",
      BEGAN "broken at byte 48: a packet is longer than its block\n" },
    { "pcapng/secrets-longer-than-block", SHB_LE "0a000000 14000000 4b534c54 01000000 14000000", "section \nbroken at byte 28: secrets are longer than their block\n" },
    { "pcapng/lengths-differ", SHB_LE "01000000 14000000 0100 0000 00000000 18000000", "section \nbroken at byte 28: the two lengths of a block differ\n" },
    { "pcapng/length-0", SHB_LE "01000000 00000000 00000000", "section \nbroken at byte 28: a block has an impossible length\n" },
    { "pcapng/length-odd", SHB_LE "01000000 0d000000 00*16", "section \nbroken at byte 28: a block has an impossible length\n" },
    { "pcapng/length-huge", SHB_LE "01000000 04000001 00*16", "section \nbroken at byte 28: a block has an impossible length\n" },
    { "pcapng/no-byte-order", "0a0d0d0a 1c000000 00000000 0100 0000 ff*8 1c000000", "broken at byte 0: a section without its byte order\n" },
    { "pcapng/version-2", "0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ff*8 1c000000", "broken at byte 0: this version of pcapng is not known\n" },
    { "pcapng/short-interface", SHB_LE "01000000 0c000000 0c000000", "section \nbroken at byte 28: an Interface Description Block is too short\n" },
    { "pcapng/option-longer-than-block", SHB_LE "01000000 18000000 0100 0000 00000000 0200 ff00 18000000", BEGAN },

    { "text", "5373682d 68656c6c6f", "not a capture: it begins with 5373682d, not as pcap or pcapng\n" },
    { "gzip", "1f8b0800 00000000", "not a capture: it is compressed, unpack it with gunzip\n" },
    { "nothing", "", "" },
    { "three-bytes", "0a0d0d", "cut, 3 left\n" },
    /* clang-format on */
};

static void
run_read(gconstpointer data)
{
    const struct read_row *row = data;
    struct hex hex = hex_new(row->bytes);

    for (size_t step = 1; step <= hex.len + 1; step++) {
        char *text = read_all(hex.data, hex.len, step);
        g_assert_cmpstr(text, ==, row->text);
        g_free(text);
    }
    hex_free(hex);
}

/* Cut anywhere, what comes out is the beginning of the whole. */
static void
run_cut(gconstpointer data)
{
    const struct read_row *row = data;
    struct hex hex = hex_new(row->bytes);

    for (size_t len = 0; len < hex.len; len++) {
        char *text = read_all(hex.data, len, 7);
        char *note = strstr(text, "cut, ");
        if (note)
            *note = '\0';
        g_assert_true(g_str_has_prefix(row->text, text));
        g_free(text);
    }
    hex_free(hex);
}

static GByteArray *
written_file(void)
{
    GByteArray *out = g_byte_array_new();
    const uint8_t frame[] = { 0x45, 0, 1 };
    struct pcapng_interface client = {
        .link_type = 1, .snap_len = 96, .name = (char *)"client", .filter = (char *)"tcp port 443"
    };
    struct pcapng_packet packet = { .interface = 0,
                                    .time_ns = 1700000000123456789,
                                    .data = frame,
                                    .captured_len = 3,
                                    .wire_len = 60,
                                    .flags = 2,
                                    .comment = "both ends" };
    struct pcapng_statistics statistics = { .interface = 0,
                                            .received = 12,
                                            .dropped = PCAPNG_UNKNOWN };

    pcapng_append_section(out, "Linux", "test", "capturing since noon");
    pcapng_append_interface(out, &client);
    pcapng_append_secrets(out, PCAPNG_SECRETS_TLS, "key", 3);
    pcapng_append_packet(out, &packet);
    pcapng_append_block(out, PCAPNG_NAME_RESOLUTION, "\0\0\0\0", 4);
    pcapng_append_statistics(out, &statistics);
    return out;
}

static void
test_written(void)
{
    GByteArray *out = written_file();
    char *text = read_all(out->data, out->len, out->len);

    g_assert_cmpstr(text, ==,
                    "section capturing since noon\n"
                    "interface 0 client link 1 snap 96\n"
                    "secrets 544c534b len 3\n"
                    "packet of 0 at 1700000000123456789 len 3/60 45 (both ends)\n"
                    "block 4 len 4\n"
                    "statistics of 0: 12 -1\n");
    g_free(text);
    g_byte_array_unref(out);
}

/* Damage in any one byte is read to the end or refused, never more. */
static void
test_damaged(void)
{
    GByteArray *out = written_file();

    for (guint at = 0; at < out->len; at++) {
        uint8_t was = out->data[at];
        for (unsigned bit = 0; bit < 8; bit++) {
            out->data[at] = (uint8_t)(was ^ 1u << bit);
            g_free(read_all(out->data, out->len, 13));
        }
        out->data[at] = was;
    }
    g_byte_array_unref(out);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/pcapread", read_rows, run_read);
    ADD_ROWS("/pcapread/cut", read_rows, run_cut);
    g_test_add_func("/pcapread/written", test_written);
    g_test_add_func("/pcapread/damaged", test_damaged);
    return g_test_run();
}
