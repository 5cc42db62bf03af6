/* fuzz_script.c - made-up connections by scripts, with all that is said of them
 *
 * The input: scripts, each behind a byte of its length. Of these bytes the first is of switches,
 * two choose a trial, two a script to compare with; the rest is what chance_script() takes.
 * Mutations change scripts by whole words, so that sessions go on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "peer.h"
#include "report/compare.h"
#include "report/report.h"
#include "report/stats_tables.h"

enum { VERBOSE = 1, WITH_TRIAL = 2, TWICE = 4, HEALTHY = 8, COMPARED = 16 };
enum { HEAD_LEN = 5, SCRIPTS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
assert_shown(char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        abort();
    g_free(text);
}

static void
take_row(void *context, const char *const *cells)
{
    (void)context;
    if (!cells[0])
        abort();
}

static void
show_tables(const struct engine *engine, const struct report_env *env)
{
    const GPtrArray *results = engine_results(engine);

    for (int kind = 0; kind < STATS_TABLE_KINDS; kind++) {
        assert_shown(stats_table_text((enum stats_table_kind)kind, engine, env));
        for (guint i = 0; i < results->len; i++)
            stats_table_rows((enum stats_table_kind)kind, engine, env,
                             g_ptr_array_index(results, i), take_row, NULL);
    }
}

static void
show_reports(const struct engine *engine, bool verbose)
{
    static const struct report_interface interfaces[] = { { 0, "client" }, { 1, "server" } };
    const struct report_env env = { .version = "0",
                                    .file = "f",
                                    .interfaces = interfaces,
                                    .num_interfaces = G_N_ELEMENTS(interfaces),
                                    .trace = true,
                                    .verbose = verbose,
                                    .for_command = verbose };

    assert_shown(report_text(engine, &env));
    assert_shown(report_json(engine, &env));
    show_tables(engine, &env);
}

static void
add_trial(struct engine *engine, uint8_t kind, uint8_t passed)
{
    struct trial trial = { .kind = (enum trial_kind)(kind % TRIAL_KINDS),
                           .value = "1200",
                           .seen = "it went so",
                           .passed = (enum stage)(passed % STAGE_COUNT),
                           .other_cert = passed & 0x80,
                           .refusal = kind % TRIAL_KINDS == TRIAL_REFUSED
                                          ? FINDING_TLS_UNTRUSTED_ROOT
                                          : FINDING_COUNT };

    engine_trial(engine, &trial);
}

static void
attempt_of(struct attempt *attempt, const struct engine *engine)
{
    const GPtrArray *results = engine_results(engine);
    const struct result *result;

    *attempt = (struct attempt){ .file = g_strdup("f"), .kind = g_strdup("session") };
    if (results->len == 0)
        return;
    result = g_ptr_array_index(results, results->len - 1);
    attempt->verdict = g_strdup(verdict_name(&result->verdict));
    attempt->summary = g_strdup(verdict_summary(&result->verdict));
    attempt->outcome = g_strdup(session_outcome(result->session));
    attempt->evidence = g_strdup(evidence_name(session_evidence(result->session)));
    attempt_read_facts(attempt, result->session);
}

/* Release peer. */
static void
tell(struct peer *peer, const char *script, const uint8_t *head)
{
    struct config config = peer_script_config(script);

    peer_init(peer, &config);
    credentials_unref(config.credentials);
    engine_trace(peer->engine);
    peer_run(peer, script);
    if (head[0] & WITH_TRIAL)
        add_trial(peer->engine, head[1], head[2]);
    engine_finish(peer->engine);
    if (head[0] & TWICE)
        engine_finish(peer->engine);
}

static void
compare_with(const struct peer *peer, const uint8_t *head)
{
    char *script = chance_script(head + 3, 2);
    struct attempt left, right;
    struct peer other;

    tell(&other, script, head);
    attempt_of(&left, peer->engine);
    attempt_of(&right, other.engine);
    struct comparison *comparison = comparison_new(&left, &right);
    assert_shown(comparison_text(comparison));
    comparison_free(comparison);
    attempt_clear(&left);
    attempt_clear(&right);
    peer_clear(&other);
    g_free(script);
}

static void
run_script(const uint8_t *data, size_t size)
{
    struct peer peer;

    if (size < HEAD_LEN)
        return;
    char *script = data[0] & HEALTHY ? chance_healthy(data + HEAD_LEN, size - HEAD_LEN)
                                     : chance_script(data + HEAD_LEN, size - HEAD_LEN);
    tell(&peer, script, data);
    show_reports(peer.engine, data[0] & VERBOSE);
    if (data[0] & COMPARED)
        compare_with(&peer, data);
    for (uint32_t frame = 1; frame <= peer.frame; frame++)
        engine_frame_findings(peer.engine, frame);
    peer_clear(&peer);
    g_free(script);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (unsigned i = 0; i < SCRIPTS_MAX && size > 0; i++) {
        size_t len = MIN(data[0], size - 1);
        run_script(data + 1, len);
        data += 1 + len;
        size -= 1 + len;
    }
    return 0;
}
