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

#endif
