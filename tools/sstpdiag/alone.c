/* alone.c - logs without a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "alone.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "base/event.h"
#include "log/log.h"
#include "document.h"
#include "redact_logs.h"
#include "report/alone.h"
#include "output/say.h"
#include "output/show.h"

enum { PIECE_LEN = 1024 * 1024 };

/* In pieces: a log may be of any size, and its program may go on writing. */
static struct log *
read_log(const char *path, const struct log_context *context)
{
    struct log_parser *parser;
    FILE *file = g_fopen(path, "rb");
    uint8_t *piece;
    size_t len;
    int error;

    if (!file)
        return log_unreadable(path, g_strerror(errno));
    parser = log_parser_new(path, context);
    piece = g_malloc(PIECE_LEN);
    errno = 0;
    while ((len = fread(piece, 1, PIECE_LEN, file)) > 0)
        log_parser_feed(parser, piece, len);
    error = ferror(file) ? errno : 0;
    g_free(piece);
    fclose(file);
    struct log *log = log_parser_end(parser);
    if (!error)
        return log;
    log_free(log);
    return log_unreadable(path, g_strerror(error));
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

static bool
any_unreadable(const GPtrArray *logs)
{
    for (guint i = 0; i < logs->len; i++)
        if (((const struct log *)g_ptr_array_index(logs, i))->error)
            return true;
    return false;
}

/* The report without secrets; takes it over. */
static char *
redacted(struct redactor *redactor, const struct options *options, char *report)
{
    JsonNode *document = options->json ? json_from_string(report, NULL) : NULL;
    char *result;

    if (document) {
        redactor_learn_document(redactor, document);
        redactor_document(redactor, document);
        char *line = document_text(document, true);
        result = g_strconcat(line, "\n", NULL);
        g_free(line);
        json_node_unref(document);
    } else {
        redactor_learn_text(redactor, report);
        result = redactor_text(redactor, report);
    }
    g_free(report);
    return result;
}

/* False: a copy could not be written. */
static bool
redact(const struct options *options, char **report)
{
    struct redactor *redactor = redactor_new();
    GError *error = NULL;

    redact_logs_learn(redactor, options);
    *report = redacted(redactor, options, *report);
    bool good = redact_logs_copy(redactor, options, &error);
    if (!good) {
        say_warning("%s", error->message);
        g_error_free(error);
    }
    redactor_free(redactor);
    return good;
}

enum exit_status
alone_run(const struct options *options)
{
    GPtrArray *logs = read_logs(options->logs);
    struct alone *alone = alone_new(logs);
    char *report = options->json
                       ? report_alone_json(alone, SSTPDIAG_VERSION)
                       : report_alone_text(alone, SSTPDIAG_VERSION, options->all_log_lines);
    int worst = alone_severity(alone);
    bool failed = any_unreadable(logs), any = alone_has_attempt(alone);

    if (options->redact)
        failed |= !redact(options, &report);
    show_text(report, !options->json && show_wants_colour());
    g_free(report);
    alone_free(alone);
    g_ptr_array_unref(logs);
    if (fflush(stdout) != 0) {
        perror("sstpdiag: standard output");
        failed = true;
    }
    if (failed)
        return EXIT_CANNOT_RUN;
    return options_exit_status(options, worst, any);
}
