/* own_end.h - what ended the attempt where that was the probe itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_OWN_END_H
#define SSTPPROBE_OWN_END_H

#include "walk.h"

/* Tells the engine, before it finishes, where the probe left: interrupted, out of time, or out of
 * patience. */
void own_end_tell(const struct walk *walk);
/* "the server did not answer the request in 6 s"; NULL: the call was not left out of patience.
 * Newly allocated. */
char *own_end_text(const struct walk *walk);

#endif
