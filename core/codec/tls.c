/* tls.c - TLS records and the clear part of handshakes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "codec/tls.h"

enum {
    VERSION_MAJOR = 3,
    SESSION_ID_MAX_LEN = 32,
    HANDSHAKE_HEADER_LEN = 4,
    /* The most that may wait in a reader: a message, and the record in which it ends. */
    PENDING_MAX_LEN = HANDSHAKE_HEADER_LEN + TLS_HANDSHAKE_MAX_LEN + TLS_RECORD_MAX_LEN,
    EXTENSION_SERVER_NAME = 0,           /* RFC 6066 3 */
    EXTENSION_SUPPORTED_GROUPS = 10,     /* RFC 8446 4.2.7 */
    EXTENSION_SIGNATURE_ALGORITHMS = 13, /* RFC 8446 4.2.3 */
    EXTENSION_ALPN = 16,                 /* RFC 7301 3.1 */
    EXTENSION_ENCRYPT_THEN_MAC = 22,
    EXTENSION_PRE_SHARED_KEY = 41,     /* RFC 8446 4.2.11 */
    EXTENSION_SUPPORTED_VERSIONS = 43, /* RFC 8446 4.2.1 */
    EXTENSION_KEY_SHARE = 51,          /* RFC 8446 4.2.8 */
    SERVER_NAME_HOST = 0,
};

bool
tls_decode_record_header(const uint8_t *data, size_t len, struct tls_record_header *out)
{
    struct buf b = buf_init(data, len);
    struct tls_record_header header;

    if (!buf_u8(&b, &header.type) || !buf_u16(&b, &header.version) || !buf_u16(&b, &header.length))
        return false;
    if (header.type < TLS_CHANGE_CIPHER_SPEC || header.type > TLS_APPLICATION_DATA ||
        header.version >> 8 != VERSION_MAJOR || header.version > TLS_13 ||
        header.length > TLS_RECORD_MAX_LEN)
        return false;
    *out = header;
    return true;
}

/* RFC 8701: 0x0a0a, 0x1a1a ... 0xfafa are offered only to be ignored. */
static bool
is_grease(uint16_t v)
{
    return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

/* Cut off what a length of one, two or three bytes in front announces. */
static bool
vector8(struct buf *b, struct buf *sub)
{
    uint8_t len;

    return buf_u8(b, &len) && buf_sub(b, len, sub);
}

static bool
vector16(struct buf *b, struct buf *sub)
{
    uint16_t len;

    return buf_u16(b, &len) && buf_sub(b, len, sub);
}

static bool
vector24(struct buf *b, struct buf *sub)
{
    uint32_t len;

    return buf_u24(b, &len) && buf_sub(b, len, sub);
}

static bool
text_is(struct buf b, const char *text)
{
    return buf_left(&b) == strlen(text) && memcmp(b.p, text, strlen(text)) == 0;
}

static void
clean_name(struct buf name, char out[static TLS_NAME_MAX_LEN + 1])
{
    uint8_t c;
    size_t n = 0;

    while (n < TLS_NAME_MAX_LEN && buf_u8(&name, &c))
        out[n++] = (char)(g_ascii_isgraph(c) ? c : '?');
    out[n] = '\0';
}

static bool
client_server_name(struct buf data, struct tls_client_hello *hello)
{
    struct buf list, name;
    uint8_t type;

    if (!vector16(&data, &list))
        return false;
    while (buf_left(&list) > 0) {
        if (!buf_u8(&list, &type) || !vector16(&list, &name))
            return false;
        if (type == SERVER_NAME_HOST && !hello->has_sni) {
            hello->has_sni = true;
            clean_name(name, hello->sni);
        }
    }
    return true;
}

static bool
client_alpn(struct buf data, struct tls_client_hello *hello)
{
    struct buf list, name, ahead;
    uint16_t grease;

    if (!vector16(&data, &list))
        return false;
    while (buf_left(&list) > 0) {
        if (!vector8(&list, &name))
            return false;
        ahead = name;
        if (buf_left(&name) == 2 && buf_u16(&ahead, &grease) && is_grease(grease))
            continue;
        hello->alpn_any = true;
        hello->alpn_http11 = hello->alpn_http11 || text_is(name, "http/1.1");
        hello->alpn_h2 = hello->alpn_h2 || text_is(name, "h2");
    }
    return true;
}

/* Replaces the version of the hello itself, which TLS 1.3 freezes at 1.2. */
static bool
client_versions(struct buf data, struct tls_client_hello *hello)
{
    struct buf list;
    uint16_t version, highest = 0, lowest = UINT16_MAX;

    if (!vector8(&data, &list))
        return false;
    while (buf_left(&list) > 0) {
        if (!buf_u16(&list, &version))
            return false;
        if (version >> 8 == VERSION_MAJOR) {
            highest = MAX(highest, version);
            lowest = MIN(lowest, version);
        }
    }
    if (highest != 0) {
        hello->version = highest;
        hello->lowest_version = lowest;
    }
    return true;
}

/* Keeps the first max numbers of a list. Returns how many. */
static unsigned
keep_numbers(struct buf list, uint16_t *out, unsigned max)
{
    uint16_t number;
    unsigned num = 0;

    while (num < max && buf_u16(&list, &number))
        if (!is_grease(number))
            out[num++] = number;
    return num;
}

/* Of what is only shown: a list that is cut counts as none. */
static bool
client_groups(struct buf data, struct tls_client_hello *hello)
{
    struct buf list;

    if (vector16(&data, &list))
        hello->num_groups = keep_numbers(list, hello->groups, TLS_GROUPS_MAX);
    return true;
}

static bool
client_signatures(struct buf data, struct tls_client_hello *hello)
{
    struct buf list;

    if (vector16(&data, &list))
        hello->num_signatures = keep_numbers(list, hello->signatures, TLS_SIGNATURES_MAX);
    return true;
}

/* The extensions that are read; all others are skipped. */
static const struct {
    uint16_t type;
    bool (*decode)(struct buf data, struct tls_client_hello *hello);
} client_extensions[] = {
    { EXTENSION_SERVER_NAME, client_server_name },
    { EXTENSION_ALPN, client_alpn },
    { EXTENSION_SUPPORTED_GROUPS, client_groups },
    { EXTENSION_SIGNATURE_ALGORITHMS, client_signatures },
    { EXTENSION_SUPPORTED_VERSIONS, client_versions },
};

static bool
client_extension(uint16_t type, struct buf data, struct tls_client_hello *hello)
{
    for (size_t i = 0; i < G_N_ELEMENTS(client_extensions); i++)
        if (client_extensions[i].type == type)
            return client_extensions[i].decode(data, hello);
    return true;
}

/* Cuts off the extensions, which fill the rest of a hello; none at all is an empty list. */
static bool
extension_list(struct buf *body, struct buf *list)
{
    if (buf_left(body) == 0) {
        *list = *body;
        return true;
    }
    return vector16(body, list) && buf_left(body) == 0;
}

static bool
extension_next(struct buf *list, uint16_t *type, struct buf *data)
{
    return buf_u16(list, type) && vector16(list, data);
}

static bool
count_cipher_suites(struct buf suites, unsigned *num)
{
    uint16_t suite;

    if (buf_left(&suites) == 0 || buf_left(&suites) % 2 != 0)
        return false;
    while (buf_u16(&suites, &suite))
        *num += is_grease(suite) ? 0 : 1;
    return true;
}

bool
tls_decode_client_hello(struct buf body, struct tls_client_hello *out)
{
    struct tls_client_hello hello = { 0 };
    struct buf session_id, suites, compression, extensions, data;
    uint16_t type;

    if (!buf_u16(&body, &hello.version) || hello.version >> 8 != VERSION_MAJOR ||
        !buf_copy(&body, hello.random, TLS_RANDOM_LEN) || !vector8(&body, &session_id) ||
        buf_left(&session_id) > SESSION_ID_MAX_LEN || !vector16(&body, &suites) ||
        !count_cipher_suites(suites, &hello.num_cipher_suites) || !vector8(&body, &compression) ||
        buf_left(&compression) == 0 || !extension_list(&body, &extensions))
        return false;
    hello.has_session_id = buf_left(&session_id) > 0;
    hello.lowest_version = hello.version;
    hello.num_suites = keep_numbers(suites, hello.suites, TLS_SUITES_MAX);
    while (buf_left(&extensions) > 0)
        if (!extension_next(&extensions, &type, &data) || !client_extension(type, data, &hello))
            return false;
    *out = hello;
    return true;
}

/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest", sent in place of a random. */
static const uint8_t hello_retry_random[TLS_RANDOM_LEN] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static bool
server_extension(uint16_t type, struct buf data, struct tls_server_hello *hello)
{
    switch (type) {
    case EXTENSION_ENCRYPT_THEN_MAC:
        hello->encrypt_then_mac = true;
        return true;
    case EXTENSION_PRE_SHARED_KEY:
        hello->resumed = true;
        return true;
    case EXTENSION_KEY_SHARE:
        buf_u16(&data, &hello->group);
        return true;
    case EXTENSION_SUPPORTED_VERSIONS:
        return buf_u16(&data, &hello->version);
    default:
        return true;
    }
}

bool
tls_decode_server_hello(struct buf body, struct tls_server_hello *out)
{
    struct tls_server_hello hello = { 0 };
    struct buf session_id, extensions, data;
    uint16_t type;
    uint8_t compression;

    if (!buf_u16(&body, &hello.version) || hello.version >> 8 != VERSION_MAJOR ||
        !buf_copy(&body, hello.random, TLS_RANDOM_LEN) || !vector8(&body, &session_id) ||
        buf_left(&session_id) > SESSION_ID_MAX_LEN || !buf_u16(&body, &hello.cipher_suite) ||
        !buf_u8(&body, &compression) || !extension_list(&body, &extensions))
        return false;
    while (buf_left(&extensions) > 0) {
        if (!extension_next(&extensions, &type, &data))
            return false;
        if (!server_extension(type, data, &hello))
            return false;
    }
    hello.hello_retry_request = memcmp(hello.random, hello_retry_random, TLS_RANDOM_LEN) == 0;
    *out = hello;
    return true;
}

bool
tls_certificate_list(struct buf body, uint16_t version, struct buf *list)
{
    struct buf context;

    if (version >= TLS_13 && !vector8(&body, &context))
        return false;
    return vector24(&body, list);
}

bool
tls_certificate_next(struct buf *list, uint16_t version, struct buf *cert)
{
    struct buf ahead = *list, der, extensions;

    /* A leaf whose extensions are cut is still whole. */
    if (!vector24(&ahead, &der))
        return false;
    if (version >= TLS_13 && !vector16(&ahead, &extensions))
        ahead.p = ahead.end;
    *list = ahead;
    *cert = der;
    return true;
}

static void
make_deaf(struct tls_handshake_reader *reader)
{
    tls_handshake_free(reader);
    reader->deaf = true;
}

void
tls_handshake_feed(struct tls_handshake_reader *reader, const uint8_t *data, size_t len)
{
    if (reader->deaf || len == 0)
        return;
    if (reader->pending == NULL)
        reader->pending = g_byte_array_new();
    if (reader->taken > 0) {
        g_byte_array_remove_range(reader->pending, 0, (guint)reader->taken);
        reader->taken = 0;
    }
    if (len > PENDING_MAX_LEN - reader->pending->len) {
        make_deaf(reader);
        return;
    }
    g_byte_array_append(reader->pending, data, (guint)len);
}

bool
tls_handshake_next(struct tls_handshake_reader *reader, uint8_t *type, struct buf *body)
{
    struct buf left, cut;
    uint8_t message_type;
    uint32_t len;

    if (reader->deaf || reader->pending == NULL)
        return false;
    left = buf_init(reader->pending->data, reader->pending->len);
    if (!buf_skip(&left, reader->taken) || !buf_u8(&left, &message_type) || !buf_u24(&left, &len))
        return false;
    if (len > TLS_HANDSHAKE_MAX_LEN) {
        make_deaf(reader);
        return false;
    }
    if (!buf_sub(&left, len, &cut))
        return false;
    reader->taken += HANDSHAKE_HEADER_LEN + len;
    *type = message_type;
    *body = cut;
    return true;
}

void
tls_handshake_free(struct tls_handshake_reader *reader)
{
    if (reader->pending != NULL)
        g_byte_array_free(reader->pending, TRUE);
    reader->pending = NULL;
    reader->taken = 0;
}

bool
tls_alert_is_of_certificate(uint8_t description)
{
    switch (description) {
    case TLS_ALERT_BAD_CERTIFICATE:
    case TLS_ALERT_UNSUPPORTED_CERTIFICATE:
    case TLS_ALERT_CERTIFICATE_REVOKED:
    case TLS_ALERT_CERTIFICATE_EXPIRED:
    case TLS_ALERT_CERTIFICATE_UNKNOWN:
    case TLS_ALERT_UNKNOWN_CA:
        return true;
    default:
        return false;
    }
}
