/* main.c - sstpdiag: why does an SSTP VPN not work, from one or more captures
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alone.h"
#include "document.h"
#include "report/explain.h"
#include "ends.h"
#include "fleet.h"
#include "options.h"
#include "reader.h"
#include "show.h"

/* One report, on a capture or on several ends of a connection. */
struct report {
    GPtrArray *paths; /* of the captures */
    JsonNode *document;
    char *text;
};

struct program {
    const struct options *options;
    struct reader *reader;
    GPtrArray *reports; /* struct report */
    bool failed;        /* something could not be judged */
};

static void
report_free(gpointer data)
{
    struct report *report = data;

    g_ptr_array_unref(report->paths);
    g_clear_pointer(&report->document, json_node_unref);
    g_free(report->text);
    g_free(report);
}

static void
complain(struct program *program, const char *about, GError *error)
{
    fprintf(stderr, "sstpdiag: %s: %s\n", about, error->message);
    g_error_free(error);
    program->failed = true;
}

/* The names of a report's captures, with a plus between. */
static char *
report_name(const struct report *report)
{
    GString *name = g_string_new(NULL);

    for (guint i = 0; i < report->paths->len; i++) {
        char *display = g_filename_display_name(g_ptr_array_index(report->paths, i));
        g_string_append_printf(name, "%s%s", i ? " + " : "", display);
        g_free(display);
    }
    return g_string_free(name, FALSE);
}

/* name: of the capture, or of all that are in it. */
static JsonNode *
judge(struct program *program, struct reading reading, const char *name, char **text,
      GError **error)
{
    struct judgement judgement;

    reading.trace = program->options->html != NULL;
    reading.progress = isatty(STDERR_FILENO);
    JsonNode *document = ends_judge(program->reader, reading, &judgement, error);
    if (!document)
        return NULL;
    if (*judgement.complaints)
        fprintf(stderr, "sstpdiag: %s: %s", name, judgement.complaints);
    *text = g_steal_pointer(&judgement.text);
    judgement_clear(&judgement);
    return document;
}

static void
name_captures(struct report *report)
{
    JsonObject *capture = document_capture(report->document);
    JsonArray *files = json_array_new();
    char *name = report_name(report);

    json_object_set_string_member(capture, "file", name);
    g_free(name);
    if (report->paths->len < 2) {
        json_array_unref(files);
        return;
    }
    for (guint i = 0; i < report->paths->len; i++) {
        char *display = g_filename_display_name(g_ptr_array_index(report->paths, i));
        json_array_add_string_element(files, display);
        g_free(display);
    }
    json_object_set_array_member(capture, "files", files);
}

static void
judge_file(struct program *program, const char *path)
{
    struct report *report = g_new0(struct report, 1);
    GError *error = NULL;

    report->paths = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(report->paths, g_strdup(path));
    report->document =
        judge(program, (struct reading){ .path = path }, path, &report->text, &error);
    if (!report->document) {
        complain(program, path, error);
        report_free(report);
        return;
    }
    name_captures(report);
    g_ptr_array_add(program->reports, report);
}

/* The same file by another name is no other end. */
static bool
is_repeated(char **files, guint index)
{
    GStatBuf mine, other;

    for (guint i = 0; i < index; i++)
        if (g_stat(files[index], &mine) == 0 && g_stat(files[i], &other) == 0 &&
            mine.st_dev == other.st_dev && mine.st_ino == other.st_ino)
            return true;
    return false;
}

/* --- both ends ------------------------------------------------------------------------------- */

/* Judges the captures of report together. servers: of its sessions at each end, so that what can be
 * decrypted at one end only is a session at the other as well. */
static bool
join(struct program *program, struct report *report, const char *servers)
{
    GError *error = NULL;
    char *name = report_name(report), *text = NULL;
    char *joined = ends_merge(program->reader, report->paths, &error);
    const struct reading reading = { .path = joined, .servers = servers, .two_interfaces = true };
    JsonNode *document = joined ? judge(program, reading, name, &text, &error) : NULL;

    if (joined)
        g_remove(joined);
    g_free(joined);
    if (document) {
        json_node_unref(report->document);
        g_free(report->text);
        report->document = document;
        report->text = text;
        name_captures(report);
    } else {
        complain(program, name, error);
    }
    g_free(name);
    return document != NULL;
}

static void
add_servers(GString *servers, JsonNode *document)
{
    JsonArray *sessions = document_sessions(document);

    for (guint i = 0; i < json_array_get_length(sessions); i++) {
        const char *server = member_string(json_array_get_object_element(sessions, i), "server");
        if (*server && !strstr(servers->str, server))
            g_string_append_printf(servers, "%s%s", servers->len ? "," : "", server);
    }
}

static void
join_group(struct program *program, const guint *groups, guint first)
{
    struct report *report = g_ptr_array_index(program->reports, first);
    guint num = program->reports->len, alone = report->paths->len;
    GString *servers = g_string_new(NULL);

    add_servers(servers, report->document);
    for (guint i = first + 1; i < num; i++) {
        const struct report *other = g_ptr_array_index(program->reports, i);
        if (groups[i] != first)
            continue;
        g_ptr_array_add(report->paths, g_strdup(g_ptr_array_index(other->paths, 0)));
        add_servers(servers, other->document);
    }
    /* Without it, each is told alone. */
    if (report->paths->len > alone && !join(program, report, servers->str))
        g_ptr_array_set_size(report->paths, (gint)alone);
    g_string_free(servers, TRUE);
}

static void
join_ends(struct program *program)
{
    guint num = program->reports->len;
    JsonNode **documents = g_new0(JsonNode *, num);
    guint *groups = g_new0(guint, num);

    for (guint i = 0; i < num; i++)
        documents[i] = ((struct report *)g_ptr_array_index(program->reports, i))->document;
    ends_group(documents, num, groups);
    for (guint i = 0; i < num; i++)
        if (groups[i] == i)
            join_group(program, groups, i);
    for (guint i = num; i-- > 0;) {
        const struct report *first = g_ptr_array_index(program->reports, groups[i]);
        if (groups[i] != i && first->paths->len > 1)
            g_ptr_array_remove_index(program->reports, i);
    }
    g_free(groups);
    g_free(documents);
}

/* --- output ---------------------------------------------------------------------------------- */

static void
print_json(const struct report *report)
{
    char *line = document_text(report->document, false);

    puts(line);
    g_free(line);
}

static void
print_texts(const GPtrArray *reports)
{
    bool colour = show_wants_colour();

    for (guint i = 0; i < reports->len; i++) {
        const struct report *report = g_ptr_array_index(reports, i);
        char *name = report_name(report);
        if (reports->len > 1 || report->paths->len > 1)
            printf("%s== %s ==\n", i ? "\n" : "", name);
        if (report->paths->len > 1)
            puts("Captures of the same connection, joined.");
        show_text(report->text, colour);
        g_free(name);
    }
}

static void
write_page(struct program *program)
{
    GPtrArray *documents = g_ptr_array_new(), *texts = g_ptr_array_new();
    GError *error = NULL;

    for (guint i = 0; i < program->reports->len; i++) {
        struct report *report = g_ptr_array_index(program->reports, i);
        g_ptr_array_add(documents, report->document);
        g_ptr_array_add(texts, report->text);
    }
    if (!show_page(program->options->html, documents, texts, &error))
        complain(program, program->options->html, error);
    g_ptr_array_unref(documents);
    g_ptr_array_unref(texts);
}

static enum exit_status
program_output(struct program *program)
{
    int worst = -1;

    for (guint i = 0; i < program->reports->len; i++) {
        struct report *report = g_ptr_array_index(program->reports, i);
        worst = MAX(worst, document_severity(report->document));
        if (program->options->json)
            print_json(report);
    }
    if (!program->options->json)
        print_texts(program->reports);
    if (program->options->html && program->reports->len)
        write_page(program);
    if (fflush(stdout) != 0) {
        perror("sstpdiag: standard output");
        program->failed = true;
    }
    if (program->failed)
        return EXIT_CANNOT_RUN;
    return worst >= program->options->fail_on ? EXIT_FOUND : EXIT_QUIET;
}

static enum exit_status
run_few(const struct options *options, struct reader *reader)
{
    struct program program = { .options = options, .reader = reader };

    program.reports = g_ptr_array_new_with_free_func(report_free);
    for (guint i = 0; options->files[i]; i++)
        if (!is_repeated(options->files, i))
            judge_file(&program, options->files[i]);
    if (!options->separate && program.reports->len > 1)
        join_ends(&program);
    enum exit_status status = program_output(&program);
    g_ptr_array_unref(program.reports);
    return status;
}

/* The words behind the code belong to it. */
static enum exit_status
explain(const struct options *options)
{
    char *more = options->files ? g_strjoinv(" ", options->files) : NULL;
    char *word = more ? g_strconcat(options->explain, " ", more, NULL) : g_strdup(options->explain);
    char *text = report_explain(word);

    if (text)
        fputs(text + (*text == '\n'), stdout);
    else
        fprintf(stderr, "sstpdiag: nothing is known of \"%s\"\n", word);
    enum exit_status status = text ? EXIT_QUIET : EXIT_FOUND;
    g_free(text);
    g_free(word);
    g_free(more);
    return status;
}

static enum exit_status
run(const struct options *options)
{
    GError *error = NULL;

    if (options->version) {
        puts("sstpdiag " SSTPDIAG_VERSION);
        return EXIT_QUIET;
    }
    if (options->explain)
        return explain(options);
    if (!options->files)
        return alone_run(options);
    struct reader *reader = reader_new(options, &error);
    if (!reader) {
        fprintf(stderr, "sstpdiag: %s\n", error->message);
        g_error_free(error);
        return EXIT_CANNOT_RUN;
    }
    enum exit_status status =
        options_are_for_many(options) ? fleet_run(options, reader) : run_few(options, reader);
    reader_free(reader);
    return status;
}

int
main(int argc, char **argv)
{
    struct options options;
    GError *error = NULL;
    enum exit_status status = EXIT_USAGE;

    setlocale(LC_ALL, "");
    if (options_parse(&options, &argc, &argv, &error)) {
        status = run(&options);
    } else {
        fprintf(stderr, "sstpdiag: %s\nTry sstpdiag --help.\n", error->message);
        g_error_free(error);
    }
    options_clear(&options);
    return (int)status;
}
