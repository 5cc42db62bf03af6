/* lcp.h - LCP of the client: what it asks for and what it accepts (RFC 1661 5 and 6)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_LCP_H
#define SSTPDIAG_CLIENT_LCP_H

#include "automaton.h"
#include "method.h"

enum { METHODS_ASKED_MAX = 8 };

/* What is above and below. data is the one of lcp_init(). */
struct lcp_user {
    void (*send)(void *data, uint16_t protocol, uint8_t code, uint8_t id, const void *bytes,
                 size_t len);
    void (*up)(void *data, int64_t now);
    void (*down)(void *data, int64_t now);
    void (*finished)(void *data, int64_t now);
    /* The peer does not speak this protocol. */
    void (*protocol_rejected)(void *data, uint16_t protocol, int64_t now);
};

struct lcp {
    struct automaton automaton;
    const struct lcp_user *user;
    void *data;
    unsigned methods;             /* that are accepted: a set of enum method */
    uint16_t mru;                 /* asked for */
    bool no_mru, no_magic;        /* the peer rejected the option */
    bool asked_better;            /* EAP was answered by what is surer to work, once */
    uint32_t magic, random_state; /* the latter makes the next magic number */
    uint16_t peer_mru;
    unsigned echo_replies;                /* that came */
    enum method method;                   /* agreed, or last asked for */
    enum method asked[METHODS_ASKED_MAX]; /* each one once, in order */
    unsigned num_asked;
};

/* methods: what is accepted; magic: a random number. */
void lcp_init(struct lcp *lcp, const struct lcp_user *user, void *data, unsigned methods,
              uint16_t mru, uint32_t magic);
/* A frame of a protocol that the client does not speak, from its protocol field on. */
void lcp_reject_protocol(struct lcp *lcp, struct buf protocol_and_information);

/* An Echo-Request, or a Discard-Request, which nothing answers, of len bytes. False: it is not
 * open, or the peer takes none of that length. */
bool lcp_fill(struct lcp *lcp, bool echo, size_t len);

#endif
