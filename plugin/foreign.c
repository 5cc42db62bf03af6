/* foreign.c - connections that are no VPN, told by the first look at a packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "foreign.h"

#include <string.h>

enum { IP6_FLAG = 1 << 16 };

static bool
end_make(struct foreign_end *end, const address *addr, const uint8_t *port)
{
    uint16_t number;
    uint32_t address;

    memcpy(&number, port, sizeof number);
    end->port = number;
    if (addr->type == AT_IPv4 && addr->len == sizeof address) {
        memcpy(&address, addr->data, sizeof address);
        end->high = 0;
        end->low = address;
        return true;
    }
    if (addr->type != AT_IPv6 || addr->len != sizeof end->high + sizeof end->low)
        return false;
    memcpy(&end->high, addr->data, sizeof end->high);
    memcpy(&end->low, (const uint8_t *)addr->data + sizeof end->high, sizeof end->low);
    end->port |= IP6_FLAG;
    return true;
}

static inline bool
end_equal(const struct foreign_end *a, const struct foreign_end *b)
{
    return a->low == b->low && a->port == b->port && a->high == b->high;
}

static inline bool
key_equal(const struct foreign_key *a, const struct foreign_key *b)
{
    if (a->interface != b->interface)
        return false;
    return end_equal(&a->src, &b->src) ? end_equal(&a->dst, &b->dst)
                                       : end_equal(&a->src, &b->dst) && end_equal(&a->dst, &b->src);
}

/* The same for both directions. */
static size_t
place_of(const struct foreign_key *key)
{
    uint64_t sum = key->src.low + key->dst.low + key->src.high + key->dst.high +
                   ((uint64_t)(key->src.port + key->dst.port) << 32) + key->interface;

    return (size_t)(sum * UINT64_C(0x9e3779b97f4a7c15) >> (64 - FOREIGN_PLACES_BITS));
}

bool
foreign_key_make(struct foreign_key *key, const address *src, const address *dst,
                 const uint8_t *ports, uint32_t interface)
{
    key->interface = interface;
    return end_make(&key->src, src, ports) && end_make(&key->dst, dst, ports + sizeof(uint16_t));
}

bool
foreign_has(const struct foreign_cache *cache, const struct foreign_key *key)
{
    const struct foreign_place *place = &cache->places[place_of(key)];

    return place->foreign && key_equal(&place->key, key);
}

void
foreign_set(struct foreign_cache *cache, const struct foreign_key *key, bool foreign)
{
    struct foreign_place *place = &cache->places[place_of(key)];

    if (foreign)
        *place = (struct foreign_place){ *key, true };
    else if (key_equal(&place->key, key))
        place->foreign = false;
}

void
foreign_clear(struct foreign_cache *cache)
{
    memset(cache, 0, sizeof *cache);
}
