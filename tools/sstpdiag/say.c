/* say.c - what the user reads on stderr
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "say.h"

#include <stdio.h>

#include "base/text.h"

void
say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *words = g_strdup_vprintf(format, args);
    va_end(args);
    char *shown = text_shown(words, "\n\t");
    fprintf(stderr, "sstpdiag: %s%s", shown, g_str_has_suffix(shown, "\n") ? "" : "\n");
    g_free(shown);
    g_free(words);
}
