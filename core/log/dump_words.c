/* dump_words.c - words, numbers, texts and bytes in what a program writes of a packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/dump_words.h"

#include <string.h>

#include "base/append.h"

void
dump_skip_blanks(struct dump_words *words)
{
    while (words->p < words->end && *words->p == ' ')
        words->p++;
}

bool
dump_skip(struct dump_words *words, const char *word)
{
    size_t len = strlen(word);

    dump_skip_blanks(words);
    if ((size_t)(words->end - words->p) < len || strncmp(words->p, word, len) != 0)
        return false;
    words->p += len;
    return true;
}

size_t
dump_word_len(const struct dump_words *words)
{
    size_t len = 0;

    while (words->p + len < words->end && !strchr(" <>,", words->p[len]))
        len++;
    return len;
}

bool
dump_take_name(struct dump_words *words, const struct dump_name *names, size_t num,
               unsigned *number)
{
    size_t len;

    dump_skip_blanks(words);
    len = dump_word_len(words);
    for (size_t i = 0; i < num; i++)
        if (strlen(names[i].name) == len && strncmp(names[i].name, words->p, len) == 0) {
            words->p += len;
            *number = names[i].number;
            return true;
        }
    return false;
}

bool
dump_take_number(struct dump_words *words, unsigned base, uint32_t *number)
{
    const char *begin;
    uint64_t sum = 0;

    dump_skip_blanks(words);
    if (words->end - words->p > 2 && words->p[0] == '0' && (words->p[1] | 0x20) == 'x') {
        words->p += 2;
        base = 16;
    }
    for (begin = words->p; words->p < words->end; words->p++) {
        int digit = g_ascii_xdigit_value(*words->p);
        if (digit < 0 || (unsigned)digit >= base || sum > UINT32_MAX)
            break;
        sum = sum * base + (unsigned)digit;
    }
    *number = (uint32_t)sum;
    return words->p > begin && sum <= UINT32_MAX;
}

bool
dump_find(struct dump_words *words, const char *label)
{
    const char *found = g_strstr_len(words->p, words->end - words->p, label);

    if (!found)
        return false;
    words->p = found + strlen(label);
    return true;
}

/* The character behind a backslash; up to three octal digits are one. */
static unsigned
escaped(struct dump_words *words)
{
    static const char names[] = "nrt", chars[] = "\n\r\t";
    const char *known;
    unsigned value = 0;
    int digits = 0;

    for (; digits < 3 && words->p < words->end && *words->p >= '0' && *words->p <= '7'; digits++)
        value = value * 8 + (unsigned)(*words->p++ - '0');
    if (digits > 0)
        return value & 0xff;
    known = strchr(names, *words->p);
    value = known && *known ? (unsigned char)chars[known - names] : (unsigned char)*words->p;
    words->p++;
    return value;
}

bool
dump_take_text(struct dump_words *words, GByteArray *out)
{
    if (!dump_skip(words, "\""))
        return false;
    while (words->p < words->end && *words->p != '"') {
        if (*words->p == '\\' && words->p + 1 < words->end) {
            words->p++;
            append_u8(out, escaped(words));
        } else {
            append_u8(out, (unsigned char)*words->p++);
        }
    }
    words->p += words->p < words->end;
    return true;
}

bool
dump_take_digits(struct dump_words *words, GByteArray *out)
{
    const char *begin;

    dump_skip_blanks(words);
    for (begin = words->p; words->end - words->p >= 2 && g_ascii_isxdigit(words->p[0]) &&
                           g_ascii_isxdigit(words->p[1]);
         words->p += 2)
        append_u8(out, (unsigned)(g_ascii_xdigit_value(words->p[0]) << 4 |
                                  g_ascii_xdigit_value(words->p[1])));
    return words->p > begin;
}

void
dump_take_bytes(struct dump_words *words, GByteArray *out)
{
    uint32_t byte;

    for (;;) {
        dump_skip_blanks(words);
        struct dump_words before = *words;
        if (!dump_take_number(words, 16, &byte) || byte > 0xff || words->p - before.p > 4 ||
            (words->p < words->end && *words->p != ' ')) {
            *words = before;
            return;
        }
        append_u8(out, byte);
    }
}

bool
dump_take_brackets(struct dump_words *words, struct dump_words *inner)
{
    const char *open = memchr(words->p, '<', (size_t)(words->end - words->p)), *close;

    if (!open)
        return false;
    close = memchr(open, '>', (size_t)(words->end - open));
    if (!close)
        return false;
    *inner = (struct dump_words){ open + 1, close };
    words->p = close + 1;
    return true;
}
