/* http.h - the one HTTP request and answer of an SSTP session (MS-SSTP 3.2.4.1, 3.3.5.1)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_HTTP_H
#define SSTPDIAG_CORE_CODEC_HTTP_H

#include "base/buf.h"

enum { HTTP_HEAD_MAX_LEN = 16384, HTTP_STATUS_OK = 200 };

enum http_result { HTTP_OK, HTTP_NEED_MORE, HTTP_BAD };

/* Head of a request or an answer. All buffers point into the bytes given. Absent ones are empty. */
struct http_head {
    bool request;
    size_t head_len;                    /* with the empty line */
    struct buf lines;                   /* all of the head */
    struct buf method, target, version; /* request */
    unsigned status;                    /* answer: 100..999 */
    struct buf reason;
    struct buf host, server, location, correlation_id;
    bool has_content_length, content_length_valid;
    uint64_t content_length; /* 18446744073709551615 is SSTP's */
    bool chunked;
    bool has_sstp_version; /* SSTPVERSION in a CONNECT */
    bool has_proxy_authenticate, has_proxy_basic;
    bool has_proxy_credentials; /* Proxy-Authorization: Basic */
};

/* HTTP_NEED_MORE until the empty line, HTTP_BAD for what cannot be a head (also when longer than
 * HTTP_HEAD_MAX_LEN without an end). Field names in any case, LF or CRLF. */
enum http_result http_decode(const uint8_t *data, size_t len, struct http_head *out);
/* The bytes begin "SSTP_DUPLEX_POST " (or as much of it as is there, at least 5 bytes). */
bool http_is_sstp_request(const uint8_t *data, size_t len);
/* "SSTP_DUPLEX_POST", "CONNECT"... compared exactly. */
bool http_method_is(const struct http_head *head, const char *method);

/* The lines of a head as text fit to be shown and compared, "\n" between them: names and values
 * without blanks around them; of fields that may hold credentials the value is left out. Newly
 * allocated. */
char *http_head_text(const struct http_head *head);

/* One chunk of a body in transfer coding (RFC 9112 7.1): with its size in front and the line's end
 * behind. Returns the length of it all, which may be more than is there; 0 when it is none,
 * SIZE_MAX when more bytes are needed to tell. *last: the body ends with it. */
size_t http_chunk_len(const uint8_t *data, size_t len, bool *last);

/* PROXY protocol header in front of a stream, v1 or v2. Returns its length, 0 when there is none,
 * SIZE_MAX when more bytes are needed. */
size_t http_proxy_header_len(const uint8_t *data, size_t len);

#endif
