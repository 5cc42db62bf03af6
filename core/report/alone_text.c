/* alone_text.c - a report of logs without a capture, as text for people
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/alone.h"

#include <string.h>

#include "base/text.h"
#include "log/both.h"
#include "log/meaning.h"
#include "report/alone_facts.h"
#include "report/log.h"
#include "report/verdict.h"

enum { LINES_MAX = 40 /* of an attempt that the text shows, beside those of what is wrong */ };

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

/* "a.log, line 12" */
static char *
place_text(const struct alone *alone, const struct log_told *told)
{
    const struct log *log = g_ptr_array_index(alone->logs, told->file);

    return g_strdup_printf("%s, line %u", log->file, told->entry->line);
}

static void
text_evidence(GString *text, const struct alone *alone, const struct log_told *told)
{
    char *place, *words;

    if (!told->entry)
        return;
    place = place_text(alone, told);
    words = g_strdup_printf("%s: %s", place, told->entry->text);
    text_labelled(text, "Evidence", words);
    g_free(words);
    g_free(place);
}

static void
text_outcome(GString *text, const struct log_attempt *attempt, const struct log_word *word)
{
    enum stage stage;
    char *words;

    if (!alone_stage(attempt, word, &stage))
        return;
    words = g_strdup_printf("%s, reached stage %s as far as the lines tell",
                            alone_outcome(attempt, word), stage_name(stage));
    text_labelled(text, "Outcome", words);
    g_free(words);
}

static void
text_verdict(GString *text, const struct alone *alone, const struct log_attempt *attempt,
             const struct log_word *word)
{
    char *how = g_strdup_printf("%s, by the log", confidence_name(word->confidence));

    report_verdict_line(text, "Verdict", log_word_title(word), how, log_word_name(word));
    g_free(how);
    if (strcmp(word->summary, log_word_title(word)) != 0)
        text_labelled(text, "What", word->summary);
    if (*word->advice)
        text_labelled(text, "Advice", word->advice);
    text_evidence(text, alone, &word->evidence);
    text_outcome(text, attempt, word);
    if (attempt->mixed)
        text_labelled(text, "Note",
                      "Lines of several clients are mixed here, and nothing in them "
                      "tells whose they are: their messages were not judged.");
    else if (word->judged && !log_names_sstp(attempt))
        text_labelled(text, "Note", "No line says that SSTP carries this PPP: that is assumed.");
}

static void
text_also(GString *text, const struct alone *alone, const char *severity, enum finding_id id,
          const char *summary, const struct log_told *told)
{
    char *place = told ? place_text(alone, told) : g_strdup("no line");
    char *words = g_strdup_printf("%s [%s]: %s (%s)", finding_info(id)->title,
                                  finding_info(id)->name, summary, place);

    text_labelled(text, severity, words);
    g_free(words);
    g_free(place);
}

/* Findings that are not the verdict. */
static void
text_others(GString *text, const struct alone *alone, const struct log_attempt *attempt,
            const struct log_word *word)
{
    const GPtrArray *found = word->judged ? word->judged->result->found : NULL;
    GString *also = g_string_new(NULL);

    for (guint i = 0; found && i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        char *summary = log_judged_words(word->judged, finding->summary);
        if ((int)finding->id != word->finding)
            text_also(also, alone, severity_name(finding->severity), finding->id, summary,
                      log_judged_line(word->judged, finding->cause.frame));
        g_free(summary);
    }
    if (alone_has_blame(attempt, word) && attempt->blame.finding != word->finding) {
        const struct finding_info *info = finding_info((enum finding_id)attempt->blame.finding);
        text_also(also, alone, severity_name(info->severity),
                  (enum finding_id)attempt->blame.finding, attempt->evidence.entry->text,
                  &attempt->evidence);
    }
    if (also->len)
        g_string_append_printf(text, "\n  Also found\n%s", also->str);
    g_string_free(also, TRUE);
}

/* Below HTTP a log shows nothing; what is not in it is "-". */
static void
text_stages(GString *text, const struct log_judged *judged)
{
    if (!judged)
        return;
    g_string_append_printf(text, "\n    %-10s %-9s %10s  %s\n", "stage", "outcome", "seconds",
                           "lines");
    for (enum stage stage = STAGE_TCP; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(judged->result->session, stage);
        const struct log_told *first = log_judged_line(judged, state->first.frame);
        const struct log_told *last = log_judged_line(judged, state->last.frame);
        if (stage == STAGE_PROXY || stage == STAGE_MTU)
            continue;
        if (first && last)
            g_string_append_printf(text, "    %-10s %-9s %10.3f  %u-%u\n", stage_name(stage),
                                   outcome_name(state->outcome),
                                   mark_seconds(state->first, state->last), first->entry->line,
                                   last->entry->line);
        else
            g_string_append_printf(text, "    %-10s %-9s %10s  -\n", stage_name(stage), "-", "-");
    }
}

static void
text_ends(GString *text, const struct log_attempt *attempt)
{
    static const char *const by[] = {
        [LOG_MATCH_ID] = "the same correlation id",
        [LOG_MATCH_MESSAGES] = "messages that both have",
        [LOG_MATCH_ADDRESS] = "the same address in the tunnel",
        [LOG_MATCH_TIME] = "their time alone",
    };
    GPtrArray *sentences;
    char *words;

    if (attempt->match == LOG_MATCH_NONE)
        return;
    words = g_strdup_printf("the logs of client and server are of one session by %s",
                            by[attempt->match]);
    text_labelled(text, "Both ends", words);
    g_free(words);
    sentences = log_contradictions(attempt);
    for (guint i = 0; i < sentences->len; i++)
        text_labelled(text, "Differs", g_ptr_array_index(sentences, i));
    g_ptr_array_unref(sentences);
}

static void
text_lines(GString *text, const struct log_attempt *attempt, bool all)
{
    guint shown = 0, left = 0;

    g_string_append_c(text, '\n');
    for (guint i = 0; i < attempt->lines->len; i++) {
        const struct log_told *told = alone_line(attempt, i);
        bool wrong = told->entry->level >= SEVERITY_WARN || told->entry->codes.num > 0;
        if (!all && (!told->entry->telling || (!wrong && shown >= LINES_MAX))) {
            left++;
            continue;
        }
        shown++;
        report_log_line_text(text, told, attempt->first);
    }
    if (left)
        g_string_append_printf(text, "    and %s\n", text_count(left, "other line").text);
}

static void
text_attempt(GString *text, const struct alone *alone, guint i, bool all)
{
    const struct log_attempt *attempt = alone_attempt(alone, i);
    const struct log_word *word = alone_word(alone, i);
    char *when = time_text(attempt->first);

    g_string_append_printf(text, "\nAttempt %u: %s, %s\n", i + 1, when,
                           text_count(attempt->lines->len, "line").text);
    text_verdict(text, alone, attempt, word);
    text_ends(text, attempt);
    text_others(text, alone, attempt, word);
    text_stages(text, word->judged);
    text_lines(text, attempt, all);
    g_free(when);
}

/* Whose lines they are where none is of a VPN. */
static void
text_foreign(GString *text, const struct alone *alone)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < alone->logs->len; i++) {
        const struct log *log = g_ptr_array_index(alone->logs, i);
        for (guint k = 0; k < log->entries->len; k++) {
            const char *name =
                log_meaning_foreign(&g_array_index(log->entries, struct log_entry, k));
            if (name && !strstr(names->str, name))
                g_string_append_printf(names, "%s%s", names->len ? ", " : "", name);
        }
    }
    if (names->len) {
        g_string_prepend(names, "No line is of SSTP, PPP or a program of a VPN that is known "
                                "here: they are of ");
        g_string_append(names, ". Give the log of the program that dials SSTP, or that serves it.");
        g_string_append_c(text, '\n');
        text_wrapped(text, 0, 0, names->str);
    }
    g_string_free(names, TRUE);
}

char *
report_alone_text(const struct alone *alone, const char *version, bool all)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "SSTP Diagnostics %s: %s in the log, no capture\n", version,
                           text_count(alone_num(alone), "attempt").text);
    text_wrapped(text, 0, 0,
                 "A log is what one side thinks: the verdict is likely at best. A capture says "
                 "more.");
    for (guint i = 0; i < alone_num(alone); i++)
        text_attempt(text, alone, i, all);
    if (alone_num(alone) == 0)
        text_foreign(text, alone);
    report_log_files_text(text, alone->logs, alone->attempts->offsets);
    return g_string_free(text, FALSE);
}
