/* ring.c - the files that a recording is written to: one, or a ring of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ring.h"

#include <unistd.h>

struct ring {
    const struct options *options;
    unsigned number;  /* of the file that is written */
    int64_t begun_us; /* when that was begun; monotonic */
    GQueue names;     /* of the files that exist, the oldest first */
};

struct ring *
ring_new(const struct options *options)
{
    struct ring *ring = g_new0(struct ring, 1);

    ring->options = options;
    g_queue_init(&ring->names);
    return ring;
}

void
ring_free(struct ring *ring)
{
    char *name;

    while ((name = g_queue_pop_head(&ring->names)))
        g_free(name);
    g_free(ring);
}

/* "case_00001_20261122140307.pcapng", as dumpcap names it. */
static char *
name_of_now(const struct ring *ring)
{
    GDateTime *now = g_date_time_new_now_local();
    char *stamp = g_date_time_format(now, "%Y%m%d%H%M%S");
    char *mark = g_strdup_printf("_%05u_%s", ring->number, stamp);
    char *name = options_output_with(ring->options, mark);

    g_free(mark);
    g_free(stamp);
    g_date_time_unref(now);
    return name;
}

bool
ring_open(struct ring *ring, struct sink *sink, GError **error)
{
    const struct options *options = ring->options;
    bool is_ring = options->next_s || options->next_bytes;

    ring->number++;
    ring->begun_us = g_get_monotonic_time();
    char *path = is_ring ? name_of_now(ring) : g_strdup(options->output);
    bool ok = sink_open(sink, path, error);
    if (ok && is_ring)
        g_queue_push_tail(&ring->names, g_strdup(path));
    while (ok && options->num_files && ring->names.length > options->num_files) {
        char *oldest = g_queue_pop_head(&ring->names);
        unlink(oldest);
        g_free(oldest);
    }
    g_free(path);
    return ok;
}

bool
ring_is_full(const struct ring *ring, const struct sink *sink)
{
    const struct options *options = ring->options;
    int64_t age_us = g_get_monotonic_time() - ring->begun_us;

    return (options->next_bytes &&
            sink_written(sink) + sink_waiting(sink) >= options->next_bytes) ||
           (options->next_s && age_us >= (int64_t)options->next_s * G_USEC_PER_SEC);
}
