/* record.c - one recording, from its start to the summary
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <glib-unix.h>

#include "base/text.h"
#include "abandon.h"
#include "output/say.h"
#include "command.h"
#include "connections.h"
#include "final.h"
#include "follow.h"
#include "hello.h"
#include "keylog.h"
#include "output.h"
#include "run.h"
#include "source.h"
#include "watch.h"

enum {
    TICK_MS = 25,
    TICKS_OF_PROGRESS = 40,
    AFTER_PROGRAM_MS = 500,
    STORED_AHEAD_MAX = 8 << 20, /* bytes held of stored files before one of them waits */
};

struct record {
    const struct options *options;
    GMainLoop *loop;
    GPtrArray *sources; /* struct source, in the order of the ends */
    char *own_ssh;
    struct keylog *keylog;
    struct follow *follow;
    struct connections *connections;
    struct output *output;
    struct watch *watch; /* NULL: packets are written, and not looked at */
    struct run *run;     /* NULL: none is wanted */
    int64_t begun_us;    /* monotonic */
    guint ticks;
    bool slow_reader_told;
    bool any_live; /* an end is no stored file: time goes on where no packet comes */
    bool stopping, finished, not_whole, output_failed;
};

static struct source *
source_at(const struct record *record, guint i)
{
    return g_ptr_array_index(record->sources, i);
}

static const char *
name_at(const struct record *record, guint i)
{
    return ((const struct end *)g_ptr_array_index(record->options->ends, i))->name;
}

/* Starting and stopping. */

static unsigned
count_sources(const struct record *record, enum source_state state)
{
    unsigned num = 0;

    for (guint i = 0; i < record->sources->len; i++)
        num += source_facts(source_at(record, i))->state == state;
    return num;
}

static bool
all_have_ended(const struct record *record)
{
    for (guint i = 0; i < record->sources->len; i++)
        if (!source_facts(source_at(record, i))->has_ended)
            return false;
    return follow_has_ended(record->follow);
}

static void
finish(struct record *record)
{
    if (record->finished)
        return;
    follow_read_all(record->follow);
    if (!output_release_all(record->output))
        record->not_whole = true;
    record->finished = true;
    g_main_loop_quit(record->loop);
}

static gboolean
finish_later(gpointer data)
{
    finish(data);
    return G_SOURCE_REMOVE;
}

/* reason NULL: none to be told. */
static void
stop(struct record *record, const char *reason)
{
    if (record->stopping)
        return;
    record->stopping = true;
    if (reason)
        say("Stopping: %s", reason);
    for (guint i = 0; i < record->sources->len; i++)
        source_stop(source_at(record, i));
    follow_stop(record->follow);
    if (all_have_ended(record))
        g_idle_add(finish_later, record);
}

static gboolean
stop_after_program(gpointer data)
{
    stop(data, NULL);
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
    stop(record, NULL);
}

static void
tell_both_capture(struct record *record)
{
    int64_t since_ns = g_get_real_time() * 1000;
    char *now = say_time(since_ns);

    output_set_since(record->output, since_ns);
    say("%s capturing since %s. %s",
        record->sources->len == 1   ? "One end"
        : record->sources->len == 2 ? "Both ends"
                                    : "All ends",
        now,
        record->run     ? "Starting the program."
        : record->watch ? "Sessions are watched; ^C stops."
                        : "Start the VPN now; ^C stops.");
    g_free(now);
}

/* An end, or a key log that is followed, is in another state. */
static void
on_changed(void *data)
{
    struct record *record = data;
    unsigned num_starting = count_sources(record, SOURCE_STARTING);
    unsigned num_capturing = count_sources(record, SOURCE_CAPTURING);

    if (!output_recording(record->output)->since_ns && num_capturing == record->sources->len)
        tell_both_capture(record);
    /* With what is left: an end that is lost must not keep the program from being looked at. */
    if (!record->stopping && num_starting == 0 && num_capturing > 0)
        start_program(record);
    if (num_starting == 0 && num_capturing == 0 && !record->stopping)
        stop(record, NULL);
    if (record->stopping && all_have_ended(record))
        g_idle_add(finish_later, record);
}

/* Of stored files that are merged. */
static void
tell_unread(struct record *record)
{
    for (guint i = 0; i < record->sources->len; i++) {
        if (!source_facts(source_at(record, i))->is_stored ||
            source_facts(source_at(record, i))->has_ended)
            continue;
        say_warning("%s: stopped before its end: what is behind is not in the file",
                    name_at(record, i));
        output_lose_end(record->output, i, "stopped before its end");
        record->not_whole = true;
    }
}

static void
stop_for_good(struct record *record)
{
    if (record->finished)
        return;
    say_warning("stopped for good: what the ends still hold is lost");
    for (guint i = 0; i < record->sources->len; i++)
        if (!source_facts(source_at(record, i))->has_ended)
            output_lose_end(record->output, i, "lost is what it still held: it was not waited for");
    record->not_whole = true;
    finish(record);
}

static gboolean
on_signal(gpointer data)
{
    struct record *record = data;

    if (record->stopping) {
        stop_for_good(record);
        return G_SOURCE_CONTINUE;
    }
    tell_unread(record);
    stop(record, "signal");
    return G_SOURCE_CONTINUE;
}

/* What the ends tell. */

static uint32_t
on_interface(void *data, guint end, const struct pcapng_interface *description)
{
    struct record *record = data;

    return output_add_interface(record->output, end, description);
}

static uint16_t
link_type_of(const struct record *record, const struct pcapng_packet *packet)
{
    const struct recording *recording = output_recording(record->output);

    return recording_interface(recording, packet->interface)->description.link_type;
}

static void
on_packet(void *data, guint end, const struct pcapng_packet *packet, int64_t sort_ns)
{
    struct record *record = data;
    uint8_t random[TLS_RANDOM_LEN];
    enum hello hello = hello_find(packet->data, packet->captured_len, random);

    if (hello == HELLO_CLIENT && !record->watch)
        connections_add(record->connections, end, random, packet, link_type_of(record, packet));
    output_add_packet(record->output, end, packet, sort_ns, hello == HELLO_SERVER);
}

static void
on_block(void *data, guint end, const struct pcapread_item *item, int64_t sort_ns)
{
    struct record *record = data;

    output_add_block(record->output, end, item, sort_ns);
}

static void
on_secrets(void *data, const struct buf *lines)
{
    struct record *record = data;
    struct keylog_stream stream = { .keylog = record->keylog };

    keylog_feed(&stream, lines->p, buf_left(lines));
    keylog_feed(&stream, (const uint8_t *)"\n", 1);
    keylog_stream_clear(&stream);
}

static void
on_interface_counts(void *data, guint end, const struct pcapng_statistics *statistics)
{
    struct record *record = data;

    (void)end;
    output_count_interface(record->output, statistics);
}

static void
on_counts(void *data, guint end, uint64_t received, uint64_t dropped)
{
    struct record *record = data;

    output_count_end(record->output, end, received, dropped);
}

static void
release(struct record *record)
{
    if (!record->finished)
        output_release(record->output);
}

/* A stored file waits while others are behind, so that all come out by time. */
static bool
on_more(void *data, guint end)
{
    struct record *record = data;
    bool is_stored = source_facts(source_at(record, end))->is_stored;
    size_t waiting = output_waiting(record->output);

    if (waiting > OUTPUT_MEMORY_MAX / 2 || is_stored) {
        release(record);
        waiting = output_waiting(record->output);
    }
    return waiting < OUTPUT_MEMORY_MAX &&
           (!is_stored || output_num_queued(record->output, end) == 0 ||
            waiting < STORED_AHEAD_MAX);
}

static void
on_lost(void *data, guint end, const char *how)
{
    const struct record *record = data;
    GDateTime *now = g_date_time_new_now_utc();
    char *time = g_date_time_format(now, "%Y-%m-%d %H:%M:%S");
    char *text = g_strdup_printf("lost at %s UTC: %s", time, how);

    output_lose_end(record->output, end, text);
    g_free(text);
    g_free(time);
    g_date_time_unref(now);
    for (guint i = 0; i < record->sources->len; i++)
        if (!record->stopping && source_is_open(source_at(record, i)))
            say_warning("%s goes on", name_at(record, i));
}

/* What the output asks. */

/* Of stored files the first packet is known to be the earliest once each has one here. */
static bool
all_are_here(void *data)
{
    const struct record *record = data;

    for (guint i = 0; i < record->sources->len; i++)
        if (source_is_open(source_at(record, i)) &&
            (!source_facts(source_at(record, i))->is_stored ||
             output_num_queued(record->output, i) == 0))
            return false;
    return true;
}

static bool
secrets_may_come(void *data, int64_t arrived_us, int64_t now_us)
{
    struct record *record = data;

    return !record->watch && follow_has_any(record->follow) &&
           connections_wait(record->connections, arrived_us, now_us,
                            output_is_file(record->output) && !record->options->no_rewrite);
}

static void
on_enough(void *data, const char *reason)
{
    struct record *record = data;

    if (!reason)
        record->not_whole = true;
    stop(record, reason);
}

/* With --watch. */
static void
on_ordered_packet(void *data, const struct pcapng_packet *packet)
{
    struct record *record = data;

    watch_packet(record->watch, packet, record->any_live);
}

/* Meanwhile. */

static void
read_paused_again(struct record *record)
{
    bool stuck = output_waiting(record->output) >= OUTPUT_MEMORY_MAX * 3 / 4;

    for (guint i = 0; i < record->sources->len; i++) {
        if (!source_facts(source_at(record, i))->is_paused)
            continue;
        if (!stuck) {
            source_read_again(source_at(record, i));
        } else if (!record->slow_reader_told) {
            record->slow_reader_told = true;
            say_warning("the reader of the capture is too slow: %d MiB wait, the ends must wait "
                        "too and may drop packets",
                        OUTPUT_MEMORY_MAX >> 20);
        }
    }
}

static void
show_progress(const struct record *record)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < record->sources->len; i++) {
        const struct source_facts *facts = source_facts(source_at(record, i));
        g_string_append_printf(text, "  %s %" G_GUINT64_FORMAT, name_at(record, i),
                               facts->num_packets);
        if (facts->state == SOURCE_STARTING)
            g_string_append(text, " (starting)");
        else if (facts->state != SOURCE_CAPTURING)
            g_string_append(text, " (ended)");
        else if (facts->lag_ns != INT64_MAX)
            g_string_append_printf(text, " (lag %.0f ms)", (double)facts->lag_ns / 1e6);
    }
    g_string_append_printf(
        text, "  connections %u, at both ends %u  secrets %u", connections_num(record->connections),
        connections_num_paired(record->connections), keylog_num_fetched(record->keylog));
    say_progress(text->str);
    g_string_free(text, TRUE);
}

static void
check_output(struct record *record)
{
    int error = output_error(record->output);

    if (!error || record->output_failed)
        return;
    record->output_failed = true;
    /* Wireshark closes its pipe when its user has seen enough. */
    if (error == EPIPE && record->options->extcap) {
        stop(record, "the reader of the capture is gone");
        return;
    }
    record->not_whole = true;
    if (error == EPIPE)
        say_warning("the reader of the capture is gone: what it did not take is lost");
    else
        say_warning("%s: %s: stopping, what is written is kept", record->options->output,
                    g_strerror(error));
    stop(record, NULL);
}

static void
tell_slow_start(gpointer source, gpointer data)
{
    (void)data;
    source_tell_slow_start(source);
}

static gboolean
on_tick(gpointer data)
{
    struct record *record = data;
    const struct options *options = record->options;
    int64_t now_us = g_get_monotonic_time();

    record->ticks++;
    if (record->ticks % 2)
        follow_poll(record->follow);
    release(record);
    check_output(record);
    read_paused_again(record);
    if (record->watch)
        watch_tick(record->watch, record->any_live);
    if (record->ticks % TICKS_OF_PROGRESS == 0) {
        show_progress(record);
        g_ptr_array_foreach(record->sources, tell_slow_start, NULL);
    }
    if (options->stop_s && now_us - record->begun_us >= (int64_t)options->stop_s * G_USEC_PER_SEC)
        stop(record, "as long as -a asked for");
    return G_SOURCE_CONTINUE;
}

/* The end. */

static void
tell_end(const struct record *record, guint i)
{
    uint64_t dropped = recording_dropped(output_recording(record->output), i);
    GString *text = g_string_new(NULL);

    g_string_append_printf(
        text, "%s: %s", name_at(record, i),
        text_count(source_facts(source_at(record, i))->num_packets, "packet").text);
    if (dropped != PCAPNG_UNKNOWN)
        g_string_append_printf(text, ", %" G_GUINT64_FORMAT " dropped by the kernel", dropped);
    if (dropped != PCAPNG_UNKNOWN && dropped > 0)
        g_string_append(text, ": a larger -B or a smaller -s keeps more");
    say("%s", text->str);
    g_string_free(text, TRUE);
}

static uint64_t
packets_given(const struct record *record)
{
    uint64_t num = 0;

    for (guint i = 0; i < record->sources->len; i++)
        num += source_facts(source_at(record, i))->num_packets;
    return num;
}

/* After a failure only the file itself tells. */
static uint64_t
packets_in_file(const struct record *record)
{
    const struct options *options = record->options;

    return output_error(record->output) && output_is_file(record->output) &&
                   !(options->next_s || options->next_bytes)
               ? final_count(options->output)
               : output_num_taken(record->output);
}

static void
tell_summary(const struct record *record)
{
    const struct options *options = record->options;
    const struct recording *recording = output_recording(record->output);
    bool ring = options->next_s || options->next_bytes;
    uint64_t in_file = packets_in_file(record);

    for (guint i = 0; i < record->sources->len; i++)
        tell_end(record, i);
    say("%s: %s, %s, %s (%u at both ends), %s%s", options->output,
        text_count(recording->interfaces->len, "interface").text,
        text_count(in_file, "packet").text,
        text_count(connections_num(record->connections), "TLS connection").text,
        connections_num_paired(record->connections),
        text_count(keylog_num_fetched(record->keylog), "secret").text,
        ring ? ", in files of a ring" : "");
    if (in_file < recording->num_packets || record->output_failed)
        say_warning("%s: the file has %" G_GUINT64_FORMAT " of %s", options->output, in_file,
                    text_count(packets_given(record), "packet").text);
    connections_tell_unopened(record->connections, follow_has_any(record->follow));
    if (keylog_num_fetched(record->keylog))
        say("The capture holds session keys: whoever has it reads these connections.");
}

/* The exit status. */
static int
conclude(struct record *record)
{
    struct output *output = record->output;
    const struct recording *recording = output_recording(output);

    if (recording->interfaces->len == 0) {
        say_warning("no end could capture: nothing was recorded");
        output_discard(output);
        return EXIT_NOT_STARTED;
    }
    if (record->watch) {
        watch_finish(record->watch);
        record->not_whole |= !watch_is_whole(record->watch);
    }
    if (!record->watch && !output_end(output))
        record->not_whole = true;
    check_output(record);
    if (output_is_file(output) && !output_error(output)) {
        abandon_on_signal(record->options->output);
        if (!final_write(record->options, recording, keylog_fetched(record->keylog)))
            record->not_whole = true;
    }
    if (!record->watch)
        tell_summary(record);
    return record->not_whole || count_sources(record, SOURCE_LOST) ? EXIT_END_LOST : EXIT_RECORDED;
}

static void
free_record(struct record *record)
{
    watch_free(record->watch);
    run_free(record->run);
    follow_free(record->follow);
    g_ptr_array_unref(record->sources);
    output_free(record->output);
    connections_free(record->connections);
    keylog_free(record->keylog);
    g_main_loop_unref(record->loop);
    g_free(record->own_ssh);
}

static void
init_record(struct record *record, const struct options *options)
{
    static const struct output_calls to_file = { all_are_here, secrets_may_come, on_enough, NULL };
    static const struct output_calls to_watch = { all_are_here, secrets_may_come, on_enough,
                                                  on_ordered_packet };

    memset(record, 0, sizeof *record);
    record->options = options;
    record->loop = g_main_loop_new(NULL, FALSE);
    record->sources = g_ptr_array_new_with_free_func(source_free);
    record->keylog = keylog_new(options->keylog_all);
    record->follow = follow_new(options, record->keylog, on_changed, record);
    record->connections = connections_new(record->keylog);
    record->output =
        output_new(options, record->keylog, options->watch ? &to_watch : &to_file, record);
}

static bool
prepare_watch(struct record *record, GError **error)
{
    if (record->options->watch)
        record->watch =
            watch_new(record->options, record->keylog, output_recording(record->output), error);
    return record->watch || !record->options->watch;
}

static bool
prepare_program(struct record *record)
{
    GError *error = NULL;

    if (!record->options->run)
        return true;
    record->run = run_new(record->options->run, on_program_end, record, &error);
    if (record->run) {
        follow_add_file(record->follow, run_key_file(record->run));
        return true;
    }
    say_warning("--run: %s", error->message);
    g_error_free(error);
    return false;
}

static void
start_all(struct record *record)
{
    static const struct source_calls calls = {
        .interface = on_interface,
        .packet = on_packet,
        .block = on_block,
        .secrets = on_secrets,
        .interface_counts = on_interface_counts,
        .counts = on_counts,
        .more = on_more,
        .lost = on_lost,
        .changed = on_changed,
    };
    const struct options *options = record->options;

    record->own_ssh = command_own_ssh(options);
    for (guint i = 0; i < options->ends->len; i++)
        g_ptr_array_add(record->sources, source_new(options, i, record->own_ssh, &calls, record));
    for (guint i = 0; i < record->sources->len; i++)
        if (source_start(source_at(record, i)))
            record->any_live |= !source_facts(source_at(record, i))->is_stored;
    for (char **keylog = options->keylogs; keylog && *keylog; keylog++)
        follow_add(record->follow, *keylog);
    record->begun_us = g_get_monotonic_time();
    on_changed(record);
}

static void
run_loop(struct record *record)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    guint tick = g_timeout_add(TICK_MS, on_tick, record);

    /* To the end of the program: those that come while files are ended must not end it. */
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        g_unix_signal_add(signals[i], on_signal, record);
    start_all(record);
    g_main_loop_run(record->loop);
    g_source_remove(tick);
    say_progress(NULL);
}

int
record_run(const struct options *options)
{
    struct record record;
    GError *error = NULL;
    int status = EXIT_NOT_STARTED;

    init_record(&record, options);
    signal(SIGPIPE, SIG_IGN);
    if (prepare_watch(&record, &error) && final_check(options, &error) &&
        prepare_program(&record) && output_open(record.output, &error)) {
        if (options->extcap)
            output_begin(record.output);
        run_loop(&record);
        status = conclude(&record);
    } else if (error) {
        say_warning("%s", error->message);
        g_error_free(error);
    }
    free_record(&record);
    return status;
}
