/* alone.c - logs without a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "alone.h"

#include <stdio.h>

#include "base/event.h"
#include "log/attempts.h"
#include "log/log.h"
#include "report/alone.h"
#include "show.h"

static struct log *
read_log(const char *path, const struct log_context *context)
{
    GError *error = NULL;
    GMappedFile *file = g_mapped_file_new(path, FALSE, &error);
    struct log *log;

    if (!file) {
        log = log_unreadable(path, error->message);
        g_error_free(error);
        return log;
    }
    log = log_parse(path, (const uint8_t *)g_mapped_file_get_contents(file),
                    g_mapped_file_get_length(file), context);
    g_mapped_file_unref(file);
    return log;
}

static GPtrArray *
read_logs(char **paths)
{
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);
    const int64_t now = g_get_real_time() * (NS_PER_SECOND / G_USEC_PER_SEC);
    struct log_context context = { g_time_zone_new_local(), now, now, true };

    for (char **path = paths; *path; path++)
        g_ptr_array_add(logs, read_log(*path, &context));
    g_time_zone_unref(context.zone);
    return logs;
}

/* -1 when nothing was found. */
static int
worst_of(const GPtrArray *logs)
{
    GPtrArray *attempts = log_attempts_new(logs);
    int worst = -1;

    for (guint i = 0; i < attempts->len; i++) {
        const struct log_attempt *attempt = g_ptr_array_index(attempts, i);
        if (attempt->blame.finding != LOG_NO_FINDING)
            worst =
                MAX(worst, (int)finding_info((enum finding_id)attempt->blame.finding)->severity);
    }
    g_ptr_array_unref(attempts);
    return worst;
}

static bool
any_unreadable(const GPtrArray *logs)
{
    for (guint i = 0; i < logs->len; i++)
        if (((const struct log *)g_ptr_array_index(logs, i))->error)
            return true;
    return false;
}

enum exit_status
alone_run(const struct options *options)
{
    GPtrArray *logs = read_logs(options->logs);
    char *report = options->json
                       ? report_alone_json(logs, SSTPDIAG_VERSION)
                       : report_alone_text(logs, SSTPDIAG_VERSION, options->all_log_lines);
    int worst = worst_of(logs);
    bool failed = any_unreadable(logs);

    show_text(report, !options->json && show_wants_colour());
    g_free(report);
    g_ptr_array_unref(logs);
    if (fflush(stdout) != 0) {
        perror("sstpdiag: standard output");
        failed = true;
    }
    if (failed)
        return EXIT_CANNOT_RUN;
    return worst >= options->fail_on ? EXIT_FOUND : EXIT_QUIET;
}
