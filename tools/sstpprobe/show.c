/* show.c - what the probe prints
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show.h"

#include <stdio.h>
#include <unistd.h>

#include "base/endpoint.h"
#include "base/numbers.h"
#include "base/text.h"
#include "here.h"
#include "report/report.h"
#include "report/verdict.h"
#include "record.h"
#include "word.h"

enum { SEEN_COLUMN = 31, FILE_INDENT = 2, SECONDS_PER_DAY = 86400 };

/* --- text ------------------------------------------------------------------------------------- */

/* Progress of a report that is printed as a whole, for who waits for it. */
static FILE *
stream_of(const struct options *options)
{
    if (!options->json && !options->check)
        return stdout;
    return !options->quiet && isatty(STDERR_FILENO) ? stderr : NULL;
}

static void
append_head(GString *text, const struct options *options, const char *version)
{
    GDateTime *now = g_date_time_new_now_utc();
    char *time = g_date_time_format(now, "%F %T UTC");
    char *target = options_target(options->name, options->port);

    g_string_append_printf(
        text, "sstpprobe %s: %s %s%s, %s\n\n    step     outcome  seconds  seen\n", version, target,
        options->user ? "as " : "without an account", options->user ? options->user : "", time);
    g_free(target);
    g_free(time);
    g_date_time_unref(now);
}

void
show_begin(const struct options *options, const char *version)
{
    GString *text = g_string_new(NULL);
    FILE *stream = stream_of(options);

    append_head(text, options, version);
    if (stream)
        fputs(text->str, stream);
    g_string_free(text, TRUE);
}

static void
append_step(GString *text, const char *name, const struct step_result *result)
{
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "    %-8s %-8s", name, step_outcome_name(result->outcome));
    if (result->seconds < 0)
        g_string_append(line, "          ");
    else
        g_string_append_printf(line, " %7.3f  ", result->seconds);
    text_wrapped(line, SEEN_COLUMN, line->len, result->seen);
    g_string_append_len(text, line->str, (gssize)line->len);
    g_string_free(line, TRUE);
}

void
show_step(void *data, const char *name, const struct step_result *result)
{
    const struct options *options = data;
    GString *line = g_string_new(NULL);
    FILE *stream = stream_of(options);

    append_step(line, name, result);
    if (stream) {
        fputs(line->str, stream);
        fflush(stream);
    }
    g_string_free(line, TRUE);
}

static char *
evidence_seconds(void *data, const struct finding *finding)
{
    const struct attempt *attempt = data;
    GString *text = g_string_new("at ");

    for (unsigned i = 0; i < finding->num_frames; i++)
        g_string_append_printf(text, "%s%.3f", i ? ", " : "",
                               attempt_frame_seconds(attempt, finding->frames[i]));
    g_string_append(text, " s");
    return g_string_free(text, FALSE);
}

/* Where no rule says why, the probe says at least what it saw: it is the client itself. */
static void
add_failed_step(GString *text, const struct walk *walk)
{
    const struct word word = word_of(walk);

    if (word.level == WORD_BAD && word.step && word.seen) {
        char *words = g_strdup_printf("%s: %s", word.step, word.seen);
        text_labelled(text, "Probe", words);
        g_free(words);
    }
}

/* With PAP the secrets open the password. */
enum secrets
show_secrets(const struct walk *walk)
{
    const struct call *call = walk->attempt->call;

    if (!call || call_facts(call).login->method != METHOD_PAP)
        return SECRETS_HARMLESS;
    return walk->options->write_keys ? SECRETS_OPEN_PASSWORD : SECRETS_LEFT_OUT;
}

static void
append_file(GString *text, const struct walk *walk)
{
    static const char *const words[] = {
        [SECRETS_HARMLESS] = "with the TLS secrets. Keep it safe.",
        [SECRETS_OPEN_PASSWORD] = "with the TLS secrets:\n  the password can be read with them. "
                                  "Keep it safe.",
        [SECRETS_LEFT_OUT] = "without the TLS\n  secrets, with which the password could be read "
                             "(--write-keys).",
    };

    g_string_append_printf(text, "\n  %s: packets made from a socket, %s\n", walk->options->write,
                           words[show_secrets(walk)]);
}

static void
append_record(GString *text, const struct walk *walk)
{
    if (!walk->record)
        return;
    char *words = g_strdup_printf("%s: %s", walk->options->record, record_text(walk->record));
    g_string_append(text, "\n  ");
    text_wrapped(text, FILE_INDENT, FILE_INDENT, words);
    g_free(words);
}

/* What stands below the steps. */
static void
append_rest(GString *text, const struct walk *walk)
{
    const struct options *options = walk->options;
    const struct result *result = walk->attempt ? attempt_result(walk->attempt) : NULL;

    if (result)
        report_result_text(text, result, options->write ? NULL : evidence_seconds, walk->attempt);
    else
        g_string_append(text, "\n  Verdict: none, as nothing was sent to the server\n");
    if (result && result->verdict.state != VERDICT_FAULT)
        add_failed_step(text, walk);
    if (options->write && walk->attempt)
        append_file(text, walk);
    append_record(text, walk);
}

char *
show_as_text(const struct walk *walk)
{
    GString *text = g_string_new(NULL);

    append_head(text, walk->options, walk->version);
    for (int step = 0; step < STEP_COUNT; step++)
        append_step(text, step_name((enum step)step), &walk->steps[step]);
    append_rest(text, walk);
    return g_string_free(text, FALSE);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void
json_steps(const struct walk *walk, struct json *json)
{
    json_array_begin(json, "steps");
    for (int step = 0; step < STEP_COUNT; step++) {
        const struct step_result *result = &walk->steps[step];
        json_object_begin(json, NULL);
        json_string(json, "step", step_name((enum step)step));
        json_string(json, "outcome", step_outcome_name(result->outcome));
        if (result->seconds < 0)
            json_null(json, "seconds");
        else
            json_number(json, "seconds", result->seconds);
        json_string(json, "seen", result->seen);
        json_string(json, "finding", word_of_step(walk, (enum step)step));
        json_object_end(json);
    }
    json_array_end(json);
}

static void
json_system_lookup(const struct walk *walk, struct json *json)
{
    json_object_begin(json, NULL);
    json_string(json, "by", "system");
    json_array_begin(json, "addresses");
    for (guint i = 0; i < walk->addresses->len; i++) {
        char *text = g_inet_address_to_string(g_ptr_array_index(walk->addresses, i));
        json_string(json, NULL, text);
        g_free(text);
    }
    json_array_end(json);
    json_object_end(json);
}

static void
json_resolver(const struct resolver *resolver, struct json *json)
{
    char *by = endpoint_address_text(&resolver->address);

    json_object_begin(json, NULL);
    json_string(json, "by", by);
    json_string(json, "rcode", resolver->answered ? dns_rcode_name(resolver->rcode) : NULL);
    json_number(json, "queries", resolver->queries);
    json_array_begin(json, "addresses");
    for (unsigned i = 0; i < resolver->num_addresses; i++) {
        char *text = endpoint_address_text(&resolver->addresses[i]);
        json_string(json, NULL, text);
        g_free(text);
    }
    json_array_end(json);
    json_object_end(json);
    g_free(by);
}

static void
json_lookups(const struct walk *walk, struct json *json)
{
    json_array_begin(json, "lookups");
    if (walk->addresses)
        json_system_lookup(walk, json);
    for (unsigned i = 0; walk->ask && i < walk->ask->num; i++)
        json_resolver(&walk->ask->resolvers[i], json);
    json_array_end(json);
}

static void
json_trials(const struct walk *walk, struct json *json)
{
    json_array_begin(json, "trials");
    for (guint i = 0; i < walk->trials->len; i++) {
        const struct trial *trial = &g_array_index(walk->trials, struct trial, i);
        json_object_begin(json, NULL);
        json_string(json, "kind", trial_kind_name(trial->kind));
        json_string(json, "value", trial->value);
        json_string(json, "passed", stage_name(trial->passed));
        json_string(json, "seen", trial->seen);
        json_object_end(json);
    }
    json_array_end(json);
}

static void
json_passage(struct json *json, const char *name, enum passage passage)
{
    if (passage == PASSAGE_UNKNOWN)
        json_null(json, name);
    else
        json_bool(json, name, passage == PASSAGE_GOOD);
}

/* Bytes; null: not known. */
static void
json_fits(struct json *json, const char *name, size_t bytes)
{
    if (bytes)
        json_number(json, name, (double)bytes);
    else
        json_null(json, name);
}

static void
json_path(const struct walk *walk, struct json *json)
{
    const struct wire_counts *counts = walk->attempt ? &walk->attempt->wire.counts : NULL;

    if (!counts || counts->mss_out == 0) {
        json_null(json, "path");
        return;
    }
    json_object_begin(json, "path");
    json_number(json, "mtu_c2s", counts->path_mtu);
    json_passage(json, "passes_c2s", walk->passes[SIDE_CLIENT]);
    json_passage(json, "passes_s2c", walk->passes[SIDE_SERVER]);
    json_fits(json, "fits_c2s", walk->fits[SIDE_CLIENT]);
    json_fits(json, "fits_s2c", walk->fits[SIDE_SERVER]);
    json_number(json, "mss", counts->mss_out);
    json_number(json, "rtt", ns_seconds(counts->rtt));
    json_number(json, "resent", counts->resent);
    json_number(json, "out_of_order", counts->out_of_order);
    json_fits(json, "inner_mtu", walk->inner_mtu);
    json_fits(json, "inner_host_mtu", walk->inner_host_mtu);
    json_object_end(json);
}

static void
json_certificate(const struct walk *walk, struct json *json)
{
    const struct link *link = walk->attempt ? &walk->attempt->link : NULL;

    if (!link || !link->has_cert) {
        json_null(json, "certificate");
        return;
    }
    const double now = (double)g_get_real_time() / G_USEC_PER_SEC;
    json_object_begin(json, "certificate");
    json_bool(json, "trusted", link->trust == 0);
    json_string(json, "store", walk->options->ca ? "file" : "system");
    json_string(json, "issuer", link->issuer);
    json_number(json, "not_after", (double)link->not_after);
    json_number(json, "days", (double)(gint64)(((double)link->not_after - now) / SECONDS_PER_DAY));
    json_object_end(json);
}

static void
json_login(const struct walk *walk, struct json *json)
{
    const struct call *call = walk->attempt ? walk->attempt->call : NULL;
    const bool begun = call && call_facts(call).login->method != METHOD_NONE;

    json_object_begin(json, "login");
    json_number(json, "attempts",
                walk->secret->handed_out || (call && call_facts(call).login->cert));
    json_string(json, "method", begun ? method_name(call_facts(call).login->method) : NULL);
    json_string(json, "withheld", walk->options->withheld);
    json_array_begin(json, "asked");
    for (unsigned i = 0; call && i < call_facts(call).lcp->num_asked; i++)
        json_string(json, NULL, method_name(call_facts(call).lcp->asked[i]));
    json_array_end(json);
    json_object_end(json);
}

static void
json_record(const struct walk *walk, struct json *json)
{
    if (!walk->record) {
        json_null(json, "record");
        return;
    }
    json_object_begin(json, "record");
    json_string(json, "file", walk->options->record);
    json_bool(json, "made", record_is_made(walk->record));
    json_string(json, "seen", record_text(walk->record));
    json_object_end(json);
}

static void
json_probe(void *data, struct json *json)
{
    const struct walk *walk = data;
    char *target = options_target(walk->options->name, walk->options->port);

    json_object_begin(json, "probe");
    json_string(json, "target", target);
    json_string(json, "depth", walk->options->user ? "inner" : "lcp");
    json_string(json, "user", walk->options->user);
    json_steps(walk, json);
    json_lookups(walk, json);
    json_trials(walk, json);
    json_path(walk, json);
    json_certificate(walk, json);
    here_json(walk, json);
    json_login(walk, json);
    json_record(walk, json);
    json_object_end(json);
    g_free(target);
}

char *
show_as_json(const struct walk *walk, bool trace)
{
    static const struct report_interface interface = { 0, VANTAGE_SOCKET_NAME };
    const struct report_env env = {
        .version = walk->version,
        .file = walk->options->write,
        .interfaces = &interface,
        .num_interfaces = 1,
        .trace = trace,
        .source = "probe",
        .more = json_probe,
        .more_data = (void *)walk,
    };
    const struct config nothing = { 0 };
    struct engine *empty = walk->attempt ? NULL : engine_new(&nothing);

    if (empty)
        engine_finish(empty);
    char *text = report_json(walk->attempt ? walk->attempt->engine : empty, &env);
    engine_free(empty);
    return text;
}

/* --- both ------------------------------------------------------------------------------------- */

void
show_end(const struct walk *walk)
{
    GString *text = g_string_new(NULL);

    if (walk->options->json) {
        char *document = show_as_json(walk, false);
        g_string_assign(text, document);
        g_free(document);
    } else {
        append_rest(text, walk);
    }
    fputs(text->str, stdout);
    fflush(stdout);
    g_string_free(text, TRUE);
}

bool
show_is_bad(const struct walk *walk)
{
    const struct result *result = walk->attempt ? attempt_result(walk->attempt) : NULL;
    const int limit = walk->options->fail_on;
    bool failed = false, warned = walk->overlaps->len > 0;

    for (int step = 0; step < STEP_COUNT; step++) {
        failed |= walk->steps[step].outcome == STEP_FAILED;
        warned |= walk->steps[step].outcome == STEP_WARNED;
    }
    return (failed && limit <= SEVERITY_ERROR) || (warned && limit <= SEVERITY_WARN) ||
           (result && report_result_severity(result) >= limit);
}
