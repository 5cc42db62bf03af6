/* pieces.h - files that are pieces of one recording
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_PIECES_H
#define SSTPDIAG_TOOLS_PIECES_H

#include <glib.h>
#include <stdbool.h>

/* Files in their order, sorted by the recording that they are of: an array of arrays of paths (char
 * *), of which those behind the first are its other pieces; both are the caller's. Pieces are known
 * by their names: as dumpcap (-b), tcpdump (-C) or editcap (-c, -i) number them. A file that is
 * named twice, or by another name once more, stands there once. separate: each is a recording of
 * its own. */
GPtrArray *pieces_sort(char **files, bool separate);

#endif
