/* test_trial.c - what trials beside an attempt show, and what they must not
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "peer.h"

struct trial_row {
    const char *name, *script;
    enum trial_kind kind;
    enum stage passed;
    bool other_cert;
    const char *verdict; /* NULL: as without the trial */
    enum finding_id id;  /* what rests on the trial; FINDING_COUNT: nothing */
    enum confidence confidence;
};

#define NO_ANSWER "c.syn wait=1 c.syn-again wait=2 c.syn-again wait=4 c.syn-again"
#define STALLED   "tcp c.hello wait=16 c.fin"
#define HEALTHY   "up-tls traffic goodbye close"

static const struct trial_row trial_rows[] = {
    /* clang-format off */
    { "other-address-works", NO_ANSWER, TRIAL_ADDRESS, STAGE_LCP, false,
      "dns_wrong_address", FINDING_DNS_WRONG_ADDRESS, CONFIDENCE_CERTAIN },
    { "other-address-connects-alone", NO_ANSWER, TRIAL_ADDRESS, STAGE_TCP, false, NULL, FINDING_COUNT, 0 },
    { "other-address-fails-too", NO_ANSWER, TRIAL_ADDRESS, STAGE_DNS, false, NULL, FINDING_COUNT, 0 },
    { "other-address-fails", HEALTHY, TRIAL_ADDRESS, STAGE_DNS, false,
      "dns_wrong_address", FINDING_DNS_WRONG_ADDRESS, CONFIDENCE_CERTAIN },
    { "no-way-to-other-address", HEALTHY, TRIAL_ADDRESS, STAGE_CAPTURE, false, NULL, FINDING_COUNT, 0 },
    { "other-address-connects", HEALTHY, TRIAL_ADDRESS, STAGE_TCP, false, NULL, FINDING_COUNT, 0 },
    { "smaller-segments-pass", STALLED, TRIAL_SIZE, STAGE_LCP, false,
      "mtu_handshake_blackhole", FINDING_MTU_HANDSHAKE_BLACKHOLE, CONFIDENCE_CERTAIN },
    { "smaller-segments-stall-too", STALLED, TRIAL_SIZE, STAGE_TCP, false, NULL, FINDING_COUNT, 0 },
    { "smaller-segments-beside-a-tunnel", HEALTHY, TRIAL_SIZE, STAGE_LCP, false, NULL, FINDING_COUNT, 0 },
    { "large-packets-lost", HEALTHY, TRIAL_FRAGMENTS, STAGE_DATA, false,
      "mtu_blackhole", FINDING_MTU_BLACKHOLE, CONFIDENCE_CERTAIN },
    { "echo-lost", HEALTHY, TRIAL_ECHO, STAGE_DATA, false,
      "mtu_blackhole", FINDING_MTU_BLACKHOLE, CONFIDENCE_LIKELY },
    { "direct-shows-another", HEALTHY, TRIAL_DIRECT, STAGE_TCP, true,
      "tls_inspection", FINDING_TLS_INSPECTION, CONFIDENCE_CERTAIN },
    { "direct-shows-the-same", HEALTHY, TRIAL_DIRECT, STAGE_LCP, false, NULL, FINDING_COUNT, 0 },
    { "direct-does-not-connect", HEALTHY, TRIAL_DIRECT, STAGE_DNS, false, NULL, FINDING_COUNT, 0 },
    { "no-name-stalls-too", STALLED, TRIAL_NO_SNI, STAGE_TCP, false, NULL, FINDING_COUNT, 0 },
    { "other-address-fails-beside-a-failure", STALLED, TRIAL_ADDRESS, STAGE_DNS, false,
      NULL, FINDING_DNS_WRONG_ADDRESS, CONFIDENCE_CERTAIN },
    { "proxy-is-closed", "c.syn s.rst", TRIAL_PROXY, STAGE_CAPTURE, false,
      "proxy_connect_denied", FINDING_PROXY_CONNECT_DENIED, CONFIDENCE_CERTAIN },
    { "gave-up-in-silence", "tcp c.hello wait=4 c.fin", TRIAL_GAVE_UP, STAGE_TCP, false,
      "tls_handshake_stalled", FINDING_TLS_HANDSHAKE_STALLED, CONFIDENCE_LIKELY },
    { "gave-up-and-no-rule-knows", "tcp c.hello wait=4 c.fin", TRIAL_GAVE_UP, STAGE_TCP, false,
      "inconclusive", FINDING_COUNT, 0 },
    { "gave-up-where-a-rule-knows", NO_ANSWER, TRIAL_GAVE_UP, STAGE_DNS, false, NULL, FINDING_COUNT, 0 },
    { "gave-up-in-a-tunnel", HEALTHY, TRIAL_GAVE_UP, STAGE_NCP, false, NULL, FINDING_COUNT, 0 },
    /* clang-format on */
};

static char *
verdict_with(const struct trial_row *row, bool told, bool *found)
{
    struct config config = peer_script_config(row->script);
    struct trial trial = {
        .kind = row->kind,
        .passed = row->passed,
        .other_cert = row->other_cert,
        .refusal = row->id,
        .value = "1220",
        .seen = "seen",
        .address = { .addr = { 203, 0, 113, 9 }, .addr_len = 4, .port = 443 },
    };
    static struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, row->script);
    engine_vantage(peer.engine, 0, VANTAGE_SOCKET);
    if (told)
        engine_trial(peer.engine, &trial);
    engine_finish(peer.engine);
    const GPtrArray *results = engine_results(peer.engine);
    g_assert_cmpuint(results->len, ==, 1);
    const struct result *result = g_ptr_array_index(results, 0);
    char *verdict = g_strdup(verdict_name(&result->verdict));
    for (guint i = 0; found && i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding->evidence != EVIDENCE_TRIAL)
            continue;
        g_assert_cmpint(finding->id, ==, row->id);
        g_assert_cmpint(finding->confidence, ==, row->confidence);
        g_assert_nonnull(finding->summary);
        *found = true;
    }
    peer_clear(&peer);
    credentials_unref(config.credentials);
    return verdict;
}

static void
run_trial(gconstpointer data)
{
    const struct trial_row *row = data;
    bool found = false;
    char *without = verdict_with(row, false, NULL), *with = verdict_with(row, true, &found);

    g_assert_cmpstr(with, ==, row->verdict ? row->verdict : without);
    g_assert_true(found == (row->id != FINDING_COUNT));
    g_free(without);
    g_free(with);
}

/* --- several of a kind ------------------------------------------------------------------------ */

struct size_row {
    const char *name;
    const char *passed, *failed; /* sizes, with commas between */
    bool same_passes;            /* so does one with nothing changed */
    const char *passed_detail, *lost_detail;
};

static const struct size_row size_rows[] = {
    { "between", "1220,1300", "1448,1340", false, "1300", "1340" },
    { "smallest-of-lost-is-above", "536,1220", "1448,1000", false, "1220", "1448" },
    { "nothing-lost", "1220", "", false, "1220", NULL },
    { "as-the-attempt", "1220", "", true, NULL, NULL },
    { "nothing-passes", "", "1220,536", false, NULL, NULL },
};

static void
tell_sizes(struct engine *engine, const char *list, enum stage passed)
{
    char **sizes = g_strsplit(list, ",", -1);

    for (char **size = sizes; *size; size++) {
        struct trial trial = {
            .kind = TRIAL_SIZE, .passed = passed, .sender = "server", .seen = "seen"
        };
        g_strlcpy(trial.value, *size, sizeof trial.value);
        engine_trial(engine, &trial);
    }
    g_strfreev(sizes);
}

static void
run_sizes(gconstpointer data)
{
    const struct size_row *row = data;
    const struct trial same = {
        .kind = TRIAL_SIZE, .passed = STAGE_LCP, .same = true, .value = "1460", .seen = "seen"
    };
    struct config config = peer_script_config(STALLED);
    static struct peer peer;
    const struct finding *found = NULL;

    peer_init(&peer, &config);
    engine_vantage(peer.engine, 0, VANTAGE_SOCKET);
    peer_run(&peer, STALLED);
    tell_sizes(peer.engine, row->passed, STAGE_LCP);
    tell_sizes(peer.engine, row->failed, STAGE_TCP);
    if (row->same_passes)
        engine_trial(peer.engine, &same);
    engine_finish(peer.engine);
    const struct result *result = g_ptr_array_index(engine_results(peer.engine), 0);
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding->id == FINDING_MTU_HANDSHAKE_BLACKHOLE)
            found = finding;
    }
    g_assert_true((found != NULL) == (row->passed_detail != NULL));
    if (found)
        g_assert_nonnull(strstr(found->summary, row->passed_detail));
    if (found && row->lost_detail)
        g_assert_nonnull(strstr(found->summary, row->lost_detail));
    if (found)
        g_assert_nonnull(strstr(found->summary, "of the server"));
    peer_clear(&peer);
    credentials_unref(config.credentials);
}

static void
test_names(void)
{
    g_assert_cmpstr(trial_kind_name(TRIAL_ADDRESS), ==, "address");
    g_assert_cmpstr(trial_kind_name(TRIAL_SIZE), ==, "mss");
    g_assert_null(trial_kind_name(TRIAL_KINDS));
}

/* --- in a file -------------------------------------------------------------------------------- */

static void
keep(void *data, const struct trial *trial)
{
    g_array_append_val((GArray *)data, *trial);
}

static GArray *
read_lines(const char *text)
{
    GArray *trials = g_array_new(FALSE, FALSE, sizeof(struct trial));

    trial_each(text, keep, trials);
    return trials;
}

static void
test_round_trip(void)
{
    const struct trial trials[] = {
        { .kind = TRIAL_ADDRESS,
          .passed = STAGE_TCP,
          .value = "203.0.113.9",
          .seen = "refused (RST)",
          .address = { .addr = { 203, 0, 113, 9 }, .addr_len = 4 } },
        { .kind = TRIAL_GAVE_UP,
          .passed = STAGE_LCP,
          .value = "15",
          .seen = "The server said:\tnothing\nat all",
          .refusal = FINDING_AUTH_NO_REPLY,
          .left = LEFT_WITHHELD },
        { .kind = TRIAL_DIRECT, .passed = STAGE_TLS, .other_cert = true },
        { .kind = TRIAL_PROXY, .value = "proxy.example.com:3128" },
        { .kind = TRIAL_SIZE,
          .passed = STAGE_TLS,
          .value = "1200",
          .same = true,
          .fits = 1300,
          .sender = "server" },
    };
    GString *text = g_string_new("Made from what a socket told\n");

    for (size_t i = 0; i < G_N_ELEMENTS(trials); i++)
        trial_append(text, &trials[i]);
    GArray *read = read_lines(text->str);
    g_assert_cmpuint(read->len, ==, G_N_ELEMENTS(trials));
    for (guint i = 0; i < read->len; i++) {
        const struct trial *a = &trials[i], *b = &g_array_index(read, struct trial, i);
        g_assert_cmpint(a->kind, ==, b->kind);
        g_assert_cmpint(a->passed, ==, b->passed);
        g_assert_cmpint(a->left, ==, b->left);
        g_assert_cmpstr(a->value, ==, b->value);
        g_assert_true(a->other_cert == b->other_cert);
        g_assert_true(a->same == b->same);
        g_assert_cmpuint(a->fits, ==, b->fits);
        g_assert_cmpstr(a->sender, ==, b->sender);
        g_assert_cmpmem(a->address.addr, a->address.addr_len, b->address.addr, b->address.addr_len);
    }
    const struct trial *left = &g_array_index(read, struct trial, 1);
    g_assert_cmpint(left->refusal, ==, FINDING_AUTH_NO_REPLY);
    g_assert_null(strpbrk(left->seen, "\t\n"));
    g_array_unref(read);
    g_string_free(text, TRUE);
}

/* Anybody may write a file. */
static void
test_bad_lines(void)
{
    static const char *const lines[] = {
        "",
        "trial",
        "trial\tnone\ttcp\t-\ttime\t-\t-\t0\t-\t-\t1\tseen",
        "trial\tmss\tnone\t-\ttime\t-\t-\t0\t-\t-\t1\tseen",
        "trial\tmss\ttcp\tnone\ttime\t-\t-\t0\t-\t-\t1\tseen",
        "trial\tmss\ttcp\t-\tnone\t-\t-\t0\t-\t-\t1\tseen",
        "trial\tmss\ttcp\t-\ttime\t-\t-\t0\t-\t-\t1",
        "trial\taddress\ttcp\t-\ttime\t-\t-\t0\t-\t-\t1\tseen",
        "trial\tmss\ttcp\t-\ttime\t-\t-\t70000\t-\t-\t1\tseen",
        "trial\taddress\ttcp\t-\ttime\t-\t-\t0\t-\tcb0071\t1\tseen",
        "trial\taddress\ttcp\t-\ttime\t-\t-\t0\t-\tcb00710x\t1\tseen",
        "trial\trefused\ttcp\t-\ttime\t-\t-\t0\t-\t-\t1\tseen",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        GArray *read = read_lines(lines[i]);
        g_assert_cmpuint(read->len, ==, 0);
        g_array_unref(read);
    }
}

static void
test_long_lines(void)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < 1000; i++) {
        g_string_append(text, "trial\tmss\ttcp\t-\ttime\t-\t-\t0\t-\t-\t");
        for (int n = 0; n < 100; n++)
            g_string_append(text, "\303\244");
        g_string_append(text, "\t\033[31m\377\n");
    }
    GArray *read = read_lines(text->str);
    g_assert_cmpuint(read->len, ==, TRIALS_MAX);
    const struct trial *trial = &g_array_index(read, struct trial, 0);
    g_assert_true(g_utf8_validate(trial->value, -1, NULL));
    g_assert_cmpuint(strlen(trial->value), ==, TRIAL_TEXT_LEN - 2); /* whole characters */
    g_assert_null(strchr(trial->seen, '\033'));
    g_array_unref(read);
    g_string_free(text, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trial/names", test_names);
    g_test_add_func("/trial/round-trip", test_round_trip);
    g_test_add_func("/trial/bad-lines", test_bad_lines);
    g_test_add_func("/trial/long-lines", test_long_lines);
    for (size_t i = 0; i < G_N_ELEMENTS(size_rows); i++) {
        char *path = g_strdup_printf("/trial/sizes/%s", size_rows[i].name);
        g_test_add_data_func(path, &size_rows[i], run_sizes);
        g_free(path);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(trial_rows); i++) {
        char *path = g_strdup_printf("/trial/%s", trial_rows[i].name);
        g_test_add_data_func(path, &trial_rows[i], run_trial);
        g_free(path);
    }
    return g_test_run();
}
