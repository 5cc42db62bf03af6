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

struct sink;

struct sink *sink_new(void);
void sink_free(struct sink *sink); /* closes it */

/* Takes over fd, open for writing: a file is emptied, and made its owner's alone, before its first
 * byte is written, as it may hold keys. False with *error: nothing can be appended then. */
bool sink_take(struct sink *sink, int fd, const char *path, GError **error);
/* The same of standard output, which stays open. */
bool sink_take_stdout(struct sink *sink, GError **error);
/* Appends one block. */
void sink_append(struct sink *sink, const uint8_t *block, size_t len);
/* Writes what can be written without waiting. False once the sink has failed: a file ends with its
 * last whole block then. */
bool sink_flush(struct sink *sink);
/* Waits until all is written, up to timeout_ms for a pipe. */
bool sink_drain(struct sink *sink, int timeout_ms);
/* Another can be taken then. False when what was appended is not safely there: errno says why. */
bool sink_close(struct sink *sink);
/* What was written is on the disk. False once the sink has failed. */
bool sink_sync(struct sink *sink);

/* A regular file with a name, neither pipe nor device nor standard output. */
bool sink_is_file(const struct sink *sink);
/* errno of what ended the writing; EPIPE: the reader is gone; 0: nothing did. */
int sink_error(const struct sink *sink);
/* Bytes that were appended and are not written yet. */
size_t sink_waiting(const struct sink *sink);
/* Packets among them, also one that is written in part. */
uint64_t sink_packets_left(const struct sink *sink);
/* Bytes that are written to this file. */
uint64_t sink_written(const struct sink *sink);

#endif
