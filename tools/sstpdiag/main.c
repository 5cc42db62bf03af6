/* main.c - sstpdiag: why does an SSTP VPN not work, from one or more captures
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alone.h"
#include "annex.h"
#include "base/text.h"
#include "compare.h"
#include "document.h"
#include "report/explain.h"
#include "output/say.h"
#include "output/show.h"
#include "output/target.h"
#include "ends.h"
#include "fleet.h"
#include "keys.h"
#include "options.h"
#include "own.h"
#include "pieces.h"
#include "reader.h"
#include "redact_logs.h"
#include "worst.h"

/* One report, on a capture or on several ends of a connection. */
struct report {
    GPtrArray *paths; /* of the captures */
    bool is_pieces;   /* they are pieces of one recording */
    JsonNode *document;
    char *text;
};

struct program {
    const struct options *options;
    struct reader *reader;
    GPtrArray *reports;  /* struct report */
    bool one_connection; /* some that could not be joined are of one connection */
    char *comparison;    /* of two attempts, as text; NULL: none */
    bool failed;         /* something could not be judged */
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
    say_warning("%s: %s", about, error->message);
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

/* What came of judging one capture. */
struct judged {
    JsonNode *document; /* NULL: error says why */
    char *text, *complaints;
    GError *error;
};

/* May be called by several threads at once. */
static struct judged
judge(const struct program *program, struct reading reading)
{
    struct judged outcome = { 0 };
    struct judgement judgement;

    reading.trace = program->options->html != NULL;
    reading.progress = isatty(STDERR_FILENO);
    outcome.document = ends_judge(program->reader, reading, &judgement, &outcome.error);
    if (!outcome.document)
        return outcome;
    outcome.text = g_steal_pointer(&judgement.text);
    outcome.complaints = g_steal_pointer(&judgement.complaints);
    judgement_clear(&judgement);
    return outcome;
}

/* Tells what went wrong about name: a capture, or all that are joined. The rest moves into report.
 * False: there is none. */
static bool
take_outcome(struct program *program, struct report *report, const char *name,
             struct judged outcome)
{
    if (!outcome.document) {
        complain(program, name, outcome.error);
        return false;
    }
    if (*outcome.complaints)
        say_warning("%s: %s", name, outcome.complaints);
    program->failed |= reader_refused_credentials(outcome.complaints);
    g_free(outcome.complaints);
    g_clear_pointer(&report->document, json_node_unref);
    g_free(report->text);
    report->document = outcome.document;
    report->text = outcome.text;
    return true;
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

/* A file, or the pieces of one recording. */
struct source {
    const struct program *program;
    GPtrArray *paths;
    char *joined; /* of pieces, to be removed; NULL: there is but one, or outcome has the error */
    struct judged outcome;
};

static void
judge_source(gpointer data, gpointer unused)
{
    struct source *source = data;
    const char *path = source->joined ? source->joined : g_ptr_array_index(source->paths, 0);

    (void)unused;
    source->outcome = judge(source->program, (struct reading){ .path = path });
}

/* Takes over its paths and what came of judging them. */
static void
add_report(struct program *program, struct source *source)
{
    struct report *report = g_new0(struct report, 1);

    report->paths = source->paths;
    report->is_pieces = source->paths->len > 1;
    char *name = report_name(report);
    if (take_outcome(program, report, name, source->outcome)) {
        name_captures(report);
        g_ptr_array_add(program->reports, report);
    } else {
        report_free(report);
    }
    g_free(name);
    if (source->joined)
        g_remove(source->joined);
    g_free(source->joined);
}

/* Of the files that the user names, in their order. Pieces are put together first, one after the
 * other; judging goes side by side. */
static void
judge_files(struct program *program)
{
    const struct options *options = program->options;
    GPtrArray *recordings = pieces_sort(options->files, options->separate);
    struct source *sources = g_new0(struct source, recordings->len);
    GThreadPool *pool =
        g_thread_pool_new(judge_source, NULL, (gint)g_get_num_processors(), FALSE, NULL);

    for (guint i = 0; i < recordings->len; i++) {
        struct source *source = &sources[i];
        *source = (struct source){ .program = program,
                                   .paths = g_ptr_array_ref(g_ptr_array_index(recordings, i)) };
        if (source->paths->len > 1)
            source->joined =
                ends_merge(program->reader, source->paths, true, NULL, &source->outcome.error);
        if (!source->outcome.error)
            g_thread_pool_push(pool, source, NULL);
    }
    g_thread_pool_free(pool, FALSE, TRUE);
    for (guint i = 0; i < recordings->len; i++)
        add_report(program, &sources[i]);
    g_free(sources);
    g_ptr_array_unref(recordings);
}

/* --- both ends ------------------------------------------------------------------------------- */

/* Judges the captures of report together. servers: of its sessions at each end, so that what can be
 * decrypted at one end only is a session at the other as well. ends: struct own_end, as each was
 * judged alone. */
static bool
join(struct program *program, struct report *report, const char *servers, const GPtrArray *ends)
{
    GArray *interfaces = g_array_new(FALSE, FALSE, sizeof(guint32));
    struct judged outcome = { 0 };
    char *name = report_name(report);
    char *joined = ends_merge(program->reader, report->paths, false, interfaces, &outcome.error);

    if (joined)
        outcome =
            judge(program,
                  (struct reading){ .path = joined, .servers = servers, .two_interfaces = true });
    if (outcome.document)
        own_restore(outcome.document, &outcome.text, joined, ends, interfaces,
                    reader_is_at_least(program->reader, 4, 4));
    bool good = take_outcome(program, report, name, outcome);
    if (good)
        name_captures(report);
    if (good && program->options->html)
        annex_frames(report->document, joined, interfaces);
    if (joined)
        g_remove(joined);
    g_free(joined);
    g_free(name);
    g_array_unref(interfaces);
    return good;
}

static void
add_end(GPtrArray *ends, const struct report *report)
{
    struct own_end *end = g_new0(struct own_end, 1);

    end->name = report_name(report);
    end->document = json_node_ref(report->document);
    end->text = g_strdup(report->text);
    g_ptr_array_add(ends, end);
}

/* known: a set of those that are in it. */
static void
add_servers(GString *servers, GHashTable *known, JsonNode *document)
{
    JsonArray *sessions = document_sessions(document);

    for (guint i = 0; i < json_array_get_length(sessions); i++) {
        const char *server = member_string(json_array_get_object_element(sessions, i), "server");
        if (*server && g_hash_table_add(known, g_strdup(server)))
            g_string_append_printf(servers, "%s%s", servers->len ? "," : "", server);
    }
}

static void
join_group(struct program *program, const guint *groups, guint first)
{
    struct report *report = g_ptr_array_index(program->reports, first);
    guint num = program->reports->len, alone = report->paths->len;
    GString *servers = g_string_new(NULL);
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *ends = g_ptr_array_new_with_free_func(own_end_free);

    add_servers(servers, known, report->document);
    add_end(ends, report);
    for (guint i = first + 1; i < num; i++) {
        const struct report *other = g_ptr_array_index(program->reports, i);
        if (groups[i] != first)
            continue;
        g_ptr_array_add(report->paths, g_strdup(g_ptr_array_index(other->paths, 0)));
        add_servers(servers, known, other->document);
        add_end(ends, other);
    }
    /* Without it, each is told alone. */
    if (report->paths->len > alone && !join(program, report, servers->str, ends))
        g_ptr_array_set_size(report->paths, (gint)alone);
    g_ptr_array_unref(ends);
    g_hash_table_unref(known);
    g_string_free(servers, TRUE);
}

static void
join_ends(struct program *program)
{
    guint num = program->reports->len;
    JsonNode **documents = g_new0(JsonNode *, num);
    guint *groups = g_new0(guint, num);

    for (guint i = 0; i < num; i++) {
        const struct report *report = g_ptr_array_index(program->reports, i);
        documents[i] = report->is_pieces ? NULL : report->document;
    }
    ends_group(documents, num, groups);
    for (guint i = 0; i < num; i++)
        if (groups[i] == i)
            join_group(program, groups, i);
    for (guint i = num; i-- > 0;) {
        const struct report *first = g_ptr_array_index(program->reports, groups[i]);
        if (groups[i] != i && first->paths->len > 1)
            g_ptr_array_remove_index(program->reports, i);
        program->one_connection |= groups[i] != i && first->paths->len == 1;
    }
    g_free(groups);
    g_free(documents);
}

/* Two that are not one connection are two attempts: one that works and one that does not, say. */
static void
compare_two(struct program *program)
{
    const struct report *left = g_ptr_array_index(program->reports, 0),
                        *right = g_ptr_array_index(program->reports, 1);

    program->comparison = compare_reports(left->document, right->document);
}

/* --- output ---------------------------------------------------------------------------------- */

static void
print_json(const struct report *report)
{
    char *line = document_text(report->document, false);

    puts(line);
    g_free(line);
}

/* What the captures of a report are to each other; NULL: there is but one. */
static const char *
kinship(const struct report *report)
{
    JsonObject *document = json_node_get_object(report->document);

    if (report->paths->len < 2)
        return NULL;
    if (report->is_pieces)
        return "Pieces of one recording, put together.";
    return json_array_get_length(json_object_get_array_member(document, "pairs")) > 0
               ? "Captures of the same connection, joined."
               : "Captures of the same connection that do not show two ends of it, put together.";
}

static void
print_texts(const struct program *program)
{
    const GPtrArray *reports = program->reports;
    bool colour = show_wants_colour();

    for (guint i = 0; i < reports->len; i++) {
        const struct report *report = g_ptr_array_index(reports, i);
        char *words = report_name(report), *name = text_shown(words, "");
        if (reports->len > 1 || report->paths->len > 1)
            printf("%s== %s ==\n", i ? "\n" : "", name);
        if (kinship(report))
            puts(kinship(report));
        show_text(report->text, colour);
        g_free(name);
        g_free(words);
    }
    if (program->comparison) {
        puts("");
        show_text(program->comparison, colour);
    }
}

static GPtrArray *
documents_of(const struct program *program)
{
    GPtrArray *documents = g_ptr_array_new();

    for (guint i = 0; i < program->reports->len; i++)
        g_ptr_array_add(documents,
                        ((struct report *)g_ptr_array_index(program->reports, i))->document);
    return documents;
}

static void
write_page(struct program *program)
{
    GPtrArray *documents = g_ptr_array_new_with_free_func(g_free), *texts = g_ptr_array_new();
    GError *error = NULL;

    for (guint i = 0; i < program->reports->len; i++) {
        struct report *report = g_ptr_array_index(program->reports, i);
        annex_findings(report->document);
        JsonNode *shown = worst_only(report->document, (guint)program->options->max_sessions);
        g_ptr_array_add(documents, document_text(shown, true));
        json_node_unref(shown);
        g_ptr_array_add(texts, report->text);
    }
    if (program->comparison)
        g_ptr_array_add(texts, program->comparison);
    char *page = show_page(documents, texts, &error);
    if (!page || !target_write(program->options->inputs, program->options->html, page, &error)) {
        say_warning("%s", error->message);
        g_error_free(error);
        program->failed = true;
    }
    g_free(page);
    g_ptr_array_unref(documents);
    g_ptr_array_unref(texts);
}

static void
tell_of_keys(const struct program *program)
{
    GPtrArray *documents = documents_of(program);

    if (program->options->keylogs)
        keys_tell(program->options->keylogs, documents);
    if (program->options->rsa_keys)
        keys_tell_rsa(documents);
    g_ptr_array_unref(documents);
}

static enum exit_status
program_output(struct program *program)
{
    bool any = false;
    int worst = -1;

    for (guint i = 0; i < program->reports->len; i++) {
        struct report *report = g_ptr_array_index(program->reports, i);
        worst = MAX(worst, document_severity(report->document));
        any |= document_has_session(report->document);
        if (program->options->json)
            print_json(report);
    }
    if (!program->options->json)
        print_texts(program);
    tell_of_keys(program);
    if (program->options->html && program->reports->len)
        write_page(program);
    if (fflush(stdout) != 0) {
        perror("sstpdiag: standard output");
        program->failed = true;
    }
    if (program->failed)
        return EXIT_CANNOT_RUN;
    return options_exit_status(program->options, worst, any);
}

/* --- without secrets ------------------------------------------------------------------------- */

static void
redact_report(struct redactor *redactor, struct report *report)
{
    for (guint i = 0; i < report->paths->len; i++) {
        char *display = g_filename_display_name(g_ptr_array_index(report->paths, i));
        g_free(g_ptr_array_index(report->paths, i));
        g_ptr_array_index(report->paths, i) = redactor_text(redactor, display);
        g_free(display);
    }
    redactor_document(redactor, report->document);
    char *text = redactor_text(redactor, report->text);
    g_free(report->text);
    report->text = text;
}

/* All that goes out from here on is without secrets. */
static void
redact(struct program *program)
{
    struct redactor *redactor = redactor_new();
    GError *error = NULL;

    redact_logs_learn(redactor, program->options);
    for (guint i = 0; i < program->reports->len; i++) {
        const struct report *report = g_ptr_array_index(program->reports, i);
        for (guint k = 0; k < report->paths->len; k++) {
            char *display = g_filename_display_name(g_ptr_array_index(report->paths, k));
            redactor_learn_capture(redactor, display);
            g_free(display);
        }
        redactor_learn_document(redactor, report->document);
        redactor_learn_text(redactor, report->text);
    }
    for (guint i = 0; i < program->reports->len; i++)
        redact_report(redactor, g_ptr_array_index(program->reports, i));
    if (program->comparison) {
        char *text = redactor_text(redactor, program->comparison);
        g_free(program->comparison);
        program->comparison = text;
    }
    if (!redact_logs_copy(redactor, program->options, &error))
        complain(program, program->options->redacted_logs, error);
    redactor_free(redactor);
}

static enum exit_status
run_few(const struct options *options, struct reader *reader)
{
    struct program program = { .options = options, .reader = reader };

    program.reports = g_ptr_array_new_with_free_func(report_free);
    judge_files(&program);
    if (!options->separate && program.reports->len > 1)
        join_ends(&program);
    if (!options->separate && !program.one_connection && program.reports->len == 2)
        compare_two(&program);
    if (options->redact)
        redact(&program);
    enum exit_status status = program_output(&program);
    g_ptr_array_unref(program.reports);
    g_free(program.comparison);
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
        fprintf(stderr,
                "sstpdiag: nothing is known of \"%s\". Known are codes of Windows, RAS and MS-CHAP "
                "(691, 0x800B010F, E=648), TLS alerts, statuses of HTTP, numbers of events, ids "
                "and titles of findings, states of a verdict, and sentences of logs\n",
                word);
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
        say_warning("%s", error->message);
        g_error_free(error);
        return EXIT_CANNOT_RUN;
    }
    enum exit_status status =
        options_are_for_many(options) ? fleet_run(options, reader) : run_few(options, reader);
    reader_free(reader);
    return status;
}

/* Before hours of judging. */
static bool
may_write(const struct options *options, GError **error)
{
    const struct inputs *inputs = options->inputs;

    return (!options->html || target_check(inputs, options->html, TARGET_FILE, error)) &&
           (!options->output || target_check(inputs, options->output, TARGET_FILE, error));
}

int
main(int argc, char **argv)
{
    struct options options;
    GError *error = NULL;
    enum exit_status status = EXIT_USAGE;
    const struct rlimit none = { 0, 0 };

    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");    /* as in the reports */
    setrlimit(RLIMIT_CORE, &none); /* a core would hold keys */
    say_init("sstpdiag");
    if (options_parse(&options, &argc, &argv, &error) && may_write(&options, &error)) {
        status = run(&options);
    } else {
        say_warning("%s\nTry sstpdiag --help.", error->message);
        g_error_free(error);
    }
    options_clear(&options);
    return (int)status;
}
