/* fleet.h - many captures: each gets a line of JSON, all of them a summary
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_FLEET_H
#define SSTPDIAG_TOOLS_FLEET_H

#include "reader.h"

/* Judges every capture that options name or that lies below folders which they name, several at a
 * time. The lines go to options->output, behind those that are there, or to standard output; the
 * summary to standard output, or to standard error where the lines are on standard output. */
enum exit_status fleet_run(const struct options *options, const struct reader *reader);

#endif
