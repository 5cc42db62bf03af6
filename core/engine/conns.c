/* conns.c - the connections of a capture, and which of them are SSTP sessions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/conns.h"

#include "base/thresholds.h"
#include "ends/capture_point.h"
#include "engine/floods.h"

enum {
    LONE_SESSIONS_MAX = 64, /* requests to named servers that are sessions before anything comes
                               of them; the others wait, and take little memory */
    CONTINUED_MAX = 1024,   /* sessions that a client may seem to come back to */
    UNDECIDED_CONNS_MAX = 16384, /* connections of which facts are kept; older ones are let go */
    TLS_SERVERS_MAX = 4096,      /* that are counted */
};

struct conns {
    const struct servers *servers;
    const GArray *capture_points;
    GHashTable *by_key;      /* struct conn_key -> struct connection, the newest with that key */
    GPtrArray *all;          /* struct connection, by number - 1; owns them */
    GPtrArray *sessions;     /* struct session, by id; owns them */
    GHashTable *continued;   /* struct connection -> struct session that it continues */
    GHashTable *tls_servers; /* struct endpoint, of foreign connections, to a name; owns both */
    guint num_foreign_tls;
    struct floods *floods;
    GQueue ended; /* struct connection, as they were closed, until no copy of them is to follow */
    GPtrArray *ways;           /* struct conn_key, of other directions in by_key; owns them */
    GHashTable *streams;       /* number of a byte stream -> struct connection, the first one */
    struct connection *recent; /* that the last segment belonged to */
    struct conn_key recent_key;
    guint oldest; /* in all: before it, all are decided */
    guint num_undecided;
    guint num_lone; /* sessions of which nothing but one SYN has come */
    bool let_go;
    bool trace; /* to be kept */
};

static void
connection_free(gpointer data)
{
    struct connection *connection = data;

    conn_free(connection->conn);
    g_free(connection);
}

struct conns *
conns_new(const struct servers *servers, const GArray *capture_points)
{
    struct conns *conns = g_new0(struct conns, 1);

    conns->servers = servers;
    conns->capture_points = capture_points;
    conns->by_key = g_hash_table_new(conn_key_hash, conn_key_equal);
    conns->all = g_ptr_array_new_with_free_func(connection_free);
    conns->sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    conns->continued = g_hash_table_new(g_direct_hash, g_direct_equal);
    conns->ways = g_ptr_array_new_with_free_func(g_free);
    conns->streams = g_hash_table_new(g_direct_hash, g_direct_equal);
    conns->floods = floods_new();
    conns->tls_servers = g_hash_table_new_full(endpoint_hash, endpoint_equal, g_free, g_free);
    return conns;
}

void
conns_free(struct conns *conns)
{
    floods_free(conns->floods);
    g_queue_clear(&conns->ended);
    g_hash_table_unref(conns->tls_servers);
    g_hash_table_unref(conns->streams);
    g_hash_table_unref(conns->continued);
    g_ptr_array_unref(conns->sessions);
    g_hash_table_unref(conns->by_key);
    g_ptr_array_unref(conns->ways);
    g_ptr_array_unref(conns->all);
    g_free(conns);
}

void
conns_keep_traces(struct conns *conns)
{
    conns->trace = true;
}

void
conns_open_seq_logs(struct conns *conns)
{
    for (guint i = 0; i < conns->all->len; i++) {
        const struct connection *connection = g_ptr_array_index(conns->all, i);
        conn_open_seq_logs(connection->conn);
    }
}

/* --- decisions ------------------------------------------------------------------------------- */

static bool
is_decided(const struct conns *conns, guint i)
{
    const struct connection *connection = g_ptr_array_index(conns->all, i);

    return connection->kind != CONNECTION_UNDECIDED;
}

static void
connection_decide(struct conns *conns, struct connection *connection, enum connection_kind kind)
{
    conns->num_undecided -= connection->kind == CONNECTION_UNDECIDED;
    connection->kind = kind;
    while (conns->oldest < conns->all->len && is_decided(conns, conns->oldest))
        conns->oldest++;
}

void
conns_set_session(struct conns *conns, struct connection *connection)
{
    if (connection->kind != CONNECTION_UNDECIDED)
        return;
    connection_decide(conns, connection, CONNECTION_SESSION);
    connection->session = session_new(connection->conn, conns->sessions->len);
    conn_set_known(connection->conn);
    g_ptr_array_add(conns->sessions, connection->session);
    session_feed_conn(connection->session, CONN_EVENT_NONE, conn_first(connection->conn));
}

static void
count_tls_server(GHashTable *servers, const struct conn *conn)
{
    const struct endpoint *server = conn_endpoint(conn, SIDE_SERVER);
    const struct tls_facts *tls = conn_tls(conn);
    bool named = tls->has_client_hello && tls->client_hello.has_sni;

    if (g_hash_table_size(servers) < TLS_SERVERS_MAX && !g_hash_table_contains(servers, server))
        g_hash_table_insert(servers, g_memdup2(server, sizeof *server),
                            named ? g_strdup(tls->client_hello.sni) : NULL);
}

/* Its handshake, or records of one that is not in the capture. */
static bool
has_tls(const struct conn *conn)
{
    return !conn_is_half_open(conn) &&
           (conn_tls(conn)->has_client_hello || conn_tls(conn)->has_server_hello ||
            conn_half(conn, SIDE_CLIENT)->records.kind == STREAM_TLS ||
            conn_half(conn, SIDE_SERVER)->records.kind == STREAM_TLS);
}

static void
connection_set_foreign(struct conns *conns, struct connection *connection)
{
    if (has_tls(connection->conn)) {
        conns->num_foreign_tls++;
        count_tls_server(conns->tls_servers, connection->conn);
    }
    connection_decide(conns, connection, CONNECTION_FOREIGN);
    conn_stop_tracking(connection->conn);
}

static bool
conn_is_configured(const struct conns *conns, const struct conn *conn)
{
    const struct tls_facts *tls = conn_is_half_open(conn) ? NULL : conn_tls(conn);
    bool named = tls && tls->has_client_hello && tls->client_hello.has_sni;

    return servers_have(conns->servers, conn_endpoint(conn, SIDE_SERVER),
                        named ? tls->client_hello.sni : NULL);
}

/* Before the client's Call Connect Request, its second or third record, an SSTP server has nothing
 * to say but the end of its handshake, tickets and the HTTP answer; and before the client's part of
 * the set-up nothing that is long. */
static bool
server_talks_early(const struct conn *conn)
{
    uint32_t client = conn_half(conn, SIDE_CLIENT)->records.application_records;
    const struct tcp_half *server = conn_half(conn, SIDE_SERVER);

    return (client < CALL_CLIENT_RECORDS_MIN &&
            server->records.application_records > CALL_SERVER_RECORDS_MAX) ||
           (client < SETUP_CLIENT_RECORDS_MIN && server->next > SETUP_SERVER_BYTES_MAX);
}

/* The client's request, its first record or the one behind its Finished of TLS 1.3, was neither
 * decrypted nor is as long as one of SSTP: nothing that comes later will tell. */
static bool
request_is_foreign(const struct conn *conn)
{
    bool tls13 = tls_facts_are_13(conn_tls(conn));

    return conn_lengths_start(conn)->state == LENGTHS_FOREIGN &&
           conn_half(conn, SIDE_CLIENT)->records.application_records > (tls13 ? 2U : 1U) &&
           conn_decrypted(conn, SIDE_CLIENT) + conn_decrypted(conn, SIDE_SERVER) == 0;
}

static bool
conn_shows_foreign(const struct conn *conn)
{
    const struct tcp_half *client = conn_half(conn, SIDE_CLIENT);
    const struct tcp_half *server = conn_half(conn, SIDE_SERVER);

    /* A server that answers TLS with something else is a fault to name, not foreign traffic. */
    return client->records.kind == STREAM_OTHER || client->records.kind == STREAM_LOST ||
           (client->records.application_records > UNDECIDED_RECORDS_MAX &&
            conn_lengths_start(conn)->state != LENGTHS_CONFIRM) ||
           client->next > UNDECIDED_BYTES_MAX || server->next > UNDECIDED_BYTES_MAX ||
           server_talks_early(conn) || request_is_foreign(conn);
}

/* Where the newest sessions begin, which are looked through. */
static guint
sessions_from(const struct conns *conns)
{
    guint num = conns->sessions->len;

    return num > CONTINUED_MAX ? num - CONTINUED_MAX : 0;
}

/* A session of another capture point is the same connection. */
static bool
conn_is_at_other_point(const struct conns *conns, const struct conn *conn)
{
    if (conns->capture_points->len < 2)
        return false;
    for (guint i = conns->sessions->len; i-- > sessions_from(conns);) {
        const struct conn *other = session_conn(g_ptr_array_index(conns->sessions, i));
        if (conn_interface(other) != conn_interface(conn) &&
            (conn_same_random(other, conn) || conn_same_isn(other, conn)))
            return true;
    }
    return false;
}

static void
connection_look(struct conns *conns, struct connection *connection, unsigned events)
{
    const struct conn *conn = connection->conn;
    bool foreign = conn_shows_foreign(conn);

    if (((events & CONN_EVENT_TLS) && conn_is_configured(conns, conn)) ||
        (foreign && conn_is_at_other_point(conns, conn)))
        conns_set_session(conns, connection);
    else if (foreign)
        connection_set_foreign(conns, connection);
}

/* --- finding and adding ---------------------------------------------------------------------- */

struct connection *
conns_find(const struct conns *conns, const struct conn_key *key)
{
    return g_hash_table_lookup(conns->by_key, key);
}

static void
let_oldest_go(struct conns *conns)
{
    guint at = conns->oldest;
    struct connection *oldest = conns_next_undecided(conns, &at);

    if (conn_is_half_open(oldest->conn))
        floods_add(conns->floods, oldest->conn, true);
    connection_set_foreign(conns, oldest);
    conns->let_go = true;
}

static struct connection *
connection_add(struct conns *conns, const struct conn_key *key)
{
    struct connection *connection = g_new0(struct connection, 1);

    connection->number = conns->all->len + 1;
    connection->conn = conn_new(key);
    if (conns->trace)
        conn_keep_trace(connection->conn);
    if (conns->capture_points->len > 1)
        conn_open_seq_logs(connection->conn);
    g_ptr_array_add(conns->all, connection);
    g_hash_table_replace(conns->by_key, (gpointer)conn_key(connection->conn), connection);
    if (++conns->num_undecided > UNDECIDED_CONNS_MAX)
        let_oldest_go(conns);
    return connection;
}

/* --- an interface for each direction --------------------------------------------------------- */

static struct conn_key
other_way_key(const struct connection *connection)
{
    struct conn_key key = *conn_key(connection->conn);

    key.interface = connection->other_way;
    return key;
}

/* The first segment with this key. Where another interface has seen the other direction alone, as a
 * tap with a port for each or a host with two ways does, it is of that connection. NULL: it is not.
 */
static struct connection *
connection_by_other_way(struct conns *conns, const struct conn_key *key,
                        const struct segment *segment)
{
    struct conn_key there = *key;

    for (guint i = 0; i < conns->capture_points->len; i++) {
        there.interface = g_array_index(conns->capture_points, struct capture_point, i).interface;
        struct connection *connection = conns_find(conns, &there);
        if (!connection || there.interface == key->interface || connection->two_ways ||
            connection->both_here || connection->kind == CONNECTION_FOREIGN ||
            !conn_lacks_side_of(connection->conn, segment))
            continue;
        struct conn_key *way = g_memdup2(key, sizeof *key);
        connection->two_ways = true;
        connection->other_way = key->interface;
        connection->a_here = !endpoint_equal(&segment->src, &key->a);
        g_ptr_array_add(conns->ways, way);
        g_hash_table_replace(conns->by_key, way, connection);
        return connection;
    }
    return NULL;
}

/* Its other direction is looked for anew, or has a connection of its own. */
static void
connection_forget_way(struct conns *conns, struct connection *connection)
{
    const struct conn_key key = other_way_key(connection);

    if (connection->two_ways && conns_find(conns, &key) == connection)
        g_hash_table_remove(conns->by_key, &key);
    connection->two_ways = false;
}

/* One interface of the two sees both directions after all: they are two capture points. NULL: the
 * segment is the first one of its own connection. */
static struct connection *
connection_split(struct conns *conns, struct connection *connection, const struct segment *segment)
{
    bool here = segment->interface == conn_interface(connection->conn);

    if (!connection->two_ways)
        return connection;
    if (endpoint_equal(&segment->src, &conn_key(connection->conn)->a) ==
        (here == (bool)connection->a_here))
        return connection;
    connection_forget_way(conns, connection);
    connection->both_here = true;
    return here ? connection : NULL;
}

/* --- of a segment ---------------------------------------------------------------------------- */

/* A SYN that nobody answers may be a stray one: then the connection before it goes on. */
static struct connection *
connection_or_before(struct connection *connection, const struct segment *segment)
{
    struct connection *before = connection->before;

    if (!before || (segment->flags & TCP_SYN) || !conn_is_tracked(connection->conn) ||
        !conn_is_tracked(before->conn) ||
        mark_is_set(conn_half(connection->conn, SIDE_SERVER)->syn) ||
        !conn_fits(before->conn, segment))
        return connection;
    return before;
}

struct connection *
conns_of(struct conns *conns, const struct segment *segment, bool *is_first)
{
    struct connection *connection = conns->recent;
    struct conn_key key;

    conn_key_make(segment, &key);
    /* Packets come in bursts of one connection. */
    if (!connection || !conn_key_equal(&conns->recent_key, &key))
        connection = conns_find(conns, &key);
    if (connection)
        connection = connection_split(conns, connection, segment);
    else if (conns->capture_points->len > 1)
        connection = connection_by_other_way(conns, &key, segment);
    *is_first = !connection || conn_is_reused_by(connection->conn, segment);
    if (*is_first) {
        struct connection *before = connection;
        if (before) {
            connection_forget_way(conns, before);
            conn_requested_later(before->conn, segment->mark);
        }
        connection = connection_add(conns, &key);
        connection->frame = segment->mark.frame;
        connection->before = before;
    }
    conns->recent = connection;
    conns->recent_key = key;
    return connection_or_before(connection, segment);
}

struct connection *
conns_of_stream(struct conns *conns, uint32_t number, struct connection *connection)
{
    struct connection *first = g_hash_table_lookup(conns->streams, GUINT_TO_POINTER(number));

    if (first && first->kind != CONNECTION_FOREIGN)
        return first;
    g_hash_table_insert(conns->streams, GUINT_TO_POINTER(number), connection);
    return connection;
}

/* --- segments -------------------------------------------------------------------------------- */

/* Bytes of a client in the middle of a connection nobody has seen begin: do they continue one that
 * is open, from another address or port? */
static void
connection_find_continued(struct conns *conns, struct connection *connection,
                          const struct segment *segment)
{
    for (guint i = conns->sessions->len; i-- > sessions_from(conns);) {
        struct session *session = g_ptr_array_index(conns->sessions, i);
        const struct conn *conn = session_conn(session);
        if (conn != connection->conn && conn_interface(conn) == conn_interface(connection->conn) &&
            endpoint_equal(conn_endpoint(conn, SIDE_SERVER), &segment->dst) &&
            conn_is_continued_by(conn, segment)) {
            connection->continues = true;
            g_hash_table_insert(conns->continued, connection, session);
            session_set_rebound(session, &segment->src, segment->mark);
            return;
        }
    }
}

/* Of a connection that continues a session. */
static void
connection_continues(const struct conns *conns, struct connection *connection,
                     const struct segment *segment)
{
    if ((segment->flags & TCP_RST) && conn_side(connection->conn, &segment->src) == SIDE_SERVER)
        session_rebound_refused(g_hash_table_lookup(conns->continued, connection), segment->mark);
}

static void
not_lone(struct conns *conns, struct connection *connection)
{
    conns->num_lone -= connection->lone;
    connection->lone = false;
}

/* Asked once; before the handshake its addresses alone tell. */
static bool
is_named(const struct conns *conns, struct connection *connection)
{
    bool named = !connection->looked_up && conn_is_configured(conns, connection->conn);

    connection->looked_up = true;
    return named;
}

void
conns_answered(struct conns *conns, struct connection *connection)
{
    not_lone(conns, connection);
    if (is_named(conns, connection))
        conns_set_session(conns, connection);
}

/* Of one of which only its SYN is there: does it become a session at once? */
static bool
takes_lone(struct conns *conns, struct connection *connection)
{
    if (connection->looked_up || conns->num_lone >= LONE_SESSIONS_MAX ||
        !conn_is_configured(conns, connection->conn))
        return false;
    connection->lone = true;
    conns->num_lone++;
    return true;
}

/* Connections that are closed, and of which nothing has come for long enough. Of some it showed
 * since that they are foreign: nothing is left of them. */
static void
rest_ended(struct conns *conns, struct mark now)
{
    struct connection *connection;

    while ((connection = g_queue_peek_head(&conns->ended)) &&
           (connection->kind == CONNECTION_FOREIGN ||
            time_apart(conn_last(connection->conn).time, now.time) > COPIES_OVER_NS)) {
        g_queue_pop_head(&conns->ended);
        connection->ending = false;
        conn_forget_copies(connection->conn);
        conn_rest(connection->conn);
    }
}

void
conns_follow(struct conns *conns, struct connection *connection, const struct segment *segment,
             bool is_first)
{
    bool named;
    unsigned events;

    if (connection->kind == CONNECTION_FOREIGN)
        return;
    rest_ended(conns, segment->mark);
    events = conn_segment(connection->conn, segment);
    connection->closed |= (events & CONN_EVENT_CLOSED) != 0;
    if (connection->closed && !connection->ending)
        g_queue_push_tail(&conns->ended, connection);
    connection->ending = connection->closed;
    if (!is_first)
        not_lone(conns, connection);
    if (conn_is_half_open(connection->conn) && !takes_lone(conns, connection))
        return;
    if (is_first && !(segment->flags & (TCP_SYN | TCP_RST)))
        connection_find_continued(conns, connection, segment);
    if (connection->continues)
        connection_continues(conns, connection, segment);
    named = is_named(conns, connection);
    if (named || ((events & CONN_EVENT_LENGTHS) && !conn_is_copy(connection->conn)))
        conns_set_session(conns, connection);
    if (connection->session)
        session_feed_conn(connection->session, events, segment->mark);
    else
        connection_look(conns, connection, events);
}

/* --- half-open connections, at the end ------------------------------------------------------- */

static bool
is_flood(const struct syn_flood *flood)
{
    return flood && flood->requests >= SYN_FLOOD_MIN;
}

bool
conns_is_one_of_many(const struct conns *conns, const struct connection *connection)
{
    return conn_is_half_open(connection->conn) &&
           is_flood(floods_at(conns->floods, conn_endpoint(connection->conn, SIDE_SERVER)));
}

static void
count_lone(struct conns *conns)
{
    const struct connection *connection;
    guint at = 0;

    floods_begin_again(conns->floods);
    while ((connection = conns_next_undecided(conns, &at)))
        if (conn_is_half_open(connection->conn))
            floods_add(conns->floods, connection->conn, false);
    for (guint i = 0; i < conns->sessions->len; i++) {
        const struct conn *conn = session_conn(g_ptr_array_index(conns->sessions, i));
        if (conn_is_lone(conn))
            floods_add(conns->floods, conn, false);
    }
}

void
conns_settle_half_open(struct conns *conns)
{
    struct connection *connection;
    guint at = 0;

    count_lone(conns);
    while ((connection = conns_next_undecided(conns, &at)))
        if (!connection->looked_up && conn_is_configured(conns, connection->conn) &&
            !conns_is_one_of_many(conns, connection))
            conns_set_session(conns, connection);
}

const struct syn_flood *
conns_syn_flood(const struct conns *conns, const struct session *session)
{
    const struct syn_flood *flood =
        floods_at(conns->floods, conn_endpoint(session_conn(session), SIDE_SERVER));

    return is_flood(flood) ? flood : NULL;
}

/* --- other capture points, at the end -------------------------------------------------------- */

/* By the client's initial sequence number, which a NAT leaves as it is; caller frees the table. */
static GHashTable *
sessions_by_isn(const struct conns *conns)
{
    GHashTable *table = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; i < conns->sessions->len; i++) {
        const struct session *session = g_ptr_array_index(conns->sessions, i);
        const struct tcp_half *client = session_half(session, SIDE_CLIENT);
        if (mark_is_set(client->syn))
            g_hash_table_insert(table, GUINT_TO_POINTER(client->base), session_conn(session));
    }
    return table;
}

void
conns_find_at_other_points(struct conns *conns)
{
    GHashTable *known;
    struct connection *connection;
    guint at = 0;

    if (conns->capture_points->len < 2 || conns->num_undecided == 0)
        return;
    known = sessions_by_isn(conns);
    while ((connection = conns_next_undecided(conns, &at))) {
        const struct conn *conn = connection->conn;
        uint32_t isn;
        const struct conn *match =
            conn_lone_isn(conn, &isn) ? g_hash_table_lookup(known, GUINT_TO_POINTER(isn)) : NULL;
        if (match && conn_interface(match) != conn_interface(conn) && conn_same_isn(match, conn))
            conns_set_session(conns, connection);
    }
    g_hash_table_unref(known);
}

/* --- questions ------------------------------------------------------------------------------- */

const GPtrArray *
conns_all(const struct conns *conns)
{
    return conns->all;
}

const GPtrArray *
conns_sessions(const struct conns *conns)
{
    return conns->sessions;
}

struct session *
conns_session(const struct conns *conns, uint32_t number)
{
    const struct connection *connection = number ? g_ptr_array_index(conns->all, number - 1) : NULL;

    return connection ? connection->session : NULL;
}

struct connection *
conns_next_undecided(const struct conns *conns, guint *at)
{
    for (guint i = MAX(*at, conns->oldest); i < conns->all->len; i++) {
        struct connection *connection = g_ptr_array_index(conns->all, i);
        if (connection->kind == CONNECTION_UNDECIDED) {
            *at = i + 1;
            return connection;
        }
    }
    *at = conns->all->len;
    return NULL;
}

struct connections_seen
conns_seen(const struct conns *conns)
{
    struct connections_seen seen = { .connections = conns->all->len,
                                     .tls_connections = conns->num_foreign_tls };
    const struct connection *connection;
    guint at = 0;

    while ((connection = conns_next_undecided(conns, &at)))
        if (has_tls(connection->conn)) {
            seen.tls_connections++;
            count_tls_server(conns->tls_servers, connection->conn);
        }
    seen.tls_servers = g_hash_table_size(conns->tls_servers);
    if (seen.tls_servers == 1) {
        GHashTableIter iter;
        g_hash_table_iter_init(&iter, conns->tls_servers);
        g_hash_table_iter_next(&iter, (gpointer *)&seen.tls_server, (gpointer *)&seen.tls_name);
    }
    seen.servers_named = servers_are_named(conns->servers);
    return seen;
}

bool
conns_let_go(const struct conns *conns)
{
    return conns->let_go;
}
