/* text.h - text made fit to be shown: from the wire, and in lines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_TEXT_H
#define SSTPDIAG_CORE_BASE_TEXT_H

#include <glib.h>

#include "base/buf.h"

enum { TEXT_MAX_LEN = 255 };

/* Valid UTF-8 of at most TEXT_MAX_LEN bytes of the input, without control and format characters.
 * Newly allocated. */
char *text_clean(struct buf b);
/* May this character stand where people read? None that moves the cursor, ends a line, or turns the
 * direction of what follows (C0, C1, format characters, U+2028 and U+2029). */
bool text_may_show(gunichar c);
/* All of a text of any bytes, as UTF-8 that may be shown; keep: characters that stay all the same,
 * as "\n". Newly allocated. */
char *text_shown(const char *text, const char *keep);
/* Keeps the first that is not empty, made clean as above; *text begins as NULL. */
void text_once(char **text, struct buf b);
/* Appends words, broken at blanks into lines of at most 79 columns that begin with indent blanks.
 * column: how long the line is already. */
void text_wrapped(GString *text, size_t indent, size_t column, const char *words);
/* A line "    Label     words", broken as above; nothing when there are no words. */
void text_labelled(GString *text, const char *label, const char *words);

/* A few words of a sentence; they live to the end of the expression that asks for them. */
struct text_words {
    char text[64];
};

/* A number and its noun: "1 packet", "2 packets", "3 queries". */
struct text_words text_count(uint64_t number, const char *noun);
/* Its verb: "is" or "are", "was" or "were". */
const char *text_are(uint64_t number);
const char *text_were(uint64_t number);
/* "once", "twice", "3 times". */
struct text_words text_times(uint64_t number);
/* How long something took: "40 ms", "1.5 s"; never less than nothing. */
struct text_words text_seconds(double seconds);

/* Bytes as hexadecimal digits. Newly allocated. */
char *text_hex(const uint8_t *bytes, size_t len);

#endif
