/* abandon.c - a signal while the final file is made: the one that was written live stays
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "abandon.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "base/text.h"
#include "options.h"

/* Made before: a handler may only write it. */
static char *last_words;

static void
on_signal(int number)
{
    ssize_t n = write(STDERR_FILENO, last_words, strlen(last_words));

    (void)number;
    (void)n;
    _exit(EXIT_END_LOST);
}

void
abandon_on_signal(const char *path)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    const struct sigaction action = { .sa_handler = on_signal };
    char *shown = text_shown(path, "");

    g_free(last_words);
    last_words =
        g_strdup_printf("sstpcap: stopped for good: %s stays as it was written live\n", shown);
    g_free(shown);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i], &action, NULL);
}
