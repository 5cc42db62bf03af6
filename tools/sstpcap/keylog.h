/* keylog.h - lines of TLS key logs, and which of them belong to the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_KEYLOG_H
#define SSTPCAP_KEYLOG_H

#include <stdbool.h>

#include <glib.h>

#include "codec/tls.h"

/* All secrets of a recording. A line counts when its label is known, the rest is hexadecimal, and
 * the Client Hello with its random was captured; lines of connections that are not (yet) in the
 * capture wait, the oldest are forgotten. Memory is wiped when it is freed. */
struct keylog;

struct keylog *keylog_new(bool take_all);
void keylog_free(struct keylog *keylog); /* NULL is allowed */

/* A Client Hello with this random was captured. */
void keylog_random(struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN]);
/* Everything that opens its connection is here. */
bool keylog_is_complete(const struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN]);

/* From now on nothing is fetched: lines stay with their connection until keylog_forget(). */
void keylog_keep_apart(struct keylog *keylog);
/* Lines of one connection, each with its newline; NULL: none. keylog_wipe() frees them. */
GString *keylog_lines(const struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN]);
/* The connection is over: its lines are wiped. */
void keylog_forget(struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN]);

/* Lines that count and were not fetched before, each with its newline; NULL: none. The caller's. */
GString *keylog_fetch(struct keylog *keylog);
/* All that were fetched. */
const GString *keylog_fetched(const struct keylog *keylog);
guint keylog_num_fetched(const struct keylog *keylog);
/* Frees text with secrets. */
void keylog_wipe(GString *text);

/* One stream of lines. */
struct keylog_stream {
    struct keylog *keylog;
    GString *line; /* what came of the next; NULL: nothing yet */
    bool too_long;
    unsigned num_strange; /* lines that are none of a key log */
};
void keylog_feed(struct keylog_stream *stream, const uint8_t *bytes, size_t len);
/* Nothing follows: a last line without its newline counts, when it is whole. */
void keylog_stream_end(struct keylog_stream *stream);
void keylog_stream_clear(struct keylog_stream *stream);

/* Follows a file of this machine, also when it is replaced, cut, or comes later. */
struct keylog_file {
    char *path;
    int fd; /* -1: not open */
    bool complained;
    struct keylog_stream stream;
};
void keylog_file_init(struct keylog_file *file, struct keylog *keylog, const char *path);
/* Reads what is new. */
void keylog_file_poll(struct keylog_file *file);
/* Reads all there is, for the last time: also a last line without its newline, and once more what
 * had to be forgotten before its connection was captured. What cannot be read in time is told. */
void keylog_file_read_all(struct keylog_file *file);
void keylog_file_clear(struct keylog_file *file);

#endif
