/* foreign.c - connections that are no VPN, told by the first look at a packet
 *
 * Nearly all instructions of the plugin on foreign traffic are spent here and in its caller: an
 * IPv4 connection is told by three words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "foreign.h"

#include <string.h>

/* What places have of a connection. */
struct key {
    uint64_t src, dst, where;
    const uint8_t *src6, *dst6; /* in the packet; NULL: IPv4 */
};

static inline uint64_t
end_make(const uint8_t *port, const uint8_t *addr)
{
    uint16_t number;
    uint32_t bytes;

    memcpy(&number, port, sizeof number);
    memcpy(&bytes, addr, sizeof bytes);
    return (uint64_t)number << 32 | bytes;
}

/* False when these are no IP addresses. */
static inline bool
key_make(struct key *key, const address *src, const address *dst, const uint8_t *ports,
         uint32_t interface)
{
    enum { V4_LEN = 4, V6_LEN = ADDRESS_MAX_LEN, V6_LAST = V6_LEN - V4_LEN };
    const uint8_t *from = src->data, *to = dst->data, *port_to = ports + sizeof(uint16_t);

    if (src->type == AT_IPv4 && src->len == V4_LEN && dst->type == AT_IPv4 && dst->len == V4_LEN) {
        *key = (struct key){ end_make(ports, from), end_make(port_to, to), (uint64_t)interface << 1,
                             NULL, NULL };
        return true;
    }
    if (src->type != AT_IPv6 || src->len != V6_LEN || dst->type != AT_IPv6 || dst->len != V6_LEN)
        return false;
    *key = (struct key){ end_make(ports, from + V6_LAST), end_make(port_to, to + V6_LAST),
                         (uint64_t)interface << 1 | 1, from, to };
    return true;
}

static bool
same6(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, ADDRESS_MAX_LEN) == 0;
}

static G_GNUC_NO_INLINE bool
are_at6(const struct foreign_place *place, const uint8_t *src6, const uint8_t *dst6)
{
    return (same6(place->src6, src6) && same6(place->dst6, dst6)) ||
           (same6(place->src6, dst6) && same6(place->dst6, src6));
}

static inline bool
is_at(const struct foreign_place *place, const struct key *key)
{
    bool same = place->src == key->src ? place->dst == key->dst
                                       : place->src == key->dst && place->dst == key->src;

    return same && place->where == key->where &&
           (!key->src6 || are_at6(place, key->src6, key->dst6));
}

/* The same for both directions. */
static inline size_t
place_of(const struct key *key)
{
    uint64_t sum = key->src + key->dst + key->where;

    return (size_t)(sum * UINT64_C(0x9e3779b97f4a7c15) >> (64 - FOREIGN_PLACES_BITS));
}

bool
foreign_has(const struct foreign_cache *cache, const address *src, const address *dst,
            const uint8_t *ports, uint32_t interface)
{
    struct key key;

    if (!key_make(&key, src, dst, ports, interface))
        return false;
    const struct foreign_place *place = &cache->places[place_of(&key)];
    return place->foreign && is_at(place, &key);
}

void
foreign_set(struct foreign_cache *cache, const address *src, const address *dst,
            const uint8_t *ports, uint32_t interface, bool foreign)
{
    struct key key;

    if (!key_make(&key, src, dst, ports, interface))
        return;
    struct foreign_place *place = &cache->places[place_of(&key)];
    if (!foreign) {
        if (is_at(place, &key))
            place->foreign = false;
        return;
    }
    *place = (struct foreign_place){ key.src, key.dst, key.where, { 0 }, { 0 }, true };
    if (key.src6) {
        memcpy(place->src6, key.src6, sizeof place->src6);
        memcpy(place->dst6, key.dst6, sizeof place->dst6);
    }
}

void
foreign_clear(struct foreign_cache *cache)
{
    memset(cache, 0, sizeof *cache);
}
