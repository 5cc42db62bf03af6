/* engine_state.h - what the engine remembers between calls. For engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_ENGINE_STATE_H
#define SSTPDIAG_CORE_ENGINE_ENGINE_STATE_H

#include "engine/capture.h"
#include "engine/frames.h"
#include "engine/results.h"
#include "engine/waiting.h"

struct engine {
    struct capture capture;
    struct frames *frames;
    struct results *results;
    struct capture_point *at;   /* of the last segment; NULL: none yet, or one too many */
    struct connection *current; /* of the last segment */
    struct connection *target;  /* of what its clear bytes say: current, or whose copy that is */
    struct endpoint src;        /* of the last segment */
    enum side side;
    struct waiting *waiting;
    struct segment segment; /* the last one, without its bytes */
    struct waiter *waiter;  /* what waits of it, with what is told of it; NULL: nothing */
    uint32_t frame; /* of the last segment, whether it waits or not, or ICMP error about one */
    bool finished;  /* nothing came since engine_finish() */
    bool unwatched; /* nobody looks at what is found before */
};

#endif
