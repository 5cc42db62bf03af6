/* target.h - files that are written: never one that is read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_TARGET_H
#define SSTPDIAG_TOOLS_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <glib.h>

/* The files that a program reads. */
struct inputs;

struct inputs *inputs_new(void);
void inputs_free(struct inputs *inputs);
/* path: "-" is standard input, NULL is nothing; it need not be there. name: what the user calls it,
 * where that says more than that it is read; else NULL. */
void inputs_add(struct inputs *inputs, const char *path, const char *name);
/* Each of a list that ends with NULL, without a name. NULL: there is none. */
void inputs_add_all(struct inputs *inputs, char **paths);

enum target_kind {
    TARGET_FILE,   /* a regular file and nothing else: opening others may wait, or do anything */
    TARGET_STREAM, /* a FIFO, a terminal or a device just as well, no folder */
};

/* May path be written to, as far as can be told before it is opened? Not when it is one of inputs,
 * by whatever name, nor of another kind. What is not there is good. False with *error. */
bool target_check(const struct inputs *inputs, const char *path, enum target_kind kind,
                  GError **error);
/* Opens it and leaves what it holds, a regular file to be read, too; links are followed, and of a
 * FIFO the reader is waited for. *is_new, unless NULL: it was not there, and has this mode now. -1
 * with *error. */
int target_open(const struct inputs *inputs, const char *path, enum target_kind kind, mode_t mode,
                bool *is_new, GError **error);
/* Makes text the contents of a regular file, as cp would: one that is there stays the same one,
 * with its owner and its mode. False with *error. */
bool target_write(const struct inputs *inputs, const char *path, const char *text, GError **error);

/* All of it, unless that fails: errno. */
bool target_write_all(int fd, const void *bytes, size_t len);
/* *error from errno, about path. False. */
bool target_fail(GError **error, const char *path);

#endif
