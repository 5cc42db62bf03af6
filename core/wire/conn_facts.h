/* conn_facts.h - what is known of a connection beside its two senders: facts for whoever asks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_CONN_FACTS_H
#define SSTPDIAG_CORE_WIRE_CONN_FACTS_H

#include "base/event.h"

/* Lower endpoint first, so that both directions find it. */
struct conn_key {
    struct endpoint a, b;
    uint32_t interface;
};

/* ICMP errors about segments of a connection, by whose segments they are. */
struct icmp_facts {
    struct icmp_error first; /* that is no call for smaller packets */
    uint32_t errors;
    struct mark last;
    struct icmp_error smaller; /* the last call for smaller packets */
    struct mark smaller_first;
    uint32_t smaller_calls;
};

/* What an HTTP proxy said in clear before TLS. */
struct proxy_facts {
    struct mark connect, answer;
    struct mark basic; /* Proxy-Authorization: Basic; what it holds is not kept */
    unsigned status;
    size_t header_len; /* PROXY protocol header in front of the client's bytes; 0: none */
    struct mark header;
};

/* Requests to connect to one server of which nothing came: nobody answered, nobody asked again. */
struct syn_flood {
    uint32_t requests;
    uint32_t sources; /* hosts that they came from, as they say */
    bool more_sources;
    struct mark first, last;
};

/* What a segment did, beyond changing the connection. */
enum conn_event {
    CONN_EVENT_NONE = 0,
    CONN_EVENT_CLOSED = 1 << 0,  /* FIN or RST */
    CONN_EVENT_TLS = 1 << 1,     /* handshake fact or alert in clear */
    CONN_EVENT_LENGTHS = 1 << 2, /* record lengths tell something new of a session */
};

#endif
