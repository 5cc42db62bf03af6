/* test_report.c - the report as text and as JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "peer.h"
#include "report/report.h"
#include "report/keepalive.h"

enum { COLUMNS_MAX = 80, LABEL_COLUMNS = 14, DEPTH_MAX = 16 };

static const struct report_env plain_env = { .version = "9.9.9", .file = "vpn.pcapng" };

/* --- a checker of JSON's grammar (RFC 8259), for one document on one line -------------------- */

static bool
json_string_end(const char **p)
{
    if (**p != '"')
        return false;
    for ((*p)++; **p != '"'; (*p)++) {
        if ((guchar) * *p < 0x20)
            return false;
        if (**p == '\\' && !strchr("\"\\/bfnrtu", *++*p))
            return false;
    }
    (*p)++;
    return true;
}

static bool
json_scalar_end(const char **p)
{
    static const char *const words[] = { "null", "true", "false" };
    char *end;

    if (**p == '"')
        return json_string_end(p);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(*p, words[i])) {
            *p += strlen(words[i]);
            return true;
        }
    if (!g_ascii_isdigit(**p) && **p != '-')
        return false;
    g_ascii_strtod(*p, &end);
    *p = end;
    return true;
}

/* "key": in front of a member's value. */
static bool
json_key_end(const char **p)
{
    if (!json_string_end(p) || **p != ':')
        return false;
    (*p)++;
    return true;
}

/* Steps over brackets, or a value, and the comma behind. */
static bool
json_is_valid(const char *p)
{
    char open[DEPTH_MAX];
    int depth = 0;
    bool want_value = true; /* nothing before it, or a comma */

    do {
        if (depth > 0 && (*p == '}' || *p == ']')) {
            if ((want_value && p[-1] == ',') || open[--depth] != *p++)
                return false;
        } else {
            if (!want_value || (depth > 0 && open[depth - 1] == '}' && !json_key_end(&p)))
                return false;
            if (*p == '{' || *p == '[') {
                if (depth == DEPTH_MAX)
                    return false;
                open[depth++] = *p++ == '{' ? '}' : ']';
                continue;
            }
            if (!json_scalar_end(&p))
                return false;
        }
        want_value = depth > 0 && *p == ',';
        p += want_value;
    } while (depth > 0);
    return strcmp(p, "\n") == 0;
}

static void
test_checker(void)
{
    g_assert_true(json_is_valid("{}\n"));
    g_assert_true(json_is_valid("{\"a\":[1,-2.5,{\"b\":null}],\"c\":\"\\u0001\"}\n"));
    g_assert_false(json_is_valid("{}"));
    g_assert_false(json_is_valid("{\"a\":1,}\n"));
    g_assert_false(json_is_valid("{\"a\" 1}\n"));
    g_assert_false(json_is_valid("{\"a\":1 \"b\":2}\n"));
    g_assert_false(json_is_valid("[1,2}\n"));
    g_assert_false(json_is_valid("[1[2]]\n"));
    g_assert_false(json_is_valid("[\"a\nb\"]\n"));
    g_assert_false(json_is_valid("[nul]\n"));
    g_assert_false(json_is_valid("{}{}\n"));
}

/* --- reports --------------------------------------------------------------------------------- */

struct row {
    const char *name;
    const char *script;
    const char *in_text, *in_json; /* NULL: nothing special */
};

static const struct row rows[] = {
    { "empty", "", "0 SSTP sessions in 0 frames", "\"sessions\":[],\"candidates\":[]" },
    { "healthy", "up goodbye close", "Verdict: healthy\n", "\"finding\":\"healthy\"" },
    { "failed-unexplained", "dial lcp c.fin", "Verdict: unexplained\n", "\"outcome\":\"failed\"" },
    { "failed-with-drops", "dial c.lose lcp c.fin s.tcp-ack s.fin", "the capture lacks packets",
      "\"state\":\"inconclusive\",\"finding\":\"inconclusive\",\"confidence\":\"possible\"" },
    { "inconclusive", "dial lcp", "The recording ends before the tunnel is up",
      "\"state\":\"inconclusive\"" },
    { "unexplained-end", "dial lcp c.fin", NULL, "the last stage that worked was lcp (until" },
    { "nothing/empty", "", "There is no packet in this capture.", "\"situation\":\"empty\"" },
    { "nothing/no-tls", "[servers=none] tcp c.banner s.banner c.fin s.fin",
      "as SSTP: there is 1 TCP connection", "\"situation\":\"no_tls\"" },
    { "nothing/no-sstp", "[servers=none] tcp tls=blind c.data=60 s.data=900 c.fin s.fin",
      "as SSTP: there is 1 TLS connection", "\"situation\":\"no_sstp\"" },
    { "nothing/refused", "[servers=none] c.syn s.rst", "it is the reason.\n",
      "\"situation\":\"no_tls\"" },
    { "nothing/lookup", "[servers=none] dns dns-answer=3 wait=5", "it is the reason.\n",
      "\"situation\":\"no_tcp\"" },
    { "nothing/none", "up goodbye close", NULL, "\"nothing\":null" },
    { "refused", "dial lcp s.challenge c.response s.failure=E=691_R=0 close",
      "Verdict: User name or password refused (error, certain)\n           [auth_bad_credentials]",
      "\"finding\":\"auth_bad_credentials\"" },
    { "endpoints", "up", "Session 0: 192.0.2.10:49152 -> 198.51.100.20:443",
      "\"client\":\"192.0.2.10:49152\",\"server\":\"198.51.100.20:443\"" },
    { "server-name", "up", "    Server    vpn.example.com\n",
      "\"server_name\":\"vpn.example.com\"" },
    { "tls", "up-tls goodbye close", "1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "\"tls\":{\"version\":\"1.2\"," },
    { "clear", "up goodbye close", NULL, "\"tls\":null" },
    { "still-open", "up", NULL, "\"end\":null" },
    { "candidate", "c.syn wait=1 c.again", "Candidate 0: 192.0.2.10:49152", "\"candidates\":[{" },
    { "two", "up goodbye close next up s.abort=7 close", "Session 1: 192.0.2.10:49153",
      "\"id\":1," },
    { "frames", "up !s.abort=7 close", "Evidence  frames ", "\"frames\":[" },
    { "ras-error", "up s.terminate=829 c.terminate-ack close", NULL, "\"ras_error\":829" },
};

static glong
longest_word(const char *line)
{
    char **words = g_strsplit(line, " ", -1);
    glong longest = 0;

    for (char **word = words; *word; word++)
        longest = MAX(longest, g_utf8_strlen(*word, -1));
    g_strfreev(words);
    return longest;
}

static void
assert_line(const char *line)
{
    /* A word that is longer than a line cannot be broken. */
    if (longest_word(line) < COLUMNS_MAX - LABEL_COLUMNS)
        g_assert_cmpint(g_utf8_strlen(line, -1), <=, COLUMNS_MAX);
    g_assert_false(g_str_has_suffix(line, " "));
    for (const char *p = line; *p; p++)
        g_assert_false(g_ascii_iscntrl(*p));
}

static void
assert_text(const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);

    g_assert_true(g_str_has_suffix(text, "\n"));
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (char **line = lines; *line; line++)
        assert_line(*line);
    g_strfreev(lines);
}

static void
assert_json(const char *json)
{
    if (!json_is_valid(json))
        g_error("no JSON: %s", json);
    g_assert_true(g_utf8_validate(json, -1, NULL));
    g_assert_true(g_str_has_prefix(json, "{\"schema\":\"sstpdiag/1\",\"version\":\"9.9.9\","));
}

static void
assert_has(const char *text, const char *part)
{
    if (part && !strstr(text, part))
        g_error("no \"%s\" in: %s", part, text);
}

static void
assert_reports(struct peer *peer, const struct report_env *env, const char *in_text,
               const char *in_json)
{
    engine_finish(peer->engine);
    char *text = report_text(peer->engine, env), *json = report_json(peer->engine, env);
    assert_text(text);
    assert_json(json);
    assert_has(text, in_text);
    assert_has(json, in_json);
    g_free(text);
    g_free(json);
}

static void
run(gconstpointer data)
{
    const struct row *row = data;
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, row->script);
    assert_reports(&peer, &plain_env, row->in_text, row->in_json);
    peer_clear(&peer);
}

/* What the advice about packets too large for the path names. */
static const struct row advice_rows[] = {
    { "nothing-large-passed",
      "up +s.deaf c.data=1400 wait=0.5 c.again wait=1 c.again wait=2 c.again wait=4 c.again "
      "s.data=60 c.tcp-ack",
      NULL, "SIZE from 1420 downwards" },
    { "something-large-passed",
      "up c.data=1300 s.tcp-ack +s.deaf c.data=1400 wait=0.5 c.again wait=1 c.again wait=2 "
      "c.again wait=4 c.again s.data=60 c.tcp-ack",
      NULL, "mtu=1348 store=persistent on Windows, ip link set DEV mtu 1348 on Linux" },
    { "small-ones-passed",
      "up c.data=900 s.tcp-ack +s.deaf c.data=1400 wait=0.5 c.again wait=1 c.again wait=2 "
      "c.again wait=4 c.again s.data=60 c.tcp-ack",
      NULL, "SIZE from 1420 downwards" },
    { "a-router-asked",
      "up +s.deaf c.data=1400 c.icmp=3/4/1300 wait=0.5 c.again wait=1 c.again wait=2 c.again "
      "wait=4 c.again s.data=60 c.tcp-ack",
      NULL, "packets of at most 1300 bytes. Set that MTU on the client" },
    { "a-router-asked-for-the-impossible",
      "up +s.deaf c.data=1400 c.icmp=3/4/68 wait=0.5 c.again wait=1 c.again wait=2 c.again "
      "wait=4 c.again s.data=60 c.tcp-ack",
      NULL, "SIZE from 1420 downwards" },
    { "a-router-asked-for-what-was-lost",
      "up +s.deaf c.data=1400 c.icmp=3/4/1500 wait=0.5 c.again wait=1 c.again wait=2 c.again "
      "wait=4 c.again s.data=60 c.tcp-ack",
      NULL, "SIZE from 1420 downwards" },
};

/* Sentences that say no more than was seen. */
static const struct row sentence_rows[] = {
    { "reason-of-a-time-limit", "up wait=33 s.terminate=932 c.terminate-ack close", NULL,
      "of connection, and says so: time limit" },
    { "reason-of-an-idle-limit", "up wait=33 s.terminate=828 c.terminate-ack close", NULL,
      "without data, and says so: idle timeout" },
    { "timer-at-either-place", "up-tls c.tcp-ack s.tcp-ack wait=35 s.rst", NULL,
      "a timer on the path, or at that end, ran out" },
    { "hello-without-an-answer", "tcp c.hello wait=1 c.again wait=2 c.again wait=4 c.again", NULL,
      "was never acknowledged, as where a filter drops it" },
    { "goodbye-that-was-not-taken",
      "tcp tls call lcp chap c.call-connected ipcp traffic wait=60 s.terminate s.disconnect s.fin",
      NULL, "the last stage that worked was data (until frame " },
    { "tried-again", "tcp c.post s.answer=404 close wait=1 next up goodbye close",
      "    Later     made good by session 1\n", NULL },
};

struct hostile_row {
    const char *name;
    const char *host, *user;
    const char *in_text, *in_json;
};

/* What strangers send must not write into the report. */
static const struct hostile_row hostile_rows[] = {
    { "quote", "a\"b", "c\\d", "a\"b", "\"server_name\":\"a\\\"b\"" },
    { "user-quote", "a", "c\"d\\", "refused user \"c\"d\\\"", "\"user\":\"c\\\"d\\\\\"" },
    { "newline-user", "a", "b\nVerdict: healthy", "b?Verdict: healthy",
      "\"user\":\"b?Verdict: healthy\"" },
    { "escape", "a\033[2Jb", "\033]0;x\007", "a?[2Jb", "\"server_name\":\"a?[2Jb\"" },
    { "not-utf-8", "a\377", "\300\257", "a\357\277\275", "\"server_name\":\"a\357\277\275\"" },
    { "format", "%s%n%d", "%s%n", "%s%n%d", "%s%n%d" },
    { "c1-control", "a\302\233b", "a\302\205b", NULL, NULL },
    { "line-separator", "a\342\200\250b", "a\342\200\256b", NULL, NULL },
};

static void
run_hostile(gconstpointer data)
{
    const struct hostile_row *row = data;
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer.host = row->host;
    peer.user = row->user;
    peer_run(&peer, "dial lcp s.challenge c.response s.failure=E=691_R=0 close");
    assert_reports(&peer, &plain_env, row->in_text, row->in_json);
    peer_clear(&peer);
}

/* Longer than a line, and than what is kept of it. */
static void
test_long_names(void)
{
    const struct config config = peer_config();
    char *host = g_strnfill(4000, 'h'), *user = g_strnfill(200, 'u');
    struct peer peer;

    peer_init(&peer, &config);
    peer.host = host;
    peer.user = user;
    peer_run(&peer, "dial lcp s.challenge c.response s.failure=E=691_R=0 close");
    assert_reports(&peer, &plain_env, "hhhh", user);
    peer_clear(&peer);
    g_free(host);
    g_free(user);
}

/* Many lines of many findings. */
static void
test_crowded(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer,
             "[c.partial] c.post s.answer c.call-request s.call-ack=1 s.lcp-of c.lcp-of=1000 chap "
             "c.call-connected=nonce,cert ipcp s.data=1400 s.data=1401 s.oversize "
             "s.lcp-echo c.tcp-ack wait=5 s.lcp-echo c.tcp-ack wait=5 s.abort=7 s.fin");
    assert_reports(&peer, &plain_env, "Also found", "\"id\":\"cb_nonce_mismatch\"");
    peer_clear(&peer);
}

/* Both askers, in words and numbers; who never asked is not named. */
static void
test_keepalive(void)
{
    struct config config = peer_config();
    struct peer peer;

    config.servers = (char *)"any";
    peer_init(&peer, &config);
    peer_run(&peer, "up s.lcp-echo c.lcp-reply wait=20 s.lcp-echo c.lcp-reply wait=30 s.lcp-echo "
                    "c.tcp-ack c.echo "
                    "s.echo-reply goodbye close");
    engine_finish(peer.engine);
    const struct result *result = g_ptr_array_index(engine_results(peer.engine), 0);
    char *text = report_keepalive_text(result->session);
    char *json = report_json(peer.engine, &plain_env);
    g_assert_cmpstr(text, ==,
                    "SSTP echo of the client, 1 of 1 answered in 10 ms; "
                    "LCP echo of the server every 20.0 to 30.0 s, 2 of 3 answered in 10 ms");
    g_assert_nonnull(strstr(json, "{\"protocol\":\"LCP\",\"asker\":\"server\",\"requests\":3,"
                                  "\"answered\":2,\"interval_min\":20.0"));
    g_assert_nonnull(strstr(json, "\"interval_min\":null,\"interval_max\":null,"
                                  "\"round_trip_min\":0.010000"));
    g_assert_null(strstr(json, "\"protocol\":\"SSTP\",\"asker\":\"server\""));
    g_free(text);
    g_free(json);
    peer_clear(&peer);
}

/* What differs is shown with what was expected, what is as it should be in one line. */
static void
test_binding(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "dial lcp chap c.call-connected=nonce ipcp traffic");
    engine_finish(peer.engine);
    char *text = report_text(peer.engine, &plain_env);
    char *json = report_json(peer.engine, &plain_env);
    assert_has(text, "\n    Nonce            differs      Call Connect Ack\n    received  ");
    assert_has(text, "\n    Hash protocol    ok           Call Connect Ack\n    Certificate hash ");
    assert_has(json, "{\"check\":\"nonce\",\"result\":\"differs\",\"received\":\"");
    assert_has(json, "{\"check\":\"mac\",\"result\":\"not verified\",\"received\":\"");
    g_free(text);
    g_free(json);
    peer_clear(&peer);
}

/* Without Call Connected there is nothing to compare. */
static void
test_no_binding(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "dial lcp");
    engine_finish(peer.engine);
    char *text = report_text(peer.engine, &plain_env);
    char *json = report_json(peer.engine, &plain_env);
    g_assert_null(strstr(text, "crypto binding"));
    assert_has(json, "\"binding\":[],");
    g_free(text);
    g_free(json);
    peer_clear(&peer);
}

/* Of connections seen from both ends, too, the worst one is told first. */
static void
test_pairs(void)
{
    const struct report_env env = { .version = "0", .max_sessions = 1 };
    struct config config = peer_script_config("[ends] up-tls");
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "[ends] up-tls traffic goodbye close wait=5 next tcp tls call lcp s.challenge "
                    "c.response s.failure=691 c.terminate s.disconnect close");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_pairs(peer.engine)->len, ==, 2);
    char *text = report_text(peer.engine, &env);
    assert_has(text, "[auth_bad_credentials]");
    assert_has(text, "\nPair 1");
    g_assert_null(strstr(text, "\nPair 0"));
    g_free(text);
    peer_clear(&peer);
    credentials_unref(config.credentials);
}

static void
test_env(void)
{
    static const struct report_interface interfaces[] = { { 0, "eth\"0" }, { 3, NULL } };
    static const struct report_hint hints[] = {
        { "tcp.desegment", "TRUE", "some packets were not reassembled, and that costs findings" }
    };
    const struct report_env env = { .version = "9.9.9",
                                    .interfaces = interfaces,
                                    .num_interfaces = G_N_ELEMENTS(interfaces),
                                    .hints = hints,
                                    .num_hints = G_N_ELEMENTS(hints) };
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up");
    assert_reports(&peer, &env, "Hint: some packets", "\"file\":\"\"");
    char *json = report_json(peer.engine, &env);
    assert_has(json, "{\"id\":0,\"name\":\"eth\\\"0\",");
    assert_has(json, "{\"id\":3,\"name\":null,");
    assert_has(json, "\"hints\":[{\"preference\":\"tcp.desegment\",\"value\":\"TRUE\",");
    g_free(json);
    peer_clear(&peer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/report/session", rows, run);
    ADD_ROWS("/report/advice", advice_rows, run);
    ADD_ROWS("/report/sentences", sentence_rows, run);
    ADD_ROWS("/report/hostile", hostile_rows, run_hostile);
    g_test_add_func("/report/checker", test_checker);
    g_test_add_func("/report/long-names", test_long_names);
    g_test_add_func("/report/crowded", test_crowded);
    g_test_add_func("/report/env", test_env);
    g_test_add_func("/report/pairs", test_pairs);
    g_test_add_func("/report/binding", test_binding);
    g_test_add_func("/report/no-binding", test_no_binding);
    g_test_add_func("/report/keepalive", test_keepalive);
    return g_test_run();
}
