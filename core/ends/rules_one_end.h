/* rules_one_end.h - connection requests without an answer that only one capture point saw
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_RULES_ONE_END_H
#define SSTPDIAG_CORE_ENDS_RULES_ONE_END_H

#include <glib.h>

#include "session/session.h"

/* A connection of the capture of which facts are kept. */
struct captured {
    const struct conn *conn;
    const struct session *session; /* NULL: it is none */
};

/* Connection requests without an answer that are in no pair: adds to what was found of them that
 * another capture point, which must have seen them, has not. conns: struct captured, all of
 * the capture. */
void one_end_judge(const GPtrArray *results, const GPtrArray *pairs, GArray *capture_points,
                   const GArray *conns);

#endif
