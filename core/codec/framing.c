/* framing.c - cuts the clear bytes of a direction into what SSTP puts there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/framing.h"

#include <string.h>

#include "codec/http.h"
#include "codec/sstp.h"

static const char http_answer[] = "HTTP/1.";
static const char http_request[] = "SSTP_DUPLEX_POST ";

/* As much of text as is there begins the data. */
static bool
begins_like(const uint8_t *data, size_t len, const char *text)
{
    size_t n = strlen(text);

    return memcmp(data, text, len < n ? len : n) == 0;
}

static struct piece
piece_http(const uint8_t *data, size_t len)
{
    struct http_head head;

    switch (http_decode(data, len, &head)) {
    case HTTP_OK:
        return (struct piece){ PIECE_HTTP, head.head_len };
    case HTTP_NEED_MORE:
        return (struct piece){ PIECE_NEED_MORE, 0 };
    case HTTP_BAD:
        break;
    }
    return (struct piece){ PIECE_JUNK, len };
}

/* Could a packet begin at data? */
static bool
is_header(const uint8_t *data, size_t len)
{
    struct sstp_header header;
    enum sstp_result result = sstp_decode_header(data, len, &header);

    return result == SSTP_OK || result == SSTP_NEED_MORE;
}

/* Reserved bits are to be ignored; but where the packets go on behind the unmasked length, and not
 * behind the masked one, the sender sent that much. */
static bool
is_oversize(const uint8_t *data, size_t len, const struct sstp_header *header)
{
    size_t length = header->length_raw;

    if (length <= SSTP_PACKET_MAX_LEN || len < length)
        return false;
    if (header->length >= SSTP_HEADER_LEN && is_header(data + header->length, len - header->length))
        return false;
    return len == length || is_header(data + length, len - length);
}

static struct piece
piece_packet(const uint8_t *data, size_t len)
{
    struct sstp_header header = { 0 };
    enum sstp_result result = sstp_decode_header(data, len, &header);

    if (len < SSTP_HEADER_LEN)
        return data[0] == SSTP_VERSION ? (struct piece){ PIECE_NEED_MORE, 0 }
                                       : (struct piece){ PIECE_JUNK, len };
    if (result == SSTP_BAD_VERSION)
        return (struct piece){ PIECE_JUNK, len };
    if (is_oversize(data, len, &header))
        return (struct piece){ PIECE_OVERSIZE, header.length_raw };
    if (result == SSTP_NEED_MORE)
        return (struct piece){ PIECE_NEED_MORE, header.length - len };
    if (result != SSTP_OK)
        return (struct piece){ PIECE_JUNK, len };
    return (struct piece){ PIECE_PACKET, header.length };
}

struct piece
framing_next(const uint8_t *data, size_t len)
{
    size_t proxy;

    if (data[0] == SSTP_VERSION)
        return piece_packet(data, len);
    if (begins_like(data, len, http_answer) || begins_like(data, len, http_request))
        return piece_http(data, len);
    proxy = http_proxy_header_len(data, len);
    if (proxy == SIZE_MAX)
        return (struct piece){ PIECE_NEED_MORE, 0 };
    if (proxy > 0)
        return (struct piece){ PIECE_PROXY, proxy };
    return (struct piece){ PIECE_JUNK, len };
}
