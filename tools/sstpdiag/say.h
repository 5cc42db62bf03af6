/* say.h - what the user reads on stderr
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_SAY_H
#define SSTPDIAG_TOOLS_SAY_H

#include <glib.h>

/* "sstpdiag: " and these words, without what a terminal would obey: names of files are anybody's.
 * A newline is put at the end where there is none. */
void say(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
