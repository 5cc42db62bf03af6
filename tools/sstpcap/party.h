/* party.h - the connections of one client at one server, which one engine judges together
 *
 * Sessions of a client explain each other: a second attempt makes the first one good. Sessions of
 * others do not, so that an engine is freed as soon as its client is gone. One that never goes gets
 * a new engine for its next connections from time to time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_PARTY_H
#define SSTPCAP_PARTY_H

#include "codec/frame.h"
#include "engine/engine.h"

/* Where connections come from and go to, seen at one interface. The client's port is 0. */
struct route {
    struct endpoint client, server;
    uint32_t interface;
};

struct parties;
struct party;

/* config is copied, but for its text of servers, which must live as long. */
struct parties *parties_new(const struct config *config);
/* No connection may be left. */
void parties_free(struct parties *parties);

/* One more connection on this route: a new party where there is none, or where the one there is has
 * had enough. The caller leaves it at the end. */
struct party *party_join(struct parties *parties, const struct route *route);
void party_leave(struct party *party, int64_t now_ns);
/* Its engine was told of nothing yet. */
bool party_is_new(const struct party *party);
struct engine *party_engine(const struct party *party);
/* The mark of the next frame that its engine is told of. */
struct mark party_frame(struct party *party, int64_t time_ns);
/* Frees those that everybody has left for a while. */
void parties_forget(struct parties *parties, int64_t now_ns);
/* A packet beside the connections: told to the parties of the hosts that it is about. */
void parties_beside(struct parties *parties, struct frame *frame, uint32_t interface,
                    int64_t time_ns);

#endif
