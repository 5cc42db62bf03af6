/* hook.h - a program of the user's that is started for each session that failed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_HOOK_H
#define SSTPCAP_HOOK_H

#include <stdbool.h>

#include <glib.h>

struct hook;

/* command: a program and its first arguments, quoted as for a shell, which is not asked. NULL with
 * *error. */
struct hook *hook_new(const char *command, GError **error);
/* Programs that still run go on. */
void hook_free(struct hook *hook);
/* Starts it with path as its last argument ("" for none), text at its standard input, its output at
 * our stderr. False with *error; also while too many run. */
bool hook_start(struct hook *hook, const char *path, const char *text, GError **error);

#endif
