/* fresh.h - a file that takes its name when it is whole, in place of what has that name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_FRESH_H
#define SSTPDIAG_TOOLS_FRESH_H

#include "output/target.h"

struct fresh;

/* Could one be made there, in place of none of inputs and nothing but a regular file? Nothing is
 * made. False with *error. */
bool fresh_check(const struct inputs *inputs, const char *to, GError **error);
/* to: where it will stand; of a link, what that leads to. mode: of the file, whatever mode the one
 * has that is there. NULL with *error. */
struct fresh *fresh_new(const char *to, mode_t mode, GError **error);
int fresh_fd(const struct fresh *fresh);
/* Safely on the disk, then named. Frees it. False with *error: what was there stays. */
bool fresh_finish(struct fresh *fresh, GError **error);
/* Nothing of it stays. */
void fresh_abandon(struct fresh *fresh);

/* All of these at once. */
bool fresh_write(const char *to, mode_t mode, const void *bytes, size_t len, GError **error);

#endif
