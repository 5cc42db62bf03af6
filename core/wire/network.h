/* network.h - what a capture tells beside its connections: who asked DNS for which name, and which
 * addresses nobody answers for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_NETWORK_H
#define SSTPDIAG_CORE_WIRE_NETWORK_H

#include <glib.h>

#include "codec/dns.h"
#include "base/endpoint.h"

/* One host's search for the addresses of one name: A and AAAA, with all repetitions. */
struct dns_lookup {
    char *name;                       /* lower case; GRefString */
    struct endpoint client, resolver; /* resolver: the last one asked; both without ports */
    struct mark first, last;          /* queries */
    uint32_t queries, repetitions;    /* repetitions: of the same type, some time later */
    uint16_t id;                      /* of the last query */
    struct mark answer;               /* the last one */
    uint32_t answers, unreadable;     /* unreadable: of them */
    uint8_t rcode;                    /* of the last answer */
    bool incomplete; /* an answer was not seen whole: there may be more addresses */
    unsigned num_addresses;
    struct endpoint addresses[DNS_ADDRESSES_MAX];
    struct mark asked[2]; /* last query that was the first or a repetition: A, AAAA */
};

/* ARP requests for an address, since it was last heard of. */
struct arp_search {
    struct endpoint address;
    struct mark first, last;
    uint32_t requests;
};

struct network;

struct network *network_new(void);
void network_free(struct network *network);
/* A query or its answer between client and resolver; ports are of no interest. */
void network_dns(struct network *network, const struct dns_message *message,
                 const struct endpoint *src, const struct endpoint *dst, struct mark mark);
/* An ARP packet of sender; target: whom it asks for, NULL for an answer. */
void network_arp(struct network *network, const struct endpoint *sender,
                 const struct endpoint *target, struct mark mark);
/* The search for an address that goes on unanswered; NULL for none. */
const struct arp_search *network_arp_search(const struct network *network,
                                            const struct endpoint *address);
/* struct dns_lookup, by first query: the latest ones. Who keeps one refers to it. */
const GPtrArray *network_lookups(const struct network *network);
const struct dns_lookup *dns_lookup_ref(const struct dns_lookup *lookup);
/* NULL is fine. */
void dns_lookup_unref(const struct dns_lookup *lookup);
/* The last lookup by client, begun before mark, whose answer holds the address. NULL for none. */
const struct dns_lookup *network_find_address(const struct network *network,
                                              const struct endpoint *client,
                                              const struct endpoint *address, struct mark mark);
/* The last lookup of the name by client; NULL for none. */
const struct dns_lookup *network_find_name(const struct network *network,
                                           const struct endpoint *client, const char *name);
/* The answers to the lookup hold the address; ports do not count. */
bool dns_lookup_has(const struct dns_lookup *lookup, const struct endpoint *address);
/* Another lookup of the same name gave addresses, and address was not among them. */
bool dns_lookup_changed(const struct network *network, const struct dns_lookup *dns,
                        const struct endpoint *address);

#endif
