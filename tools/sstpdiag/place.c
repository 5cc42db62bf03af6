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
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FOLDER_MODE = 0750, /* of this program; children are in the group */
    FILE_MODE = 0640,
    USERS_FIRST = 0x70000000, /* above those that users and containers get (systemd's list) */
    USERS_NUM = 0x08000000,
    FEW_USERS_FIRST = 61184, /* where there are no such numbers: systemd's dynamic users */
    FEW_USERS_NUM = 4336,
    USERS_TRIED = 16,
    LEFT_AFTER_S = 60, /* a folder without a lock may be one that is just being made */
};

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
    sigaddset(set, SIGQUIT);
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

/* --- users of children ----------------------------------------------------------------------- */

static bool
become(unsigned user)
{
    return setgroups(0, NULL) == 0 && setresgid(user, user, user) == 0 &&
           setresuid(user, user, user) == 0;
}

/* In a child, before its program: only what may be called between fork and exec. */
static void
prepare_child(gpointer data)
{
    const struct place *place = data;
    const struct rlimit none = { 0, 0 };
    sigset_t no_signal;

    if (place->drops && !become(place->child))
        _exit(126);
    /* Changing the user forgets this, so it comes second. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &none); /* a core would hold keys */
    sigemptyset(&no_signal);
    sigprocmask(SIG_SETMASK, &no_signal, NULL);
}

/* Some containers have few users, or only one. */
static bool
can_become(unsigned user)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(become(user) ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool
runs_anything(unsigned user)
{
    GDir *dir = g_dir_open("/proc", 0, NULL);
    const char *name;
    bool runs = false;

    while (dir && !runs && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename("/proc", name, NULL);
        struct stat status;
        runs = g_ascii_isdigit(*name) && stat(path, &status) == 0 && status.st_uid == user;
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    return runs;
}

/* A user whom nobody else is. False: there is none to be had. */
static bool
choose_user(unsigned first, unsigned num, unsigned *user)
{
    for (int i = 0; i < USERS_TRIED; i++) {
        *user = first + g_random_int() % num;
        if (!getpwuid(*user) && !getgrgid(*user) && !runs_anything(*user))
            return can_become(*user);
    }
    return false;
}

/* --- the folder ------------------------------------------------------------------------------ */

/* What a program that was killed has left. */
static void
remove_left(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
        status.st_mtime + LEFT_AFTER_S < g_get_real_time() / G_USEC_PER_SEC &&
        flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_tree(path);
    close(fd);
}

static void
sweep(void)
{
    static const char prefix[] = "sstpdiag-";
    GDir *dir = g_dir_open(g_get_tmp_dir(), 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_prefix(name, prefix) && strlen(name) == strlen(prefix) + 6) {
            char *path = g_build_filename(g_get_tmp_dir(), name, NULL);
            remove_left(path);
            g_free(path);
        }
    if (dir)
        g_dir_close(dir);
}

static bool
take_lock(struct place *place, GError **error)
{
    place->lock = open(place->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return (place->lock >= 0 && flock(place->lock, LOCK_EX | LOCK_NB) == 0) ||
           fail(error, place->dir);
}

struct place *
place_new(GError **error)
{
    sweep();
    char *dir = g_dir_make_tmp("sstpdiag-XXXXXX", error);
    struct place *place;

    if (!dir)
        return NULL;
    place = g_new0(struct place, 1);
    place->dir = dir;
    place->lock = -1;
    place->drops = geteuid() == 0 && (choose_user(USERS_FIRST, USERS_NUM, &place->child) ||
                                      choose_user(FEW_USERS_FIRST, FEW_USERS_NUM, &place->child));
    watch_signals();
    g_mutex_lock(&dir_lock);
    dir_to_remove = dir;
    g_mutex_unlock(&dir_lock);
    if (!take_lock(place, error) || !place_admit(place, dir, error) ||
        !place_make_folder(place, "home", error)) {
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
    if (place->lock >= 0)
        close(place->lock);
    g_free(place->dir);
    g_free(place);
}

char *
place_path(const struct place *place, const char *name)
{
    return g_build_filename(place->dir, name, NULL);
}

/* To the group of children, for reading. */
static bool
admit(const struct place *place, int fd)
{
    struct stat status;

    return !place->drops || (fstat(fd, &status) == 0 && fchown(fd, (uid_t)-1, place->child) == 0 &&
                             fchmod(fd, S_ISDIR(status.st_mode) ? FOLDER_MODE : FILE_MODE) == 0);
}

bool
place_admit(const struct place *place, const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool good = (fd >= 0 && admit(place, fd)) || fail(error, path);

    if (fd >= 0)
        close(fd);
    return good;
}

int
place_create(const struct place *place, const char *path, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd >= 0 && admit(place, fd))
        return fd;
    fail(error, path);
    if (fd >= 0)
        close(fd);
    return -1;
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
        if (g_mkdir(path, S_IRWXU) == 0)
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

    if (fd >= 0 && fchmod(fd, S_IRUSR | S_IWUSR) == 0 && admit(place, fd))
        return fd;
    fail(error, "a file in memory");
    if (fd >= 0)
        close(fd);
    return -1;
}

int
place_secret_for_child(int secret)
{
    char *path = g_strdup_printf("/proc/self/fd/%d", secret);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    g_free(path);
    return fd;
}

GSubprocessLauncher *
place_launcher(const struct place *place, GSubprocessFlags flags)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(flags);

    g_subprocess_launcher_set_child_setup(launcher, prepare_child, (gpointer)place, NULL);
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
