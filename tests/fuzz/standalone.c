/* standalone.c - replays files and directories through a fuzz target, without libFuzzer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
replay_file(const char *path)
{
    GError *error = NULL;
    char *contents;
    gsize len;
    uint8_t *exact;

    if (!g_file_get_contents(path, &contents, &len, &error)) {
        fprintf(stderr, "%s\n", error->message);
        g_error_free(error);
        return false;
    }
    /* In a block of just its size, so that a sanitizer sees one byte too far. */
    exact = g_malloc(len > 0 ? len : 1);
    for (gsize i = 0; i < len; i++)
        exact[i] = (uint8_t)contents[i];
    LLVMFuzzerTestOneInput(exact, len);
    g_free(exact);
    g_free(contents);
    return true;
}

/* The files of one directory, without its subdirectories. False when there are none. */
static bool
replay_directory(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    unsigned num = 0;
    bool ok = true;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        char *file = g_build_filename(path, name, NULL);

        if (g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
            ok = replay_file(file) && ok;
            num++;
        }
        g_free(file);
    }
    if (dir != NULL)
        g_dir_close(dir);
    printf("%s: %u inputs\n", path, num);
    return ok && num > 0;
}

int
main(int argc, char **argv)
{
    bool ok = argc > 1;

    for (int i = 1; i < argc; i++) {
        ok = (g_file_test(argv[i], G_FILE_TEST_IS_DIR) ? replay_directory(argv[i])
                                                       : replay_file(argv[i])) &&
             ok;
    }
    return ok ? 0 : 1;
}
