/* same_end.h - interfaces that saw one connection at the same place
 *
 * A bridge and its port, or the layers of Windows' filters, give each packet within microseconds.
 * They are no two ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_SAME_END_H
#define SSTPDIAG_CORE_ENDS_SAME_END_H

#include <glib.h>

/* Of struct result that saw one connection at the same place leaves one: the one that could be
 * read, else the first. */
void same_end_drop(GPtrArray *results);

#endif
