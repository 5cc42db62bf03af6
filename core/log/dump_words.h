/* dump_words.h - words, numbers, texts and bytes in what a program writes of a packet. For log/
 * alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_DUMP_WORDS_H
#define SSTPDIAG_CORE_LOG_DUMP_WORDS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has not been read yet. */
struct dump_words {
    const char *p, *end;
};

/* A name and the number that stands for it. */
struct dump_name {
    const char *name;
    unsigned number;
};

void dump_skip_blanks(struct dump_words *words);
/* Steps over word; false where something else stands. */
bool dump_skip(struct dump_words *words, const char *word);
/* Length of the next word, which ends with a blank, an angle bracket or a comma. */
size_t dump_word_len(const struct dump_words *words);
/* The number of the next word, which is stepped over; false: it is none of num names. */
bool dump_take_name(struct dump_words *words, const struct dump_name *names, size_t num,
                    unsigned *number);
/* A number of base 10 or 16, the latter with 0x or without. */
bool dump_take_number(struct dump_words *words, unsigned base, uint32_t *number);
/* Behind "label", wherever that stands: moves there. */
bool dump_find(struct dump_words *words, const char *label);
/* A text in quotation marks, with octal and other escapes. */
bool dump_take_text(struct dump_words *words, GByteArray *out);
/* Digits without anything between them, two a byte; of an odd number the last one is lost. */
bool dump_take_digits(struct dump_words *words, GByteArray *out);
/* Bytes of one or two digits, blanks between them, each with 0x or not. */
void dump_take_bytes(struct dump_words *words, GByteArray *out);
/* What stands in the next angle brackets; moves behind them. */
bool dump_take_brackets(struct dump_words *words, struct dump_words *inner);

#endif
