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
    const GArray *passed; /* of struct record, where this is the first interface of its end; NULL */
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
    return lane->passed && source_passes(&lane->item) && lane->num_passed < lane->passed->len &&
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

static const struct output_interface *
interface_at(const struct record *record, uint32_t i)
{
    return &g_array_index(record->interfaces, struct output_interface, i);
}

static bool
is_wanted(const struct record *record, uint32_t i, int end)
{
    return end == REWRITE_ALL_ENDS || interface_at(record, i)->end == (guint)end;
}

/* What the clock was found to be stands with the interface, so that it can be taken back. */
static void
append_interface(const struct record *record, uint32_t i, const struct alignment *alignment,
                 GByteArray *bytes)
{
    const struct source *first = g_ptr_array_index(record->sources, 0);
    const struct source *source = g_ptr_array_index(record->sources, interface_at(record, i)->end);
    struct pcapng_interface description = interface_at(record, i)->description;
    char *text = align_text(alignment, source->end->name, first->end->name);
    char *both =
        text && description.comment ? g_strconcat(description.comment, "\n", text, NULL) : NULL;

    if (text)
        description.comment = both ? both : text;
    pcapng_append_interface(bytes, &description);
    g_free(both);
    g_free(text);
}

/* The lanes. Their interfaces stand in the order of the ends, whichever was first to capture. */
static GPtrArray *
append_head(const struct record *record, const GArray *alignments, const char *path, int end,
            GByteArray *bytes)
{
    GPtrArray *lanes = g_ptr_array_new_with_free_func(lane_free);
    char *since = output_since(record);

    pcapng_append_section(bytes, NULL, "sstpcap " SSTPDIAG_VERSION, since);
    g_free(since);
    for (guint of = 0; of < record->sources->len; of++) {
        const GArray *passed = record->passed;
        for (uint32_t i = 0; i < record->interfaces->len; i++) {
            if (interface_at(record, i)->end != of || !is_wanted(record, i, end))
                continue;
            struct lane *lane = lane_new(path, i, lanes->len);
            lane->alignment = &g_array_index(alignments, struct alignment, of);
            lane->passed = passed;
            lane->end = of;
            passed = NULL;
            append_interface(record, i, lane->alignment, bytes);
            g_ptr_array_add(lanes, lane);
        }
    }
    if (record->keylog && keylog_fetched(record->keylog)->len)
        pcapng_append_secrets(bytes, PCAPNG_SECRETS_TLS, keylog_fetched(record->keylog)->str,
                              keylog_fetched(record->keylog)->len);
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
    GByteArray *block = source_passed(&lane->item);
    g_byte_array_append(bytes, block->data, block->len);
    g_byte_array_unref(block);
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
append_statistics(const struct record *record, const GPtrArray *lanes, GByteArray *bytes)
{
    for (guint i = 0; i < lanes->len; i++) {
        const struct lane *lane = g_ptr_array_index(lanes, i);
        struct pcapng_statistics statistics = interface_at(record, lane->interface)->statistics;
        statistics.interface = lane->number;
        if (statistics.dropped != PCAPNG_UNKNOWN)
            pcapng_append_statistics(bytes, &statistics);
    }
}

bool
rewrite_file(const struct record *record, const GArray *alignments, const char *path,
             const char *to, int end, GError **error)
{
    GByteArray *bytes = g_byte_array_sized_new(2 * FLUSH_LEN);
    char *temporary = g_strconcat(to, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    bool ok = fd >= 0;

    if (!ok) {
        fail(error, to);
    } else {
        GPtrArray *lanes = append_head(record, alignments, path, end, bytes);
        ok = write_packets(fd, lanes, bytes);
        append_statistics(record, lanes, bytes);
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
