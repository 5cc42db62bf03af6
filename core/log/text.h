/* text.h - text of a log line, made fit to be shown. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_TEXT_H
#define SSTPDIAG_CORE_LOG_TEXT_H

#include <glib.h>

enum { LOG_TEXT_CHARS_MAX = 300 };

/* Valid UTF-8 without control and format characters, at most LOG_TEXT_CHARS_MAX characters and
 * "..."; passwords are replaced by "<hidden>", and long runs of hexadecimal digits, which may hold
 * keys, passwords of PAP or answers to a challenge, by their length. Newly allocated. */
char *log_text_clean(const char *text);

/* Next place from text on where word stands, in any case of letters; NULL when there is none. */
const char *log_find_word(const char *text, const char *word);

#endif
