/* conn_state.h - a connection from inside. For wire/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_CONN_STATE_H
#define SSTPDIAG_CORE_WIRE_CONN_STATE_H

#include "wire/track.h"

struct conn {
    struct conn_key key;
    bool client_is_a;
    bool client_certain; /* SYN or request seen; else guessed from the ports */
    bool is_copy;
    struct track *track; /* NULL once foreign */
};

#endif
