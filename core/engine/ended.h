/* ended.h - connections that are closed, until nothing more can be expected of them. For engine/
 * alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_ENDED_H
#define SSTPDIAG_CORE_ENGINE_ENDED_H

#include <glib.h>

#include "engine/conns.h"

/* struct connection, in the order in which they were closed. All zeros to begin with. */
struct ended {
    GQueue connections;
};

/* It is closed; or it was, and something came all the same. */
void ended_add(struct ended *ended, struct connection *connection);
/* Those of which nothing has come for long enough go to rest. */
void ended_rest(struct ended *ended, struct mark now);
/* Frees contents, not ended. */
void ended_clear(struct ended *ended);

#endif
