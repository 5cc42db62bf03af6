/* log.c - the logs in a report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/log.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "log/reason.h"

enum {
    TEXT_LINES_MAX = 30,        /* of a session, that say where it stands */
    TEXT_WRONG_LINES_MAX = 300, /* the same, of what is wrong */
    INDENT = 4,
    TEXT_INDENT = 28, /* where a line's text begins */
};

static bool
is_bad(const struct log_entry *entry)
{
    return entry->codes.num > 0 || entry->level >= SEVERITY_WARN ||
           (entry->sentence && entry->sentence->weight >= LOG_NOTED);
}

/* What is known of the line's sentence; NULL. */
static const char *
entry_meaning(const struct log_entry *entry)
{
    return entry->sentence ? entry->sentence->meaning : NULL;
}

/* The finding that the line names; NULL. */
static const char *
entry_names(const struct log_entry *entry)
{
    if (!entry->sentence || entry->sentence->finding == LOG_NO_FINDING)
        return NULL;
    return finding_info((enum finding_id)entry->sentence->finding)->name;
}

/* Seconds into the capture. */
static double
placed_seconds(const struct log_placed *placed, struct mark start)
{
    return ns_seconds(placed->time - start.time);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
json_codes(struct json *json, const struct log_codes *codes)
{
    json_array_begin(json, "codes");
    for (unsigned i = 0; i < codes->num; i++) {
        const struct log_code *code = &codes->code[i];
        char *number = log_code_text(code);
        json_object_begin(json, NULL);
        json_string(json, "kind", log_code_kind_name(code->kind));
        json_string(json, "code", number);
        json_string(json, "name", log_code_name(code));
        json_string(json, "meaning", log_code_meaning(code));
        json_object_end(json);
        g_free(number);
    }
    json_array_end(json);
}

static bool
finding_has_frame(const struct finding *finding, uint32_t frame)
{
    for (unsigned i = 0; i < finding->num_frames; i++)
        if (finding->frames[i] == frame)
            return true;
    return false;
}

static void
json_findings_at(struct json *json, const struct result *result, uint32_t frame)
{
    json_array_begin(json, "findings");
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding_has_frame(finding, frame))
            json_string(json, NULL, finding_info(finding->id)->name);
    }
    json_array_end(json);
}

/* What a line has with and without a capture. */
static void
json_entry(struct json *json, const struct log_entry *entry, unsigned file)
{
    json_number(json, "precision", ns_seconds(entry->precision));
    json_number(json, "file", file);
    json_number(json, "line", entry->line);
    json_string(json, "source", log_source_name(entry->source));
    json_string(json, "level", severity_name(entry->level));
    json_string(json, "text", entry->text);
    json_codes(json, &entry->codes);
    json_string(json, "meaning", entry_meaning(entry));
    json_string(json, "names", entry_names(entry));
}

static void
json_placed(struct json *json, const struct log_placed *placed, const struct result *result,
            struct mark start)
{
    json_object_begin(json, NULL);
    if (placed->time == LOG_NO_TIME)
        json_null(json, "time");
    else
        json_number(json, "time", placed_seconds(placed, start));
    json_entry(json, placed->entry, placed->file);
    if (placed->frame)
        json_number(json, "frame", placed->frame);
    else
        json_null(json, "frame");
    json_findings_at(json, result, placed->frame);
    json_object_end(json);
}

void
report_log_line_json(struct json *json, const struct log_told *told)
{
    json_object_begin(json, NULL);
    if (told->time == LOG_NO_TIME)
        json_null(json, "time");
    else
        json_number(json, "time", ns_seconds(told->time));
    json_entry(json, told->entry, told->file);
    json_null(json, "frame");
    json_array_begin(json, "findings");
    json_array_end(json);
    json_object_end(json);
}

static const char *
relation_name(enum log_relation relation)
{
    static const char *const names[] = {
        [LOG_CONFIRMS] = "confirms", [LOG_SHARPENS] = "sharpens", [LOG_ADDS] = "adds",
        [LOG_DIFFERS] = "differs",   [LOG_OBJECTS] = "objects",
    };

    return names[relation];
}

/* What a line says of the cause, key "by_log". */
static void
json_reason(struct json *json, const struct logbook *book, const struct result *result)
{
    struct log_reason reason;

    if (!logbook_reason(book, result, &reason)) {
        json_null(json, "by_log");
        return;
    }
    json_object_begin(json, "by_log");
    json_string(json, "finding", finding_info(reason.finding)->name);
    json_string(json, "confidence", confidence_name(CONFIDENCE_LIKELY));
    json_string(json, "evidence", "log");
    json_string(json, "relation", relation_name(reason.relation));
    json_number(json, "file", reason.placed->file);
    json_number(json, "line", reason.placed->entry->line);
    json_string(json, "source", log_source_name(reason.placed->entry->source));
    json_string(json, "text", reason.placed->entry->text);
    json_object_end(json);
}

void
report_log_json(struct json *json, const struct logbook *book, const struct result *result,
                struct mark start)
{
    const struct log_page *page = logbook_page(book, result->session);

    json_reason(json, book, result);
    json_array_begin(json, "log");
    for (guint i = 0; page && i < page->placed->len; i++)
        json_placed(json, &g_array_index(page->placed, struct log_placed, i), result, start);
    json_array_end(json);
}

static const char *
shift_reason_name(enum log_shift_reason reason)
{
    static const char *const names[] = { [LOG_SHIFT_ZONE] = "zone",
                                         [LOG_SHIFT_HEADER] = "correlation_id",
                                         [LOG_SHIFT_MESSAGES] = "messages" };

    return names[reason];
}

static void
json_file(struct json *json, const struct log_fit *fit)
{
    const struct log *log = fit->log;

    json_object_begin(json, NULL);
    json_string(json, "file", log->file);
    json_string(json, "error", log->error);
    json_string(json, "source", log->error ? NULL : log_source_name(log_source(log)));
    json_number(json, "lines", log->lines);
    json_number(json, "entries", log->entries->len);
    json_number(json, "placed", fit->placed);
    json_number(json, "outside", log->outside);
    json_number(json, "dropped", log->dropped);
    json_number(json, "unparsed", log->unparsed);
    json_array_begin(json, "unparsed_lines");
    for (uint32_t i = 0; i < MIN(log->unparsed, LOG_UNPARSED_MAX); i++)
        json_number(json, NULL, log->unparsed_lines[i]);
    json_array_end(json);
    json_string(json, "unparsed_text", log->unparsed_text);
    json_string(json, "assumed_zone", log->zone_assumed ? log->zone : NULL);
    json_number(json, "shift", ns_seconds(fit->shift));
    json_string(json, "shift_reason", shift_reason_name(fit->reason));
    json_object_end(json);
}

void
report_logs_json(struct json *json, const struct logbook *book)
{
    const GArray *fits = logbook_fits(book);

    json_array_begin(json, "logs");
    for (guint i = 0; i < fits->len; i++)
        json_file(json, &g_array_index(fits, struct log_fit, i));
    json_array_end(json);
}

void
report_log_files_json(struct json *json, const GPtrArray *logs, const GArray *offsets)
{
    json_array_begin(json, "logs");
    for (guint i = 0; i < logs->len; i++) {
        const struct log_offset *offset = &g_array_index(offsets, struct log_offset, i);
        const struct log_fit fit = { .log = g_ptr_array_index(logs, i),
                                     .shift = offset->shift,
                                     .reason = offset->shift == 0 ? LOG_SHIFT_NONE
                                               : offset->known    ? LOG_SHIFT_MESSAGES
                                                                  : LOG_SHIFT_ZONE };
        json_file(json, &fit);
    }
    json_array_end(json);
}

/* --- text ------------------------------------------------------------------------------------ */

/* "[45, auth_bad_credentials]": the frame, and what was found there. */
static void
text_frame(GString *words, const struct log_placed *placed, const struct result *result)
{
    if (!placed->frame)
        return;
    g_string_append_printf(words, " [%u", placed->frame);
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding->cause.frame == placed->frame && finding->severity >= SEVERITY_WARN)
            g_string_append_printf(words, ", %s", finding_info(finding->id)->name);
    }
    g_string_append_c(words, ']');
}

/* In a line of its own, below that of the log. */
static void
text_below(GString *text, const char *words)
{
    g_string_append_printf(text, "%*s", TEXT_INDENT, "");
    text_wrapped(text, TEXT_INDENT, TEXT_INDENT, words);
}

static void
text_codes(GString *text, const struct log_codes *codes)
{
    for (unsigned i = 0; i < codes->num; i++) {
        const struct log_code *code = &codes->code[i];
        const char *name = log_code_name(code), *meaning = log_code_meaning(code);
        char *number = log_code_text(code);
        char *words = g_strdup_printf("= %s %s%s%s", name ? name : "unknown HRESULT", number,
                                      meaning ? ": " : "", meaning ? meaning : "");
        text_below(text, words);
        g_free(words);
        g_free(number);
    }
}

static void
text_meaning(GString *text, const struct log_entry *entry)
{
    char *words = entry_meaning(entry) ? g_strdup_printf("= %s", entry_meaning(entry)) : NULL;

    if (words)
        text_below(text, words);
    g_free(words);
}

static void
text_time(GString *text, const struct log_placed *placed, struct mark start)
{
    if (placed->time == LOG_NO_TIME) {
        g_string_append_printf(text, "%10s", "-");
    } else if (placed->entry->precision >= NS_PER_SECOND) {
        double seconds = placed_seconds(placed, start);
        g_string_append_printf(text, "%9.1f%s", fabs(seconds) < 0.05 ? 0 : seconds,
                               placed->entry->after ? "+" : " ");
    } else {
        g_string_append_printf(text, "%10.3f", placed_seconds(placed, start));
    }
}

/* Who, and behind it what; a long name moves the first line on. */
static void
text_said(GString *text, enum log_source source, const char *words)
{
    const char *name = log_source_name(source);
    size_t width = TEXT_INDENT - INDENT - 12, len = MAX(strlen(name) + 1, width);

    g_string_append_printf(text, "  %-*s", (int)len, name);
    text_wrapped(text, TEXT_INDENT, TEXT_INDENT + len - width, words);
}

static void
text_placed(GString *text, const struct log_placed *placed, const struct result *result,
            struct mark start)
{
    GString *words = g_string_new(placed->entry->text);

    text_frame(words, placed, result);
    g_string_append_printf(text, "%*s", INDENT, "");
    text_time(text, placed, start);
    text_said(text, placed->entry->source, words->str);
    text_codes(text, &placed->entry->codes);
    text_meaning(text, placed->entry);
    g_string_free(words, TRUE);
}

void
report_log_line_text(GString *text, const struct log_told *told, int64_t start)
{
    const struct log_entry *entry = told->entry;

    g_string_append_printf(text, "%*s", INDENT, "");
    if (told->time == LOG_NO_TIME || start == LOG_NO_TIME)
        g_string_append_printf(text, "%10s", "-");
    else
        g_string_append_printf(text, "%10.3f", ns_seconds(time_between(start, told->time)));
    text_said(text, entry->source, entry->text);
    text_codes(text, &entry->codes);
    text_meaning(text, entry);
}

/* How much a line says: 0 for nothing, 1 for what is wrong, then events that the wire has as well.
 */
static int
placed_rank(const struct log_entry *entry)
{
    if (!entry->telling)
        return 0;
    if (is_bad(entry))
        return 1;
    return entry->event > LOG_EVENT_STEP ? 2 : 3;
}

/* Indexes of the lines to be shown, by time: where there are too many, those that say most. */
static GArray *
telling_lines(const struct log_page *page, bool all)
{
    static const guint most[] = { 0, TEXT_WRONG_LINES_MAX, TEXT_LINES_MAX, TEXT_LINES_MAX };
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(guint));
    uint8_t *shown = g_new0(uint8_t, page->placed->len);
    guint num = 0;

    for (int rank = 1; rank <= 3; rank++)
        for (guint i = 0; i < page->placed->len && num < most[rank]; i++)
            if (placed_rank(g_array_index(page->placed, struct log_placed, i).entry) == rank) {
                shown[i] = 1;
                num++;
            }
    for (guint i = 0; i < page->placed->len; i++)
        if (shown[i] || all)
            g_array_append_val(lines, i);
    g_free(shown);
    return lines;
}

/* "The cause: tls_untrusted_root (likely): ... a.log, line 3: ..." */
static void
text_reason(GString *text, const struct logbook *book, const struct result *result)
{
    static const char *const words[] = {
        [LOG_CONFIRMS] = "The same",
        [LOG_SHARPENS] = "The cause",
        [LOG_ADDS] = "The cause, which the capture cannot show",
        [LOG_DIFFERS] = "Another cause than the capture shows",
        [LOG_OBJECTS] = "A cause, of which the capture shows nothing",
    };
    struct log_reason reason;

    if (!logbook_reason(book, result, &reason))
        return;
    const struct log_fit *fit =
        &g_array_index(logbook_fits(book), struct log_fit, reason.placed->file);
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%s: %s (likely): %s. %s, line %u: %s", words[reason.relation],
                           finding_info(reason.finding)->name, finding_info(reason.finding)->title,
                           fit->log->file, reason.placed->entry->line, reason.placed->entry->text);
    g_string_append_c(text, '\n');
    text_labelled(text, "Log says", line->str);
    g_string_free(line, TRUE);
}

void
report_log_text(GString *text, const struct logbook *book, const struct result *result,
                struct mark start)
{
    const struct log_page *page = logbook_page(book, result->session);

    if (!page)
        return;
    text_reason(text, book, result);
    GArray *lines = telling_lines(page, logbook_wants_all(book));
    uint32_t rest = page->placed->len + page->more - lines->len;
    g_string_append_printf(text, "\n%*s%10s  %-*s%s\n", INDENT, "", "at second",
                           TEXT_INDENT - INDENT - 12, "log of", "line [frame]");
    for (guint i = 0; i < lines->len; i++)
        text_placed(text,
                    &g_array_index(page->placed, struct log_placed, g_array_index(lines, guint, i)),
                    result, start);
    if (rest)
        g_string_append_printf(text, "%*sand %s of its time\n", TEXT_INDENT, "",
                               text_count(rest, "other line").text);
    g_array_unref(lines);
}

static void
text_sentence(GString *text, const char *sentence)
{
    g_string_append_printf(text, "%*s", INDENT, "");
    text_wrapped(text, INDENT, INDENT, sentence);
}

/* Which export would work, by what the lines that are not understood speak of. */
static const char *
export_advice(const char *example)
{
    static const struct {
        const char *word, *advice;
    } exports[] = {
        { "rasclient", "of Windows any export works that has time, source and number: "
                       "wevtutil qe Application /f:text, Event Viewer's Copy, Get-WinEvent | fl" },
        { "event", "of Windows any export works that has time, source and number: "
                   "wevtutil qe Application /f:text, Event Viewer's Copy, Get-WinEvent | fl" },
        { "sstp,", "of RouterOS take /log print without columns cut off" },
        { "ppp", "of pppd take the system log, or journalctl -t pppd" },
        { "sstpc", "of sstpc take the system log, or --log-stderr" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(exports); i++) {
        char *lower = g_ascii_strdown(example, -1);
        bool has = strstr(lower, exports[i].word) != NULL;
        g_free(lower);
        if (has)
            return exports[i].advice;
    }
    return "what begins each line with a time can be read: journalctl -o short-iso, docker logs -t";
}

static void
text_unparsed(GString *text, const struct log *log)
{
    GString *words = g_string_new(NULL);

    g_string_append_printf(words, "%s could not be understood: line",
                           text_count(log->unparsed, "line").text);
    for (uint32_t i = 0; i < MIN(log->unparsed, LOG_UNPARSED_MAX); i++)
        g_string_append_printf(words, "%s %u", i ? "," : "", log->unparsed_lines[i]);
    if (log->unparsed > LOG_UNPARSED_MAX)
        g_string_append(words, " ...");
    g_string_append_printf(words, "; the first one is \"%s\"", log->unparsed_text);
    if (2 * log->unparsed > log->lines)
        g_string_append_printf(words, ". This form is not known: %s",
                               export_advice(log->unparsed_text));
    text_sentence(text, words->str);
    g_string_free(words, TRUE);
}

/* "+1 h", "-3 h 30 min", "+37.2 s" */
static char *
shift_text(int64_t shift)
{
    double seconds = ns_seconds(shift);
    int64_t minutes = ABS(shift) / NS_PER_SECOND / 60;
    char sign = shift < 0 ? '-' : '+';

    if (shift % (60 * NS_PER_SECOND) != 0)
        return g_strdup_printf("%+.10g s", seconds);
    if (minutes % 60 == 0)
        return g_strdup_printf("%c%d h", sign, (int)(minutes / 60));
    return g_strdup_printf("%c%d h %d min", sign, (int)(minutes / 60), (int)(minutes % 60));
}

static void
text_zone(GString *text, const struct log *log)
{
    char *words = g_strdup_printf("its times name no zone%s and were taken as %s, the zone here",
                                  log->date_assumed   ? " and no date"
                                  : log->year_assumed ? " and no year"
                                                      : "",
                                  log->zone);

    text_sentence(text, words);
    g_free(words);
}

static void
text_clock(GString *text, const struct log_fit *fit)
{
    const struct log *log = fit->log;
    char *words;

    if (log->zone_assumed)
        text_zone(text, log);
    if (fit->reason != LOG_SHIFT_NONE) {
        char *shift = shift_text(fit->shift);
        words = g_strdup_printf(
            "log times shifted by %s: %s", shift,
            fit->reason == LOG_SHIFT_HEADER
                ? "it has the HTTP header of a request that is in the capture"
                : "as they are, no line is at the time of a session; probably another zone");
        text_sentence(text, words);
        g_free(words);
        g_free(shift);
    }
    if (fit->placed == 0 && log->entries->len > 0)
        text_sentence(text, "no line is at the time of a session; clock or zone may differ, or "
                            "the log may be of another time");
    else if (log->entries->len == 0 && log->outside > 0)
        text_sentence(text, "all its lines are of another day than the capture");
}

/* What can be said of a file in any case. */
static void
text_log(GString *text, const struct log *log, const char *words)
{
    g_string_append_c(text, '\n');
    text_wrapped(text, 2, 0, words);
    if (log->error)
        return;
    if (log->lines == 0)
        text_sentence(text, log->has_bytes ? "nothing in it can be read as lines of a log"
                                           : "the file is empty");
    if (log->entries->len > 0 && log_source(log) == LOG_FROM_WINDOWS &&
        g_array_index(log->entries, struct log_entry, 0).time == LOG_NO_TIME)
        text_sentence(text, "its lines have no time, which tells attempts apart: wevtutil qe "
                            "Application /f:text shows events with time, source and number");
    if (log->dropped)
        text_sentence(text, "the log has too many lines, and the last ones were not used: cut out "
                            "the time that matters");
    if (log->unparsed)
        text_unparsed(text, log);
}

static void
text_file(GString *text, const struct log_fit *fit)
{
    const struct log *log = fit->log;
    char *words = log->error ? g_strdup_printf("Log %s cannot be read: %s", log->file, log->error)
                             : g_strdup_printf("Log %s (%s): %s, %u beside sessions", log->file,
                                               log_source_name(log_source(log)),
                                               text_count(log->lines, "line").text, fit->placed);

    text_log(text, log, words);
    if (!log->error)
        text_clock(text, fit);
    g_free(words);
}

/* How its clock was brought to that of the first log. */
static void
text_offset(GString *text, const struct log_offset *offset)
{
    char *shift, *words;

    if (offset->shift == 0)
        return;
    shift = shift_text(offset->shift);
    words = g_strdup_printf("%s were added to its times: %s%s", shift,
                            offset->known ? "what it has in common with the first log says so"
                                          : "as they are, the two ends are at different times",
                            offset->zone ? "; it was written in another time zone" : "");
    text_sentence(text, words);
    g_free(words);
    g_free(shift);
}

void
report_log_files_text(GString *text, const GPtrArray *logs, const GArray *offsets)
{
    for (guint i = 0; i < logs->len; i++) {
        const struct log *log = g_ptr_array_index(logs, i);
        char *words =
            log->error
                ? g_strdup_printf("Log %s cannot be read: %s", log->file, log->error)
                : g_strdup_printf("Log %s (%s): %s", log->file, log_source_name(log_source(log)),
                                  text_count(log->lines, "line").text);
        text_log(text, log, words);
        if (!log->error && log->zone_assumed)
            text_zone(text, log);
        text_offset(text, &g_array_index(offsets, struct log_offset, i));
        g_free(words);
    }
}

void
report_logs_text(GString *text, const struct logbook *book)
{
    const GArray *fits = logbook_fits(book);

    for (guint i = 0; i < fits->len; i++)
        text_file(text, &g_array_index(fits, struct log_fit, i));
}
