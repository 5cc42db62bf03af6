/* refusals.c - the memory of refused logins
 *
 * A text file, a line for each: server, user, origin of the password, time; tabs between.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "refusals.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIELDS = 4, LINES_MAX = 1000 };

/* --- where ------------------------------------------------------------------------------------ */

/* systemd's StateDirectory=, else that of XDG. */
static char *
folder_path(void)
{
    const char *systemd = g_getenv("STATE_DIRECTORY"), *xdg = g_getenv("XDG_STATE_HOME");

    if (systemd && g_path_is_absolute(systemd) && !strchr(systemd, ':'))
        return g_strdup(systemd);
    if (xdg && g_path_is_absolute(xdg))
        return g_build_filename(xdg, "sstpprobe", NULL);
    return g_build_filename(g_get_home_dir(), ".local", "state", "sstpprobe", NULL);
}

static char *
file_path(void)
{
    char *folder = folder_path(), *path = g_build_filename(folder, "refused", NULL);

    g_free(folder);
    return path;
}

bool
refusals_can_be_kept(GError **error)
{
    char *folder = folder_path();
    const bool good =
        g_mkdir_with_parents(folder, S_IRWXU) == 0 && access(folder, W_OK | X_OK) == 0;

    if (!good)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s cannot be written to, where refused logins are remembered", folder);
    g_free(folder);
    return good;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* "server\tuser\torigin\t": what an entry is known by. */
static char *
entry_key(const struct options *options, const struct secret *secret)
{
    char *user = g_strescape(options->user, NULL), *name = g_ascii_strdown(options->name, -1);
    char *key = g_strdup_printf("%s:%u\t%s\t%s\t", name, options->port, user, secret->origin);

    g_free(name);
    g_free(user);
    return key;
}

static char **
read_lines(void)
{
    char *path = file_path(), *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    char **lines = g_strsplit(text ? text : "", "\n", LINES_MAX);
    g_free(text);
    g_free(path);
    return lines;
}

char *
refusals_find(const struct options *options, const struct secret *secret)
{
    char *key = entry_key(options, secret), *found = NULL, **lines = read_lines();

    for (char **line = lines; *line && !found; line++)
        if (g_str_has_prefix(*line, key))
            found = g_strdup(*line + strlen(key));
    g_strfreev(lines);
    g_free(key);
    return found;
}

bool
refusals_keep(const struct options *options, const struct secret *secret, bool refused,
              GError **error)
{
    char *key = entry_key(options, secret), *path = file_path(), **lines = read_lines();
    GString *text = g_string_new(NULL);
    bool changed = refused;

    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line, key))
            changed = true;
        else if (**line)
            g_string_append_printf(text, "%s\n", *line);
    if (refused) {
        GDateTime *now = g_date_time_new_now_utc();
        char *time = g_date_time_format(now, "%F %T UTC");
        g_string_append_printf(text, "%s%s\n", key, time);
        g_free(time);
        g_date_time_unref(now);
    }
    const bool good = !changed || (refusals_can_be_kept(error) &&
                                   g_file_set_contents_full(path, text->str, (gssize)text->len,
                                                            G_FILE_SET_CONTENTS_CONSISTENT,
                                                            S_IRUSR | S_IWUSR, error));
    g_string_free(text, TRUE);
    g_strfreev(lines);
    g_free(path);
    g_free(key);
    return good;
}
