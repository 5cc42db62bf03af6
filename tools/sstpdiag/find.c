/* find.c - where tshark is, and a plugin that fits it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "find.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

static const char plugin_name[] = "sstpdiag.so";

char *
find_program(const char *name, const char *sibling)
{
    static const char *const folders[] = { "/usr/bin", "/usr/local/bin", "/usr/sbin",
                                           "/opt/wireshark/bin",
                                           "/Applications/Wireshark.app/Contents/MacOS" };
    char *path = g_find_program_in_path(name);

    if (path || strchr(name, '/'))
        return path;
    char *beside = sibling ? g_path_get_dirname(sibling) : NULL;
    for (size_t i = 0; i <= G_N_ELEMENTS(folders) && !path; i++) {
        const char *folder = i ? folders[i - 1] : beside;
        path = folder ? g_build_filename(folder, name, NULL) : NULL;
        if (path && !g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            g_clear_pointer(&path, g_free);
    }
    g_free(beside);
    return path;
}

bool
find_plugin_in(const char *folder, unsigned major, unsigned minor, char **other)
{
    char *wanted = g_strdup_printf("%u.%u", major, minor);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *version;
    bool found = false;

    while (dir && !found && (version = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, version, "epan", plugin_name, NULL);
        bool there = g_file_test(path, G_FILE_TEST_IS_REGULAR);
        found = there && strcmp(version, wanted) == 0;
        if (there && !found && other && !*other)
            *other = g_strdup(version);
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    g_free(wanted);
    return found;
}

/* Every lib below a prefix: lib/wireshark/plugins, and with the triplet of the system between. */
static void
add_prefix(GPtrArray *folders, const char *prefix)
{
    char *lib = g_build_filename(prefix, "lib", NULL);
    GDir *dir = g_dir_open(lib, 0, NULL);
    const char *name;

    g_ptr_array_add(folders, g_build_filename(lib, "wireshark", "plugins", NULL));
    while (dir && (name = g_dir_read_name(dir)))
        if (strchr(name, '-'))
            g_ptr_array_add(folders, g_build_filename(lib, name, "wireshark", "plugins", NULL));
    if (dir)
        g_dir_close(dir);
    g_free(lib);
}

/* Of this program: the tree of its build, and what it was installed below. */
static void
add_own(GPtrArray *folders)
{
    char *self = g_file_read_link("/proc/self/exe", NULL);
    char *folder = self ? g_path_get_dirname(self) : NULL;

    if (folder) {
        g_ptr_array_add(folders, g_build_filename(folder, "..", "..", "run", "plugins", NULL));
        char *prefix = g_path_get_dirname(folder);
        add_prefix(folders, prefix);
        g_free(prefix);
    }
    g_free(folder);
    g_free(self);
}

static void
add_personal(GPtrArray *folders)
{
    const char *sudo = geteuid() == 0 ? g_getenv("SUDO_USER") : NULL;
    const struct passwd *user = sudo ? getpwnam(sudo) : NULL;
    const char *home = user ? user->pw_dir : g_get_home_dir();

    g_ptr_array_add(folders, g_build_filename(home, ".local", "lib", "wireshark", "plugins", NULL));
}

char *
find_plugins(unsigned major, unsigned minor, char **other)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    const char *named = g_getenv("WIRESHARK_PLUGIN_DIR");
    char *found = NULL;

    *other = NULL;
    if (named && *named)
        g_ptr_array_add(folders, g_strdup(named));
    add_own(folders);
    add_prefix(folders, "/usr");
    add_prefix(folders, "/usr/local");
    add_personal(folders);
    for (guint i = 0; i < folders->len && !found; i++) {
        const char *folder = g_ptr_array_index(folders, i);
        if (find_plugin_in(folder, major, minor, other))
            found = g_strdup(folder);
    }
    g_ptr_array_unref(folders);
    if (found)
        g_clear_pointer(other, g_free);
    return found;
}
