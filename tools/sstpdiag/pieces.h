/* pieces.h - files that are pieces of one recording
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_PIECES_H
#define SSTPDIAG_TOOLS_PIECES_H

#include <stdbool.h>

/* By their names: as dumpcap (-b), tcpdump (-C) or editcap (-c, -i) number the files of one
 * recording. */
bool pieces_are_of_one(const char *path, const char *other);

#endif
