/* test_trace.c - what is kept of a connection, so that it can be drawn
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "peer.h"
#include "report/report.h"

enum { MANY = 100000, MANY_EVENTS = 2 * MANY };

static struct mark
mark_at(uint32_t frame, int64_t ns)
{
    return (struct mark){ frame, ns };
}

static const struct trace_event *
event_at(const struct trace *trace, guint i)
{
    g_assert_cmpuint(i, <, trace->events->len);
    return &g_array_index(trace->events, struct trace_event, i);
}

/* A message that says the same again is one event; data of both sides is one, too. */
static void
test_alike(void)
{
    struct trace *trace = trace_new();

    trace_message(trace, TRACE_SSTP, SIDE_CLIENT, 14, "Call Connect Request", mark_at(1, 0));
    trace_message(trace, TRACE_SSTP, SIDE_CLIENT, 14, "Call Connect Request", mark_at(2, 5));
    trace_message(trace, TRACE_SSTP, SIDE_SERVER, 14, "Call Connect Request", mark_at(3, 6));
    trace_data(trace, SIDE_CLIENT, 100, mark_at(4, 7));
    trace_data(trace, SIDE_SERVER, 1400, mark_at(5, 8));
    trace_data(trace, SIDE_CLIENT, 100, mark_at(6, 9));
    g_assert_cmpuint(trace->events->len, ==, 3);
    g_assert_cmpuint(event_at(trace, 0)->count[SIDE_CLIENT], ==, 2);
    g_assert_cmpuint(event_at(trace, 0)->last.frame, ==, 2);
    g_assert_cmpuint(event_at(trace, 2)->count[SIDE_CLIENT], ==, 2);
    g_assert_cmpuint(event_at(trace, 2)->bytes[SIDE_SERVER], ==, 1400);
    trace_free(trace);
}

/* Neither events nor sums nor echoes grow without end, and no byte is lost from the sums. */
static void
test_bounds(void)
{
    struct trace *trace = trace_new();
    uint64_t inner = 0;

    for (uint32_t i = 0; i < MANY; i++) {
        struct mark mark = mark_at(i + 1, (int64_t)i * NS_PER_SECOND);
        char text[16];
        g_snprintf(text, sizeof text, "message %u", i);
        trace_message(trace, TRACE_PPP, SIDE_CLIENT, 1, text, mark);
        trace_data(trace, SIDE_SERVER, 1000, mark);
        trace_echo(trace, SIDE_CLIENT, true, mark, mark_at(i + 2, mark.time + 1));
    }
    g_assert_cmpuint(trace->events->len, ==, TRACE_EVENTS_MAX);
    g_assert_cmpuint(trace->events->len + trace->omitted, ==, MANY_EVENTS);
    g_assert_cmpstr(event_at(trace, 0)->text, ==, "message 0");
    g_assert_cmpuint(event_at(trace, TRACE_EVENTS_MAX - 1)->first.frame, ==, MANY);
    g_assert_cmpuint(trace->bins->len, <=, TRACE_BINS_MAX);
    g_assert_cmpuint(trace->bins->len, >=, TRACE_BINS_MAX / 2);
    for (guint i = 0; i < trace->bins->len; i++)
        inner += g_array_index(trace->bins, struct trace_bin, i).inner[SIDE_SERVER];
    g_assert_cmpuint(inner, ==, (uint64_t)MANY * 1000);
    g_assert_cmpuint(trace->echoes->len, <=, TRACE_ECHOES_MAX);
    g_assert_cmpuint(trace->echoes->len, >=, TRACE_ECHOES_MAX / 4);
    trace_free(trace);
}

/* The clock of a capture may say anything. */
static void
test_clock(void)
{
    static const int64_t times[] = { 0, -5, INT64_MAX, INT64_MIN, 1, INT64_MAX };
    struct trace *trace = trace_new();

    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        trace_data(trace, SIDE_CLIENT, 1, mark_at((uint32_t)i + 1, times[i]));
    g_assert_cmpuint(trace->bins->len, <=, TRACE_BINS_MAX);
    g_assert_cmpuint(event_at(trace, 0)->count[SIDE_CLIENT], ==, G_N_ELEMENTS(times));
    trace_free(trace);
}

/* Opened records are told by what they hold. */
static void
test_clear(void)
{
    struct trace *trace = trace_new();

    trace_message(trace, TRACE_TLS, SIDE_CLIENT, 200, "Client Hello", mark_at(1, 0));
    for (uint32_t i = 0; i < TRACE_RECORDS_MAX + 5; i++) {
        trace_record(trace, SIDE_CLIENT, 100, mark_at(2 + i, i));
        trace_record(trace, SIDE_SERVER, 100, mark_at(2 + i, i));
    }
    g_assert_cmpuint(trace->events->len, ==, 1 + 2 * TRACE_RECORDS_MAX + 1);
    trace_clear(trace, SIDE_CLIENT);
    g_assert_cmpuint(trace->events->len, ==, 1 + TRACE_RECORDS_MAX + 1);
    g_assert_cmpuint(event_at(trace, trace->events->len - 1)->count[SIDE_SERVER], ==, 5);
    trace_clear(trace, SIDE_SERVER);
    g_assert_cmpuint(trace->events->len, ==, 1);
    trace_record(trace, SIDE_SERVER, 100, mark_at(99, 99));
    g_assert_cmpuint(trace->events->len, ==, 1);
    trace_free(trace);
}

static void
test_none(void)
{
    const struct segment segment = { .payload_len = 1 };

    trace_segment(NULL, SIDE_CLIENT, &segment, false);
    trace_message(NULL, TRACE_TLS, SIDE_CLIENT, 1, "x", mark_at(1, 1));
    trace_http(NULL, SIDE_CLIENT, NULL, mark_at(1, 1));
    trace_record(NULL, SIDE_CLIENT, 1, mark_at(1, 1));
    trace_clear(NULL, SIDE_CLIENT);
    trace_data(NULL, SIDE_CLIENT, 1, mark_at(1, 1));
    trace_echo(NULL, SIDE_CLIENT, true, mark_at(1, 1), mark_at(2, 2));
    trace_free(NULL);
}

/* What a script does must be in the trace, in this order. */
static const struct trace_row {
    const char *name, *script;
    const char *words[6];
} rows[] = {
    { "clear",
      "up goodbye close",
      { "\"SYN\"", "HTTP SSTP_DUPLEX_POST", "\"HTTP 200", "\"Call Connect Request\"",
        "\"Call Connected\"" } },
    { "tls",
      "up-tls goodbye close",
      { "\"Client Hello\"", "\"Server Hello\"", "\"Call Connect Ack\"" } },
    { "data",
      "up c.data=1000 s.data=900 goodbye close",
      { "\"Call Connected\"", "\"layer\":\"data\"", "\"counts\":[[96,1],[992,1]]" } },
    { "echo",
      "up s.lcp-echo c.lcp-reply goodbye close",
      { "LCP Echo-Request", "LCP Echo-Reply", "\"echoes\":[{", "\"asker\":\"server\"" } },
    { "reset", "up s.rst", { "\"RST\"" } },
};

static void
run(gconstpointer data)
{
    static const struct report_env env = { .version = "9.9.9", .trace = true };
    static const struct report_env plain = { .version = "9.9.9" };
    const struct trace_row *row = data;
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    engine_trace(peer.engine);
    peer_run(&peer, row->script);
    engine_finish(peer.engine);
    char *json = report_json(peer.engine, &env), *without = report_json(peer.engine, &plain);
    const char *at = strstr(json, "\"trace\":{");
    for (size_t i = 0; i < G_N_ELEMENTS(row->words) && row->words[i]; i++) {
        const char *next = at ? strstr(at, row->words[i]) : NULL;
        if (!next)
            g_error("no %s in: %s", row->words[i], at ? at : json);
        at = next;
    }
    g_assert_null(strstr(without, "\"trace\""));
    g_free(json);
    g_free(without);
    peer_clear(&peer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/trace/session", rows, run);
    g_test_add_func("/trace/alike", test_alike);
    g_test_add_func("/trace/bounds", test_bounds);
    g_test_add_func("/trace/clock", test_clock);
    g_test_add_func("/trace/clear", test_clear);
    g_test_add_func("/trace/none", test_none);
    return g_test_run();
}
