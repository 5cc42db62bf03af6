/* captures.h - which files below folders are captures
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_CAPTURES_H
#define SSTPDIAG_TOOLS_CAPTURES_H

#include <glib.h>

/* The files of names (NULL-terminated), and the captures in those that are folders and below, by
 * how they are called; char *, sorted. The caller unrefs it. */
GPtrArray *captures_find(char **names);
/* Those in the folder where the program was started, without what is below it; NULL: none. The
 * caller frees them. More than a few are named by their folder alone. */
char **captures_here(void);

#endif
