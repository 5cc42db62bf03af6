/* test_waiting.c - sessions of which a capture mixes the two sides up, or the order of all
 *
 * What a script sends is told to another engine in the order, and with the times, that such a
 * capture has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "peer.h"

/* A segment of the script. */
struct taken {
    struct segment segment;
    uint8_t *payload; /* owned; the options are not kept */
    int64_t when;     /* by which the capture sorts it */
};

enum habit {
    AS_SENT,
    SERVER_LATE, /* a tap whose server side has a clock of its own */
    CLIENT_LATE,
    SERVER_BEHIND, /* buffers of two CPUs: right times, wrong order */
    BLOCKS,        /* each four segments the other way round, with times of the file's order */
    WHOLE_SECONDS, /* between all stamps, which somebody has moved */
    SERVER_LAST    /* one direction's file behind the other's */
};

struct waiting_row {
    const char *name;
    const char *script;
    enum habit habit;
    double seconds;      /* of the disorder */
    const char *verdict; /* NULL: healthy */
    bool noted;          /* the order is told to be wrong */
    bool opened;         /* LCP came to an end: all was read in its order */
};

#define HEALTHY "up c.data=60 s.data=60 c.data=60 s.data=60 goodbye close"

static const struct waiting_row rows[] = {
    { "as-sent", HEALTHY, AS_SENT, 0, NULL, false, true },
    { "server-late", HEALTHY, SERVER_LATE, 0.025, NULL, true, true },
    { "server-late/much", HEALTHY, SERVER_LATE, 0.5, NULL, true, true },
    { "server-late/a-little", HEALTHY, SERVER_LATE, 0.000001, NULL, false, true },
    { "client-late", HEALTHY, CLIENT_LATE, 0.025, NULL, true, true },
    { "client-late/much", HEALTHY, CLIENT_LATE, 0.5, NULL, true, true },
    { "server-behind", HEALTHY, SERVER_BEHIND, 0.025, NULL, true, true },
    { "blocks", HEALTHY, BLOCKS, 0, NULL, true, true },
    { "server-last", HEALTHY, SERVER_LAST, 0, NULL, true, true },
    { "lossy",
      "up c.data=60 wait=0.3 c.again s.tcp-ack c.data=60 wait=0.3 c.again s.tcp-ack c.data=60 "
      "wait=0.3 "
      "c.again s.tcp-ack c.data=60 wait=0.3 c.again s.tcp-ack s.data=60 goodbye close",
      SERVER_LATE, 0.025, "tcp_loss", true, true },
    { "lossy/much",
      "up c.data=60 wait=0.3 c.again s.tcp-ack c.data=60 wait=0.3 c.again s.tcp-ack c.data=60 "
      "wait=0.3 "
      "c.again s.tcp-ack c.data=60 wait=0.3 c.again s.tcp-ack s.data=60 goodbye close",
      SERVER_LATE, 0.5, NULL, true, true },
    { "server-late/seconds", HEALTHY, SERVER_LATE, 5, NULL, true, true },
    { "client-late/seconds", HEALTHY, CLIENT_LATE, 5, NULL, true, true },
    { "server-late/a-minute", HEALTHY, SERVER_LATE, 60, NULL, true, false },
    { "client-late/a-minute", HEALTHY, CLIENT_LATE, 60, NULL, true, false },
    { "whole-seconds", "up c.data=60 wait=3 s.data=60 wait=2 c.data=60 goodbye close",
      WHOLE_SECONDS, 0.25, NULL, true, true },
    { "fault/server-late",
      "dial lcp s.challenge c.response s.failure=691 c.tcp-ack c.terminate s.disconnect close",
      SERVER_LATE, 0.025, "auth_bad_credentials", true, true },
    { "fault/client-late",
      "dial lcp s.challenge c.response s.failure=691 c.tcp-ack c.terminate s.disconnect close",
      CLIENT_LATE, 0.025, "auth_bad_credentials", true, true },
};

/* --- what is sent ---------------------------------------------------------------------------- */

static void
taken_clear(gpointer data)
{
    g_free(((struct taken *)data)->payload);
}

static void
take(void *data, const struct segment *segment)
{
    struct taken taken = { .segment = *segment, .when = segment->mark.time };

    taken.segment.options = NULL;
    taken.segment.options_len = 0;
    taken.payload = g_memdup2(segment->payload, segment->payload_len);
    g_array_append_val((GArray *)data, taken);
}

static void
take_nothing(void *data, const struct peer_packet *packet)
{
    (void)data;
    (void)packet;
}

static void
take_no_secret(void *data, const struct seal_secret *secret)
{
    (void)data;
    (void)secret;
}

static GArray *
sent_by(const char *script)
{
    static const struct peer_tap tap = { take, take_nothing, take_no_secret };
    GArray *sent = g_array_new(FALSE, FALSE, sizeof(struct taken));
    struct config config = peer_script_config(script);
    struct peer peer;

    g_array_set_clear_func(sent, taken_clear);
    peer_init(&peer, &config);
    peer.tap = &tap;
    peer.tap_data = sent;
    peer_run(&peer, script);
    peer_clear(&peer);
    credentials_unref(config.credentials);
    return sent;
}

/* --- what is captured ------------------------------------------------------------------------ */

static bool
from_server(const struct taken *taken)
{
    return taken->segment.src.port < taken->segment.dst.port;
}

static gint
taken_compare(gconstpointer a, gconstpointer b)
{
    const struct taken *x = a, *y = b;

    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return x->segment.mark.frame < y->segment.mark.frame ? -1 : 1;
}

static void
turn_blocks(GArray *sent)
{
    struct taken *all = (struct taken *)(void *)sent->data;

    for (guint i = 0; i < sent->len; i++) {
        guint begin = i / 4 * 4, last = MIN(begin + 3, sent->len - 1);
        all[i].when = (int64_t)(begin + last - i);
    }
}

static void
mix_up(GArray *sent, const struct waiting_row *row)
{
    const int64_t late = (int64_t)(row->seconds * 1e9);

    for (guint i = 0; i < sent->len; i++) {
        struct taken *taken = &g_array_index(sent, struct taken, i);
        if (row->habit == WHOLE_SECONDS)
            taken->segment.mark.time = taken->when / NS_PER_SECOND * NS_PER_SECOND + late;
        bool moved = from_server(taken) == (row->habit != CLIENT_LATE);
        if (row->habit == AS_SENT || row->habit == BLOCKS || row->habit == WHOLE_SECONDS || !moved)
            continue;
        taken->when += row->habit == SERVER_LAST ? 3600 * NS_PER_SECOND : late;
        if (row->habit == SERVER_LATE || row->habit == CLIENT_LATE)
            taken->segment.mark.time = taken->when;
    }
    if (row->habit == BLOCKS)
        turn_blocks(sent);
    GArray *times = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < sent->len; i++)
        g_array_append_val(times, g_array_index(sent, struct taken, i).segment.mark.time);
    g_array_sort(sent, taken_compare);
    for (guint i = 0; row->habit == BLOCKS && i < sent->len; i++)
        g_array_index(sent, struct taken, i).segment.mark.time = g_array_index(times, int64_t, i);
    g_array_unref(times);
}

static void
tell(struct engine *engine, const GArray *sent)
{
    for (guint i = 0; i < sent->len; i++) {
        const struct taken *taken = &g_array_index(sent, struct taken, i);
        struct segment segment = taken->segment;
        segment.mark.frame = i + 1;
        segment.payload = taken->payload;
        engine_frame(engine, segment.mark);
        engine_segment(engine, &segment);
        for (size_t at = 0; at < segment.payload_len;) {
            struct piece piece = framing_next(taken->payload + at, segment.payload_len - at);
            engine_piece(engine, &piece, taken->payload + at);
            at += piece.len;
        }
        engine_frame_done(engine);
    }
    engine_finish(engine);
}

static void
run_row(gconstpointer data)
{
    const struct waiting_row *row = data;
    GArray *sent = sent_by(row->script);
    struct config config = peer_config();

    config.servers = (char *)"any";
    struct engine *engine = engine_new(&config);
    mix_up(sent, row);
    tell(engine, sent);
    const GPtrArray *results = engine_results(engine);
    g_assert_cmpuint(results->len, ==, 1);
    const struct result *result = g_ptr_array_index(results, 0);
    g_assert_cmpstr(verdict_name(&result->verdict), ==, row->verdict ? row->verdict : "healthy");
    g_assert_cmpint(finding_of(result->found, FINDING_CAPTURE_ORDER) != NULL, ==, row->noted);
    g_assert_cmpint(mark_is_set(session_lcp_opened(result->session)), ==, row->opened);
    engine_free(engine);
    g_array_unref(sent);
}

/* Nothing waits for a SYN+ACK behind which the server went on. */
static void
test_missed_answer(void)
{
    struct config config = peer_config();
    struct peer peer;

    config.servers = (char *)"any";
    peer_init(&peer, &config);
    peer_run(&peer, "c.syn s.lose s.syn c.tcp-ack call lcp chap");
    const GPtrArray *sessions = engine_sessions(peer.engine);
    g_assert_cmpuint(sessions->len, ==, 1);
    const struct session *session = g_ptr_array_index(sessions, 0);
    g_assert_true(mark_is_set(session_lcp_opened(session)));
    g_assert_true(mark_is_set(session_auth(session)->success));
    peer_clear(&peer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *path = g_strconcat("/waiting/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], run_row);
        g_free(path);
    }
    g_test_add_func("/waiting/missed-answer", test_missed_answer);
    return g_test_run();
}
