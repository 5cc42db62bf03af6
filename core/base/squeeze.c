/* squeeze.c - a structure that is mostly zeros, kept in less memory while nobody needs it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/squeeze.h"

#include <stdint.h>
#include <string.h>

#include <glib.h>

enum { BITS = 64 };

/* words: first a bit for each word of the structure, set where it is not zero, then these words. */
struct squeezed {
    size_t num;
    uint64_t words[];
};

static size_t
bitmap_words(size_t num)
{
    return (num + BITS - 1) / BITS;
}

static uint64_t
word_at(const uint8_t *data, size_t at)
{
    uint64_t word;

    memcpy(&word, data + at * sizeof word, sizeof word);
    return word;
}

static size_t
count_filled(const uint8_t *data, size_t num)
{
    size_t filled = 0;

    for (size_t i = 0; i < num; i++)
        filled += word_at(data, i) != 0;
    return filled;
}

struct squeezed *
squeeze(const void *data, size_t size)
{
    size_t num = size / sizeof(uint64_t), at = bitmap_words(num);
    struct squeezed *squeezed =
        g_malloc(sizeof *squeezed + (at + count_filled(data, num)) * sizeof(uint64_t));

    squeezed->num = num;
    memset(squeezed->words, 0, at * sizeof(uint64_t));
    for (size_t i = 0; i < num; i++) {
        uint64_t word = word_at(data, i);
        if (word == 0)
            continue;
        squeezed->words[i / BITS] |= UINT64_C(1) << (i % BITS);
        squeezed->words[at++] = word;
    }
    return squeezed;
}

void
unsqueeze(const struct squeezed *squeezed, void *data)
{
    size_t at = bitmap_words(squeezed->num);

    for (size_t i = 0; i < squeezed->num; i++)
        if (squeezed->words[i / BITS] >> (i % BITS) & 1)
            memcpy((uint8_t *)data + i * sizeof(uint64_t), &squeezed->words[at++],
                   sizeof(uint64_t));
}
