/* fleet.c - many captures: each gets a line of JSON, all of them a summary
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fleet.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "captures.h"
#include "document.h"
#include "ends.h"
#include "base/text.h"
#include "output/say.h"
#include "output/show.h"
#include "output/target.h"
#include "roster.h"
#include "summary.h"

struct fleet {
    const struct options *options;
    const struct reader *reader;
    GPtrArray *files;  /* char * */
    GHashTable *known; /* key of a capture in the output -> itself */
    FILE *out;         /* of the lines; NULL: a table in their place */
    guint skipped, done;
    bool failed;
    gint refused; /* the credentials are wrong; set by any job */
    struct summary *summary;
    struct roster *roster; /* for a page or a table; NULL: neither is wanted */
    GMutex lock;           /* of all that the jobs share: from out on */
};

/* A capture as it was when it was judged. */
struct capture_key {
    char *name;
    gint64 size;
    gint64 modified; /* seconds since 1970 */
};

/* --- which captures -------------------------------------------------------------------------- */

static struct capture_key
key_of_file(const char *path)
{
    struct capture_key key = { .name = g_filename_display_name(path) };
    GStatBuf status;

    if (g_stat(path, &status) == 0) {
        key.size = status.st_size;
        key.modified = status.st_mtime;
    }
    return key;
}

static char *
key_text(const char *name, gint64 size, gint64 modified)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%s", size, modified, name);
}

/* --- the output ------------------------------------------------------------------------------ */

static void
fleet_count(struct fleet *fleet, JsonNode *document)
{
    summary_add(fleet->summary, document);
    if (fleet->roster)
        roster_add(fleet->roster, document);
}

static void
fleet_know(struct fleet *fleet, JsonNode *document)
{
    JsonObject *capture = document_capture(document);

    if (fleet->options->retry && json_object_has_member(json_node_get_object(document), "error"))
        return;
    g_hash_table_add(fleet->known,
                     key_text(member_string(capture, "file"),
                              json_object_get_int_member_with_default(capture, "size", -1),
                              json_object_get_int_member_with_default(capture, "modified", -1)));
    fleet_count(fleet, document);
}

/* Does a line begin as a report does, as far as it goes? */
static bool
is_begun(const char *line)
{
    static const char start[] = "{\"schema\":\"sstpdiag/1\"";

    return strncmp(line, start, MIN(strlen(line), sizeof start - 1)) == 0;
}

/* Lines of an earlier run. What stands behind the last whole line is of a run that was killed. */
static bool
read_lines(struct fleet *fleet, FILE *file, off_t *end)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    guint number = 0;

    *end = 0;
    while ((len = getline(&line, &room, file)) > 0 && line[len - 1] == '\n') {
        GError *error = NULL;
        JsonNode *document = document_parse(line, &error);
        number++;
        if (!document) {
            say_warning("%s:%u: %s; is it the output of sstpdiag?", fleet->options->output, number,
                        error->message);
            g_error_free(error);
            free(line);
            return false;
        }
        fleet_know(fleet, document);
        json_node_unref(document);
        *end += len;
    }
    bool ours = len <= 0 || is_begun(line);
    if (!ours)
        say_warning("%s: its last line is not of sstpdiag", fleet->options->output);
    free(line);
    return ours;
}

static bool
open_output(struct fleet *fleet)
{
    const char *path = fleet->options->output;
    off_t end;

    if (!path) {
        bool table = !fleet->options->json && isatty(STDOUT_FILENO);
        fleet->out = table ? NULL : stdout;
        return true;
    }
    GError *error = NULL;
    int fd = target_open(fleet->options->inputs, path, TARGET_FILE, 0644, NULL, &error);
    if (fd < 0) {
        say_warning("%s", error->message);
        g_error_free(error);
        return false;
    }
    fleet->out = fdopen(fd, "r+");
    if (!fleet->out) {
        say_warning("%s: %s", path, g_strerror(errno));
        close(fd);
        return false;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        say_warning("%s: another sstpdiag is writing to it", path);
        return false;
    }
    if (!read_lines(fleet, fleet->out, &end))
        return false;
    if (ftruncate(fd, end) != 0 || fseeko(fleet->out, end, SEEK_SET) != 0) {
        say_warning("%s: %s", path, g_strerror(errno));
        return false;
    }
    return true;
}

/* --- judging --------------------------------------------------------------------------------- */

static JsonNode *
judge(struct fleet *fleet, const char *path)
{
    const struct reading reading = { .path = path, .timeout = fleet->options->timeout };
    struct judgement judgement;
    GError *error = NULL;
    JsonNode *document = ends_judge(fleet->reader, reading, &judgement, &error);

    if (document) {
        if (reader_refused_credentials(judgement.complaints))
            g_atomic_int_set(&fleet->refused, 1);
        if (*judgement.complaints)
            json_object_set_string_member(json_node_get_object(document), "warning",
                                          g_strchomp(judgement.complaints));
        judgement_clear(&judgement);
        return document;
    }
    document = document_of_error(SSTPDIAG_VERSION, error->message);
    g_error_free(error);
    return document;
}

static void
progress(const struct fleet *fleet, const char *path, const char *error)
{
    bool terminal = isatty(STDERR_FILENO);

    if (error && terminal)
        fputs("\r\033[K", stderr);
    if (error)
        say_warning("%s: %s", path, error);
    if (terminal)
        fprintf(stderr, "\r%u of %u ", fleet->done + fleet->skipped, fleet->files->len);
}

static void
take(struct fleet *fleet, const char *path, JsonNode *document)
{
    char *line = document_text(document, false);
    JsonObject *object = json_node_get_object(document);
    bool is_error = json_object_has_member(object, "error");

    g_mutex_lock(&fleet->lock);
    fleet->done++;
    fleet_count(fleet, document);
    if (fleet->out && (fprintf(fleet->out, "%s\n", line) < 0 || fflush(fleet->out) != 0)) {
        say_warning("the output cannot be written: %s", g_strerror(errno));
        fleet->failed = true;
    }
    progress(fleet, path, is_error ? member_string(object, "error") : NULL);
    g_mutex_unlock(&fleet->lock);
    g_free(line);
}

static void
job(gpointer data, gpointer user_data)
{
    struct fleet *fleet = user_data;
    const char *path = data;
    /* As it was before: what changes while it is read is judged again next time. */
    struct capture_key key = key_of_file(path);
    JsonNode *document = judge(fleet, path);
    JsonObject *capture = document_capture(document);

    json_object_set_string_member(capture, "file", key.name);
    json_object_set_int_member(capture, "size", key.size);
    json_object_set_int_member(capture, "modified", key.modified);
    take(fleet, path, document);
    json_node_unref(document);
    g_free(key.name);
}

static bool
is_known(const struct fleet *fleet, const char *path)
{
    struct capture_key key = key_of_file(path);
    char *text = key_text(key.name, key.size, key.modified);
    bool known = g_hash_table_contains(fleet->known, text);

    g_free(text);
    g_free(key.name);
    return known;
}

static void
judge_all(struct fleet *fleet)
{
    GThreadPool *pool = g_thread_pool_new(job, fleet, MAX(fleet->options->jobs, 1), TRUE, NULL);

    for (guint i = 0; i < fleet->files->len; i++) {
        char *path = g_ptr_array_index(fleet->files, i);
        if (is_known(fleet, path))
            fleet->skipped++;
        else
            g_thread_pool_push(pool, path, NULL);
    }
    g_thread_pool_free(pool, FALSE, TRUE);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static enum exit_status
conclude(const struct fleet *fleet)
{
    struct summary_word word;
    char *text = summary_text(fleet->summary, &word);
    FILE *to = fleet->out == stdout ? stderr : stdout;

    if (fleet->skipped) {
        char *with = g_strdup_printf("%s\n%s %s in %s already.\n", text,
                                     text_count(fleet->skipped, "capture").text,
                                     text_were(fleet->skipped), fleet->options->output);
        g_free(text);
        text = with;
    }
    char *shown = text_shown(text, "\n");
    bool told = fputs(shown, to) >= 0 && fflush(to) == 0;
    g_free(shown);
    g_free(text);
    if (!told || word.failed || fleet->failed || fleet->refused)
        return EXIT_CANNOT_RUN;
    return options_exit_status(fleet->options, word.severity, word.has_session);
}

static void
print_table(struct fleet *fleet)
{
    char *text = roster_text(fleet->roster), *shown = text_shown(text, "\n");

    fputs(shown, stdout);
    putchar('\n');
    g_free(shown);
    g_free(text);
}

static void
write_page(struct fleet *fleet)
{
    struct summary_word word;
    JsonNode *document = roster_document(fleet->roster, SSTPDIAG_VERSION);
    char *text = summary_text(fleet->summary, &word);
    char *shown = document_text(document, true);
    GPtrArray *documents = g_ptr_array_new(), *texts = g_ptr_array_new();
    GError *error = NULL;

    g_ptr_array_add(documents, shown);
    g_ptr_array_add(texts, text);
    char *page = show_page(documents, texts, &error);
    if (!page || !target_write(fleet->options->inputs, fleet->options->html, page, &error)) {
        say_warning("%s", error->message);
        g_error_free(error);
        fleet->failed = true;
    }
    g_free(page);
    g_ptr_array_unref(documents);
    g_ptr_array_unref(texts);
    g_free(text);
    g_free(shown);
    json_node_unref(document);
}

enum exit_status
fleet_run(const struct options *options, const struct reader *reader)
{
    struct fleet fleet = { .options = options, .reader = reader };
    enum exit_status status = EXIT_CANNOT_RUN;

    fleet.files = captures_find(options->files);
    fleet.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fleet.summary = summary_new();
    if (options->html || (!options->output && !options->json && isatty(STDOUT_FILENO)))
        fleet.roster = roster_new((guint)options->max_sessions);
    bool good = open_output(&fleet);
    if (good && fleet.files->len == 0) {
        say_warning("there is no capture");
        good = false;
    }
    if (good) {
        judge_all(&fleet);
        if (!fleet.out)
            print_table(&fleet);
        if (options->html)
            write_page(&fleet);
        status = conclude(&fleet);
    }
    if (fleet.out && fleet.out != stdout && fclose(fleet.out) != 0)
        status = EXIT_CANNOT_RUN;
    summary_free(fleet.summary);
    g_clear_pointer(&fleet.roster, roster_free);
    g_hash_table_unref(fleet.known);
    g_ptr_array_unref(fleet.files);
    return status;
}
