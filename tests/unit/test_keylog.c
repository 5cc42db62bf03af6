/* test_keylog.c - secrets of a key log, and what is exported from them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "crypto/keylog.h"

#define RANDOM "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define OTHER  "d1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"

struct find_row {
    const char *name;
    const char *file;
    const char *secret; /* NULL: not found */
};

static const struct find_row find_rows[] = {
    { "alone", "CLIENT_RANDOM " RANDOM " 0123", "0123" },
    { "among-others",
      "# comment\nCLIENT_RANDOM " OTHER " aaaa\nCLIENT_RANDOM " RANDOM " 0123\nCLIENT_RANDOM " OTHER
      " bbbb\n",
      "0123" },
    { "carriage-return", "CLIENT_RANDOM " RANDOM " 0123\r\n", "0123" },
    { "last-one", "CLIENT_RANDOM " RANDOM " 0123\nCLIENT_RANDOM " RANDOM " 4567\n", "4567" },
    { "longest", "CLIENT_RANDOM " RANDOM " " OTHER OTHER, OTHER OTHER },
    { "too-long", "CLIENT_RANDOM " RANDOM " " OTHER OTHER "00", NULL },
    { "other-label", "CLIENT_RANDOMS " RANDOM " 0123\n", NULL },
    { "no-secret", "CLIENT_RANDOM " RANDOM " \n", NULL },
    { "no-hex", "CLIENT_RANDOM " RANDOM " xyz\n", NULL },
    { "cut", "CLIENT_RANDOM c1c1c1", NULL },
    { "empty", "", NULL },
    { "blank-lines", "\n\n\n", NULL },
};

static void
run_find(gconstpointer data)
{
    const struct find_row *row = data;
    struct hex file = { g_memdup2(row->file, MAX(strlen(row->file), 1)), strlen(row->file) };
    struct hex random = hex_new(RANDOM), expected = hex_new(row->secret ? row->secret : "");
    struct keylog_secret secret;
    bool found = keylog_find(hex_buf(&file), "CLIENT_RANDOM", random.data, &secret);

    g_assert_cmpint(found, ==, row->secret != NULL);
    if (found)
        g_assert_cmpmem(secret.bytes, secret.len, expected.data, expected.len);
    hex_free(file);
    hex_free(random);
    hex_free(expected);
}

struct export_row {
    const char *name;
    uint16_t version, cipher_suite;
    const char *secret, *label, *context, *out;
};

static const struct export_row export_rows[] = {
    /* Published on the TLS working group's list for P_SHA256. */
    { "tls12-sha256", 0x0303, 0xc02f, "9bbe436ba940f017b17652849a71db35", "test label",
      "a0ba9f936cda311827a6f796ffd5198c",
      "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
      "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
      "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
      "87347b66" },
    { "tls12-sha384", 0x0303, 0xc030, "b80b733d6ceefcdc71566ea48e5567df", "test label",
      "cd665cf6a8447dd6ff8b27555edb7465",
      "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd"
      "e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd"
      "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
      "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6"
      "91c8f3a26854308d5eaa3be85e0990703d73e56f" },
    /* The rest was computed by an independent program. */
    { "tls11", 0x0302, 0xc014, "5a*24 3c*24", "client EAP encryption", "c1*32 d1*32",
      "46b82821c966291229c9fe25f098d48bf86762f6bd1100ad40ad69da24c02c8f"
      "1900342f273220198573580d1164f12a405546a44c7e0acca9214e6256f26eea"
      "13bd17ab36862fa89af2ed70e9c35068e88f78c945a835a8f4c55173edcbbc44"
      "719e33ba7cf9acfb9c4791678916893f74942f49ae525bb1eaf82de95a472846" },
    { "tls13-sha256", 0x0304, 0x1301, "5a*32", "EXPORTER_EAP_TLS_Key_Material", "0d",
      "d97c617848a026cc44705fbe5175965b00e1a452f0c564ee087168987d4cede4"
      "f949afe6fb4688b0f08a46140f458b6f9c869e6de3b64774220589bc93f6fdc1"
      "696b62e3321e332cd98faf699acd097127d862732458992ad5468a9304e88671"
      "9325bd3500ed4c3508489f8330824fc1d59c9da3cc0631f2ed5cfa48324a6a6d" },
    { "tls13-sha384", 0x0304, 0x1302, "5a*48", "EXPORTER_EAP_TLS_Key_Material", "0d",
      "017ab207c276d30e0503f1355959cd0c055974d680e9d68182d76072c256e346"
      "449a61804e3dd484d8afbdb33bc38ff41a48b4b27d643e2fd0b975fd47254d1d"
      "38fb2403c6e5b2d2288939c6b3b64494241681a6f5e65cab764cf8700860ad1b"
      "1656a56dfba7b7a4486feed70c5083d5cd80c7e056adc1890599e4e7880c9b65" },
};

static void
run_export(gconstpointer data)
{
    const struct export_row *row = data;
    struct hex bytes = hex_new(row->secret), context = hex_new(row->context);
    struct hex expected = hex_new(row->out);
    struct keylog_secret secret = { .len = bytes.len };
    uint8_t *out = g_malloc(expected.len);

    memcpy(secret.bytes, bytes.data, bytes.len);
    g_assert_true(keylog_export(row->version, row->cipher_suite, &secret, row->label,
                                hex_buf(&context), out, expected.len));
    g_assert_cmpmem(out, expected.len, expected.data, expected.len);
    g_free(out);
    hex_free(bytes);
    hex_free(context);
    hex_free(expected);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/keylog/find", find_rows, run_find);
    ADD_ROWS("/keylog/export", export_rows, run_export);
    return g_test_run();
}
