/* hello.c - TLS hellos in captured packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hello.h"

#include <string.h>

#include "base/hash.h"

enum {
    LOOK_LEN = 384, /* link layer, IP, TCP with options, and a PROXY header of 107 bytes */
    RANDOM_AT = TLS_RECORD_HEADER_LEN + 4 + 2,
    HELLO_LEN = RANDOM_AT + TLS_RANDOM_LEN,
};

/* Record header, handshake header of a message that is longer than 34 bytes, legacy version. The
 * first bytes are enough: the rest may be in other segments. */
static enum hello
hello_at(const uint8_t *p, size_t left)
{
    struct tls_record_header record;

    if (left < HELLO_LEN || !tls_decode_record_header(p, left, &record) ||
        record.type != TLS_HANDSHAKE || p[6] != 0 || p[9] != 3 || p[10] > 3)
        return HELLO_NONE;
    if (p[5] == TLS_CLIENT_HELLO)
        return HELLO_CLIENT;
    return p[5] == TLS_SERVER_HELLO ? HELLO_SERVER : HELLO_NONE;
}

enum hello
hello_find(const uint8_t *data, size_t len, uint8_t random[TLS_RANDOM_LEN])
{
    const uint8_t *p = data, *end = data + MIN(len, LOOK_LEN);

    while (p < end && (p = memchr(p, TLS_HANDSHAKE, (size_t)(end - p)))) {
        enum hello hello = hello_at(p, len - (size_t)(p - data));
        if (hello != HELLO_NONE) {
            memcpy(random, p + RANDOM_AT, TLS_RANDOM_LEN);
            return hello;
        }
        p++;
    }
    return HELLO_NONE;
}

guint
hello_random_hash(gconstpointer random)
{
    return hash_bytes(random, TLS_RANDOM_LEN);
}

gboolean
hello_random_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, TLS_RANDOM_LEN) == 0;
}
