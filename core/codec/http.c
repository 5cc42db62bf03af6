/* http.c - the one HTTP request and answer of an SSTP session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "codec/http.h"
#include "base/text.h"

enum {
    METHOD_MAX_LEN = 32,
    HEAD_LINES_MAX = 64,      /* that are kept as text */
    SSTP_REQUEST_MIN_LEN = 5, /* bytes of "SSTP_DUPLEX_POST " that settle what it is */
    CHUNK_LINE_MAX_LEN = 1024,
    CHUNK_DIGITS_MAX = 8,     /* of its size; leading zeros count */
    PROXY_V1_MAX_LEN = 107,   /* HAProxy's PROXY protocol 2.1, with CRLF */
    PROXY_V2_HEADER_LEN = 16, /* 2.2 */
    PROXY_V2_SIGNATURE_LEN = 12,
};

static const char sstp_request_start[] = "SSTP_DUPLEX_POST ";
static const char proxy_v1_start[] = "PROXY ";
static const uint8_t proxy_v2_signature[PROXY_V2_SIGNATURE_LEN] = "\r\n\r\n\0\r\nQUIT\n";

/* Cuts a line off, without its end. False when the line has no end. */
static bool
next_line(struct buf *b, struct buf *line)
{
    const uint8_t *lf = memchr(b->p, '\n', buf_left(b));

    if (lf == NULL || !buf_sub(b, (size_t)(lf - b->p), line) || !buf_skip(b, 1))
        return false;
    if (buf_left(line) > 0 && line->end[-1] == '\r')
        line->end--;
    return true;
}

/* Cuts off what stands before the separator, and the separator; all when there is none. */
static struct buf
next_word(struct buf *b, char separator)
{
    const uint8_t *at = memchr(b->p, separator, buf_left(b));
    struct buf word;

    buf_sub(b, at != NULL ? (size_t)(at - b->p) : buf_left(b), &word);
    if (at != NULL)
        buf_skip(b, 1);
    return word;
}

static struct buf
trimmed(struct buf b)
{
    while (buf_left(&b) > 0 && (b.p[0] == ' ' || b.p[0] == '\t'))
        b.p++;
    while (buf_left(&b) > 0 && (b.end[-1] == ' ' || b.end[-1] == '\t'))
        b.end--;
    return b;
}

static bool
starts_with(struct buf b, const char *text)
{
    return buf_left(&b) >= strlen(text) && memcmp(b.p, text, strlen(text)) == 0;
}

static bool
starts_with_case(struct buf b, const char *text)
{
    return buf_left(&b) >= strlen(text) &&
           g_ascii_strncasecmp((const char *)b.p, text, strlen(text)) == 0;
}

static bool
equals_case(struct buf b, const char *text)
{
    return buf_left(&b) == strlen(text) && starts_with_case(b, text);
}

/* Is text one of the words of b, which spaces or commas part? */
static bool
has_word(struct buf b, const char *text)
{
    while (buf_left(&b) > 0) {
        struct buf part = next_word(&b, ',');

        while (buf_left(&part) > 0)
            if (equals_case(trimmed(next_word(&part, ' ')), text))
                return true;
    }
    return false;
}

/* Decimal digits only, up to 2^64 - 1. */
static bool
parse_u64(struct buf b, uint64_t *out)
{
    uint64_t value = 0;
    uint8_t c;

    if (buf_left(&b) == 0)
        return false;
    while (buf_u8(&b, &c)) {
        unsigned digit = (unsigned)c - '0';

        if (!g_ascii_isdigit(c) || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

static void
field_content_length(struct buf value, struct http_head *head)
{
    uint64_t length = 0;
    bool valid = parse_u64(value, &length);

    /* RFC 9110 8.6: twice, and not the same */
    if (head->has_content_length && (!head->content_length_valid || length != head->content_length))
        valid = false;
    head->has_content_length = true;
    head->content_length_valid = valid;
    head->content_length = valid ? length : 0;
}

static void
field_transfer_encoding(struct buf value, struct http_head *head)
{
    head->chunked = head->chunked || has_word(value, "chunked");
}

static void
field_sstp_version(struct buf value, struct http_head *head)
{
    (void)value;
    head->has_sstp_version = true;
}

static void
field_proxy_authenticate(struct buf value, struct http_head *head)
{
    head->has_proxy_authenticate = true;
    head->has_proxy_basic = head->has_proxy_basic || has_word(value, "Basic");
}

static void
field_proxy_authorization(struct buf value, struct http_head *head)
{
    head->has_proxy_credentials |= equals_case(next_word(&value, ' '), "Basic");
}

/* The fields that rules need: kept as they are (offset) or looked into (decode). */
static const struct {
    const char *name;
    size_t offset;
    void (*decode)(struct buf value, struct http_head *head);
} fields[] = {
    { .name = "Host", .offset = offsetof(struct http_head, host) },
    { .name = "Server", .offset = offsetof(struct http_head, server) },
    { .name = "Location", .offset = offsetof(struct http_head, location) },
    { .name = "SSTPCORRELATIONID", .offset = offsetof(struct http_head, correlation_id) },
    { .name = "Content-Length", .decode = field_content_length },
    { .name = "Transfer-Encoding", .decode = field_transfer_encoding },
    { .name = "SSTPVERSION", .decode = field_sstp_version },
    { .name = "Proxy-Authenticate", .decode = field_proxy_authenticate },
    { .name = "Proxy-Authorization", .decode = field_proxy_authorization },
};

/* "Name: value". Lines that are no field are passed over. */
static void
decode_field(struct buf line, struct http_head *head)
{
    struct buf name;

    if (memchr(line.p, ':', buf_left(&line)) == NULL)
        return;
    name = trimmed(next_word(&line, ':'));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (!equals_case(name, fields[i].name))
            continue;
        if (fields[i].decode != NULL)
            fields[i].decode(trimmed(line), head);
        else
            G_STRUCT_MEMBER(struct buf, head, fields[i].offset) = trimmed(line);
    }
}

/* "HTTP/1.1 200 OK"; the reason may be absent, and its space too. */
static bool
decode_status_line(struct buf line, struct http_head *head)
{
    uint64_t status;

    head->version = next_word(&line, ' ');
    if (!parse_u64(next_word(&line, ' '), &status) || status < 100 || status > 999)
        return false;
    head->status = (unsigned)status;
    head->reason = trimmed(line);
    return true;
}

static bool
is_method(struct buf b)
{
    uint8_t c;

    if (buf_left(&b) == 0 || buf_left(&b) > METHOD_MAX_LEN)
        return false;
    while (buf_u8(&b, &c))
        if (!g_ascii_isalnum(c) && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    return true;
}

/* "METHOD target HTTP/1.1"; the target may hold spaces, as some clients send them. */
static bool
decode_request_line(struct buf line, struct http_head *head)
{
    const uint8_t *space;

    head->request = true;
    head->method = next_word(&line, ' ');
    line = trimmed(line);
    space = line.end;
    while (space > line.p && space[-1] != ' ')
        space--;
    if (!is_method(head->method) || space == line.p)
        return false;
    head->version = (struct buf){ space, line.end };
    line.end = space;
    head->target = trimmed(line);
    return starts_with(head->version, "HTTP/") && buf_left(&head->target) > 0;
}

/* Could these bytes, whose line end is still to come, start a head? */
static bool
start_line_plausible(struct buf line)
{
    struct buf word, rest = line;
    uint8_t c;

    word = next_word(&rest, ' ');
    if (buf_left(&word) > 0 && word.end == line.end && line.end[-1] == '\r')
        word.end--;
    if (buf_left(&word) > 0 && !starts_with(word, "HTTP/") && !is_method(word))
        return false;
    while (buf_u8(&line, &c))
        if (g_ascii_iscntrl(c) && c != '\t' && c != '\r')
            return false;
    return true;
}

static enum http_result
decode_start_line(struct buf *b, struct http_head *head)
{
    struct buf line;

    /* RFC 9112 2.2: empty lines in front are ignored. */
    do {
        if (!next_line(b, &line))
            return start_line_plausible(*b) ? HTTP_NEED_MORE : HTTP_BAD;
    } while (buf_left(&line) == 0);
    if (starts_with(line, "HTTP/"))
        return decode_status_line(line, head) ? HTTP_OK : HTTP_BAD;
    return decode_request_line(line, head) ? HTTP_OK : HTTP_BAD;
}

static enum http_result
decode_head(struct buf *b, struct http_head *head)
{
    struct buf line;
    enum http_result result = decode_start_line(b, head);

    if (result != HTTP_OK)
        return result;
    while (next_line(b, &line)) {
        if (buf_left(&line) == 0)
            return HTTP_OK;
        decode_field(line, head);
    }
    return HTTP_NEED_MORE;
}

enum http_result
http_decode(const uint8_t *data, size_t len, struct http_head *out)
{
    const size_t max = MIN(len, (size_t)HTTP_HEAD_MAX_LEN);
    const struct buf nothing = buf_init(NULL, 0);
    struct buf b = buf_init(data, max);
    struct http_head head = {
        .lines = nothing,
        .method = nothing,
        .target = nothing,
        .version = nothing,
        .reason = nothing,
        .host = nothing,
        .server = nothing,
        .location = nothing,
        .correlation_id = nothing,
    };
    enum http_result result = decode_head(&b, &head);

    if (result == HTTP_NEED_MORE && len >= HTTP_HEAD_MAX_LEN)
        return HTTP_BAD;
    if (result == HTTP_OK) {
        head.head_len = max - buf_left(&b);
        head.lines = buf_init(data, head.head_len);
        *out = head;
    }
    return result;
}

/* Values that nobody but their owner should see. */
static bool
is_secret_field(const char *name)
{
    static const char *const secret[] = {
        "Authorization", "Proxy-Authorization", "Cookie",
        "Set-Cookie",    "Proxy-Authenticate",  "WWW-Authenticate"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
        if (g_ascii_strcasecmp(name, secret[i]) == 0)
            return true;
    return false;
}

static void
append_field(GString *text, struct buf line)
{
    struct buf rest = line;
    char *name = text_clean(trimmed(next_word(&rest, ':')));
    char *value = is_secret_field(name) ? g_strdup("") : text_clean(trimmed(rest));

    g_string_append_c(text, '\n');
    g_string_append(text, name);
    g_string_append(text, ": ");
    g_string_append(text, value);
    g_free(value);
    g_free(name);
}

char *
http_head_text(const struct http_head *head)
{
    GString *text = g_string_new(NULL);
    struct buf lines = head->lines, line;

    for (unsigned i = 0; i < HEAD_LINES_MAX && next_line(&lines, &line); i++) {
        if (text->len == 0) {
            char *first = text_clean(line);
            g_string_append(text, first);
            g_free(first);
        } else if (memchr(line.p, ':', buf_left(&line)) != NULL) {
            append_field(text, line);
        }
    }
    size_t size = text->len + 1;
    return g_realloc(g_string_free(text, FALSE), size);
}

bool
http_is_sstp_request(const uint8_t *data, size_t len)
{
    return len >= SSTP_REQUEST_MIN_LEN &&
           memcmp(data, sstp_request_start, MIN(len, strlen(sstp_request_start))) == 0;
}

bool
http_method_is(const struct http_head *head, const char *method)
{
    return buf_left(&head->method) == strlen(method) && starts_with(head->method, method);
}

/* Trailer fields and the empty line behind the last chunk. */
static size_t
trailer_len(struct buf b, size_t begin)
{
    struct buf left = b, line;

    while (next_line(&left, &line))
        if (buf_left(&line) == 0)
            return begin + buf_left(&b) - buf_left(&left);
    return SIZE_MAX;
}

size_t
http_chunk_len(const uint8_t *data, size_t len, bool *last)
{
    struct buf b = buf_init(data, len), line;
    uint64_t size = 0;
    unsigned digits = 0;
    uint8_t c;

    if (!next_line(&b, &line))
        return len < CHUNK_LINE_MAX_LEN ? SIZE_MAX : 0;
    for (; digits < CHUNK_DIGITS_MAX && buf_peek_u8(&line, 0, &c) && g_ascii_isxdigit(c);
         digits++) {
        size = size * 16 + (uint64_t)g_ascii_xdigit_value((char)c);
        buf_skip(&line, 1);
    }
    /* Extensions may follow. */
    if (digits == 0 || (buf_peek_u8(&line, 0, &c) && g_ascii_isxdigit(c)))
        return 0;
    *last = size == 0;
    return *last ? trailer_len(b, len - buf_left(&b))
                 : len - buf_left(&b) + (size_t)size + strlen("\r\n");
}

static size_t
proxy_v1_len(const uint8_t *data, size_t len)
{
    const size_t start_len = strlen(proxy_v1_start);
    const size_t max = MIN(len, (size_t)PROXY_V1_MAX_LEN);
    const uint8_t *lf;

    if (memcmp(data, proxy_v1_start, MIN(len, start_len)) != 0)
        return 0;
    lf = memchr(data, '\n', max);
    if (lf == NULL)
        return len < PROXY_V1_MAX_LEN ? SIZE_MAX : 0;
    return lf[-1] == '\r' ? (size_t)(lf - data) + 1 : 0;
}

static size_t
proxy_v2_len(const uint8_t *data, size_t len)
{
    struct buf b = buf_init(data, len);
    uint8_t version, family;
    uint16_t rest;

    if (memcmp(data, proxy_v2_signature, MIN(len, (size_t)PROXY_V2_SIGNATURE_LEN)) != 0)
        return 0;
    if (!buf_skip(&b, PROXY_V2_SIGNATURE_LEN) || !buf_u8(&b, &version))
        return SIZE_MAX;
    if (version >> 4 != 2)
        return 0;
    if (!buf_u8(&b, &family) || !buf_u16(&b, &rest) || !buf_skip(&b, rest))
        return SIZE_MAX;
    return (size_t)PROXY_V2_HEADER_LEN + rest;
}

size_t
http_proxy_header_len(const uint8_t *data, size_t len)
{
    if (len == 0)
        return SIZE_MAX;
    return data[0] == proxy_v2_signature[0] ? proxy_v2_len(data, len) : proxy_v1_len(data, len);
}
