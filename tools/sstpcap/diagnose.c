/* diagnose.c - what comes after a recording: sstpdiag judges it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "diagnose.h"

#include <string.h>
#include <sys/wait.h>

#include "command.h"
#include "output/say.h"

#define PROGRAM "sstpdiag"

/* Beside us, where it is installed or built; else where the shell looks. Newly allocated. */
static char *
find_program(void)
{
    static const char *const places[] = { PROGRAM, "../" PROGRAM "/" PROGRAM };
    char *self = g_file_read_link("/proc/self/exe", NULL);
    char *folder = self ? g_path_get_dirname(self) : NULL;
    char *found = NULL;

    for (size_t i = 0; folder && !found && i < G_N_ELEMENTS(places); i++) {
        found = g_canonicalize_filename(places[i], folder);
        if (!g_file_test(found, G_FILE_TEST_IS_EXECUTABLE) ||
            g_file_test(found, G_FILE_TEST_IS_DIR))
            g_clear_pointer(&found, g_free);
    }
    g_free(self);
    g_free(folder);
    return found ? found : g_strdup(PROGRAM);
}

/* Takes program. The recording holds its keys, so that none are named here. */
static char **
words_of(const struct options *options, char *program)
{
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, program);
    if (options->server) {
        g_ptr_array_add(words, g_strdup("--server"));
        g_ptr_array_add(words, g_strdup(options->server));
    }
    /* It may look like an option. */
    g_ptr_array_add(words, options->output[0] == '-' ? g_strconcat("./", options->output, NULL)
                                                     : g_strdup(options->output));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

char *
diagnose_command(const struct options *options)
{
    if (strcmp(options->output, "-") == 0)
        return NULL;
    char **words = words_of(options, g_strdup(PROGRAM));
    /* Of a ring all files: the shell finds them. */
    if (options->next_s || options->next_bytes) {
        size_t last = g_strv_length(words) - 1;
        g_free(words[last]);
        words[last] = options_output_with(options, "_*");
    }
    GString *command = g_string_new(NULL);
    for (char **word = words; *word; word++) {
        char *quoted = strchr(*word, '*') ? g_strdup(*word) : command_word(*word);
        g_string_append_printf(command, "%s%s", command->len ? " " : "", quoted);
        g_free(quoted);
    }
    g_strfreev(words);
    return g_string_free(command, FALSE);
}

int
diagnose_run(const struct options *options)
{
    char **words = words_of(options, find_program());
    GError *error = NULL;
    int status;
    bool ok = g_spawn_sync(NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN,
                           NULL, NULL, NULL, NULL, &status, &error);

    if (!ok) {
        say_warning("--diagnose: %s", error->message);
        g_error_free(error);
    } else if (!WIFEXITED(status)) {
        say_warning("--diagnose: " PROGRAM " was killed by signal %d", WTERMSIG(status));
        ok = false;
    }
    g_strfreev(words);
    return ok ? WEXITSTATUS(status) : EXIT_NOT_STARTED;
}
