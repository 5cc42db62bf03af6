/* child.c - a program whose output we read, and that ends when its input does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#include "base/text.h"

enum {
    PIECE_LEN = 64 * 1024,
    PIECES_MAX = 8, /* read in a row, so that one busy source cannot keep the others waiting */
    /* A program that writes each packet by itself would wake us for each: after so little it is
     * left alone for a moment, and its pipe keeps what comes. */
    LITTLE_LEN = 32 * 1024,
    PAUSE_MS = 10,
    PIPE_LEN = 1 << 20,
    LINE_MAX_LEN = TEXT_MAX_LEN,
    TERM_AFTER_MS = 3500, /* since SIGINT */
    KILL_AFTER_MS = 2000, /* since SIGTERM */
};

struct child {
    struct child_calls calls;
    void *data;
    GPid pid; /* 0: none, or it has ended */
    bool own_group, is_file;
    int in, out, err; /* -1: closed */
    guint out_watch, err_watch, pid_watch;
    guint pause; /* until the output is looked at again */
    guint timer; /* until the next step of stopping it */
    unsigned step;
    int status;
    GByteArray *line;
};

static void
set_up_child(gpointer flags)
{
    if (GPOINTER_TO_UINT(flags) & CHILD_ENDS_WITH_US)
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (GPOINTER_TO_UINT(flags) & CHILD_OWN_GROUP)
        setsid();
    else
        signal(SIGINT, SIG_IGN);
}

static void
close_fd(int *fd, guint *watch)
{
    if (watch && *watch)
        g_source_remove(*watch);
    if (watch)
        *watch = 0;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void
stop_timers(struct child *child)
{
    if (child->pause)
        g_source_remove(child->pause);
    child->pause = 0;
    if (child->timer)
        g_source_remove(child->timer);
    child->timer = 0;
}

static void
end_if_done(struct child *child)
{
    if (child->out >= 0 || child->err >= 0 || child->pid)
        return;
    stop_timers(child);
    child->calls.ended(child->data, child->status);
}

static void
give_line(struct child *child)
{
    if (child->line->len) {
        char *line = text_clean(buf_init(child->line->data, child->line->len));
        child->calls.line(child->data, line);
        g_free(line);
    }
    g_byte_array_set_size(child->line, 0);
}

static gboolean
on_stderr(gint fd, GIOCondition condition, gpointer data)
{
    struct child *child = data;
    uint8_t bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);

    (void)condition;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    for (ssize_t i = 0; i < n; i++)
        if (bytes[i] == '\n' || bytes[i] == '\r')
            give_line(child);
        else if (child->line->len < LINE_MAX_LEN)
            g_byte_array_append(child->line, &bytes[i], 1);
    if (n > 0)
        return G_SOURCE_CONTINUE;
    give_line(child);
    child->err_watch = 0;
    close_fd(&child->err, NULL);
    end_if_done(child);
    return G_SOURCE_REMOVE;
}

static gboolean
on_pause_end(gpointer data)
{
    struct child *child = data;

    child->pause = 0;
    child_read_again(child);
    return G_SOURCE_REMOVE;
}

/* Reads what is there. False: the output is not to be looked at for now. */
static bool
read_output(struct child *child)
{
    static uint8_t bytes[PIECE_LEN];
    size_t total = 0;

    for (unsigned i = 0; i < PIECES_MAX; i++) {
        ssize_t n = read(child->out, bytes, sizeof bytes);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (total < LITTLE_LEN)
                child->pause = g_timeout_add(PAUSE_MS, on_pause_end, child);
            return total >= LITTLE_LEN;
        }
        if (n <= 0) {
            child->out_watch = 0;
            close_fd(&child->out, NULL);
            end_if_done(child);
            return false;
        }
        total += (size_t)n;
        if (!child->calls.output(child->data, bytes, (size_t)n) || child->out < 0)
            return false;
    }
    return true;
}

static gboolean
on_output(gint fd, GIOCondition condition, gpointer data)
{
    struct child *child = data;

    (void)fd;
    (void)condition;
    if (read_output(child))
        return G_SOURCE_CONTINUE;
    child->out_watch = 0;
    return G_SOURCE_REMOVE;
}

/* A regular file is always ready, which epoll and poll both grant; others wait. */
void
child_read_again(struct child *child)
{
    if (child->out >= 0 && !child->out_watch && !child->pause)
        child->out_watch =
            g_unix_fd_add(child->out, G_IO_IN | G_IO_HUP | G_IO_ERR, on_output, child);
}

static void
on_exited(GPid pid, gint status, gpointer data)
{
    struct child *child = data;

    child->pid_watch = 0;
    child->status = status;
    child->pid = 0;
    g_spawn_close_pid(pid);
    close_fd(&child->in, NULL);
    end_if_done(child);
}

static struct child *
child_common(const struct child_calls *calls, void *data)
{
    struct child *child = g_new0(struct child, 1);

    child->calls = *calls;
    child->data = data;
    child->in = child->out = child->err = -1;
    child->line = g_byte_array_new();
    return child;
}

struct child *
child_new(char **argv, char **envp, unsigned flags, const struct child_calls *calls, void *data,
          GError **error)
{
    struct child *child = child_common(calls, data);

    child->own_group = flags & CHILD_OWN_GROUP;
    if (!g_spawn_async_with_pipes(NULL, argv, envp, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH,
                                  set_up_child, GUINT_TO_POINTER(flags), &child->pid, &child->in,
                                  &child->out, &child->err, error)) {
        child->pid = 0;
        child_free(child);
        return NULL;
    }
    g_unix_set_fd_nonblocking(child->out, TRUE, NULL);
    g_unix_set_fd_nonblocking(child->err, TRUE, NULL);
#ifdef F_SETPIPE_SZ
    fcntl(child->out, F_SETPIPE_SZ, PIPE_LEN); /* more than usual is good to have, not needed */
#endif
    child->pid_watch = g_child_watch_add(child->pid, on_exited, child);
    child->err_watch = g_unix_fd_add(child->err, G_IO_IN | G_IO_HUP | G_IO_ERR, on_stderr, child);
    child_read_again(child);
    return child;
}

struct child *
child_new_file(int fd, const struct child_calls *calls, void *data)
{
    struct child *child = child_common(calls, data);

    child->out = fd;
    child->is_file = true;
    g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    child_read_again(child);
    return child;
}

/* What its pipe holds was handed over; what a stored file still has was not. */
static void
take_rest(struct child *child)
{
    static uint8_t bytes[PIECE_LEN];
    struct stat status;
    int left = 0;

    if (child->out < 0 || fstat(child->out, &status) != 0 || S_ISREG(status.st_mode) ||
        ioctl(child->out, FIONREAD, &left) != 0)
        return;
    while (left > 0 && child->out >= 0) {
        ssize_t n = read(child->out, bytes, MIN((size_t)left, sizeof bytes));
        if (n <= 0)
            return;
        left -= (int)n;
        child->calls.output(child->data, bytes, (size_t)n);
    }
}

static void
send_signal(const struct child *child, int number)
{
    if (child->pid)
        kill(child->own_group ? -child->pid : child->pid, number);
}

static gboolean
on_stop_step(gpointer data)
{
    static const struct {
        int signal;
        guint next_ms;
    } steps[] = {
        { SIGINT, TERM_AFTER_MS },
        { SIGTERM, KILL_AFTER_MS },
        { SIGKILL, 0 },
    };
    struct child *child = data;
    guint next_ms = steps[child->step].next_ms;

    child->timer = 0;
    send_signal(child, steps[child->step].signal);
    if (next_ms > 0) {
        child->step++;
        child->timer = g_timeout_add(next_ms, on_stop_step, child);
        return G_SOURCE_REMOVE;
    }
    /* Whoever inherited the pipes may keep them open for ever. */
    take_rest(child);
    close_fd(&child->out, &child->out_watch);
    close_fd(&child->err, &child->err_watch);
    end_if_done(child);
    return G_SOURCE_REMOVE;
}

void
child_stop(struct child *child, guint interrupt_ms)
{
    if (child->is_file) {
        take_rest(child);
        close_fd(&child->out, &child->out_watch);
        end_if_done(child);
        return;
    }
    close_fd(&child->in, NULL);
    if (child->timer)
        return;
    child->step = 0;
    child->timer = g_timeout_add(interrupt_ms, on_stop_step, child);
}

void
child_free(struct child *child)
{
    if (!child)
        return;
    stop_timers(child);
    close_fd(&child->in, NULL);
    close_fd(&child->out, &child->out_watch);
    close_fd(&child->err, &child->err_watch);
    if (child->pid_watch)
        g_source_remove(child->pid_watch);
    if (child->pid) {
        send_signal(child, SIGKILL);
        waitpid(child->pid, NULL, 0);
    }
    g_byte_array_unref(child->line);
    g_free(child);
}
