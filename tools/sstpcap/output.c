/* output.c - what is held back, in the order in which it is written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/event.h"
#include "say.h"

enum {
    SECRETS_WAIT_MS = 2000, /* behind HOLD_MS, for the secrets of a Server Hello */
    UNOPENED_FOR_S = 10,    /* a Client Hello without answer is forgotten */
    FLUSH_LEN = 256 * 1024,
    QUEUE_COST = 128, /* of a packet in the queue, beside its bytes */
};

size_t
output_waiting(const struct record *record)
{
    return record->queue.bytes + record->queue.heap->len * (size_t)QUEUE_COST +
           (record->sink.pending ? record->sink.pending->len - record->sink.first_done : 0);
}

char *
output_since(const struct record *record)
{
    GDateTime *time = g_date_time_new_from_unix_utc(record->since_ns / NS_PER_SECOND);
    char *text = NULL;

    if (record->since_ns && time) {
        char *day = g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
        text = g_strdup_printf("%s capturing since %s.%03d UTC",
                               record->sources->len == 2 ? "both ends" : "all ends", day,
                               (int)(record->since_ns / 1000000 % 1000));
        g_free(day);
    }
    if (time)
        g_date_time_unref(time);
    return text;
}

/* The index-th file of a ring, "case_00001_20261122140307.pcapng" as dumpcap names it. */
static char *
ring_name(const struct record *record)
{
    const char *path = record->options->output;
    const char *dot = strrchr(path, '.');
    size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path);
    GDateTime *now = g_date_time_new_now_local();
    char *stamp = g_date_time_format(now, "%Y%m%d%H%M%S");
    char *name =
        g_strdup_printf("%.*s_%05u_%s%s", (int)stem, path, record->file_number, stamp, path + stem);

    g_free(stamp);
    g_date_time_unref(now);
    return name;
}

bool
output_open(struct record *record, GError **error)
{
    const struct options *options = record->options;
    bool is_ring = options->next_s || options->next_bytes;

    record->file_number++;
    record->file_begun_us = g_get_monotonic_time();
    char *path = is_ring ? ring_name(record) : g_strdup(options->output);
    bool ok = sink_open(&record->sink, path, error);
    if (ok && is_ring)
        g_queue_push_tail(&record->files, g_strdup(path));
    while (ok && options->num_files && record->files.length > options->num_files) {
        char *oldest = g_queue_pop_head(&record->files);
        unlink(oldest);
        g_free(oldest);
    }
    g_free(path);
    return ok;
}

static void
append(struct record *record, GByteArray *block)
{
    sink_append(&record->sink, block->data, block->len);
    g_byte_array_unref(block);
}

static void
describe_interface(struct record *record, guint number)
{
    GByteArray *block = g_byte_array_new();

    pcapng_append_interface(
        block, &g_array_index(record->interfaces, struct output_interface, number).description);
    append(record, block);
}

static void
append_secrets(struct record *record, const GString *secrets)
{
    GByteArray *block = g_byte_array_sized_new((guint)secrets->len + 64);

    pcapng_append_secrets(block, PCAPNG_SECRETS_TLS, secrets->str, secrets->len);
    sink_append(&record->sink, block->data, block->len);
    explicit_bzero(block->data, block->len);
    g_byte_array_unref(block);
}

/* Interfaces stand in front of secrets, or mergecap 4.0 refuses the file. */
void
output_begin(struct record *record)
{
    GByteArray *block = g_byte_array_new();
    char *since = output_since(record);
    struct utsname system;

    if (record->has_header) {
        g_byte_array_unref(block);
        g_free(since);
        return;
    }
    record->has_header = true;
    bool known = uname(&system) == 0;
    char *os = known ? g_strdup_printf("%s %s", system.sysname, system.release) : NULL;
    pcapng_append_section(block, os, "sstpcap " SSTPDIAG_VERSION, since);
    append(record, block);
    for (guint i = 0; i < record->interfaces->len; i++)
        describe_interface(record, i);
    if (record->keylog && keylog_fetched(record->keylog)->len)
        append_secrets(record, keylog_fetched(record->keylog));
    g_free(since);
    g_free(os);
}

uint32_t
output_add_interface(struct record *record, guint end, const struct pcapng_interface *description)
{
    struct output_interface interface = {
        .end = end,
        .description = {
            .link_type = description->link_type,
            .snap_len = description->snap_len,
            .name = g_strdup(description->name),
            .description = g_strdup(description->description),
            .filter = g_strdup(description->filter),
            .os = g_strdup(description->os),
            .comment = g_strdup(description->comment),
        },
        .statistics = { .interface = record->interfaces->len, .received = PCAPNG_UNKNOWN,
                        .dropped = PCAPNG_UNKNOWN },
    };

    g_array_append_val(record->interfaces, interface);
    if (record->has_header)
        describe_interface(record, record->interfaces->len - 1);
    return record->interfaces->len - 1;
}

void
output_secrets(struct record *record)
{
    GString *fresh = record->keylog ? keylog_fetch(record->keylog) : NULL;

    if (!fresh)
        return;
    append_secrets(record, fresh);
    keylog_wipe(fresh);
}

/* Connections that can be opened, or that are too old, wait for no secrets. */
static bool
secrets_may_come(struct record *record, int64_t now_us)
{
    struct unopened *first;

    while ((first = g_queue_peek_head(&record->unopened)) &&
           (keylog_is_complete(record->keylog, first->random) ||
            now_us - first->seen_us > (int64_t)UNOPENED_FOR_S * G_USEC_PER_SEC))
        g_free(g_queue_pop_head(&record->unopened));
    for (GList *l = record->unopened.head; l; l = l->next)
        if (!keylog_is_complete(record->keylog, ((struct unopened *)l->data)->random))
            return true;
    return false;
}

static void
give_secrets_up(struct record *record, int64_t seen_until_us)
{
    struct unopened *first;

    while ((first = g_queue_peek_head(&record->unopened)) && first->seen_us <= seen_until_us) {
        if (!keylog_is_complete(record->keylog, first->random))
            say_warning("no TLS secrets within %.1f s of the Server Hello for client random "
                        "%02x%02x%02x%02x...; live it stays encrypted%s",
                        (HOLD_MS + SECRETS_WAIT_MS) / 1000.0, first->random[0], first->random[1],
                        first->random[2], first->random[3],
                        record->sink.is_file && !record->options->no_rewrite
                            ? ", the final file takes late ones"
                            : "");
        g_free(g_queue_pop_head(&record->unopened));
    }
}

/* TLS 1.3 decrypts only what comes behind its secrets. */
static bool
waits_for_secrets(struct record *record, const struct queued *queued, int64_t now_us)
{
    if (!queued->server_hello || !record->keylog ||
        (record->key_files->len == 0 && record->followers->len == 0) ||
        !secrets_may_come(record, now_us))
        return false;
    if (now_us - queued->arrived_us < (HOLD_MS + SECRETS_WAIT_MS) * INT64_C(1000))
        return true;
    give_secrets_up(record, queued->arrived_us);
    return false;
}

static bool
file_is_full(const struct record *record)
{
    const struct options *options = record->options;
    int64_t age_us = g_get_monotonic_time() - record->file_begun_us;

    return (options->next_bytes &&
            record->sink.written + record->sink.pending->len >= options->next_bytes) ||
           (options->next_s && age_us >= (int64_t)options->next_s * G_USEC_PER_SEC);
}

/* Each file of a ring can be read alone: it begins with all interfaces and secrets. */
static void
next_file(struct record *record)
{
    GError *error = NULL;

    output_statistics(record);
    sink_drain(&record->sink, 0);
    sink_close(&record->sink);
    record->has_header = false;
    if (!output_open(record, &error)) {
        say_warning("%s", error->message);
        g_error_free(error);
        record->not_whole = true;
        record_stop(record, NULL);
        return;
    }
    output_begin(record);
}

static void
write_first(struct record *record)
{
    const struct options *options = record->options;
    struct queued queued;

    output_begin(record);
    output_secrets(record);
    if (!queue_take(&record->queue, &queued))
        return;
    struct source *source = g_ptr_array_index(record->sources, queued.end);
    source->num_queued--;
    /* What comes behind the last that was asked for still has to leave the queue. */
    if (!options->stop_packets || record->num_written < options->stop_packets) {
        sink_append(&record->sink, queued.block, queued.len);
        if (queued.is_packet)
            record->num_written++;
        else
            g_array_append_val(record->passed, queued.end);
    }
    g_free(queued.block);
    if (record->sink.pending->len > FLUSH_LEN && record->sink.is_file)
        sink_flush(&record->sink);
    if (!record->sink.failed && file_is_full(record))
        next_file(record);
    if (options->stop_packets && record->num_written >= options->stop_packets)
        record_stop(record, "as many packets as -c asked for");
    if (options->stop_bytes && record->sink.written >= options->stop_bytes)
        record_stop(record, "the file has the size that -a asked for");
}

/* Of stored files the first packet is known to be the earliest once each has one here. */
static bool
all_are_here(const struct record *record)
{
    for (guint i = 0; i < record->sources->len; i++) {
        const struct source *source = g_ptr_array_index(record->sources, i);
        if (source_is_open(source) && (!source->is_stored || source->num_queued == 0))
            return false;
    }
    return true;
}

void
output_release(struct record *record, bool all)
{
    int64_t now_us = g_get_monotonic_time();
    const struct queued *first;

    while (!record->sink.failed && !record->finished && (first = queue_first(&record->queue)) &&
           record->sink.pending->len - record->sink.first_done < SINK_PENDING_MAX) {
        bool full = output_waiting(record) > RECORD_MEMORY_MAX / 2;
        if (!all && !full &&
            (now_us - queue_oldest_us(&record->queue) < HOLD_MS * INT64_C(1000) &&
             !all_are_here(record)))
            break;
        if (!all && !full && waits_for_secrets(record, first, now_us))
            break;
        if (full && !all && !record->memory_told) {
            record->memory_told = true;
            say_warning("more than %d MiB wait within %d ms: written early%s",
                        RECORD_MEMORY_MAX / 2 >> 20, HOLD_MS,
                        record->sink.is_file ? ", the order is put right at the end"
                                             : ", perhaps out of order");
        }
        write_first(record);
    }
    if (record->sink.failed)
        return;
    sink_flush(&record->sink);
}

void
output_statistics(struct record *record)
{
    for (guint i = 0; i < record->interfaces->len; i++) {
        struct output_interface *interface =
            &g_array_index(record->interfaces, struct output_interface, i);
        const struct source *source = g_ptr_array_index(record->sources, interface->end);
        GByteArray *block;
        if (interface->statistics.received == PCAPNG_UNKNOWN &&
            interface->statistics.dropped == PCAPNG_UNKNOWN) {
            interface->statistics.received = source->received;
            interface->statistics.dropped = source->dropped;
        }
        interface->statistics.time_ns = source->last_time_ns;
        if (interface->statistics.dropped == PCAPNG_UNKNOWN)
            continue;
        block = g_byte_array_new();
        pcapng_append_statistics(block, &interface->statistics);
        append(record, block);
    }
}
