/* variant.c - scripts as they are, and the same sessions inside TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "variant.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

static const struct {
    const char *word, *with_tls;
} composites[] = {
    { "up", "up-tls" },
    { "dial", "tcp tls call" },
};

/* What a connection has told so far. */
struct progress {
    bool begun, protected;
};

static const char *
composite_with_tls(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(composites); i++)
        if (strcmp(composites[i].word, word) == 0)
            return composites[i].with_tls;
    return NULL;
}

/* A word without mark, sign, side and value. */
static char *
bare_word(const char *word)
{
    word += *word == '!';
    word += *word == '+' || *word == '-';
    if ((word[0] == 'c' || word[0] == 's') && word[1] == '.')
        word += 2;
    return g_strndup(word, strcspn(word, "="));
}

static void
follow(struct progress *progress, const char *name)
{
    if (strcmp(name, "next") == 0)
        *progress = (struct progress){ 0 };
    else if (strcmp(name, "syn") == 0 || strcmp(name, "tcp") == 0)
        progress->begun = true;
    else if (strcmp(name, "tls") == 0 || strcmp(name, "up-tls") == 0 || strcmp(name, "hello") == 0)
        progress->protected = true;
}

static bool
is_request(const char *name)
{
    return strcmp(name, "post") == 0 || strcmp(name, "call") == 0;
}

/* Appends word, in TLS if it can be. True when that changed it. */
static bool
append_word(GString *out, struct progress *progress, const char *word)
{
    char *name = bare_word(word);
    const char *with_tls = composite_with_tls(word);
    bool insert = is_request(name) && progress->begun && !progress->protected;

    follow(progress, name);
    g_free(name);
    if (out->len > 0)
        g_string_append_c(out, ' ');
    if (with_tls) {
        *progress = (struct progress){ true, true };
        g_string_append(out, with_tls);
        return true;
    }
    if (insert) {
        progress->protected = true;
        g_string_append(out, "tls ");
    }
    g_string_append(out, word);
    return insert;
}

char *
variant_tls(const char *script)
{
    char **words = g_strsplit(script, " ", -1);
    GString *out = g_string_new(NULL);
    struct progress progress = { 0 };
    bool changed = false;

    for (char **word = words; *word; word++)
        if (**word)
            changed |= append_word(out, &progress, *word);
    g_strfreev(words);
    return g_string_free(out, !changed);
}
