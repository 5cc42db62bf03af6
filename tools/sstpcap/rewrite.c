/* rewrite.c - the file as it should have been: secrets first, packets in order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "block.h"

enum {
    PIECE_LEN = 256 * 1024,
    FLUSH_LEN = 256 * 1024,
};

/* One interface of the old file. Each is read by itself: within one the packets are in order
 * already, however the clocks differ. */
struct lane {
    int fd;
    struct pcapread *reader;
    uint32_t interface; /* of the old file */
    uint32_t number;    /* of the new one */
    const struct alignment *alignment;
    const GArray
        *passed; /* of struct recording, where this is the first interface of its end; NULL */
    guint end, num_passed;
    bool has_item;
    struct pcapread_item
        item;        /* has_item: the next packet of this interface, or block of its end */
    int64_t time_ns; /* of it; of a block, that of the packet before */
    uint8_t *piece;
};

static bool
fail(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", path,
                g_strerror(errno));
    return false;
}

static bool
lane_passes(struct lane *lane)
{
    return lane->passed && block_passes(&lane->item) && lane->num_passed < lane->passed->len &&
           g_array_index(lane->passed, guint, lane->num_passed++) == lane->end;
}

/* To the next packet of the interface, or block that its end passed on. */
static void
lane_next(struct lane *lane)
{
    lane->has_item = false;
    for (;;) {
        enum pcapread_kind kind = pcapread_next(lane->reader, &lane->item);
        if (kind == PCAPREAD_PACKET && lane->item.interface == lane->interface) {
            lane->has_item = true;
            lane->item.packet.time_ns = align_time(lane->alignment, lane->item.packet.time_ns);
            lane->time_ns = lane->item.packet.time_ns;
            return;
        }
        if (kind == PCAPREAD_ERROR)
            return;
        lane->has_item = lane_passes(lane);
        if (lane->has_item)
            return;
        if (kind != PCAPREAD_MORE)
            continue;
        ssize_t n = read(lane->fd, lane->piece, PIECE_LEN);
        if (n <= 0)
            return;
        pcapread_feed(lane->reader, lane->piece, (size_t)n);
    }
}

static void
lane_free(gpointer data)
{
    struct lane *lane = data;

    if (lane->fd >= 0)
        close(lane->fd);
    pcapread_free(lane->reader);
    g_free(lane->piece);
    g_free(lane);
}

static struct lane *
lane_new(const char *path, uint32_t interface, uint32_t number)
{
    struct lane *lane = g_new0(struct lane, 1);

    lane->fd = open(path, O_RDONLY | O_CLOEXEC);
    lane->reader = pcapread_new();
    lane->interface = interface;
    lane->number = number;
    lane->piece = g_malloc(PIECE_LEN);
    return lane;
}

static bool
write_all(int fd, GByteArray *bytes)
{
    size_t done = 0;

    while (done < bytes->len) {
        ssize_t n = write(fd, bytes->data + done, bytes->len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return false;
    }
    g_byte_array_set_size(bytes, 0);
    return true;
}

/* What the clock was found to be stands with the interface, so that it can be taken back. */
static void
append_interface(const struct recording *recording, uint32_t i, const struct alignment *alignment,
                 GByteArray *bytes)
{
    const struct recorded_interface *interface = recording_interface(recording, i);
    const struct end *first = g_ptr_array_index(recording->ends, 0);
    const struct end *end = g_ptr_array_index(recording->ends, interface->end);
    struct pcapng_interface description = interface->description;
    char *text = align_text(alignment, end->name, first->name);
    char *both =
        text && description.comment ? g_strconcat(description.comment, "\n", text, NULL) : NULL;

    if (text)
        description.comment = both ? both : text;
    pcapng_append_interface(bytes, &description);
    g_free(both);
    g_free(text);
}

/* Lanes for the interfaces of one end. Blocks that were passed on go along with its first. */
static void
append_end(const struct rewrite *rewrite, guint end, GPtrArray *lanes, GByteArray *bytes)
{
    const struct recording *recording = rewrite->recording;
    const GArray *passed = recording->passed;

    for (uint32_t i = 0; i < recording->interfaces->len; i++) {
        if (recording_interface(recording, i)->end != end)
            continue;
        struct lane *lane = lane_new(rewrite->path, i, lanes->len);
        lane->alignment = &g_array_index(rewrite->alignments, struct alignment, end);
        lane->passed = passed;
        lane->end = end;
        passed = NULL;
        append_interface(recording, i, lane->alignment, bytes);
        g_ptr_array_add(lanes, lane);
    }
}

/* The lanes. Their interfaces stand in the order of the ends, whichever was first to capture. */
static GPtrArray *
append_head(const struct rewrite *rewrite, int end, GByteArray *bytes)
{
    GPtrArray *lanes = g_ptr_array_new_with_free_func(lane_free);
    char *since = recording_since(rewrite->recording);

    pcapng_append_section(bytes, NULL, "sstpcap " SSTPDIAG_VERSION, since);
    g_free(since);
    for (guint of = 0; of < rewrite->recording->ends->len; of++)
        if (end == REWRITE_ALL_ENDS || of == (guint)end)
            append_end(rewrite, of, lanes, bytes);
    if (rewrite->secrets->len)
        pcapng_append_secrets(bytes, PCAPNG_SECRETS_TLS, rewrite->secrets->str,
                              rewrite->secrets->len);
    return lanes;
}

static struct lane *
earliest(const GPtrArray *lanes)
{
    struct lane *first = NULL;

    for (guint i = 0; i < lanes->len; i++) {
        struct lane *lane = g_ptr_array_index(lanes, i);
        if (lane->has_item && (!first || lane->time_ns < first->time_ns))
            first = lane;
    }
    return first;
}

static void
append_item(struct lane *lane, GByteArray *bytes)
{
    if (lane->item.kind == PCAPREAD_PACKET) {
        lane->item.packet.interface = lane->number;
        pcapng_append_packet(bytes, &lane->item.packet);
        return;
    }
    block_append(bytes, &lane->item);
}

static bool
write_packets(int fd, GPtrArray *lanes, GByteArray *bytes)
{
    struct lane *lane;

    for (guint i = 0; i < lanes->len; i++)
        lane_next(g_ptr_array_index(lanes, i));
    while ((lane = earliest(lanes))) {
        append_item(lane, bytes);
        if (bytes->len > FLUSH_LEN && !write_all(fd, bytes))
            return false;
        lane_next(lane);
    }
    return true;
}

static void
append_statistics(const struct recording *recording, const GPtrArray *lanes, GByteArray *bytes)
{
    for (guint i = 0; i < lanes->len; i++) {
        const struct lane *lane = g_ptr_array_index(lanes, i);
        struct pcapng_statistics statistics =
            recording_interface(recording, lane->interface)->statistics;
        statistics.interface = lane->number;
        if (statistics.dropped != PCAPNG_UNKNOWN)
            pcapng_append_statistics(bytes, &statistics);
    }
}

bool
rewrite_file(const struct rewrite *rewrite, const char *to, int end, GError **error)
{
    GByteArray *bytes = g_byte_array_sized_new(2 * FLUSH_LEN);
    char *temporary = g_strconcat(to, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    bool ok = fd >= 0;

    if (!ok) {
        fail(error, to);
    } else {
        GPtrArray *lanes = append_head(rewrite, end, bytes);
        ok = write_packets(fd, lanes, bytes);
        append_statistics(rewrite->recording, lanes, bytes);
        ok = ok && write_all(fd, bytes) && rename(temporary, to) == 0;
        if (!ok) {
            fail(error, to);
            unlink(temporary);
        }
        close(fd);
        g_ptr_array_unref(lanes);
    }
    explicit_bzero(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
    g_free(temporary);
    return ok;
}
