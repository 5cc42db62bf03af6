/* target.h - the files that a recording is written to: never one that it reads
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_TARGET_H
#define SSTPCAP_TARGET_H

#include "options.h"

/* *error from errno, about path. False. */
bool target_fail(GError **error, const char *path);
/* May path be written to, as far as can be told before it is opened? Not when it is one of the
 * files that options read, by whatever name, nor a folder. False with *error. */
bool target_check(const struct options *options, const char *path, GError **error);
/* Opens it for writing, mode 0600 where it is new, and leaves what it holds. Links are followed; of
 * a FIFO the reader is waited for. -1 with *error. */
int target_open(const struct options *options, const char *path, bool *is_new, GError **error);

/* A file that takes its name when it is whole, in place of what has that name. */
struct fresh;

/* to: where it will stand; of a link, what that leads to. NULL with *error. */
struct fresh *fresh_new(const char *to, GError **error);
int fresh_fd(const struct fresh *fresh);
/* Safely on the disk, then named. Frees it. False with *error: what was there stays. */
bool fresh_finish(struct fresh *fresh, GError **error);
/* Nothing of it stays. */
void fresh_abandon(struct fresh *fresh);

#endif
