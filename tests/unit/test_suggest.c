/* test_suggest.c - the option that was meant by one that is mistyped
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/suggest.h"

static const char *const words[] = { "html", "json", "keylog", "keylog-all", "server", NULL };

static const struct row {
    const char *word, *meant;
} rows[] = {
    { "htlm", "html" },
    { "htm", "html" },
    { "hmtl", "html" },
    { "jsno", "json" },
    { "keylogs", "keylog" },
    { "sevrer", "server" },
    { "sever", "server" },
    { "nonsense", NULL },
    { "", NULL },
    { "xy", NULL },
    { "hm", NULL },
    { "a-word-that-is-longer-than-any-option-ever-was", NULL },
};

static void
test_words(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpstr(suggest_word(rows[i].word, words), ==, rows[i].meant);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/suggest/words", test_words);
    return g_test_run();
}
