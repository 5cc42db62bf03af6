/* say.h - what the user reads on stderr: messages, and one line of progress
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_SAY_H
#define SSTPDIAG_TOOLS_SAY_H

#include <stdbool.h>

#include <glib.h>

/* program: its name, static. The line of progress is for terminals. */
void say_init(const char *program);
/* From now on only warnings and errors. */
void say_less(void);
/* One line each, without what a terminal would obey: names of files are anybody's. The program's
 * name stands in front of warnings, and a newline is put at the end where there is none. */
void say(const char *format, ...) G_GNUC_PRINTF(1, 2);
void say_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Shows text as the last line of the terminal, in place of the one before. NULL takes it away. */
void say_progress(const char *text);
/* Time of day of the machine's zone, "14:03:07.512". Newly allocated. */
char *say_time(int64_t time_ns);

#endif
