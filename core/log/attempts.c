/* attempts.c - what logs alone tell: attempts to connect, one behind the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/attempts.h"

#include <string.h>

#include "base/event.h"
#include "base/thresholds.h"

static void
attempt_free(gpointer data)
{
    struct log_attempt *attempt = data;

    g_array_unref(attempt->lines);
    g_free(attempt);
}

static struct log_attempt *
attempt_new(GPtrArray *attempts)
{
    struct log_attempt *attempt = g_new0(struct log_attempt, 1);

    attempt->lines = g_array_new(FALSE, FALSE, sizeof(struct log_told));
    attempt->first = attempt->last = LOG_NO_TIME;
    attempt->blame.finding = LOG_NO_FINDING;
    g_ptr_array_add(attempts, attempt);
    return attempt;
}

/* --- where one begins ------------------------------------------------------------------------ */

/* A line that only stands at the beginning. */
static bool
begins(const struct log_entry *entry)
{
    static const char *const words[] = { "initializing...", "Establish VPN connection",
                                         "RasClient 20221", "Resolved " };

    if (entry->event == LOG_EVENT_TCP && !(entry->level >= SEVERITY_WARN))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(entry->text, words[i]))
            return true;
    return false;
}

static bool
is_of_other(const struct log_attempt *attempt, const struct log_entry *entry)
{
    if (attempt->id && entry->id && !entry->id_of_ras)
        return strcmp(attempt->id, entry->id) != 0;
    return attempt->client && entry->endpoint && strcmp(attempt->client, entry->endpoint) != 0;
}

static bool
begins_next(const struct log_attempt *attempt, const struct log_entry *entry)
{
    if (attempt->lines->len == 0)
        return false;
    if (is_of_other(attempt, entry))
        return true;
    if (entry->time != LOG_NO_TIME && attempt->last != LOG_NO_TIME && !attempt->established &&
        entry->time - attempt->last > LOG_ATTEMPT_PAUSE_SECONDS * NS_PER_SECOND)
        return true;
    return begins(entry) && attempt->any_stage && attempt->reached > STAGE_TCP;
}

/* --- what a line adds ------------------------------------------------------------------------ */

static bool
event_stage(enum log_event event, enum stage *stage)
{
    static const struct {
        enum log_event last;
        enum stage stage;
    } stages[] = {
        { LOG_EVENT_TCP, STAGE_TCP },
        { LOG_EVENT_TLS, STAGE_TLS },
        { LOG_EVENT_HTTP_ANSWER, STAGE_HTTP },
        { LOG_EVENT_CALL_NAK, STAGE_SSTP },
        { LOG_EVENT_CALL_CONNECTED, STAGE_BINDING },
    };

    if (event <= LOG_EVENT_STEP)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++)
        if (event <= stages[i].last) {
            *stage = stages[i].stage;
            return true;
        }
    *stage = STAGE_AUTH;
    if (event == LOG_EVENT_NCP)
        *stage = STAGE_NCP;
    return event == LOG_EVENT_NCP ||
           (event >= LOG_EVENT_CHALLENGE && event <= LOG_EVENT_AUTH_FAILURE);
}

static bool
says_established(const struct log_entry *entry)
{
    static const char *const words[] = { "Connection Established",  "Connection established",
                                         "session was established", ": connected",
                                         "RasClient 20223",         "RasClient 20224",
                                         "local IP address",        "remote IP address" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(entry->text, words[i]))
            return true;
    return false;
}

static void
add_line(struct log_attempt *attempt, const struct log_entry *entry, unsigned file)
{
    struct log_told told = { entry, file };
    struct log_blame blame = log_entry_blame(entry);
    enum stage stage;

    g_array_append_val(attempt->lines, told);
    if (entry->time != LOG_NO_TIME) {
        attempt->first = attempt->first == LOG_NO_TIME ? entry->time : attempt->first;
        attempt->last = entry->time;
    }
    attempt->id = attempt->id || entry->id_of_ras ? attempt->id : entry->id;
    attempt->client = attempt->client ? attempt->client : entry->endpoint;
    if (event_stage(entry->event, &stage)) {
        attempt->reached = attempt->any_stage ? MAX(attempt->reached, stage) : stage;
        attempt->any_stage = true;
    }
    attempt->established |= says_established(entry);
    if (log_blame_is_better(&blame, &attempt->blame)) {
        attempt->blame = blame;
        attempt->evidence = told;
    }
}

/* --- all logs -------------------------------------------------------------------------------- */

static gint
compare_told(gconstpointer a, gconstpointer b)
{
    const struct log_told *first = a, *second = b;

    if (first->entry->time != second->entry->time)
        return first->entry->time < second->entry->time ? -1 : 1;
    if (first->file != second->file)
        return first->file < second->file ? -1 : 1;
    return first->entry->line < second->entry->line ? -1 : first->entry->line > second->entry->line;
}

static GArray *
all_lines(const GPtrArray *logs)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct log_told));

    for (guint file = 0; file < logs->len; file++) {
        const struct log *log = g_ptr_array_index(logs, file);
        for (guint i = 0; i < log->entries->len; i++) {
            struct log_told told = { &g_array_index(log->entries, struct log_entry, i), file };
            g_array_append_val(lines, told);
        }
    }
    g_array_sort(lines, compare_told);
    return lines;
}

GPtrArray *
log_attempts_new(const GPtrArray *logs)
{
    GPtrArray *attempts = g_ptr_array_new_with_free_func(attempt_free);
    GArray *lines = all_lines(logs);
    struct log_attempt *attempt = NULL;

    for (guint i = 0; i < lines->len; i++) {
        const struct log_told *told = &g_array_index(lines, struct log_told, i);
        if (!attempt || (attempts->len < LOG_ATTEMPTS_MAX && begins_next(attempt, told->entry)))
            attempt = attempt_new(attempts);
        add_line(attempt, told->entry, told->file);
    }
    g_array_unref(lines);
    return attempts;
}
