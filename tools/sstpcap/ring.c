/* ring.c - the files that a recording is written to: one, or a ring of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ring.h"

#include <string.h>
#include <unistd.h>

void
ring_init(struct ring *ring, const struct options *options)
{
    memset(ring, 0, sizeof *ring);
    ring->options = options;
    g_queue_init(&ring->names);
}

void
ring_clear(struct ring *ring)
{
    char *name;

    while ((name = g_queue_pop_head(&ring->names)))
        g_free(name);
}

/* "case_00001_20261122140307.pcapng", as dumpcap names it. */
static char *
name_of_now(const struct ring *ring)
{
    const char *path = ring->options->output;
    const char *dot = strrchr(path, '.');
    size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path);
    GDateTime *now = g_date_time_new_now_local();
    char *stamp = g_date_time_format(now, "%Y%m%d%H%M%S");
    char *name =
        g_strdup_printf("%.*s_%05u_%s%s", (int)stem, path, ring->number, stamp, path + stem);

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

    return (options->next_bytes && sink->written + sink->pending->len >= options->next_bytes) ||
           (options->next_s && age_us >= (int64_t)options->next_s * G_USEC_PER_SEC);
}
