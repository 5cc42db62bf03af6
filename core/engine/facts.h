/* facts.h - the small structures in which the engine answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_FACTS_H
#define SSTPDIAG_CORE_ENGINE_FACTS_H

#include <glib.h>

#include "base/event.h"
#include "base/findings.h"

struct pair;

/* What a connection was taken for. Undecided ones become a session or foreign; foreign ones stay so
 * until a SYN begins another connection on their addresses and ports. */
enum connection_kind { CONNECTION_UNDECIDED, CONNECTION_SESSION, CONNECTION_FOREIGN };

/* What there is beside sessions: all connections, those of them that are TLS, and how many
 * servers these went to. */
struct connections_seen {
    guint connections, tls_connections, tls_servers;
    const struct endpoint *tls_server; /* where there is but one; else NULL */
    const char *tls_name;              /* that a client called it by; NULL: none */
    bool servers_named;                /* the user has named some, and not any */
};

/* What a frame is to its session. */
struct frame_note {
    uint32_t conn; /* number of the connection, 0 for none */
    uint8_t stage; /* enum stage */
    uint8_t side;  /* enum side */
};

/* A finding that is shown at a frame. */
struct frame_finding {
    uint32_t session;
    enum finding_id id;
    enum severity severity;
    enum confidence confidence;
    bool cause; /* the frame is where the finding's cause is, or where it became sure */
    bool verdict;
    char *summary; /* owned by the engine, as is the next one */
    char *advice;  /* NULL: the catalogue's */
};

/* What became of a segment between the two ends where it was captured. */
struct frame_match {
    uint32_t frame; /* the same segment at the other end; 0: not known */
    bool lost;      /* it was sent, and never came to the other end */
    bool sent;      /* this is its sender's end */
    enum side sender;
    bool delay_known; /* at the other end alone */
    int64_t delay;    /* of the way there, after the clocks' offset; nanoseconds */
    const struct pair *pair;
};

#endif
