/* fresh.c - a file that takes its name when it is whole
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fresh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_TRIED = 100 };

struct fresh {
    int fd;
    char *to;
    char *temporary; /* its name so far; NULL: it has none, and vanishes by itself */
    sigset_t before; /* signals, where it has one: ending then would leave it */
};

static void
hold_signals(struct fresh *fresh)
{
    sigset_t ending;

    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    sigaddset(&ending, SIGQUIT);
    sigprocmask(SIG_BLOCK, &ending, &fresh->before);
}

static void
fresh_free(struct fresh *fresh)
{
    if (fresh->fd >= 0)
        close(fresh->fd);
    if (fresh->temporary) {
        unlink(fresh->temporary);
        sigprocmask(SIG_SETMASK, &fresh->before, NULL);
    }
    g_free(fresh->temporary);
    g_free(fresh->to);
    g_free(fresh);
}

/* File systems that know no files without a name get one with a name. */
static void
open_named(struct fresh *fresh, mode_t mode)
{
    char *temporary = g_strconcat(fresh->to, ".XXXXXX", NULL);

    hold_signals(fresh);
    fresh->fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, (int)mode);
    if (fresh->fd >= 0) {
        fresh->temporary = temporary;
        return;
    }
    int saved_errno = errno;
    sigprocmask(SIG_SETMASK, &fresh->before, NULL);
    g_free(temporary);
    errno = saved_errno;
}

/* Root may rewrite what is a user's. */
static void
keep_owner(const struct fresh *fresh)
{
    struct stat is, was;

    if (fstat(fresh->fd, &is) == 0 && stat(fresh->to, &was) == 0 &&
        (is.st_uid != was.st_uid || is.st_gid != was.st_gid) &&
        fchown(fresh->fd, was.st_uid, was.st_gid) != 0)
        errno = 0; /* it stays ours, and private */
}

bool
fresh_check(const struct inputs *inputs, const char *to, GError **error)
{
    char *folder = g_path_get_dirname(to);
    bool good = access(folder, W_OK | X_OK) == 0;

    if (!good)
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "%s cannot be written: %s", to, g_strerror(errno));
    g_free(folder);
    return good && target_check(inputs, to, TARGET_FILE, error);
}

struct fresh *
fresh_new(const char *to, mode_t mode, GError **error)
{
    struct fresh *fresh = g_new0(struct fresh, 1);
    char *real = realpath(to, NULL);

    fresh->fd = -1;
    fresh->to = g_strdup(real ? real : to);
    free(real);
    char *folder = g_path_get_dirname(fresh->to);
    if (access("/proc/self/fd", X_OK) == 0) /* by which it gets its name */
        fresh->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    g_free(folder);
    if (fresh->fd < 0)
        open_named(fresh, mode);
    if (fresh->fd < 0) {
        target_fail(error, to);
        fresh_free(fresh);
        return NULL;
    }
    keep_owner(fresh);
    return fresh;
}

int
fresh_fd(const struct fresh *fresh)
{
    return fresh->fd;
}

/* rename() takes the place of what is there, linkat() does not. */
static bool
give_name(struct fresh *fresh)
{
    char *self = g_strdup_printf("/proc/self/fd/%d", fresh->fd);
    bool good = fresh->temporary != NULL;

    if (!good)
        hold_signals(fresh);
    for (int i = 0; !good && i < NAMES_TRIED; i++) {
        char *name = g_strdup_printf("%s.%06x", fresh->to, g_random_int() & 0xffffff);
        good = linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
        if (good)
            fresh->temporary = name;
        else
            g_free(name);
        if (!good && errno != EEXIST)
            break;
    }
    if (!good)
        sigprocmask(SIG_SETMASK, &fresh->before, NULL);
    g_free(self);
    return good;
}

/* After a power cut, too, the name leads to the new file. */
static void
sync_folder(const char *path)
{
    char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    g_free(folder);
}

static bool
finish(struct fresh *fresh)
{
    int fd;

    if (fsync(fresh->fd) != 0 || !give_name(fresh))
        return false;
    fd = fresh->fd;
    fresh->fd = -1;
    if (close(fd) != 0 || rename(fresh->temporary, fresh->to) != 0)
        return false;
    g_clear_pointer(&fresh->temporary, g_free);
    sigprocmask(SIG_SETMASK, &fresh->before, NULL);
    return true;
}

bool
fresh_finish(struct fresh *fresh, GError **error)
{
    bool good = finish(fresh) || target_fail(error, fresh->to);

    if (good)
        sync_folder(fresh->to);
    fresh_free(fresh);
    return good;
}

void
fresh_abandon(struct fresh *fresh)
{
    fresh_free(fresh);
}

bool
fresh_write(const char *to, mode_t mode, const void *bytes, size_t len, GError **error)
{
    struct fresh *fresh = fresh_new(to, mode, error);

    if (!fresh)
        return false;
    if (target_write_all(fresh->fd, bytes, len))
        return fresh_finish(fresh, error);
    target_fail(error, to);
    fresh_abandon(fresh);
    return false;
}
