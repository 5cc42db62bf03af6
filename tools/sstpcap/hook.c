/* hook.c - a program of the user's that is started for each session that failed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hook.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "output/target.h"

enum {
    RUNNING_MAX = 16, /* at a time: each may wait for a network */
    NICE = 10,        /* packets must not wait for them */
};

struct hook {
    char **argv;
    unsigned references; /* ours, and one of each that runs */
    unsigned running;
};

struct hook *
hook_new(const char *command, GError **error)
{
    char **argv;

    if (!g_shell_parse_argv(command, NULL, &argv, error))
        return NULL;
    struct hook *hook = g_new0(struct hook, 1);
    hook->argv = argv;
    hook->references = 1;
    return hook;
}

static void
unref(struct hook *hook)
{
    if (--hook->references > 0)
        return;
    g_strfreev(hook->argv);
    g_free(hook);
}

void
hook_free(struct hook *hook)
{
    if (hook)
        unref(hook);
}

static void
on_end(GPid pid, gint status, gpointer data)
{
    struct hook *hook = data;

    (void)status;
    g_spawn_close_pid(pid);
    hook->running--;
    unref(hook);
}

static void
be_nice(gpointer data)
{
    (void)data;
    if (nice(NICE) < 0)
        return; /* then it is not */
}

/* A file without a name that holds text: who reads it need not be waited for. -1 with *error. */
static int
text_as_file(const char *text, GError **error)
{
    const size_t len = strlen(text);
    int fd = memfd_create("session", MFD_CLOEXEC);

    if (fd >= 0 && target_write_all(fd, text, len) && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    target_fail(error, "--on-fault");
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool
start(struct hook *hook, char **argv, int input, GError **error)
{
    GPid pid;

    if (!g_spawn_async_with_fds(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                                be_nice, NULL, &pid, input, STDERR_FILENO, STDERR_FILENO, error))
        return false;
    hook->running++;
    hook->references++;
    g_child_watch_add(pid, on_end, hook);
    return true;
}

bool
hook_start(struct hook *hook, const char *path, const char *text, GError **error)
{
    GPtrArray *argv = g_ptr_array_new();

    if (hook->running >= RUNNING_MAX) {
        g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED, "%u of it run already",
                    hook->running);
        g_ptr_array_unref(argv);
        return false;
    }
    for (char **word = hook->argv; *word; word++)
        g_ptr_array_add(argv, *word);
    g_ptr_array_add(argv, (char *)path);
    g_ptr_array_add(argv, NULL);
    int input = text_as_file(text, error);
    const bool good = input >= 0 && start(hook, (char **)argv->pdata, input, error);
    if (input >= 0)
        close(input);
    g_ptr_array_unref(argv);
    return good;
}
