/* word.c - the verdict on an attempt that logs alone tell of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/word.h"

#include <string.h>

#include "base/event.h"
#include "base/thresholds.h"

enum { WORDS_MAX = 240 /* bytes of a line that a summary has */ };

static void
set_words(struct log_word *word, enum verdict_state state, const char *summary, const char *advice)
{
    word->state = state;
    word->finding = LOG_NO_FINDING;
    word->confidence = CONFIDENCE_POSSIBLE;
    word->summary = g_strdup(summary);
    word->advice = g_strdup(advice);
}

/* What a line names by itself. */
static void
set_blame(struct log_word *word, const struct log_attempt *attempt)
{
    const struct finding_info *info = finding_info((enum finding_id)attempt->blame.finding);

    word->state = VERDICT_FAULT;
    word->finding = attempt->blame.finding;
    word->confidence = attempt->blame.weight == LOG_CAUSE ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE;
    word->summary = g_strdup(info->title);
    word->advice = g_strdup(info->advice);
    word->evidence = attempt->evidence;
}

/* What the rules say of the messages. */
static void
set_judged(struct log_word *word)
{
    const struct verdict *verdict = &word->judged->result->verdict;
    const struct log_told *line =
        verdict->finding ? log_judged_line(word->judged, verdict->finding->cause.frame) : NULL;

    word->by_messages = true;
    word->state = verdict->state == VERDICT_UNEXPLAINED ? VERDICT_INCONCLUSIVE : verdict->state;
    word->finding = verdict->finding ? (int)verdict->finding->id : LOG_NO_FINDING;
    word->confidence = MIN(verdict_confidence(verdict), CONFIDENCE_LIKELY);
    word->summary = log_judged_words(word->judged, verdict_summary(verdict));
    word->advice = g_strdup(verdict_advice(verdict));
    if (word->state == VERDICT_HEALTHY &&
        !mark_is_set(session_ending(word->judged->result->session).mark)) {
        char *open = g_strconcat(word->summary, ", and it was open where the log ends", NULL);
        g_free(word->summary);
        word->summary = open;
    }
    if (line)
        word->evidence = *line;
}

/* It tells how the session ended, and no more. */
static bool
is_consequence(const struct finding *finding)
{
    const struct finding_info *info = finding_info(finding->id);

    return finding->severity < SEVERITY_ERROR || finding->confidence == CONFIDENCE_POSSIBLE ||
           info->stage == STAGE_TEARDOWN || info->effect == EFFECT_ENDS;
}

/* Of a tunnel that came up: what went wrong before, it has overcome. */
static bool
blame_is_later(const struct log_attempt *attempt, const struct log_judged *judged)
{
    const struct log_told *opened =
        log_judged_line(judged, session_ncp_opened(judged->result->session).frame);

    if (!opened)
        return true;
    if (attempt->evidence.file == opened->file)
        return attempt->evidence.entry->order > opened->entry->order;
    return attempt->evidence.time == LOG_NO_TIME || attempt->evidence.time >= opened->time;
}

/* A program that names the cause knows better than messages which only show what came of it. */
static bool
blame_is_better(const struct log_attempt *attempt, const struct log_judged *judged)
{
    const struct log_blame *blame = &attempt->blame;
    const struct verdict *verdict = &judged->result->verdict;

    if (blame->finding == LOG_NO_FINDING)
        return false;
    switch (verdict->state) {
    case VERDICT_FAULT:
        return blame->weight == LOG_CAUSE && blame->finding != (int)verdict->finding->id &&
               is_consequence(verdict->finding);
    case VERDICT_HEALTHY:
        return blame->weight >= LOG_WRONG && blame_is_later(attempt, judged);
    default:
        return true;
    }
}

/* The tunnel came up, and it ended: by the server, or without a goodbye. Nothing says why. */
static bool
ends_unexplained(const struct log_attempt *attempt, const struct log_judged *judged)
{
    struct session_end end = session_ending(judged->result->session);

    if (judged->result->verdict.state != VERDICT_HEALTHY)
        return false;
    return end.goodbye ? end.by == SIDE_SERVER : attempt->ended;
}

static void
set_unexplained_end(struct log_word *word, const struct log_attempt *attempt)
{
    struct session_end end = session_ending(word->judged->result->session);
    const struct log_told *line = log_judged_line(word->judged, end.mark.frame);

    set_words(
        word, VERDICT_INCONCLUSIVE,
        end.goodbye ? "The tunnel came up; later the server ended it, and no message says why"
                    : "The tunnel came up; later it was gone, and no message says why",
        "Look at the lines before, and at the log of the other end. A recording shows whether "
        "something between them closed it.");
    word->evidence = line ? *line : attempt->end;
}

/* By the messages the server ended it, and they are those of SSTP alone. */
static bool
shows_no_ppp(const struct log_judged *judged)
{
    const struct verdict *verdict = &judged->result->verdict;

    return verdict->finding && verdict->finding->id == FINDING_SESSION_SERVER_ENDED &&
           !(judged->shown & SHOWN_PPP);
}

/* From the line that calls it established to the server's goodbye; seconds. -1: no such line, or
 * one without a time. */
static double
seconds_up(const struct log_attempt *attempt, const struct log_judged *judged)
{
    const struct log_told *line =
        log_judged_line(judged, judged->result->verdict.finding->cause.frame);
    const struct log_told *up = &attempt->up;

    if (!line || !up->entry || line->time == LOG_NO_TIME || up->time == LOG_NO_TIME ||
        line->time < up->time)
        return -1;
    return ns_seconds(time_between(up->time, line->time));
}

/* It is not known how far PPP came: sstpc calls a session established before IPCP is through. */
static void
set_hidden(struct log_word *word, const struct log_attempt *attempt)
{
    double seconds = seconds_up(attempt, word->judged);
    char *summary =
        seconds < 0
            ? g_strdup("The server ended the session before the tunnel was up, and the log does "
                       "not show PPP, which has the reason")
            : g_strdup_printf("The server ended the session by its goodbye %.0f s after the log "
                              "calls it established. The log does not show PPP, which may have "
                              "the reason",
                              seconds);

    set_words(word, VERDICT_INCONCLUSIVE, summary,
              "Let pppd write its messages, too: its option debug. Or look at the server's log.");
    word->evidence = attempt->up;
    g_free(summary);
}

/* It had been up for long: the end has nothing to do with how it began. */
static void
set_server_ended(struct log_word *word, const struct log_attempt *attempt)
{
    double seconds = seconds_up(attempt, word->judged);

    set_judged(word);
    g_free(word->summary);
    word->summary = g_strdup_printf("The tunnel was up, and the server ended it by its goodbye "
                                    "%.0f s later",
                                    seconds);
}

/* The reason as a program words it. RouterOS has it behind "terminating... - ". The caller's. */
static char *
complaint_words(const struct log_entry *entry)
{
    static const char *const head = "terminating... - ";
    const char *from = strstr(entry->text, head);
    char *cut = g_strndup(from ? from + strlen(head) : entry->text, WORDS_MAX);
    char *valid = g_utf8_make_valid(cut, -1);

    g_free(cut);
    return valid;
}

/* What the line means where it is known; NULL. */
static char *
complaint_meaning(const struct log_entry *entry)
{
    char *meaning = NULL;

    if (entry->codes.num > 0) {
        const struct log_code *code = &entry->codes.code[0];
        const char *name = log_code_name(code), *words = log_code_meaning(code);
        char *number = log_code_text(code);
        meaning = g_strdup_printf("%s %s%s%s", name ? name : "HRESULT", number, words ? ": " : "",
                                  words ? words : "");
        g_free(number);
    } else if (entry->sentence && entry->sentence->meaning) {
        meaning = g_strdup(entry->sentence->meaning);
    }
    return meaning;
}

static void
set_complaint(struct log_word *word, const struct log_attempt *attempt)
{
    const struct log_entry *entry = attempt->complaint.entry;
    char *said = complaint_words(entry), *meaning = complaint_meaning(entry);
    char *reason = meaning ? g_strdup_printf("%s (%s)", said, meaning) : g_strdup(said);
    char *summary = g_strdup_printf(
        attempt->established ? "The tunnel came up, and later it ended. The log says of it: %s"
                             : "The log names the reason, which is no known finding: %s",
        reason);

    set_words(word, VERDICT_INCONCLUSIVE, summary,
              "Look at the log of the other end, too; a recording shows what came before.");
    word->evidence = attempt->complaint;
    g_free(summary);
    g_free(reason);
    g_free(meaning);
    g_free(said);
}

static void
set_without_messages(struct log_word *word, const struct log_attempt *attempt)
{
    const char *carrier = log_other_carrier(attempt);

    if (carrier) {
        char *words = g_strdup_printf("The log is of PPP over %s, and not of SSTP", carrier);
        set_words(word, VERDICT_INCONCLUSIVE, words,
                  "Give the log of the program that dials SSTP, or that serves it.");
        g_free(words);
    } else if (attempt->blame.finding != LOG_NO_FINDING) {
        set_blame(word, attempt);
    } else if (attempt->complaint.entry) {
        set_complaint(word, attempt);
    } else if (attempt->established) {
        set_words(word, VERDICT_HEALTHY,
                  "The log tells of a connection, and of nothing wrong with it", "");
    } else {
        set_words(
            word, VERDICT_INCONCLUSIVE, "The log does not say why it failed, or that it worked",
            "Record the connection at the client or at the server, and give the capture, too.");
    }
}

/* The messages tell less than the sentences: that it came up. */
static bool
sentences_tell_more(const struct log_attempt *attempt, const struct log_judged *judged)
{
    return attempt->established && judged->result->verdict.state != VERDICT_FAULT &&
           judged->result->verdict.state != VERDICT_HEALTHY;
}

/* There are messages. */
static void
set_with_messages(struct log_word *word, const struct log_attempt *attempt)
{
    if (blame_is_better(attempt, word->judged))
        set_blame(word, attempt);
    else if (ends_unexplained(attempt, word->judged) && attempt->established &&
             attempt->complaint.entry)
        set_complaint(word, attempt);
    else if (ends_unexplained(attempt, word->judged))
        set_unexplained_end(word, attempt);
    else if (shows_no_ppp(word->judged) && seconds_up(attempt, word->judged) >= LOG_PPP_SECONDS)
        set_server_ended(word, attempt);
    else if (shows_no_ppp(word->judged))
        set_hidden(word, attempt);
    else if (sentences_tell_more(attempt, word->judged))
        set_without_messages(word, attempt);
    else
        set_judged(word);
}

struct log_word *
log_word_new(const struct log_attempt *attempt)
{
    struct log_word *word = g_new0(struct log_word, 1);

    word->judged = log_judged_new(attempt);
    if (word->judged)
        set_with_messages(word, attempt);
    else
        set_without_messages(word, attempt);
    return word;
}

void
log_word_free(struct log_word *word)
{
    log_judged_free(word->judged);
    g_free(word->summary);
    g_free(word->advice);
    g_free(word);
}

const char *
log_word_name(const struct log_word *word)
{
    return word->finding == LOG_NO_FINDING ? verdict_state_name(word->state)
                                           : finding_info((enum finding_id)word->finding)->name;
}

const char *
log_word_title(const struct log_word *word)
{
    return word->finding == LOG_NO_FINDING ? verdict_state_name(word->state)
                                           : finding_info((enum finding_id)word->finding)->title;
}

int
log_word_severity(const struct log_word *word)
{
    const GPtrArray *found = word->judged ? word->judged->result->found : NULL;
    int worst = -1;

    if (word->finding != LOG_NO_FINDING)
        worst = (int)finding_info((enum finding_id)word->finding)->severity;
    for (guint i = 0; found && i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->confidence > CONFIDENCE_POSSIBLE)
            worst = MAX(worst, (int)finding->severity);
    }
    return worst;
}
