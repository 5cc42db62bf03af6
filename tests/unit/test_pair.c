/* test_pair.c - two capture points of one connection: what shows that it is one, clocks, loss
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <string.h>

#include "peer.h"

/* --- by scripts ------------------------------------------------------------------------------ */

struct script_row {
    const char *name, *script;
    bool paired;
    enum pair_match match;
    bool same_tcp;
    double offset;   /* of the server's clock, seconds; NAN: not known */
    double bound_ms; /* where it is known */
    uint32_t client; /* interface of the client's end */
};

static const struct script_row script_rows[] = {
    { "random", "[ends] up-tls goodbye close", true, PAIR_CLIENT_RANDOM, true, 0, 4, 0 },
    { "random/nat", "[ends nat] up-tls goodbye close", true, PAIR_CLIENT_RANDOM, true, 0, 4, 0 },
    { "random/renumbered", "[ends renumber=99999] up-tls goodbye close", true, PAIR_CLIENT_RANDOM,
      true, 0, 4, 0 },
    /* A hello that is cut is not read. */
    { "isn/snap-112", "[ends snap=58] up-tls goodbye close", true, PAIR_ISN, true, 0, 4, 0 },
    { "payload/snap-112-renumbered", "[ends snap=58 renumber=99999] up-tls goodbye close", true,
      PAIR_PAYLOAD, true, 0, 4, 0 },
    { "isn/snap-96", "[ends snap=40] up-tls goodbye close", true, PAIR_ISN, true, 0, 4, 0 },
    { "isn/no-payload", "[ends] tcp c.fin s.fin c.tcp-ack", true, PAIR_ISN, true, 0, 4, 0 },
    { "payload/late",
      "[ends c.hidden s.hidden] tcp tls -c.hidden -s.hidden call join goodbye close", true,
      PAIR_PAYLOAD, true, 0, 4, 0 },
    { "payload/late-renumbered",
      "[ends renumber=99999 c.hidden s.hidden] tcp tls -c.hidden -s.hidden call join "
      "c.tcp-ack s.data=60 c.tcp-ack goodbye close",
      true, PAIR_PAYLOAD, true, 0, 4, 0 },
    { "correlation-id", "[at=0] up-tls goodbye close next +at=1 up-tls goodbye close", true,
      PAIR_CORRELATION_ID, false, NAN, 0, 0 },
    { "correlation-id/offloader",
      "[at=1] up-tls goodbye close next +at=0 tcp c.post s.answer c.call-request s.call-ack join "
      "goodbye "
      "close",
      true, PAIR_CORRELATION_ID, false, NAN, 0, 1 },
    { "correlation-id/clock-ahead",
      "[at=0] up-tls goodbye close next wait=1800 +at=1 up-tls goodbye close", true,
      PAIR_CORRELATION_ID, false, NAN, 0, 0 },
    /* Refused before there is anything random in clear: the same words at the same time. */
    { "correlation-id/refused",
      "[at=0] tcp tls c.post s.answer=404 close next +at=1 tcp tls c.post s.answer=404 close", true,
      PAIR_CORRELATION_ID, false, NAN, 0, 0 },
    { "clock-ahead", "[ends=0.010/1/3.5] up-tls goodbye close", true, PAIR_CLIENT_RANDOM, true, 3.5,
      10, 0 },
    { "clock-a-day-behind", "[ends=0.010/1/-86400.25] up-tls goodbye close", true,
      PAIR_CLIENT_RANDOM, true, -86400.25, 10, 0 },
    /* At one end an echo waits for its answer since a moment, not since the other clock's today. */
    { "clock-a-day-ahead/open", "[ends=0.010/1/86400] up-tls s.echo c.tcp-ack", true,
      PAIR_CLIENT_RANDOM, true, 86400, 10, 0 },
    { "same-hops", "[ends=0.010/0/-2] up-tls goodbye close", true, PAIR_CLIENT_RANDOM, true, -2, 10,
      0 },
    /* Not those of a bridge and its port; but those of a router, or of a tap farther away. */
    { "one-host", "[ends=0.000008/0] up-tls goodbye close", false, PAIR_CLIENT_RANDOM, false, 0, 0,
      0 },
    { "one-host/snap-96", "[ends=0.000008/0 snap=40] up-tls goodbye close", false,
      PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "one-host/hop", "[ends=0.000008/1] up-tls goodbye close", true, PAIR_CLIENT_RANDOM, true, 0,
      0.008, 0 },
    { "one-host/far", "[ends=0.0002/0] up-tls goodbye close", true, PAIR_CLIENT_RANDOM, true, 0,
      0.2, 0 },
    { "one-capture-point", "up-tls goodbye close next up-tls goodbye close", false,
      PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    /* Of others nothing is equal but what is alike in all connections to a server. */
    { "another-connection/sealed",
      "[at=0] tcp tls=13,blind call join goodbye close next +at=1 +c.move-host tcp tls=13,blind "
      "call "
      "join "
      "goodbye close",
      false, PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "another-connection/certificate",
      "[snap=100 at=0] tcp c.hello s.flight=good c.alert=48 c.fin next +at=1 +c.move-host tcp "
      "c.hello s.flight=good "
      "c.alert=48 c.fin",
      false, PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    /* Clients repeat the id: it is no proof without a second witness. */
    { "another-connection/correlation-id-again",
      "[at=0] up-tls goodbye close next +at=1 tcp tls call s.call-ack join goodbye close", false,
      PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "another-connection/correlation-id-and-nonce-next-day",
      "[at=0] up-tls goodbye close next wait=86400 +at=1 up-tls goodbye close", false,
      PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "another-connection/refused-again",
      "[at=0] tcp tls c.post s.answer=404 close next wait=30 +at=1 tcp tls c.post s.answer=404 "
      "close",
      false, PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "another-connection/refused-otherwise",
      "[at=0] tcp tls c.post s.answer=404 close next +at=1 tcp tls c.post s.answer=503 close",
      false, PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "another-connection/refused-and-accepted",
      "[at=0] tcp tls c.post s.answer close next +at=1 up-tls goodbye close", false,
      PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "another-connection/correlation-id-of-many",
      "[at=0] up-tls goodbye close next up-tls goodbye close next +at=1 up-tls goodbye close",
      false, PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
    { "another-connection",
      "[at=0] tcp tls c.post=plain s.answer c.call-request s.call-ack join goodbye close next "
      "+at=1 up-tls "
      "goodbye close",
      false, PAIR_CLIENT_RANDOM, false, 0, 0, 0 },
};

static void
assert_near(double value, double want, double error)
{
    if (!(fabs(value - want) <= error))
        g_error("%.6f is not %.6f", value, want);
}

/* Whoever has a match is the match of its match: no segment is cut or merged on the way. */
static void
check_script_matches(struct engine *engine, bool same_tcp)
{
    unsigned matches = 0;

    for (uint32_t frame = 1; frame <= engine_num_frames(engine); frame++) {
        struct frame_match match, back;
        if (!engine_frame_match(engine, frame, &match))
            continue;
        matches++;
        g_assert_false(match.lost);
        g_assert_true(engine_frame_match(engine, match.frame, &back));
        g_assert_cmpuint(back.frame, ==, frame);
        g_assert_cmpint(back.sent, !=, match.sent);
        g_assert_cmpint(back.sender, ==, match.sender);
    }
    g_assert_cmpint(matches >= 2, ==, same_tcp);
}

static void
run_script(gconstpointer data)
{
    const struct script_row *row = data;
    struct config config = peer_config();
    struct peer peer;

    config.servers = (char *)"any";
    peer_init(&peer, &config);
    peer_run(&peer, row->script);
    engine_finish(peer.engine);
    const GPtrArray *pairs = engine_pairs(peer.engine);
    g_assert_cmpuint(pairs->len, ==, row->paired);
    if (row->paired) {
        const struct pair *pair = g_ptr_array_index(pairs, 0);
        g_assert_cmpint(pair->match, ==, row->match);
        g_assert_cmpint(pair->same_tcp, ==, row->same_tcp);
        g_assert_cmpint(engine_role(peer.engine, row->client), ==, ROLE_CLIENT);
        g_assert_cmpint(engine_role(peer.engine, !row->client), ==, ROLE_SERVER);
        g_assert_cmpint(pair->clock_known, ==, !isnan(row->offset));
        if (pair->clock_known) {
            assert_near((double)clock_offset_at(&pair->clock, pair->clock.at) / 1e9, row->offset,
                        1e-6);
            assert_near((double)pair->clock.bound / 1e6, row->bound_ms, 0.001);
        }
        for (int side = 0; side < SIDE_COUNT; side++)
            g_assert_cmpuint(pair->way[side].lost, ==, 0);
        if (g_str_has_prefix(row->name, "clock") && pair->verdict.finding)
            g_error("%s: %s", row->name, verdict_summary(&pair->verdict));
    }
    check_script_matches(peer.engine, row->same_tcp);
    peer_clear(&peer);
}

/* --- requests that only one capture point has ------------------------------------------------ */

struct one_end_row {
    const char *name, *script;
    bool told; /* that they never came to the other one */
    enum confidence confidence;
};

/* A tunnel that goes on while a second one gets no answer. */
#define OPEN    "up-tls "
#define GOES_ON "swap -c.drop -s.drop c.data=60 s.data=60 swap "
#define REQUESTS                                                                                   \
    "c.syn " GOES_ON "+c.drop wait=1 c.syn-again " GOES_ON "+c.drop wait=2 c.syn-again judge "
#define LATER "-c.drop wait=20 swap c.data=60 s.data=60 goodbye close wait=1 c.rst"
/* Connections of the server's end alone, of which one goes on while requests are seen at the
 * client's end alone. */
#define AT_SERVER      "[at=1 s.ttl=64 c.ttl=61] " OPEN
#define SERVER_GOES_ON "swap +at=1 +c.ttl=61 c.data=60 s.data=60 swap +at=0 +c.ttl=64 "
#define AT_CLIENT                                                                                  \
    "wait=2 +at=0 next +c.ttl=64 c.syn " SERVER_GOES_ON "wait=1 c.syn-again " SERVER_GOES_ON       \
    "wait=2 c.syn-again judge wait=20 swap +at=1 +c.ttl=61 c.data=60 s.data=60 goodbye close"

static const struct one_end_row one_end_rows[] = {
    { "never-arrives", "[ends] " OPEN "next +c.drop " REQUESTS LATER, true, CONFIDENCE_CERTAIN },
    { "hours-apart", "[ends=0.010/1/7200] " OPEN "next +c.drop " REQUESTS LATER, true,
      CONFIDENCE_CERTAIN },
    { "nat", "[ends nat] " OPEN "next +c.drop " REQUESTS LATER, true, CONFIDENCE_CERTAIN },
    { "renumbered", "[ends renumber=99999] " OPEN "next +c.drop " REQUESTS LATER, true,
      CONFIDENCE_CERTAIN },
    /* Behind somebody who renumbers they cannot be known again. */
    { "arrives-renumbered",
      "[ends] " OPEN "next +renumber=99999 +nat c.syn wait=1 c.syn-again wait=2 "
      "c.syn-again judge wait=20 -renumber swap c.data=60 s.data=60 goodbye close wait=1 c.rst",
      false, CONFIDENCE_CERTAIN },
    { "arrives", "[ends] " OPEN "next c.syn wait=1 c.syn-again wait=2 c.syn-again judge " LATER,
      false, CONFIDENCE_CERTAIN },
    { "quiet",
      "[ends] " OPEN
      "next +c.drop wait=20 c.syn wait=1 c.syn-again wait=2 c.syn-again judge " LATER,
      false, CONFIDENCE_CERTAIN },
    { "other-end-stopped", "[ends] " OPEN "next +c.drop " REQUESTS, false, CONFIDENCE_CERTAIN },
    { "other-end-not-begun",
      "[ends c.drop] c.syn wait=1 c.syn-again wait=2 c.syn-again judge wait=20 -c.drop next " OPEN
      "goodbye close wait=1 c.rst",
      false, CONFIDENCE_CERTAIN },
    { "another-server",
      "[ends] " OPEN "next +s.move-host +c.drop c.syn -s.move-host " GOES_ON
      "+s.move-host +c.drop wait=1 c.syn-again judge -s.move-host " LATER,
      false, CONFIDENCE_CERTAIN },
    /* One of two lines: an answered connection is not there either. */
    { "one-line-of-two",
      "[ends] " OPEN "next +c.drop " REQUESTS "-c.drop wait=20 swap -ends next " OPEN
      "goodbye close +ends swap c.data=60 s.data=60 goodbye close wait=1 c.rst",
      false, CONFIDENCE_CERTAIN },
    { "by-hops", AT_SERVER "next +c.move-host " OPEN AT_CLIENT, true, CONFIDENCE_LIKELY },
    { "by-hops/filter-on-one-client", AT_SERVER "next " OPEN AT_CLIENT, false, CONFIDENCE_LIKELY },
    { "by-hops/same-network",
      "[at=1 s.ttl=64] " OPEN "next +c.move-host " OPEN
      "+at=0 next c.syn swap +at=1 c.data=60 s.data=60 swap +at=0 wait=1 c.syn-again judge wait=20 "
      "swap "
      "+at=1 c.data=60 s.data=60 goodbye close",
      false, CONFIDENCE_LIKELY },
};

static void
run_one_end(gconstpointer data)
{
    const struct one_end_row *row = data;
    struct config config = peer_config();
    struct peer peer;
    const struct result *result = NULL;

    config.servers = (char *)"any";
    peer_init(&peer, &config);
    peer_run(&peer, row->script);
    engine_finish(peer.engine);
    const GPtrArray *results = engine_results(peer.engine);
    for (guint i = 0; i < results->len && !result; i++) {
        result = g_ptr_array_index(results, i);
        result = session_id(result->session) + 1 == peer.judged ? result : NULL;
    }
    g_assert_nonnull(result);
    const struct finding *finding = finding_of(result->found, FINDING_TCP_NO_ANSWER);
    g_assert_nonnull(finding);
    g_test_message("%s", finding->summary);
    g_assert_cmpint(finding->evidence == EVIDENCE_BOTH_ENDS, ==, row->told);
    if (row->told)
        g_assert_cmpint(finding->confidence, ==, row->confidence);
    /* Nothing but a connection that both have shows how their clocks stand. */
    g_assert_cmpint(strstr(finding->summary, "if its clock is right") != NULL, ==,
                    g_str_equal(row->name, "by-hops"));
    peer_clear(&peer);
}

/* A router is no server, even where only it and the client have a connection. */
static void
test_middle(void)
{
    static const char *const script = "[at=0] c.syn +at=1 +c.ttl=63 c.syn-again wait=1 +at=0 "
                                      "+c.ttl=64 c.syn-again +at=1 +c.ttl=63 c.syn-again "
                                      "judge wait=20 next +at=0 +c.ttl=64 c.syn +at=1 +c.ttl=63 "
                                      "c.syn-again +at=2 +c.ttl=62 c.syn-again "
                                      "+s.ttl=64 s.syn +at=1 +s.ttl=63 s.syn-again +at=0 +s.ttl=62 "
                                      "s.syn-again +c.ttl=64 c.tcp-ack +at=1 "
                                      "+c.ttl=63 c.tcp-ack +at=2 +c.ttl=62 c.tcp-ack";
    static const enum capture_point_role roles[] = { ROLE_CLIENT, ROLE_MIDDLE, ROLE_SERVER };
    struct config config = peer_config();
    struct peer peer;

    config.servers = (char *)"any";
    peer_init(&peer, &config);
    peer_run(&peer, script);
    engine_finish(peer.engine);
    for (uint32_t i = 0; i < G_N_ELEMENTS(roles); i++)
        g_assert_cmpint(engine_role(peer.engine, i), ==, roles[i]);
    const GPtrArray *pairs = engine_pairs(peer.engine);
    g_assert_cmpuint(pairs->len, ==, 2);
    const struct pair *pair = g_ptr_array_index(pairs, 0);
    g_assert_nonnull(pair->verdict.finding);
    g_assert_cmpint(pair->verdict.finding->id, ==, FINDING_TCP_NO_ANSWER);
    g_assert_nonnull(strstr(verdict_summary(&pair->verdict), "get lost behind it"));
    peer_clear(&peer);
}

/* --- matches --------------------------------------------------------------------------------- */

/* The marked segment, and those sent after it. */
static void
test_matches(void)
{
    static const struct {
        const char *script;
        bool lost[2];
        int ahead[2]; /* frame of its match less its own; 0: none */
    } rows[] = {
        { "[ends] up-tls +s.deaf c.drop !c.data=60 wait=0.3 c.again -s.deaf s.tcp-ack goodbye "
          "close wait=1 "
          "c.rst",
          { true, false },
          { 0, 1 } },
        /* The answer to it tells that it came: that capture lacks it. */
        { "[ends] up-tls c.drop !c.data=60 s.tcp-ack goodbye close wait=1 c.rst",
          { false, false },
          { 0, 0 } },
        { "[ends] up-tls c.late !c.data=60 c.data=60 s.tcp-ack goodbye close wait=1 c.rst",
          { false, false },
          { 3, 1 } },
        /* Sent again although the first one arrives. */
        { "[ends] up-tls +s.deaf !c.data=60 c.again -s.deaf s.tcp-ack goodbye close wait=1 c.rst",
          { false, false },
          { -1, 1 } },
        { "[ends] up-tls !c.fin s.fin c.tcp-ack", { false, false }, { -1, 0 } },
        { "[ends] up-tls +s.deaf c.drop !c.fin wait=1 s.data=60 c.tcp-ack",
          { true, false },
          { 0, 0 } },
        /* The answer to it tells that it came. */
        { "[ends] up-tls c.drop !c.fin s.fin c.tcp-ack wait=1 c.rst", { false, false }, { 0, 0 } },
        { "[ends] up-tls c.drop !c.rst wait=1 s.data=60 c.tcp-ack", { true, false }, { 0, 0 } },
        { "[ends] up-tls !c.rst wait=1 s.data=60 c.tcp-ack", { false, false }, { -1, 0 } },
        { "[ends] up-tls next c.drop !c.syn wait=1 c.syn-again s.syn c.tcp-ack tls call join "
          "goodbye close",
          { true, false },
          { 0, 1 } },
        { "[ends] s.drop !c.syn s.syn wait=1 c.syn-again s.syn c.tcp-ack tls call join goodbye "
          "close",
          { false, false },
          { -1, 0 } },
        { "[ends] up-tls c.data=60 !s.tcp-ack goodbye close", { false, false }, { -1, 0 } },
        { "[ends renumber=99999 nat] up-tls c.data=60 !s.tcp-ack goodbye close",
          { false, false },
          { -1, 0 } },
        /* Which of two that say the same is missing, nobody knows. */
        { "[ends] up-tls s.drop !s.tcp-ack s.tcp-ack goodbye close", { false, false }, { 0, 0 } },
        /* The other end had stopped by then, for all that is known. */
        { "[ends] up-tls +s.deaf c.drop !c.data=60", { false, false }, { 0, 0 } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct config config = peer_config();
        struct peer peer;
        struct frame_match match;
        config.servers = (char *)"any";
        peer_init(&peer, &config);
        peer_run(&peer, rows[i].script);
        engine_finish(peer.engine);
        for (uint32_t k = 0; k < 2; k++) {
            uint32_t frame = peer.marked + k;
            bool known = engine_frame_match(peer.engine, frame, &match);
            g_test_message("%s: %u %d %u %d", rows[i].script, frame, known, match.frame,
                           match.lost);
            if (!known)
                match = (struct frame_match){ 0 };
            if (k == 1 && !rows[i].lost[1] && rows[i].ahead[1] == 0)
                continue;
            g_assert_cmpint(match.lost, ==, rows[i].lost[k]);
            g_assert_cmpint((int)match.frame, ==,
                            rows[i].ahead[k] ? (int)frame + rows[i].ahead[k] : 0);
        }
        peer_clear(&peer);
    }
}

/* --- sequence logs ---------------------------------------------------------------------------- */

/* What is kept must not depend on when something to compare it with appears. */
static void
check_packed(uint32_t told)
{
    static const uint64_t extremes[] = { 0, 1, 0x7fffffff, 0xffffffff, INT64_MAX, UINT64_MAX };
    enum { EXTREMES = G_N_ELEMENTS(extremes) };
    struct seq_log early = { 0 }, late = { 0 };
    uint64_t offset = 0;

    seq_log_open(&early);
    for (uint32_t i = 0; i < told; i++) {
        bool odd = i < EXTREMES * EXTREMES;
        const struct mark mark = { odd ? (uint32_t)extremes[i % EXTREMES] : 2 * i,
                                   odd ? (int64_t)extremes[i / EXTREMES] : i * INT64_C(12345678) };
        uint32_t len = odd ? (uint32_t)extremes[(i + 1) % EXTREMES] : 1000 + i % 400;
        offset = odd ? extremes[i % EXTREMES] : i % 50 ? offset + len : offset - 3000;
        struct seq_log *const seq_logs[] = { &early, &late };
        for (size_t k = 0; k < G_N_ELEMENTS(seq_logs); k++) {
            if (i < 10000)
                seq_log_data(seq_logs[k], offset, len, mark);
            seq_log_ack(seq_logs[k], (uint32_t)offset, len, odd ? len : i / 3, mark);
        }
    }
    g_assert_cmpint(late.ranges == NULL, ==, told <= SEQ_LOG_ACKS_MAX);
    seq_log_open(&late);
    g_assert_cmpuint(late.ranges->len, ==, MIN(told, 10000));
    g_assert_cmpuint(late.ranges->len, ==, early.ranges->len);
    for (guint i = 0; i < early.ranges->len; i++) {
        const struct seq_log_range *a = &g_array_index(early.ranges, struct seq_log_range, i);
        const struct seq_log_range *b = &g_array_index(late.ranges, struct seq_log_range, i);
        g_assert_true(a->time == b->time && a->offset == b->offset && a->len == b->len &&
                      a->frame == b->frame);
    }
    g_assert_cmpuint(late.acks->len, ==, early.acks->len);
    g_assert_cmpint(late.ack_bits > 0, ==, told > SEQ_LOG_ACKS_MAX);
    for (guint i = 0; i < early.acks->len; i++) {
        const struct seq_log_ack *a = &g_array_index(early.acks, struct seq_log_ack, i);
        const struct seq_log_ack *b = &g_array_index(late.acks, struct seq_log_ack, i);
        g_assert_true(a->time == b->time && a->offset == b->offset && a->acked == b->acked &&
                      a->tsval == b->tsval && a->frame == b->frame);
    }
    seq_log_clear(&early);
    seq_log_clear(&late);
}

static void
test_packed(void)
{
    check_packed(SEQ_LOG_ACKS_MAX);
    check_packed(20000);
}

/* --- the path made up ------------------------------------------------------------------------ */

/* A transfer between two capture points, as the study of the method measured it. */
struct path_row {
    const char *name;
    double up_ms, down_ms, jitter_ms; /* one way each; jitter is exponential */
    double seconds;
    unsigned records; /* of the server, evenly */
    size_t record_len;
    bool segments_at_client; /* the card of the server's host cuts them to segments */
    unsigned merged;         /* at the client, so many arrive as one; 0: none are */
    double loss;             /* of records, sent again after 200 ms */
    double capture_loss;     /* of records, which only the client's capture lacks */
    uint32_t renumbered;
    double offset, ppm;
    double error_ms, bias_ms;
    double skew_error; /* ppm; 0: not measurable */
};

struct event {
    struct segment segment;
    uint64_t order;
    uint32_t first, last; /* of the departures in it, from 1; 0: without payload */
    double when;          /* on the true clock */
};

/* What should be known of a departure: its own frame, and that of the arrival with its first byte.
 */
struct departure {
    uint32_t frame, arrival;
    double when; /* it left */
    bool lost;
};

struct simulation {
    const struct path_row *row;
    GArray *events; /* struct event */
    uint64_t state, lost, hidden;
    int64_t start;
    uint32_t departures;  /* so far */
    uint32_t first, last; /* that what arrives next is made of */
    GArray *dropped;      /* departures, from 1 */
};

static uint8_t payload_zeros[65536];

static double
draw(struct simulation *sim)
{
    sim->state = sim->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(sim->state >> 11) + 0.5) / 9007199254740992.0;
}

static const struct endpoint sim_ends[] = {
    { .addr = { 192, 0, 2, 10 }, .addr_len = 4, .port = 49152 },
    { .addr = { 198, 51, 100, 20 }, .addr_len = 4, .port = 443 },
};

/* Seconds since the start, on the true clock, become a stamp of the capture point. */
static void
seen(struct simulation *sim, enum side at, enum side from, double when, uint16_t flags,
     uint32_t seq, uint32_t ack, size_t len)
{
    const struct path_row *row = sim->row;
    double local = at == SIDE_SERVER ? when * (1 + row->ppm * 1e-6) + row->offset : when;
    uint32_t shift = at == SIDE_SERVER ? row->renumbered : 0;
    const struct event event = {
        .segment = {
            .mark = { 1, sim->start + (int64_t)(local * 1e9) },
            .interface = (uint32_t)at,
            .src = sim_ends[from],
            .dst = sim_ends[side_other(from)],
            .seq = seq + (from == SIDE_CLIENT ? shift : 0),
            .ack = ack + (from == SIDE_SERVER ? shift : 0),
            .flags = flags,
            .window = 1000,
            .checksum = 1,
            .payload = payload_zeros,
            .captured_len = MIN(len, (size_t)58),
            .payload_len = len,
            .ttl = at == from ? 64 : 63,
        },
        .order = sim->events->len,
        .when = when,
        .first = len == 0      ? 0
                 : at == from ? ++sim->departures
                              : sim->first,
        .last = len == 0      ? 0
                : at == from ? sim->departures
                             : sim->last,
    };

    g_array_append_val(sim->events, event);
}

static double
delay(struct simulation *sim, enum side from)
{
    const struct path_row *row = sim->row;

    return ((from == SIDE_CLIENT ? row->up_ms : row->down_ms) - row->jitter_ms * log(draw(sim))) /
           1000;
}

/* A segment without payload, at both capture points. */
static void
bare(struct simulation *sim, enum side from, double when, uint16_t flags, uint32_t seq,
     uint32_t ack)
{
    seen(sim, from, from, when, flags, seq, ack, 0);
    seen(sim, side_other(from), from, when + delay(sim, from), flags, seq, ack, 0);
}

static gint
event_compare(gconstpointer a, gconstpointer b)
{
    const struct event *x = a, *y = b;

    if (x->segment.mark.time != y->segment.mark.time)
        return x->segment.mark.time < y->segment.mark.time ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

enum { CLIENT_ISN = 1000, SERVER_ISN = 500000, SIM_MSS = 1448 };

/* What arrives at the client, from one record or from several that were merged. */
static void
arrives(struct simulation *sim, double when, uint32_t offset, size_t len)
{
    for (size_t done = 0; done < len;) {
        size_t n = sim->row->segments_at_client ? MIN(len - done, (size_t)SIM_MSS) : len;
        seen(sim, SIDE_CLIENT, SIDE_SERVER, when + (double)done * 1e-9, TCP_ACK,
             SERVER_ISN + 1 + offset + (uint32_t)done, CLIENT_ISN + 1, n);
        done += n;
    }
}

/* Bytes that come late, having been lost once. */
struct late_bytes {
    double came;
    uint32_t offset;
};

/* What the client can acknowledge at that time: all before the first bytes that have not come. */
static uint32_t
acknowledged(const GArray *late, double when, uint32_t offset)
{
    for (guint i = 0; i < late->len; i++) {
        const struct late_bytes *bytes = &g_array_index(late, struct late_bytes, i);
        if (bytes->came > when)
            return MIN(offset, bytes->offset);
    }
    return offset;
}

static void
transfer(struct simulation *sim)
{
    GArray *late = g_array_new(FALSE, FALSE, sizeof(struct late_bytes));

    const struct path_row *row = sim->row;
    double last = 0, pending_at = 0;
    uint32_t offset = 0, pending = 0;
    size_t pending_len = 0;
    unsigned merged = 0;

    bare(sim, SIDE_CLIENT, 0, TCP_SYN, CLIENT_ISN, 0);
    bare(sim, SIDE_SERVER, 0.05, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1);
    bare(sim, SIDE_CLIENT, 0.1, TCP_ACK, CLIENT_ISN + 1, SERVER_ISN + 1);
    for (unsigned i = 0; i < row->records; i++) {
        double when = 0.2 + row->seconds * i / row->records;
        bool lost = draw(sim) < row->loss, hidden = draw(sim) < row->capture_loss;
        seen(sim, SIDE_SERVER, SIDE_SERVER, when, TCP_ACK, SERVER_ISN + 1 + offset, CLIENT_ISN + 1,
             row->record_len);
        if (lost) {
            if (!hidden)
                g_array_append_val(sim->dropped, sim->departures);
            sim->lost += row->record_len;
            when += 0.2;
            seen(sim, SIDE_SERVER, SIDE_SERVER, when, TCP_ACK, SERVER_ISN + 1 + offset,
                 CLIENT_ISN + 1, row->record_len);
        }
        double came = MAX(when + delay(sim, SIDE_SERVER), last);
        last = lost ? last : came;
        const struct late_bytes bytes = { came, offset };
        if (lost)
            g_array_append_val(late, bytes);
        if (hidden)
            sim->hidden += row->record_len;
        else if (row->merged == 0 || lost) {
            sim->first = sim->last = sim->departures;
            arrives(sim, came, offset, row->record_len);
        } else {
            sim->last = sim->departures;
            if (merged++ == 0) {
                sim->first = sim->departures;
                pending = offset;
                pending_at = came;
                pending_len = 0;
            }
            pending_len += row->record_len;
            pending_at = MAX(pending_at, came);
            if (merged == row->merged || i + 1 == row->records) {
                arrives(sim, pending_at, pending, pending_len);
                merged = 0;
            }
        }
        offset += (uint32_t)row->record_len;
        bare(sim, SIDE_CLIENT, came + 1e-5, TCP_ACK, CLIENT_ISN + 1,
             SERVER_ISN + 1 + acknowledged(late, came, offset));
    }
    g_array_unref(late);
    /* Both go on recording. */
    bare(sim, SIDE_CLIENT, row->seconds + 2, TCP_FIN | TCP_ACK, CLIENT_ISN + 1,
         SERVER_ISN + 1 + offset);
    bare(sim, SIDE_SERVER, row->seconds + 2.5, TCP_FIN | TCP_ACK, SERVER_ISN + 1 + offset,
         CLIENT_ISN + 2);
}

/* Each segment and what became of it, and no other. */
static void
check_matches(const struct simulation *sim, struct engine *engine)
{
    struct departure *departures = g_new0(struct departure, sim->departures + 1);
    struct frame_match match;

    for (guint i = 0; i < sim->events->len; i++) {
        const struct event *event = &g_array_index(sim->events, struct event, i);
        const struct segment *segment = &event->segment;
        bool sent = segment->interface == SIDE_SERVER;
        if (sent) {
            departures[event->first].frame = segment->mark.frame;
            departures[event->first].when = event->when;
        }
        for (uint32_t k = event->first; !sent && k && k <= event->last; k++)
            if (departures[k].arrival == 0)
                departures[k].arrival = segment->mark.frame;
    }
    for (guint i = 0; i < sim->dropped->len; i++)
        departures[g_array_index(sim->dropped, uint32_t, i)].lost = true;
    for (guint i = 0; i < sim->events->len; i++) {
        const struct event *event = &g_array_index(sim->events, struct event, i);
        const struct departure *departure = &departures[event->first];
        if (event->first == 0)
            continue;
        bool sent = event->segment.interface == SIDE_SERVER;
        bool known = engine_frame_match(engine, event->segment.mark.frame, &match);
        g_assert_cmpint(known, ==, !sent || departure->arrival || departure->lost);
        if (!known)
            continue;
        g_assert_cmpuint(match.frame, ==, sent ? departure->arrival : departure->frame);
        g_assert_cmpint(match.lost, ==, sent && departure->lost);
        g_assert_cmpint(match.sent, ==, sent);
        g_assert_cmpint(match.sender, ==, SIDE_SERVER);
        g_assert_cmpint(match.delay_known, ==, !sent);
        if (match.delay_known) {
            double took = event->when - departure->when;
            assert_near((double)match.delay / 1e6, took * 1000 + sim->row->bias_ms,
                        sim->row->error_ms);
        }
    }
    g_free(departures);
}

static void
run_path(gconstpointer data)
{
    const struct path_row *row = data;
    struct simulation sim = { .row = row,
                              .events = g_array_new(FALSE, FALSE, sizeof(struct event)),
                              .dropped = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                              .state = 7,
                              .start = 1795331824 * NS_PER_SECOND };
    struct config config = peer_config();

    config.servers = (char *)"any";
    struct engine *engine = engine_new(&config);
    transfer(&sim);
    g_array_sort(sim.events, event_compare);
    for (guint i = 0; i < sim.events->len; i++) {
        struct segment *segment = &g_array_index(sim.events, struct event, i).segment;
        segment->mark.frame = i + 1;
        engine_frame(engine, segment->mark);
        engine_segment(engine, segment);
        engine_frame_done(engine);
    }
    engine_finish(engine);
    const GPtrArray *pairs = engine_pairs(engine);
    g_assert_cmpuint(pairs->len, ==, 1);
    const struct pair *pair = g_ptr_array_index(pairs, 0);
    g_assert_cmpint(pair->match, ==, row->renumbered ? PAIR_PAYLOAD : PAIR_ISN);
    g_assert_true(pair->same_tcp && pair->clock_known);
    const double checked[] = { 0.1, 0.5, 0.9 };
    for (size_t i = 0; i < G_N_ELEMENTS(checked); i++) {
        double at = row->seconds * checked[i];
        double offset =
            (double)clock_offset_at(&pair->clock, sim.start + (int64_t)(at * 1e9)) / 1e6;
        assert_near(offset, (row->offset + at * row->ppm * 1e-6) * 1000 + row->bias_ms,
                    row->error_ms);
    }
    assert_near((double)pair->clock.bound / 1e6, (row->up_ms + row->down_ms) / 2, row->error_ms);
    g_assert_cmpint(pair->clock.skew_known, ==, row->skew_error > 0);
    if (row->skew_error > 0)
        assert_near(pair->clock.skew * 1e6, row->ppm, row->skew_error);
    g_assert_cmpuint(pair->way[SIDE_SERVER].lost, ==, sim.lost);
    g_assert_cmpuint(pair->way[SIDE_SERVER].unseen, ==, sim.hidden);
    g_assert_cmpuint(pair->way[SIDE_CLIENT].lost, ==, 0);
    check_matches(&sim, engine);
    engine_free(engine);
    g_array_unref(sim.events);
    g_array_unref(sim.dropped);
}

static const struct path_row path_rows[] = {
    { "bulk", 10, 10, 1, 0.8, 200, 14480, false, 0, 0, 0, 0, 0, 0, 0.15, 0, 0 },
    { "a-day-behind-40ppm", 10, 10, 1, 0.8, 200, 14480, false, 0, 0, 0, 0, -86400.25, 40, 0.15, 0,
      0 },
    { "cut-by-the-card", 10, 10, 1, 0.8, 200, 14480, true, 0, 0, 0, 0, 0, 0, 0.2, 0, 0 },
    { "merged-at-the-client", 10, 10, 1, 0.8, 400, 2896, false, 4, 0, 0, 0, 1, 0, 0.2, 0, 0 },
    { "lossy", 10, 10, 1, 2, 400, 1448, false, 0, 0.01, 0, 0, 0, 0, 0.15, 0, 0 },
    { "lossy-5", 10, 10, 1, 2, 400, 1448, false, 0, 0.05, 0, 0, 0, 0, 0.2, 0, 0 },
    { "capture-lossy", 10, 10, 1, 2, 400, 1448, false, 0, 0, 0.05, 0, 0, 0, 0.15, 0, 0 },
    { "lossy-and-capture-lossy", 10, 10, 1, 2, 800, 1448, false, 0, 0.01, 0.02, 0, 0, 0, 0.15, 0,
      0 },
    { "asymmetric", 10, 30, 1, 2, 400, 1448, false, 0, 0, 0, 0, 0, 0, 0.2, -10, 0 },
    { "chat", 10, 10, 2, 60, 1200, 100, false, 0, 0, 0, 0, 0, 0, 0.15, 0, 1 },
    { "chat-40ppm", 10, 10, 2, 60, 1200, 100, false, 0, 0, 0, 0, 0, 40, 0.15, 0, 1 },
    { "chat-minus-15ppm-12s", 10, 10, 2, 60, 1200, 100, false, 0, 0, 0, 0, -12, -15, 0.15, 0, 1 },
    /* One end lies wholly before the other in the file. */
    { "a-day-ahead-12000", 10, 10, 1, 30, 12000, 1448, false, 0, 0.002, 0, 0, 86400, 0, 0.2, 0, 1 },
    /* More than is kept: coarser, and still right. */
    { "many", 10, 10, 1, 30, 40000, 1448, false, 0, 0.002, 0, 0, 0.5, 0, 0.2, 0, 1 },
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(script_rows); i++) {
        char *path = g_strconcat("/pair/script/", script_rows[i].name, NULL);
        g_test_add_data_func(path, &script_rows[i], run_script);
        g_free(path);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(one_end_rows); i++) {
        char *path = g_strconcat("/pair/lone/", one_end_rows[i].name, NULL);
        g_test_add_data_func(path, &one_end_rows[i], run_one_end);
        g_free(path);
    }
    g_test_add_func("/pair/middle", test_middle);
    g_test_add_func("/pair/seq-log", test_packed);
    g_test_add_func("/pair/segment-match", test_matches);
    for (size_t i = 0; i < G_N_ELEMENTS(path_rows); i++) {
        char *path = g_strconcat("/pair/path/", path_rows[i].name, NULL);
        g_test_add_data_func(path, &path_rows[i], run_path);
        g_free(path);
    }
    return g_test_run();
}
