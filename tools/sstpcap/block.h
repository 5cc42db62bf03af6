/* block.h - blocks of a capture that go into the recording as they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_BLOCK_H
#define SSTPCAP_BLOCK_H

#include "codec/pcapread.h"

/* Is it one, whatever it says? */
bool block_passes(const struct pcapread_item *item);
/* Appends it, as it stands in a file. */
void block_append(GByteArray *out, const struct pcapread_item *item);

#endif
