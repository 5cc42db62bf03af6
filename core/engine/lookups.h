/* lookups.h - failed lookups that no connection followed, as sessions that ended before TCP. For
 * engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_LOOKUPS_H
#define SSTPDIAG_CORE_ENGINE_LOOKUPS_H

#include "engine/capture.h"

struct lookups;

struct lookups *lookups_new(void);
void lookups_free(struct lookups *lookups);

/* The first of those that are the VPN's: struct session, numbered behind those of the capture.
 * They are lookups's, until lookups_forget(). */
const GPtrArray *lookups_find(struct lookups *lookups, const struct capture *capture);
/* The same, behind lookups_find() that found none, where nobody named a server and the capture has
 * no session: those of a client that opened no connection afterwards, as candidates numbered from
 * first on. */
const GPtrArray *lookups_find_unnamed(struct lookups *lookups, const struct capture *capture,
                                      uint32_t first);
void lookups_forget(struct lookups *lookups);

#endif
