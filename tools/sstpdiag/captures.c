/* captures.c - which files below folders are captures
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "captures.h"

#include <stdbool.h>
#include <string.h>

enum { FEW = 8 };

/* How captures are called, with or without .gz. A file that the user names needs no such name. */
static const char *const endings[] = { ".pcapng", ".pcap", ".cap", ".ntar", ".snoop", ".etl",
                                       ".erf",    ".trc",  ".dmp", ".enc",  ".tr1" };

static bool
is_capture_name(const char *name)
{
    char *lower = g_ascii_strdown(name, -1);
    bool is = false;

    if (g_str_has_suffix(lower, ".gz"))
        lower[strlen(lower) - 3] = '\0';
    for (size_t i = 0; i < G_N_ELEMENTS(endings) && !is; i++)
        is = g_str_has_suffix(lower, endings[i]);
    /* A ring buffer of tcpdump -C: vpn.pcap12. */
    const char *pcap = strstr(lower, ".pcap");
    is |= pcap && pcap[5] && strspn(pcap + 5, "0123456789") == strlen(pcap + 5);
    g_free(lower);
    return is;
}

/* Adds a folder's captures to files, and the folders in it to folders. path: NULL is the one where
 * the program was started. */
static void
add_folder(GPtrArray *files, GQueue *folders, const char *path)
{
    GDir *dir = g_dir_open(path ? path : ".", 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        char *child = path ? g_build_filename(path, name, NULL) : g_strdup(name);
        /* A link may lead back. */
        if (g_file_test(child, G_FILE_TEST_IS_DIR)) {
            if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK))
                g_queue_push_tail(folders, g_steal_pointer(&child));
        } else if (is_capture_name(name)) {
            g_ptr_array_add(files, g_steal_pointer(&child));
        }
        g_free(child);
    }
    if (dir)
        g_dir_close(dir);
}

static void
add_folders(GPtrArray *files, const char *path)
{
    GQueue folders = G_QUEUE_INIT;

    g_queue_push_tail(&folders, g_strdup(path));
    while (!g_queue_is_empty(&folders)) {
        char *folder = g_queue_pop_head(&folders);
        add_folder(files, &folders, folder);
        g_free(folder);
    }
}

static gint
compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *
captures_find(char **names)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

    for (char **name = names; *name; name++)
        if (g_file_test(*name, G_FILE_TEST_IS_DIR))
            add_folders(files, *name);
        else
            g_ptr_array_add(files, g_strdup(*name));
    g_ptr_array_sort(files, compare_paths);
    return files;
}

char **
captures_here(void)
{
    static const char here[] = ".";
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    GQueue below = G_QUEUE_INIT;

    add_folder(files, &below, NULL);
    g_queue_clear_full(&below, g_free);
    g_ptr_array_sort(files, compare_paths);
    if (files->len > FEW) {
        g_ptr_array_set_size(files, 0);
        g_ptr_array_add(files, g_strdup(here));
    }
    if (files->len)
        g_ptr_array_add(files, NULL);
    return (char **)g_ptr_array_free(files, files->len == 0);
}
