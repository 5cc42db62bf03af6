/* ipv6cp.h - IPV6CP of the client: an interface identifier (RFC 5072)
 *
 * A peer that speaks no IPv6 rejects the protocol, or never answers: both are no fault.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_IPV6CP_H
#define SSTPDIAG_CLIENT_IPV6CP_H

#include "automaton.h"

enum { IPV6CP_ID_LEN = 8 };

/* What is below. data is the one of ipv6cp_init(). */
struct ipv6cp_user {
    void (*send)(void *data, uint16_t protocol, uint8_t code, uint8_t id, const void *bytes,
                 size_t len);
};

struct ipv6cp {
    struct automaton automaton;
    const struct ipv6cp_user *user;
    void *data;
    uint8_t id[IPV6CP_ID_LEN], peer_id[IPV6CP_ID_LEN]; /* zero: none */
    bool no_id;                                        /* the peer rejected the option */
    bool was_open;                                     /* and may be still: automaton.state */
    bool refused;                                      /* by an LCP Protocol-Reject */
};

/* id: random, not zero. */
void ipv6cp_init(struct ipv6cp *ipv6cp, const struct ipv6cp_user *user, void *data,
                 const uint8_t id[static IPV6CP_ID_LEN]);
bool ipv6cp_is_open(const struct ipv6cp *ipv6cp);

#endif
