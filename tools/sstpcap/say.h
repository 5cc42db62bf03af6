/* say.h - what the user reads on stderr: messages, and one line of progress
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_SAY_H
#define SSTPCAP_SAY_H

#include <stdbool.h>

#include <glib.h>

/* quiet: only warnings and errors. The line of progress is for terminals. */
void say_init(bool quiet);
/* One line each; the program's name stands in front of warnings. */
void say(const char *format, ...) G_GNUC_PRINTF(1, 2);
void say_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Shows text as the last line of the terminal, in place of the one before. NULL takes it away. */
void say_progress(const char *text);
/* Time of day of the machine's zone, "14:03:07.512". Newly allocated. */
char *say_time(int64_t time_ns);

#endif
