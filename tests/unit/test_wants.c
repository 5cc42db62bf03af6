/* test_wants.c - demands that are not met are told
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/engine.h"
#include "hex.h"
#include "peer.h"
#include "wants.h"

/* Of a session whose server sends more than the client's MRU. */
static const char script[] = "up wait=0.25 s.data=1501 goodbye close";

static const struct want_row {
    const char *name, *wants, *wrong; /* NULL: it is met */
} want_rows[] = {
    { "none", NULL, NULL },
    { "stages", "tcp=ok lcp=ok tls=-", NULL },
    { "stage/other-outcome", "tcp=ok auth=failed", "auth: ok instead of failed" },
    { "stage/never-begun", "tls=ok", "tls: - instead of ok" },
    { "stage/begun", "auth=-", "auth: ok instead of -" },
    { "session", "outcome=ended evidence=clear reached=data", NULL },
    { "session/outcome", "outcome=failed", "outcome: ended instead of failed" },
    { "session/evidence", "evidence=decrypted", "evidence: clear instead of decrypted" },
    { "session/reached", "reached=ncp", "reached: data instead of ncp" },
    { "number", "payload_bytes=1501 mru_bytes=1500", NULL },
    { "number/decimals", "payload_bytes=1501.00", NULL },
    { "number/other", "mru_bytes=1400", "mru_bytes: 1500 instead of 1400" },
    { "number/nearly", "payload_bytes=1501.6", "payload_bytes: 1501 instead of 1501.6" },
    { "number/text", "payload_bytes=many", "payload_bytes: 1501 instead of many" },
    { "text", "sender=server", NULL },
    { "text/other", "sender=client", "sender: server instead of client" },
    { "detail/none", "colour=1", "colour: there is none" },
    { "word", "established", "established: no demand" },
    { "first-of-two", "sender=client mru_bytes=1", "sender: server instead of client" },
};

static void
run_want(gconstpointer data)
{
    const struct want_row *row = data;
    struct config config = peer_script_config(script);
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, script);
    engine_finish(peer.engine);
    const struct result *result = g_ptr_array_index(engine_results(peer.engine), 0);
    g_assert_nonnull(result->verdict.finding);
    g_assert_cmpint(result->verdict.finding->id, ==, FINDING_MTU_OVERRUN);
    char *wrong = wants_wrong(row->wants, result->session, result->verdict.finding);
    g_assert_cmpstr(wrong, ==, row->wrong);
    g_free(wrong);
    peer_clear(&peer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/wants", want_rows, run_want);
    return g_test_run();
}
