/* tell.h - a decoded frame, told to the engine: for tools that do without Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_TELL_H
#define SSTPDIAG_CORE_ENGINE_TELL_H

#include "codec/frame.h"
#include "engine/engine.h"

/* Tells the engine of a frame, of which mark and interface are known; all of it. */
void engine_tell(struct engine *engine, struct frame *frame, struct mark mark, uint32_t interface);

/* Clear bytes of the segment that was told last, in the order in which they were sent. What is not
 * whole yet waits in begun, of the sender, for the rest of it; the caller's, empty at first. Bytes
 * that are done with are wiped. */
void engine_tell_clear(struct engine *engine, GByteArray *begun, const uint8_t *data, size_t len);

#endif
