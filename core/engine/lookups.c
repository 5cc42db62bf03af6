/* lookups.c - failed lookups that no connection followed, as sessions that ended before TCP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/lookups.h"

#include <string.h>

#include "base/hash.h"

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

/* What the capture shows beside a failed lookup, asked once a lookup: sets, as both a capture's
 * lookups and its sessions may be thousands. */
struct shown {
    GHashTable *resolved; /* names that a lookup, of whomever, gave an address for */
    GHashTable *hosts;    /* struct endpoint: hosts of sessions, on either side */
    GHashTable *reached;  /* names, in lower case, that a connection of a session went to */
    GHashTable *last;     /* struct endpoint to the frame of the last connection that it began */
};

/* The host's name alone, in lower case. Caller frees. */
static char *
host_name(const char *host)
{
    char *name = g_ascii_strdown(host, -1);

    name[strcspn(name, ":")] = '\0';
    return name;
}

static void
shown_add_session(struct shown *shown, const struct session *session)
{
    const struct tls_client_hello *hello = &session_tls(session)->client_hello;

    for (int side = 0; side < SIDE_COUNT; side++)
        g_hash_table_add(shown->hosts,
                         (gpointer)conn_endpoint(session_conn(session), (enum side)side));
    if (session_http(session)->host)
        g_hash_table_add(shown->reached, host_name(session_http(session)->host));
    if (hello->has_sni)
        g_hash_table_add(shown->reached, host_name(hello->sni));
}

static void
shown_init(struct shown *shown, const struct capture *capture)
{
    const GPtrArray *lookups = network_lookups(capture->network);
    const GPtrArray *sessions = conns_sessions(capture->conns);
    const GPtrArray *all = conns_all(capture->conns);

    shown->resolved = g_hash_table_new(hash_text, g_str_equal);
    shown->hosts = g_hash_table_new(endpoint_host_hash, endpoint_host_equal);
    shown->reached = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    shown->last = g_hash_table_new(endpoint_host_hash, endpoint_host_equal);
    for (guint i = 0; i < lookups->len; i++) {
        const struct dns_lookup *lookup = g_ptr_array_index(lookups, i);
        if (lookup->num_addresses > 0)
            g_hash_table_add(shown->resolved, (gpointer)lookup->name);
    }
    for (guint i = 0; i < sessions->len; i++)
        shown_add_session(shown, g_ptr_array_index(sessions, i));
    for (guint i = 0; i < all->len; i++) {
        const struct connection *connection = g_ptr_array_index(all, i);
        g_hash_table_replace(shown->last, (gpointer)conn_endpoint(connection->conn, SIDE_CLIENT),
                             GUINT_TO_POINTER(connection->frame));
    }
}

static void
shown_clear(struct shown *shown)
{
    g_hash_table_unref(shown->resolved);
    g_hash_table_unref(shown->hosts);
    g_hash_table_unref(shown->reached);
    g_hash_table_unref(shown->last);
}

static bool
was_reached(const struct shown *shown, const struct dns_lookup *lookup)
{
    char *name = host_name(lookup->name);
    bool reached = g_hash_table_contains(shown->reached, name);

    g_free(name);
    return reached;
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

static bool
any_failed(const GPtrArray *lookups)
{
    for (guint i = 0; i < lookups->len; i++)
        if (((const struct dns_lookup *)g_ptr_array_index(lookups, i))->num_addresses == 0)
            return true;
    return false;
}

/* Does the lookup fail for this capture's purpose? */
typedef bool (*lookup_is_told_fn)(const struct capture *capture, const struct dns_lookup *lookup,
                                  const struct shown *shown);

/* The latest of those that are told, in their order, numbered from first on. */
static const GPtrArray *
lookups_take(struct lookups *lookups, const struct capture *capture, uint32_t first,
             lookup_is_told_fn is_told)
{
    const GPtrArray *all = network_lookups(capture->network);
    const struct dns_lookup *told[LOOKUPS_MAX];
    struct shown shown;
    unsigned num = 0;

    if (!any_failed(all))
        return lookups->sessions;
    shown_init(&shown, capture);
    for (guint i = all->len; i-- > 0 && num < LOOKUPS_MAX;) {
        const struct dns_lookup *lookup = g_ptr_array_index(all, i);
        if (lookup->num_addresses == 0 && !g_hash_table_contains(shown.resolved, lookup->name) &&
            is_told(capture, lookup, &shown))
            told[num++] = lookup;
    }
    shown_clear(&shown);
    while (num > 0)
        lookups_add(lookups, told[--num], first + lookups->sessions->len);
    return lookups->sessions;
}

/* One of the VPN's: by the configured servers' names, or, when any server will do, where the
 * capture shows no session of the host that asked, which may look up what it likes. That a
 * connection went to the name all the same shows that its address was known from elsewhere. */
static bool
is_named(const struct capture *capture, const struct dns_lookup *lookup, const struct shown *shown)
{
    return (servers_have_name(capture->servers, lookup->name) ||
            (servers_have_any(capture->servers) &&
             !g_hash_table_contains(shown->hosts, &lookup->client))) &&
           !was_reached(shown, lookup);
}

const GPtrArray *
lookups_find(struct lookups *lookups, const struct capture *capture)
{
    lookups_forget(lookups);
    return lookups_take(lookups, capture, conns_sessions(capture->conns)->len, is_named);
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

/* A client that cannot resolve its server opens no connection. */
static bool
is_unnamed(const struct capture *capture, const struct dns_lookup *lookup,
           const struct shown *shown)
{
    guint frame = GPOINTER_TO_UINT(g_hash_table_lookup(shown->last, &lookup->client));

    (void)capture;
    return frame < lookup->first.frame && is_server_name(lookup->name);
}

const GPtrArray *
lookups_find_unnamed(struct lookups *lookups, const struct capture *capture, uint32_t first)
{
    return lookups_take(lookups, capture, first, is_unnamed);
}
