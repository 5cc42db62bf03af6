/* revocation.c - whether the client could ask if the server's certificate is revoked
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/revocation.h"

/* A connection of client to an address of the lookup, which nobody answered. */
static const struct conn *
find_unanswered(const struct capture *capture, const struct endpoint *client,
                const struct dns_lookup *lookup)
{
    const GPtrArray *all = conns_all(capture->conns);

    for (guint i = all->len; i-- > 0;) {
        const struct connection *connection = g_ptr_array_index(all, i);
        const struct conn *conn = connection->conn;
        if (connection->kind != CONNECTION_FOREIGN &&
            endpoint_same_host(conn_endpoint(conn, SIDE_CLIENT), client) &&
            mark_is_set(conn_half(conn, SIDE_CLIENT)->syn) &&
            !mark_is_set(conn_half(conn, SIDE_SERVER)->syn) &&
            dns_lookup_has(lookup, conn_endpoint(conn, SIDE_SERVER)))
            return conn;
    }
    return NULL;
}

/* Did the client ask this host about the certificate, in vain? */
static bool
host_failed(const struct capture *capture, const struct session *session, const char *host,
            struct revocation_facts *facts)
{
    const struct endpoint *client = conn_endpoint(session_conn(session), SIDE_CLIENT);
    struct mark shown = session_tls(session)->certificate_at;
    char *name = g_ascii_strdown(host, -1);
    const struct dns_lookup *lookup = network_find_name(capture->network, client, name);

    g_free(name);
    if (!lookup)
        return false;
    if (lookup->num_addresses == 0) {
        facts->by_name = true;
        facts->mark = lookup->first;
        return lookup->last.frame > shown.frame && (lookup->answers || lookup->repetitions);
    }
    const struct conn *conn = find_unanswered(capture, client, lookup);
    if (!conn)
        return false;
    facts->by_name = false;
    facts->mark = conn_first(conn);
    return conn_first(conn).frame > shown.frame;
}

void
revocation_find(const struct capture *capture, struct session *session)
{
    const struct cert *cert = session_tls(session)->cert;
    struct mark end;
    enum side by;
    bool reset;

    if (!cert || session_revocation(session)->checked ||
        !conn_closed(session_conn(session), &end, &by, &reset))
        return;
    struct revocation_facts facts = { .checked = true };
    for (unsigned i = 0; i < cert->num_hosts && !facts.host; i++) {
        const struct cert_host *host = &cert->hosts[i];
        if (host->kind != CERT_HOST_ISSUER && host_failed(capture, session, host->name, &facts))
            facts.host = host->name;
    }
    session_set_revocation(session, &facts);
}
