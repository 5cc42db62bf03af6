/* record.c - one recording, from its start to the summary
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

#include "command.h"
#include "hello.h"
#include "rewrite.h"
#include "run.h"
#include "say.h"

enum {
    TICK_MS = 25,
    TICKS_OF_PROGRESS = 40,
    SLOW_START_S = 10,
    DRAIN_MS = 3000, /* for the reader of a pipe to take the rest */
    ENDS_BITS = 32,
    AFTER_PROGRAM_MS = 500,
};

void
record_hello(struct record *record, guint end, const uint8_t random[TLS_RANDOM_LEN])
{
    enum { HELLOS_MAX = 65536 };
    guint seen = GPOINTER_TO_UINT(g_hash_table_lookup(record->hellos, random));
    guint now = seen | 1u << (end % ENDS_BITS);

    if (g_hash_table_size(record->hellos) >= HELLOS_MAX || seen == now)
        return;
    g_hash_table_insert(record->hellos, g_memdup2(random, TLS_RANDOM_LEN), GUINT_TO_POINTER(now));
    if (seen && (seen & (seen - 1)) == 0)
        record->num_paired++;
    if (seen || !record->keylog)
        return;
    keylog_random(record->keylog, random);
    struct unopened *unopened = g_new0(struct unopened, 1);
    memcpy(unopened->random, random, TLS_RANDOM_LEN);
    unopened->seen_us = g_get_monotonic_time();
    g_queue_push_tail(&record->unopened, unopened);
}

/* Key logs. */

static bool
on_follow_output(void *data, const uint8_t *bytes, size_t len)
{
    struct follower *follower = data;

    keylog_feed(&follower->stream, bytes, len);
    return true;
}

static void
on_follow_line(void *data, const char *line)
{
    const struct follower *follower = data;

    say("%s: key log: %s", follower->end->name, line);
}

static void
on_follow_ended(void *data, int status)
{
    struct follower *follower = data;

    follower->has_ended = true;
    if (!follower->record->stopping)
        say_warning("%s: key log %s is not followed any more (exit status %d): no new secrets",
                    follower->end->name, follower->path,
                    WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    record_source_changed(follower->record);
}

static void
follower_free(gpointer data)
{
    struct follower *follower = data;

    child_free(follower->child);
    keylog_stream_clear(&follower->stream);
    g_free(follower->path);
    g_free(follower);
}

static void
key_file_free(gpointer data)
{
    keylog_file_clear(data);
    g_free(data);
}

static void
follow_here(struct record *record, const char *path)
{
    struct keylog_file *file = g_new0(struct keylog_file, 1);

    keylog_file_init(file, record->keylog, path);
    g_ptr_array_add(record->key_files, file);
}

static void
follow_there(struct record *record, const struct end *end, const char *path)
{
    static const struct child_calls calls = { on_follow_output, on_follow_line, on_follow_ended };
    struct follower *follower = g_new0(struct follower, 1);
    char **argv = command_follow(record->options, end, path);
    GError *error = NULL;

    follower->record = record;
    follower->end = end;
    follower->path = g_strdup(path);
    follower->stream.keylog = record->keylog;
    follower->child = child_new(argv, NULL, false, &calls, follower, &error);
    g_ptr_array_add(record->followers, follower);
    if (!follower->child) {
        follower->has_ended = true;
        say_warning("%s: key log: %s", end->name, error->message);
        g_error_free(error);
    }
    g_strfreev(argv);
}

/* "END:FILE" when there is an end of that name, else a file of this machine. */
static void
follow(struct record *record, const char *text)
{
    const char *colon = strchr(text, ':');

    for (guint i = 0; colon && i < record->options->ends->len; i++) {
        const struct end *end = g_ptr_array_index(record->options->ends, i);
        if (strlen(end->name) != (size_t)(colon - text) ||
            strncmp(end->name, text, (size_t)(colon - text)) != 0)
            continue;
        if (end->kind == END_SSH)
            follow_there(record, end, colon + 1);
        else
            follow_here(record, colon + 1);
        return;
    }
    follow_here(record, text);
}

/* Starting and stopping. */

static unsigned
count_sources(const struct record *record, enum source_state state)
{
    unsigned num = 0;

    for (guint i = 0; i < record->sources->len; i++)
        num += ((struct source *)g_ptr_array_index(record->sources, i))->state == state;
    return num;
}

static gboolean
stop_after_program(gpointer data)
{
    record_stop(data, NULL);
    return G_SOURCE_REMOVE;
}

/* Its last packets are still on their way. */
static void
on_program_end(void *data, int status)
{
    struct record *record = data;

    if (record->stopping)
        return;
    say("%s has ended (%s %d)", record->options->run[0],
        WIFEXITED(status) ? "exit status" : "signal",
        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    g_timeout_add(AFTER_PROGRAM_MS, stop_after_program, record);
}

static void
start_program(struct record *record)
{
    GError *error = NULL;

    if (!record->run || run_is_started(record->run) || run_start(record->run, &error))
        return;
    say_warning("--run: %s", error->message);
    g_error_free(error);
    record->not_whole = true;
    record_stop(record, NULL);
}

static void
tell_both_capture(struct record *record)
{
    char *now;

    record->since_ns = g_get_real_time() * 1000;
    record->since_untold = record->has_header;
    now = say_time(record->since_ns);
    say("%s capturing since %s. %s",
        record->sources->len == 1   ? "One end"
        : record->sources->len == 2 ? "Both ends"
                                    : "All ends",
        now, record->run ? "Starting the program." : "Start the VPN now; ^C stops.");
    g_free(now);
}

static bool
all_have_ended(const struct record *record)
{
    for (guint i = 0; i < record->sources->len; i++)
        if (!((struct source *)g_ptr_array_index(record->sources, i))->has_ended)
            return false;
    for (guint i = 0; i < record->followers->len; i++)
        if (!((struct follower *)g_ptr_array_index(record->followers, i))->has_ended)
            return false;
    return true;
}

static void
finish(struct record *record)
{
    if (record->finished)
        return;
    for (guint i = 0; i < record->key_files->len; i++)
        keylog_file_poll(g_ptr_array_index(record->key_files, i));
    /* A reader of its own pace takes the rest a pipe's worth at a time. */
    int64_t until = g_get_monotonic_time() + DRAIN_MS * INT64_C(1000);
    do {
        output_release(record, true);
    } while (queue_first(&record->queue) && !record->sink.failed &&
             sink_drain(&record->sink, (int)MAX((until - g_get_monotonic_time()) / 1000, 0)));
    if (queue_first(&record->queue) && !record->sink.failed) {
        say_warning("the reader of the capture takes no more: %u packets are lost",
                    record->queue.heap->len);
        record->not_whole = true;
    }
    output_secrets(record);
    record->finished = true;
    g_main_loop_quit(record->loop);
}

static gboolean
finish_later(gpointer data)
{
    finish(data);
    return G_SOURCE_REMOVE;
}

void
record_source_changed(struct record *record)
{
    unsigned num_open = 0;

    if (!record->since_ns && count_sources(record, SOURCE_CAPTURING) == record->sources->len)
        tell_both_capture(record);
    /* With what is left: an end that is lost must not keep the program from being looked at. */
    if (!record->stopping && count_sources(record, SOURCE_STARTING) == 0 &&
        count_sources(record, SOURCE_CAPTURING) > 0)
        start_program(record);
    for (guint i = 0; i < record->sources->len; i++)
        num_open += source_is_open(g_ptr_array_index(record->sources, i));
    if (num_open == 0 && !record->stopping)
        record_stop(record, NULL);
    if (record->stopping && all_have_ended(record))
        g_idle_add(finish_later, record);
}

void
record_stop(struct record *record, const char *reason)
{
    if (record->stopping)
        return;
    record->stopping = true;
    if (reason)
        say("Stopping: %s", reason);
    for (guint i = 0; i < record->sources->len; i++)
        source_stop(g_ptr_array_index(record->sources, i));
    for (guint i = 0; i < record->followers->len; i++) {
        struct follower *follower = g_ptr_array_index(record->followers, i);
        if (!follower->has_ended)
            child_stop(follower->child, 0);
    }
    if (all_have_ended(record))
        g_idle_add(finish_later, record);
}

static gboolean
on_signal(gpointer data)
{
    struct record *record = data;

    if (record->stopping) {
        say_warning("stopped for good: what the ends still hold is lost");
        record->not_whole = true;
        finish(record);
    }
    record_stop(record, "signal");
    return G_SOURCE_CONTINUE;
}

static void
tell_slow_starts(struct record *record, int64_t now_us)
{
    for (guint i = 0; i < record->sources->len; i++) {
        struct source *source = g_ptr_array_index(record->sources, i);
        if (source->state != SOURCE_STARTING || source->slow_told ||
            now_us - source->start_us < (int64_t)SLOW_START_S * G_USEC_PER_SEC)
            continue;
        source->slow_told = true;
        say_warning("%s: does not capture yet after %d s; the others go on", source->end->name,
                    SLOW_START_S);
    }
}

static void
read_paused_again(struct record *record)
{
    bool stuck = output_waiting(record) >= RECORD_MEMORY_MAX * 3 / 4;

    for (guint i = 0; i < record->sources->len; i++) {
        struct source *source = g_ptr_array_index(record->sources, i);
        if (!source->paused)
            continue;
        if (!stuck) {
            source->paused = false;
            child_read_again(source->child);
        } else if (!record->slow_reader_told) {
            record->slow_reader_told = true;
            say_warning("the reader of the capture is too slow: %d MiB wait, the ends must wait "
                        "too and may drop packets",
                        RECORD_MEMORY_MAX >> 20);
        }
    }
}

static void
show_progress(struct record *record)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < record->sources->len; i++) {
        const struct source *source = g_ptr_array_index(record->sources, i);
        g_string_append_printf(text, "  %s %" G_GUINT64_FORMAT, source->end->name,
                               source->num_packets);
        if (source->state == SOURCE_STARTING)
            g_string_append(text, " (starting)");
        else if (source->state != SOURCE_CAPTURING)
            g_string_append(text, " (ended)");
        else if (source->lag_ns != INT64_MAX)
            g_string_append_printf(text, " (lag %.0f ms)", (double)source->lag_ns / 1e6);
    }
    g_string_append_printf(text, "  connections %u, at both ends %u",
                           g_hash_table_size(record->hellos), record->num_paired);
    if (record->keylog)
        g_string_append_printf(text, "  secrets %u", keylog_num_fetched(record->keylog));
    say_progress(text->str);
    g_string_free(text, TRUE);
}

static void
check_sink(struct record *record)
{
    if (!record->sink.failed || record->stopping)
        return;
    if (record->sink.error == EPIPE) {
        record_stop(record, "the reader of the capture is gone");
        return;
    }
    record->not_whole = true;
    say_warning("%s: %s: stopping, what is written is kept", record->options->output,
                g_strerror(record->sink.error));
    record_stop(record, NULL);
}

static gboolean
on_tick(gpointer data)
{
    struct record *record = data;
    const struct options *options = record->options;
    int64_t now_us = g_get_monotonic_time();

    record->ticks++;
    for (guint i = 0; record->ticks % 2 && i < record->key_files->len; i++)
        keylog_file_poll(g_ptr_array_index(record->key_files, i));
    output_release(record, false);
    check_sink(record);
    read_paused_again(record);
    if (record->ticks % TICKS_OF_PROGRESS == 0) {
        show_progress(record);
        tell_slow_starts(record, now_us);
    }
    if (options->stop_s && now_us - record->begun_us >= (int64_t)options->stop_s * G_USEC_PER_SEC)
        record_stop(record, "as long as -a asked for");
    return G_SOURCE_CONTINUE;
}

/* The end. */

static void
tell_end(const struct source *source)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s: %" G_GUINT64_FORMAT " packets", source->end->name,
                           source->num_packets);
    if (source->dropped != PCAPNG_UNKNOWN)
        g_string_append_printf(text, ", %" G_GUINT64_FORMAT " dropped by the kernel",
                               source->dropped);
    if (source->dropped != PCAPNG_UNKNOWN && source->dropped > 0)
        g_string_append(text, ": a larger -B or a smaller -s keeps more");
    say("%s", text->str);
    g_string_free(text, TRUE);
}

/* "case.pcapng" becomes "case.client.pcapng". */
static char *
split_name(const char *path, const char *name)
{
    const char *dot = strrchr(path, '.');
    size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path);

    return g_strdup_printf("%.*s.%s%s", (int)stem, path, name, path + stem);
}

static bool
write_split(struct record *record, const GArray *alignments, const char *path)
{
    bool ok = true;

    for (guint i = 0; ok && i < record->options->ends->len; i++) {
        const struct source *source = g_ptr_array_index(record->sources, i);
        const struct end *end = source->end;
        if (source->numbers->len == 0)
            continue;
        char *name = g_strdelimit(g_strdup(end->name), "/", '_');
        char *to = split_name(path, name);
        GError *error = NULL;
        ok = rewrite_file(record, alignments, path, to, (int)i, &error);
        if (ok) {
            say("%s: %s alone", to, end->name);
        } else {
            say_warning("--split: %s", error->message);
            g_error_free(error);
        }
        g_free(to);
        g_free(name);
    }
    return ok;
}

static void
tell_clocks(const struct record *record, const GArray *alignments)
{
    const struct end *first = g_ptr_array_index(record->options->ends, 0);

    for (guint i = 1; i < alignments->len; i++) {
        const struct end *end = g_ptr_array_index(record->options->ends, i);
        char *text =
            align_text(&g_array_index(alignments, struct alignment, i), end->name, first->name);
        if (text)
            say("%s", text);
        g_free(text);
    }
}

/* Wireshark tells connections apart by their addresses. */
static void
tell_same_addresses(const GArray *alignments)
{
    for (guint i = 0; i < alignments->len; i++) {
        if (!g_array_index(alignments, struct alignment, i).same_addresses)
            continue;
        say("No NAT between the ends: Wireshark needs -o "
            "protocols.conversation_deinterlacing_key:.MI (4.4 and later), or the files of "
            "--split");
        return;
    }
}

static void
write_final(struct record *record)
{
    const struct options *options = record->options;
    const char *path = options->output;
    GError *error = NULL;

    if (!record->sink.is_file || record->sink.failed || options->next_s || options->next_bytes ||
        (options->no_rewrite && !options->split))
        return;
    GArray *alignments = align_file(record, path);
    tell_clocks(record, alignments);
    if (!options->split)
        tell_same_addresses(alignments);
    if (options->split && !write_split(record, alignments, path))
        record->not_whole = true;
    if (!options->no_rewrite &&
        !rewrite_file(record, alignments, path, path, REWRITE_ALL_ENDS, &error)) {
        say_warning("%s; %s stays as it was written live", error->message, path);
        g_error_free(error);
        record->not_whole = true;
    }
    g_array_unref(alignments);
}

static void
tell_summary(struct record *record)
{
    bool ring = record->options->next_s || record->options->next_bytes;

    for (guint i = 0; i < record->sources->len; i++)
        tell_end(g_ptr_array_index(record->sources, i));
    say("%s: %u interface%s, %" G_GUINT64_FORMAT
        " packets, %u TLS connections (%u at both ends), %u "
        "secrets%s",
        record->options->output, record->interfaces->len, record->interfaces->len == 1 ? "" : "s",
        record->num_written, g_hash_table_size(record->hellos), record->num_paired,
        record->keylog ? keylog_num_fetched(record->keylog) : 0,
        ring ? ", in files of a ring" : "");
    if (record->keylog && keylog_num_fetched(record->keylog))
        say("The capture holds session keys: whoever has it reads these connections.");
}

static void
free_record(struct record *record)
{
    struct unopened *unopened;
    char *name;

    run_free(record->run);
    g_ptr_array_unref(record->followers);
    g_ptr_array_unref(record->key_files);
    g_ptr_array_unref(record->sources);
    for (guint i = 0; i < record->interfaces->len; i++)
        pcapng_interface_clear(
            &g_array_index(record->interfaces, struct output_interface, i).description);
    g_array_unref(record->interfaces);
    g_array_unref(record->passed);
    g_hash_table_unref(record->hellos);
    while ((unopened = g_queue_pop_head(&record->unopened)))
        g_free(unopened);
    while ((name = g_queue_pop_head(&record->files)))
        g_free(name);
    keylog_free(record->keylog);
    queue_clear(&record->queue);
    sink_close(&record->sink);
    g_main_loop_unref(record->loop);
    g_free(record->own_ssh);
}

static void
init_record(struct record *record, const struct options *options)
{
    memset(record, 0, sizeof *record);
    record->options = options;
    record->loop = g_main_loop_new(NULL, FALSE);
    record->sources = g_ptr_array_new_with_free_func(source_free);
    record->interfaces = g_array_new(FALSE, FALSE, sizeof(struct output_interface));
    record->passed = g_array_new(FALSE, FALSE, sizeof(guint));
    record->followers = g_ptr_array_new_with_free_func(follower_free);
    record->key_files = g_ptr_array_new_with_free_func(key_file_free);
    record->hellos = g_hash_table_new_full(hello_random_hash, hello_random_equal, g_free, NULL);
    record->keylog = keylog_new(options->keylog_all);
    queue_init(&record->queue);
    record->sink.fd = -1;
}

static bool
prepare_program(struct record *record)
{
    GError *error = NULL;

    if (!record->options->run)
        return true;
    record->run = run_new(record->options->run, on_program_end, record, &error);
    if (record->run) {
        follow_here(record, run_key_file(record->run));
        return true;
    }
    say_warning("--run: %s", error->message);
    g_error_free(error);
    return false;
}

static void
start_all(struct record *record)
{
    record->own_ssh = command_own_ssh(record->options);
    for (guint i = 0; i < record->options->ends->len; i++) {
        struct source *source = source_new(record, i);
        g_ptr_array_add(record->sources, source);
    }
    for (guint i = 0; i < record->sources->len; i++)
        source_start(g_ptr_array_index(record->sources, i));
    for (char **keylog = record->options->keylogs; keylog && *keylog; keylog++)
        follow(record, *keylog);
    record->begun_us = g_get_monotonic_time();
    record_source_changed(record);
}

static void
run_loop(struct record *record)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    guint watches[G_N_ELEMENTS(signals)];
    guint tick = g_timeout_add(TICK_MS, on_tick, record);

    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        watches[i] = g_unix_signal_add(signals[i], on_signal, record);
    start_all(record);
    g_main_loop_run(record->loop);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        g_source_remove(watches[i]);
    g_source_remove(tick);
    say_progress(NULL);
}

int
record_run(const struct options *options)
{
    struct record record;
    GError *error = NULL;
    int status = EXIT_RECORDED;

    init_record(&record, options);
    signal(SIGPIPE, SIG_IGN);
    if (!prepare_program(&record) || !output_open(&record, &error)) {
        if (error)
            say_warning("%s", error->message);
        g_clear_error(&error);
        free_record(&record);
        return EXIT_NOT_STARTED;
    }
    record.header_at_once = options->extcap;
    if (record.header_at_once) {
        output_begin(&record);
        sink_flush(&record.sink);
    }
    run_loop(&record);
    if (record.interfaces->len == 0) {
        say_warning("no end could capture: nothing was recorded");
        if (record.sink.is_file)
            unlink(options->output);
        status = EXIT_NOT_STARTED;
    } else {
        output_begin(&record);
        output_statistics(&record);
        sink_drain(&record.sink, DRAIN_MS);
        write_final(&record);
        tell_summary(&record);
        if (record.not_whole || count_sources(&record, SOURCE_LOST))
            status = EXIT_END_LOST;
    }
    free_record(&record);
    return status;
}
