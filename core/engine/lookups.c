/* lookups.c - failed lookups that no connection followed, as sessions that ended before TCP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/lookups.h"

#include <string.h>

enum { LOOKUPS_MAX = 8 }; /* that are told: the latest */

struct lookups {
    GPtrArray *sessions; /* struct session; owns them */
    GPtrArray *conns;    /* struct conn that they stand on, without a segment; owns them */
};

struct lookups *
lookups_new(void)
{
    struct lookups *lookups = g_new0(struct lookups, 1);

    lookups->sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    lookups->conns = g_ptr_array_new_with_free_func((GDestroyNotify)conn_free);
    return lookups;
}

void
lookups_free(struct lookups *lookups)
{
    g_ptr_array_unref(lookups->sessions);
    g_ptr_array_unref(lookups->conns);
    g_free(lookups);
}

void
lookups_forget(struct lookups *lookups)
{
    g_ptr_array_set_size(lookups->sessions, 0);
    g_ptr_array_set_size(lookups->conns, 0);
}

/* A host that the capture shows in a session, on either side: its other lookups are not the VPN's.
 */
static bool
host_has_session(const GPtrArray *sessions, const struct endpoint *host)
{
    for (guint i = 0; i < sessions->len; i++) {
        const struct conn *conn = session_conn(g_ptr_array_index(sessions, i));
        for (int side = 0; side < SIDE_COUNT; side++)
            if (endpoint_same_host(conn_endpoint(conn, (enum side)side), host))
                return true;
    }
    return false;
}

/* Is a failed lookup one of the VPN's? By the configured servers' names, or, when any server will
 * do, where the capture shows no session of the host that asked. */
static bool
is_of_interest(const struct capture *capture, const struct dns_lookup *lookup)
{
    if (lookup->num_addresses > 0)
        return false;
    return servers_have_name(capture->servers, lookup->name) ||
           (servers_have_any(capture->servers) &&
            !host_has_session(conns_sessions(capture->conns), &lookup->client));
}

/* Another lookup of the name, by whomever, gave an address. */
static bool
was_made_good(const GPtrArray *all, const struct dns_lookup *lookup)
{
    for (guint i = 0; i < all->len; i++) {
        const struct dns_lookup *other = g_ptr_array_index(all, i);
        if (other->num_addresses > 0 && strcmp(other->name, lookup->name) == 0)
            return true;
    }
    return false;
}

static bool
name_is(const char *name, const char *host)
{
    size_t len = strlen(name);

    return host && g_ascii_strncasecmp(host, name, len) == 0 &&
           (host[len] == '\0' || host[len] == ':');
}

/* A connection went to the name all the same: its address was known from elsewhere. */
static bool
was_not_needed(const GPtrArray *sessions, const struct dns_lookup *lookup)
{
    for (guint i = 0; i < sessions->len; i++) {
        const struct session *session = g_ptr_array_index(sessions, i);
        const struct tls_client_hello *hello = &session_tls(session)->client_hello;
        if (name_is(lookup->name, session_http(session)->host) ||
            (hello->has_sni && name_is(lookup->name, hello->sni)))
            return true;
    }
    return false;
}

static void
lookups_add(struct lookups *lookups, const struct dns_lookup *lookup, uint32_t id)
{
    struct segment query = { .src = lookup->client, .dst = lookup->resolver };
    struct conn_key key;

    query.dst.port = DNS_PORT;
    conn_key_make(&query, &key);
    struct conn *conn = conn_new(&key);
    conn_set_client(conn, conn_side(conn, &query.src));
    g_ptr_array_add(lookups->conns, conn);
    g_ptr_array_add(lookups->sessions, session_new_lookup(conn, id, lookup));
}

/* Does the lookup fail for this capture's purpose? */
typedef bool (*lookup_is_told_fn)(const struct capture *capture, const struct dns_lookup *lookup,
                                  gpointer data);

/* The latest of those that are told, in their order, numbered from first on. */
static void
lookups_take(struct lookups *lookups, const struct capture *capture, uint32_t first,
             lookup_is_told_fn is_told, gpointer data)
{
    const GPtrArray *all = network_lookups(capture->network);
    const struct dns_lookup *told[LOOKUPS_MAX];
    unsigned num = 0;

    for (guint i = all->len; i-- > 0 && num < LOOKUPS_MAX;) {
        const struct dns_lookup *lookup = g_ptr_array_index(all, i);
        if (is_told(capture, lookup, data) && !was_made_good(all, lookup))
            told[num++] = lookup;
    }
    while (num > 0)
        lookups_add(lookups, told[--num], first + lookups->sessions->len);
}

static bool
is_named(const struct capture *capture, const struct dns_lookup *lookup, gpointer data)
{
    (void)data;
    return is_of_interest(capture, lookup) &&
           !was_not_needed(conns_sessions(capture->conns), lookup);
}

const GPtrArray *
lookups_find(struct lookups *lookups, const struct capture *capture)
{
    lookups_forget(lookups);
    lookups_take(lookups, capture, conns_sessions(capture->conns)->len, is_named, NULL);
    return lookups->sessions;
}

/* --- without a server's name ----------------------------------------------------------------- */

/* Could it be a server's? Names of services, of the local network, and of addresses are none. */
static bool
is_server_name(const char *name)
{
    static const char *const suffixes[] = { ".arpa", ".local",    ".lan",
                                            ".home", ".internal", ".localdomain" };

    if (!strchr(name, '.') || name[0] == '_' || g_str_has_prefix(name, "wpad."))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(name, suffixes[i]))
            return false;
    return true;
}

/* The last connection that each host began: struct endpoint to frame. Caller frees. */
static GHashTable *
last_connections(const struct capture *capture)
{
    GHashTable *last = g_hash_table_new(endpoint_host_hash, endpoint_host_equal);
    const GPtrArray *all = conns_all(capture->conns);

    for (guint i = 0; i < all->len; i++) {
        const struct connection *connection = g_ptr_array_index(all, i);
        g_hash_table_replace(last, (gpointer)conn_endpoint(connection->conn, SIDE_CLIENT),
                             GUINT_TO_POINTER(connection->frame));
    }
    return last;
}

/* A client that cannot resolve its server opens no connection. */
static bool
is_unnamed(const struct capture *capture, const struct dns_lookup *lookup, gpointer data)
{
    guint frame = GPOINTER_TO_UINT(g_hash_table_lookup(data, &lookup->client));

    (void)capture;
    return lookup->num_addresses == 0 && frame < lookup->first.frame &&
           is_server_name(lookup->name);
}

const GPtrArray *
lookups_find_unnamed(struct lookups *lookups, const struct capture *capture, uint32_t first)
{
    GHashTable *last = last_connections(capture);

    lookups_take(lookups, capture, first, is_unnamed, last);
    g_hash_table_unref(last);
    return lookups->sessions;
}
