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
/* Keeps the first that is not empty, made clean as above; *text begins as NULL. */
void text_once(char **text, struct buf b);
/* Appends words, broken at blanks into lines of 79 columns behind indent; column is where the line
 * stands. */
void text_wrapped(GString *text, size_t indent, size_t column, const char *words);
/* A line "    Label     words", broken as above; nothing when there are no words. */
void text_labelled(GString *text, const char *label, const char *words);

/* Bytes as hexadecimal digits. Newly allocated. */
char *text_hex(const uint8_t *bytes, size_t len);

#endif
