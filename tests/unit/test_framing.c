/* test_framing.c - clear bytes cut into HTTP heads, PROXY headers and SSTP packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/framing.h"
#include "hex.h"

#define ECHO     "1001 0008 0008 0000 "
#define REQUEST  "1001 000e 0001 0001 0001 0006 0001"
#define PROXY_V2 "0d0a0d0a000d0a515549540a"

struct packet_row {
    const char *name;
    const char *bytes;
    enum piece_kind kind;
    size_t len;
};

static const struct packet_row packet_rows[] = {
    { "control", ECHO, PIECE_PACKET, 8 },
    { "data", "1000 0006 c021", PIECE_PACKET, 6 },
    { "shortest", "1000 0004", PIECE_PACKET, 4 },
    { "largest", "1000 0fff 00*4091", PIECE_PACKET, 4095 },
    { "two", ECHO ECHO, PIECE_PACKET, 8 },
    { "junk-behind", ECHO "ff", PIECE_PACKET, 8 },
    { "one-byte", "10", PIECE_NEED_MORE, 0 },
    { "three-bytes", "1001 00", PIECE_NEED_MORE, 0 },
    { "header-only", "1001 0008", PIECE_NEED_MORE, 4 },
    { "one-byte-less", "1001 0008 0008 00", PIECE_NEED_MORE, 1 },
    { "largest-less-one", "1000 0fff 00*4090", PIECE_NEED_MORE, 1 },
    { "reserved-bits", "10ff 0008 0008 0000", PIECE_PACKET, 8 },
    { "reserved-length-bits", "1001 f008 0008 0000", PIECE_PACKET, 8 },
    { "reserved-length-bits/more-behind", "1001 1008 0008 0000" ECHO, PIECE_PACKET, 8 },

    { "version-0", "0001 0008 0008 0000", PIECE_JUNK, 8 },
    { "version-11", "1101 0008 0008 0000", PIECE_JUNK, 8 },
    { "zero-length", "1000 0000 0000", PIECE_JUNK, 6 },
    { "length-3", "1000 0003", PIECE_JUNK, 4 },
    { "control-length-7", "1001 0007 0008 00", PIECE_JUNK, 7 },
    { "zero-byte", "00", PIECE_JUNK, 1 },

    /* A length of 5000 written over the reserved bits: 5000 & 4095 is 904. */
    { "oversize", "1000 1388 00*4996", PIECE_OVERSIZE, 5000 },
    { "oversize/packet-behind", "1000 1388 00*4996 " ECHO, PIECE_OVERSIZE, 5000 },
    { "oversize/part-of-packet-behind", "1000 1388 00*4996 10", PIECE_OVERSIZE, 5000 },
    { "oversize/junk-behind", "1000 1388 00*4996 ff*4", PIECE_PACKET, 904 },
    { "oversize/not-all-there", "1000 1388 00*4995", PIECE_PACKET, 904 },
    { "oversize/packet-at-masked-length", "1000 1388 00*900 " ECHO " 00*4088", PIECE_PACKET, 904 },
    { "oversize/smallest", "1000 1000 00*4092", PIECE_OVERSIZE, 4096 },
    { "oversize/largest", "1000 ffff 00*65531", PIECE_OVERSIZE, 65535 },

    { "proxy-v2", PROXY_V2 "2111 000c 00*12" REQUEST, PIECE_PROXY, 28 },
    { "proxy-v2/cut", PROXY_V2 "2111 000c 00*11", PIECE_NEED_MORE, 0 },
    { "proxy-v2/signature-cut", "0d0a0d", PIECE_NEED_MORE, 0 },
};

static void
run_packet(gconstpointer data)
{
    const struct packet_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct piece piece = framing_next(hex.data, hex.len);

    g_assert_cmpint(piece.kind, ==, row->kind);
    g_assert_cmpuint(piece.len, ==, row->len);
    hex_free(hex);
}

#define POST   "SSTP_DUPLEX_POST / HTTP/1.1\r\nHost: vpn.example.com\r\n\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n"
#define PROXY  "PROXY TCP4 192.0.2.1 198.51.100.1 49152 443\r\n"

struct text_row {
    const char *name;
    const char *text;
    enum piece_kind kind;
    size_t len;
};

static const struct text_row text_rows[] = {
    { "request", POST, PIECE_HTTP, sizeof POST - 1 },
    { "request/packet-behind", POST "\x10", PIECE_HTTP, sizeof POST - 1 },
    { "answer", ANSWER, PIECE_HTTP, sizeof ANSWER - 1 },
    { "answer/other-status", "HTTP/1.1 404 Not Found\r\n\r\n", PIECE_HTTP, 26 },
    { "request/first-letter", "S", PIECE_NEED_MORE, 0 },
    { "answer/first-letter", "H", PIECE_NEED_MORE, 0 },
    { "request/half", "SSTP_DUPLEX_POST / HTT", PIECE_NEED_MORE, 0 },
    { "request/no-empty-line", "SSTP_DUPLEX_POST / HTTP/1.1\r\nHost: a\r\n", PIECE_NEED_MORE, 0 },
    { "other-method", "GET / HTTP/1.1\r\n\r\n", PIECE_JUNK, 18 },
    { "almost", "SSTP_DUPLEX_PUT /", PIECE_JUNK, 17 },
    { "banner", "SSH-2.0-OpenSSH\r\n", PIECE_JUNK, 17 },
    { "proxy-v1", PROXY, PIECE_PROXY, sizeof PROXY - 1 },
    { "proxy-v1/request-behind", PROXY POST, PIECE_PROXY, sizeof PROXY - 1 },
    { "proxy-v1/cut", "PROXY TCP4 192.0.2.1", PIECE_NEED_MORE, 0 },
    { "proxy-v1/first-letter", "P", PIECE_NEED_MORE, 0 },
};

static void
run_text(gconstpointer data)
{
    const struct text_row *row = data;
    size_t len = strlen(row->text);
    uint8_t *copy = g_memdup2(row->text, len);
    struct piece piece = framing_next(copy, len);

    g_assert_cmpint(piece.kind, ==, row->kind);
    g_assert_cmpuint(piece.len, ==, row->len);
    g_free(copy);
}

/* A head that has no end is junk, not something to wait for. */
static void
test_endless_head(void)
{
    GString *text = g_string_new("SSTP_DUPLEX_POST / HTTP/1.1\r\n");

    while (text->len < 20000)
        g_string_append(text, "X-Filler: 0123456789\r\n");
    struct piece piece = framing_next((const uint8_t *)text->str, text->len);
    g_assert_cmpint(piece.kind, ==, PIECE_JUNK);
    g_assert_cmpuint(piece.len, ==, text->len);
    g_string_free(text, TRUE);
}

/* The pieces of a stream of which first only there bytes are known, then all. */
static void
check_cut(const GByteArray *stream, size_t there)
{
    static const enum piece_kind kinds[] = { PIECE_PROXY, PIECE_HTTP, PIECE_PACKET, PIECE_PACKET };
    size_t at = 0, num = 0;

    while (at < stream->len) {
        struct piece piece = { PIECE_NEED_MORE, 0 };
        if (there > at)
            piece = framing_next(stream->data + at, there - at);
        if (piece.kind == PIECE_NEED_MORE) {
            g_assert_cmpuint(there, <, stream->len);
            g_assert_cmpuint(piece.len, <=, stream->len - there);
            there = stream->len;
            continue;
        }
        g_assert_cmpuint(num, <, G_N_ELEMENTS(kinds));
        g_assert_cmpint(piece.kind, ==, kinds[num]);
        num++;
        at += piece.len;
    }
    g_assert_cmpuint(num, ==, G_N_ELEMENTS(kinds));
}

/* Wherever bytes are cut, the pieces are the same in the end. */
static void
test_every_cut(void)
{
    struct hex packets = hex_new(REQUEST ECHO);
    GByteArray *stream = g_byte_array_new();

    g_byte_array_append(stream, (const uint8_t *)PROXY POST, sizeof(PROXY POST) - 1);
    g_byte_array_append(stream, packets.data, (guint)packets.len);
    for (size_t cut = 1; cut < stream->len; cut++)
        check_cut(stream, cut);
    g_byte_array_unref(stream);
    hex_free(packets);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/framing/packet", packet_rows, run_packet);
    ADD_ROWS("/framing/text", text_rows, run_text);
    g_test_add_func("/framing/endless-head", test_endless_head);
    g_test_add_func("/framing/every-cut", test_every_cut);
    return g_test_run();
}
