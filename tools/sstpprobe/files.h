/* files.h - the files that a walk leaves
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_FILES_H
#define SSTPPROBE_FILES_H

#include "walk.h"

/* May they be made, before there is anything to write? False with *error. */
bool files_check(const struct options *options, GError **error);
/* All that were asked for, each whole or not at all. False with *error. */
bool files_write(const struct walk *walk, GError **error);

#endif
