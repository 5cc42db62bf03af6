/* suggest.c - the option that was meant by one that is mistyped
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/suggest.h"

#include <string.h>

enum { WORD_MAX_LEN = 40, MISTAKES_MAX = 2, LETTERS_A_MISTAKE = 3 };

/* How many letters are missing, too many, wrong, or exchanged with their neighbour. */
static unsigned
mistakes(const char *a, const char *b)
{
    unsigned rows[3][WORD_MAX_LEN + 1];
    size_t a_len = strlen(a), b_len = strlen(b);

    for (size_t k = 0; k <= b_len; k++)
        rows[0][k] = (unsigned)k;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= b_len; k++) {
            row[k] = MIN(MIN(row[k - 1], above[k]) + 1, above[k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                row[k] = MIN(row[k], two_above[k - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

const char *
suggest_word(const char *word, const char *const *words)
{
    size_t len = strlen(word);
    unsigned least = MIN((unsigned)len / LETTERS_A_MISTAKE, (unsigned)MISTAKES_MAX) + 1;
    const char *nearest = NULL;

    for (; len <= WORD_MAX_LEN && *words; words++) {
        unsigned number = strlen(*words) <= WORD_MAX_LEN ? mistakes(word, *words) : least;
        if (number < least) {
            least = number;
            nearest = *words;
        }
    }
    return nearest;
}

/* What stands behind "--" in GLib's words, up to a "="; NULL: nothing. The caller frees it. */
static char *
unknown_option(const GError *error)
{
    const char *dashes =
        error->domain == G_OPTION_ERROR && error->code == G_OPTION_ERROR_UNKNOWN_OPTION
            ? strstr(error->message, "--")
            : NULL;

    return dashes ? g_strndup(dashes + 2, strcspn(dashes + 2, "=")) : NULL;
}

void
suggest_option(GError **error, const GOptionEntry *entries)
{
    char *word = unknown_option(*error);
    GPtrArray *names = g_ptr_array_new();

    for (; entries->long_name; entries++)
        if (*entries->long_name)
            g_ptr_array_add(names, (gpointer)entries->long_name);
    g_ptr_array_add(names, NULL);
    const char *meant = word ? suggest_word(word, (const char *const *)names->pdata) : NULL;
    if (meant) {
        char *message = g_strdup_printf("%s; did you mean --%s?", (*error)->message, meant);
        g_free((*error)->message);
        (*error)->message = message;
    }
    g_ptr_array_unref(names);
    g_free(word);
}
