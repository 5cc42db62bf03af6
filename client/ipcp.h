/* ipcp.h - IPCP of the client: an address and resolvers (RFC 1332, RFC 1877)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_IPCP_H
#define SSTPDIAG_CLIENT_IPCP_H

#include "automaton.h"

/* What is above and below. data is the one of ipcp_init(). */
struct ipcp_user {
    void (*send)(void *data, uint16_t protocol, uint8_t code, uint8_t id, const void *bytes,
                 size_t len);
    void (*up)(void *data, int64_t now);
    void (*finished)(void *data, int64_t now);
};

/* Addresses are numbers, 0: none. */
struct ipcp {
    struct automaton automaton;
    const struct ipcp_user *user;
    void *data;
    uint32_t address, dns1, dns2, peer_address;
    bool no_address, no_dns1, no_dns2; /* the peer rejected the option */
};

void ipcp_init(struct ipcp *ipcp, const struct ipcp_user *user, void *data);

#endif
