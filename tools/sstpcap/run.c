/* run.c - a program whose TLS secrets go into the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PRELOAD "libsstpkeylog.so"

enum { TERM_WAIT_MS = 2000 };

struct run {
    char **argv;
    void (*ended)(void *data, int status);
    void *data;
    int keys;       /* the key log, in memory */
    char *key_file; /* by which others can open it, as long as this program runs */
    GPid pid;
    guint watch;
    bool started;
};

/* Installed beside us, or where the build has left it. Newly allocated, NULL: not there. */
static char *
find_preload(void)
{
    static const char *const places[] = { SSTPDIAG_LIBDIR_FROM_BIN, "../sstpkeylog" };
    char *self = g_file_read_link("/proc/self/exe", NULL);
    char *folder = self ? g_path_get_dirname(self) : NULL;
    char *found = NULL;

    for (size_t i = 0; folder && !found && i < G_N_ELEMENTS(places); i++) {
        found = g_canonicalize_filename(places[i], folder);
        char *path = g_build_filename(found, PRELOAD, NULL);
        g_free(found);
        found = path;
        if (!g_file_test(found, G_FILE_TEST_EXISTS))
            g_clear_pointer(&found, g_free);
    }
    g_free(self);
    g_free(folder);
    return found;
}

struct run *
run_new(char **argv, void (*ended)(void *data, int status), void *data, GError **error)
{
    struct run *run = g_new0(struct run, 1);

    run->argv = argv;
    run->ended = ended;
    run->data = data;
    run->keys = memfd_create("sstpcap-keys", MFD_CLOEXEC);
    if (run->keys < 0 || fchmod(run->keys, S_IRUSR | S_IWUSR) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no key log in memory: %s",
                    g_strerror(errno));
        run_free(run);
        return NULL;
    }
    run->key_file = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), run->keys);
    return run;
}

const char *
run_key_file(const struct run *run)
{
    return run->key_file;
}

bool
run_is_started(const struct run *run)
{
    return run->started;
}

static void
on_program_exit(GPid pid, gint status, gpointer data)
{
    struct run *run = data;

    g_spawn_close_pid(pid);
    run->pid = 0;
    run->watch = 0;
    run->ended(run->data, status);
}

/* Standard output may be the capture itself. Only what may be called between fork and exec. */
static void
set_up_program(gpointer parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != GPOINTER_TO_INT(parent)) /* it was too late for that */
        _exit(EXIT_FAILURE);
    dup2(STDERR_FILENO, STDOUT_FILENO);
}

bool
run_start(struct run *run, GError **error)
{
    char *preload = find_preload();
    char **environment = g_get_environ();
    const char *before = g_environ_getenv(environment, "LD_PRELOAD");
    bool ok;

    run->started = true;
    if (!preload) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s is not installed", PRELOAD);
        g_strfreev(environment);
        return false;
    }
    char *both = before && *before ? g_strconcat(preload, ":", before, NULL) : g_strdup(preload);
    environment = g_environ_setenv(environment, "LD_PRELOAD", both, TRUE);
    environment = g_environ_setenv(environment, "SSLKEYLOGFILE", run->key_file, TRUE);
    ok = g_spawn_async(NULL, run->argv, environment,
                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH |
                           G_SPAWN_CHILD_INHERITS_STDIN,
                       set_up_program, GINT_TO_POINTER(getpid()), &run->pid, error);
    if (ok)
        run->watch = g_child_watch_add(run->pid, on_program_exit, run);
    else
        run->pid = 0;
    g_free(both);
    g_free(preload);
    g_strfreev(environment);
    return ok;
}

static void
end_program(struct run *run)
{
    int status;

    if (run->watch)
        g_source_remove(run->watch);
    kill(run->pid, SIGTERM);
    for (int waited_ms = 0; waited_ms < TERM_WAIT_MS; waited_ms += 20) {
        if (waitpid(run->pid, &status, WNOHANG) != 0)
            return;
        g_usleep(20000);
    }
    kill(run->pid, SIGKILL);
    waitpid(run->pid, &status, 0);
}

void
run_free(struct run *run)
{
    if (!run)
        return;
    if (run->pid)
        end_program(run);
    if (run->keys >= 0)
        close(run->keys);
    g_free(run->key_file);
    g_free(run);
}
