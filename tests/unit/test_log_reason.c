/* test_log_reason.c - what a log says of the cause, beside what the capture says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "log/reason.h"
#include "peer.h"
#include "report/report.h"

static const char refused[] =
    "dial lcp s.challenge c.response s.failure=E=691_R=0 s.terminate=691 close";
static const char works[] = "up goodbye close";

enum { NO_REASON = -1 };

struct reason_row {
    const char *name, *script, *line; /* line of accel-ppp behind stamp and level */
    int relation;                     /* enum log_relation, NO_REASON */
    enum finding_id finding;
};

static const struct reason_row reason_rows[] = {
    { "same", refused, "send [MSCHAP-v2 Failure id=1 \"E=691 R=0\"]", LOG_CONFIRMS,
      FINDING_AUTH_BAD_CREDENTIALS },
    { "same-words", refused, "bob: authentication failed", LOG_CONFIRMS,
      FINDING_AUTH_BAD_CREDENTIALS },
    { "radius-silent", refused, "radius: server(1) not responding", LOG_SHARPENS,
      FINDING_AUTH_BACKEND_TIMEOUT },
    { "nothing-of-it", works, "ppp: no free IPv4 address", LOG_OBJECTS, FINDING_IPCP_NO_ADDRESS },
    /* Near misses: steps, chatter, what is only noted, a sentence without a finding, another
     * client's line. */
    { "step", works, "bob: authentication succeeded", NO_REASON, 0 },
    { "chatter", works, "recv [LCP EchoReq id=1]", NO_REASON, 0 },
    { "words-alone", works, "bob: authentication failed", NO_REASON, 0 },
    { "no-finding", refused, "sstp: read: Input/output error", NO_REASON, 0 },
    { "unknown", refused, "frobnication failed", NO_REASON, 0 },
};

static GPtrArray *
log_of(const struct peer *peer, const char *line)
{
    struct log_context context = { g_time_zone_new_utc(), engine_first(peer->engine).time,
                                   engine_last(peer->engine).time, false };
    GDateTime *date = g_date_time_new_from_unix_utc(context.first / NS_PER_SECOND);
    char *stamp = g_date_time_format(date, "[%Y-%m-%d %H:%M:%S]");
    char *text = g_strdup_printf("%s:  info: ppp0: %s\n", stamp, line);
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);

    g_ptr_array_add(logs, log_parse("a.log", (const uint8_t *)text, strlen(text), &context));
    g_free(text);
    g_free(stamp);
    g_date_time_unref(date);
    g_time_zone_unref(context.zone);
    return logs;
}

/* In both forms of the report, or in none. */
static void
assert_reported(const struct peer *peer, const GPtrArray *logs, bool wanted)
{
    const struct report_env env = { .version = "9.9.9", .logs = logs };
    char *text = report_text(peer->engine, &env), *json = report_json(peer->engine, &env);

    g_assert_true((strstr(text, "    Log says  ") != NULL) == wanted);
    g_assert_true((strstr(json, "\"by_log\":{") != NULL) == wanted);
    g_free(text);
    g_free(json);
}

static void
run_reason(gconstpointer data)
{
    const struct reason_row *row = data;
    const struct config config = peer_config();
    struct peer peer;
    struct log_reason reason;

    peer_init(&peer, &config);
    peer_run(&peer, row->script);
    engine_finish(peer.engine);
    GPtrArray *logs = log_of(&peer, row->line);
    struct logbook *book = logbook_new(peer.engine, logs);
    const struct result *result = g_ptr_array_index(engine_results(peer.engine), 0);
    g_assert_true(logbook_reason(book, result, &reason) == (row->relation != NO_REASON));
    if (row->relation != NO_REASON) {
        g_assert_cmpint(reason.relation, ==, row->relation);
        g_assert_cmpint(reason.finding, ==, row->finding);
    }
    assert_reported(&peer, logs, row->relation != NO_REASON);
    logbook_free(book);
    g_ptr_array_unref(logs);
    peer_clear(&peer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/log-reason", reason_rows, run_reason);
    return g_test_run();
}
