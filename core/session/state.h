/* state.h - what a session keeps: for session/ alone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_STATE_H
#define SSTPDIAG_CORE_SESSION_STATE_H

#include "session/session.h"

struct session {
    uint32_t id;
    struct conn *conn;
    enum evidence evidence;
    enum stage stage;   /* of what was last seen */
    enum stage reached; /* furthest */
    struct stage_state stages[STAGE_COUNT];
    struct {
        uint32_t walked, decrypted; /* records up to the frame of this side's first clear bytes */
        struct mark mark;
    } clear_base[SIDE_COUNT];
    struct dialled_facts dialled; /* once the server's certificate is there */
    struct http_facts http;
    struct sstp_facts sstp;
    const struct lengths_facts *lengths; /* of its connection; NULL: not recognised by lengths */
    struct ppp_negotiation lcp[SIDE_COUNT], ipcp[SIDE_COUNT], ipv6cp[SIDE_COUNT],
        ccp[SIDE_COUNT]; /* by who asks */
    struct mark lcp_opened, ncp_opened;
    struct echo lcp_echo[SIDE_COUNT];
    uint32_t echo_reflections[SIDE_COUNT]; /* LCP Echo-Replies with the asker's own magic number */
    struct mark ppp_first[SIDE_COUNT], ppp_last[SIDE_COUNT]; /* any PPP frame */
    struct compression_facts compression[SIDE_COUNT];        /* by sender */
    struct cbcp_facts cbcp;
    struct auth_facts auth;
    struct terminate_facts terminate[SIDE_COUNT];
    /* The first answer to a goodbye of the side that could not be read itself. */
    struct mark unread_goodbye[SIDE_COUNT];
    struct data_facts data;
    struct traffic *traffic;          /* NULL before the first inner packet */
    struct mtu_facts mtu[SIDE_COUNT]; /* by sender */
    const struct dns_lookup *dns; /* that led to the server, or to nothing; NULL when not seen */
    struct rebound rebound;
    struct revocation_facts revocation;
    struct binding_cert cert; /* of this leg's leaf, or the one seen earlier for this server */
    bool has_cert, cert_from_earlier;
    struct binding_check check;                    /* once Call Connected is there */
    uint64_t announced[(FINDING_COUNT + 63) / 64]; /* findings already shown at a frame */
    struct timeline timeline;
    GArray *answers; /* struct frame_answer, completed and not yet taken by the engine */
    bool changed;    /* something happened that rules should look at */
};

#endif
