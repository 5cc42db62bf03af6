/* alone.c - a report of logs without a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/alone.h"

#include "base/json.h"
#include "base/text.h"
#include "log/attempts.h"
#include "report/log.h"
#include "report/verdict.h"

enum { LINES_MAX = 40 /* of an attempt that the text shows, beside those of what is wrong */ };

/* --- what both forms say --------------------------------------------------------------------- */

/* "fault", "healthy", "inconclusive" */
static const char *
state_name(const struct log_attempt *attempt)
{
    if (attempt->blame.finding != LOG_NO_FINDING)
        return "fault";
    return attempt->established ? "healthy" : "inconclusive";
}

static const char *
attempt_id(const struct log_attempt *attempt)
{
    if (attempt->blame.finding == LOG_NO_FINDING)
        return state_name(attempt);
    return finding_info((enum finding_id)attempt->blame.finding)->name;
}

/* A log is what one side thinks: never certain. */
static enum confidence
attempt_sure(const struct log_attempt *attempt)
{
    return attempt->blame.finding != LOG_NO_FINDING && attempt->blame.weight == LOG_CAUSE
               ? CONFIDENCE_LIKELY
               : CONFIDENCE_POSSIBLE;
}

static const char *
attempt_title(const struct log_attempt *attempt)
{
    if (attempt->blame.finding != LOG_NO_FINDING)
        return finding_info((enum finding_id)attempt->blame.finding)->title;
    return attempt->established ? "The log tells of a connection, and of nothing wrong with it"
                                : "The log does not say why it failed, or that it worked";
}

static const char *
attempt_advice(const struct log_attempt *attempt)
{
    if (attempt->blame.finding != LOG_NO_FINDING)
        return finding_info((enum finding_id)attempt->blame.finding)->advice;
    return attempt->established
               ? ""
               : "Record the connection at the client or at the server, and give the capture, too.";
}

static const char *
outcome_word(const struct log_attempt *attempt)
{
    if (attempt->established)
        return "established";
    return attempt->blame.finding != LOG_NO_FINDING ? "failed" : "unknown";
}

static const struct log *
log_at(const GPtrArray *logs, unsigned file)
{
    return g_ptr_array_index(logs, file);
}

static struct log_told
told_at(const struct log_attempt *attempt, guint i)
{
    return g_array_index(attempt->lines, struct log_told, i);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
json_verdict(struct json *json, const struct log_attempt *attempt)
{
    json_object_begin(json, "verdict");
    json_string(json, "state", state_name(attempt));
    json_string(json, "finding", attempt_id(attempt));
    json_string(json, "confidence", confidence_name(attempt_sure(attempt)));
    json_string(json, "title",
                attempt->blame.finding != LOG_NO_FINDING ? attempt_title(attempt)
                                                         : state_name(attempt));
    json_string(json, "summary", attempt_title(attempt));
    json_string(json, "advice", attempt_advice(attempt));
    json_object_end(json);
}

static void
json_finding(struct json *json, const struct log_attempt *attempt)
{
    const struct finding_info *info;

    json_array_begin(json, "findings");
    if (attempt->blame.finding != LOG_NO_FINDING) {
        info = finding_info((enum finding_id)attempt->blame.finding);
        json_object_begin(json, NULL);
        json_string(json, "id", info->name);
        json_string(json, "title", info->title);
        json_string(json, "stage", stage_name(info->stage));
        json_string(json, "severity", severity_name(info->severity));
        json_string(json, "confidence", confidence_name(attempt_sure(attempt)));
        json_string(json, "evidence", "log");
        json_array_begin(json, "frames");
        json_array_end(json);
        json_string(json, "summary", attempt->evidence.entry->text);
        json_object_begin(json, "details");
        json_number(json, "file", attempt->evidence.file);
        json_number(json, "line", attempt->evidence.entry->line);
        json_object_end(json);
        json_string(json, "advice", info->advice);
        json_object_end(json);
    }
    json_array_end(json);
}

static void
json_seconds(struct json *json, const char *key, int64_t time)
{
    if (time == LOG_NO_TIME)
        json_null(json, key);
    else
        json_number(json, key, ns_seconds(time));
}

static void
json_empty_lists(struct json *json, const char *const *keys)
{
    for (; *keys; keys++) {
        json_array_begin(json, *keys);
        json_array_end(json);
    }
}

static void
json_attempt(struct json *json, const struct log_attempt *attempt, guint id)
{
    static const char *const empty[] = { "stages", "keepalive", "binding", NULL };

    json_object_begin(json, NULL);
    json_number(json, "id", id);
    json_string(json, "client", attempt->client ? attempt->client : "");
    json_string(json, "server", "");
    json_null(json, "server_name");
    json_seconds(json, "start", attempt->first);
    json_seconds(json, "end", attempt->last);
    json_string(json, "stage", attempt->any_stage ? stage_name(attempt->reached) : NULL);
    json_string(json, "outcome", outcome_word(attempt));
    json_string(json, "evidence", "log");
    json_string(json, "correlation_id", attempt->id);
    json_null(json, "tls");
    json_empty_lists(json, empty);
    json_verdict(json, attempt);
    json_finding(json, attempt);
    json_array_begin(json, "log");
    for (guint i = 0; i < attempt->lines->len; i++) {
        struct log_told told = told_at(attempt, i);
        report_log_line_json(json, told.entry, told.file);
    }
    json_array_end(json);
    json_object_end(json);
}

char *
report_alone_json(const GPtrArray *logs, const char *version)
{
    static const char *const empty[] = { "hints", NULL }, *const after[] = { "candidates", "pairs",
                                                                             NULL };
    GPtrArray *attempts = log_attempts_new(logs);
    struct json json = { .text = g_string_new(NULL) };

    json_object_begin(&json, NULL);
    json_string(&json, "schema", "sstpdiag/1");
    json_string(&json, "version", version);
    json_null(&json, "capture");
    json_empty_lists(&json, empty);
    json_array_begin(&json, "sessions");
    for (guint i = 0; i < attempts->len; i++)
        json_attempt(&json, g_ptr_array_index(attempts, i), i);
    json_array_end(&json);
    json_empty_lists(&json, after);
    report_log_files_json(&json, logs);
    json_object_end(&json);
    g_string_append_c(json.text, '\n');
    g_ptr_array_unref(attempts);
    return g_string_free(json.text, FALSE);
}

/* --- text ------------------------------------------------------------------------------------ */

/* "2026-11-22 12:41:50 UTC" */
static char *
time_text(int64_t time)
{
    GDateTime *date =
        time == LOG_NO_TIME ? NULL : g_date_time_new_from_unix_utc(time / (int64_t)NS_PER_SECOND);
    char *text = date ? g_date_time_format(date, "%Y-%m-%d %H:%M:%S UTC") : g_strdup("no time");

    if (date)
        g_date_time_unref(date);
    return text;
}

static void
text_evidence(GString *text, const struct log_attempt *attempt, const GPtrArray *logs)
{
    char *words;

    if (!attempt->evidence.entry)
        return;
    words = g_strdup_printf("%s, line %u: %s", log_at(logs, attempt->evidence.file)->file,
                            attempt->evidence.entry->line, attempt->evidence.entry->text);
    text_labelled(text, "Evidence", words);
    g_free(words);
}

static void
text_verdict(GString *text, const struct log_attempt *attempt, const GPtrArray *logs)
{
    bool is_fault = attempt->blame.finding != LOG_NO_FINDING;
    char *how = g_strdup_printf("%s, by the log", confidence_name(attempt_sure(attempt)));

    report_verdict_line(text, "Verdict", is_fault ? attempt_title(attempt) : state_name(attempt),
                        how, attempt_id(attempt));
    g_free(how);
    if (!is_fault)
        text_labelled(text, "What", attempt_title(attempt));
    if (*attempt_advice(attempt))
        text_labelled(text, "Advice", attempt_advice(attempt));
    text_evidence(text, attempt, logs);
    if (attempt->any_stage) {
        char *words = g_strdup_printf("%s, reached stage %s as far as the lines tell",
                                      outcome_word(attempt), stage_name(attempt->reached));
        text_labelled(text, "Outcome", words);
        g_free(words);
    }
}

static void
text_lines(GString *text, const struct log_attempt *attempt, bool all)
{
    guint shown = 0, left = 0;

    g_string_append_c(text, '\n');
    for (guint i = 0; i < attempt->lines->len; i++) {
        struct log_told told = told_at(attempt, i);
        bool wrong = told.entry->level >= SEVERITY_WARN || told.entry->codes.num > 0;
        if (!all && (!told.entry->telling || (!wrong && shown >= LINES_MAX))) {
            left++;
            continue;
        }
        shown++;
        report_log_line_text(text, told.entry, attempt->first);
    }
    if (left)
        g_string_append_printf(text, "    and %u other line%s\n", left, left == 1 ? "" : "s");
}

static void
text_attempt(GString *text, const struct log_attempt *attempt, guint number, const GPtrArray *logs,
             bool all)
{
    char *when = time_text(attempt->first);

    g_string_append_printf(text, "\nAttempt %u: %s, %u line%s\n", number, when, attempt->lines->len,
                           attempt->lines->len == 1 ? "" : "s");
    text_verdict(text, attempt, logs);
    text_lines(text, attempt, all);
    g_free(when);
}

char *
report_alone_text(const GPtrArray *logs, const char *version, bool all)
{
    GPtrArray *attempts = log_attempts_new(logs);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "SSTP Diagnostics %s: %u attempt%s in the log, no capture\n",
                           version, attempts->len, attempts->len == 1 ? "" : "s");
    text_wrapped(text, 0, 0,
                 "A log is what one side thinks: the verdict is likely at best. A capture says "
                 "more.");
    for (guint i = 0; i < attempts->len; i++)
        text_attempt(text, g_ptr_array_index(attempts, i), i + 1, logs, all);
    report_log_files_text(text, logs);
    g_ptr_array_unref(attempts);
    return g_string_free(text, FALSE);
}
