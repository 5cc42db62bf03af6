/* follow.c - key logs that are followed while a recording runs, here and on other machines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "follow.h"

#include <string.h>
#include <sys/wait.h>

#include "output/say.h"
#include "child.h"
#include "command.h"

struct follow {
    const struct options *options;
    struct keylog *keylog;
    void (*ended)(void *data);
    void *data;
    GPtrArray *files;   /* struct keylog_file: of this machine */
    GPtrArray *remotes; /* struct remote */
    bool stopping;
};

/* A key log of another machine. */
struct remote {
    struct follow *follow;
    const struct end *end;
    char *path;
    struct child *child;
    bool has_ended;
    struct keylog_stream stream;
};

static void
remote_free(gpointer data)
{
    struct remote *remote = data;

    child_free(remote->child);
    keylog_stream_clear(&remote->stream);
    g_free(remote->path);
    g_free(remote);
}

static void
file_free(gpointer data)
{
    keylog_file_clear(data);
    g_free(data);
}

struct follow *
follow_new(const struct options *options, struct keylog *keylog, void (*ended)(void *data),
           void *data)
{
    struct follow *follow = g_new0(struct follow, 1);

    follow->options = options;
    follow->keylog = keylog;
    follow->ended = ended;
    follow->data = data;
    follow->files = g_ptr_array_new_with_free_func(file_free);
    follow->remotes = g_ptr_array_new_with_free_func(remote_free);
    return follow;
}

void
follow_free(struct follow *follow)
{
    g_ptr_array_unref(follow->remotes);
    g_ptr_array_unref(follow->files);
    g_free(follow);
}

static bool
on_output(void *data, const uint8_t *bytes, size_t len)
{
    struct remote *remote = data;

    keylog_feed(&remote->stream, bytes, len);
    return true;
}

static void
on_line(void *data, const char *line)
{
    const struct remote *remote = data;

    say("%s: key log: %s", remote->end->name, line);
}

static void
on_ended(void *data, int status)
{
    struct remote *remote = data;
    struct follow *follow = remote->follow;

    remote->has_ended = true;
    if (!follow->stopping)
        say_warning("%s: key log %s is not followed any more (exit status %d): no new secrets",
                    remote->end->name, remote->path, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    follow->ended(follow->data);
}

static void
add_remote(struct follow *follow, const struct end *end, const char *path)
{
    static const struct child_calls calls = { on_output, on_line, on_ended };
    struct remote *remote = g_new0(struct remote, 1);
    char **argv = command_follow(follow->options, end, path);
    GError *error = NULL;

    remote->follow = follow;
    remote->end = end;
    remote->path = g_strdup(path);
    remote->stream.keylog = follow->keylog;
    remote->child = child_new(argv, NULL, 0, &calls, remote, &error);
    g_ptr_array_add(follow->remotes, remote);
    if (!remote->child) {
        remote->has_ended = true;
        say_warning("%s: key log: %s", end->name, error->message);
        g_error_free(error);
    }
    g_strfreev(argv);
}

void
follow_add_file(struct follow *follow, const char *path)
{
    struct keylog_file *file = g_new0(struct keylog_file, 1);

    keylog_file_init(file, follow->keylog, path);
    g_ptr_array_add(follow->files, file);
}

void
follow_add(struct follow *follow, const char *text)
{
    const char *colon = strchr(text, ':');

    for (guint i = 0; colon && i < follow->options->ends->len; i++) {
        const struct end *end = g_ptr_array_index(follow->options->ends, i);
        if (strlen(end->name) != (size_t)(colon - text) ||
            strncmp(end->name, text, (size_t)(colon - text)) != 0)
            continue;
        if (end->kind == END_SSH)
            add_remote(follow, end, colon + 1);
        else
            follow_add_file(follow, colon + 1);
        return;
    }
    follow_add_file(follow, text);
}

bool
follow_has_any(const struct follow *follow)
{
    return follow->files->len > 0 || follow->remotes->len > 0;
}

void
follow_poll(struct follow *follow)
{
    for (guint i = 0; i < follow->files->len; i++)
        keylog_file_poll(g_ptr_array_index(follow->files, i));
}

void
follow_read_all(struct follow *follow)
{
    for (guint i = 0; i < follow->files->len; i++)
        keylog_file_read_all(g_ptr_array_index(follow->files, i));
}

void
follow_stop(struct follow *follow)
{
    follow->stopping = true;
    for (guint i = 0; i < follow->remotes->len; i++) {
        struct remote *remote = g_ptr_array_index(follow->remotes, i);
        if (!remote->has_ended)
            child_stop(remote->child, 0);
    }
}

bool
follow_has_ended(const struct follow *follow)
{
    for (guint i = 0; i < follow->remotes->len; i++)
        if (!((struct remote *)g_ptr_array_index(follow->remotes, i))->has_ended)
            return false;
    return true;
}
