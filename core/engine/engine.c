/* engine.c - a whole capture: which connections are SSTP sessions, and what was found in them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/servers.h"
#include "session/binding_check.h"
#include "ends/segment_match.h"

enum {
    UNDECIDED_RECORDS_MAX = 8, /* client records without SSTP_DUPLEX_POST: it is the first one */
    UNDECIDED_BYTES_MAX = 256 * 1024, /* of either side */
    EARLY_CLIENT_RECORDS = 3,
    EARLY_SERVER_RECORDS_MAX = 12,
    SETUP_CLIENT_RECORDS = 5, /* request, Call Connect Request, LCP, authentication, IPCP */
    SETUP_SERVER_BYTES_MAX = 16 * 1024, /* certificate chains are shorter */
    MADE_GOOD_SECONDS = 10,
    CONTINUED_MAX = 1024,        /* sessions that a client may seem to come back to */
    DNS_SESSIONS_MAX = 8,        /* failed lookups that are told */
    CAPTURE_POINTS_MAX = 64,     /* capture points that are compared */
    UNDECIDED_CONNS_MAX = 16384, /* connections of which facts are kept; older ones are let go */
};

struct engine {
    struct config config;
    struct servers *servers;
    GHashTable *conns;   /* struct conn_key -> struct conn, the newest on those ports */
    GPtrArray *all;      /* struct conn, by number - 1; owns them */
    struct conn *recent; /* that the last segment belonged to */
    GQueue undecided;    /* struct conn, oldest first */
    GPtrArray *sessions; /* struct session; owns them */
    struct network *network;
    GHashTable *certs;     /* struct endpoint of a server -> struct binding_cert */
    GArray *frames;        /* struct frame_note, by frame number - 1 */
    GHashTable *announced; /* frame -> GArray of struct frame_finding, found while reading */
    GHashTable *final;     /* the same, after engine_finish() */
    GHashTable *answers;   /* frame -> struct frame_answer */
    GPtrArray *results, *candidates; /* struct result */
    GPtrArray *candidate_sessions;
    GPtrArray *dns_sessions, *dns_conns; /* of lookups that no connection followed */
    GArray *capture_points;              /* struct vantage */
    guint capture_point;                 /* of the last segment */
    GPtrArray *pairs;                    /* struct pair; NULL before the end */
    struct segment_matches *matches;     /* of them; NULL before somebody asks */
    uint32_t num_frames;
    struct mark first, last;
    GHashTable *streams;  /* number of a byte stream -> struct conn that was seen first */
    struct conn *current; /* of the last segment */
    struct conn *target; /* what its clear bytes say is said of this one: current or its original */
    struct endpoint src; /* of the last segment */
    enum side side;
    struct mark mark; /* of the last segment of any connection, or ICMP error about one: what rules
                         take for now */
    bool finished;    /* nothing came since engine_finish() */
    bool let_go;      /* connections that were undecided */
    bool trace;       /* to be kept */
};

static void
result_free(gpointer data)
{
    struct result *result = data;

    g_ptr_array_unref(result->found);
    g_free(result);
}

static GHashTable *
frame_findings_new(void)
{
    return g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                 (GDestroyNotify)g_array_unref);
}

struct engine *
engine_new(const struct config *config)
{
    struct engine *engine = g_new0(struct engine, 1);

    engine->config = *config;
    engine->config.servers = NULL; /* the caller's */
    engine->servers = servers_parse(config->servers);
    if (config->credentials)
        credentials_ref(config->credentials);
    engine->conns = g_hash_table_new(conn_key_hash, conn_key_equal);
    engine->all = g_ptr_array_new_with_free_func((GDestroyNotify)conn_free);
    engine->sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    engine->network = network_new();
    engine->certs = g_hash_table_new_full(endpoint_hash, endpoint_equal, g_free, g_free);
    engine->frames = g_array_new(FALSE, TRUE, sizeof(struct frame_note));
    engine->announced = frame_findings_new();
    engine->final = frame_findings_new();
    engine->answers = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    engine->streams = g_hash_table_new(g_direct_hash, g_direct_equal);
    engine->capture_points = capture_points_new();
    engine->results = g_ptr_array_new_with_free_func(result_free);
    engine->candidates = g_ptr_array_new_with_free_func(result_free);
    engine->candidate_sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    engine->dns_sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    engine->dns_conns = g_ptr_array_new_with_free_func((GDestroyNotify)conn_free);
    return engine;
}

void
engine_free(struct engine *engine)
{
    if (!engine)
        return;
    g_queue_clear(&engine->undecided);
    segment_matches_free(engine->matches);
    if (engine->pairs)
        g_ptr_array_unref(engine->pairs);
    g_array_unref(engine->capture_points);
    g_ptr_array_unref(engine->results);
    g_ptr_array_unref(engine->candidates);
    g_ptr_array_unref(engine->candidate_sessions);
    g_ptr_array_unref(engine->dns_sessions);
    g_ptr_array_unref(engine->dns_conns);
    g_ptr_array_unref(engine->sessions);
    g_hash_table_unref(engine->conns);
    g_ptr_array_unref(engine->all);
    g_hash_table_unref(engine->certs);
    network_free(engine->network);
    g_hash_table_unref(engine->announced);
    g_hash_table_unref(engine->final);
    g_hash_table_unref(engine->answers);
    g_hash_table_unref(engine->streams);
    g_array_unref(engine->frames);
    servers_free(engine->servers);
    credentials_unref(engine->config.credentials);
    g_free(engine);
}

void
engine_trace(struct engine *engine)
{
    engine->trace = true;
}

/* --- which connections are sessions ---------------------------------------------------------- */

static bool
conn_is_configured(const struct engine *engine, const struct conn *conn)
{
    const struct tls_facts *tls = conn_is_tracked(conn) ? conn_tls(conn) : NULL;
    bool named = tls && tls->has_client_hello && tls->client_hello.has_sni;

    return servers_have(engine->servers, conn_endpoint(conn, SIDE_SERVER),
                        named ? tls->client_hello.sni : NULL);
}

static void
conn_is_decided(struct engine *engine, struct conn *conn, enum conn_kind kind)
{
    conn->kind = kind;
    if (conn->link)
        g_queue_delete_link(&engine->undecided, conn->link);
    conn->link = NULL;
}

static void
conn_become_session(struct engine *engine, struct conn *conn)
{
    if (conn->session || !conn_is_tracked(conn))
        return;
    conn_is_decided(engine, conn, CONN_SESSION);
    conn->session = session_new(conn, engine->sessions->len);
    conn_set_known(conn);
    g_ptr_array_add(engine->sessions, conn->session);
    session_feed_conn(conn->session, CONN_EVENT_NONE, conn_first(conn));
}

void
engine_no_segment(struct engine *engine)
{
    engine->current = engine->target = NULL;
}

static void
conn_become_foreign(struct engine *engine, struct conn *conn)
{
    conn_is_decided(engine, conn, CONN_FOREIGN);
    conn_drop_track(conn);
    if (engine->current == conn)
        engine_no_segment(engine);
}

/* Before the client's Call Connect Request, its second or third record, an SSTP server has nothing
 * to say but the end of its handshake, tickets and the HTTP answer; and before the client's part of
 * the set-up nothing that is long. */
static bool
server_talks_early(const struct conn *conn)
{
    uint32_t client = conn_half(conn, SIDE_CLIENT)->records.application_records;
    const struct tcp_half *server = conn_half(conn, SIDE_SERVER);

    return (client < EARLY_CLIENT_RECORDS &&
            server->records.application_records > EARLY_SERVER_RECORDS_MAX) ||
           (client < SETUP_CLIENT_RECORDS && server->next > SETUP_SERVER_BYTES_MAX);
}

/* The client's request, its first record or the one behind its Finished of TLS 1.3, was neither
 * decrypted nor is as long as one of SSTP: nothing that comes later will tell. */
static bool
request_is_foreign(const struct conn *conn)
{
    bool tls13 = tls_facts_are_13(conn_tls(conn));

    return conn_lengths(conn)->state == LENGTHS_FOREIGN &&
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
            conn_lengths(conn)->state != LENGTHS_CONFIRM) ||
           client->next > UNDECIDED_BYTES_MAX || server->next > UNDECIDED_BYTES_MAX ||
           server_talks_early(conn) || request_is_foreign(conn);
}

/* A session of another capture point is the same connection: the newest ones are looked through. */
static bool
conn_is_at_other_point(const struct engine *engine, const struct conn *conn)
{
    guint oldest =
        engine->sessions->len > CONTINUED_MAX ? engine->sessions->len - CONTINUED_MAX : 0;

    if (engine->capture_points->len < 2)
        return false;
    for (guint i = engine->sessions->len; i-- > oldest;) {
        const struct session *session = g_ptr_array_index(engine->sessions, i);
        if (conn_interface(session_conn(session)) != conn_interface(conn) &&
            (conn_same_random(session_conn(session), conn) ||
             conn_same_isn(session_conn(session), conn)))
            return true;
    }
    return false;
}

static void
conn_decide(struct engine *engine, struct conn *conn, unsigned events)
{
    bool foreign = conn_shows_foreign(conn);

    if (((events & CONN_EVENT_TLS) && conn_is_configured(engine, conn)) ||
        (foreign && conn_is_at_other_point(engine, conn)))
        conn_become_session(engine, conn);
    else if (foreign)
        conn_become_foreign(engine, conn);
}

static struct conn *
conn_add(struct engine *engine, const struct conn_key *key)
{
    struct conn *conn = conn_new(key, engine->all->len + 1);

    if (engine->trace)
        conn_keep_trace(conn);
    if (engine->capture_points->len > 1)
        conn_open_seq_logs(conn);
    g_ptr_array_add(engine->all, conn);
    g_hash_table_replace(engine->conns, &conn->key, conn);
    g_queue_push_tail(&engine->undecided, conn);
    conn->link = engine->undecided.tail;
    if (engine->undecided.length > UNDECIDED_CONNS_MAX) {
        conn_become_foreign(engine, g_queue_peek_head(&engine->undecided));
        engine->let_go = true;
    }
    return conn;
}

static struct conn *
conn_find(struct engine *engine, const struct segment *segment, bool *is_new)
{
    struct conn_key key;

    conn_key_make(segment, &key);
    /* Packets come in bursts of one connection. */
    struct conn *conn = engine->recent && conn_key_equal(&engine->recent->key, &key)
                            ? engine->recent
                            : g_hash_table_lookup(engine->conns, &key);
    *is_new = !conn || conn_is_reused_by(conn, segment);
    engine->recent = *is_new ? conn_add(engine, &key) : conn;
    return engine->recent;
}

/* --- feeding --------------------------------------------------------------------------------- */

static bool
is_at(const struct engine *engine, guint i, uint32_t interface)
{
    return g_array_index(engine->capture_points, struct capture_point, i).interface == interface;
}

/* Another one than before. */
static G_GNUC_NO_INLINE void
engine_change_capture_point(struct engine *engine, uint32_t interface, struct mark mark)
{
    guint i = 0;

    while (i < engine->capture_points->len && !is_at(engine, i, interface))
        i++;
    if (i == engine->capture_points->len && i < CAPTURE_POINTS_MAX) {
        capture_points_add(engine->capture_points, interface, mark);
        /* Later ones are opened when they are new. */
        for (guint k = 0; engine->capture_points->len == 2 && k < engine->all->len; k++)
            conn_open_seq_logs(g_ptr_array_index(engine->all, k));
    }
    engine->capture_point = i;
}

/* The capture point of interface took something. */
static void
engine_at(struct engine *engine, uint32_t interface, struct mark mark)
{
    if (engine->capture_point >= engine->capture_points->len ||
        !is_at(engine, engine->capture_point, interface))
        engine_change_capture_point(engine, interface, mark);
    if (engine->capture_point < engine->capture_points->len)
        capture_point_took(
            &g_array_index(engine->capture_points, struct capture_point, engine->capture_point),
            mark);
}

void
engine_frame(struct engine *engine, struct mark mark)
{
    if (mark.frame <= engine->num_frames)
        return;
    engine->finished = false;
    engine->num_frames = mark.frame;
    if (!mark_is_set(engine->first))
        engine->first = mark;
    engine->last = mark;
}

void
engine_foreign(struct engine *engine, struct mark mark, uint32_t interface)
{
    engine->mark = mark;
    engine_at(engine, interface, mark);
    engine_no_segment(engine);
}

/* Bytes of a client in the middle of a connection nobody has seen begin: do they continue one that
 * is open, from another address or port? The newest ones are looked through. */
static void
conn_find_continued(struct engine *engine, struct conn *conn, const struct segment *segment)
{
    guint oldest =
        engine->sessions->len > CONTINUED_MAX ? engine->sessions->len - CONTINUED_MAX : 0;

    for (guint i = engine->sessions->len; i-- > oldest;) {
        struct session *session = g_ptr_array_index(engine->sessions, i);
        if (session_conn(session) != conn &&
            conn_interface(session_conn(session)) == conn_interface(conn) &&
            endpoint_equal(conn_endpoint(session_conn(session), SIDE_SERVER), &segment->dst) &&
            conn_is_continued_by(session_conn(session), segment)) {
            conn->continues = session_conn(session);
            session_set_rebound(session, &segment->src, segment->mark);
            return;
        }
    }
}

/* Of a connection that continues another one. */
static void
conn_continues(const struct conn *conn, const struct segment *segment)
{
    struct session *session = conn->continues->session;

    if ((segment->flags & TCP_RST) && conn_side(conn, &segment->src) == SIDE_SERVER)
        session_rebound_refused(session, segment->mark);
}

struct conn *
engine_segment(struct engine *engine, const struct segment *segment)
{
    bool is_new;
    struct conn *conn = conn_find(engine, segment, &is_new);
    unsigned events;

    engine_foreign(engine, segment->mark, segment->interface);
    if (conn->kind == CONN_FOREIGN)
        return NULL;
    engine->current = engine->target = conn;
    engine->src = segment->src;
    events = conn_segment(conn, segment);
    if (is_new && !(segment->flags & (TCP_SYN | TCP_RST)))
        conn_find_continued(engine, conn, segment);
    if (conn->continues)
        conn_continues(conn, segment);
    if (is_new && conn_is_configured(engine, conn))
        conn_become_session(engine, conn);
    engine->side = conn_side(conn, &segment->src);
    if ((events & CONN_EVENT_LENGTHS) && !conn->session && !conn_is_copy(conn))
        conn_become_session(engine, conn);
    if (conn->session) {
        session_feed_conn(conn->session, events, segment->mark);
    } else {
        conn_decide(engine, conn, events);
    }
    return engine->current;
}

void
engine_icmp(struct engine *engine, const struct icmp_error *error)
{
    const struct segment quoted = { .interface = error->interface,
                                    .src = error->src,
                                    .dst = error->dst };
    struct conn_key key;

    conn_key_make(&quoted, &key);
    struct conn *conn = g_hash_table_lookup(engine->conns, &key);
    engine_no_segment(engine);
    if (!conn || !conn_is_tracked(conn))
        return;
    engine->finished = false;
    engine->mark = error->mark;
    engine_at(engine, error->interface, error->mark);
    engine->current = engine->target = conn;
    engine->src = error->src;
    engine->side = conn_side(conn, &error->src);
    conn_icmp(conn, engine->side, error);
    if (conn->session)
        session_touch(conn->session);
}

void
engine_arp(struct engine *engine, const struct endpoint *sender, const struct endpoint *target,
           struct mark mark)
{
    engine->finished = false;
    network_arp(engine->network, sender, target, mark);
}

void
engine_dns(struct engine *engine, const struct dns_message *message, const struct endpoint *src,
           const struct endpoint *dst, struct mark mark)
{
    engine->finished = false;
    network_dns(engine->network, message, src, dst, mark);
}

struct conn *
engine_current(const struct engine *engine)
{
    return engine->current;
}

void
engine_stream(struct engine *engine, uint32_t number)
{
    struct conn *conn = engine->current, *first;

    if (!conn)
        return;
    first = g_hash_table_lookup(engine->streams, GUINT_TO_POINTER(number));
    if (!first || !conn_is_tracked(first)) {
        g_hash_table_insert(engine->streams, GUINT_TO_POINTER(number), conn);
        first = conn;
    }
    engine->target = first;
    engine->side = conn_side(first, &engine->src);
    if (first == conn)
        return;
    conn->original = first;
    conn_set_copy(conn);
    conn_seen_elsewhere(first, engine->side, conn);
}

static struct session *
engine_session(const struct engine *engine)
{
    return engine->target ? engine->target->session : NULL;
}

static void
engine_http(struct engine *engine, const struct http_head *head)
{
    struct conn *conn = engine->target;

    if (!conn)
        return;
    if (head->request && http_method_is(head, "SSTP_DUPLEX_POST")) {
        conn_set_client(conn, engine->side);
        engine->side = SIDE_CLIENT;
        conn_become_session(engine, conn);
    }
    if (conn->session) {
        session_got_clear(conn->session);
        session_feed_http(conn->session, engine->side, head, engine->mark);
    }
}

static void
engine_packet(struct engine *engine, const uint8_t *packet, size_t len)
{
    struct session *session = engine_session(engine);

    if (!session)
        return;
    session_got_clear(session);
    session_feed_packet(session, engine->side, packet, len, engine->mark);
}

static void
engine_junk(struct engine *engine)
{
    struct session *session = engine_session(engine);

    if (session)
        session_feed_junk(session, engine->side, engine->mark);
}

static void
engine_oversize(struct engine *engine, size_t len)
{
    struct session *session = engine_session(engine);

    if (session)
        session_feed_oversize(session, engine->side, len, engine->mark);
}

void
engine_piece(struct engine *engine, const struct piece *piece, const uint8_t *data)
{
    struct http_head head;

    switch (piece->kind) {
    case PIECE_HTTP:
        if (http_decode(data, piece->len, &head) == HTTP_OK)
            engine_http(engine, &head);
        break;
    case PIECE_PACKET:
        engine_packet(engine, data, piece->len);
        break;
    case PIECE_OVERSIZE:
        engine_oversize(engine, piece->len);
        break;
    case PIECE_JUNK:
        engine_junk(engine);
        break;
    case PIECE_PROXY:
    case PIECE_NEED_MORE:
        break;
    }
}

void
engine_alert(struct engine *engine, uint8_t description)
{
    if (!engine->target)
        return;
    conn_alert(engine->target, engine->side, description, engine->mark);
    if (engine->target->session)
        session_touch(engine->target->session);
}

void
engine_handshake(struct engine *engine, const uint8_t *data, size_t len)
{
    if (engine->target)
        conn_decrypted_handshake(engine->target, engine->side, data, len, engine->mark);
}

void
engine_decrypted(struct engine *engine, uint32_t records)
{
    struct conn *conn = engine->target;

    if (!conn || !conn_is_tracked(conn))
        return;
    conn_count_decrypted(conn, engine->side, records);
    if (conn->session)
        session_feed_decrypted(conn->session, engine->side, records, engine->mark);
}

/* The certificate of this leg; where the handshake has none, that of an earlier session. */
static void
session_find_cert(struct engine *engine, struct session *session)
{
    const struct endpoint *server = conn_endpoint(session_conn(session), SIDE_SERVER);
    const GByteArray *leaf = session_tls(session)->leaf;

    if (leaf && (!session_cert(session) || session_cert_is_earlier(session))) {
        struct binding_cert cert;
        binding_cert_hash(leaf->data, leaf->len, &cert);
        session_set_cert(session, &cert, false);
        g_hash_table_replace(engine->certs, g_memdup2(server, sizeof *server),
                             g_memdup2(&cert, sizeof cert));
        return;
    }
    if (session_cert(session) || !conn_is_tls(session_conn(session)))
        return;
    const struct binding_cert *earlier = g_hash_table_lookup(engine->certs, server);
    if (earlier)
        session_set_cert(session, earlier, true);
}

static void
frame_finding_clear(gpointer data)
{
    struct frame_finding *item = data;

    g_free(item->summary);
}

static void
frame_findings_add(GHashTable *table, uint32_t frame, const struct finding *finding,
                   uint32_t session, bool cause, bool verdict)
{
    const struct frame_finding item = {
        session, finding->id, finding->severity,         finding->confidence,
        cause,   verdict,     g_strdup(finding->summary)
    };
    GArray *items = g_hash_table_lookup(table, GUINT_TO_POINTER(frame));

    if (!items) {
        items = g_array_new(FALSE, FALSE, sizeof item);
        g_array_set_clear_func(items, frame_finding_clear);
        g_hash_table_insert(table, GUINT_TO_POINTER(frame), items);
    }
    g_array_append_vals(items, &item, 1);
}

/* A connection of client to an address of the lookup, which nobody answered. */
static const struct conn *
find_unanswered(const struct engine *engine, const struct endpoint *client,
                const struct dns_lookup *lookup)
{
    for (guint i = engine->all->len; i-- > 0;) {
        const struct conn *conn = g_ptr_array_index(engine->all, i);
        const struct endpoint *server = conn_endpoint(conn, SIDE_SERVER);
        if (conn_is_tracked(conn) && endpoint_same_host(conn_endpoint(conn, SIDE_CLIENT), client) &&
            mark_is_set(conn_half(conn, SIDE_CLIENT)->syn) &&
            !mark_is_set(conn_half(conn, SIDE_SERVER)->syn) && dns_lookup_has(lookup, server))
            return conn;
    }
    return NULL;
}

/* Did the client ask this host about the certificate, in vain? */
static bool
revocation_failed(const struct engine *engine, const struct session *session, const char *host,
                  struct revocation_facts *facts)
{
    const struct endpoint *client = conn_endpoint(session_conn(session), SIDE_CLIENT);
    struct mark shown = session_tls(session)->certificate_at;
    char *name = g_ascii_strdown(host, -1);
    const struct dns_lookup *lookup = network_find_name(engine->network, client, name);

    g_free(name);
    if (!lookup)
        return false;
    if (lookup->num_addresses == 0) {
        facts->by_name = true;
        facts->mark = lookup->first;
        return lookup->last.frame > shown.frame && (lookup->answers || lookup->repetitions);
    }
    const struct conn *conn = find_unanswered(engine, client, lookup);
    if (!conn)
        return false;
    facts->by_name = false;
    facts->mark = conn_first(conn);
    return conn_first(conn).frame > shown.frame;
}

/* When the session is over: whether revocation could be checked. Asked once, so that what was said
 * of it stays. */
static void
session_find_revocation(const struct engine *engine, struct session *session)
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
        if (host->kind != CERT_HOST_ISSUER &&
            revocation_failed(engine, session, host->name, &facts))
            facts.host = host->name;
    }
    session_set_revocation(session, &facts);
}

/* Once all is known that counts, nothing of this session changes the outcome; others, which come
 * later, may explain it. */
static void
session_check_binding(const struct engine *engine, struct session *session, bool final)
{
    const struct binding_check *check = session_check(session);
    const unsigned known = binding_check_known(session);
    const bool settled = check->known == known && !(final && check->mac == CHECK_DIFFERS);

    if (known > 0 && !settled)
        binding_check_run(session, &engine->config, engine->sessions);
}

/* The last that a session's capture point took: clocks of others may differ. */
static struct mark
session_now(const struct engine *engine, const struct session *session)
{
    const struct capture_point *capture_point =
        session_has_no_connection(session)
            ? NULL
            : capture_point_of(engine->capture_points, conn_interface(session_conn(session)));

    return capture_point ? capture_point->last : engine->mark;
}

/* Findings that have become sure at this frame are shown at it: the cause may be long past. */
static void
session_look(struct engine *engine, struct session *session)
{
    GPtrArray *found;

    if (mark_is_set(session_sstp(session)->call_connected))
        session_find_cert(engine, session);
    session_read_cert(session);
    session_find_revocation(engine, session);
    session_check_binding(engine, session, false);
    found = rules_run(session, engine->sessions, &engine->config, engine->network,
                      session_now(engine, session), false);
    const struct finding *verdict = verdict_of(session, found);
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (!session_announce(session, finding->id))
            continue;
        frame_findings_add(engine->announced, engine->mark.frame, finding, session_id(session),
                           true, finding == verdict);
    }
    g_ptr_array_unref(found);
}

/* Exchanges that this frame completed, for both of their frames. */
static void
engine_take_answers(struct engine *engine, struct session *session)
{
    GArray *answers = session_take_answers(session);

    for (guint i = 0; answers && i < answers->len; i++) {
        const struct frame_answer *answer = &g_array_index(answers, struct frame_answer, i);
        const uint32_t frames[] = { answer->request.frame, answer->response.frame };
        for (size_t k = 0; k < G_N_ELEMENTS(frames); k++)
            g_hash_table_replace(engine->answers, GUINT_TO_POINTER(frames[k]),
                                 g_memdup2(answer, sizeof *answer));
    }
    if (answers)
        g_array_unref(answers);
}

static void
session_frame_done(struct engine *engine, struct session *session)
{
    if (!session)
        return;
    session_add_frame(session, engine->mark);
    engine_take_answers(engine, session);
    if (session_take_changed(session))
        session_look(engine, session);
}

void
engine_frame_done(struct engine *engine)
{
    const struct conn *conn = engine->current;
    uint32_t frame = engine->mark.frame;

    if (!conn || frame == 0)
        return;
    if (engine->frames->len < frame)
        g_array_set_size(engine->frames, frame);

    struct frame_note *note = &g_array_index(engine->frames, struct frame_note, frame - 1);
    note->conn = conn->number;
    note->side = (uint8_t)conn_side(conn, &engine->src);
    if (engine->target->session)
        note->stage = (uint8_t)session_stage(engine->target->session);
    else
        note->stage = conn_is_tls(conn) ? STAGE_TLS : STAGE_TCP;
    session_frame_done(engine, engine->target->session);
    if (conn != engine->target)
        session_frame_done(engine, conn->session);
}

/* --- the end --------------------------------------------------------------------------------- */

static void
result_index(struct engine *engine, const struct result *result)
{
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        for (unsigned k = 0; k < finding->num_frames; k++)
            frame_findings_add(
                engine->final, finding->frames[k], finding, session_id(result->session),
                finding->frames[k] == finding->cause.frame, finding == result->verdict);
    }
}

/* What both ends show stands at its frames, as a finding of the session where the frame is. */
static void
pair_index(struct engine *engine, const struct pair *pair)
{
    for (guint i = 0; i < pair->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(pair->found, i);
        for (unsigned k = 0; k < finding->num_frames; k++) {
            const struct session *session = engine_frame_session(engine, finding->frames[k]);
            frame_findings_add(
                engine->final, finding->frames[k], finding,
                session ? session_id(session) : session_id(pair->end[SIDE_CLIENT]->session),
                finding->frames[k] == finding->cause.frame, finding == pair->verdict);
        }
    }
}

/* The lookup that gave the client this server's address. */
static void
session_find_dns(const struct engine *engine, struct session *session)
{
    struct mark first = conn_first(session_conn(session));

    if (session_dns(session) || !mark_is_set(first))
        return;
    const struct dns_lookup *lookup =
        network_find_address(engine->network, conn_endpoint(session_conn(session), SIDE_CLIENT),
                             conn_endpoint(session_conn(session), SIDE_SERVER), first);
    if (lookup)
        session_set_dns(session, lookup);
}

static struct result *
result_new(struct engine *engine, struct session *session)
{
    struct result *result = g_new0(struct result, 1);

    conn_finish(session_conn(session), session_now(engine, session));
    session_find_cert(engine, session);
    session_read_cert(session);
    session_find_revocation(engine, session);
    session_settle(session);
    session_check_binding(engine, session, true);
    result->session = session;
    session_find_dns(engine, session);
    result->found = rules_run(session, engine->sessions, &engine->config, engine->network,
                              session_now(engine, session), true);
    result->verdict = verdict_of(session, result->found);
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding->severity == SEVERITY_ERROR)
            session_stage_failed(session, finding_info(finding->id)->stage);
    }
    return result;
}

/* A failed attempt that the same client made good at the same server soon after is part of the
 * later session's story: a 407 answered with credentials, say. */
static bool
session_was_made_good(const struct engine *engine, const struct session *session)
{
    const struct conn *conn = session_conn(session);

    if (session_reached(session) > STAGE_HTTP)
        return false;
    for (guint i = session_id(session) + 1; i < engine->sessions->len; i++) {
        const struct session *later = g_ptr_array_index(engine->sessions, i);
        if (conn_first(session_conn(later)).time - conn_last(conn).time >
            MADE_GOOD_SECONDS * NS_PER_SECOND)
            return false;
        if (session_reached(later) > STAGE_HTTP &&
            conn_interface(session_conn(later)) == conn_interface(conn) &&
            endpoint_equal(conn_endpoint(conn, SIDE_SERVER),
                           conn_endpoint(session_conn(later), SIDE_SERVER)) &&
            endpoint_same_host(conn_endpoint(conn, SIDE_CLIENT),
                               conn_endpoint(session_conn(later), SIDE_CLIENT)))
            return true;
    }
    return false;
}

/* Refused, unanswered, closed or stuck before any application data of the server. */
static bool
conn_failed(const struct conn *conn)
{

    return mark_is_set(conn_half(conn, SIDE_CLIENT)->syn) &&
           conn_half(conn, SIDE_SERVER)->records.application_records == 0 &&
           conn_half(conn, SIDE_CLIENT)->records.kind != STREAM_OTHER;
}

static void
engine_find_candidates(struct engine *engine)
{
    for (GList *link = engine->undecided.head; link; link = link->next) {
        struct conn *conn = link->data;
        if (!conn_is_tracked(conn) || !conn_failed(conn))
            continue;
        struct session *session = session_new(conn, engine->candidate_sessions->len);
        g_ptr_array_add(engine->candidate_sessions, session);
        session_feed_conn(session, CONN_EVENT_NONE, conn_first(conn));
        g_ptr_array_add(engine->candidates, result_new(engine, session));
    }
}

/* A host that the capture shows in a session, on either side: its other lookups are not the VPN's.
 */
static bool
host_has_session(const struct engine *engine, const struct endpoint *host)
{
    for (guint i = 0; i < engine->sessions->len; i++) {
        const struct session *session = g_ptr_array_index(engine->sessions, i);
        for (int side = 0; side < SIDE_COUNT; side++)
            if (endpoint_same_host(conn_endpoint(session_conn(session), (enum side)side), host))
                return true;
    }
    return false;
}

/* Is a failed lookup one of the VPN's? By the configured servers' names, or, when any server will
 * do, where the capture shows no session of the host that asked. */
static bool
lookup_is_of_interest(const struct engine *engine, const struct dns_lookup *lookup)
{
    if (lookup->num_addresses > 0)
        return false;
    return servers_have_name(engine->servers, lookup->name) ||
           (servers_have_any(engine->servers) && !host_has_session(engine, &lookup->client));
}

/* Another lookup of the name, by whomever, gave an address. */
static bool
lookup_was_made_good(const struct engine *engine, const struct dns_lookup *lookup)
{
    const GPtrArray *lookups = network_lookups(engine->network);

    for (guint i = 0; i < lookups->len; i++) {
        const struct dns_lookup *other = g_ptr_array_index(lookups, i);
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
lookup_was_not_needed(const struct engine *engine, const struct dns_lookup *lookup)
{
    for (guint i = 0; i < engine->sessions->len; i++) {
        const struct session *session = g_ptr_array_index(engine->sessions, i);
        const struct tls_client_hello *hello = &session_tls(session)->client_hello;
        if (name_is(lookup->name, session_http(session)->host) ||
            (hello->has_sni && name_is(lookup->name, hello->sni)))
            return true;
    }
    return false;
}

static struct session *
session_of_lookup(struct engine *engine, const struct dns_lookup *lookup)
{
    struct segment query = { .src = lookup->client, .dst = lookup->resolver };
    struct conn_key key;

    query.dst.port = DNS_PORT;
    conn_key_make(&query, &key);
    struct conn *conn = conn_new(&key, 0);
    conn->client_is_a = memcmp(&key.a, &query.src, sizeof key.a) == 0;
    g_ptr_array_add(engine->dns_conns, conn);
    struct session *session =
        session_new_lookup(conn, engine->sessions->len + engine->dns_sessions->len, lookup);
    g_ptr_array_add(engine->dns_sessions, session);
    return session;
}

/* Names that led to no connection are told as sessions that ended before TCP. */
static void
engine_find_lookups(struct engine *engine)
{
    const GPtrArray *lookups = network_lookups(engine->network);

    for (guint i = 0; i < lookups->len && engine->dns_sessions->len < DNS_SESSIONS_MAX; i++) {
        const struct dns_lookup *lookup = g_ptr_array_index(lookups, i);
        if (!lookup_is_of_interest(engine, lookup) || lookup_was_made_good(engine, lookup) ||
            lookup_was_not_needed(engine, lookup))
            continue;
        struct result *result = result_new(engine, session_of_lookup(engine, lookup));
        if (!result->verdict) {
            /* Nothing certain to say, a single query at the end of the capture. */
            result_free(result);
            continue;
        }
        g_ptr_array_add(engine->results, result);
    }
}

/* Connections of which only requests are there, and that are sessions at another capture point:
 * behind a NAT nothing else shows what they are. */
static void
engine_find_at_other_points(struct engine *engine)
{
    GHashTable *known;

    if (engine->capture_points->len < 2 || engine->undecided.length == 0)
        return;
    known = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < engine->sessions->len; i++) {
        const struct session *session = g_ptr_array_index(engine->sessions, i);
        const struct tcp_half *client = session_half(session, SIDE_CLIENT);
        if (mark_is_set(client->syn))
            g_hash_table_insert(known, GUINT_TO_POINTER(client->base), session_conn(session));
    }
    for (GList *link = engine->undecided.head, *next; link; link = next) {
        struct conn *conn = link->data;
        const struct tcp_half *client = conn_half(conn, SIDE_CLIENT);
        next = link->next;
        bool mute = mark_is_set(client->syn) && client->data_segments == 0;
        const struct conn *match =
            mute ? g_hash_table_lookup(known, GUINT_TO_POINTER(client->base)) : NULL;
        if (match && conn_interface(match) != conn_interface(conn) && conn_same_isn(match, conn))
            conn_become_session(engine, conn);
    }
    g_hash_table_unref(known);
}

void
engine_finish(struct engine *engine)
{
    if (engine->finished)
        return;
    engine->finished = true;
    segment_matches_free(g_steal_pointer(&engine->matches));
    if (engine->pairs)
        g_ptr_array_unref(engine->pairs);
    g_hash_table_remove_all(engine->final);
    g_ptr_array_set_size(engine->results, 0);
    g_ptr_array_set_size(engine->candidates, 0);
    g_ptr_array_set_size(engine->candidate_sessions, 0);
    g_ptr_array_set_size(engine->dns_sessions, 0);
    g_ptr_array_set_size(engine->dns_conns, 0);
    engine_find_at_other_points(engine);
    for (guint i = 0; i < engine->sessions->len; i++) {
        struct session *session = g_ptr_array_index(engine->sessions, i);
        if (session_was_made_good(engine, session))
            continue;
        g_ptr_array_add(engine->results, result_new(engine, session));
    }
    engine_find_lookups(engine);
    if (engine->sessions->len == 0)
        engine_find_candidates(engine);
    engine->pairs = pairs_new(engine->results, engine->capture_points);
    if (!engine->let_go) {
        one_end_judge(engine->results, engine->pairs, engine->capture_points, engine->all);
        one_end_judge(engine->candidates, engine->pairs, engine->capture_points, engine->all);
    }
    for (guint i = 0; i < engine->results->len; i++)
        result_index(engine, g_ptr_array_index(engine->results, i));
    for (guint i = 0; i < engine->pairs->len; i++)
        pair_index(engine, g_ptr_array_index(engine->pairs, i));
}

/* --- questions ------------------------------------------------------------------------------- */

const GPtrArray *
engine_results(const struct engine *engine)
{
    return engine->results;
}

const GPtrArray *
engine_candidates(const struct engine *engine)
{
    return engine->candidates;
}

const GPtrArray *
engine_pairs(const struct engine *engine)
{
    return engine->pairs;
}

const struct pair *
engine_pair_of(const struct engine *engine, const struct session *session)
{
    for (guint i = 0; engine->pairs && i < engine->pairs->len; i++) {
        const struct pair *pair = g_ptr_array_index(engine->pairs, i);
        if (pair->end[SIDE_CLIENT]->session == session ||
            pair->end[SIDE_SERVER]->session == session)
            return pair;
    }
    return NULL;
}

enum capture_point_role
engine_role(const struct engine *engine, uint32_t interface)
{
    const struct capture_point *capture_point = capture_point_of(engine->capture_points, interface);

    return capture_point ? capture_point->role : ROLE_UNKNOWN;
}

const GPtrArray *
engine_sessions(const struct engine *engine)
{
    return engine->sessions;
}

struct frame_note
engine_frame_note(const struct engine *engine, uint32_t frame)
{
    struct frame_note none = { 0, 0, 0 };

    if (frame == 0 || frame > engine->frames->len)
        return none;
    return g_array_index(engine->frames, struct frame_note, frame - 1);
}

const struct session *
engine_frame_session(const struct engine *engine, uint32_t frame)
{
    struct frame_note note = engine_frame_note(engine, frame);
    const struct conn *conn;

    if (note.conn == 0)
        return NULL;
    conn = g_ptr_array_index(engine->all, note.conn - 1);
    return conn->session;
}

const GArray *
engine_frame_findings(const struct engine *engine, uint32_t frame)
{
    return g_hash_table_lookup(engine->finished ? engine->final : engine->announced,
                               GUINT_TO_POINTER(frame));
}

bool
engine_frame_answer(const struct engine *engine, uint32_t frame, struct frame_answer *answer)
{
    const struct frame_answer *found =
        g_hash_table_lookup(engine->answers, GUINT_TO_POINTER(frame));

    if (found)
        *answer = *found;
    return found != NULL;
}

bool
engine_frame_match(struct engine *engine, uint32_t frame, struct frame_match *match)
{
    const struct session *session = engine_frame_session(engine, frame);

    if (!session || !engine->finished || engine->pairs->len == 0)
        return false;
    if (!engine->matches)
        engine->matches = segment_matches_new(engine->pairs, engine->num_frames);
    *match = (struct frame_match){ .pair = segment_matches_pair(engine->matches, session) };
    if (!match->pair)
        return false;
    match->frame = segment_matches_frame(engine->matches, frame, &match->lost);
    if (match->frame == 0 && !match->lost)
        return false;
    match->sender = segment_matches_sender(session, frame);
    match->sent = match->pair->end[match->sender]->session == session;
    match->delay_known = !match->sent && segment_matches_delay(match->pair, match->sender, frame,
                                                               match->frame, &match->delay);
    return true;
}

const struct lengths_note *
engine_frame_lengths(const struct engine *engine, uint32_t frame, uint32_t *num)
{
    const struct session *session = engine_frame_session(engine, frame);
    const struct lengths_facts *facts = session ? session_lengths(session) : NULL;

    return facts ? lengths_notes(facts, frame, num) : NULL;
}

uint32_t
engine_num_frames(const struct engine *engine)
{
    return engine->num_frames;
}

struct mark
engine_first(const struct engine *engine)
{
    return engine->first;
}

struct mark
engine_last(const struct engine *engine)
{
    return engine->last;
}
