/* secret.c - the password
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/wipe.h"

static bool
fail(GError **error, const char *what, const char *why)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, why);
    return false;
}

/* As the system tells files apart, and their contents by the time of the last change; not their
 * size, which is that of the password. */
static void
note_origin(struct secret *secret, int fd)
{
    struct stat is;

    if (fstat(fd, &is) == 0 && S_ISREG(is.st_mode))
        g_snprintf(secret->origin, sizeof secret->origin, "%lx:%lx:%lx.%lx",
                   (unsigned long)is.st_dev, (unsigned long)is.st_ino,
                   (unsigned long)is.st_mtim.tv_sec, (unsigned long)is.st_mtim.tv_nsec);
    else
        g_strlcpy(secret->origin, isatty(fd) ? "" : "descriptor", sizeof secret->origin);
}

/* Byte by byte: what stands behind the line is not ours. */
bool
secret_read_fd(struct secret *secret, int fd, GError **error)
{
    struct login_secret *password = &secret->password;
    uint8_t byte;
    ssize_t n;

    password->len = 0;
    note_origin(secret, fd);
    while ((n = read(fd, &byte, 1)) > 0 || (n < 0 && errno == EINTR)) {
        if (n < 0)
            continue;
        if (byte == '\n')
            break;
        if (password->len == sizeof password->bytes)
            return fail(error, "password", "it is too long");
        password->bytes[password->len++] = byte;
    }
    if (n < 0)
        return fail(error, "password", g_strerror(errno));
    if (password->len > 0 && password->bytes[password->len - 1] == '\r')
        password->len--;
    if (password->len == 0)
        return fail(error, "password", "it is empty");
    if (!g_utf8_validate((const char *)password->bytes, (gssize)password->len, NULL))
        return fail(error, "password", "it is not UTF-8, or has a NUL in it");
    secret->given = true;
    return true;
}

bool
secret_read_file(struct secret *secret, const char *path, GError **error)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good;

    /* Who takes it for the password itself does not want to see it in a log. */
    if (fd < 0 && (errno == ENOENT || errno == ENAMETOOLONG))
        return fail(error, "--password-file",
                    "there is no such file; -p takes the name of a file whose first line is the "
                    "password, not the password");
    if (fd < 0)
        return fail(error, path, g_strerror(errno));
    good = secret_read_fd(secret, fd, error);
    close(fd);
    return good;
}

bool
secret_ask(struct secret *secret, const char *user, GError **error)
{
    const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios old, quiet;
    bool good;

    if (fd < 0 || tcgetattr(fd, &old) != 0) {
        if (fd >= 0)
            close(fd);
        return fail(error, "password", "there is no terminal to ask on; see --password-file");
    }
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    dprintf(fd, "Password of %s: ", user);
    tcsetattr(fd, TCSAFLUSH, &quiet);
    good = secret_read_fd(secret, fd, error);
    tcsetattr(fd, TCSAFLUSH, &old);
    dprintf(fd, "\n");
    close(fd);
    return good;
}

bool
secret_hand_out(void *data, struct login_secret *out)
{
    struct secret *secret = data;

    if (!secret->given)
        return false;
    *out = secret->password;
    secret_wipe(secret);
    secret->handed_out = true;
    return true;
}

void
secret_wipe(struct secret *secret)
{
    wipe(&secret->password, sizeof secret->password);
    secret->given = false;
}
