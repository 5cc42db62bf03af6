/* alone.c - a report of logs without a capture: what it says, and its JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/alone.h"

#include "base/json.h"
#include "log/both.h"
#include "report/attempt.h"
#include "report/binding.h"
#include "report/keepalive.h"
#include "report/alone_facts.h"
#include "report/log.h"
#include "report/verdict.h"

struct alone *
alone_new(const GPtrArray *logs)
{
    struct alone *alone = g_new0(struct alone, 1);

    alone->logs = logs;
    alone->attempts = log_attempts_new(logs);
    alone->words = g_ptr_array_new_with_free_func((GDestroyNotify)log_word_free);
    for (guint i = 0; i < alone_num(alone); i++)
        g_ptr_array_add(alone->words, log_word_new(alone_attempt(alone, i)));
    return alone;
}

void
alone_free(struct alone *alone)
{
    g_ptr_array_unref(alone->words);
    log_attempts_free(alone->attempts);
    g_free(alone);
}

bool
alone_has_attempt(const struct alone *alone)
{
    return alone_num(alone) > 0;
}

int
alone_severity(const struct alone *alone)
{
    int worst = -1;

    for (guint i = 0; i < alone_num(alone); i++)
        worst = MAX(worst, log_word_severity(alone_word(alone, i)));
    return worst;
}

/* --- what both forms say --------------------------------------------------------------------- */

/* A log ends where it was cut: that a session still goes on is nothing that it shows. */
const char *
alone_outcome(const struct log_attempt *attempt, const struct log_word *word)
{
    const char *outcome = word->judged ? session_outcome(word->judged->result->session) : "ongoing";

    if (!g_str_equal(outcome, "ongoing"))
        return outcome;
    if (attempt->established)
        return "established";
    return word->state == VERDICT_FAULT ? "failed" : "unknown";
}

bool
alone_stage(const struct log_attempt *attempt, const struct log_word *word, enum stage *stage)
{
    enum stage reached = word->judged ? session_reached(word->judged->result->session) : 0;

    *stage = attempt->any_stage ? MAX(attempt->reached, reached) : reached;
    return attempt->any_stage || reached > STAGE_CAPTURE;
}

bool
alone_has_blame(const struct log_attempt *attempt, const struct log_word *word)
{
    const GPtrArray *found = word->judged ? word->judged->result->found : NULL;

    if (attempt->blame.finding == LOG_NO_FINDING || log_other_carrier(attempt))
        return false;
    for (guint i = 0; found && i < found->len; i++)
        if ((int)((const struct finding *)g_ptr_array_index(found, i))->id ==
            attempt->blame.finding)
            return false;
    return true;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
json_verdict(struct json *json, const struct log_word *word)
{
    json_object_begin(json, "verdict");
    json_string(json, "state", verdict_state_name(word->state));
    json_string(json, "finding", log_word_name(word));
    json_string(json, "confidence", confidence_name(word->confidence));
    json_string(json, "title", log_word_title(word));
    json_string(json, "summary", word->summary);
    json_string(json, "advice", word->advice);
    json_object_end(json);
}

static void
json_finding_head(struct json *json, const struct finding_info *info, enum severity severity,
                  enum confidence confidence, const char *summary)
{
    json_string(json, "id", info->name);
    json_string(json, "title", info->title);
    json_string(json, "stage", stage_name(info->stage));
    json_string(json, "severity", severity_name(severity));
    json_string(json, "confidence", confidence_name(confidence));
    json_string(json, "evidence", "log");
    json_array_begin(json, "frames");
    json_array_end(json);
    json_string(json, "summary", summary);
    json_object_begin(json, "details");
}

static void
json_line_number(struct json *json, const struct log_told *told)
{
    if (!told)
        return;
    json_number(json, "file", told->file);
    json_number(json, "line", told->entry->line);
}

/* Of what a line names by itself. */
static void
json_blame(struct json *json, const struct log_attempt *attempt)
{
    const struct finding_info *info = finding_info((enum finding_id)attempt->blame.finding);

    json_object_begin(json, NULL);
    json_finding_head(json, info, info->severity,
                      attempt->blame.weight == LOG_CAUSE ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE,
                      attempt->evidence.entry->text);
    json_line_number(json, &attempt->evidence);
    json_object_end(json);
    json_string(json, "advice", info->advice);
    json_object_end(json);
}

/* Of what the messages show. */
static void
json_finding(struct json *json, const struct log_judged *judged, const struct finding *finding)
{
    char *summary = log_judged_words(judged, finding->summary);

    json_object_begin(json, NULL);
    json_finding_head(json, finding_info(finding->id), finding->severity, finding->confidence,
                      summary);
    json_line_number(json, log_judged_line(judged, finding->cause.frame));
    report_details_json(json, finding);
    json_object_end(json);
    json_string(json, "advice", finding_advice(finding));
    json_object_end(json);
    g_free(summary);
}

static void
json_findings(struct json *json, const struct log_attempt *attempt, const struct log_word *word)
{
    const GPtrArray *found = word->judged ? word->judged->result->found : NULL;

    json_array_begin(json, "findings");
    for (guint i = 0; found && i < found->len; i++)
        json_finding(json, word->judged, g_ptr_array_index(found, i));
    if (alone_has_blame(attempt, word))
        json_blame(json, attempt);
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
json_line_of(struct json *json, const char *key, const struct log_judged *judged, uint32_t frame)
{
    const struct log_told *told = log_judged_line(judged, frame);

    if (told)
        json_number(json, key, told->entry->line);
    else
        json_null(json, key);
}

/* Those that a message was seen of. */
static void
json_stages(struct json *json, const struct log_judged *judged)
{
    json_array_begin(json, "stages");
    for (int stage = 0; judged && stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(judged->result->session, stage);
        if (!mark_is_set(state->first))
            continue;
        json_object_begin(json, NULL);
        json_string(json, "stage", stage_name((enum stage)stage));
        json_string(json, "outcome", outcome_name(state->outcome));
        json_null(json, "first_frame");
        json_null(json, "last_frame");
        json_line_of(json, "first_line", judged, state->first.frame);
        json_line_of(json, "last_line", judged, state->last.frame);
        json_number(json, "seconds", mark_seconds(state->first, state->last));
        json_object_end(json);
    }
    json_array_end(json);
}

/* What the messages say of the session, as in any other report. */
static void
json_session(struct json *json, const struct log_judged *judged)
{
    static const char *const empty[] = { "keepalive", "binding", NULL };

    if (!judged) {
        json_object_begin(json, "facts");
        json_object_end(json);
        json_empty_lists(json, empty);
        return;
    }
    report_facts_json(json, judged->result->session);
    report_keepalive_json(json, judged->result->session);
    report_binding_json(json, judged->result->session);
}

/* How the logs of both ends fit together; null where there is one. */
static void
json_ends(struct json *json, const struct log_attempt *attempt)
{
    GPtrArray *sentences;

    if (attempt->match == LOG_MATCH_NONE) {
        json_null(json, "both_ends");
        return;
    }
    sentences = log_contradictions(attempt);
    json_object_begin(json, "both_ends");
    json_string(json, "matched_by", log_match_name(attempt->match));
    json_array_begin(json, "contradictions");
    for (guint i = 0; i < sentences->len; i++)
        json_string(json, NULL, g_ptr_array_index(sentences, i));
    json_array_end(json);
    json_object_end(json);
    g_ptr_array_unref(sentences);
}

static void
json_attempt(struct json *json, const struct log_attempt *attempt, const struct log_word *word,
             guint id)
{
    enum stage stage;

    json_object_begin(json, NULL);
    json_number(json, "id", id);
    json_string(json, "client", attempt->client ? attempt->client : "");
    json_string(json, "server", "");
    json_null(json, "server_name");
    json_seconds(json, "start", attempt->first);
    json_seconds(json, "end", attempt->last);
    json_string(json, "stage", alone_stage(attempt, word, &stage) ? stage_name(stage) : NULL);
    json_string(json, "outcome", alone_outcome(attempt, word));
    json_string(json, "evidence", "log");
    json_string(json, "correlation_id", attempt->id);
    json_null(json, "tls");
    json_session(json, word->judged);
    json_stages(json, word->judged);
    json_ends(json, attempt);
    json_verdict(json, word);
    json_findings(json, attempt, word);
    json_array_begin(json, "log");
    for (guint i = 0; i < attempt->lines->len; i++)
        report_log_line_json(json, alone_line(attempt, i));
    json_array_end(json);
    json_object_end(json);
}

char *
report_alone_json(const struct alone *alone, const char *version)
{
    static const char *const empty[] = { "hints", NULL }, *const after[] = { "candidates", "pairs",
                                                                             NULL };
    struct json json = { .text = g_string_new(NULL) };

    json_object_begin(&json, NULL);
    json_string(&json, "schema", "sstpdiag/1");
    json_string(&json, "version", version);
    json_null(&json, "capture");
    json_empty_lists(&json, empty);
    json_array_begin(&json, "sessions");
    for (guint i = 0; i < alone_num(alone); i++)
        json_attempt(&json, alone_attempt(alone, i), alone_word(alone, i), i);
    json_array_end(&json);
    json_empty_lists(&json, after);
    report_log_files_json(&json, alone->logs, alone->attempts->offsets);
    json_object_end(&json);
    g_string_append_c(json.text, '\n');
    return g_string_free(json.text, FALSE);
}
