/* sink.h - where the capture goes: a file, or a pipe with a reader of its own pace
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_SINK_H
#define SSTPCAP_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

enum { SINK_PENDING_MAX = 4 << 20 }; /* above that nothing more should be appended */

struct sink {
    int fd;
    char *path; /* NULL: standard output */
    bool is_file;
    bool failed;
    int error;           /* errno of the failure; EPIPE: the reader is gone */
    GByteArray *pending; /* whole blocks but for the first, of which a part may be written */
    size_t first_done;   /* bytes of pending that are written */
    uint64_t written;    /* to this file */
    guint watch;         /* for room in the pipe */
};

/* Opens path for writing, mode 0600 where it is new: it may hold keys. "-" is standard output; of a
 * FIFO the reader is waited for. False with *error. */
bool sink_open(struct sink *sink, const char *path, GError **error);
/* Appends one block. */
void sink_append(struct sink *sink, const uint8_t *block, size_t len);
/* Writes what can be written without waiting. False once the sink has failed: a file ends with its
 * last whole block then. */
bool sink_flush(struct sink *sink);
/* Waits until all is written, up to timeout_ms for a pipe. */
bool sink_drain(struct sink *sink, int timeout_ms);
void sink_close(struct sink *sink);

#endif
