/* foreign.h - connections that are no VPN, told by the first look at a packet
 *
 * A cache: most packets of most captures are of such connections, and cost nothing but this.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_FOREIGN_H
#define SSTPDIAG_PLUGIN_FOREIGN_H

#include <epan/address.h>

#include "base/buf.h"

struct foreign_end {
    uint64_t high, low; /* the address; of IPv4 low alone */
    uint32_t port;      /* as in the packet, and the kind of address */
};

struct foreign_key {
    struct foreign_end src, dst;
    uint32_t interface;
};

enum { FOREIGN_PLACES_BITS = 10 };

/* One place for each hash, which the last one takes. */
struct foreign_cache {
    struct foreign_place {
        struct foreign_key key;
        bool foreign;
    } places[1 << FOREIGN_PLACES_BITS];
};

/* From the addresses and the first four bytes of the TCP header. False when these are no IP
 * addresses. */
bool foreign_key_make(struct foreign_key *key, const address *src, const address *dst,
                      const uint8_t *ports, uint32_t interface);
/* Is the connection, in whichever direction, known to be foreign? False says nothing. */
bool foreign_has(const struct foreign_cache *cache, const struct foreign_key *key);
/* Remembers what is known of it now. */
void foreign_set(struct foreign_cache *cache, const struct foreign_key *key, bool foreign);
void foreign_clear(struct foreign_cache *cache);

#endif
