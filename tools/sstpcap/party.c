/* party.c - the connections of one client at one server, which one engine judges together
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "party.h"

#include "base/endpoint.h"
#include "base/hash.h"
#include "engine/tell.h"

enum {
    CONNECTIONS_MAX = 64, /* that one engine gets */
    LINGER_SECONDS = 300, /* after the last one has left: checks of a monitor come in a rhythm */
};

struct parties {
    struct config config;
    GHashTable *by_route;  /* struct route -> struct party, which takes connections */
    GHashTable *by_client; /* struct endpoint of a client -> the same, its newest */
    GQueue left;           /* struct party without connections, who was left first in front */
};

struct party {
    struct parties *parties;
    struct route route;
    struct engine *engine;
    uint32_t num_frames;
    unsigned taken, here; /* connections so far, and those that have not left */
    GList in_left;
    int64_t left_ns;
};

static guint
route_hash(gconstpointer route)
{
    return hash_bytes(route, sizeof(struct route));
}

static gboolean
route_equal(gconstpointer a, gconstpointer b)
{
    const struct route *x = a, *y = b;

    return x->interface == y->interface && endpoint_equal(&x->client, &y->client) &&
           endpoint_equal(&x->server, &y->server);
}

struct parties *
parties_new(const struct config *config)
{
    struct parties *parties = g_new0(struct parties, 1);

    parties->config = *config;
    parties->by_route = g_hash_table_new(route_hash, route_equal);
    parties->by_client = g_hash_table_new(endpoint_host_hash, endpoint_host_equal);
    return parties;
}

/* It takes no more connections. */
static void
close_party(struct party *party)
{
    struct parties *parties = party->parties;

    if (g_hash_table_lookup(parties->by_route, &party->route) == party)
        g_hash_table_remove(parties->by_route, &party->route);
    if (g_hash_table_lookup(parties->by_client, &party->route.client) == party)
        g_hash_table_remove(parties->by_client, &party->route.client);
}

/* Nobody is here, and it stands in left no more. */
static void
party_free(struct party *party)
{
    close_party(party);
    engine_free(party->engine);
    g_free(party);
}

void
parties_free(struct parties *parties)
{
    GList *link;

    while ((link = g_queue_pop_head_link(&parties->left)))
        party_free(link->data);
    g_hash_table_unref(parties->by_route);
    g_hash_table_unref(parties->by_client);
    g_free(parties);
}

struct party *
party_join(struct parties *parties, const struct route *route)
{
    struct party *party = g_hash_table_lookup(parties->by_route, route);

    if (party && party->taken >= CONNECTIONS_MAX) {
        close_party(party);
        party = NULL;
    }
    if (!party) {
        party = g_new0(struct party, 1);
        party->parties = parties;
        party->route = *route;
        party->engine = engine_new(&parties->config);
        engine_keep_no_frames(party->engine);
        g_hash_table_insert(parties->by_route, &party->route, party);
        g_hash_table_replace(parties->by_client, &party->route.client, party);
    }
    if (party->taken > 0 && party->here == 0)
        g_queue_unlink(&parties->left, &party->in_left);
    party->taken++;
    party->here++;
    return party;
}

void
party_leave(struct party *party, int64_t now_ns)
{
    if (--party->here > 0)
        return;
    party->left_ns = now_ns;
    party->in_left.data = party;
    g_queue_push_tail_link(&party->parties->left, &party->in_left);
}

void
parties_forget(struct parties *parties, int64_t now_ns)
{
    while (parties->left.length > 0) {
        struct party *party = parties->left.head->data;
        if (time_apart(party->left_ns, now_ns) < LINGER_SECONDS * NS_PER_SECOND)
            return;
        g_queue_unlink(&parties->left, &party->in_left);
        party_free(party);
    }
}

bool
party_is_new(const struct party *party)
{
    return party->num_frames == 0;
}

struct engine *
party_engine(const struct party *party)
{
    return party->engine;
}

struct mark
party_frame(struct party *party, int64_t time_ns)
{
    return (struct mark){ ++party->num_frames, time_ns };
}

void
parties_beside(struct parties *parties, struct frame *frame, uint32_t interface, int64_t time_ns)
{
    const struct endpoint *const hosts[] = { &frame->src, &frame->dst };

    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        struct party *party = g_hash_table_lookup(parties->by_client, hosts[i]);
        if (party && party->route.interface == interface)
            engine_tell(party->engine, frame, party_frame(party, time_ns), interface);
    }
}
