/* target.h - files that are written: never one that is read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_TARGET_H
#define SSTPDIAG_TOOLS_TARGET_H

#include "options.h"

/* Is path, by whatever name, neither one of the files that options read nor anything but a regular
 * file? What is not there is good. False with *error. */
bool target_check(const struct options *options, const char *path, GError **error);
/* Opens it to be read and written, and leaves what it holds; links are followed. -1 with *error. */
int target_open(const struct options *options, const char *path, GError **error);
/* Makes text its contents, as cp would: a file that is there stays the same one, with its owner and
 * its mode. False with *error. */
bool target_write(const struct options *options, const char *path, const char *text,
                  GError **error);

#endif
