/* test_compare.c - two attempts to connect, held against each other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "peer.h"
#include "report/compare.h"

struct compare_row {
    const char *name, *left, *right;
    const char *parts_at; /* NULL: they do not part */
    const char *differ;   /* "stage/key" of rows that differ among others, by blanks */
    const char *alike;    /* of rows that do not */
    const char *words;    /* of the summary */
};

static const struct compare_row compare_rows[] = {
    { "same", "up-tls goodbye close", "up-tls goodbye close", NULL, "", "tcp/server auth/method",
      "By stages they do not part: the verdict of both is healthy. Over all, all that is known of "
      "both is alike." },
    { "password", "up-tls goodbye close",
      "tcp tls call lcp s.challenge c.response s.failure=E=691_R=0 close", "auth",
      "auth/outcome auth/error binding/outcome", "lcp/server_asks tls/version",
      "They part at auth: the left attempt passes it, the right one fails there" },
    /* Whichever comes first on the command line. */
    { "password/swapped", "tcp tls call lcp s.challenge c.response s.failure=E=691_R=0 close",
      "up-tls goodbye close", "auth", "auth/error", "tcp/server",
      "user name or password refused). Up to there, all that is known of both is alike." },
    { "no-answer", "up-tls goodbye close",
      "c.syn wait=1 c.syn-again wait=2 c.syn-again wait=4 c.syn-again wait=60 c.syn-again", "tcp",
      "tcp/outcome", "tls/version tcp/client_mss", "They part at tcp" },
    { "other-page", "up-tls goodbye close", "tcp tls c.post s.answer=404 close", "http",
      "http/status", "tls/version", "They part at http" },
    { "proxy", "up-tls goodbye close", "tcp c.proxy s.proxy=407 close", "proxy",
      "proxy/answer proxy/outcome", "tcp/client_mss",
      "They part at proxy: the left attempt does without it, the right one fails there" },
    /* What one of them had and passed. */
    { "through-proxy", "up-tls goodbye close",
      "tcp c.proxy s.proxy=200 tls call join goodbye close", NULL, "proxy/answer", "tls/version",
      "Over all they differ in: HTTP proxy (proxy)" },
    { "clamped", "up-tls goodbye close", "[clamp=1300 ends] up-tls goodbye close", NULL,
      "tcp/client_mss", "tcp/server", "do not part: the verdict of both is healthy" },
    { "method", "up-tls goodbye close",
      "[auth=pap] tcp tls call lcp pap c.call-connected ipcp traffic goodbye close", NULL,
      "auth/method lcp/server_asks", "tcp/server",
      "Over all they differ in: Server asks for (lcp), Method (auth)" },
    { "certificate", "up-tls goodbye close",
      "tcp c.hello s.flight=ecdsa c.finish s.finish call join goodbye close", NULL,
      "tls/certificate_sha256 tls/key", "tls/version", "Its SHA-256 (tls)" },
    /* What nobody could read is no difference. */
    { "no-keys", "up-tls goodbye close", "[blind] tcp tls=13,blind call join goodbye close", NULL,
      "", "http/status auth/method ncp/client", "Nothing of the right one could be decrypted" },
    /* Without a lookup, a proxy or a keepalive nothing is missing. */
    { "echoes", "up-tls c.lcp-echo s.lcp-reply goodbye close", "up-tls goodbye close", NULL, "",
      "keepalive/outcome keepalive/echoes", "do not part: the verdict of both is healthy" },
    /* Everybody's own: how long it lasted, how many packets came. */
    { "longer", "up-tls goodbye close",
      "up-tls c.data=100 s.data=100 wait=5 c.lcp-echo s.lcp-reply c.data=90 goodbye close", NULL,
      "", "teardown/after data/packets_c2s sstp/nonce",
      "do not part: the verdict of both is healthy" },
    { "in-clear", "up-tls goodbye close", "dial join goodbye close", NULL, "",
      "tls/version http/status", "do not part: the verdict of both is healthy" },
};

/* The last session of a script, as an attempt. */
static void
read_attempt(struct attempt *attempt, struct peer *peer, const char *script)
{
    static struct config config;

    config = peer_config();
    config.servers = (char *)"any";
    peer_init(peer, &config);
    peer_run(peer, script);
    engine_finish(peer->engine);
    const GPtrArray *results = engine_results(peer->engine);
    const struct result *result = g_ptr_array_index(results, results->len - 1);
    const struct session *session = result->session;

    *attempt = (struct attempt){ .file = g_strdup("some.pcapng"), .kind = g_strdup("session") };
    attempt->verdict = g_strdup(verdict_name(&result->verdict));
    attempt->summary = g_strdup(verdict_summary(&result->verdict));
    attempt->outcome = g_strdup(session_outcome(session));
    attempt->evidence = g_strdup(evidence_name(session_evidence(session)));
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(session, stage);
        if (mark_is_set(state->first))
            attempt->stages[stage] =
                (struct attempt_stage){ true, state->outcome,
                                        mark_seconds(state->first, state->last) };
    }
    attempt_read_facts(attempt, session);
}

/* -1: there is no such row; else whether it differs. */
static int
differs(const struct comparison *comparison, const char *name)
{
    for (guint i = 0; i < comparison->rows->len; i++) {
        const struct comparison_row *row = g_ptr_array_index(comparison->rows, i);
        if (row->stage == STAGE_COUNT)
            continue;
        char *full = g_strdup_printf("%s/%s", stage_name(row->stage), row->key);
        bool is = g_str_equal(full, name);
        g_free(full);
        if (is)
            return row->differs;
    }
    return -1;
}

static void
check_names(const struct comparison *comparison, const char *names, int want)
{
    char **list = g_strsplit(names, " ", -1);

    for (char **name = list; *name; name++)
        if (**name && (want ? differs(comparison, *name) != 1 : differs(comparison, *name) == 1))
            g_error("%s: %d", *name, differs(comparison, *name));
    g_strfreev(list);
}

static void
check_forms(const struct comparison *comparison)
{
    struct json json = { g_string_new(NULL), false };
    char *text = comparison_text(comparison);
    char **lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        g_assert_cmpint(g_utf8_strlen(*line, -1), <, 80);
        g_assert_false(g_str_has_suffix(*line, " "));
    }
    comparison_json(&json, NULL, comparison);
    g_assert_true(g_utf8_validate(json.text->str, -1, NULL));
    g_assert_nonnull(strstr(json.text->str, "\"rows\":[{"));
    g_assert_null(strstr(json.text->str, "\"nonce\""));
    g_string_free(json.text, TRUE);
    g_strfreev(lines);
    g_free(text);
}

static void
run_row(gconstpointer data)
{
    const struct compare_row *row = data;
    struct attempt left, right;
    struct peer a, b;

    read_attempt(&left, &a, row->left);
    read_attempt(&right, &b, row->right);
    struct comparison *comparison = comparison_new(&left, &right);
    g_test_message("%s", comparison->summary);
    g_assert_cmpstr(comparison->parts ? stage_name(comparison->parts_at) : NULL, ==, row->parts_at);
    check_names(comparison, row->differ, 1);
    check_names(comparison, row->alike, 0);
    if (!strstr(comparison->summary, row->words))
        g_error("%s: %s", row->name, comparison->summary);
    check_forms(comparison);
    comparison_free(comparison);
    attempt_clear(&left);
    attempt_clear(&right);
    peer_clear(&a);
    peer_clear(&b);
}

/* They fit their column, and stand in the order of stages. */
static void
test_words(void)
{
    for (int id = 0; id < FACT_COUNT; id++) {
        const struct fact_info *info = fact_info((enum fact_id)id);
        g_assert_cmpuint(strlen(info->words), <=, 18);
        if (id)
            g_assert_cmpint(fact_info((enum fact_id)(id - 1))->stage, <=, info->stage);
    }
}

/* Long words are cut into lines, at blanks where there are any, and never within a character. */
static void
test_wrapped(void)
{
    struct attempt left = { .file = g_strdup("a"), .kind = g_strdup("session") };
    struct attempt right = { .file = g_strdup("b"), .kind = g_strdup("session") };

    left.facts[FACT_HTTP_HOST].text = g_strdup("ä-long-name-without-any-blank.ünder.exämple.com");
    right.facts[FACT_HTTP_HOST].text = g_strdup("one two three four five six seven eight nine ten");
    struct comparison *comparison = comparison_new(&left, &right);
    check_forms(comparison);
    char *text = comparison_text(comparison);
    g_assert_nonnull(strstr(text, "one two three four five six\n"));
    g_assert_nonnull(strstr(text, "seven eight nine ten\n"));
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_free(text);
    comparison_free(comparison);
    attempt_clear(&left);
    attempt_clear(&right);
}

/* Two files of one time may be one connection: who expects that is told. */
static void
test_together(void)
{
    static const struct {
        double start, end;
        bool together;
    } rows[] = {
        { 1000, 1060, true }, { 1059, 1100, true }, { 1061, 1100, false }, { 0, 0, false }
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct attempt left = { .start = 1000, .end = 1060 };
        struct attempt right = { .start = rows[i].start, .end = rows[i].end };
        struct comparison *comparison = comparison_new(&left, &right);
        g_assert_cmpint(strstr(comparison->summary, "at the same time") != NULL, ==,
                        rows[i].together);
        comparison_free(comparison);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compare/words", test_words);
    g_test_add_func("/compare/wrapped", test_wrapped);
    g_test_add_func("/compare/together", test_together);
    for (size_t i = 0; i < G_N_ELEMENTS(compare_rows); i++) {
        char *path = g_strdup_printf("/compare/%s", compare_rows[i].name);
        g_test_add_data_func(path, &compare_rows[i], run_row);
        g_free(path);
    }
    return g_test_run();
}
