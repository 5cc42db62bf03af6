/* tap.h - the tap "sstpdiag": a record for each frame of a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_TAP_H
#define SSTPDIAG_PLUGIN_TAP_H

#include "compat.h"

#include "engine/engine.h"

#define TAP_NAME "sstpdiag"

struct tap_record {
    uint32_t session;
    enum stage stage;
    enum side side;
};

void tap_register(void);
/* Queues the record of this frame, where it has a session and somebody listens. */
void tap_frame(const struct engine *engine, packet_info *pinfo);

#endif
