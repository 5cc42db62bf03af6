/* results.c - what is found at the end of a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/results.h"

#include "base/thresholds.h"
#include "ends/pairs.h"
#include "ends/rules_one_end.h"
#include "ends/rules_pair.h"
#include "ends/same_end.h"
#include "ends/segment_match.h"
#include "engine/judge.h"
#include "engine/lookups.h"

enum {
    FLOOD_CANDIDATES_MAX = 10,
    ASKED_MAX = 2 * VIEW_NEIGHBOURS_MAX, /* sessions between one and the last that asks it */
};

struct results {
    GPtrArray *sessions, *candidates; /* struct result */
    GPtrArray *candidate_sessions;    /* struct session */
    struct lookups *lookups;
    GPtrArray *pairs;                /* struct pair; NULL before the end */
    struct segment_matches *matches; /* of them; NULL before somebody asks */
};

struct results *
results_new(void)
{
    struct results *results = g_new0(struct results, 1);

    results->sessions = g_ptr_array_new_with_free_func((GDestroyNotify)judge_free);
    results->candidates = g_ptr_array_new_with_free_func((GDestroyNotify)judge_free);
    results->candidate_sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    results->lookups = lookups_new();
    return results;
}

/* Each before what it stands on. */
static void
results_forget(struct results *results)
{
    segment_matches_free(g_steal_pointer(&results->matches));
    g_clear_pointer(&results->pairs, g_ptr_array_unref);
    g_ptr_array_set_size(results->sessions, 0);
    g_ptr_array_set_size(results->candidates, 0);
    g_ptr_array_set_size(results->candidate_sessions, 0);
    lookups_forget(results->lookups);
}

void
results_free(struct results *results)
{
    results_forget(results);
    g_ptr_array_unref(results->sessions);
    g_ptr_array_unref(results->candidates);
    g_ptr_array_unref(results->candidate_sessions);
    lookups_free(results->lookups);
    g_free(results);
}

/* --- who gets a result ----------------------------------------------------------------------- */

/* The same client at the same server, seen from the same capture point. */
struct route {
    struct endpoint client, server; /* the client's port does not count */
    uint32_t interface;
};

static guint
route_hash(gconstpointer data)
{
    const struct route *route = data;

    return endpoint_host_hash(&route->client) * 31 + endpoint_hash(&route->server) +
           route->interface;
}

static gboolean
route_equal(gconstpointer a, gconstpointer b)
{
    const struct route *x = a, *y = b;

    return x->interface == y->interface && endpoint_host_equal(&x->client, &y->client) &&
           endpoint_equal(&x->server, &y->server);
}

static struct route
route_of(const struct session *session)
{
    const struct conn *conn = session_conn(session);

    return (struct route){ *conn_endpoint(conn, SIDE_CLIENT), *conn_endpoint(conn, SIDE_SERVER),
                           conn_interface(conn) };
}

/* A failed attempt that the same client makes good at the same server soon after, a 407 that it
 * answers with credentials, say. Behind NAT it may have been somebody else, behind a balancer
 * another node: both are told. */
static void
results_link_made_good(struct results *results)
{
    GHashTable *better = g_hash_table_new_full(route_hash, route_equal, g_free, NULL);

    for (guint i = results->sessions->len; i-- > 0;) {
        struct result *result = g_ptr_array_index(results->sessions, i);
        const struct route route = route_of(result->session);
        if (session_reached(result->session) > STAGE_HTTP) {
            g_hash_table_replace(better, g_memdup2(&route, sizeof route), result);
            continue;
        }
        const struct result *later = g_hash_table_lookup(better, &route);
        if (later && mark_between(conn_last(session_conn(result->session)),
                                  conn_first(session_conn(later->session))) <=
                         MADE_GOOD_SECONDS * NS_PER_SECOND)
            result->made_good_by = later;
    }
    g_hash_table_unref(better);
}

/* Whoever is judged asks neighbours, too: those that are too far behind the last one for that. */
static void
rest_again(const GPtrArray *sessions, guint last)
{
    if (last >= ASKED_MAX)
        conn_rest(session_conn(g_ptr_array_index(sessions, last - ASKED_MAX)));
}

static void
results_add_sessions(struct results *results, struct capture *capture)
{
    const GPtrArray *sessions = conns_sessions(capture->conns);

    for (guint i = 0; i < sessions->len; i++) {
        g_ptr_array_add(results->sessions,
                        judge_finally(capture, g_ptr_array_index(sessions, i), sessions));
        rest_again(sessions, i);
    }
    for (guint i = sessions->len - MIN(sessions->len, ASKED_MAX); i < sessions->len; i++)
        conn_rest(session_conn(g_ptr_array_index(sessions, i)));
}

static void
add_lookups(GPtrArray *results, struct capture *capture, const GPtrArray *sessions)
{
    for (guint i = 0; i < sessions->len; i++) {
        struct result *result =
            judge_finally(capture, g_ptr_array_index(sessions, i), conns_sessions(capture->conns));
        if (result->verdict.finding)
            g_ptr_array_add(results, result);
        else /* Nothing certain to say, a single query at the end of the capture. */
            judge_free(result);
    }
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
results_add_candidates(struct results *results, struct capture *capture)
{
    const struct connection *connection;
    unsigned told = 0;
    guint at = 0;

    while ((connection = conns_next_undecided(capture->conns, &at))) {
        if (conns_is_one_of_many(capture->conns, connection) ? told++ >= FLOOD_CANDIDATES_MAX
                                                             : !conn_failed(connection->conn))
            continue;
        struct session *session = session_new(connection->conn, results->candidate_sessions->len);
        g_ptr_array_add(results->candidate_sessions, session);
        session_feed_conn(session, CONN_EVENT_NONE, conn_first(connection->conn));
    }
    /* They show by each other which of them are checks in a rhythm. */
    for (guint i = 0; i < results->candidate_sessions->len; i++)
        g_ptr_array_add(results->candidates,
                        judge_finally(capture, g_ptr_array_index(results->candidate_sessions, i),
                                      results->candidate_sessions));
}

/* --- more than one capture point ------------------------------------------------------------- */

/* What other capture points, which must have seen them, tell of requests that one of them saw. */
static void
results_judge_one_end(struct results *results, const struct capture *capture)
{
    const GPtrArray *all = conns_all(capture->conns);
    GArray *captured;

    if (capture->capture_points->len < 2 || conns_let_go(capture->conns))
        return;
    captured = g_array_new(FALSE, FALSE, sizeof(struct captured));
    for (guint i = 0; i < all->len; i++) {
        const struct connection *connection = g_ptr_array_index(all, i);
        const struct captured item = { connection->conn, connection->session };
        if (connection->kind != CONNECTION_FOREIGN &&
            !conns_is_one_of_many(capture->conns, connection))
            g_array_append_val(captured, item);
    }
    one_end_judge(results->sessions, results->pairs, capture->capture_points, captured);
    one_end_judge(results->candidates, results->pairs, capture->capture_points, captured);
    g_array_unref(captured);
}

bool
results_match(struct results *results, const struct session *session, uint32_t frame,
              uint32_t num_frames, struct frame_match *match)
{
    if (!results->pairs || results->pairs->len == 0)
        return false;
    if (!results->matches)
        results->matches = segment_matches_new(results->pairs, num_frames);
    *match = (struct frame_match){ .pair = segment_matches_pair(results->matches, session) };
    if (!match->pair)
        return false;
    match->frame = segment_matches_frame(results->matches, frame, &match->lost);
    if (match->frame == 0 && !match->lost)
        return false;
    match->sender = segment_matches_sender(session, frame);
    match->sent = match->pair->end[match->sender]->session == session;
    match->delay_known = !match->sent && segment_matches_delay(match->pair, match->sender, frame,
                                                               match->frame, &match->delay);
    return true;
}

/* --- what is shown at frames ----------------------------------------------------------------- */

/* Findings were judged by places, in which frames stand that waited for others. */
static void
found_in_file(const GPtrArray *found, const struct frames *frames)
{
    for (guint i = 0; i < found->len; i++) {
        struct finding *finding = g_ptr_array_index(found, i);
        const struct finding placed = *finding;
        finding->cause.frame = frames_at_place(frames, placed.cause.frame);
        finding->num_frames = 0;
        for (unsigned k = 0; k < placed.num_frames; k++)
            finding_frame(finding, frames_at_place(frames, placed.frames[k]));
    }
}

static void
all_in_file(const struct results *results, const struct frames *frames)
{
    const GPtrArray *const lists[] = { results->sessions, results->candidates };

    for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
        for (guint i = 0; i < lists[k]->len; i++)
            found_in_file(((const struct result *)g_ptr_array_index(lists[k], i))->found, frames);
    for (guint i = 0; i < results->pairs->len; i++)
        found_in_file(((const struct pair *)g_ptr_array_index(results->pairs, i))->found, frames);
}

static void
show_result(struct frames *frames, const struct result *result)
{
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        for (unsigned k = 0; k < finding->num_frames; k++)
            frames_show(frames, finding->frames[k], finding, session_id(result->session),
                        finding == result->verdict.finding);
    }
}

/* What both ends show stands at its frames, as a finding of the session where the frame is. */
static void
show_pair(struct frames *frames, const struct conns *conns, const struct pair *pair)
{
    for (guint i = 0; i < pair->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(pair->found, i);
        for (unsigned k = 0; k < finding->num_frames; k++) {
            uint32_t frame = finding->frames[k];
            const struct session *session = conns_session(conns, frames_note(frames, frame).conn);
            if (!session)
                session = pair->end[SIDE_CLIENT]->session;
            frames_show(frames, frame, finding, session_id(session),
                        finding == pair->verdict.finding);
        }
    }
}

void
results_make(struct results *results, struct capture *capture, struct frames *frames)
{
    results_forget(results);
    frames_forget_shown(frames);
    conns_settle_half_open(capture->conns);
    conns_find_at_other_points(capture->conns);
    results_add_sessions(results, capture);
    add_lookups(results->sessions, capture, lookups_find(results->lookups, capture));
    if (capture->capture_points->len > 1)
        same_end_drop(results->sessions);
    results_link_made_good(results);
    if (conns_sessions(capture->conns)->len == 0)
        results_add_candidates(results, capture);
    if (results->sessions->len == 0)
        add_lookups(
            results->candidates, capture,
            lookups_find_unnamed(results->lookups, capture, results->candidate_sessions->len));
    results->pairs = pairs_new(results->sessions, capture->capture_points);
    pairs_judge(results->pairs);
    results_judge_one_end(results, capture);
    all_in_file(results, frames);
    for (guint i = 0; i < results->sessions->len; i++)
        show_result(frames, g_ptr_array_index(results->sessions, i));
    for (guint i = 0; i < results->pairs->len; i++)
        show_pair(frames, capture->conns, g_ptr_array_index(results->pairs, i));
}

/* --- questions ------------------------------------------------------------------------------- */

const GPtrArray *
results_of_sessions(const struct results *results)
{
    return results->sessions;
}

const GPtrArray *
results_of_candidates(const struct results *results)
{
    return results->candidates;
}

const GPtrArray *
results_pairs(const struct results *results)
{
    return results->pairs;
}
