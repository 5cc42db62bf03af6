/* place.c - a private folder for one run, and children that have no more rights than they need
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOBODY = 65534, OWNER_ONLY = 0700, OWNER_FILE = 0600 };

/* Of the one place there is, for the thread that waits for signals. */
static char *dir_to_remove;
static GMutex dir_lock;

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    g_remove(path); /* what cannot be removed stays, the rest goes */
    return 0;
}

static void
remove_tree(const char *path)
{
    enum { OPEN_FOLDERS_MAX = 16 };

    nftw(path, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}

static void
ending_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

static gpointer
wait_for_signal(gpointer unused)
{
    sigset_t set;
    int number = 0;

    (void)unused;
    ending_signals(&set);
    while (sigwait(&set, &number) != 0)
        ;
    g_mutex_lock(&dir_lock);
    if (dir_to_remove)
        remove_tree(dir_to_remove);
    _exit(128 + number);
}

static void
watch_signals(void)
{
    static bool watched;
    sigset_t set;

    if (watched)
        return;
    watched = true;
    ending_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    g_thread_unref(g_thread_new("signals", wait_for_signal, NULL));
}

static bool
fail(GError **error, const char *what)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", what, g_strerror(errno));
    return false;
}

/* In a child, before its program: only what may be called between fork and exec. drops is a bool.
 * Where the other user does not exist, as in some containers, the child goes on as it is. */
static void
prepare_child(gpointer drops)
{
    sigset_t none;

    if (drops && setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
        setresuid(NOBODY, NOBODY, NOBODY) != 0)
        _exit(126);
    /* Changing the user forgets this, so it comes second. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

struct place *
place_new(GError **error)
{
    char *dir = g_dir_make_tmp("sstpdiag-XXXXXX", error);
    struct place *place;

    if (!dir)
        return NULL;
    place = g_new0(struct place, 1);
    place->dir = dir;
    place->drops = geteuid() == 0;
    watch_signals();
    g_mutex_lock(&dir_lock);
    dir_to_remove = dir;
    g_mutex_unlock(&dir_lock);
    if (!place_admit(place, dir, error) || !place_make_folder(place, "home", error)) {
        place_free(place);
        return NULL;
    }
    return place;
}

void
place_free(struct place *place)
{
    if (!place)
        return;
    g_mutex_lock(&dir_lock);
    remove_tree(place->dir);
    dir_to_remove = NULL;
    g_mutex_unlock(&dir_lock);
    g_free(place->dir);
    g_free(place);
}

char *
place_path(const struct place *place, const char *name)
{
    return g_build_filename(place->dir, name, NULL);
}

bool
place_admit(const struct place *place, const char *path, GError **error)
{
    if (place->drops && lchown(path, NOBODY, NOBODY) != 0 && errno != EINVAL && errno != EPERM)
        return fail(error, path);
    return true;
}

bool
place_make_folder(const struct place *place, const char *name, GError **error)
{
    char **parts = g_strsplit(name, "/", -1);
    char *path = g_strdup(place->dir);
    bool good = true;

    for (char **part = parts; *part && good; part++) {
        char *next = g_build_filename(path, *part, NULL);
        g_free(path);
        path = next;
        if (g_mkdir(path, OWNER_ONLY) == 0)
            good = place_admit(place, path, error);
        else if (errno != EEXIST)
            good = fail(error, path);
    }
    g_free(path);
    g_strfreev(parts);
    return good;
}

char *
place_copy(const struct place *place, const char *path, const char *name, GError **error)
{
    char *to = place_path(place, name);
    GFile *source = g_file_new_for_path(path), *dest = g_file_new_for_path(to);
    bool good = g_file_copy(source, dest, G_FILE_COPY_TARGET_DEFAULT_PERMS | G_FILE_COPY_OVERWRITE,
                            NULL, NULL, NULL, error) &&
                place_admit(place, to, error);

    g_object_unref(source);
    g_object_unref(dest);
    if (good)
        return to;
    g_free(to);
    return NULL;
}

int
place_secret(const struct place *place, GError **error)
{
    int fd = memfd_create("keys", MFD_CLOEXEC);

    if (fd < 0 || fchmod(fd, OWNER_FILE) != 0) {
        fail(error, "a file in memory");
        return -1;
    }
    /* As for place_admit(): where it cannot be given away the child has our own rights. */
    if (place->drops && fchown(fd, NOBODY, NOBODY) != 0)
        errno = 0;
    return fd;
}

GSubprocessLauncher *
place_launcher(const struct place *place, GSubprocessFlags flags)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(flags);

    g_subprocess_launcher_set_child_setup(launcher, prepare_child, GINT_TO_POINTER(place->drops),
                                          NULL);
    if (!place->drops)
        return launcher;
    char *home = place_path(place, "home");
    static const char *const theirs[] = { "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
                                          "XDG_RUNTIME_DIR", "TMPDIR" };
    for (size_t i = 0; i < G_N_ELEMENTS(theirs); i++)
        g_subprocess_launcher_unsetenv(launcher, theirs[i]);
    g_subprocess_launcher_setenv(launcher, "HOME", home, TRUE);
    g_subprocess_launcher_set_cwd(launcher, home);
    g_free(home);
    return launcher;
}
