/* output.c - the capture as it is written live: what is held back, and in which order it comes out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "output.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/text.h"
#include "output/say.h"
#include "block.h"
#include "queue.h"
#include "ring.h"
#include "sink.h"

enum {
    FLUSH_LEN = 256 * 1024,
    DRAIN_MS = 3000, /* for the reader of a pipe to take the rest */
};

struct output {
    const struct options *options;
    struct keylog *keylog;
    const struct output_calls *calls;
    void *data;
    struct recording recording;
    struct queue *queue;
    guint *num_queued; /* of each end */
    struct ring *ring;
    struct sink *sink;
    bool has_header;   /* in the sink */
    bool since_untold; /* the header was written before: the next packet carries it */
    bool memory_told;
};

struct output *
output_new(const struct options *options, struct keylog *keylog, const struct output_calls *calls,
           void *data)
{
    struct output *output = g_new0(struct output, 1);

    output->options = options;
    output->keylog = keylog;
    output->calls = calls;
    output->data = data;
    recording_init(&output->recording, options->ends);
    output->queue = queue_new();
    output->num_queued = g_new0(guint, options->ends->len);
    output->ring = ring_new(options);
    output->sink = sink_new();
    return output;
}

void
output_free(struct output *output)
{
    recording_clear(&output->recording);
    queue_free(output->queue);
    g_free(output->num_queued);
    ring_free(output->ring);
    sink_free(output->sink);
    g_free(output);
}

bool
output_open(struct output *output, GError **error)
{
    return output->calls->packet || ring_open(output->ring, output->sink, error);
}

/* What stands in the file beside packets. */

static void
append(struct output *output, GByteArray *block)
{
    sink_append(output->sink, block->data, block->len);
    g_byte_array_unref(block);
}

static void
describe_interface(struct output *output, uint32_t number)
{
    GByteArray *block = g_byte_array_new();

    pcapng_append_interface(block, &recording_interface(&output->recording, number)->description);
    append(output, block);
}

static void
append_secrets(struct output *output, const GString *secrets)
{
    GByteArray *block = g_byte_array_sized_new((guint)secrets->len + 64);

    pcapng_append_secrets(block, PCAPNG_SECRETS_TLS, secrets->str, secrets->len);
    sink_append(output->sink, block->data, block->len);
    explicit_bzero(block->data, block->len);
    g_byte_array_unref(block);
}

static void
append_fresh_secrets(struct output *output)
{
    GString *fresh = output->calls->packet ? NULL : keylog_fetch(output->keylog);

    if (!fresh)
        return;
    append_secrets(output, fresh);
    keylog_wipe(fresh);
}

/* Interfaces stand in front of secrets, or mergecap 4.0 refuses the file. */
static void
append_header(struct output *output)
{
    struct utsname system;

    if (output->has_header || output->calls->packet)
        return;
    output->has_header = true;
    GByteArray *block = g_byte_array_new();
    char *since = recording_since(&output->recording);
    bool known = uname(&system) == 0;
    char *os = known ? g_strdup_printf("%s %s", system.sysname, system.release) : NULL;
    pcapng_append_section(block, os, "sstpcap " SSTPDIAG_VERSION, since);
    append(output, block);
    for (uint32_t i = 0; i < output->recording.interfaces->len; i++)
        describe_interface(output, i);
    if (keylog_fetched(output->keylog)->len)
        append_secrets(output, keylog_fetched(output->keylog));
    g_free(since);
    g_free(os);
}

static void
append_statistics(struct output *output)
{
    recording_settle_statistics(&output->recording);
    for (uint32_t i = 0; i < output->recording.interfaces->len; i++) {
        const struct recorded_interface *interface = recording_interface(&output->recording, i);
        if (interface->statistics.dropped == PCAPNG_UNKNOWN && !interface->statistics.comment)
            continue;
        GByteArray *block = g_byte_array_new();
        pcapng_append_statistics(block, &interface->statistics);
        append(output, block);
    }
}

void
output_begin(struct output *output)
{
    append_header(output);
    sink_flush(output->sink);
}

bool
output_end(struct output *output)
{
    append_header(output);
    append_statistics(output);
    bool taken = sink_drain(output->sink, DRAIN_MS) || sink_error(output->sink);
    if (!taken)
        say_warning("the reader of the capture takes no more: its end is lost");
    sink_sync(output->sink);
    return taken;
}

void
output_discard(struct output *output)
{
    if (sink_is_file(output->sink))
        ring_discard(output->ring);
}

/* What comes from the ends. */

void
output_set_since(struct output *output, int64_t since_ns)
{
    output->recording.since_ns = since_ns;
    output->since_untold = output->has_header;
}

uint32_t
output_add_interface(struct output *output, guint end, const struct pcapng_interface *description)
{
    uint32_t number = recording_add_interface(&output->recording, end, description);

    if (output->has_header)
        describe_interface(output, number);
    return number;
}

/* Takes the block over. */
static void
put(struct output *output, struct queued *queued, GByteArray *block)
{
    queued->arrived_us = g_get_monotonic_time();
    queued->len = block->len;
    queued->block = g_byte_array_free(block, FALSE);
    queue_put(output->queue, queued);
    output->num_queued[queued->end]++;
}

void
output_add_packet(struct output *output, guint end, const struct pcapng_packet *packet,
                  int64_t sort_ns, bool is_server_hello)
{
    GByteArray *block = g_byte_array_sized_new(packet->captured_len + 64);
    struct queued queued = {
        .time_ns = sort_ns, .end = end, .server_hello = is_server_hello, .is_packet = true
    };
    struct pcapng_packet with_comment = *packet;
    char *since = output->since_untold ? recording_since(&output->recording) : NULL;

    if (since) {
        with_comment.comment = since;
        output->since_untold = false;
    }
    pcapng_append_packet(block, &with_comment);
    g_free(since);
    put(output, &queued, block);
    output->recording.by_end[end].last_time_ns = packet->time_ns;
}

void
output_add_block(struct output *output, guint end, const struct pcapread_item *item,
                 int64_t sort_ns)
{
    GByteArray *block = g_byte_array_new();
    struct queued queued = { .time_ns = sort_ns, .end = end };

    block_append(block, item);
    put(output, &queued, block);
}

void
output_count_end(struct output *output, guint end, uint64_t received, uint64_t dropped)
{
    struct recorded_end *counts = &output->recording.by_end[end];

    if (received != PCAPNG_UNKNOWN)
        counts->received = received;
    if (dropped != PCAPNG_UNKNOWN)
        counts->dropped = dropped;
}

void
output_lose_end(struct output *output, guint end, const char *how)
{
    recording_lose_end(&output->recording, end, how);
}

void
output_count_interface(struct output *output, const struct pcapng_statistics *statistics)
{
    recording_count_interface(&output->recording, statistics);
}

/* What is held back, and how it is written. */

size_t
output_waiting(const struct output *output)
{
    return queue_memory(output->queue) + sink_waiting(output->sink);
}

guint
output_num_queued(const struct output *output, guint end)
{
    return output->num_queued[end];
}

/* Each file of a ring can be read alone: it begins with all interfaces and secrets. */
static void
next_file(struct output *output)
{
    GError *error = NULL;
    bool whole;

    append_statistics(output);
    sink_drain(output->sink, 0);
    sink_sync(output->sink);
    whole = sink_close(output->sink);
    output->has_header = false;
    if (!whole)
        return;
    if (!output_open(output, &error)) {
        say_warning("%s: stopping, what is written is kept", error->message);
        g_error_free(error);
        output->calls->enough(output->data, NULL);
        return;
    }
    append_header(output);
}

static void
hand_on(const struct output *output, const struct queued *queued)
{
    struct pcapng_packet packet;

    if (queued->is_packet && pcapng_read_packet(queued->block, queued->len, &packet))
        output->calls->packet(output->data, &packet);
}

/* What comes behind the last that was asked for still has to leave the queue. */
static void
write_queued(struct output *output, const struct queued *queued)
{
    uint64_t max = output->options->stop_packets;

    if (max && output->recording.num_packets >= max)
        return;
    if (output->calls->packet)
        hand_on(output, queued);
    sink_append(output->sink, queued->block, queued->len);
    if (queued->is_packet)
        output->recording.num_packets++;
    else
        g_array_append_val(output->recording.passed, queued->end);
}

static void
write_first(struct output *output)
{
    const struct options *options = output->options;
    struct queued queued;

    append_header(output);
    append_fresh_secrets(output);
    if (!queue_take(output->queue, &queued))
        return;
    output->num_queued[queued.end]--;
    write_queued(output, &queued);
    g_free(queued.block);
    if (sink_waiting(output->sink) > FLUSH_LEN && sink_is_file(output->sink))
        sink_flush(output->sink);
    if (!sink_error(output->sink) && ring_is_full(output->ring, output->sink))
        next_file(output);
    if (options->stop_packets && output->recording.num_packets >= options->stop_packets)
        output->calls->enough(output->data, "as many packets as -c asked for");
    if (options->stop_bytes && sink_written(output->sink) >= options->stop_bytes)
        output->calls->enough(output->data, "the file has the size that -a asked for");
}

/* TLS 1.3 decrypts only what comes behind its secrets. */
static bool
has_to_wait(const struct output *output, const struct queued *first, int64_t now_us)
{
    if (now_us - queue_oldest_us(output->queue) < HOLD_MS * INT64_C(1000) &&
        !output->calls->all_are_here(output->data))
        return true;
    return first->server_hello &&
           output->calls->secrets_may_come(output->data, first->arrived_us, now_us);
}

static void
tell_memory(struct output *output)
{
    if (output->memory_told)
        return;
    output->memory_told = true;
    say_warning("more than %d MiB wait within %d ms: written early%s", OUTPUT_MEMORY_MAX / 2 >> 20,
                HOLD_MS,
                sink_is_file(output->sink) ? ", the order is put right at the end"
                                           : ", perhaps out of order");
}

static void
release(struct output *output, bool all)
{
    const struct sink *sink = output->sink;
    int64_t now_us = g_get_monotonic_time();
    const struct queued *first;

    while (!sink_error(sink) && (first = queue_first(output->queue)) &&
           sink_waiting(sink) < SINK_PENDING_MAX) {
        bool full = output_waiting(output) > OUTPUT_MEMORY_MAX / 2;
        if (!all && !full && has_to_wait(output, first, now_us))
            break;
        if (full && !all)
            tell_memory(output);
        write_first(output);
    }
    if (!sink_error(sink))
        sink_flush(output->sink);
}

void
output_release(struct output *output)
{
    release(output, false);
}

/* A reader of its own pace takes the rest a pipe's worth at a time. */
bool
output_release_all(struct output *output)
{
    int64_t until = g_get_monotonic_time() + DRAIN_MS * INT64_C(1000);

    do {
        release(output, true);
    } while (queue_first(output->queue) && !sink_error(output->sink) &&
             sink_drain(output->sink, (int)MAX((until - g_get_monotonic_time()) / 1000, 0)));
    bool left = queue_first(output->queue) && !sink_error(output->sink);
    if (left)
        say_warning("the reader of the capture takes no more: %s lost",
                    text_count(queue_num(output->queue), "packet").text);
    if (output->recording.interfaces->len > 0) {
        append_header(output);
        append_fresh_secrets(output);
    }
    return !left;
}

uint64_t
output_num_taken(const struct output *output)
{
    return output->recording.num_packets - sink_packets_left(output->sink);
}

int
output_error(const struct output *output)
{
    return sink_error(output->sink);
}

bool
output_is_file(const struct output *output)
{
    return sink_is_file(output->sink);
}

const struct recording *
output_recording(const struct output *output)
{
    return &output->recording;
}
