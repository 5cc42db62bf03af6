/* diagnose.h - what comes after a recording: sstpdiag judges it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_DIAGNOSE_H
#define SSTPCAP_DIAGNOSE_H

#include "options.h"

/* The command that judges the recording, for the user to copy. NULL: there is none, as it has gone
 * into a pipe. Newly allocated. */
char *diagnose_command(const struct options *options);
/* Runs it, with our standard output. Its exit status, EXIT_NOT_STARTED when it could not run. */
int diagnose_run(const struct options *options);

#endif
