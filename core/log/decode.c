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

static void
from_utf16(GString *text, const uint8_t *data, size_t len, bool big)
{
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

enum log_coding
log_coding_of(const uint8_t *data, size_t len, size_t *mark_len)
{
    bool big = false, marked = len >= 2 && ((data[0] == 0xff && data[1] == 0xfe) ||
                                            (data[0] == 0xfe && data[1] == 0xff));

    *mark_len = marked ? 2 : len >= 3 && memcmp(data, "\357\273\277", 3) == 0 ? 3 : 0;
    if (marked)
        big = data[0] == 0xfe;
    else if (!looks_utf16(data, len, &big))
        return LOG_CODING_BYTES;
    return big ? LOG_CODING_UTF16_BIG : LOG_CODING_UTF16_LITTLE;
}

void
log_decode(GString *text, enum log_coding coding, const uint8_t *data, size_t len)
{
    gsize begin = text->len;

    if (coding != LOG_CODING_BYTES) {
        from_utf16(text, data, len, coding == LOG_CODING_UTF16_BIG);
        return;
    }
    g_string_append_len(text, (const char *)data, (gssize)len);
    for (gsize i = begin; i < text->len; i++)
        if (text->str[i] == '\0')
            text->str[i] = ' '; /* sstpc ends its lines in one */
}
