/* conns.h - the connections of a capture, and which of them are SSTP sessions. For engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_CONNS_H
#define SSTPDIAG_CORE_ENGINE_CONNS_H

#include <glib.h>

#include "engine/facts.h"
#include "engine/servers.h"
#include "session/session.h"
#include "wire/conn.h"

/* There is one for each connection of a capture, foreign ones as well: every byte counts. */
struct connection {
    struct conn *conn;         /* what was seen on the wire; owned */
    struct session *session;   /* NULL until it is one */
    struct connection *before; /* the last one on the same addresses and ports; NULL: none */
    uint32_t number;           /* from 1, in order of appearance */
    uint32_t frame;            /* its first one */
    uint32_t other_way;        /* the interface that sees its other direction, if two_ways */
    enum connection_kind kind : 8;
    bool lone : 1;      /* a session of which nothing but one SYN has come */
    bool two_ways : 1;  /* each direction is captured at an interface of its own */
    bool a_here : 1;    /* then: what its key's first end sent is what its own interface sees */
    bool both_here : 1; /* it is not, though it looked so */
    bool looked_up : 1; /* whether its server is a named one */
    bool continues : 1; /* what the client of a session began, from another address or port */
    bool closed : 1;    /* by FIN or RST */
    bool ending : 1;    /* and not yet put to rest */
};

struct conns;

/* Both must outlive the connections; capture_points (struct capture_point) may grow. */
struct conns *conns_new(const struct servers *servers, const GArray *capture_points);
void conns_free(struct conns *conns);
/* Keeps a trace of each connection that begins from now on. */
void conns_keep_traces(struct conns *conns);
/* There is a second capture point: makes all connections ready to be compared. Those that begin
 * later are ready by themselves. */
void conns_open_seq_logs(struct conns *conns);

/* The connection of a segment, which may be the first one of it; its capture point is known
 * already. */
struct connection *conns_of(struct conns *conns, const struct segment *segment, bool *is_first);
/* Follows a segment of that connection and decides about it. Nothing is done with a foreign one. */
void conns_follow(struct conns *conns, struct connection *connection, const struct segment *segment,
                  bool is_first);
/* Something else than a segment was seen of it: it is no lone request. */
void conns_answered(struct conns *conns, struct connection *connection);
/* The newest connection on these addresses and ports, NULL for none. */
struct connection *conns_find(const struct conns *conns, const struct conn_key *key);
/* The first connection that was seen of a byte stream that the feeder numbers: connection itself,
 * or the one whose copy it is. */
struct connection *conns_of_stream(struct conns *conns, uint32_t number,
                                   struct connection *connection);
/* Makes a connection a session, unless it is foreign or one already. */
void conns_set_session(struct conns *conns, struct connection *connection);
/* At the end: counts the requests of which nothing came. Those to named servers become sessions; of
 * a flood (conns_syn_flood()) only the first. */
void conns_settle_half_open(struct conns *conns);
/* What the session's server got of them, as counted then; NULL: none. */
const struct syn_flood *conns_syn_flood(const struct conns *conns, const struct session *session);
/* Is it one of a flood, whose like is told already? */
bool conns_is_one_of_many(const struct conns *conns, const struct connection *connection);
/* At the end: connections of which only requests are there, and that are sessions at another
 * capture point, become sessions. Behind a NAT nothing else shows what they are. */
void conns_find_at_other_points(struct conns *conns);

/* struct connection, by number - 1. */
const GPtrArray *conns_all(const struct conns *conns);
/* struct session, by id. */
const GPtrArray *conns_sessions(const struct conns *conns);
/* The session of a connection by its number; NULL when it is none, or the number 0. */
struct session *conns_session(const struct conns *conns, uint32_t number);
/* Walks the undecided ones, oldest first: at is 0 at first. NULL at the end. */
struct connection *conns_next_undecided(const struct conns *conns, guint *at);
/* Of all connections so far. */
struct connections_seen conns_seen(const struct conns *conns);
/* There were more undecided ones than are kept: the oldest were let go. */
bool conns_let_go(const struct conns *conns);

#endif
