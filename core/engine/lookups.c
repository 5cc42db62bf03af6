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

const GPtrArray *
lookups_find(struct lookups *lookups, const struct capture *capture)
{
    const GPtrArray *all = network_lookups(capture->network);
    const GPtrArray *sessions = conns_sessions(capture->conns);

    const struct dns_lookup *told[LOOKUPS_MAX];
    unsigned num = 0;

    lookups_forget(lookups);
    for (guint i = all->len; i-- > 0 && num < LOOKUPS_MAX;) {
        const struct dns_lookup *lookup = g_ptr_array_index(all, i);
        if (is_of_interest(capture, lookup) && !was_made_good(all, lookup) &&
            !was_not_needed(sessions, lookup))
            told[num++] = lookup;
    }
    while (num > 0)
        lookups_add(lookups, told[--num], sessions->len + lookups->sessions->len);
    return lookups->sessions;
}
