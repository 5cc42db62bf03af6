/* target.c - files that are written: never one that is read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
target_fail(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", path,
                g_strerror(errno));
    return false;
}

/* --- what is read ---------------------------------------------------------------------------- */

struct input {
    char *path, *name;
};

struct inputs {
    GArray *list; /* struct input */
};

static void
input_clear(gpointer data)
{
    struct input *input = data;

    g_free(input->path);
    g_free(input->name);
}

struct inputs *
inputs_new(void)
{
    struct inputs *inputs = g_new0(struct inputs, 1);

    inputs->list = g_array_new(FALSE, FALSE, sizeof(struct input));
    g_array_set_clear_func(inputs->list, input_clear);
    return inputs;
}

void
inputs_free(struct inputs *inputs)
{
    if (inputs)
        g_array_unref(inputs->list);
    g_free(inputs);
}

void
inputs_add(struct inputs *inputs, const char *path, const char *name)
{
    if (!path)
        return;
    const struct input input = { g_strdup(path), g_strdup(name) };
    g_array_append_val(inputs->list, input);
}

void
inputs_add_all(struct inputs *inputs, char **paths)
{
    for (; paths && *paths; paths++)
        inputs_add(inputs, *paths, NULL);
}

/* Terminals and /dev/null are read and written at once with good reason. */
static bool
is_same(const struct stat *a, const struct stat *b)
{
    return !S_ISCHR(a->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool
is_at(const struct stat *status, const char *path)
{
    struct stat other;
    const bool known =
        strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &other) == 0 : stat(path, &other) == 0;

    return known && is_same(status, &other);
}

static const struct input *
find_input(const struct inputs *inputs, const struct stat *status)
{
    for (guint i = 0; i < inputs->list->len; i++) {
        const struct input *input = &g_array_index(inputs->list, struct input, i);
        if (is_at(status, input->path))
            return input;
    }
    return NULL;
}

/* --- what is written ------------------------------------------------------------------------- */

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
refuse(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error)
        *error = g_error_new_valist(G_FILE_ERROR, G_FILE_ERROR_INVAL, format, args);
    va_end(args);
    return false;
}

static bool
check(const struct inputs *inputs, const char *path, enum target_kind kind,
      const struct stat *status, GError **error)
{
    if (kind == TARGET_FILE && !S_ISREG(status->st_mode))
        return refuse(error, "%s: is no regular file, and is not written to", path);
    if (S_ISDIR(status->st_mode))
        return refuse(error, "%s: %s", path, g_strerror(EISDIR));

    const struct input *input = find_input(inputs, status);
    if (input && input->name)
        return refuse(error, "%s is what is read as %s: name another file to write", path,
                      input->name);
    if (input)
        return refuse(error, "%s: is one of the files that are read; name another one to write",
                      path);
    return true;
}

bool
target_check(const struct inputs *inputs, const char *path, enum target_kind kind, GError **error)
{
    struct stat status;

    return stat(path, &status) != 0 || check(inputs, path, kind, &status, error);
}

int
target_open(const struct inputs *inputs, const char *path, enum target_kind kind, mode_t mode,
            bool *is_new, GError **error)
{
    /* Something else may have taken the name since: opening that shall not wait. */
    const int how = kind == TARGET_FILE ? O_RDWR | O_NONBLOCK : O_WRONLY;
    struct stat status;
    bool exists = stat(path, &status) == 0;

    if (is_new)
        *is_new = !exists;
    if (exists && !check(inputs, path, kind, &status, error))
        return -1;
    int fd = open(path, how | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0 || fstat(fd, &status) != 0) {
        target_fail(error, path);
    } else if (check(inputs, path, kind, &status, error)) {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

bool
target_write_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

bool
target_write(const struct inputs *inputs, const char *path, const char *text, GError **error)
{
    int fd = target_open(inputs, path, TARGET_FILE, 0644, NULL, error);

    if (fd < 0)
        return false;
    bool good = ftruncate(fd, 0) == 0 && target_write_all(fd, text, strlen(text)) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    errno = why;
    return good || target_fail(error, path);
}
