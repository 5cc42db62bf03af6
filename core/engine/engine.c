/* engine.c - a whole capture, told frame by frame: the feeder's door
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/engine.h"

#include "engine/engine_state.h"

#include "engine/judge.h"
#include "base/numeric.h"

enum { CAPTURE_POINTS_MAX = 64 }; /* that are compared */

struct engine *
engine_new(const struct config *config)
{
    struct engine *engine = g_new0(struct engine, 1);
    struct capture *capture = &engine->capture;

    capture->config = *config;
    capture->config.servers = NULL; /* the caller's */
    if (config->credentials)
        credentials_ref(config->credentials);
    capture->servers = servers_parse(config->servers);
    capture->capture_points = capture_points_new();
    capture->conns = conns_new(capture->servers, capture->capture_points);
    capture->network = network_new();
    capture->certs = g_hash_table_new_full(endpoint_hash, endpoint_equal, g_free, g_free);
    engine->frames = frames_new();
    engine->waiting = waiting_new();
    engine->results = results_new();
    return engine;
}

void
engine_free(struct engine *engine)
{
    struct capture *capture;

    if (!engine)
        return;
    capture = &engine->capture;
    results_free(engine->results);
    frames_free(engine->frames);
    waiting_free(engine->waiting);
    conns_free(capture->conns);
    g_array_unref(capture->capture_points);
    g_hash_table_unref(capture->certs);
    network_free(capture->network);
    servers_free(capture->servers);
    credentials_unref(capture->config.credentials);
    if (capture->trials)
        g_array_unref(capture->trials);
    g_free(engine);
}

void
engine_watch(struct engine *engine, bool watched)
{
    engine->unwatched = !watched;
}

void
engine_trace(struct engine *engine)
{
    conns_keep_traces(engine->capture.conns);
}

void
engine_keep_no_frames(struct engine *engine)
{
    frames_keep_none(engine->frames);
}

void
engine_vantage(struct engine *engine, uint32_t interface, enum vantage_kind kind)
{
    if (interface < 64 && kind != VANTAGE_PACKETS)
        engine->capture.sockets |= UINT64_C(1) << interface;
}

void
engine_log(struct engine *engine, unsigned shown)
{
    engine->capture.is_log = true;
    engine->capture.shown = shown;
}

void
engine_trial(struct engine *engine, const struct trial *trial)
{
    if (!engine->capture.trials)
        engine->capture.trials = g_array_new(FALSE, FALSE, sizeof *trial);
    g_array_append_val(engine->capture.trials, *trial);
    engine->finished = false;
}

/* --- frames and segments --------------------------------------------------------------------- */

/* Another one than before. */
static G_GNUC_NO_INLINE void
engine_change_capture_point(struct engine *engine, uint32_t interface, struct mark mark)
{
    GArray *capture_points = engine->capture.capture_points;

    if (!capture_point_of(capture_points, interface) && capture_points->len < CAPTURE_POINTS_MAX) {
        capture_points_add(capture_points, interface, mark);
        if (capture_points->len == 2)
            conns_open_seq_logs(engine->capture.conns);
    }
    engine->at = capture_point_of(capture_points, interface);
}

/* The capture point of interface took something. */
static void
engine_at(struct engine *engine, uint32_t interface, struct mark mark)
{
    if (!engine->at || engine->at->interface != interface)
        engine_change_capture_point(engine, interface, mark);
    if (engine->at)
        capture_point_took(engine->at, mark);
}

void
engine_frame(struct engine *engine, struct mark mark)
{
    if (frames_count(engine->frames, mark))
        engine->finished = false;
}

void
engine_no_segment(struct engine *engine)
{
    engine->current = engine->target = NULL;
    engine->waiter = NULL;
}

void
engine_foreign(struct engine *engine, struct mark mark, uint32_t interface)
{
    engine->capture.mark = mark;
    engine->frame = mark.frame;
    engine_at(engine, interface, mark);
    engine_no_segment(engine);
}

static void
engine_set_current(struct engine *engine, struct connection *connection, const struct endpoint *src)
{
    engine->current = engine->target = connection;
    engine->src = *src;
    engine->side = conn_side(connection->conn, src);
}

/* Capture points are compared, by order and times of each sender. */
static bool
engine_has_ends(const struct engine *engine)
{
    return engine->capture.capture_points->len > 1;
}

enum connection_kind
engine_segment(struct engine *engine, const struct segment *segment)
{
    struct connection *connection;
    bool is_first;

    engine_foreign(engine, segment->mark, segment->interface);
    connection = conns_of(engine->capture.conns, segment, &is_first);
    if (connection->kind == CONNECTION_FOREIGN)
        return connection->kind;
    engine->segment = *segment;
    conn_stamped(connection->conn, segment->mark);
    if (!is_first && !capture_is_socket(&engine->capture, segment->interface) &&
        waiting_wants(engine->waiting, connection, segment))
        engine->waiter = waiting_add(engine->waiting, connection, segment, engine_has_ends(engine));
    else
        conns_follow(engine->capture.conns, connection, segment, is_first);
    if (connection->kind != CONNECTION_FOREIGN)
        engine_set_current(engine, connection, &segment->src);
    else if (!waiting_is_empty(engine->waiting))
        waiting_forget(engine->waiting, connection);
    return connection->kind;
}

/* Keeps what is told of a segment that waits. */
static bool
engine_keeps(struct engine *engine, struct told told)
{
    if (!engine->waiter)
        return false;
    waiting_tell(engine->waiting, engine->waiter, told);
    return true;
}

/* The segment at hand, which is followed by now, is of a copy of first. */
static void
engine_set_target(struct engine *engine, struct connection *first)
{
    const struct connection *copy = engine->current;

    engine->target = first;
    engine->side = conn_side(first->conn, &engine->src);
    conn_set_copy(copy->conn);
    conn_seen_elsewhere(first->conn, engine->side, copy->conn);
}

void
engine_stream(struct engine *engine, uint32_t number)
{
    struct connection *connection = engine->current, *first;

    if (!connection)
        return;
    first = conns_of_stream(engine->capture.conns, number, connection);
    if (first == connection)
        return;
    /* What it says does not wait with it, but with what else the first one says. */
    engine_keeps(engine, (struct told){ TOLD_STREAM, .first = first });
    engine->waiter = NULL;
    engine_set_target(engine, first);
    if (waiting_wants_told(engine->waiting, first, connection, &engine->segment))
        engine->waiter = waiting_add_told(engine->waiting, first, connection, &engine->segment);
}

/* --- what is not of TCP ---------------------------------------------------------------------- */

void
engine_icmp(struct engine *engine, const struct icmp_error *error)
{
    const struct segment quoted = { .interface = error->interface,
                                    .src = error->src,
                                    .dst = error->dst };
    struct conn_key key;

    conn_key_make(&quoted, &key);
    struct connection *connection = conns_find(engine->capture.conns, &key);
    engine_no_segment(engine);
    if (!connection || connection->kind == CONNECTION_FOREIGN)
        return;
    engine->finished = false;
    engine->capture.mark = error->mark;
    engine->frame = error->mark.frame;
    engine_at(engine, error->interface, error->mark);
    engine_set_current(engine, connection, &error->src);
    conns_answered(engine->capture.conns, connection);
    conn_icmp(connection->conn, engine->side, error);
    if (connection->session)
        session_touch(connection->session);
}

void
engine_arp(struct engine *engine, const struct endpoint *sender, const struct endpoint *target,
           struct mark mark)
{
    engine->finished = false;
    network_arp(engine->capture.network, sender, target, mark);
}

void
engine_dns(struct engine *engine, const struct dns_message *message, const struct endpoint *src,
           const struct endpoint *dst, struct mark mark)
{
    engine->finished = false;
    network_dns(engine->capture.network, message, src, dst, mark);
}

/* --- clear bytes and decrypted records ------------------------------------------------------- */

static struct session *
engine_session(const struct engine *engine)
{
    return engine->target ? engine->target->session : NULL;
}

static void
engine_http(struct engine *engine, const struct http_head *head)
{
    struct connection *connection = engine->target;

    if (!connection)
        return;
    if (head->request && http_method_is(head, "SSTP_DUPLEX_POST")) {
        conn_set_client(connection->conn, engine->side);
        engine->side = SIDE_CLIENT;
        conns_set_session(engine->capture.conns, connection);
    }
    if (connection->session) {
        session_got_clear(connection->session);
        session_feed_http(connection->session, engine->side, head, engine->capture.mark);
    }
}

static void
engine_packet(struct engine *engine, const uint8_t *packet, size_t len)
{
    struct session *session = engine_session(engine);

    if (!session)
        return;
    session_got_clear(session);
    session_feed_packet(session, engine->side, packet, len, engine->capture.mark);
}

static void
engine_junk(struct engine *engine)
{
    struct session *session = engine_session(engine);

    if (session)
        session_feed_junk(session, engine->side, engine->capture.mark);
}

static void
engine_oversize(struct engine *engine, size_t len)
{
    struct session *session = engine_session(engine);

    if (session)
        session_feed_oversize(session, engine->side, len, engine->capture.mark);
}

void
engine_piece(struct engine *engine, const struct piece *piece, const uint8_t *data)
{
    const bool whole = piece->kind == PIECE_HTTP || piece->kind == PIECE_PACKET;
    const struct told told = { TOLD_PIECE, .piece = *piece,
                               .data = (uint8_t *)(whole ? data : NULL), .len = piece->len };
    struct http_head head;

    if (engine_keeps(engine, told))
        return;
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
    struct session *session = engine_session(engine);

    if (!engine->target || engine_keeps(engine, (struct told){ TOLD_ALERT, .number = description }))
        return;
    conn_alert(engine->target->conn, engine->side, description, engine->capture.mark);
    if (session)
        session_touch(session);
}

void
engine_handshake(struct engine *engine, const uint8_t *data, size_t len)
{
    if (!engine_keeps(engine,
                      (struct told){ TOLD_HANDSHAKE, .data = (uint8_t *)data, .len = len }) &&
        engine->target)
        conn_decrypted_handshake(engine->target->conn, engine->side, data, len,
                                 engine->capture.mark);
}

void
engine_decrypted(struct engine *engine, uint32_t records)
{
    struct session *session = engine_session(engine);

    if (!engine->target || engine_keeps(engine, (struct told){ TOLD_DECRYPTED, .number = records }))
        return;
    conn_count_decrypted(engine->target->conn, engine->side, records);
    if (session)
        session_feed_decrypted(session, engine->side, records, engine->capture.mark);
}

/* --- the end of a frame, and of the capture -------------------------------------------------- */

/* Findings that have become sure at this frame are shown at it: the cause may be long past. */
static void
engine_look(struct engine *engine, struct session *session)
{
    judge_prepare(&engine->capture, session);
    if (engine->unwatched)
        return;
    GPtrArray *found = judge_so_far(&engine->capture, session);

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (session_announce(session, finding->id))
            frames_announce(engine->frames, engine->frame, finding, session_id(session),
                            finding == verdict_finding(session, found));
    }
    g_ptr_array_unref(found);
}

static void
session_frame_done(struct engine *engine, struct session *session)
{
    if (!session)
        return;
    session_add_frame(session, engine->capture.mark);
    frames_take_answers(engine->frames, session);
    if (session_take_changed(session))
        engine_look(engine, session);
}

static enum stage
engine_stage(const struct engine *engine)
{
    const struct session *session = engine_session(engine);

    if (session)
        return session_stage(session);
    return conn_is_tls(engine->current->conn) ? STAGE_TLS : STAGE_TCP;
}

/* All was told of the segment that is followed. */
static void
engine_segment_done(struct engine *engine, uint32_t frame)
{
    const struct connection *connection = engine->current;

    frames_set_note(engine->frames, frame,
                    (struct frame_note){
                        .conn = connection->number,
                        .stage = (uint8_t)engine_stage(engine),
                        .side = (uint8_t)conn_side(connection->conn, &engine->src),
                    });
    if (engine->waiter)
        return;
    session_frame_done(engine, engine->target->session);
    if (connection != engine->target)
        session_frame_done(engine, connection->session);
}

/* Again what the feeder told. */
static void
engine_tell(struct engine *engine, const struct told *told)
{
    switch (told->kind) {
    case TOLD_STREAM:
        if (told->first->kind != CONNECTION_FOREIGN)
            engine_set_target(engine, told->first);
        break;
    case TOLD_PIECE:
        engine_piece(engine, &told->piece, told->data);
        break;
    case TOLD_ALERT:
        engine_alert(engine, (uint8_t)told->number);
        break;
    case TOLD_HANDSHAKE:
        engine_handshake(engine, told->data, told->len);
        break;
    case TOLD_DECRYPTED:
        engine_decrypted(engine, told->number);
        break;
    }
}

/* Frees waiter. What it says counts as said then; TCP and the clocks of two ends go by the time
 * that it was stamped with. */
static void
engine_follow_waiter(struct engine *engine, struct connection *connection, struct waiter *waiter,
                     int64_t then)
{
    engine->capture.mark = (struct mark){ waiter->segment.mark.frame, then };
    frames_set_place(engine->frames, waiter->frame, waiter->segment.mark.frame);
    if (!waiter->seen_at)
        conns_follow(engine->capture.conns, connection, &waiter->segment, false);
    if (connection->kind != CONNECTION_FOREIGN) {
        engine_set_current(engine, waiter->seen_at ? waiter->seen_at : connection,
                           &waiter->segment.src);
        if (waiter->seen_at)
            engine_set_target(engine, connection);
        for (guint i = 0; i < waiter->told->len; i++)
            engine_tell(engine, &g_array_index(waiter->told, struct told, i));
        engine_segment_done(engine, waiter->frame);
    }
    waiter_free(waiter);
}

/* What waited for the segment at hand. It stands before what it answers, so it is taken to have
 * been said with it, unless the capture lacks that. */
static void
engine_release(struct engine *engine, struct connection *connection)
{
    const struct mark now = engine->capture.mark;
    bool given_up, lacks = false;
    struct waiter *waiter;

    engine->waiter = NULL;
    while ((waiter = waiting_take(engine->waiting, connection, now, &given_up))) {
        const struct mark mark = waiter->segment.mark;
        lacks |= given_up;
        if (waiter->ahead && !lacks && !waiter->seen_at)
            conn_acked_early(connection->conn, &waiter->segment, MAX(now.time - mark.time, 0));
        engine_follow_waiter(engine, connection, waiter,
                             lacks ? mark.time : MAX(mark.time, now.time));
    }
    engine->capture.mark = now;
}

void
engine_frame_done(struct engine *engine)
{
    struct connection *const current = engine->current, *const target = engine->target;
    const struct endpoint src = engine->src;
    const enum side side = engine->side;

    if (!current || engine->capture.mark.frame == 0)
        return;
    engine_segment_done(engine, engine->capture.mark.frame);
    if (waiting_is_empty(engine->waiting))
        return;
    engine_release(engine, current);
    if (target != current)
        engine_release(engine, target);
    engine->current = current;
    engine->target = target;
    engine->src = src;
    engine->side = side;
}

/* What still waits has waited in vain: the capture is over. */
static void
engine_release_all(struct engine *engine)
{
    const struct mark now = engine->capture.mark;
    struct connection *connection;
    struct waiter *waiter;

    engine_no_segment(engine);
    while ((waiter = waiting_take_any(engine->waiting, &connection)))
        engine_follow_waiter(engine, connection, waiter, waiter->segment.mark.time);
    engine_no_segment(engine);
    engine->capture.mark = now;
}

void
engine_finish(struct engine *engine)
{
    if (engine->finished)
        return;
    if (!waiting_is_empty(engine->waiting))
        engine_release_all(engine);
    engine->finished = true;
    void *before = numeric_begin();
    results_make(engine->results, &engine->capture, engine->frames);
    numeric_end(before);
}
