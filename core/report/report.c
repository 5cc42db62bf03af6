/* report.c - what was found in a capture, as text for people and as JSON for programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/report.h"

#include <string.h>

#include "base/json.h"
#include "base/numeric.h"
#include "report/attempt.h"
#include "report/binding.h"
#include "report/keepalive.h"
#include "report/log.h"
#include "report/nothing.h"
#include "report/pair.h"
#include "report/tally.h"
#include "report/trace.h"
#include "report/verdict.h"
#include "base/text.h"

/* --- what both forms say --------------------------------------------------------------------- */

static double
since_start(const struct engine *engine, struct mark mark)
{
    return mark_seconds(engine_first(engine), mark);
}

static const char *
server_name(const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    if (tls->has_client_hello && tls->client_hello.has_sni)
        return tls->client_hello.sni;
    return session_http(session)->host;
}

static bool
session_closed_at(const struct session *session, struct mark *end)
{
    enum side by;
    bool reset;

    return conn_closed(session_conn(session), end, &by, &reset);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
json_endpoint(struct json *json, const char *key, const struct endpoint *endpoint)
{
    char *text = endpoint_text(endpoint);

    json_string(json, key, text);
    g_free(text);
}

/* The sequence number of its SYN: with it, the same connection is known again elsewhere. */
static void
json_isn(struct json *json, const char *key, const struct session *session, enum side side)
{
    const struct tcp_half *half = session_half(session, side);

    if (mark_is_set(half->syn))
        json_number(json, key, half->base - 1);
    else
        json_null(json, key);
}

/* Of encrypted bytes of its stream, where it began before the capture: with one of them, the same
 * connection is known again elsewhere. */
static void
json_prints(struct json *json, const struct session *session)
{
    const struct conn *conn = session_conn(session);

    json_array_begin(json, "stream_prints");
    for (int side = 0; conn_start_missing(conn) && side < SIDE_COUNT; side++) {
        const struct seq_log *log = conn_seq_log(conn, (enum side)side);
        for (unsigned i = 0; i < log->num_prints; i++) {
            char text[2 * sizeof log->prints[i].hash + 1];
            g_snprintf(text, sizeof text, "%016" G_GINT64_MODIFIER "x", log->prints[i].hash);
            json_string(json, NULL, text);
        }
    }
    json_array_end(json);
}

/* NULL is null. */
static void
json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t len)
{
    char *hex = bytes ? text_hex(bytes, len) : NULL;

    json_string(json, key, hex);
    g_free(hex);
}

static void
json_tls(struct json *json, const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    if (!tls->has_client_hello && !tls->has_server_hello) {
        json_null(json, "tls");
        return;
    }
    json_object_begin(json, "tls");
    json_string(json, "version",
                tls->has_server_hello ? tls_version_name(tls->server_hello.version) : NULL);
    json_string(json, "cipher",
                tls->has_server_hello ? tls_cipher_suite_name(tls->server_hello.cipher_suite)
                                      : NULL);
    json_string(json, "sni", tls->client_hello.has_sni ? tls->client_hello.sni : NULL);
    bool own_cert = session_cert(session) && !session_cert_is_earlier(session);
    json_hex(json, "certificate_sha256", own_cert ? session_cert(session)->sha256 : NULL,
             sizeof session_cert(session)->sha256);
    json_hex(json, "client_random", tls->has_client_hello ? tls->client_hello.random : NULL,
             sizeof tls->client_hello.random);
    json_object_end(json);
}

static void
json_stages(struct json *json, const struct engine *engine, const struct session *session)
{
    json_array_begin(json, "stages");
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(session, stage);
        if (!mark_is_set(state->first))
            continue;
        const struct frame_range frames = engine_frames_of(engine, state->first, state->last);
        json_object_begin(json, NULL);
        json_string(json, "stage", stage_name((enum stage)stage));
        json_string(json, "outcome", outcome_name(state->outcome));
        json_number(json, "first_frame", frames.first);
        json_number(json, "last_frame", frames.last);
        json_number(json, "seconds", mark_seconds(state->first, state->last));
        json_object_end(json);
    }
    json_array_end(json);
}

static void
json_finding(struct json *json, const struct finding *finding)
{
    const struct finding_info *info = finding_info(finding->id);

    json_object_begin(json, NULL);
    json_string(json, "id", info->name);
    json_string(json, "title", info->title);
    json_string(json, "stage", stage_name(info->stage));
    json_string(json, "severity", severity_name(finding->severity));
    json_string(json, "confidence", confidence_name(finding->confidence));
    json_string(json, "evidence", evidence_name(finding->evidence));
    json_array_begin(json, "frames");
    for (unsigned i = 0; i < finding->num_frames; i++)
        json_number(json, NULL, finding->frames[i]);
    json_array_end(json);
    json_string(json, "summary", finding->summary);
    json_object_begin(json, "details");
    report_details_json(json, finding);
    json_object_end(json);
    json_string(json, "advice", finding_advice(finding));
    json_object_end(json);
}

/* Its first segment, or the query that led to none. */
static struct mark
session_first(const struct session *session)
{
    return session_has_no_connection(session) ? session_dns(session)->first
                                              : conn_first(session_conn(session));
}

static void
json_counts(struct json *json, const struct session *session)
{
    const struct sstp_facts *sstp = session_sstp(session);

    json_object_begin(json, "counts");
    json_number(json, "sstp_packets", sstp->packets[SIDE_CLIENT] + sstp->packets[SIDE_SERVER]);
    json_number(json, "sstp_packets_c2s", sstp->packets[SIDE_CLIENT]);
    json_number(json, "sstp_packets_s2c", sstp->packets[SIDE_SERVER]);
    json_number(json, "data_packets_c2s", session_data(session)->packets[SIDE_CLIENT]);
    json_number(json, "data_packets_s2c", session_data(session)->packets[SIDE_SERVER]);
    json_number(json, "undecrypted_records_c2s", session_undecrypted(session, SIDE_CLIENT));
    json_number(json, "undecrypted_records_s2c", session_undecrypted(session, SIDE_SERVER));
    json_object_end(json);
}

static void
json_session(struct json *json, const struct engine *engine, const struct report_env *env,
             const struct logbook *book, const struct result *result)
{
    const struct session *session = result->session;
    struct mark end;

    json_object_begin(json, NULL);
    json_number(json, "id", session_id(session));
    json_endpoint(json, "client", conn_endpoint(session_conn(session), SIDE_CLIENT));
    json_endpoint(json, "server", conn_endpoint(session_conn(session), SIDE_SERVER));
    json_string(json, "server_name", server_name(session));
    json_number(json, "interface", conn_interface(session_conn(session)));
    json_number(json, "start", since_start(engine, session_first(session)));
    if (session_closed_at(session, &end))
        json_number(json, "end", since_start(engine, end));
    else
        json_null(json, "end");
    json_string(json, "stage", stage_name(session_reached(session)));
    json_string(json, "outcome", session_outcome(session));
    json_string(json, "evidence", evidence_name(session_evidence(session)));
    json_string(json, "correlation_id", session_http(session)->correlation_id);
    json_isn(json, "client_isn", session, SIDE_CLIENT);
    json_isn(json, "server_isn", session, SIDE_SERVER);
    json_prints(json, session);
    json_tls(json, session);
    report_facts_json(json, session);
    json_counts(json, session);
    report_keepalive_json(json, session);
    report_binding_json(json, session);
    json_stages(json, engine, session);
    if (result->made_good_by)
        json_number(json, "made_good_by", session_id(result->made_good_by->session));
    else
        json_null(json, "made_good_by");
    report_verdict_json(json, &result->verdict);
    json_array_begin(json, "findings");
    for (guint i = 0; i < result->found->len; i++)
        json_finding(json, g_ptr_array_index(result->found, i));
    json_array_end(json);
    report_log_json(json, book, result, engine_first(engine));
    if (env->trace)
        report_trace_json(json, session, engine);
    json_object_end(json);
}

static void
json_results(struct json *json, const char *key, const struct engine *engine,
             const struct report_env *env, const struct logbook *book, const GPtrArray *results)
{
    json_array_begin(json, key);
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        if (!env->only || env->only == result->session) {
            json_session(json, engine, env, book, result);
            conn_rest(session_conn(result->session));
        }
    }
    json_array_end(json);
}

static void
json_capture(struct json *json, const struct engine *engine, const struct report_env *env)
{
    json_object_begin(json, "capture");
    json_string(json, "file", env->file ? env->file : "");
    if (env->source)
        json_string(json, "source", env->source);
    json_number(json, "frames", engine_num_frames(engine));
    json_number(json, "duration", since_start(engine, engine_last(engine)));
    if (mark_is_set(engine_first(engine)))
        json_number(json, "start", ns_seconds(engine_first(engine).time));
    else
        json_null(json, "start");
    json_array_begin(json, "interfaces");
    for (size_t i = 0; i < env->num_interfaces; i++) {
        json_object_begin(json, NULL);
        json_number(json, "id", env->interfaces[i].id);
        json_string(json, "name", env->interfaces[i].name);
        json_string(json, "role",
                    capture_point_role_name(engine_role(engine, env->interfaces[i].id)));
        json_object_end(json);
    }
    json_array_end(json);
    report_clock_json(json, engine);
    json_object_end(json);
}

static char *
write_json(const struct engine *engine, const struct report_env *env)
{
    struct json json = { g_string_new(NULL), false };
    struct logbook *book = logbook_new(engine, env->logs);

    json_object_begin(&json, NULL);
    json_string(&json, "schema", "sstpdiag/1");
    json_string(&json, "version", env->version);
    json_capture(&json, engine, env);
    json_results(&json, "sessions", engine, env, book, engine_results(engine));
    json_results(&json, "candidates", engine, env, book, engine_candidates(engine));
    report_pairs_json(&json, engine, env->trace, json_finding);
    report_nothing_json(&json, engine, env->for_command);
    json_array_begin(&json, "hints");
    for (size_t i = 0; i < env->num_hints; i++) {
        json_object_begin(&json, NULL);
        json_string(&json, "preference", env->hints[i].preference);
        json_string(&json, "value", env->hints[i].value);
        json_string(&json, "text", env->hints[i].text);
        json_object_end(&json);
    }
    json_array_end(&json);
    report_logs_json(&json, book);
    if (env->more)
        env->more(env->more_data, &json);
    json_object_end(&json);
    logbook_free(book);
    g_string_append_c(json.text, '\n');
    return g_string_free(json.text, FALSE);
}

/* --- text ------------------------------------------------------------------------------------ */

static char *
stage_frames_text(const struct engine *engine, const struct stage_state *state)
{
    const struct frame_range frames = engine_frames_of(engine, state->first, state->last);

    if (frames.first == frames.last)
        return g_strdup_printf("%u", frames.first);
    return g_strdup_printf("%u-%u", frames.first, frames.last);
}

static void
text_stages(GString *text, const struct engine *engine, const struct result *result)
{
    const struct session *session = result->session;
    bool failed = false;

    g_string_append_printf(text, "\n    %-10s %-9s %10s %10s  %s\n", "stage", "outcome",
                           "at second", "seconds", "frames");
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(session, stage);
        if (!mark_is_set(state->first))
            continue;
        char *frames = stage_frames_text(engine, state);
        g_string_append_printf(text, "    %-10s %-9s %10.3f %10.3f  %s\n",
                               stage_name((enum stage)stage), outcome_name(state->outcome),
                               since_start(engine, state->first),
                               mark_seconds(state->first, state->last), frames);
        g_free(frames);
        failed |= state->outcome == OUTCOME_FAILED;
    }
    if (failed && result->verdict.state == VERDICT_HEALTHY)
        text_labelled(text, "failed",
                      "this stage did not come to its end, and nothing shows that "
                      "this is a fault");
}

static const char *
outcome_mark(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_SKIPPED:
        return " (agreed to do without)";
    case OUTCOME_INFERRED:
        return " (inferred)";
    default:
        return outcome == OUTCOME_OK ? "" : " (not seen to its end)";
    }
}

/* Does it take no table to tell what is well? */
static bool
is_told_in_brief(const struct result *result, const struct report_env *env)
{
    if (result->verdict.state != VERDICT_HEALTHY || env->verbose)
        return false;
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(result->session, stage);
        if (mark_is_set(state->first) && state->outcome == OUTCOME_FAILED)
            return false;
    }
    return true;
}

/* What was seen working, how long each took, and what was carried. */
static void
text_worked(GString *text, const struct session *session)
{
    const struct conn *conn = session_conn(session);
    const double seconds = mark_seconds(conn_first(conn), conn_last(conn));
    GString *words = g_string_new(NULL);

    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(session, stage);
        if (mark_is_set(state->first))
            g_string_append_printf(words, "%s%s %s%s", words->len ? ", " : "",
                                   stage_name((enum stage)stage),
                                   text_seconds(mark_seconds(state->first, state->last)).text,
                                   outcome_mark(state->outcome));
    }
    g_string_append_c(text, '\n');
    text_labelled(text, "Worked", words->str);
    g_string_free(words, TRUE);
    if (seconds <= 0)
        return;
    char *rates = g_strdup_printf(
        "%.1f kbit/s to the server, %.1f kbit/s to the client (TCP payload, over %s)",
        (double)conn_half(conn, SIDE_CLIENT)->next * 8 / 1000 / seconds,
        (double)conn_half(conn, SIDE_SERVER)->next * 8 / 1000 / seconds,
        text_seconds(seconds).text);
    text_labelled(text, "Rates", rates);
    g_free(rates);
}

static void
text_session_line(GString *text, const struct result *result, const char *kind, bool brief)
{
    const struct session *session = result->session;
    char *client = endpoint_text(conn_endpoint(session_conn(session), SIDE_CLIENT));
    char *server = endpoint_text(conn_endpoint(session_conn(session), SIDE_SERVER));
    const char *name = server_name(session);
    const struct tls_facts *tls = session_tls(session);

    g_string_append_printf(text, "\n%s %u: %s -> %s\n", kind, session_id(session), client, server);
    if (name)
        text_labelled(text, "Server", name);
    if (tls->has_server_hello) {
        const char *version = tls_version_name(tls->server_hello.version);
        const char *cipher = tls_cipher_suite_name(tls->server_hello.cipher_suite);
        char *words = g_strdup_printf("%s, %s", version ? version : "unknown version",
                                      cipher ? cipher : "unknown cipher suite");
        text_labelled(text, "TLS", words);
        g_free(words);
    }
    char *state = g_strdup_printf("%s, reached stage %s, evidence %s", session_outcome(session),
                                  stage_name(session_reached(session)),
                                  evidence_name(session_evidence(session)));
    text_labelled(text, "Outcome", state);
    if (result->made_good_by) {
        char *later =
            g_strdup_printf("made good by session %u", session_id(result->made_good_by->session));
        text_labelled(text, "Later", later);
        g_free(later);
    }
    char *keepalive = report_keepalive_text(session);
    text_labelled(text, "Keepalive", keepalive);
    g_free(keepalive);
    char *binding = report_binding_line(session, brief);
    text_labelled(text, "Binding", binding);
    g_free(binding);
    g_free(state);
    g_free(client);
    g_free(server);
}

static int
severity_of(gconstpointer item)
{
    return report_result_severity(item);
}

static void
text_results(GString *text, const struct engine *engine, const struct report_env *env,
             const struct logbook *book, const GPtrArray *results, const char *kind)
{
    GArray *places = report_worst_first(results, severity_of);
    guint num = env->max_sessions ? MIN(places->len, env->max_sessions) : places->len;
    for (guint i = 0; i < num; i++) {
        const struct result *result = g_ptr_array_index(results, g_array_index(places, guint, i));
        const bool brief = is_told_in_brief(result, env);
        text_session_line(text, result, kind, brief);
        report_result_text(text, result, NULL, NULL);
        if (brief)
            text_worked(text, result->session);
        else
            text_stages(text, engine, result);
        report_binding_text(text, result->session, env->verbose);
        report_log_text(text, book, result, engine_first(engine));
        conn_rest(session_conn(result->session));
    }
    g_array_unref(places);
}

/* What stands in the place of those that are not told one by one. */
static void
text_left_out(GString *text, const struct engine *engine, const struct report_env *env)
{
    guint num = MAX(engine_results(engine)->len, engine_candidates(engine)->len);

    if (!env->max_sessions || num <= env->max_sessions)
        return;
    report_tally_table(text, engine);
    const bool none = engine_results(engine)->len == 0;
    char *words = g_strdup_printf("Below: the worst %u of %s. All of them: %s", env->max_sessions,
                                  text_count(num, none ? "candidate" : "session").text,
                                  env->for_command ? "--all" : "-z sstpdiag,all");
    g_string_append_c(text, '\n');
    text_wrapped(text, 0, 0, words);
    g_free(words);
}

static char *
write_text(const struct engine *engine, const struct report_env *env)
{
    const GPtrArray *results = engine_results(engine), *candidates = engine_candidates(engine);
    GString *text = g_string_new(NULL);
    struct logbook *book = logbook_new(engine, env->logs);

    logbook_want_all(book, env->all_log_lines);
    report_tally_text(text, engine);
    g_string_append_printf(text, "SSTP Diagnostics %s: %s in %s (%s)\n", env->version,
                           text_count(results->len, "SSTP session").text,
                           text_count(engine_num_frames(engine), "frame").text,
                           text_seconds(since_start(engine, engine_last(engine))).text);
    report_nothing_text(text, engine, env->for_command);
    text_left_out(text, engine, env);
    report_pairs_text(text, engine, env->max_sessions);
    text_results(text, engine, env, book, results, "Session");
    text_results(text, engine, env, book, candidates, "Candidate");
    report_logs_text(text, book);
    logbook_free(book);
    for (size_t i = 0; i < env->num_hints; i++) {
        g_string_append_c(text, '\n');
        char *words = g_strdup_printf("Hint: %s (-o %s:%s)", env->hints[i].text,
                                      env->hints[i].preference, env->hints[i].value);
        text_wrapped(text, 2, 0, words);
        g_free(words);
    }
    return g_string_free(text, FALSE);
}

/* --- both ------------------------------------------------------------------------------------ */

char *
report_json(const struct engine *engine, const struct report_env *env)
{
    void *before = numeric_begin();
    char *report = write_json(engine, env);

    numeric_end(before);
    return report;
}

char *
report_text(const struct engine *engine, const struct report_env *env)
{
    void *before = numeric_begin();
    char *report = write_text(engine, env);

    numeric_end(before);
    return report;
}

char *
report_interface_label(const struct report_env *env, enum capture_point_role role, uint32_t id)
{
    const char *name = NULL, *role_name = capture_point_role_name(role);
    bool unique = true;

    for (size_t i = 0; i < env->num_interfaces; i++)
        if (env->interfaces[i].id == id)
            name = env->interfaces[i].name;
    for (size_t i = 0; i < env->num_interfaces; i++)
        unique &= env->interfaces[i].id == id || g_strcmp0(env->interfaces[i].name, name) != 0;
    if (!name)
        return role == ROLE_UNKNOWN ? g_strdup_printf("interface %u", id)
                                    : g_strdup_printf("%s (interface %u)", role_name, id);
    /* sstpcap names interfaces for the ends. */
    if (role != ROLE_UNKNOWN && strcmp(name, role_name) != 0)
        return g_strdup_printf("%s (%s)", role_name, name);
    return role != ROLE_UNKNOWN || unique ? g_strdup(name) : g_strdup_printf("%s (%u)", name, id);
}
