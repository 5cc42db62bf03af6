/* network.c - what a capture tells beside its connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/network.h"

#include <string.h>

#include "base/hash.h"
#include "base/thresholds.h"
#include "base/numbers.h"

enum {
    SEARCHES_MAX = 4096, /* addresses that are asked for at the same time */
    LOOKUPS_MAX = 4096,  /* that are kept; of more, the oldest are let go */
    LOOKUPS_LET_GO = LOOKUPS_MAX / 4,
    ID_SEARCH_MAX = 64, /* lookups that a response without a name may answer */
};

struct network {
    GPtrArray *lookups;
    GHashTable *searches; /* struct arp_search by itself, for its address */
    GHashTable *latest;   /* struct latest by its name, of whichever client */
};

/* A client's latest lookup of a name. */
struct latest {
    char *name; /* one GRefString for all clients and their lookups */
    struct endpoint client;
    struct dns_lookup *lookup;
    struct latest *next; /* another client's */
};

/* What stands in the table. */
static void
latest_free(gpointer data)
{
    struct latest *latest = data;

    g_ref_string_release(latest->name);
    while (latest) {
        struct latest *next = latest->next;
        g_free(latest);
        latest = next;
    }
}

static void
lookup_clear(gpointer data)
{
    g_ref_string_release(((struct dns_lookup *)data)->name);
}

const struct dns_lookup *
dns_lookup_ref(const struct dns_lookup *lookup)
{
    return g_rc_box_acquire((gpointer)lookup);
}

void
dns_lookup_unref(const struct dns_lookup *lookup)
{
    if (lookup)
        g_rc_box_release_full((gpointer)lookup, lookup_clear);
}

static void
lookup_let_go(gpointer lookup)
{
    dns_lookup_unref(lookup);
}

struct network *
network_new(void)
{
    struct network *network = g_new0(struct network, 1);

    network->searches =
        g_hash_table_new_full(endpoint_host_hash, endpoint_host_equal, g_free, NULL);
    network->lookups = g_ptr_array_new_with_free_func(lookup_let_go);
    network->latest = g_hash_table_new_full(hash_text, g_str_equal, NULL, latest_free);
    return network;
}

void
network_free(struct network *network)
{
    if (!network)
        return;
    g_hash_table_unref(network->latest);
    g_hash_table_unref(network->searches);
    g_ptr_array_unref(network->lookups);
    g_free(network);
}

/* From first on, NULL where that is. */
static struct latest *
latest_of_client(struct latest *first, const struct endpoint *client)
{
    struct latest *latest = first;

    while (latest && !endpoint_same_host(&latest->client, client))
        latest = latest->next;
    return latest;
}

/* The client's latest lookup of a name, NULL when there is none. */
static struct dns_lookup *
latest_lookup(const struct network *network, const char *name, const struct endpoint *client)
{
    const struct latest *latest =
        latest_of_client(g_hash_table_lookup(network->latest, name), client);

    return latest ? latest->lookup : NULL;
}

/* Where it stands; made, without a lookup, when there is none. */
static struct latest *
latest_place(struct network *network, const char *name, const struct endpoint *client)
{
    struct latest *first = g_hash_table_lookup(network->latest, name);
    struct latest *latest = latest_of_client(first, client);

    if (latest)
        return latest;
    latest = g_new0(struct latest, 1);
    latest->client = *client;
    if (first) {
        latest->name = first->name;
        latest->next = first->next;
        first->next = latest;
    } else {
        latest->name = g_ref_string_new(name);
        g_hash_table_insert(network->latest, latest->name, latest);
    }
    return latest;
}

/* The client's place for this name goes with its lookup. */
static void
latest_forget(struct network *network, const struct dns_lookup *lookup)
{
    struct latest *first = g_hash_table_lookup(network->latest, lookup->name), *latest = first,
                  *before = NULL;

    while (latest && latest->lookup != lookup) {
        before = latest;
        latest = latest->next;
    }
    if (!latest)
        return;
    if (before) {
        before->next = latest->next;
    } else {
        /* The table's key is the name, which lives on in other lookups. */
        g_hash_table_steal(network->latest, lookup->name);
        if (latest->next)
            g_hash_table_insert(network->latest, latest->next->name, latest->next);
        else
            g_ref_string_release(latest->name);
    }
    g_free(latest);
}

static void
forget_oldest(struct network *network)
{
    for (guint i = 0; i < LOOKUPS_LET_GO; i++)
        latest_forget(network, g_ptr_array_index(network->lookups, i));
    g_ptr_array_remove_range(network->lookups, 0, LOOKUPS_LET_GO);
}

static struct dns_lookup *
lookup_new(struct network *network, const struct latest *latest, const struct endpoint *resolver,
           struct mark mark)
{
    struct dns_lookup *lookup = g_rc_box_new0(struct dns_lookup);

    lookup->name = g_ref_string_acquire(latest->name);
    lookup->client = latest->client;
    lookup->resolver = *resolver;
    lookup->first = lookup->last = mark;
    g_ptr_array_add(network->lookups, lookup);
    return lookup;
}

static void
lookup_query(struct network *network, const struct dns_message *message,
             const struct endpoint *client, const struct endpoint *resolver, struct mark mark)
{
    struct latest *latest;
    struct dns_lookup *lookup;

    if (network->lookups->len >= LOOKUPS_MAX)
        forget_oldest(network);
    latest = latest_place(network, message->name, client);
    lookup = latest->lookup;
    if (!lookup || mark_between(lookup->last, mark) > DNS_SAME_LOOKUP_SECONDS * NS_PER_SECOND)
        latest->lookup = lookup = lookup_new(network, latest, resolver, mark);
    lookup->last = mark;
    lookup->resolver = *resolver;
    lookup->id = message->id;
    lookup->queries++;
    struct mark *asked = &lookup->asked[message->type == DNS_AAAA];
    if (mark_is_set(*asked) && mark_between(*asked, mark) < DNS_REPETITION_NS)
        return;
    lookup->repetitions += mark_is_set(*asked);
    *asked = mark;
}

bool
dns_lookup_has(const struct dns_lookup *lookup, const struct endpoint *address)
{
    for (unsigned i = 0; i < lookup->num_addresses; i++)
        if (endpoint_same_host(&lookup->addresses[i], address))
            return true;
    return false;
}

static void
lookup_address(struct dns_lookup *lookup, const struct endpoint *address)
{
    if (lookup->num_addresses < DNS_ADDRESSES_MAX && !dns_lookup_has(lookup, address))
        lookup->addresses[lookup->num_addresses++] = *address;
}

/* The client's lookup with this number: what a response without a name is about. */
static struct dns_lookup *
lookup_of_id(const struct network *network, uint16_t id, const struct endpoint *client)
{
    guint len = network->lookups->len, end = len > ID_SEARCH_MAX ? len - ID_SEARCH_MAX : 0;

    for (guint i = len; i-- > end;) {
        struct dns_lookup *lookup = g_ptr_array_index(network->lookups, i);
        if (lookup->id == id && endpoint_same_host(&lookup->client, client))
            return lookup;
    }
    return NULL;
}

static void
lookup_answer(struct network *network, const struct dns_message *message,
              const struct endpoint *client, struct mark mark)
{
    struct dns_lookup *lookup = message->name[0] ? latest_lookup(network, message->name, client)
                                                 : lookup_of_id(network, message->id, client);

    if (!lookup)
        return;
    lookup->answer = mark;
    lookup->answers++;
    lookup->unreadable += message->unreadable;
    lookup->rcode = message->rcode;
    lookup->incomplete |= message->incomplete;
    for (unsigned k = 0; k < message->num_addresses; k++)
        lookup_address(lookup, &message->addresses[k]);
}

void
network_dns(struct network *network, const struct dns_message *message, const struct endpoint *src,
            const struct endpoint *dst, struct mark mark)
{
    if (message->type != DNS_A && message->type != DNS_AAAA &&
        (message->name[0] || !message->response))
        return;
    if (message->response)
        lookup_answer(network, message, dst, mark);
    else
        lookup_query(network, message, src, dst, mark);
}

void
network_arp(struct network *network, const struct endpoint *sender, const struct endpoint *target,
            struct mark mark)
{
    g_hash_table_remove(network->searches, sender);
    if (!target || endpoint_same_host(sender, target))
        return;
    struct arp_search *search = g_hash_table_lookup(network->searches, target);
    if (!search) {
        if (g_hash_table_size(network->searches) >= SEARCHES_MAX)
            return;
        search = g_new0(struct arp_search, 1);
        search->address = *target;
        search->first = mark;
        g_hash_table_add(network->searches, search);
    }
    search->last = mark;
    search->requests++;
}

const struct arp_search *
network_arp_search(const struct network *network, const struct endpoint *address)
{
    return g_hash_table_lookup(network->searches, address);
}

const GPtrArray *
network_lookups(const struct network *network)
{
    return network->lookups;
}

const struct dns_lookup *
network_find_address(const struct network *network, const struct endpoint *client,
                     const struct endpoint *address, struct mark mark)
{
    for (guint i = network->lookups->len; i-- > 0;) {
        const struct dns_lookup *lookup = g_ptr_array_index(network->lookups, i);
        if (lookup->first.frame <= mark.frame && endpoint_same_host(&lookup->client, client) &&
            dns_lookup_has(lookup, address))
            return lookup;
    }
    return NULL;
}

const struct dns_lookup *
network_find_name(const struct network *network, const struct endpoint *client, const char *name)
{
    return latest_lookup(network, name, client);
}

bool
dns_lookup_changed(const struct network *network, const struct dns_lookup *dns,
                   const struct endpoint *address)
{
    for (guint i = 0; i < network->lookups->len; i++) {
        const struct dns_lookup *other = g_ptr_array_index(network->lookups, i);
        bool same = other->num_addresses == 0 || strcmp(other->name, dns->name) != 0;
        for (unsigned k = 0; k < other->num_addresses && !same; k++)
            same = other->addresses[k].addr_len != address->addr_len ||
                   endpoint_same_host(&other->addresses[k], address);
        if (!same)
            return true;
    }
    return false;
}
