/* find.h - where tshark is, and a plugin that fits it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_FIND_H
#define SSTPDIAG_TOOLS_FIND_H

#include <gio/gio.h>
#include <stdbool.h>

/* A program of Wireshark, by its name or path: in PATH, then beside sibling (NULL for none), then
 * where installers put it. Newly allocated; NULL when there is none. */
char *find_program(const char *name, const char *sibling);
/* A folder that has X.Y/epan/sstpdiag.so below it: of the build that this program is part of, named
 * by the environment, or of an install for everyone or for this user (with root's sudo, the user's
 * own). NULL when there is none; *other is then the version of a plugin that does not fit, or NULL.
 */
char *find_plugins(unsigned major, unsigned minor, char **other);
/* The same of one folder. */
bool find_plugin_in(const char *folder, unsigned major, unsigned minor, char **other);

#endif
