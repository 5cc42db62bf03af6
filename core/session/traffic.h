/* traffic.h - what goes through a tunnel, as far as rules ask: who asks and who answers, resolvers,
 * and TCP connections inside
 *
 * Headers alone are looked at, nothing is reassembled, and memory is bounded: when there are more
 * connections or resolvers than places, the oldest connections and the newest resolvers are left
 * out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_TRAFFIC_H
#define SSTPDIAG_CORE_SESSION_TRAFFIC_H

#include "codec/inner.h"

enum {
    TRAFFIC_FLOWS_MAX = 16,
    TRAFFIC_RESOLVERS_MAX = 4,
    TRAFFIC_QUERIES_MAX = 8,
    TRAFFIC_FRAMES_MAX = 4,
};

/* Something that was counted. */
struct traffic_count {
    uint32_t num;
    struct mark first, third, last; /* third: of UNANSWERED_MIN */
    uint32_t frames[TRAFFIC_FRAMES_MAX];
};

/* Requests that expect an answer: DNS queries, echo requests, SYNs, to hosts. */
struct traffic_asks {
    struct traffic_count count;
    struct endpoint to; /* the first one's destination */
    bool several;       /* other hosts as well */
};

struct traffic_resolver {
    struct endpoint addr;
    enum side asker;
    struct traffic_count queries;
    struct traffic_count failures; /* SERVFAIL and REFUSED */
    uint32_t answers;              /* all others */
    uint8_t rcode;                 /* of the first failure */
    bool covered;                  /* another resolver answered what this one was asked */
    bool several;                  /* names were asked for */
    uint32_t name_hash;
    char name[INNER_NAME_MAX]; /* the first one */
};

/* DHCPINFORM of the client: an address it has from IPCP, it asks for the rest. */
struct traffic_informs {
    struct traffic_count count;
    bool asks_routes;
    uint32_t answers; /* of DHCP, to anything */
};

/* One sender of a TCP connection inside. The hole is what was passed over by later sequence numbers
 * and has not come since: it never entered the tunnel, since what is in it arrives in order. */
struct flow_half {
    bool known, acking;
    uint16_t mss; /* of its SYN */
    uint32_t next, acked;
    uint32_t hole_from, hole_to; /* equal: none */
    uint32_t max_payload;
    struct mark hole_at, last_payload, closed; /* closed: first FIN or RST */
};

struct flow {
    struct endpoint end[SIDE_COUNT]; /* behind the client and behind the server */
    struct flow_half half[SIDE_COUNT];
    uint32_t used; /* when, for what is left out */
};

/* Connections on which the large segments of a sender do not come. */
struct traffic_starved {
    uint32_t num, proved; /* proved: with a hole, others simply without an answer */
    uint16_t mss;         /* that the receiver of the first one announced */
    struct mark first;
    uint32_t frames[TRAFFIC_FRAMES_MAX];
};

struct traffic {
    struct endpoint outer[SIDE_COUNT];
    size_t carries[SIDE_COUNT]; /* largest inner packet of this sender that the tunnel takes */
    struct flow *flows;
    uint32_t num_flows, clock;
    struct traffic_resolver resolvers[TRAFFIC_RESOLVERS_MAX];
    uint32_t num_resolvers;
    struct {
        uint32_t name_hash;
        uint32_t resolver;
    } queries[TRAFFIC_QUERIES_MAX];
    uint32_t num_queries;
    struct traffic_informs informs;
    /* By sender. */
    struct traffic_count unicast[SIDE_COUNT];
    struct traffic_asks asks[SIDE_COUNT];
    struct traffic_asks pending[SIDE_COUNT]; /* and payload, since the peer's last unicast packet */
    uint32_t burst[SIDE_COUNT];              /* packets without a second in between */
    bool ended[SIDE_COUNT];                  /* the last of them was FIN or RST */
    uint32_t segments[SIDE_COUNT];           /* of TCP, with payload */
    struct traffic_count repeats[SIDE_COUNT]; /* of them, soon after an outer retransmission */
    uint32_t resent[SIDE_COUNT];              /* outer segments, so far */
    struct mark resent_at[SIDE_COUNT];
    struct traffic_starved starved[SIDE_COUNT]; /* of connections that are left out by now */
    uint32_t too_big;                           /* ICMP's word for it: the path's MTU is found */
    struct traffic_count loop;                  /* the outer connection's own packets */
    struct traffic_count maybe_loop;            /* to the server's outer address and port */
    bool server_inside;                         /* it answers from there */
};

/* client, server: the outer connection. Ownership is the caller's. */
struct traffic *traffic_new(const struct endpoint *client, const struct endpoint *server);
void traffic_free(struct traffic *traffic);
/* A packet of side. resent: outer segments of side that were lost or sent again so far. True when a
 * rule has something new to say at once. */
bool traffic_packet(struct traffic *traffic, enum side side, const struct inner *inner,
                    uint32_t resent, struct mark mark);
/* Connections on which sender's large segments do not come, until now. */
struct traffic_starved traffic_starved(const struct traffic *traffic, enum side sender,
                                       struct mark now);

#endif
