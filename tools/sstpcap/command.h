/* command.h - the commands that capture and follow, here and on other machines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_COMMAND_H
#define SSTPCAP_COMMAND_H

#include "options.h"

/* What captures at an end, as an argument vector for child_new(); it ends when its standard input
 * does, on this machine and on that one. dumpcap: that instead of tcpdump (this machine only). NULL
 * for END_FILE. Free with g_strfreev(). */
char **command_capture(const struct options *options, const struct end *end, const char *filter,
                       bool dumpcap);
/* What writes the lines of a file, and those that are added to it, of the machine of an end. */
char **command_follow(const struct options *options, const struct end *end, const char *path);
/* What lists the interfaces of a machine; end NULL: of this one. */
char **command_list(const struct options *options, const struct end *end);

/* "not (tcp port 22 and (host 192.0.2.1))" for all ssh connections of ours, as this machine's end
 * would capture them. NULL: there are none, or they cannot be told. Runs ssh -G, and resolves
 * names. Newly allocated. */
char *command_own_ssh(const struct options *options);

/* A word as a shell takes it: quoted where it needs that. Newly allocated. */
char *command_word(const char *word);

#endif
