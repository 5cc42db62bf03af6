/* decode.c - bytes of a log file to text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/decode.h"

#include <stdbool.h>
#include <string.h>

enum { LOOK_LEN = 4096 };

static void
append_unichar(GString *text, gunichar c)
{
    g_string_append_unichar(text, g_unichar_validate(c) && c ? c : '?');
}

static GString *
from_utf16(const uint8_t *data, size_t len, bool big)
{
    GString *text = g_string_sized_new(len / 2);

    for (size_t i = 0; i + 1 < len; i += 2) {
        gunichar c =
            big ? (gunichar)(data[i] << 8 | data[i + 1]) : (gunichar)(data[i + 1] << 8 | data[i]);
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < len) {
            gunichar low = big ? (gunichar)(data[i + 2] << 8 | data[i + 3])
                               : (gunichar)(data[i + 3] << 8 | data[i + 2]);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        append_unichar(text, c);
    }
    return text;
}

/* Without its mark: text that is mostly ASCII has a NUL in every other byte. */
static bool
looks_utf16(const uint8_t *data, size_t len, bool *big)
{
    size_t even = 0, odd = 0, look = MIN(len, (size_t)LOOK_LEN) & ~(size_t)1;

    for (size_t i = 0; i < look; i += 2) {
        even += data[i] == '\0';
        odd += data[i + 1] == '\0';
    }
    *big = even > odd;
    return look >= 4 && MAX(even, odd) > look / 4 && MIN(even, odd) < look / 64 + 1;
}

/* UTF-16 with its mark, or without one, as wevtutil writes it. */
static bool
is_utf16(const uint8_t *data, size_t len, size_t *mark_len, bool *big)
{
    if (len < 2)
        return false;
    *mark_len =
        (data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff) ? 2 : 0;
    if (*mark_len) {
        *big = data[0] == 0xfe;
        return true;
    }
    return looks_utf16(data, len, big);
}

GString *
log_decode(const uint8_t *data, size_t len)
{
    size_t mark_len;
    bool big;

    if (is_utf16(data, len, &mark_len, &big))
        return from_utf16(data + mark_len, len - mark_len, big);
    if (len >= 3 && memcmp(data, "\357\273\277", 3) == 0) {
        data += 3;
        len -= 3;
    }
    GString *text = g_string_new_len((const char *)data, (gssize)len);
    for (gsize i = 0; i < text->len; i++)
        if (text->str[i] == '\0')
            text->str[i] = ' '; /* sstpc ends its lines in one */
    return text;
}
