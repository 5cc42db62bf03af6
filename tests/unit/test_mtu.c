/* test_mtu.c - record lengths and the inner MTU that fits one segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "wire/mtu.h"
#include "base/numbers.h"

enum { NUM_CIPHERS = 9, NUM_PMTUS = 4 };

struct cipher_row {
    const char *name;
    uint16_t cipher_suite, tls_version;
    bool encrypt_then_mac;
};

/* The columns of the tables below: one cipher suite for each way a record grows. */
static const struct cipher_row ciphers[NUM_CIPHERS] = {
    { "tls13-aead", 0x1302, TLS_13, false },
    { "tls12-gcm", 0xc030, TLS_12, false },
    { "tls12-chacha20", 0xcca8, TLS_12, false },
    { "tls12-cbc-sha1", 0xc014, TLS_12, false },
    { "tls12-cbc-sha256", 0xc027, TLS_12, false },
    { "tls12-cbc-sha384", 0xc028, TLS_12, false },
    { "tls12-cbc-sha1-etm", 0xc014, TLS_12, true },
    { "tls12-cbc-sha256-etm", 0xc027, TLS_12, true },
    { "tls10-cbc-sha1", 0x002f, TLS_10, false },
};

static const unsigned pmtus[NUM_PMTUS] = { 1500, 1492, 1400, 1280 };

static struct mtu_cipher
cipher_of(const struct cipher_row *row)
{
    return mtu_cipher_of(row->cipher_suite, row->tls_version, row->encrypt_then_mac);
}

struct fit_row {
    const char *name;
    unsigned headers; /* IP, TCP and its options */
    unsigned encapsulation;
    unsigned mtu[NUM_CIPHERS][NUM_PMTUS];
};

/* Largest inner packet by outer IP version, TCP timestamps (12 bytes) and encapsulation: 8 bytes
 * (SSTP, FF 03, protocol) or 5 (SSTP, one-byte protocol). One line a cipher, one column a PMTU. */
// clang-format off
static const struct fit_row fit_rows[] = {
    { "ipv4-8", 40, 8,
      {
        { 1430, 1422, 1330, 1210 },
        { 1423, 1415, 1323, 1203 },
        { 1431, 1423, 1331, 1211 },
        { 1395, 1395, 1299, 1187 },
        { 1383, 1383, 1287, 1175 },
        { 1367, 1367, 1271, 1159 },
        { 1399, 1399, 1303, 1175 },
        { 1383, 1383, 1287, 1175 },
        { 1411, 1411, 1315, 1203 },
      } },
    { "ipv4-timestamps-8", 52, 8,
      {
        { 1418, 1410, 1318, 1198 },
        { 1411, 1403, 1311, 1191 },
        { 1419, 1411, 1319, 1199 },
        { 1395, 1379, 1283, 1171 },
        { 1383, 1367, 1271, 1159 },
        { 1367, 1351, 1255, 1143 },
        { 1383, 1383, 1287, 1175 },
        { 1383, 1367, 1271, 1159 },
        { 1411, 1395, 1299, 1187 },
      } },
    { "ipv6-8", 60, 8,
      {
        { 1410, 1402, 1310, 1190 },
        { 1403, 1395, 1303, 1183 },
        { 1411, 1403, 1311, 1191 },
        { 1379, 1379, 1283, 1155 },
        { 1367, 1367, 1271, 1143 },
        { 1351, 1351, 1255, 1127 },
        { 1383, 1367, 1287, 1159 },
        { 1367, 1367, 1271, 1143 },
        { 1395, 1395, 1299, 1171 },
      } },
    { "ipv6-timestamps-8", 72, 8,
      {
        { 1398, 1390, 1298, 1178 },
        { 1391, 1383, 1291, 1171 },
        { 1399, 1391, 1299, 1179 },
        { 1363, 1363, 1267, 1155 },
        { 1351, 1351, 1255, 1143 },
        { 1335, 1335, 1239, 1127 },
        { 1367, 1367, 1271, 1143 },
        { 1351, 1351, 1255, 1143 },
        { 1379, 1379, 1283, 1171 },
      } },
    { "ipv4-5", 40, 5,
      {
        { 1433, 1425, 1333, 1213 },
        { 1426, 1418, 1326, 1206 },
        { 1434, 1426, 1334, 1214 },
        { 1398, 1398, 1302, 1190 },
        { 1386, 1386, 1290, 1178 },
        { 1370, 1370, 1274, 1162 },
        { 1402, 1402, 1306, 1178 },
        { 1386, 1386, 1290, 1178 },
        { 1414, 1414, 1318, 1206 },
      } },
    { "ipv4-timestamps-5", 52, 5,
      {
        { 1421, 1413, 1321, 1201 },
        { 1414, 1406, 1314, 1194 },
        { 1422, 1414, 1322, 1202 },
        { 1398, 1382, 1286, 1174 },
        { 1386, 1370, 1274, 1162 },
        { 1370, 1354, 1258, 1146 },
        { 1386, 1386, 1290, 1178 },
        { 1386, 1370, 1274, 1162 },
        { 1414, 1398, 1302, 1190 },
      } },
    { "ipv6-5", 60, 5,
      {
        { 1413, 1405, 1313, 1193 },
        { 1406, 1398, 1306, 1186 },
        { 1414, 1406, 1314, 1194 },
        { 1382, 1382, 1286, 1158 },
        { 1370, 1370, 1274, 1146 },
        { 1354, 1354, 1258, 1130 },
        { 1386, 1370, 1290, 1162 },
        { 1370, 1370, 1274, 1146 },
        { 1398, 1398, 1302, 1174 },
      } },
    { "ipv6-timestamps-5", 72, 5,
      {
        { 1401, 1393, 1301, 1181 },
        { 1394, 1386, 1294, 1174 },
        { 1402, 1394, 1302, 1182 },
        { 1366, 1366, 1270, 1158 },
        { 1354, 1354, 1258, 1146 },
        { 1338, 1338, 1242, 1130 },
        { 1370, 1370, 1274, 1146 },
        { 1354, 1354, 1258, 1146 },
        { 1382, 1382, 1286, 1174 },
      } },
};
// clang-format on

static void
run_fit(gconstpointer data)
{
    const struct fit_row *row = data;

    for (size_t c = 0; c < NUM_CIPHERS; c++) {
        const struct mtu_cipher cipher = cipher_of(&ciphers[c]);

        g_test_message("%s", ciphers[c].name);
        for (size_t p = 0; p < NUM_PMTUS; p++) {
            const size_t segment = pmtus[p] - row->headers;
            const size_t mtu = mtu_inner_fit(&cipher, segment, row->encapsulation);

            g_assert_cmpuint(mtu, ==, row->mtu[c][p]);
            g_assert_cmpuint(mtu_record_len(&cipher, mtu + row->encapsulation), <=, segment);
            g_assert_cmpuint(mtu_record_len(&cipher, mtu + 1 + row->encapsulation), >, segment);
        }
    }
}

struct record_row {
    const char *name;
    unsigned n;
    unsigned length[NUM_CIPHERS]; /* the record's length field: 5 less than on the wire */
};

/* The messages of SSTP, a Nak with a two-byte value, HTTP; one column a cipher. The last column
 * was also seen on the wire (TLS 1.0, AES128-SHA). */
// clang-format off
static const struct record_row record_rows[] = {
{ "call-connect-request", 14, { 31, 38, 30, 64, 64, 80, 52, 64, 48 } },
    { "call-connect-ack", 48, { 65, 72, 64, 96, 112, 128, 100, 112, 80 } },
    { "call-connect-nak", 22, { 39, 46, 38, 64, 80, 96, 68, 80, 48 } },
    { "call-connected", 112, { 129, 136, 128, 160, 176, 192, 164, 176, 144 } },
    { "abort-with-status-info", 20, { 37, 44, 36, 64, 80, 96, 68, 80, 48 } },
    { "bare", 8, { 25, 32, 24, 48, 64, 80, 52, 64, 32 } },
    { "http-answer", 123, { 140, 147, 139, 160, 176, 192, 164, 176, 144 } },
    { "http-request", 194, { 211, 218, 210, 240, 256, 272, 244, 256, 224 } },
};
// clang-format on

static void
run_record(gconstpointer data)
{
    const struct record_row *row = data;

    for (size_t c = 0; c < NUM_CIPHERS; c++) {
        const struct mtu_cipher cipher = cipher_of(&ciphers[c]);

        g_test_message("%s", ciphers[c].name);
        g_assert_cmpuint(mtu_record_len(&cipher, row->n), ==, row->length[c] + 5);
    }
}

struct parameters_row {
    const char *name;
    struct cipher_row of;
    struct mtu_cipher cipher;
};

static const struct parameters_row parameters_rows[] = {
    { "tls13-gcm", { "", 0x1301, TLS_13, false }, { .known = true, .tag_len = 17 } },
    { "tls13-chacha20", { "", 0x1303, TLS_13, false }, { .known = true, .tag_len = 17 } },
    { "tls13-ccm", { "", 0x1304, TLS_13, false }, { .known = true, .tag_len = 17 } },
    { "tls13-ccm-8", { "", 0x1305, TLS_13, false }, { .known = true, .tag_len = 9 } },
    { "tls12-gcm",
      { "", 0xc02f, TLS_12, true },
      { .known = true, .explicit_iv_len = 8, .tag_len = 16 } },
    { "tls12-ccm",
      { "", 0xc0ac, TLS_12, false },
      { .known = true, .explicit_iv_len = 8, .tag_len = 16 } },
    { "tls12-ccm-8",
      { "", 0xc0ae, TLS_12, false },
      { .known = true, .explicit_iv_len = 8, .tag_len = 8 } },
    { "tls12-chacha20", { "", 0xccaa, TLS_12, false }, { .known = true, .tag_len = 16 } },
    { "tls12-camellia",
      { "", 0x0041, TLS_12, false },
      { .known = true, .block = true, .block_len = 16, .explicit_iv_len = 16, .mac_len = 20 } },
    { "tls12-3des",
      { "", 0x000a, TLS_12, false },
      { .known = true, .block = true, .block_len = 8, .explicit_iv_len = 8, .mac_len = 20 } },
    { "tls11-cbc",
      { "", 0x002f, TLS_11, false },
      { .known = true, .block = true, .block_len = 16, .explicit_iv_len = 16, .mac_len = 20 } },
    { "tls10-cbc",
      { "", 0x002f, TLS_10, false },
      { .known = true, .block = true, .block_len = 16, .mac_len = 20 } },
    { "tls12-cbc-etm",
      { "", 0xc028, TLS_12, true },
      { .known = true,
        .block = true,
        .encrypt_then_mac = true,
        .block_len = 16,
        .explicit_iv_len = 16,
        .mac_len = 48 } },
    { "rc4-sha", { "", 0x0005, TLS_12, false }, { .known = true, .mac_len = 20 } },
    { "rc4-md5", { "", 0x0004, TLS_10, false }, { .known = true, .mac_len = 16 } },
    { "unknown-suite", { "", 0x0000, TLS_12, false }, { .known = false } },
    { "tls13-suite-in-tls12", { "", 0x1301, TLS_12, false }, { .known = false } },
    { "tls12-suite-in-tls13", { "", 0xc02f, TLS_13, false }, { .known = false } },
};

static void
run_parameters(gconstpointer data)
{
    const struct parameters_row *row = data;
    const struct mtu_cipher cipher = cipher_of(&row->of);

    g_assert_cmpint(cipher.known, ==, row->cipher.known);
    g_assert_cmpint(cipher.block, ==, row->cipher.block);
    g_assert_cmpint(cipher.encrypt_then_mac, ==, row->cipher.encrypt_then_mac);
    g_assert_cmpuint(cipher.block_len, ==, row->cipher.block_len);
    g_assert_cmpuint(cipher.explicit_iv_len, ==, row->cipher.explicit_iv_len);
    g_assert_cmpuint(cipher.mac_len, ==, row->cipher.mac_len);
    g_assert_cmpuint(cipher.tag_len, ==, row->cipher.tag_len);
}

/* Whatever the segment: the fit fits and one more does not, unless the SSTP length field ends it.
 */
static void
test_fit_is_inverse(void)
{
#define SUITE(value, name, kind, block, mac) (value),
    static const uint16_t suites[] = { TLS_CIPHER_SUITE_LIST(SUITE) };
#undef SUITE
    static const uint16_t versions[] = { TLS_10, TLS_12, TLS_13 };

    for (size_t i = 0; i < G_N_ELEMENTS(suites) * G_N_ELEMENTS(versions) * 2; i++) {
        const struct mtu_cipher cipher =
            mtu_cipher_of(suites[i / 6], versions[i / 2 % 3], i % 2 != 0);

        for (size_t segment = 0; cipher.known && segment < 4300; segment += 7) {
            const size_t fit = mtu_inner_fit(&cipher, segment, 8);

            g_assert_true(fit == 0 || mtu_record_len(&cipher, fit + 8) <= segment);
            g_assert_true(fit == 4095 - 8 || mtu_record_len(&cipher, fit + 9) > segment);
        }
    }
}

struct edge_row {
    const char *name;
    struct cipher_row of; /* no name: clear leg */
    size_t segment, encapsulation, fit;
};

static const struct edge_row edge_rows[] = {
    { "clear", { NULL, 0, 0, false }, 1460, 8, 1452 },
    { "clear/nothing-left", { NULL, 0, 0, false }, 8, 8, 0 },
    { "clear/one-byte", { NULL, 0, 0, false }, 9, 8, 1 },
    { "clear/empty", { NULL, 0, 0, false }, 0, 8, 0 },
    { "clear/largest", { NULL, 0, 0, false }, SIZE_MAX, 8, 4087 },
    { "unknown-cipher", { "", 0, TLS_12, false }, 1460, 8, 0 },
    { "tls13/empty", { "", 0x1301, TLS_13, false }, 0, 8, 0 },
    { "tls13/nothing-left", { "", 0x1301, TLS_13, false }, 30, 8, 0 },
    { "tls13/one-byte", { "", 0x1301, TLS_13, false }, 31, 8, 1 },
    { "tls13/largest", { "", 0x1301, TLS_13, false }, SIZE_MAX, 8, 4087 },
    { "cbc/empty", { "", 0x002f, TLS_12, false }, 0, 8, 0 },
    { "cbc/less-than-a-block", { "", 0x002f, TLS_12, false }, 36, 8, 0 },
    { "cbc/largest", { "", 0x002f, TLS_12, false }, SIZE_MAX, 5, 4090 },
};

static void
run_edge(gconstpointer data)
{
    const struct edge_row *row = data;
    const struct mtu_cipher cipher = cipher_of(&row->of);
    const struct mtu_cipher *leg = row->of.name != NULL ? &cipher : NULL;

    g_assert_cmpuint(mtu_inner_fit(leg, row->segment, row->encapsulation), ==, row->fit);
}

static void
test_record_len_without_cipher(void)
{
    const struct mtu_cipher unknown = { .known = false };

    g_assert_cmpuint(mtu_record_len(NULL, 112), ==, 112);
    g_assert_cmpuint(mtu_record_len(&unknown, 112), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/mtu/fit", fit_rows, run_fit);
    ADD_ROWS("/mtu/record", record_rows, run_record);
    ADD_ROWS("/mtu/parameters", parameters_rows, run_parameters);
    ADD_ROWS("/mtu/edge", edge_rows, run_edge);
    g_test_add_func("/mtu/fit-is-inverse", test_fit_is_inverse);
    g_test_add_func("/mtu/record-without-cipher", test_record_len_without_cipher);
    return g_test_run();
}
