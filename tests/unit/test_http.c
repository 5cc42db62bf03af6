/* test_http.c - HTTP heads and PROXY protocol headers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "codec/http.h"

#define URI "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/"
#define SSTP_REQUEST                                                                               \
    "SSTP_DUPLEX_POST " URI " HTTP/1.1\r\n"                                                        \
    "Host: vpn.example.com\r\n"                                                                    \
    "Content-Length: 18446744073709551615\r\n"                                                     \
    "SSTPCORRELATIONID: {0D528CAC-464E-423A-A399-9470E234BC54}\r\n\r\n"

struct request_row {
    const char *name;
    const char *text;
    const char *method, *target, *version, *host, *correlation_id;
    uint64_t content_length;
    bool content_length_valid, has_sstp_version;
};

static const struct request_row request_rows[] = {
    { "sstp", SSTP_REQUEST, "SSTP_DUPLEX_POST", URI, "HTTP/1.1", "vpn.example.com",
      "{0D528CAC-464E-423A-A399-9470E234BC54}", UINT64_MAX, true, false },
    { "connect", "CONNECT vpn.example.com:443 HTTP/1.1\r\nSSTPVERSION: 1.0\r\n\r\n", "CONNECT",
      "vpn.example.com:443", "HTTP/1.1", NULL, NULL, 0, false, true },
    { "shortest", "A b HTTP/1.0\n\n", "A", "b", "HTTP/1.0", NULL, NULL, 0, false, false },
    { "lf-only", "GET / HTTP/1.1\nhost:  x \ncontent-length:0\n\n", "GET", "/", "HTTP/1.1", "x",
      NULL, 0, true, false },
    { "any-case", "GET / HTTP/1.1\r\nHOST:\tx\r\nSstpCorrelationId:y\r\n\r\n", "GET", "/",
      "HTTP/1.1", "x", "y", 0, false, false },
    { "target-with-blank", "GET /a b HTTP/1.1\r\n\r\n", "GET", "/a b", "HTTP/1.1", NULL, NULL, 0,
      false, false },
    { "empty-lines-before", "\r\n\nGET / HTTP/1.1\r\n\r\n", "GET", "/", "HTTP/1.1", NULL, NULL, 0,
      false, false },
    { "no-field-lines", "GET / HTTP/1.1\r\nrubbish\r\n continued\r\nHost: x\r\n\r\n", "GET", "/",
      "HTTP/1.1", "x", NULL, 0, false, false },
    { "empty-host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET", "/", "HTTP/1.1", NULL, NULL, 0, false,
      false },
};

/* Text without its NUL, in a block of just its size. */
static struct hex
exact(const char *text)
{
    return (struct hex){ g_memdup2(text, MAX(strlen(text), 1)), strlen(text) };
}

static void
run_request(gconstpointer data)
{
    const struct request_row *row = data;
    struct hex hex = exact(row->text);
    struct http_head head;

    g_assert_cmpint(http_decode(hex.data, hex.len, &head), ==, HTTP_OK);
    g_assert_true(head.request);
    g_assert_cmpuint(head.head_len, ==, hex.len);
    g_assert_true(http_method_is(&head, row->method));
    assert_buf_is(head.target, row->target);
    assert_buf_is(head.version, row->version);
    assert_buf_is(head.host, row->host);
    assert_buf_is(head.correlation_id, row->correlation_id);
    g_assert_cmpint(head.content_length_valid, ==, row->content_length_valid);
    g_assert_cmpuint(head.content_length, ==, row->content_length);
    g_assert_cmpint(head.has_sstp_version, ==, row->has_sstp_version);
    hex_free(hex);
}

struct answer_row {
    const char *name;
    const char *text;
    const char *reason, *server, *location;
    unsigned status;
    bool chunked, has_proxy_authenticate, has_proxy_basic;
};

static const struct answer_row answer_rows[] = {
    { "sstp",
      "HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\nServer: Microsoft-HTTPAPI/"
      "2.0\r\n\r\n",
      NULL, "Microsoft-HTTPAPI/2.0", NULL, 200, false, false, false },
    { "reason", "HTTP/1.1 404 Not Found\r\n\r\n", "Not Found", NULL, NULL, 404, false, false,
      false },
    { "reason-empty", "HTTP/1.1 200 \r\n\r\n", NULL, NULL, NULL, 200, false, false, false },
    { "moved", "HTTP/1.1 302 Found\r\nLocation: https://portal.example.com/\r\n\r\n", "Found", NULL,
      "https://portal.example.com/", 302, false, false, false },
    { "chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n", "OK", NULL, NULL,
      200, true, false, false },
    { "not-chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n", "OK", NULL, NULL,
      200, false, false, false },
    { "proxy-basic", "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\r\n", "x", NULL,
      NULL, 407, false, true, true },
    { "proxy-second-basic",
      "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM, "
      "basic realm=p\r\n\r\n",
      "x", NULL, NULL, 407, false, true, true },
    { "proxy-ntlm", "HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\n\r\n", "x", NULL, NULL, 407,
      false, true, false },
    { "lowest", "HTTP/1.1 100\r\n\r\n", NULL, NULL, NULL, 100, false, false, false },
    { "highest", "HTTP/1.1 999\r\n\r\n", NULL, NULL, NULL, 999, false, false, false },
};

static void
run_answer(gconstpointer data)
{
    const struct answer_row *row = data;
    struct hex hex = exact(row->text);
    struct http_head head;

    g_assert_cmpint(http_decode(hex.data, hex.len, &head), ==, HTTP_OK);
    g_assert_false(head.request);
    g_assert_cmpuint(head.head_len, ==, hex.len);
    g_assert_cmpuint(head.status, ==, row->status);
    assert_buf_is(head.reason, row->reason);
    assert_buf_is(head.server, row->server);
    assert_buf_is(head.location, row->location);
    assert_buf_is(head.version, "HTTP/1.1");
    g_assert_cmpint(head.chunked, ==, row->chunked);
    g_assert_cmpint(head.has_proxy_authenticate, ==, row->has_proxy_authenticate);
    g_assert_cmpint(head.has_proxy_basic, ==, row->has_proxy_basic);
    hex_free(hex);
}

struct result_row {
    const char *name;
    const char *text;
    enum http_result result;
};

static const struct result_row result_rows[] = {
    { "empty", "", HTTP_NEED_MORE },
    { "one-letter", "S", HTTP_NEED_MORE },
    { "half-line", "SSTP_DUPLEX_POST /sra", HTTP_NEED_MORE },
    { "half-answer", "HTTP/1.", HTTP_NEED_MORE },
    { "line-end-cut", "GET / HTTP/1.1\r", HTTP_NEED_MORE },
    { "no-empty-line", "GET / HTTP/1.1\r\nHost: x\r\n", HTTP_NEED_MORE },
    { "empty-line-only", "\r\n", HTTP_NEED_MORE },
    { "empty-line-cut", "\r", HTTP_NEED_MORE },
    { "ssh-banner", "SSH-2.0-OpenSSH_9.2\r\n", HTTP_BAD },
    { "smtp-banner", "220 mail.example.com ESMTP\r\n", HTTP_BAD },
    { "tls-record", "\x16\x03\x01", HTTP_BAD },
    { "sstp-packet", "\x10\x01", HTTP_BAD },
    { "control-byte-in-line", "GET \x01", HTTP_BAD },
    { "method-too-long", "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD", HTTP_BAD },
    { "method-longest", "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDD", HTTP_NEED_MORE },
    { "no-method", " / HTTP/1.1\r\n\r\n", HTTP_BAD },
    { "no-target", "GET HTTP/1.1\r\n\r\n", HTTP_BAD },
    { "no-version", "GET /\r\n\r\n", HTTP_BAD },
    { "status-99", "HTTP/1.1 99\r\n\r\n", HTTP_BAD },
    { "status-1000", "HTTP/1.1 1000\r\n\r\n", HTTP_BAD },
    { "status-text", "HTTP/1.1 OK\r\n\r\n", HTTP_BAD },
    { "status-missing", "HTTP/1.1\r\n\r\n", HTTP_BAD },
    { "status-huge", "HTTP/1.1 18446744073709551816\r\n\r\n", HTTP_BAD },
};

static void
run_result(gconstpointer data)
{
    const struct result_row *row = data;
    struct hex hex = exact(row->text);
    struct http_head head;

    g_assert_cmpint(http_decode(hex.data, hex.len, &head), ==, row->result);
    hex_free(hex);
}

struct length_row {
    const char *name;
    const char *fields;
    bool valid;
    uint64_t length;
};

static const struct length_row length_rows[] = {
    { "zero", "Content-Length: 0\r\n", true, 0 },
    { "largest", "Content-Length: 18446744073709551615\r\n", true, UINT64_MAX },
    { "one-more", "Content-Length: 18446744073709551616\r\n", false, 0 },
    { "far-more", "Content-Length: 99999999999999999999999\r\n", false, 0 },
    { "leading-zeros", "Content-Length: 0000000000000000000000007\r\n", true, 7 },
    { "negative", "Content-Length: -1\r\n", false, 0 },
    { "empty", "Content-Length:\r\n", false, 0 },
    { "text-behind", "Content-Length: 1 2\r\n", false, 0 },
    { "twice-same", "Content-Length: 5\r\nContent-Length: 5\r\n", true, 5 },
    { "twice-different", "Content-Length: 5\r\nContent-Length: 6\r\n", false, 0 },
    { "invalid-then-valid", "Content-Length: x\r\nContent-Length: 0\r\n", false, 0 },
};

static void
run_length(gconstpointer data)
{
    const struct length_row *row = data;
    char *text = g_strconcat("HTTP/1.1 200 OK\r\n", row->fields, "\r\n", NULL);
    struct http_head head;

    g_assert_cmpint(http_decode((uint8_t *)text, strlen(text), &head), ==, HTTP_OK);
    g_assert_true(head.has_content_length);
    g_assert_cmpint(head.content_length_valid, ==, row->valid);
    g_assert_cmpuint(head.content_length, ==, row->length);
    g_free(text);
}

/* Every beginning of a request wants more; what is behind it is not counted. */
static void
test_cut(void)
{
    const size_t len = strlen(SSTP_REQUEST);
    struct http_head head;

    for (size_t n = 0; n < len; n++) {
        uint8_t *cut = g_memdup2(SSTP_REQUEST, MAX(n, 1));

        g_assert_cmpint(http_decode(cut, n, &head), ==, HTTP_NEED_MORE);
        g_free(cut);
    }
    g_assert_cmpint(http_decode((const uint8_t *)SSTP_REQUEST "\x10\x01", len + 2, &head), ==,
                    HTTP_OK);
    g_assert_cmpuint(head.head_len, ==, len);
}

struct size_row {
    const char *name;
    size_t len;
    bool complete;
    enum http_result result;
};

static const struct size_row size_rows[] = {
    { "open-below-limit", HTTP_HEAD_MAX_LEN - 1, false, HTTP_NEED_MORE },
    { "open-at-limit", HTTP_HEAD_MAX_LEN, false, HTTP_BAD },
    { "whole-at-limit", HTTP_HEAD_MAX_LEN, true, HTTP_OK },
    { "whole-past-limit", HTTP_HEAD_MAX_LEN + 1, true, HTTP_BAD },
};

static void
run_size(gconstpointer data)
{
    const struct size_row *row = data;
    GString *text = g_string_new("GET / HTTP/1.1\r\nX: ");
    struct http_head head;

    while (text->len < row->len)
        g_string_append_c(text, 'x');
    if (row->complete)
        memcpy(text->str + row->len - 4, "\r\n\r\n", 4);
    g_assert_cmpint(http_decode((uint8_t *)text->str, text->len, &head), ==, row->result);
    g_string_free(text, TRUE);
}

struct start_row {
    const char *name;
    const char *text;
    bool sstp;
};

static const struct start_row start_rows[] = {
    { "whole", SSTP_REQUEST, true },
    { "method-and-blank", "SSTP_DUPLEX_POST ", true },
    { "method", "SSTP_DUPLEX_POST", true },
    { "five-bytes", "SSTP_", true },
    { "four-bytes", "SSTP", false },
    { "empty", "", false },
    { "lower-case", "sstp_duplex_post ", false },
    { "longer-method", "SSTP_DUPLEX_POSTS ", false },
    { "get", "GET / HTTP/1.1\r\n", false },
};

static void
run_start(gconstpointer data)
{
    const struct start_row *row = data;
    struct hex hex = exact(row->text);

    g_assert_cmpint(http_is_sstp_request(hex.data, hex.len), ==, row->sstp);
    hex_free(hex);
}

struct proxy_row {
    const char *name;
    const char *bytes;
    size_t len; /* SIZE_MAX: more bytes are needed */
};

#define V1        "50524f585920 " /* "PROXY " */
#define CRLF      "0d0a "
#define SIGNATURE "0d0a0d0a000d0a515549540a "

static const struct proxy_row proxy_rows[] = {
    { "empty", "", SIZE_MAX },
    { "none/tls", "160301", 0 },
    { "none/letter", "47", 0 },
    { "none/post", "504f5354", 0 },
    { "v1/first-letter", "50", SIZE_MAX },
    { "v1/word-only", "50524f5859", SIZE_MAX },
    { "v1/no-end", V1 "54435034 20 31", SIZE_MAX },
    { "v1/unknown", V1 "554e4b4e4f574e" CRLF "1603", 15 },
    { "v1/lf-only", V1 "554e4b4e4f574e 0a", 0 },
    { "v1/longest", V1 "41*99 " CRLF, 107 },
    { "v1/one-more", V1 "41*100 " CRLF, 0 },
    { "v1/longest-no-end", V1 "41*100 ", SIZE_MAX },
    { "v1/too-long-no-end", V1 "41*101 ", 0 },
    { "v2/first-byte", "0d", SIZE_MAX },
    { "v2/signature", SIGNATURE, SIZE_MAX },
    { "v2/header-cut", SIGNATURE "21 11 00", SIZE_MAX },
    { "v2/local", SIGNATURE "20 00 0000", 16 },
    { "v2/ipv4", SIGNATURE "21 11 000c c0000201 c0000202 1234 01bb 16", 28 },
    { "v2/one-byte-less", SIGNATURE "21 11 000c c0000201 c0000202 1234 01", SIZE_MAX },
    { "v2/other-version", SIGNATURE "11 11 000c", 0 },
    { "v2/other-signature", "0d0a0d0a000d0a515549540b", 0 },
    { "v2/largest", SIGNATURE "21 00 ffff 00*65535", 65551 },
};

static void
run_proxy(gconstpointer data)
{
    const struct proxy_row *row = data;
    struct hex hex = hex_new(row->bytes);

    g_assert_cmpuint(http_proxy_header_len(hex.data, hex.len), ==, row->len);
    hex_free(hex);
}

/* Chunks of a body: the length of the first one with what is around it. */
static void
test_chunks(void)
{
    static const struct {
        const char *text;
        size_t len;
        bool last;
    } rows[] = {
        { "5\r\nhello\r\n0\r\n\r\n", 10, false },
        { "5\r\nhe", 10, false },
        { "A;name=value\r\n", 26, false },
        { "0005\n", 12, false },
        { "0\r\n\r\nHTTP", 5, true },
        { "0\r\nA: b\r\n\r\n", 11, true },
        { "0\r\n", SIZE_MAX, true },
        { "0\r\nA: b\r\n", SIZE_MAX, true },
        { "5", SIZE_MAX, false },
        { "", SIZE_MAX, false },
        { "\r\n", 0, false },
        { "x\r\n", 0, false },
        { "123456789\r\n", 0, false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool last = false;
        g_assert_cmpuint(http_chunk_len((const uint8_t *)rows[i].text, strlen(rows[i].text), &last),
                         ==, rows[i].len);
        g_assert_cmpint(last, ==, rows[i].last);
    }
}

/* That a password was there is told; the password is not. */
static void
test_proxy_credentials(void)
{
    static const struct {
        const char *field;
        bool basic;
    } rows[] = {
        { "Proxy-Authorization: Basic dXNlcjpwYXNz", true },
        { "proxy-authorization: basic dXNlcjpwYXNz", true },
        { "Proxy-Authorization: Negotiate TlRMTVNTUAAB", false },
        { "Proxy-Authorization: Basically", false },
        { "Proxy-Authorization:", false },
        { "Authorization: Basic dXNlcjpwYXNz", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *text = g_strdup_printf("CONNECT h:443 HTTP/1.1\r\n%s\r\n\r\n", rows[i].field);
        struct http_head head;
        g_assert_cmpint(http_decode((const uint8_t *)text, strlen(text), &head), ==, HTTP_OK);
        g_assert_cmpint(head.has_proxy_credentials, ==, rows[i].basic);
        g_free(text);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/http/request", request_rows, run_request);
    ADD_ROWS("/http/answer", answer_rows, run_answer);
    ADD_ROWS("/http/result", result_rows, run_result);
    ADD_ROWS("/http/content-length", length_rows, run_length);
    ADD_ROWS("/http/size", size_rows, run_size);
    ADD_ROWS("/http/start", start_rows, run_start);
    ADD_ROWS("/http/proxy-header", proxy_rows, run_proxy);
    g_test_add_func("/http/cut", test_cut);
    g_test_add_func("/http/chunks", test_chunks);
    g_test_add_func("/http/proxy-credentials", test_proxy_credentials);
    return g_test_run();
}
