/* ask.h - asks resolvers for the addresses of a name, each by itself
 *
 * What this host's programs get may come from a file, a cache or another resolver than the one that
 * one thinks of. Asked are those that the host is set to, and those of the command line; no other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_ASK_H
#define SSTPPROBE_ASK_H

#include "codec/dns.h"
#include "lookup.h"

enum { ASK_RESOLVERS_MAX = 8, ASK_TYPES = 2 };

/* A message as it went or came. */
struct datagram {
    struct endpoint src, dst;
    int64_t time;
    GByteArray *bytes;
};

struct resolver {
    struct endpoint address;
    int fd;                 /* -1: it cannot be asked */
    bool asked, answered;   /* answered: to all that was asked */
    bool refused;           /* nobody listens there */
    uint16_t id[ASK_TYPES]; /* of the queries: A, AAAA */
    bool got[ASK_TYPES];
    uint8_t rcode;    /* the worst one */
    unsigned queries; /* sent, repetitions counted */
    unsigned num_addresses;
    struct endpoint addresses[DNS_ADDRESSES_MAX];
};

struct ask {
    struct resolver resolvers[ASK_RESOLVERS_MAX];
    unsigned num;
    GPtrArray *datagrams; /* struct datagram */
};

struct ask *ask_new(void);
/* NULL is fine. */
void ask_free(struct ask *ask);
/* An address. False: it is none, or there are too many. */
bool ask_add(struct ask *ask, const char *address);
/* Those of /etc/resolv.conf. */
void ask_add_host(struct ask *ask);
/* Asks all of them at once; again after one and three seconds. Waits for those that are silent as
 * long as none has answered, else for a moment. */
void ask_name(struct ask *ask, const char *name, enum lookup_family family, int64_t until);
/* "198.51.100.20", "no such name (NXDOMAIN)", "no answer to 3 queries"; newly allocated. */
char *ask_text(const struct resolver *resolver);

#endif
