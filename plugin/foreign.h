/* foreign.h - connections that are no VPN, told by the first look at a packet
 *
 * A cache: most packets of most captures are of such connections, and cost nothing but this.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_FOREIGN_H
#define SSTPDIAG_PLUGIN_FOREIGN_H

#include <epan/address.h>

#include "base/event.h"

enum { FOREIGN_PLACES_BITS = 10 };

/* One place for each hash, which the last one takes. */
struct foreign_cache {
    struct foreign_place {
        uint64_t src, dst; /* port and address; of IPv6 its last four bytes */
        uint64_t where;    /* interface, and the kind of address */
        uint8_t src6[ADDRESS_MAX_LEN], dst6[ADDRESS_MAX_LEN]; /* whole IPv6 addresses */
        bool foreign;
    } places[1 << FOREIGN_PLACES_BITS];
};

/* Is the connection, in whichever direction, known to be foreign? False says nothing. ports: the
 * first four bytes of the TCP header. */
bool foreign_has(const struct foreign_cache *cache, const address *src, const address *dst,
                 const uint8_t *ports, uint32_t interface);
/* Remembers what is known of it now. */
void foreign_set(struct foreign_cache *cache, const address *src, const address *dst,
                 const uint8_t *ports, uint32_t interface, bool foreign);
void foreign_clear(struct foreign_cache *cache);

#endif
