/* pty.c - a real pppd behind a pty: PPP in HDLC-like framing (RFC 1662)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <gio/gio.h>

/* RFC 1662 3.1, 4.2 and C.2: the FCS is sent with its low byte first. */
enum { FLAG = 0x7e, ESCAPE = 0x7d, FLIP = 0x20, SPACE = 0x20 };
enum { FCS_INIT = 0xffff, FCS_GOOD = 0xf0b8, FCS_POLYNOMIAL = 0x8408, FCS_LEN = 2 };
enum { FRAME_MAX_LEN = 8192, KILL_WAIT_MS = 3000, WAIT_STEP_MS = 20 };

struct pty {
    int fd;
    pid_t pid;
    GByteArray *frame; /* what has come of one, without escapes */
    bool escaped;
};

static uint16_t
fcs_add(uint16_t fcs, uint8_t byte)
{
    fcs ^= byte;
    for (int bit = 0; bit < 8; bit++)
        fcs = (uint16_t)(fcs & 1 ? fcs >> 1 ^ FCS_POLYNOMIAL : fcs >> 1);
    return fcs;
}

static uint16_t
fcs_of(const uint8_t *data, size_t len)
{
    uint16_t fcs = FCS_INIT;

    for (size_t i = 0; i < len; i++)
        fcs = fcs_add(fcs, data[i]);
    return fcs;
}

struct pty *
pty_new(char **command, GError **error)
{
    struct termios raw = { .c_cflag = CS8 | CREAD | CLOCAL };
    struct pty *pty = g_new0(struct pty, 1);

    cfmakeraw(&raw);
    cfsetspeed(&raw, B115200);
    pty->pid = forkpty(&pty->fd, NULL, &raw, NULL);
    if (pty->pid == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    if (pty->pid < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "pty for %s: %s", command[0],
                    g_strerror(errno));
        g_free(pty);
        return NULL;
    }
    fcntl(pty->fd, F_SETFL, fcntl(pty->fd, F_GETFL) | O_NONBLOCK);
    fcntl(pty->fd, F_SETFD, FD_CLOEXEC);
    pty->frame = g_byte_array_new();
    return pty;
}

int
pty_fd(const struct pty *pty)
{
    return pty->fd;
}

/* All control characters are escaped, whatever was agreed (ACCM). */
static void
append_escaped(GByteArray *out, uint8_t byte)
{
    static const uint8_t escape = ESCAPE;

    if (byte == FLAG || byte == ESCAPE || byte < SPACE) {
        g_byte_array_append(out, &escape, 1);
        byte ^= FLIP;
    }
    g_byte_array_append(out, &byte, 1);
}

void
pty_send(struct pty *pty, const uint8_t *frame, size_t len)
{
    static const uint8_t flag = FLAG;
    const uint16_t fcs = (uint16_t)~fcs_of(frame, len);
    GByteArray *out = g_byte_array_new();

    g_byte_array_append(out, &flag, 1);
    for (size_t i = 0; i < len; i++)
        append_escaped(out, frame[i]);
    append_escaped(out, fcs & 0xff);
    append_escaped(out, fcs >> 8);
    g_byte_array_append(out, &flag, 1);
    /* A frame that does not fit is lost, as on any serial line. */
    if (write(pty->fd, out->data, out->len) != (ssize_t)out->len)
        g_debug("pty: frame of %zu bytes lost", len);
    g_byte_array_unref(out);
}

static void
take(struct pty *pty, uint8_t byte, void (*hear)(void *data, const uint8_t *frame, size_t len),
     void *data)
{
    GByteArray *frame = pty->frame;

    if (byte == FLAG) {
        if (frame->len > FCS_LEN && fcs_of(frame->data, frame->len) == FCS_GOOD)
            hear(data, frame->data, frame->len - FCS_LEN);
        g_byte_array_set_size(frame, 0);
        pty->escaped = false;
    } else if (byte == ESCAPE) {
        pty->escaped = true;
    } else if (frame->len < FRAME_MAX_LEN) {
        byte = pty->escaped ? byte ^ FLIP : byte;
        pty->escaped = false;
        g_byte_array_append(frame, &byte, 1);
    }
}

bool
pty_receive(struct pty *pty, void (*hear)(void *data, const uint8_t *frame, size_t len), void *data)
{
    uint8_t piece[4096];
    ssize_t n;

    while ((n = read(pty->fd, piece, sizeof piece)) > 0)
        for (ssize_t i = 0; i < n; i++)
            take(pty, piece[i], hear, data);
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void
pty_free(struct pty *pty)
{
    pid_t gone = 0;

    if (!pty)
        return;
    close(pty->fd);
    kill(pty->pid, SIGTERM);
    for (int waited = 0; gone == 0 && waited < KILL_WAIT_MS; waited += WAIT_STEP_MS) {
        gone = waitpid(pty->pid, NULL, WNOHANG);
        if (gone == 0)
            g_usleep(WAIT_STEP_MS * 1000);
    }
    if (gone == 0) {
        kill(pty->pid, SIGKILL);
        waitpid(pty->pid, NULL, 0);
    }
    g_byte_array_unref(pty->frame);
    g_free(pty);
}
