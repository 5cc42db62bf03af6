/* test_ppp.c - PPP frames and control protocols
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/ppp.h"

struct frame_row {
    const char *name;
    const char *bytes;
    bool ok, address_control, compressed_protocol;
    uint16_t protocol;
    size_t payload_len;
};

static const struct frame_row frame_rows[] = {
    { "full", "ff03 c021 01", true, true, false, 0xc021, 1 },
    { "acfc", "c021 01", true, false, false, 0xc021, 1 },
    { "acfc-pfc", "21 45", true, false, true, 0x21, 1 },
    { "pfc", "ff03 21 45", true, true, true, 0x21, 1 },
    { "uncompressed-ip", "ff03 0021 45", true, true, false, 0x21, 1 },
    { "shortest", "21", true, false, true, 0x21, 0 },
    { "empty", "", false, false, false, 0, 0 },
    { "address-only", "ff", false, false, false, 0, 0 },
    { "address-control-only", "ff03", false, false, false, 0, 0 },
    { "half-protocol", "ff03 c0", false, false, false, 0, 0 },
    { "even-protocol", "ff03 c022", false, false, false, 0, 0 },
    { "other-control", "ff13 c021", false, false, false, 0, 0 },
    { "address-twice", "ff03 ff03 c021", false, false, false, 0, 0 },
    { "largest", "ff03 0021 00*4087", true, true, false, 0x21, 4087 },
};

static void
run_frame(gconstpointer data)
{
    const struct frame_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_frame frame = { .payload = buf_init(NULL, 0) };

    g_assert_cmpint(ppp_decode_frame(hex.data, hex.len, &frame), ==, row->ok);
    g_assert_cmpint(frame.address_control, ==, row->address_control);
    g_assert_cmpint(frame.compressed_protocol, ==, row->compressed_protocol);
    g_assert_cmphex(frame.protocol, ==, row->protocol);
    g_assert_cmpuint(buf_left(&frame.payload), ==, row->payload_len);
    hex_free(hex);
}

struct packet_row {
    const char *name;
    const char *bytes;
    bool ok;
    uint8_t code, id;
    uint16_t length;
};

static const struct packet_row packet_rows[] = {
    { "echo", "09 00 0008 12345678", true, 9, 0, 8 },
    { "shortest", "05 07 0004", true, 5, 7, 4 },
    { "padding", "05 07 0004 0000", true, 5, 7, 4 },
    { "one-byte-less", "09 00 0008 123456", false, 0, 0, 0 },
    { "header-cut", "09 00 00", false, 0, 0, 0 },
    { "empty", "", false, 0, 0, 0 },
    { "length-zero", "09 00 0000", false, 0, 0, 0 },
    { "length-3", "09 00 0003", false, 0, 0, 0 },
    { "largest-length", "09 00 ffff 00*65531", true, 9, 0, 65535 },
    { "largest-length-less-one", "09 00 ffff 00*65530", false, 0, 0, 0 },
};

static void
run_packet(gconstpointer data)
{
    const struct packet_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_packet packet = { 0 };

    g_assert_cmpint(ppp_decode_packet(hex_buf(&hex), &packet), ==, row->ok);
    g_assert_cmpuint(packet.code, ==, row->code);
    g_assert_cmpuint(packet.id, ==, row->id);
    g_assert_cmpuint(packet.length, ==, row->length);
    if (row->ok)
        g_assert_cmpuint(buf_left(&packet.data), ==, row->length - 4u);
    hex_free(hex);
}

struct options_row {
    const char *name;
    const char *bytes;
    unsigned num;
    bool malformed;
};

static const struct options_row options_rows[] = {
    { "none", "", 0, false },
    { "one", "0104 05dc", 1, false },
    { "flags", "0702 0802", 2, false },
    { "length-zero", "0702 0100 0802", 1, true },
    { "length-1", "0702 0101 0802", 1, true },
    { "type-only", "0702 01", 1, true },
    { "past-end", "0702 0104 05", 1, true },
    { "largest", "ffff 00*253", 1, false },
    { "largest-less-one", "ffff 00*252", 0, true },
    { "sixteen", "0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702",
      16, false },
    { "more-than-kept",
      "0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0702 0802", 17,
      false },
};

static void
run_options(gconstpointer data)
{
    const struct options_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_options options;
    struct ppp_lcp_options lcp;
    struct ppp_ipcp_options ipcp;

    ppp_decode_options(hex_buf(&hex), &options);
    g_assert_cmpuint(options.num, ==, row->num);
    g_assert_cmpint(options.malformed, ==, row->malformed);
    ppp_lcp_options(&options, &lcp);
    ppp_ipcp_options(&options, &ipcp);
    hex_free(hex);
}

struct lcp_row {
    const char *name;
    const char *bytes;
    struct ppp_lcp_options expected;
};

static const struct lcp_row lcp_rows[] = {
    { "none", "", { 0 } },
    { "windows-client",
      "0104 0ffb 0506 4b493f31 0702 0802 0d03 06",
      { .mru = 4091,
        .has_magic = true,
        .magic = 0x4b493f31,
        .pfc = true,
        .acfc = true,
        .has_callback = true,
        .callback = 6 } },
    { "windows-server",
      "0305 c22381 1104 064e 1317 01*21",
      { .auth_protocol = PPP_CHAP,
        .chap_algorithm = CHAP_MSCHAPV2,
        .has_mrru = true,
        .mrru = 1614 } },
    { "chap-md5", "0305 c22305", { .auth_protocol = PPP_CHAP, .chap_algorithm = CHAP_MD5 } },
    { "chap-without-algorithm", "0304 c223", { .auth_protocol = PPP_CHAP } },
    { "pap", "0304 c023", { .auth_protocol = PPP_PAP } },
    { "pap-with-extra-byte", "0305 c02381", { .auth_protocol = PPP_PAP } },
    { "eap", "0304 c227", { .auth_protocol = PPP_EAP } },
    { "auth-cut", "0303 c2", { 0 } },
    { "mru-short", "0103 05", { 0 } },
    { "mru-long", "0105 05dc00", { 0 } },
    { "magic-short", "0505 123456", { 0 } },
    { "magic-zero", "0506 00000000", { .has_magic = true } },
    { "callback-empty", "0d02", { 0 } },
    { "malformed-tail", "0104 05dc 0500", { .mru = 1500 } },
};

static void
run_lcp(gconstpointer data)
{
    const struct lcp_row *row = data;
    const struct ppp_lcp_options *expected = &row->expected;
    struct hex hex = hex_new(row->bytes);
    struct ppp_options options;
    struct ppp_lcp_options lcp;

    ppp_decode_options(hex_buf(&hex), &options);
    ppp_lcp_options(&options, &lcp);
    g_assert_cmpuint(lcp.mru, ==, expected->mru);
    g_assert_cmphex(lcp.auth_protocol, ==, expected->auth_protocol);
    g_assert_cmphex(lcp.chap_algorithm, ==, expected->chap_algorithm);
    g_assert_cmpint(lcp.has_magic, ==, expected->has_magic);
    g_assert_cmphex(lcp.magic, ==, expected->magic);
    g_assert_cmpint(lcp.pfc, ==, expected->pfc);
    g_assert_cmpint(lcp.acfc, ==, expected->acfc);
    g_assert_cmpint(lcp.has_callback, ==, expected->has_callback);
    g_assert_cmpuint(lcp.callback, ==, expected->callback);
    g_assert_cmpint(lcp.has_mrru, ==, expected->has_mrru);
    g_assert_cmpuint(lcp.mrru, ==, expected->mrru);
    hex_free(hex);
}

struct ipcp_row {
    const char *name;
    const char *bytes;
    const char *has; /* one letter each: a address, d D DNS, n N NBNS, c compression */
    const char *address, *dns1, *dns2;
};

#define ZERO "00000000"

static const struct ipcp_row ipcp_rows[] = {
    { "none", "", "", ZERO, ZERO, ZERO },
    { "client", "0306 00000000 8106 00000000 8306 00000000", "adD", ZERO, ZERO, ZERO },
    { "assigned", "0306 0a000002 8106 c0000235 8306 c0000236", "adD", "0a000002", "c0000235",
      "c0000236" },
    { "windows", "0306 00000000 8106 00000000 8206 00000000 8306 00000000 8406 00000000", "adDnN",
      ZERO, ZERO, ZERO },
    { "compression", "0206 002d0f01", "c", ZERO, ZERO, ZERO },
    { "address-short", "0305 0a0000", "", ZERO, ZERO, ZERO },
    { "address-long", "0307 0a00000200", "", ZERO, ZERO, ZERO },
    { "old-addresses", "010a 0a000001 0a000002", "", ZERO, ZERO, ZERO },
};

static void
assert_address(uint32_t address, const char *text)
{
    struct hex hex = hex_new(text);

    g_assert_cmpmem(&address, sizeof address, hex.data, hex.len);
    hex_free(hex);
}

static void
run_ipcp(gconstpointer data)
{
    const struct ipcp_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_options options;
    struct ppp_ipcp_options ipcp;

    ppp_decode_options(hex_buf(&hex), &options);
    ppp_ipcp_options(&options, &ipcp);
    g_assert_cmpint(ipcp.has_address, ==, strchr(row->has, 'a') != NULL);
    g_assert_cmpint(ipcp.has_dns1, ==, strchr(row->has, 'd') != NULL);
    g_assert_cmpint(ipcp.has_dns2, ==, strchr(row->has, 'D') != NULL);
    g_assert_cmpint(ipcp.has_nbns1, ==, strchr(row->has, 'n') != NULL);
    g_assert_cmpint(ipcp.has_nbns2, ==, strchr(row->has, 'N') != NULL);
    g_assert_cmpint(ipcp.has_compression, ==, strchr(row->has, 'c') != NULL);
    assert_address(ipcp.address, row->address);
    assert_address(ipcp.dns1, row->dns1);
    assert_address(ipcp.dns2, row->dns2);
    hex_free(hex);
}

struct chap_row {
    const char *name;
    const char *bytes;
    bool ok;
    size_t value_len, name_len;
};

static const struct chap_row chap_rows[] = {
    { "challenge", "10 aa*16 6c6e73", true, 16, 3 },
    { "response", "31 aa*49 616c696365", true, 49, 5 },
    { "no-name", "10 aa*16", true, 16, 0 },
    { "shortest", "01 aa", true, 1, 0 },
    { "one-byte-less", "10 aa*15", false, 0, 0 },
    { "value-empty", "00 616c", false, 0, 0 },
    { "empty", "", false, 0, 0 },
    { "largest", "ff aa*255", true, 255, 0 },
};

static void
run_chap(gconstpointer data)
{
    const struct chap_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_chap_value chap = { buf_init(NULL, 0), buf_init(NULL, 0) };

    g_assert_cmpint(ppp_decode_chap_value(hex_buf(&hex), &chap), ==, row->ok);
    g_assert_cmpuint(buf_left(&chap.value), ==, row->value_len);
    g_assert_cmpuint(buf_left(&chap.name), ==, row->name_len);
    hex_free(hex);
}

struct failure_row {
    const char *name;
    const char *text;
    int error; /* -1: not decoded */
    int retry; /* -1: absent */
    const char *message;
};

static const struct failure_row failure_rows[] = {
    { "windows", "E=691 R=1 C=9F15F3F2CA4A4A4B4B4B4B4B4B4B4B4B V=3 M=Authentication failure", 691,
      1, "Authentication failure" },
    { "accel", "E=691 R=0 V=3", 691, 0, NULL },
    { "challenge-cut", "E=691 R=1 C=9F15F3F2CA4A4A4B4B4B4B4B4B4B4B4 V=3", 691, 1, NULL },
    { "error-only", "E=647", 647, -1, NULL },
    { "error-last", "R=1 E=648", 648, 1, NULL },
    { "message-with-field", "E=691 R=0 M=E=1 R=1 x", 691, 0, "E=1 R=1 x" },
    { "message-first", "M=E=691", -1, 0, NULL },
    { "empty-message", "E=691 M=", 691, -1, NULL },
    { "two-blanks", "E=691  R=1", 691, 1, NULL },
    { "not-at-start", "xE=691", -1, 0, NULL },
    { "no-number", "E= R=1", -1, 0, NULL },
    { "no-equals", "E", -1, 0, NULL },
    { "zero", "E=0", 0, -1, NULL },
    { "longest-number", "E=999999999", 999999999, -1, NULL },
    { "number-too-long", "E=9999999999", -1, 0, NULL },
    { "no-field", "Access denied", -1, 0, NULL },
    { "empty", "", -1, 0, NULL },
};

static void
run_failure(gconstpointer data)
{
    const struct failure_row *row = data;
    struct hex copy = { g_memdup2(row->text, MAX(strlen(row->text), 1)), strlen(row->text) };
    struct ppp_mschap_failure failure = { .text = buf_init(NULL, 0) };

    g_assert_cmpint(ppp_decode_mschap_failure(hex_buf(&copy), &failure), ==, row->error >= 0);
    if (row->error >= 0) {
        g_assert_cmpuint(failure.error, ==, (unsigned)row->error);
        g_assert_cmpint(failure.has_retry, ==, row->retry >= 0);
        g_assert_cmpint(failure.retry, ==, row->retry > 0);
        g_assert_cmpint(failure.has_challenge, ==, strstr(row->text, "4B4B4B V=3") != NULL);
        assert_buf_is(failure.text, row->message);
    }
    hex_free(copy);
}

struct terminate_row {
    const char *name;
    const char *bytes;
    bool microsoft;
    uint32_t magic, ras_error;
    size_t text_len;
};

static const struct terminate_row terminate_rows[] = {
    { "user-disconnect", "4b493f31 003ccd74 00000000", true, 0x4b493f31, 0, 0 },
    { "691", "4b493f31 003ccd74 000002b3", true, 0x4b493f31, 691, 0 },
    { "largest", "ffffffff 003ccd74 ffffffff", true, 0xffffffff, 0xffffffff, 0 },
    { "one-byte-less", "4b493f31 003ccd74 000000", false, 0, 0, 11 },
    { "other-mark", "4b493f31 003ccd75 00000000", false, 0, 0, 12 },
    { "text", "55736572 20726571 75657374", false, 0, 0, 12 },
    { "empty", "", false, 0, 0, 0 },
};

static void
run_terminate(gconstpointer data)
{
    const struct terminate_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_terminate terminate;

    ppp_decode_terminate(hex_buf(&hex), &terminate);
    g_assert_cmpint(terminate.microsoft, ==, row->microsoft);
    g_assert_cmphex(terminate.magic, ==, row->magic);
    g_assert_cmpuint(terminate.ras_error, ==, row->ras_error);
    g_assert_cmpuint(buf_left(&terminate.text), ==, row->text_len);
    hex_free(hex);
}

struct pap_row {
    const char *name;
    const char *bytes;
    bool ok;
    const char *peer_id;
    size_t password_len;
};

static const struct pap_row pap_rows[] = {
    { "request", "05 616c696365 03 78797a", true, "alice", 3 },
    { "shortest", "00 00", true, NULL, 0 },
    { "one-byte-less", "05 616c696365 03 7879", false, NULL, 0 },
    { "no-password", "05 616c696365", false, NULL, 0 },
    { "name-cut", "05 616c6963", false, NULL, 0 },
    { "empty", "", false, NULL, 0 },
    { "largest", "00 ff 78*255", true, NULL, 255 },
};

static void
run_pap(gconstpointer data)
{
    const struct pap_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_pap_request request = { .peer_id = buf_init(NULL, 0) };

    g_assert_cmpint(ppp_decode_pap_request(hex_buf(&hex), &request), ==, row->ok);
    assert_buf_is(request.peer_id, row->peer_id);
    g_assert_cmpuint(request.password_len, ==, row->password_len);
    hex_free(hex);
}

struct eap_row {
    const char *name;
    const char *bytes;
    const char *message;
    uint8_t code;
    bool ok;
    uint8_t type;
    int mschap_op; /* -1: none */
};

static const struct eap_row eap_rows[] = {
    { "identity", "01", NULL, EAP_REQUEST, true, EAP_IDENTITY, -1 },
    { "no-type", "", NULL, EAP_REQUEST, false, 0, -1 },
    { "success", "", NULL, EAP_SUCCESS, true, 0, -1 },
    { "failure", "", NULL, EAP_FAILURE, true, 0, -1 },
    { "unknown-code", "01", NULL, 5, false, 0, -1 },
    { "code-zero", "01", NULL, 0, false, 0, -1 },
    { "mschap/challenge", "1a 01 02 001a 10 61*16 6c6e73",
      "\x10"
      "aaaaaaaaaaaaaaaalns",
      EAP_REQUEST, true, 26, 1 },
    { "mschap/response", "1a 02 02 0009 01 61 6c6e73",
      "\x01"
      "alns",
      EAP_RESPONSE, true, 26, 2 },
    { "mschap/failure", "1a 04 02 0009 453d363931", "E=691", EAP_REQUEST, true, 26, 4 },
    { "mschap/success", "1a 03 02 0006 533d", "S=", EAP_REQUEST, true, 26, 3 },
    { "mschap/answer", "1a 04", NULL, EAP_RESPONSE, true, 26, 4 },
    { "mschap/no-op", "1a", NULL, EAP_RESPONSE, true, 26, -1 },
    { "mschap/length-too-long", "1a 04 02 ffff 453d363931", "E=691", EAP_REQUEST, true, 26, 4 },
    { "mschap/length-shorter", "1a 04 02 0009 453d363931 20", "E=691", EAP_REQUEST, true, 26, 4 },
    { "mschap/length-3", "1a 04 02 0003 453d363931", NULL, EAP_REQUEST, true, 26, 4 },
    { "mschap/header-cut", "1a 04 02 00", NULL, EAP_REQUEST, true, 26, 4 },
};

static void
run_eap(gconstpointer data)
{
    const struct eap_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_packet packet = { .code = row->code, .data = hex_buf(&hex) };
    struct ppp_eap eap = { .mschap_message = buf_init(NULL, 0) };

    g_assert_cmpint(ppp_decode_eap(&packet, &eap), ==, row->ok);
    g_assert_cmpuint(eap.type, ==, row->type);
    g_assert_cmpint(eap.has_mschap, ==, row->mschap_op >= 0);
    if (row->mschap_op >= 0)
        g_assert_cmpint(eap.mschap_op, ==, row->mschap_op);
    assert_buf_is(eap.mschap_message, row->message);
    hex_free(hex);
}

struct eap_tls_row {
    const char *name;
    const char *bytes;
    bool alert, more;
    uint8_t description;
};

static const struct eap_tls_row eap_tls_rows[] = {
    { "alert", "00 15 0303 0002 02 30", true, false, 48 },
    { "alert-with-length", "80 00000007 15 0301 0002 02 2a", true, false, 42 },
    { "alert-behind-handshake", "00 16 0303 0003 0e0000 15 0303 0002 01 00", true, false, 0 },
    { "alert-encrypted", "00 15 0303 0012 00*18", false, false, 0 },
    { "more-fragments", "c0 00001000 16 0303 0fff 02", false, true, 0 },
    { "start", "20", false, false, 0 },
    { "acknowledgement", "00", false, false, 0 },
    { "peap-version", "01 15 0301 0002 02 30", true, false, 48 },
    { "no-tls", "00 15 0403 0002 02 30", false, false, 0 },
    { "no-flags", "", false, false, 0 },
    { "length-cut", "80 000000", false, false, 0 },
};

static void
run_eap_tls(gconstpointer data)
{
    const struct eap_tls_row *row = data;
    struct hex hex = hex_new(row->bytes);
    uint8_t description = 0;
    bool more = false;

    g_assert_cmpint(ppp_eap_tls_alert(hex_buf(&hex), &more, &description), ==, row->alert);
    g_assert_cmpint(more, ==, row->more);
    g_assert_cmpuint(description, ==, row->description);
    hex_free(hex);
}

/* Cut anywhere, an alert is no alert. */
static void
test_eap_tls_cut(void)
{
    struct hex hex = hex_new("80 00000010 16 0303 0003 0e0000 15 0303 0002 02 30");

    for (size_t len = 0; len < hex.len; len++) {
        uint8_t *bytes = g_memdup2(hex.data, len), description = 0;
        bool more = false;
        g_assert_false(ppp_eap_tls_alert(buf_init(bytes, len), &more, &description));
        g_free(bytes);
    }
    hex_free(hex);
}

static void
test_eap_nak(void)
{
    const uint8_t wanted[] = { EAP_PEAP, EAP_TLS };

    g_assert_cmpuint(ppp_eap_nak_wanted(buf_init(wanted, sizeof wanted)), ==, EAP_PEAP);
    g_assert_cmpuint(ppp_eap_nak_wanted(buf_init(wanted, 0)), ==, 0);
}

struct ccp_row {
    const char *name;
    const char *bytes;
    bool mppe;
    uint32_t encryption;
};

static const struct ccp_row ccp_rows[] = {
    { "mppe-128", "1206 01000040", true, 0x40 },
    { "mppe-all-and-mppc", "1206 010000e1", true, 0xe0 },
    { "mppc", "1206 00000001", true, 0 },
    { "deflate-and-mppe", "1a04 7800 1206 01000020", true, 0x20 },
    { "deflate", "1a04 7800", false, 0 },
    { "too-short", "1205 010000", true, 0 },
    { "cut", "1206 010000", false, 0 },
    { "none", "", false, 0 },
};

static void
run_ccp(gconstpointer data)
{
    const struct ccp_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct ppp_options options;

    ppp_decode_options(hex_buf(&hex), &options);
    g_assert_cmpint(ppp_ccp_has_mppe(&options), ==, row->mppe);
    g_assert_cmphex(ppp_ccp_encryption(&options), ==, row->encryption);
    hex_free(hex);
}

struct identification_row {
    const char *name;
    const char *bytes;
    bool ok;
    size_t message_len;
    const char *guid;
};

/* The GUID that Windows sent in HTTP as {0D528CAC-464E-423A-A399-9470E234BC54}. */
static const struct identification_row identification_rows[] = {
    { "guid", "4b493f31 ac8c520d 4e46 3a42 a3999470e234bc54", true, 16,
      "{0D528CAC-464E-423A-A399-9470E234BC54}" },
    { "name", "4b493f31 4d53524153 5635 2e3230", true, 10, NULL },
    { "sixteen-letters", "4b493f31 4d53524153 2d302d 434c49454e542d37", true, 16, NULL },
    { "one-byte-less", "4b493f31 ac8c520d4e463a42a3999470e234bc", true, 15, NULL },
    { "one-more", "4b493f31 ac8c520d4e463a42a3999470e234bc5400", true, 17, NULL },
    { "zeros", "00000000 00*16", true, 16, "{00000000-0000-0000-0000-000000000000}" },
    { "shortest", "4b493f31", true, 0, NULL },
    { "magic-cut", "4b493f", false, 0, NULL },
};

static void
run_identification(gconstpointer data)
{
    const struct identification_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct buf message = buf_init(NULL, 0);
    uint32_t magic;
    char guid[39];

    g_assert_cmpint(ppp_decode_identification(hex_buf(&hex), &magic, &message), ==, row->ok);
    g_assert_cmpuint(buf_left(&message), ==, row->message_len);
    g_assert_cmpint(ppp_identification_guid(message, guid), ==, row->guid != NULL);
    if (row->guid != NULL)
        g_assert_cmpstr(guid, ==, row->guid);
    hex_free(hex);
}

struct reject_row {
    const char *name;
    const char *bytes;
    bool ok;
    uint16_t protocol;
};

static const struct reject_row reject_rows[] = {
    { "ipv6cp", "8057 01010004", true, 0x8057 },
    { "shortest", "8057", true, 0x8057 },
    { "one-byte-less", "80", false, 0 },
    { "empty", "", false, 0 },
};

static void
run_reject(gconstpointer data)
{
    const struct reject_row *row = data;
    struct hex hex = hex_new(row->bytes);
    uint16_t protocol = 0;

    g_assert_cmpint(ppp_decode_protocol_reject(hex_buf(&hex), &protocol), ==, row->ok);
    g_assert_cmphex(protocol, ==, row->protocol);
    hex_free(hex);
}

struct kind_row {
    const char *name;
    uint16_t protocol;
    bool network_data, control;
};

static const struct kind_row kind_rows[] = {
    { "ipv4", PPP_IP, true, false },          { "ipv6", PPP_IPV6, true, false },
    { "lcp", PPP_LCP, false, true },          { "ipcp", PPP_IPCP, false, true },
    { "chap", PPP_CHAP, false, true },        { "compressed", PPP_COMPRESSED, false, false },
    { "first-control", 0x8001, false, true }, { "last-data", 0x7fff, false, false },
};

static void
run_kind(gconstpointer data)
{
    const struct kind_row *row = data;

    g_assert_cmpint(ppp_is_network_data(row->protocol), ==, row->network_data);
    g_assert_cmpint(ppp_is_control(row->protocol), ==, row->control);
}

static void
test_more_kinds(void)
{
    g_assert_true(ppp_is_opaque_data(PPP_COMPRESSED) && ppp_is_opaque_data(PPP_MULTILINK));
    g_assert_false(ppp_is_opaque_data(PPP_IP) || ppp_is_opaque_data(PPP_CCP));
    g_assert_true(ppp_is_authentication(PPP_PAP) && ppp_is_authentication(PPP_EAP));
    g_assert_false(ppp_is_authentication(PPP_LCP) || ppp_is_authentication(0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/ppp/frame", frame_rows, run_frame);
    ADD_ROWS("/ppp/packet", packet_rows, run_packet);
    ADD_ROWS("/ppp/options", options_rows, run_options);
    ADD_ROWS("/ppp/lcp", lcp_rows, run_lcp);
    ADD_ROWS("/ppp/ipcp", ipcp_rows, run_ipcp);
    ADD_ROWS("/ppp/chap", chap_rows, run_chap);
    ADD_ROWS("/ppp/mschap-failure", failure_rows, run_failure);
    ADD_ROWS("/ppp/terminate", terminate_rows, run_terminate);
    ADD_ROWS("/ppp/pap", pap_rows, run_pap);
    ADD_ROWS("/ppp/eap", eap_rows, run_eap);
    ADD_ROWS("/ppp/eap-tls", eap_tls_rows, run_eap_tls);
    g_test_add_func("/ppp/eap-tls-cut", test_eap_tls_cut);
    g_test_add_func("/ppp/eap-nak", test_eap_nak);
    ADD_ROWS("/ppp/ccp", ccp_rows, run_ccp);
    ADD_ROWS("/ppp/identification", identification_rows, run_identification);
    ADD_ROWS("/ppp/protocol-reject", reject_rows, run_reject);
    ADD_ROWS("/ppp/kind", kind_rows, run_kind);
    g_test_add_func("/ppp/more-kinds", test_more_kinds);
    return g_test_run();
}
