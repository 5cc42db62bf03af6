/* floods.c - requests to connect of which nothing came, by server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/floods.h"

enum { SERVERS_MAX = 1024, SOURCES_MAX = 65536 };

/* What one server got. */
struct server {
    struct endpoint endpoint;
    struct syn_flood all, for_good;
    GHashTable *sources; /* host (struct endpoint without its port) -> is it there for good? */
};

struct floods {
    GHashTable *servers; /* struct endpoint -> struct server */
    guint num_sources;
};

static void
server_free(gpointer data)
{
    struct server *server = data;

    g_hash_table_unref(server->sources);
    g_free(server);
}

struct floods *
floods_new(void)
{
    struct floods *floods = g_new0(struct floods, 1);

    floods->servers = g_hash_table_new_full(endpoint_hash, endpoint_equal, NULL, server_free);
    return floods;
}

void
floods_free(struct floods *floods)
{
    g_hash_table_unref(floods->servers);
    g_free(floods);
}

static struct server *
server_of(struct floods *floods, const struct endpoint *endpoint)
{
    struct server *server = g_hash_table_lookup(floods->servers, endpoint);

    if (server || g_hash_table_size(floods->servers) >= SERVERS_MAX)
        return server;
    server = g_new0(struct server, 1);
    server->endpoint = *endpoint;
    server->sources = g_hash_table_new_full(endpoint_host_hash, endpoint_host_equal, g_free, NULL);
    g_hash_table_insert(floods->servers, &server->endpoint, server);
    return server;
}

static void
count(struct syn_flood *flood, struct mark mark, bool new_source, bool one_more)
{
    if (flood->requests++ == 0 || mark.time < flood->first.time)
        flood->first = mark;
    if (flood->requests == 1 || mark.time > flood->last.time)
        flood->last = mark;
    flood->sources += new_source;
    flood->more_sources |= one_more;
}

/* False: there is no room for one more. */
static bool
know_source(struct floods *floods, struct server *server, const struct endpoint *source,
            bool for_good, bool *is_new)
{
    gpointer stays = NULL;
    bool known = g_hash_table_lookup_extended(server->sources, source, NULL, &stays);

    *is_new = for_good ? !stays : !known;
    if (!known && floods->num_sources >= SOURCES_MAX)
        return false;
    floods->num_sources += !known;
    if (*is_new)
        g_hash_table_replace(server->sources, g_memdup2(source, sizeof *source),
                             GINT_TO_POINTER(for_good));
    return true;
}

static void
add(struct floods *floods, struct server *server, const struct conn *conn, bool for_good)
{
    bool is_new;
    bool room = know_source(floods, server, conn_endpoint(conn, SIDE_CLIENT), for_good, &is_new);

    count(for_good ? &server->for_good : &server->all, conn_first(conn), room && is_new, !room);
}

void
floods_add(struct floods *floods, const struct conn *conn, bool for_good)
{
    struct server *server = server_of(floods, conn_endpoint(conn, SIDE_SERVER));

    if (!server)
        return;
    add(floods, server, conn, false);
    if (for_good)
        add(floods, server, conn, true);
}

static gboolean
is_not_for_good(gpointer source, gpointer stays, gpointer data)
{
    (void)source, (void)data;
    return !stays;
}

void
floods_begin_again(struct floods *floods)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, floods->servers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct server *server = value;
        floods->num_sources -= g_hash_table_foreach_remove(server->sources, is_not_for_good, NULL);
        server->all = server->for_good;
        if (server->all.requests == 0)
            g_hash_table_iter_remove(&iter);
    }
}

const struct syn_flood *
floods_at(const struct floods *floods, const struct endpoint *server)
{
    const struct server *found = g_hash_table_lookup(floods->servers, server);

    return found ? &found->all : NULL;
}
