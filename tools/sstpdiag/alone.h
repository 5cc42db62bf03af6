/* alone.h - logs without a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_ALONE_H
#define SSTPDIAG_TOOLS_ALONE_H

#include "options.h"

/* Reads the logs that options name and prints their report. */
enum exit_status alone_run(const struct options *options);

#endif
