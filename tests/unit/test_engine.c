/* test_engine.c - one connection recorded at two capture points, and a flood of them at one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "engine/engine.h"

static const char request[] = "SSTP_DUPLEX_POST /x HTTP/1.1\r\nHost: vpn.example.test\r\n\r\n";
static const char answer[] = "HTTP/1.1 200 OK\r\n\r\n";

enum { CLIENT_ISN = 1000, SERVER_ISN = 5000 };

struct talk {
    struct engine *engine;
    struct mark mark;
    bool one_stream; /* the feeder reassembles both copies as one byte stream */
};

static struct endpoint
endpoint_of(enum side side)
{
    struct endpoint endpoint = { .addr = { 192, 0, 2, (uint8_t)(1 + side) }, .addr_len = 4 };

    endpoint.port = side == SIDE_SERVER ? 80 : 50000;
    return endpoint;
}

/* One frame. told: its payload is what the feeder hands over, not a copy it has had already. */
static void
say(struct talk *talk, uint32_t interface, enum side side, uint8_t flags, uint32_t offset,
    const char *text, bool told)
{
    const uint8_t *payload = (const uint8_t *)text;
    size_t len = strlen(text);
    struct segment segment = {
        .interface = interface,
        .src = endpoint_of(side),
        .dst = endpoint_of(side_other(side)),
        .seq = (side == SIDE_CLIENT ? CLIENT_ISN : SERVER_ISN) + offset,
        .ack = side == SIDE_CLIENT ? SERVER_ISN + 1 : CLIENT_ISN + 1,
        .flags = flags,
        .payload = payload,
        .captured_len = len,
        .payload_len = len,
        .checksum = 1,
    };

    talk->mark.frame++;
    talk->mark.time += NS_PER_SECOND / 100;
    segment.mark = talk->mark;
    engine_frame(talk->engine, talk->mark);
    g_assert_cmpint(engine_segment(talk->engine, &segment), !=, CONNECTION_FOREIGN);
    engine_stream(talk->engine, talk->one_stream ? 7 : interface);
    if (told && len) {
        struct piece piece = framing_next(payload, len);
        engine_piece(talk->engine, &piece, payload);
    }
    engine_frame_done(talk->engine);
}

static void
say_twice(struct talk *talk, enum side side, uint8_t flags, uint32_t offset, const char *text)
{
    say(talk, side, side, flags, offset, text, true); /* near its sender first */
    say(talk, side_other(side), side, flags, offset, text, !talk->one_stream);
}

static const GPtrArray *
talk_all(struct talk *talk)
{
    const struct config config = { .negotiation_timeout = 60,
                                   .sstp_echo_timeout = 10,
                                   .lcp_echo_failures = 2 };

    talk->engine = engine_new(&config);
    say_twice(talk, SIDE_CLIENT, TCP_SYN, 0, "");
    say_twice(talk, SIDE_SERVER, TCP_SYN | TCP_ACK, 0, "");
    say_twice(talk, SIDE_CLIENT, TCP_ACK, 1, request);
    say_twice(talk, SIDE_SERVER, TCP_ACK, 1, answer);
    engine_finish(talk->engine);
    return engine_results(talk->engine);
}

static void
test_two_streams(void)
{
    struct talk talk = { .one_stream = false };
    const GPtrArray *results = talk_all(&talk);

    g_assert_cmpuint(results->len, ==, 2);
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        g_assert_false(conn_is_copy(session_conn(result->session)));
        g_assert_cmpuint(session_http(result->session)->status, ==, 200);
        g_assert_cmpuint(conn_interface(session_conn(result->session)), ==, i);
    }
    engine_free(talk.engine);
}

/* What is said in one stream is said of the copy that was seen first, whichever segment said it. */
static void
test_one_stream(void)
{
    struct talk talk = { .one_stream = true };
    const GPtrArray *results = talk_all(&talk);

    g_assert_cmpuint(results->len, ==, 1);
    const struct result *result = g_ptr_array_index(results, 0);
    const struct session *session = result->session;
    g_assert_cmpuint(conn_interface(session_conn(session)), ==, SIDE_CLIENT);
    g_assert_cmpuint(session_http(session)->request.frame, ==, 5);
    g_assert_cmpuint(session_http(session)->response.frame, ==, 7);
    g_assert_cmpuint(session_http(session)->status, ==, 200);
    g_assert_cmpuint(session_undecrypted(session, SIDE_CLIENT), ==, 0);
    g_assert_cmpuint(session_undecrypted(session, SIDE_SERVER), ==, 0);
    g_assert_null(engine_frame_session(talk.engine, 6)); /* the copy's own segment */
    engine_free(talk.engine);
}

static enum connection_kind
knock(struct talk *talk, unsigned client, uint8_t flags)
{
    struct segment segment = { .src = endpoint_of(SIDE_CLIENT),
                               .dst = endpoint_of(SIDE_SERVER),
                               .seq = CLIENT_ISN,
                               .flags = flags };

    segment.src.port = (uint16_t)(1024 + client);
    segment.mark = (struct mark){ ++talk->mark.frame, 0 };
    return engine_segment(talk->engine, &segment);
}

/* 0: no flood was. */
static uint32_t
requests_told(const struct result *result)
{
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding->id == FINDING_TCP_SYN_FLOOD)
            return (uint32_t)finding->details[0].number;
    }
    return 0;
}

/* More than are kept undecided: the oldest are taken for foreign, the others stay. Of those that
 * are lone requests only the first are told, with how many there were. */
static void
test_flood(void)
{
    enum { KEPT = 16384, ASKED = 5, MORE = 3, TOLD = 10 };
    const uint32_t lone = KEPT - (ASKED - MORE) - 1;
    struct talk talk = { .one_stream = false };
    const struct config config = { .negotiation_timeout = 60 };

    talk.engine = engine_new(&config);
    for (unsigned i = 0; i < KEPT + MORE; i++)
        g_assert_cmpint(knock(&talk, i, TCP_SYN), ==, CONNECTION_UNDECIDED);
    for (unsigned i = 0; i < ASKED; i++)
        g_assert_cmpint(knock(&talk, i, TCP_ACK), ==,
                        i < MORE ? CONNECTION_FOREIGN : CONNECTION_UNDECIDED);
    g_assert_cmpint(knock(&talk, KEPT + MORE - 1, TCP_ACK), ==, CONNECTION_UNDECIDED);
    g_assert_null(engine_current_session(talk.engine));
    engine_finish(talk.engine);
    const GPtrArray *candidates = engine_candidates(talk.engine);
    g_assert_cmpuint(candidates->len, ==, KEPT - lone + TOLD);
    for (guint i = 0; i < candidates->len; i++)
        g_assert_cmpuint(requests_told(g_ptr_array_index(candidates, i)), ==, lone + MORE);
    engine_free(talk.engine);
}

/* A connection is closed, and just then let go as the oldest one of too many. */
static void
test_closed_and_let_go(void)
{
    enum { KEPT = 16384 };
    struct talk talk = { .one_stream = false };
    const struct config config = { .negotiation_timeout = 60 };

    talk.engine = engine_new(&config);
    knock(&talk, 0, TCP_SYN);
    g_assert_cmpint(knock(&talk, 0, TCP_FIN | TCP_ACK), ==, CONNECTION_UNDECIDED);
    for (unsigned i = 1; i <= KEPT; i++)
        knock(&talk, i, TCP_SYN);
    g_assert_cmpint(knock(&talk, 1, TCP_FIN | TCP_ACK), ==, CONNECTION_UNDECIDED);
    g_assert_cmpint(knock(&talk, 0, TCP_ACK), ==, CONNECTION_FOREIGN);
    engine_finish(talk.engine);
    engine_free(talk.engine);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/copies/two-streams", test_two_streams);
    g_test_add_func("/engine/copies/one-stream", test_one_stream);
    g_test_add_func("/engine/flood", test_flood);
    g_test_add_func("/engine/closed-and-let-go", test_closed_and_let_go);
    return g_test_run();
}
