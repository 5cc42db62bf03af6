/* test_tls.c - TLS records and hellos
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/tls.h"

#define RANDOM       "aa*32 "
#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c "

struct record_row {
    const char *name;
    const char *bytes;
    bool ok;
    uint8_t type;
    uint16_t version, length;
};

static const struct record_row record_rows[] = {
    { "handshake", "16 0301 0200", true, 22, 0x0301, 512 },
    { "data", "17 0303 0019 00", true, 23, 0x0303, 25 },
    { "alert", "15 0300 0002", true, 21, 0x0300, 2 },
    { "change-cipher-spec", "14 0303 0001", true, 20, 0x0303, 1 },
    { "zero-length", "17 0303 0000", true, 23, 0x0303, 0 },
    { "largest", "17 0303 4800", true, 23, 0x0303, 18432 },
    { "one-more", "17 0303 4801", false, 0, 0, 0 },
    { "one-byte-less", "17 0303 00", false, 0, 0, 0 },
    { "empty", "", false, 0, 0, 0 },
    { "type-19", "13 0303 0001", false, 0, 0, 0 },
    { "type-24", "18 0303 0001", false, 0, 0, 0 },
    { "version-2", "16 0200 0001", false, 0, 0, 0 },
    { "version-3.5", "16 0305 0001", false, 0, 0, 0 },
    { "http", "48545450 2f", false, 0, 0, 0 },
};

static void
run_record(gconstpointer data)
{
    const struct record_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct tls_record_header header = { 0 };

    g_assert_cmpint(tls_decode_record_header(hex.data, hex.len, &header), ==, row->ok);
    g_assert_cmpuint(header.type, ==, row->type);
    g_assert_cmphex(header.version, ==, row->version);
    g_assert_cmpuint(header.length, ==, row->length);
    hex_free(hex);
}

struct client_row {
    const char *name;
    const char *body;
    const char *sni;  /* NULL: absent */
    const char *alpn; /* one letter each: a any, 1 http/1.1, 2 h2 */
    bool ok, has_session_id;
    uint16_t version;
    unsigned num_cipher_suites;
};

/* Behind the random: no session id, two suites, null compression. */
#define CLIENT "0303" RANDOM "00 0004 1301c02f 0100"

static const struct client_row client_rows[] = {
    /* seen on the wire from sstpc 1.0.18 with OpenSSL 3.0; its padding extension is left out */
    { "openssl-3.0",
      "0303d70be2222b25f95c339c3e69f08d59de12da7efffa1bc58b1a2eecd47efa51c02069096f0e7b9b21419dc645"
      "38511816d25c19214478d05b6a2c821dfa640d84d3003c130213031301cca9cca8c02bc02fc02cc030009e009fc0"
      "23c027c009c028c013c024c00ac01400670033006b0039009c009d003c003d002f003500ff010000ae0000001100"
      "0f00000c76706e2e6c61622e74657374000b000403000102000a00160014001d0017001e00190018010001010102"
      "01030104002300000016000000170000000d002a0028040305030603080708080809080a080b0804080508060401"
      "05010601030303010302040205020602002b0009080304030303020301002d00020101003300260024001d002019"
      "a35380de65ee70b47553ac6a06f31c5544cfd07a55f8bbebf26118816d1201",
      "vpn.lab.test", "", true, true, 0x0304, 30 },
    { "no-extensions", CLIENT, NULL, "", true, false, 0x0303, 2 },
    { "extensions-empty", CLIENT "0000", NULL, "", true, false, 0x0303, 2 },
    { "sni", CLIENT "000e 0000 000a 0008 00 0005 61622e6364", "ab.cd", "", true, false, 0x0303, 2 },
    { "sni/cleaned", CLIENT "000e 0000 000a 0008 00 0005 61000a80ff", "a????", "", true, false,
      0x0303, 2 },
    { "sni/empty-name", CLIENT "0009 0000 0005 0003 00 0000", "", "", true, false, 0x0303, 2 },
    { "sni/other-type", CLIENT "000a 0000 0006 0004 01 0001 61", NULL, "", true, false, 0x0303, 2 },
    { "sni/first-of-two", CLIENT "000e 0000 000a 0008 00 0001 61 00 0001 62", "a", "", true, false,
      0x0303, 2 },
    { "sni/name-past-list", CLIENT "000a 0000 0006 0004 00 0002 61", NULL, "", false, false, 0, 0 },
    { "sni/list-past-extension", CLIENT "000a 0000 0006 0005 00 0001 61", NULL, "", false, false, 0,
      0 },
    { "sni/no-list", CLIENT "0004 0000 0000", NULL, "", false, false, 0, 0 },
    { "alpn", CLIENT "0012 0010 000e 000c 02 6832 08 687474702f312e31", NULL, "a12", true, false,
      0x0303, 2 },
    { "alpn/other", CLIENT "0009 0010 0005 0003 02 6833", NULL, "a", true, false, 0x0303, 2 },
    { "alpn/grease", CLIENT "0009 0010 0005 0003 02 0a0a", NULL, "", true, false, 0x0303, 2 },
    { "alpn/cut", CLIENT "0009 0010 0005 0003 03 6833", NULL, "", false, false, 0, 0 },
    { "alpn/no-list", CLIENT "0004 0010 0000", NULL, "", false, false, 0, 0 },
    { "versions/no-list", CLIENT "0004 002b 0000", NULL, "", false, false, 0, 0 },
    { "versions", CLIENT "000b 002b 0007 06 0304 0303 0302", NULL, "", true, false, 0x0304, 2 },
    { "versions/grease", CLIENT "0009 002b 0005 04 fafa 0303", NULL, "", true, false, 0x0303, 2 },
    { "versions/grease-only", CLIENT "0007 002b 0003 02 0a0a", NULL, "", true, false, 0x0303, 2 },
    { "versions/odd", CLIENT "0008 002b 0004 03 0304 03", NULL, "", false, false, 0, 0 },
    { "tls10", "0301" RANDOM "00 0002 002f 0100", NULL, "", true, false, 0x0301, 1 },
    { "suites/grease", "0303" RANDOM "00 0006 1a1a 1301 1a2a 0100", NULL, "", true, false, 0x0303,
      2 },
    { "suites/none", "0303" RANDOM "00 0000 0100", NULL, "", false, false, 0, 0 },
    { "suites/odd", "0303" RANDOM "00 0003 130113 0100", NULL, "", false, false, 0, 0 },
    { "session-id/longest", "0303" RANDOM "20 bb*32 0002 1301 0100", NULL, "", true, true, 0x0303,
      1 },
    { "session-id/one-more", "0303" RANDOM "21 bb*33 0002 1301 0100", NULL, "", false, false, 0,
      0 },
    { "compression/none", "0303" RANDOM "00 0002 1301 00", NULL, "", false, false, 0, 0 },
    { "extensions/one-byte-more", CLIENT "0000 00", NULL, "", false, false, 0, 0 },
    { "extensions/one-byte-less", CLIENT "0001", NULL, "", false, false, 0, 0 },
    { "extensions/length-cut", CLIENT "00", NULL, "", false, false, 0, 0 },
    { "extensions/header-cut", CLIENT "0003 000000", NULL, "", false, false, 0, 0 },
    { "ssl2", "0002" RANDOM "00 0002 1301 0100", NULL, "", false, false, 0, 0 },
    { "empty", "", NULL, "", false, false, 0, 0 },
};

static void
run_client(gconstpointer data)
{
    const struct client_row *row = data;
    struct hex hex = hex_new(row->body);
    struct tls_client_hello hello = { 0 };

    g_assert_cmpint(tls_decode_client_hello(hex_buf(&hex), &hello), ==, row->ok);
    g_assert_cmphex(hello.version, ==, row->version);
    g_assert_cmpint(hello.has_sni, ==, row->sni != NULL);
    g_assert_cmpstr(hello.sni, ==, row->sni != NULL ? row->sni : "");
    g_assert_cmpint(hello.alpn_any, ==, strchr(row->alpn, 'a') != NULL);
    g_assert_cmpint(hello.alpn_http11, ==, strchr(row->alpn, '1') != NULL);
    g_assert_cmpint(hello.alpn_h2, ==, strchr(row->alpn, '2') != NULL);
    g_assert_cmpuint(hello.num_cipher_suites, ==, row->num_cipher_suites);
    g_assert_cmpint(hello.has_session_id, ==, row->has_session_id);
    hex_free(hex);
}

static void
test_client_longest_name(void)
{
    struct hex hex = hex_new(CLIENT "0109 0000 0105 0103 00 0100 61*256");
    struct tls_client_hello hello;

    g_assert_true(tls_decode_client_hello(hex_buf(&hex), &hello));
    g_assert_cmpuint(strlen(hello.sni), ==, TLS_NAME_MAX_LEN);
    hex_free(hex);
}

struct server_row {
    const char *name;
    const char *body;
    bool ok;
    uint16_t version, cipher_suite;
    bool hello_retry_request, encrypt_then_mac;
};

static const struct server_row server_rows[] = {
    /* seen on the wire from accel-ppp with OpenSSL 3.0 */
    { "openssl-tls13",
      "0303bf332b9767482724d294160774021333c08b25f87b6fad1123a0050805ce69922069096f0e7b9b21419dc645"
      "38511816d25c19214478d05b6a2c821dfa640d84d3130200002e002b0002030400330024001d002093739d92d173"
      "1c5dd5ef81aaa35e3bdd78d54955faaf52a79283526cdea0fa34",
      true, 0x0304, 0x1302, false, false },
    { "openssl-tls12-etm",
      "030330f0f7e0d175135bab46916d2ed1486b55d736083207162fb6aaaa539915ad9700c028000019ff0100010000"
      "0b00040300010200230000001600000017"
      "0000",
      true, 0x0303, 0xc028, false, true },
    { "no-extensions", "0301" RANDOM "00 002f 00", true, 0x0301, 0x002f, false, false },
    { "extensions-empty", "0303" RANDOM "00 c02f 00 0000", true, 0x0303, 0xc02f, false, false },
    { "hello-retry-request", "0303" RETRY_RANDOM "00 1301 00 0006 002b 0002 0304", true, 0x0304,
      0x1301, true, false },
    { "session-id/longest", "0303" RANDOM "20 bb*32 1301 00", true, 0x0303, 0x1301, false, false },
    { "session-id/one-more", "0303" RANDOM "21 bb*33 1301 00", false, 0, 0, false, false },
    { "version-cut", "0303" RANDOM "00 1301 00 0005 002b 0001 03", false, 0, 0, false, false },
    { "extension-past-end", "0303" RANDOM "00 1301 00 0006 002b 0003 0304", false, 0, 0, false,
      false },
    { "one-byte-more", "0303" RANDOM "00 1301 00 0000 00", false, 0, 0, false, false },
    { "one-byte-less", "0303" RANDOM "00 1301", false, 0, 0, false, false },
    { "random-cut", "0303 aa*31", false, 0, 0, false, false },
    { "empty", "", false, 0, 0, false, false },
};

static void
run_server(gconstpointer data)
{
    const struct server_row *row = data;
    struct hex hex = hex_new(row->body);
    struct tls_server_hello hello = { 0 };

    g_assert_cmpint(tls_decode_server_hello(hex_buf(&hex), &hello), ==, row->ok);
    g_assert_cmphex(hello.version, ==, row->version);
    g_assert_cmphex(hello.cipher_suite, ==, row->cipher_suite);
    g_assert_cmpint(hello.hello_retry_request, ==, row->hello_retry_request);
    g_assert_cmpint(hello.encrypt_then_mac, ==, row->encrypt_then_mac);
    hex_free(hex);
}

struct certificate_row {
    const char *name;
    const char *body;
    uint16_t version;
    const char *certs; /* parted by blanks; NULL: refused */
};

static const struct certificate_row certificate_rows[] = {
    { "tls12", "000006 000003 616263", TLS_12, "abc " },
    { "tls12/chain", "00000b 000003 616263 000002 6465", TLS_12, "abc de " },
    { "tls12/empty-list", "000000", TLS_12, "" },
    { "tls12/empty-certificate", "000003 000000", TLS_12, " " },
    { "tls12/one-byte-less", "000006 000003 6162", TLS_12, NULL },
    { "tls12/past-list", "000006 000004 616263 64", TLS_12, "" },
    { "tls12/second-past-list", "00000b 000003 616263 000003 6465", TLS_12, "abc " },
    { "tls12/largest-length", "ffffff ffffff 616263", TLS_12, NULL },
    { "tls12/empty", "", TLS_12, NULL },
    { "tls13", "00 000008 000003 616263 0000", TLS_13, "abc " },
    { "tls13/chain", "00 000011 000003 616263 0001 ff 000003 646566 0000", TLS_13, "abc def " },
    { "tls13/extensions-cut", "00 000008 000003 616263 0001", TLS_13, "abc " },
    { "tls13/context", "02 0000 000008 000003 616263 0000", TLS_13, "abc " },
    { "tls13/context-cut", "02 00", TLS_13, NULL },
    { "tls13/empty-list", "00 000000", TLS_13, "" },
};

static void
run_certificate(gconstpointer data)
{
    const struct certificate_row *row = data;
    struct hex hex = hex_new(row->body);
    GString *certs = g_string_new(NULL);
    struct buf list, cert;

    bool ok = tls_certificate_list(hex_buf(&hex), row->version, &list);
    g_assert_cmpint(ok, ==, row->certs != NULL);
    while (ok && tls_certificate_next(&list, row->version, &cert)) {
        g_string_append_len(certs, (const char *)cert.p, (gssize)buf_left(&cert));
        g_string_append_c(certs, ' ');
    }
    g_assert_cmpstr(certs->str, ==, row->certs ? row->certs : "");
    g_string_free(certs, TRUE);
    hex_free(hex);
}

/* What is kept of the lists of a Client Hello, and of a Server Hello's choice. */
static void
test_lists(void)
{
    struct hex client = hex_new("0303" RANDOM "00 0006 0a0a 1301 c02b 0100 0021"
                                "000a 0008 0006 2a2a 001d 0017"
                                "000d 0006 0004 0403 0804"
                                "002b 0007 06 3a3a 0304 0303");
    struct hex server = hex_new("0303" RANDOM "00 1301 00 0010"
                                "002b 0002 0304 0029 0002 0000 0033 0000");
    struct hex retry = hex_new("0303" RANDOM "00 1301 00 000c 002b 0002 0304 0033 0002 0018");
    struct tls_client_hello hello;
    struct tls_server_hello answer;

    g_assert_true(tls_decode_client_hello(hex_buf(&client), &hello));
    g_assert_cmpuint(hello.num_suites, ==, 2);
    g_assert_cmphex(hello.suites[1], ==, 0xc02b);
    g_assert_cmpuint(hello.num_groups, ==, 2);
    g_assert_cmphex(hello.groups[0], ==, 0x001d);
    g_assert_cmpuint(hello.num_signatures, ==, 2);
    g_assert_cmphex(hello.signatures[1], ==, 0x0804);
    g_assert_cmphex(hello.version, ==, TLS_13);
    g_assert_cmphex(hello.lowest_version, ==, TLS_12);
    g_assert_true(tls_decode_server_hello(hex_buf(&server), &answer));
    g_assert_true(answer.resumed);
    g_assert_cmphex(answer.group, ==, 0);
    g_assert_true(tls_decode_server_hello(hex_buf(&retry), &answer));
    g_assert_false(answer.resumed);
    g_assert_cmphex(answer.group, ==, 0x0018);
    hex_free(client);
    hex_free(server);
    hex_free(retry);
}

/* More suites than are kept are counted all the same. */
static void
test_many_suites(void)
{
    struct hex hex = hex_new("0303" RANDOM "00 0200 c0*512 0100");
    struct tls_client_hello hello;

    g_assert_true(tls_decode_client_hello(hex_buf(&hex), &hello));
    g_assert_cmpuint(hello.num_cipher_suites, ==, 256);
    g_assert_cmpuint(hello.num_suites, ==, TLS_SUITES_MAX);
    hex_free(hex);
}

struct reader_row {
    const char *name;
    const char *feeds[4];
    const char *messages; /* type and length of each, as it comes out */
    bool deaf;
};

static const struct reader_row reader_rows[] = {
    { "one", { "0e 000000" }, "14:0 ", false },
    { "with-body", { "01 000003 616263" }, "1:3 ", false },
    { "two-in-one", { "02 000001 61 0e 000000" }, "2:1 14:0 ", false },
    { "split-body", { "0b 000004 6162", "6364" }, "11:4 ", false },
    { "split-header", { "0b", "00", "0004 616263", "64 0e000000" }, "11:4 14:0 ", false },
    { "incomplete", { "0b 000004 616263" }, "", false },
    { "empty-record", { "", "0e 000000" }, "14:0 ", false },
    { "largest", { "0b 010000 61*65536 ", "0e 000000" }, "11:65536 14:0 ", false },
    { "one-more", { "0b 010001 61*65537 ", "0e 000000" }, "", true },
    { "largest-length", { "0b ffffff", "0e 000000" }, "", true },
    { "after-a-good-one", { "0e 000000 0b ffffff" }, "14:0 ", true },
    { "far-too-much", { "0b 010000 61*90000 " }, "", true },
};

static void
run_reader(gconstpointer data)
{
    const struct reader_row *row = data;
    struct tls_handshake_reader reader = { 0 };
    GString *messages = g_string_new("");
    uint8_t type;
    struct buf body;

    for (size_t i = 0; i < G_N_ELEMENTS(row->feeds) && row->feeds[i] != NULL; i++) {
        struct hex hex = hex_new(row->feeds[i]);

        tls_handshake_feed(&reader, hex.data, hex.len);
        hex_free(hex);
        while (tls_handshake_next(&reader, &type, &body))
            g_string_append_printf(messages, "%u:%zu ", (unsigned)type, buf_left(&body));
    }
    g_assert_cmpstr(messages->str, ==, row->messages);
    g_assert_cmpint(reader.deaf, ==, row->deaf);
    tls_handshake_free(&reader);
    g_assert_null(reader.pending);
    g_string_free(messages, TRUE);
}

/* However the bytes are cut into records, the same messages come out. */
static void
test_reader_byte_by_byte(void)
{
    struct hex hex = hex_new("02 000002 6162 0b 000003 616263 0e 000000");
    struct tls_handshake_reader reader = { 0 };
    unsigned num = 0;
    uint8_t type;
    struct buf body;

    for (size_t i = 0; i < hex.len; i++) {
        tls_handshake_feed(&reader, hex.data + i, 1);
        while (tls_handshake_next(&reader, &type, &body))
            num++;
    }
    g_assert_cmpuint(num, ==, 3);
    g_assert_cmpuint(type, ==, TLS_SERVER_HELLO_DONE);
    tls_handshake_free(&reader);
    hex_free(hex);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/tls/record", record_rows, run_record);
    ADD_ROWS("/tls/client-hello", client_rows, run_client);
    ADD_ROWS("/tls/server-hello", server_rows, run_server);
    ADD_ROWS("/tls/certificate", certificate_rows, run_certificate);
    g_test_add_func("/tls/lists", test_lists);
    g_test_add_func("/tls/many-suites", test_many_suites);
    ADD_ROWS("/tls/handshake", reader_rows, run_reader);
    g_test_add_func("/tls/client-hello/longest-name", test_client_longest_name);
    g_test_add_func("/tls/handshake/byte-by-byte", test_reader_byte_by_byte);
    return g_test_run();
}
