/* compare.h - sstpcap --compare: two captures, or one of both ends, without Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_COMPARE_H
#define SSTPCAP_COMPARE_H

#include "base/findings.h"

/* What --compare ends with. */
enum compare_status { COMPARE_QUIET, COMPARE_FOUND, COMPARE_USAGE, COMPARE_CANNOT_RUN };

/* files: captures, NULL at the end; "-" is standard input. Prints the report on standard output, as
 * JSON if json. fail_on: the mildest severity of a verdict or finding that counts. */
int compare_run(char **files, bool json, enum severity fail_on);

#endif
