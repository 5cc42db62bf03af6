/* test_sstp.c - SSTP packets, messages and attributes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/sstp.h"

#define NONCE_SHA256 "412B489AEBD7ECC7D08966F26BE7CD72B231A0E9210D7C91B308862B0344C435"
#define NONCE_SHA1   "0F1A2D58D4A3E3000FAD3CE4906E07B707AA9E441CCEAC5CBD7B2CC1C9D86CDF"
#define CERT_SHA256  "7993EF314C493DACE9F02D60E7E61C84B6690AAFE9D7AEEA92CBBE8AD599422D"
#define CERT_SHA1    "5826B629BDA59B8E6FD8DCD2622FD34C534805A5"
#define MAC_SHA256   "52A68EFD8CFFBF52770B8F0FE8EC73716583AF6D611EB6D179B3B20840985449"
#define MAC_SHA1     "69915DD583D8062FEF16F61DB2F03290EC27CB6C"

struct header_row {
    const char *name;
    const char *bytes;
    enum sstp_result result;
    uint16_t length, length_raw;
    bool control;
    uint8_t reserved;
};

static const struct header_row header_rows[] = {
    { "control", "10010008 00080000", SSTP_OK, 8, 8, true, 0 },
    { "data", "10000006 c021", SSTP_OK, 6, 6, false, 0 },
    { "data-shortest", "10000004", SSTP_OK, 4, 4, false, 0 },
    { "more-behind", "10000004 1001", SSTP_OK, 4, 4, false, 0 },
    { "empty", "", SSTP_NEED_MORE, 0, 0, false, 0 },
    { "three-bytes", "100100", SSTP_NEED_MORE, 0, 0, false, 0 },
    { "one-byte-less", "10010008 000800", SSTP_NEED_MORE, 8, 8, true, 0 },
    { "reserved-bits", "10ff0008 00080000", SSTP_OK, 8, 8, true, 0xfe },
    { "reserved-length-bits", "1001f008 00080000", SSTP_OK, 8, 0xf008, true, 0 },
    { "bad-version", "11010008 00080000", SSTP_BAD_VERSION, 8, 8, true, 0 },
    { "data-length-3", "10000003", SSTP_BAD_LENGTH, 3, 3, false, 0 },
    { "control-length-7", "10010007 000800", SSTP_BAD_LENGTH, 7, 7, true, 0 },
    { "zero-length", "10000000", SSTP_BAD_LENGTH, 0, 0, false, 0 },
    { "masked-length-zero", "10001000", SSTP_BAD_LENGTH, 0, 0x1000, false, 0 },
    { "largest-length", "10000fff 00*4091", SSTP_OK, 4095, 4095, false, 0 },
    { "largest-length-less-one", "10000fff 00*4090", SSTP_NEED_MORE, 4095, 4095, false, 0 },
};

static void
run_header(gconstpointer data)
{
    const struct header_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct sstp_header header = { 0 };

    g_assert_cmpint(sstp_decode_header(hex.data, hex.len, &header), ==, row->result);
    g_assert_cmpuint(header.length, ==, row->length);
    g_assert_cmphex(header.length_raw, ==, row->length_raw);
    g_assert_cmpint(header.control, ==, row->control);
    g_assert_cmphex(header.reserved, ==, row->reserved);
    hex_free(hex);
}

struct control_row {
    const char *name;
    const char *bytes;
    enum sstp_result result;
    uint32_t flaws;
    uint16_t type, num_seen;
    int attribute, status; /* -1: no Status Info */
};

/* Messages of the specification, and what real senders make of them. */
static const struct control_row control_rows[] = {
    { "request", "1001000e 00010001 00010006 0001", SSTP_OK, 0, 1, 1, -1, -1 },
    { "ack", "10010030 00020001 00040028 00000003" NONCE_SHA256, SSTP_OK, 0, 2, 1, -1, -1 },
    { "ack/sha1", "10010030 00020001 00040028 00000001" NONCE_SHA1, SSTP_OK, 0, 2, 1, -1, -1 },
    { "nak", "10010016 00030001 0002000e 00000001 00000004 0002", SSTP_OK, 0, 3, 1, 1, 4 },
    { "nak/no-value", "10010014 00030001 0002000c 00000001 00000004", SSTP_OK, 0, 3, 1, 1, 4 },
    { "nak/two", "10010020 00030002 0002000c 00000001 00000004 0002000c 00000002 00000001", SSTP_OK,
      0, 3, 2, 1, 4 },
    { "nak/largest-value", "10010054 00030001 0002004c 00000001 00000004 aa*64", SSTP_OK, 0, 3, 1,
      1, 4 },
    { "nak/value-too-long", "10010055 00030001 0002004d 00000001 00000004 aa*65", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_LENGTH, 3, 1, 1, 4 },
    { "nak/no-attribute", "10010008 00030000", SSTP_OK, SSTP_FLAW_ATTRIBUTE_MISSING, 3, 0, -1, -1 },
    { "abort", "10010014 00050001 0002000c 00000002 00000007", SSTP_OK, 0, 5, 1, 2, 7 },
    { "abort/bare", "10010008 00050000", SSTP_OK, 0, 5, 0, -1, -1 },
    { "abort/with-value", "10010016 00050001 0002000e 00000002 00000007 0001", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_LENGTH, 5, 1, 2, 7 },
    { "abort/unknown-status", "10010014 00050001 0002000c 000000ff ffffffff", SSTP_OK, 0, 5, 1,
      0xff, -1 },
    { "disconnect", "10010014 00060001 0002000c 00000000 00000000", SSTP_OK, 0, 6, 1, 0, 0 },
    { "disconnect/bare", "10010008 00060000", SSTP_OK, 0, 6, 0, -1, -1 },
    { "disconnect-ack", "10010008 00070000", SSTP_OK, 0, 7, 0, -1, -1 },
    { "echo-request", "10010008 00080000", SSTP_OK, 0, 8, 0, -1, -1 },
    { "echo-response", "10010008 00090000", SSTP_OK, 0, 9, 0, -1, -1 },

    /* sstp-server (sorz): the status alone, and an attribute of id 0 */
    { "sender/abort-status-only", "10010010 00050001 00020008 00000005", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_LENGTH, 5, 1, 0, 5 },
    { "sender/disconnect-id-0", "10010010 00060001 00000008 00000000", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_UNKNOWN, 6, 1, -1, -1 },
    /* accel-ppp: attribute length 12, and the value behind it */
    { "sender/nak-value-outside", "10010016 00030001 0002000c 00000001 00000004 0002", SSTP_OK,
      SSTP_FLAW_MESSAGE_LENGTH, 3, 1, 1, 4 },

    { "flaw/reserved-bits", "10ff0008 00080000", SSTP_OK, SSTP_FLAW_RESERVED_BITS, 8, 0, -1, -1 },
    { "flaw/reserved-length-bits", "1001f008 00080000", SSTP_OK, SSTP_FLAW_RESERVED_BITS, 8, 0, -1,
      -1 },
    { "flaw/reserved-attribute", "1001000e 00010001 ff010006 0001", SSTP_OK,
      SSTP_FLAW_RESERVED_BITS, 1, 1, -1, -1 },
    { "flaw/reserved-attribute-length", "1001000e 00010001 0001f006 0001", SSTP_OK,
      SSTP_FLAW_RESERVED_BITS, 1, 1, -1, -1 },
    { "flaw/reserved-status-info", "10010014 00050001 0002000c ffffff02 00000007", SSTP_OK,
      SSTP_FLAW_RESERVED_BITS, 5, 1, 2, 7 },
    { "flaw/reserved-binding-request", "10010030 00020001 00040028 01000003" NONCE_SHA256, SSTP_OK,
      SSTP_FLAW_RESERVED_BITS, 2, 1, -1, -1 },
    { "flaw/count-high", "1001000e 00010002 00010006 0001", SSTP_OK, SSTP_FLAW_ATTRIBUTE_COUNT, 1,
      1, -1, -1 },
    { "flaw/count-low", "10010014 00050000 0002000c 00000002 00000007", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_COUNT, 5, 1, 2, 7 },
    { "flaw/length-short", "1001000d 00010001 00010005 00", SSTP_OK, SSTP_FLAW_ATTRIBUTE_LENGTH, 1,
      1, -1, -1 },
    { "flaw/length-long", "1001000f 00010001 00010007 000100", SSTP_OK, SSTP_FLAW_ATTRIBUTE_LENGTH,
      1, 1, -1, -1 },
    { "flaw/length-empty", "1001000c 00010001 00010004", SSTP_OK, SSTP_FLAW_ATTRIBUTE_LENGTH, 1, 1,
      -1, -1 },
    { "flaw/status-info-7", "10010013 00050001 0002000b 00000002 000000", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_LENGTH, 5, 1, -1, -1 },
    { "flaw/unknown", "1001000c 00050001 00050004", SSTP_OK, SSTP_FLAW_ATTRIBUTE_UNKNOWN, 5, 1, -1,
      -1 },
    { "flaw/duplicate", "10010014 00010002 00010006 0001 00010006 0001", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_DUPLICATE, 1, 2, -1, -1 },
    { "flaw/missing", "10010008 00010000", SSTP_OK, SSTP_FLAW_ATTRIBUTE_MISSING, 1, 0, -1, -1 },
    { "flaw/missing-and-illegal", "1001000e 00040001 00010006 0001", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_MISSING | SSTP_FLAW_ATTRIBUTE_ILLEGAL, 4, 1, -1, -1 },
    { "flaw/echo-with-status", "10010014 00080001 0002000c 00000000 00000000", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_ILLEGAL, 8, 1, 0, 0 },
    { "flaw/message-unknown", "10010008 000a0000", SSTP_OK, SSTP_FLAW_MESSAGE_UNKNOWN, 10, 0, -1,
      -1 },
    { "flaw/message-zero", "10010008 00000000", SSTP_OK, SSTP_FLAW_MESSAGE_UNKNOWN, 0, 0, -1, -1 },
    { "flaw/message-unknown-with-status", "10010014 ffff0001 0002000c 00000002 00000007", SSTP_OK,
      SSTP_FLAW_MESSAGE_UNKNOWN, 0xffff, 1, 2, 7 },
    { "flaw/bytes-behind", "10010009 00080000 ff", SSTP_OK, SSTP_FLAW_MESSAGE_LENGTH, 8, 0, -1,
      -1 },
    { "flaw/zeros-behind", "1001000c 00080000 00000000", SSTP_OK, SSTP_FLAW_MESSAGE_LENGTH, 8, 0,
      -1, -1 },
    { "flaw/bitmask-none", "10010030 00020001 00040028 00000000" NONCE_SHA256, SSTP_OK,
      SSTP_FLAW_HASH_BITMASK, 2, 1, -1, -1 },
    { "flaw/bitmask-unknown-bit", "10010030 00020001 00040028 00000007" NONCE_SHA256, SSTP_OK,
      SSTP_FLAW_HASH_BITMASK, 2, 1, -1, -1 },
    { "flaw/binding-two-bits",
      "10010070 00040001 00030068 00000003" NONCE_SHA256 CERT_SHA256 MAC_SHA256, SSTP_OK,
      SSTP_FLAW_HASH_BITMASK, 4, 1, -1, -1 },
    { "flaw/binding-cert-padding",
      "10010070 00040001 00030068 00000001" NONCE_SHA1 CERT_SHA1 "00*11 01 " MAC_SHA1 "00*12 ",
      SSTP_OK, SSTP_FLAW_PADDING, 4, 1, -1, -1 },
    { "flaw/binding-mac-padding",
      "10010070 00040001 00030068 00000001" NONCE_SHA1 CERT_SHA1 "00*12 " MAC_SHA1 "01 00*11 ",
      SSTP_OK, SSTP_FLAW_PADDING, 4, 1, -1, -1 },
    { "flaw/binding-without-mac", "10010050 00040001 00030048 00000002" NONCE_SHA256 CERT_SHA256,
      SSTP_OK, SSTP_FLAW_ATTRIBUTE_LENGTH, 4, 1, -1, -1 },
    { "flaw/binding-short", "1001002f 00040001 00030027 00000002 aa*31 ", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_LENGTH, 4, 1, -1, -1 },
    { "flaw/binding-request-short", "1001002f 00020001 00040027 00000002 aa*31 ", SSTP_OK,
      SSTP_FLAW_ATTRIBUTE_LENGTH, 2, 1, -1, -1 },
    { "flaw/not-ppp", "1001000e 00010001 00010006 0002", SSTP_OK, SSTP_FLAW_ENCAPSULATED_PROTOCOL,
      1, 1, -1, -1 },
    { "flaw/oversize", "10011000 00080001 00050ff8 00*4084", SSTP_OK,
      SSTP_FLAW_OVERSIZE | SSTP_FLAW_ATTRIBUTE_UNKNOWN, 8, 1, -1, -1 },

    { "bad/empty", "", SSTP_NEED_MORE, 0, 0, 0, -1, -1 },
    { "bad/header-only", "10010004", SSTP_BAD_LENGTH, 0, 0, 0, -1, -1 },
    { "bad/version", "20010008 00080000", SSTP_BAD_VERSION, 0, 0, 0, -1, -1 },
    { "bad/one-byte-more", "10010008 00080000 00", SSTP_BAD_LENGTH, 0, 0, 0, -1, -1 },
    { "bad/one-byte-less", "10010008 000800", SSTP_NEED_MORE, 0, 0, 0, -1, -1 },
    { "bad/data-packet-type-only", "10000006 c021", SSTP_BAD_LENGTH, 0, 0xc021, 0, -1, -1 },
    { "bad/attribute-length-zero", "1001000e 00010001 00010000 0001", SSTP_BAD_ATTRIBUTE, 0, 1, 0,
      -1, -1 },
    { "bad/attribute-length-3", "1001000e 00010001 00010003 0001", SSTP_BAD_ATTRIBUTE, 0, 1, 0, -1,
      -1 },
    { "bad/attribute-past-end", "1001000e 00010001 00010007 0001", SSTP_BAD_ATTRIBUTE, 0, 1, 0, -1,
      -1 },
    { "bad/attribute-largest-length", "1001000e 00010001 00010fff 0001", SSTP_BAD_ATTRIBUTE, 0, 1,
      0, -1, -1 },
    { "bad/attribute-header-cut", "1001000b 00010001 000100", SSTP_BAD_ATTRIBUTE, 0, 1, 0, -1, -1 },
    { "bad/second-attribute", "10010010 00010002 00010006 0001 0001", SSTP_BAD_ATTRIBUTE, 0, 1, 1,
      -1, -1 },
};

static void
run_control(gconstpointer data)
{
    const struct control_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct sstp_message message;

    g_assert_cmpint(sstp_decode_control(hex.data, hex.len, &message), ==, row->result);
    g_assert_cmphex(message.flaws, ==, row->flaws);
    g_assert_cmphex(message.type, ==, row->type);
    g_assert_cmpuint(message.num_seen, ==, row->num_seen);
    g_assert_cmpint(message.has_status, ==, row->attribute >= 0);
    if (row->attribute >= 0) {
        g_assert_cmpint(message.status.attribute, ==, row->attribute);
        g_assert_cmphex(message.status.status, ==, (uint32_t)row->status);
    }
    hex_free(hex);
}

/* Every beginning of a good message wants more, and a byte behind it is too much. */
static void
test_cut(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(control_rows); i++) {
        struct hex hex = hex_new(control_rows[i].bytes);
        struct sstp_message message;

        if (control_rows[i].result != SSTP_OK || control_rows[i].flaws != 0) {
            hex_free(hex);
            continue;
        }
        for (size_t len = 0; len < hex.len; len++) {
            uint8_t *cut = g_memdup2(hex.data, len);

            g_assert_cmpint(sstp_decode_control(cut, len, &message), ==, SSTP_NEED_MORE);
            g_free(cut);
        }
        hex.data = g_realloc(hex.data, hex.len + 1);
        hex.data[hex.len] = 0;
        g_assert_cmpint(sstp_decode_control(hex.data, hex.len + 1, &message), ==, SSTP_BAD_LENGTH);
        hex_free(hex);
    }
}

static void
test_status_value(void)
{
    struct hex hex = hex_new("10010016 00030001 0002000e 00000001 00000004 0002");
    struct sstp_message message;

    g_assert_cmpint(sstp_decode_control(hex.data, hex.len, &message), ==, SSTP_OK);
    g_assert_cmpmem(message.status.value, message.status.value_len, "\0\2", 2);
    g_assert_true(message.status.value == hex.data + 20);
    hex_free(hex);
}

/* More attributes than are kept: counted, not stored. */
static void
test_many_attributes(void)
{
    struct hex hex = hex_new("10010020 00050006 00000004 00050004 00060004 00070004 00080004"
                             "00090004");
    const uint8_t kept[] = { 0, 5, 6, 7 };
    struct sstp_message message;

    g_assert_cmpint(sstp_decode_control(hex.data, hex.len, &message), ==, SSTP_OK);
    g_assert_cmpuint(message.num_seen, ==, 6);
    g_assert_cmpmem(message.attribute_ids, SSTP_ATTRIBUTES_MAX, kept, sizeof kept);
    g_assert_cmphex(message.flaws, ==, SSTP_FLAW_ATTRIBUTE_UNKNOWN);
    hex_free(hex);
}

struct binding_row {
    const char *name;
    const char *bytes, *nonce, *cert_hash, *mac;
    uint8_t bitmask, hash_len;
};

/* MS-SSTP 4.6: the messages before their Compound MAC is filled in, then with it; and the SHA-1
 * layout with padding behind both hashes. */
static const struct binding_row binding_rows[] = {
    { "ms-sstp-4.6-sha256", "10010070 00040001 00030068 00000002" NONCE_SHA256 CERT_SHA256 "00*32 ",
      NONCE_SHA256, CERT_SHA256, "00*32 ", 2, 32 },
    { "ms-sstp-4.6-sha256-mac",
      "10010070 00040001 00030068 00000002" NONCE_SHA256 CERT_SHA256 MAC_SHA256, NONCE_SHA256,
      CERT_SHA256, MAC_SHA256, 2, 32 },
    { "ms-sstp-4.6-sha1",
      "10010070 00040001 00030068 00000001" NONCE_SHA1 CERT_SHA1 "00*12 "
      "00*32 ",
      NONCE_SHA1, CERT_SHA1 "00*12 ", "00*32 ", 1, 20 },
    { "ms-sstp-4.6-sha1-mac",
      "10010070 00040001 00030068 00000001" NONCE_SHA1 CERT_SHA1 "00*12 " MAC_SHA1 "00*12 ",
      NONCE_SHA1, CERT_SHA1 "00*12 ", MAC_SHA1 "00*12 ", 1, 20 },
};

/* Decodes, and encodes to the same bytes again. */
static void
run_binding(gconstpointer data)
{
    const struct binding_row *row = data;
    struct hex hex = hex_new(row->bytes), nonce = hex_new(row->nonce);
    struct hex cert_hash = hex_new(row->cert_hash), mac = hex_new(row->mac);
    GByteArray *encoded = g_byte_array_new();
    struct sstp_message message;

    g_assert_cmpint(sstp_decode_control(hex.data, hex.len, &message), ==, SSTP_OK);
    g_assert_cmphex(message.flaws, ==, 0);
    g_assert_true(message.has_binding);
    g_assert_cmphex(message.binding.bitmask, ==, row->bitmask);
    g_assert_cmpuint(message.binding.hash_len, ==, row->hash_len);
    g_assert_cmpmem(message.binding.nonce, SSTP_NONCE_LEN, nonce.data, nonce.len);
    g_assert_cmpmem(message.binding.cert_hash, SSTP_HASH_MAX_LEN, cert_hash.data, cert_hash.len);
    g_assert_cmpmem(message.binding.mac, SSTP_HASH_MAX_LEN, mac.data, mac.len);
    g_assert_true(sstp_encode_control(&message, encoded));
    g_assert_cmpmem(encoded->data, encoded->len, hex.data, hex.len);
    g_byte_array_free(encoded, TRUE);
    hex_free(hex);
    hex_free(nonce);
    hex_free(cert_hash);
    hex_free(mac);
}

static const uint8_t status_value[64] = { 0x00, 0x02 };

#define BINDING(mask, len)                                                                         \
    {                                                                                              \
        .bitmask = (mask), .hash_len = (len), .nonce = { 1, 2, 3 }, .cert_hash = { 4, 5, 6 },      \
        .mac = {                                                                                   \
            7,                                                                                     \
            8,                                                                                     \
            9                                                                                      \
        }                                                                                          \
    }

struct encode_row {
    const char *name;
    size_t len;
    struct sstp_message message;
};

static const struct encode_row encode_rows[] = {
    { "request", 14, { .type = SSTP_CALL_CONNECT_REQUEST, .has_protocol = true, .protocol = 1 } },
    { "ack/sha1",
      48,
      { .type = SSTP_CALL_CONNECT_ACK,
        .has_binding_request = true,
        .binding_request = { .bitmask = SSTP_HASH_SHA1, .hash_len = 20, .nonce = { 1, 2 } } } },
    { "ack/both",
      48,
      { .type = SSTP_CALL_CONNECT_ACK,
        .has_binding_request = true,
        .binding_request = { .bitmask = SSTP_HASH_SHA1 | SSTP_HASH_SHA256, .nonce = { 1 } } } },
    { "nak",
      22,
      { .type = SSTP_CALL_CONNECT_NAK,
        .has_status = true,
        .status = { SSTP_ATTR_ENCAPSULATED_PROTOCOL_ID, SSTP_STATUS_VALUE_NOT_SUPPORTED,
                    status_value, 2 } } },
    { "nak/largest-value",
      84,
      { .type = SSTP_CALL_CONNECT_NAK,
        .has_status = true,
        .status = { SSTP_ATTR_CRYPTO_BINDING, SSTP_STATUS_VALUE_NOT_SUPPORTED, status_value,
                    sizeof status_value } } },
    { "connected/sha1",
      112,
      { .type = SSTP_CALL_CONNECTED, .has_binding = true, .binding = BINDING(1, 20) } },
    { "connected/sha256",
      112,
      { .type = SSTP_CALL_CONNECTED, .has_binding = true, .binding = BINDING(2, 32) } },
    { "abort",
      20,
      { .type = SSTP_CALL_ABORT,
        .has_status = true,
        .status = { SSTP_ATTR_STATUS_INFO, SSTP_STATUS_INVALID_FRAME_RECEIVED, NULL, 0 } } },
    { "abort/bare", 8, { .type = SSTP_CALL_ABORT } },
    { "disconnect", 20, { .type = SSTP_CALL_DISCONNECT, .has_status = true } },
    { "disconnect/bare", 8, { .type = SSTP_CALL_DISCONNECT } },
    { "disconnect-ack", 8, { .type = SSTP_CALL_DISCONNECT_ACK } },
    { "echo-request", 8, { .type = SSTP_ECHO_REQUEST } },
    { "echo-response", 8, { .type = SSTP_ECHO_RESPONSE } },
};

static void
assert_binding_equal(const struct sstp_binding *a, const struct sstp_binding *b)
{
    g_assert_cmphex(a->bitmask, ==, b->bitmask);
    g_assert_cmpuint(a->hash_len, ==, b->hash_len);
    g_assert_cmpmem(a->nonce, sizeof a->nonce, b->nonce, sizeof b->nonce);
    g_assert_cmpmem(a->cert_hash, sizeof a->cert_hash, b->cert_hash, sizeof b->cert_hash);
    g_assert_cmpmem(a->mac, sizeof a->mac, b->mac, sizeof b->mac);
}

/* Encoded behind other bytes, as a sender with a queue does, and decoded again. */
static void
run_encode(gconstpointer data)
{
    const struct encode_row *row = data;
    const struct sstp_message *in = &row->message;
    GByteArray *encoded = g_byte_array_new();
    struct sstp_message out;

    g_byte_array_append(encoded, (const guint8 *)"before", 6);
    g_assert_true(sstp_encode_control(in, encoded));
    g_assert_cmpuint(encoded->len, ==, 6 + row->len);
    g_assert_cmpmem(encoded->data, 6, "before", 6);
    g_assert_cmpint(sstp_decode_control(encoded->data + 6, row->len, &out), ==, SSTP_OK);
    g_assert_cmphex(out.flaws, ==, 0);
    g_assert_cmpuint(out.type, ==, in->type);
    g_assert_cmpuint(out.length, ==, row->len);
    g_assert_cmpuint(out.num_attributes, ==, row->len > 8 ? 1 : 0);
    g_assert_cmpuint(out.protocol, ==, in->protocol);
    g_assert_cmpint(out.has_protocol, ==, in->has_protocol);
    g_assert_cmpint(out.has_status, ==, in->has_status);
    g_assert_cmpint(out.has_binding, ==, in->has_binding);
    g_assert_cmpint(out.has_binding_request, ==, in->has_binding_request);
    g_assert_cmpuint(out.status.attribute, ==, in->status.attribute);
    g_assert_cmpuint(out.status.status, ==, in->status.status);
    g_assert_cmpmem(out.status.value, out.status.value_len, in->status.value, in->status.value_len);
    assert_binding_equal(&out.binding, &in->binding);
    assert_binding_equal(&out.binding_request, &in->binding_request);
    g_byte_array_free(encoded, TRUE);
}

/* Two hash protocols name no hash length; the layout of SHA-256 holds all there is. */
static void
test_encode_binding_two_bits(void)
{
    struct hex hex =
        hex_new("10010070 00040001 00030068 00000003" NONCE_SHA256 CERT_SHA256 MAC_SHA256);
    GByteArray *encoded = g_byte_array_new();
    struct sstp_message message;

    g_assert_cmpint(sstp_decode_control(hex.data, hex.len, &message), ==, SSTP_OK);
    g_assert_true(sstp_encode_control(&message, encoded));
    g_assert_cmpmem(encoded->data, encoded->len, hex.data, hex.len);
    g_byte_array_free(encoded, TRUE);
    hex_free(hex);
}

struct limit_row {
    const char *name;
    size_t value_len;
    bool ok;
};

/* 20 bytes stand in front of the value of a Nak's one Status Info. */
static const struct limit_row encode_limit_rows[] = {
    { "largest", SSTP_PACKET_MAX_LEN - 20, true },
    { "one-more", SSTP_PACKET_MAX_LEN - 19, false },
    { "largest-size", SIZE_MAX, false },
};

static void
run_encode_limit(gconstpointer data)
{
    const struct limit_row *row = data;
    uint8_t *value = g_malloc0(SSTP_PACKET_MAX_LEN);
    struct sstp_message message = { .type = SSTP_CALL_CONNECT_NAK,
                                    .has_status = true,
                                    .status = { 1, 4, value, row->value_len } };
    GByteArray *encoded = g_byte_array_new();

    g_assert_cmpint(sstp_encode_control(&message, encoded), ==, row->ok);
    g_assert_cmpuint(encoded->len, ==, row->ok ? SSTP_PACKET_MAX_LEN : 0);
    g_byte_array_free(encoded, TRUE);
    g_free(value);
}

static const struct limit_row data_rows[] = {
    { "empty", 0, true },
    { "one", 1, true },
    { "largest", SSTP_PACKET_MAX_LEN - SSTP_HEADER_LEN, true },
    { "one-more", SSTP_PACKET_MAX_LEN - SSTP_HEADER_LEN + 1, false },
    { "largest-size", SIZE_MAX, false },
};

static void
run_data(gconstpointer data)
{
    const struct limit_row *row = data;
    uint8_t *frame = g_malloc0(SSTP_PACKET_MAX_LEN);
    GByteArray *encoded = g_byte_array_new();
    struct sstp_header header;

    g_assert_cmpint(sstp_encode_data(frame, row->value_len, encoded), ==, row->ok);
    if (row->ok) {
        g_assert_cmpuint(encoded->len, ==, SSTP_HEADER_LEN + row->value_len);
        g_assert_cmpint(sstp_decode_header(encoded->data, encoded->len, &header), ==, SSTP_OK);
        g_assert_cmpuint(header.length, ==, encoded->len);
        g_assert_false(header.control);
    } else {
        g_assert_cmpuint(encoded->len, ==, 0);
    }
    g_byte_array_free(encoded, TRUE);
    g_free(frame);
}

static void
test_hash_len(void)
{
    g_assert_cmpuint(sstp_hash_len(0), ==, 0);
    g_assert_cmpuint(sstp_hash_len(SSTP_HASH_SHA1), ==, 20);
    g_assert_cmpuint(sstp_hash_len(SSTP_HASH_SHA256), ==, 32);
    g_assert_cmpuint(sstp_hash_len(SSTP_HASH_SHA1 | SSTP_HASH_SHA256), ==, 0);
    g_assert_cmpuint(sstp_hash_len(0xff), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/sstp/header", header_rows, run_header);
    ADD_ROWS("/sstp/control", control_rows, run_control);
    ADD_ROWS("/sstp/binding", binding_rows, run_binding);
    ADD_ROWS("/sstp/encode", encode_rows, run_encode);
    ADD_ROWS("/sstp/encode-limit", encode_limit_rows, run_encode_limit);
    ADD_ROWS("/sstp/data", data_rows, run_data);
    g_test_add_func("/sstp/cut", test_cut);
    g_test_add_func("/sstp/status-value", test_status_value);
    g_test_add_func("/sstp/many-attributes", test_many_attributes);
    g_test_add_func("/sstp/encode/binding-two-bits", test_encode_binding_two_bits);
    g_test_add_func("/sstp/hash-len", test_hash_len);
    return g_test_run();
}
