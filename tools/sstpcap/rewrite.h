/* rewrite.h - the file as it should have been: secrets first, packets in order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_REWRITE_H
#define SSTPCAP_REWRITE_H

#include "align.h"

enum { REWRITE_ALL_ENDS = -1 };

/* Writes the recording at path again, into to (which may be path): section with comment,
 * interfaces, secrets, packets by time, statistics. end: only the interfaces of that end. The new
 * file takes its name when it is whole, so that what was there stays until then. False with *error.
 */
bool rewrite_file(const struct record *record, const GArray *alignments, const char *path,
                  const char *to, int end, GError **error);

#endif
