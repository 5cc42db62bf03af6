/* ring.c - the files that a recording is written to: one, or a ring of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ring.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "output/say.h"
#include "output/target.h"

struct ring {
    const struct options *options;
    unsigned number;  /* of the file that is written */
    int64_t begun_us; /* when that was begun; monotonic */
    char *new_file;   /* the file that is written, where it was not there before; NULL */
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
    g_free(ring->new_file);
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

static bool
open_file(struct ring *ring, struct sink *sink, const char *path, GError **error)
{
    bool is_new = false;

    g_clear_pointer(&ring->new_file, g_free);
    if (strcmp(path, "-") == 0)
        return sink_take_stdout(sink, error);
    int fd = target_open(ring->options->inputs, path, TARGET_STREAM, 0600, &is_new, error);
    if (fd >= 0 && is_new)
        ring->new_file = g_strdup(path);
    return fd >= 0 && sink_take(sink, fd, path, error);
}

void
ring_discard(struct ring *ring)
{
    if (ring->new_file)
        unlink(ring->new_file);
}

static void
remove_oldest(struct ring *ring)
{
    char *oldest = g_queue_pop_head(&ring->names);

    if (unlink(oldest) != 0 && errno != ENOENT)
        say_warning("%s cannot be removed: %s", oldest, g_strerror(errno));
    g_free(oldest);
}

bool
ring_open(struct ring *ring, struct sink *sink, GError **error)
{
    const struct options *options = ring->options;
    bool is_ring = options->next_s || options->next_bytes;

    ring->number++;
    ring->begun_us = g_get_monotonic_time();
    char *path = is_ring ? name_of_now(ring) : g_strdup(options->output);
    bool ok = open_file(ring, sink, path, error);
    if (ok && is_ring)
        g_queue_push_tail(&ring->names, g_strdup(path));
    while (ok && options->num_files && ring->names.length > options->num_files)
        remove_oldest(ring);
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
