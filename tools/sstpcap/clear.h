/* clear.h - the bytes of a connection that nobody encrypts, as behind a TLS offloader, put in order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_CLEAR_H
#define SSTPCAP_CLEAR_H

#include "engine/engine.h"

/* Of one connection, both ways. */
struct clear;

/* NULL where the segment is not the first one of an SSTP request in clear. */
struct clear *clear_new(const struct segment *segment);
void clear_free(struct clear *clear); /* NULL is allowed */
/* Tells the engine what a segment says, which it was given last. Bytes that come out of order wait
 * for those before them; where some are missing for good, no more is told. */
void clear_segment(struct clear *clear, struct engine *engine, const struct segment *segment);

#endif
