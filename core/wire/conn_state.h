/* conn_state.h - a connection from inside. For wire/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_CONN_STATE_H
#define SSTPDIAG_CORE_WIRE_CONN_STATE_H

#include "wire/resting.h"
#include "wire/track.h"

struct conn {
    struct conn_key key;
    bool client_is_a : 1;
    bool client_certain : 1; /* SYN or request seen; else guessed from the ports */
    bool is_copy : 1;
    bool foreign : 1;                                    /* tracked no longer */
    bool known : 1, keeps_trace : 1, opens_seq_logs : 1; /* what a track begins with */
    struct syn *syn;         /* the only segment so far; NULL: there was none, or track has it */
    struct track *track;     /* made when it is needed; conn.c asks for it by track_of() */
    struct resting *resting; /* in the place of the track; NULL: it is awake */
};

#endif
