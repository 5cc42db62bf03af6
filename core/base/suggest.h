/* suggest.h - the option that was meant by one that is mistyped
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_SUGGEST_H
#define SSTPDIAG_CORE_BASE_SUGGEST_H

#include <glib.h>

/* The one of words (NULL-terminated) that is nearest to word, where no more than one letter in
 * three, and at most two, have to be typed in another way; NULL: none is that near. */
const char *suggest_word(const char *word, const char *const *words);
/* Adds "did you mean --html?" to the error of an option that is unknown, where one of entries is
 * near. Other errors stay as they are. */
void suggest_option(GError **error, const GOptionEntry *entries);

#endif
