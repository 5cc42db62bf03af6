/* rules_one_end.c - connection requests without an answer that only one capture point saw: what
 * another one, nearer to the server, shows by not having them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/rules_one_end.h"

#include "base/text.h"
#include "base/thresholds.h"
#include "ends/pair_rule.h"

enum {
    LOOKED_AT_MAX = 64, /* results of a capture that are looked at */
};

/* All that is asked of a capture. */
struct scene {
    const GPtrArray *results, *pairs;
    const GArray *conns; /* struct captured */
    GArray *capture_points;
    GHashTable *paired; /* sessions that are an end of a pair */
};

/* Another capture point, and how it stands to the one that saw the requests. */
struct witness {
    const struct capture_point *capture_point;
    const struct pair *pair;     /* between the two; NULL: the clocks are taken to be the same */
    struct endpoint server;      /* its address there */
    const struct session *shown; /* at the witness, of that server */
    bool same_client;            /* a pair has the server and the client of the requests */
};

static const struct endpoint *
server_of(const struct conn *conn)
{
    return conn_endpoint(conn, SIDE_SERVER);
}

static const struct tcp_half *
client_half(const struct conn *conn)
{
    return conn_half(conn, SIDE_CLIENT);
}

/* A time of the requests' capture point at the witness. */
static int64_t
witness_time(const struct witness *witness, int64_t time)
{
    return witness->pair ? time_between(-clock_offset_at(&witness->pair->clock, time), time) : time;
}

static int64_t
witness_slack(const struct witness *witness)
{
    return PAIR_SLACK_NS + (witness->pair ? witness->pair->clock.bound * 2 : SAME_CLOCK_NS);
}

static bool
witness_covers(const struct witness *witness, const struct conn *conn)
{
    const struct tcp_half *client = client_half(conn);

    return capture_point_was_busy(
        witness->capture_point, witness_time(witness, client->syn.time) - witness_slack(witness),
        witness_time(witness, client->last_syn.time) + witness_slack(witness));
}

/* --- who stands nearer to the server --------------------------------------------------------- */

/* By connections that both capture points have. False: the witness is nearer to the client. */
static bool
witness_by_pairs(struct witness *witness, const struct scene *scene, const struct conn *conn)
{
    for (guint i = 0; i < scene->pairs->len; i++) {
        const struct pair *pair = g_ptr_array_index(scene->pairs, i);
        const struct conn *near = session_conn(pair->end[SIDE_CLIENT]->session);
        if (pair->at[SIDE_CLIENT] == witness->capture_point &&
            pair->at[SIDE_SERVER]->interface == conn_interface(conn))
            return false;
        if (pair->at[SIDE_SERVER] != witness->capture_point ||
            conn_interface(near) != conn_interface(conn) || !pair->same_tcp || !pair->clock_known)
            continue;
        witness->pair = witness->pair ? witness->pair : pair;
        if (witness->same_client || !endpoint_equal(server_of(near), server_of(conn)))
            continue;
        witness->server = *server_of(session_conn(pair->end[SIDE_SERVER]->session));
        witness->shown = pair->end[SIDE_SERVER]->session;
        witness->same_client =
            endpoint_same_host(conn_endpoint(near, SIDE_CLIENT), conn_endpoint(conn, SIDE_CLIENT));
    }
    return true;
}

/* By hops alone: this connection was captured on the server's own host. */
static bool
is_at_server(const struct conn *conn)
{
    const struct path_facts *client = &client_half(conn)->path;
    const struct path_facts *server = &conn_half(conn, SIDE_SERVER)->path;

    return client->ttl_segments >= TTL_SEGMENTS_MIN && !path_is_fresh(client) &&
           client->ttl_max < 255 && server->ttl_segments >= TTL_SEGMENTS_MIN &&
           path_is_fresh(server);
}

/* --- what it shows of the server ------------------------------------------------------------- */

/* It takes connections to this server: of the same client, or of two clients at least, so that no
 * filter on one client explains what is missing. */
static bool
witness_sees_server(struct witness *witness, const struct scene *scene)
{
    const struct endpoint *first = NULL;

    for (guint i = 0; i < scene->conns->len; i++) {
        const struct captured *captured = &g_array_index(scene->conns, struct captured, i);
        const struct conn *other = captured->conn;
        if (conn_interface(other) != witness->capture_point->interface ||
            !endpoint_equal(server_of(other), &witness->server) ||
            !mark_is_set(client_half(other)->handshake_ack) ||
            (!witness->pair && !is_at_server(other)))
            continue;
        if (!witness->shown)
            witness->shown = captured->session;
        if (witness->same_client ||
            (first && !endpoint_same_host(first, conn_endpoint(other, SIDE_CLIENT))))
            return true;
        first = conn_endpoint(other, SIDE_CLIENT);
    }
    return false;
}

/* A connection that the server answered in that time is not there either: the witness takes one
 * line of several, or stands before one server of several. */
static bool
witness_misses_others(const struct witness *witness, const struct scene *scene,
                      const struct conn *conn)
{
    for (guint i = 0; i < scene->results->len; i++) {
        const struct session *session =
            ((const struct result *)g_ptr_array_index(scene->results, i))->session;
        if (session_conn(session) != conn &&
            conn_interface(session_conn(session)) == conn_interface(conn) &&
            !session_has_no_connection(session) &&
            mark_is_set(client_half(session_conn(session))->syn) &&
            endpoint_equal(server_of(session_conn(session)), server_of(conn)) &&
            session_half(session, SIDE_SERVER)->segments > 0 &&
            !g_hash_table_contains(scene->paired, session) &&
            witness_covers(witness, session_conn(session)))
            return true;
    }
    return false;
}

/* --- whether the requests are there after all ------------------------------------------------ */

static bool
same_options(const struct tcp_half *a, const struct tcp_half *b)
{
    return a->syn_cut || b->syn_cut ||
           (a->window_scale_seen == b->window_scale_seen && a->window_scale == b->window_scale &&
            a->sack == b->sack && a->timestamps == b->timestamps);
}

/* May other be conn at the witness? A NAT may have changed addresses and sequence numbers. Requests
 * whose answer was taken are another client's. */
static bool
may_be_same(const struct scene *scene, const struct witness *witness, const struct conn *conn,
            const struct captured *captured)
{
    const struct conn *other = captured->conn;
    const struct tcp_half *a = client_half(conn), *b = client_half(other);

    if (conn_same_isn(conn, other))
        return true;
    if (mark_is_set(b->handshake_ack) || b->data_segments > 0 ||
        (captured->session && g_hash_table_contains(scene->paired, captured->session)) ||
        (!same_options(a, b) &&
         conn_endpoint(conn, SIDE_CLIENT)->port != conn_endpoint(other, SIDE_CLIENT)->port))
        return false;
    return !witness->pair ||
           (b->last_syn.time >= witness_time(witness, a->syn.time) - witness_slack(witness) &&
            b->syn.time <= witness_time(witness, a->last_syn.time) + witness_slack(witness));
}

static bool
witness_may_have(const struct scene *scene, const struct witness *witness, const struct conn *conn)
{
    for (guint i = 0; i < scene->conns->len; i++) {
        const struct captured *other = &g_array_index(scene->conns, struct captured, i);
        if (conn_interface(other->conn) == witness->capture_point->interface &&
            mark_is_set(client_half(other->conn)->syn) && may_be_same(scene, witness, conn, other))
            return true;
    }
    return false;
}

/* --- the finding ----------------------------------------------------------------------------- */

static bool
witness_tells(struct witness *witness, const struct scene *scene, const struct conn *conn)
{
    if (!witness_by_pairs(witness, scene, conn) || !witness_covers(witness, conn))
        return false;
    /* Where nothing but hops tells who stands where, the requests must have been captured on the
     * client's own host. */
    if (!witness->pair && !path_is_fresh(&client_half(conn)->path))
        return false;
    return witness_sees_server(witness, scene) && !witness_misses_others(witness, scene, conn) &&
           !witness_may_have(scene, witness, conn);
}

static bool
is_one_end_request(const struct scene *scene, const struct result *result)
{
    return !session_has_no_connection(result->session) &&
           finding_of(result->found, FINDING_TCP_NO_ANSWER) &&
           session_half(result->session, SIDE_SERVER)->segments == 0 &&
           !g_hash_table_contains(scene->paired, result->session);
}

static void
one_end_result(const struct scene *scene, const struct result *result)
{
    const struct conn *conn = session_conn(result->session);

    for (guint i = 0; i < scene->capture_points->len; i++) {
        struct witness witness = { .capture_point = &g_array_index(scene->capture_points,
                                                                   struct capture_point, i),
                                   .server = *server_of(conn) };
        if (witness.capture_point->interface == conn_interface(conn) ||
            !witness_tells(&witness, scene, conn))
            continue;
        struct finding *finding = pair_rule_find(result->found, FINDING_TCP_NO_ANSWER);
        if (!witness.same_client)
            finding->confidence = CONFIDENCE_LIKELY;
        finding->evidence = EVIDENCE_BOTH_ENDS;
        finding_number(finding, "requests_arrived", 0);
        finding_text(finding, "broken", "client to server");
        if (witness.shown)
            finding_number(finding, "other_session", session_id(witness.shown));
        finding_summary(
            finding,
            "%s in %s, no answer. None of them came to the server's capture point, which was "
            "recording%s and has other connections to this server: on the way there they are "
            "dropped, or led elsewhere",
            text_count(client_half(conn)->segments, "connection request").text,
            text_seconds(mark_seconds(client_half(conn)->syn, client_half(conn)->last)).text,
            witness.pair ? "" : ", if its clock is right,");
        return;
    }
}

void
one_end_judge(const GPtrArray *results, const GPtrArray *pairs, GArray *capture_points,
              const GArray *conns)
{
    struct scene scene = { results, pairs, conns, capture_points,
                           g_hash_table_new(g_direct_hash, g_direct_equal) };
    unsigned looked_at = 0;

    for (guint i = 0; i < pairs->len; i++)
        for (int side = 0; side < SIDE_COUNT; side++)
            g_hash_table_add(
                scene.paired,
                (gpointer)((const struct pair *)g_ptr_array_index(pairs, i))->end[side]->session);
    for (guint i = 0; capture_points->len > 1 && i < results->len && looked_at < LOOKED_AT_MAX; i++)
        if (is_one_end_request(&scene, g_ptr_array_index(results, i))) {
            one_end_result(&scene, g_ptr_array_index(results, i));
            looked_at++;
        }
    g_hash_table_unref(scene.paired);
}
