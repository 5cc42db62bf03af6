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

#include "output/fresh.h"
#include "output/target.h"
#include "block.h"

#define ALL_OF_END UINT32_MAX

enum {
    LANES_MAX = 32, /* with an interface each; each has a descriptor and half a MiB */
    PIECE_LEN = 256 * 1024,
    FLUSH_LEN = 256 * 1024,
};

/* What is read of the old file in one go, in its order: one interface, as within one the packets
 * are in order already, however the clocks differ; of many interfaces all that one end has, as the
 * number of lanes must not be an end's to choose. */
struct lane {
    int fd;
    struct pcapread *reader;
    const struct rewrite *rewrite;
    const uint32_t *numbers; /* of the interfaces: theirs of the old file to ours */
    uint32_t interface;      /* of the old file, or ALL_OF_END */
    guint end;
    bool takes_blocks; /* those that its end passed on go along with its first interface */
    guint num_passed;
    uint64_t num_packets;
    bool has_item, failed;
    struct pcapread_item
        item;        /* has_item: the next packet of this interface, or block of its end */
    int64_t time_ns; /* of it; of a block, that of the packet before */
    uint8_t *piece;
};

static bool
lane_passes(struct lane *lane)
{
    const GArray *passed = lane->rewrite->recording->passed;

    return lane->takes_blocks && block_passes(&lane->item) && lane->num_passed < passed->len &&
           g_array_index(passed, guint, lane->num_passed++) == lane->end;
}

static const struct alignment *
alignment_of(const struct rewrite *rewrite, guint end)
{
    return &g_array_index(rewrite->alignments, struct alignment, end);
}

static bool
lane_has_interface(const struct lane *lane, uint32_t interface)
{
    const struct recording *recording = lane->rewrite->recording;

    return lane->interface == ALL_OF_END
               ? interface < recording->interfaces->len &&
                     recording_interface(recording, interface)->end == lane->end
               : interface == lane->interface;
}

static void
take_packet(struct lane *lane)
{
    struct pcapng_packet *packet = &lane->item.packet;

    packet->time_ns = align_time(alignment_of(lane->rewrite, lane->end), packet->time_ns);
    packet->interface = lane->numbers[packet->interface];
    lane->time_ns = packet->time_ns;
    lane->num_packets++;
    lane->has_item = true;
}

/* More of the file for the reader. False at its end. */
static bool
lane_read(struct lane *lane)
{
    ssize_t n;

    while ((n = read(lane->fd, lane->piece, PIECE_LEN)) < 0 && errno == EINTR)
        ;
    lane->failed |= n < 0;
    if (n > 0)
        pcapread_feed(lane->reader, lane->piece, (size_t)n);
    return n > 0;
}

/* To the next packet of the interface, or block that its end passed on. */
static void
lane_next(struct lane *lane)
{
    lane->has_item = false;
    while (!lane->has_item && !lane->failed) {
        enum pcapread_kind kind = pcapread_next(lane->reader, &lane->item);
        if (kind == PCAPREAD_PACKET && lane_has_interface(lane, lane->item.interface))
            take_packet(lane);
        else if (kind == PCAPREAD_ERROR)
            lane->failed = true;
        else if (kind != PCAPREAD_PACKET)
            lane->has_item = lane_passes(lane);
        if (kind == PCAPREAD_MORE && !lane_read(lane))
            return;
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
lane_new(const struct rewrite *rewrite, guint end, uint32_t interface, const uint32_t *numbers)
{
    struct lane *lane = g_new0(struct lane, 1);

    lane->fd = open(rewrite->path, O_RDONLY | O_CLOEXEC);
    lane->failed = lane->fd < 0;
    lane->reader = pcapread_new();
    lane->rewrite = rewrite;
    lane->end = end;
    lane->interface = interface;
    lane->numbers = numbers;
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

/* The new file while it is made. */
struct making {
    const struct rewrite *rewrite;
    uint32_t *numbers; /* of each interface of the old file: its number in the new one */
    uint32_t num_interfaces;
    GPtrArray *lanes; /* struct lane */
    GByteArray *bytes;
};

static void
append_end(struct making *making, guint end)
{
    const struct recording *recording = making->rewrite->recording;
    bool many = recording->interfaces->len > LANES_MAX, first = true;

    for (uint32_t i = 0; i < recording->interfaces->len; i++) {
        if (recording_interface(recording, i)->end != end)
            continue;
        making->numbers[i] = making->num_interfaces++;
        append_interface(recording, i, alignment_of(making->rewrite, end), making->bytes);
        if (many && !first)
            continue;
        struct lane *lane = lane_new(making->rewrite, end, many ? ALL_OF_END : i, making->numbers);
        lane->takes_blocks = first;
        first = false;
        g_ptr_array_add(making->lanes, lane);
    }
}

/* Interfaces stand in the order of the ends, whichever was first to capture. */
static void
append_head(struct making *making, int end)
{
    const struct rewrite *rewrite = making->rewrite;
    char *since = recording_since(rewrite->recording);

    pcapng_append_section(making->bytes, NULL, "sstpcap " SSTPDIAG_VERSION, since);
    g_free(since);
    for (guint of = 0; of < rewrite->recording->ends->len; of++)
        if (end == REWRITE_ALL_ENDS || of == (guint)end)
            append_end(making, of);
    if (rewrite->secrets->len)
        pcapng_append_secrets(making->bytes, PCAPNG_SECRETS_TLS, rewrite->secrets->str,
                              rewrite->secrets->len);
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
append_item(const struct lane *lane, GByteArray *bytes)
{
    if (lane->item.kind == PCAPREAD_PACKET)
        pcapng_append_packet(bytes, &lane->item.packet);
    else
        block_append(bytes, &lane->item);
}

static bool
write_packets(int fd, const struct making *making)
{
    struct lane *lane;

    for (guint i = 0; i < making->lanes->len; i++)
        lane_next(g_ptr_array_index(making->lanes, i));
    while ((lane = earliest(making->lanes))) {
        append_item(lane, making->bytes);
        if (making->bytes->len > FLUSH_LEN && !write_all(fd, making->bytes))
            return false;
        lane_next(lane);
    }
    return true;
}

/* All that was recorded must have come back, or the old file is the better one. */
static bool
is_whole(const struct making *making, int end, GError **error)
{
    uint64_t num = 0, all = making->rewrite->recording->num_packets;
    bool failed = false;

    for (guint i = 0; i < making->lanes->len; i++) {
        const struct lane *lane = g_ptr_array_index(making->lanes, i);
        num += lane->num_packets;
        failed |= lane->failed;
    }
    if (!failed && (end != REWRITE_ALL_ENDS || num == all))
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO,
                "%s: only %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " packets could be read again",
                making->rewrite->path, num, all);
    return false;
}

static void
append_statistics(const struct making *making, int end)
{
    const struct recording *recording = making->rewrite->recording;

    for (uint32_t i = 0; i < recording->interfaces->len; i++) {
        const struct recorded_interface *interface = recording_interface(recording, i);
        struct pcapng_statistics statistics = interface->statistics;
        if ((end != REWRITE_ALL_ENDS && interface->end != (guint)end) ||
            (statistics.dropped == PCAPNG_UNKNOWN && !statistics.comment))
            continue;
        statistics.interface = making->numbers[i];
        pcapng_append_statistics(making->bytes, &statistics);
    }
}

static bool
write_file(int fd, struct making *making, const char *to, int end, GError **error)
{
    append_head(making, end);
    if (!write_packets(fd, making))
        return target_fail(error, to);
    if (!is_whole(making, end, error))
        return false;
    append_statistics(making, end);
    return write_all(fd, making->bytes) || target_fail(error, to);
}

bool
rewrite_file(const struct rewrite *rewrite, const char *to, int end, GError **error)
{
    struct fresh *fresh = fresh_new(to, 0600, error);

    if (!fresh)
        return false;
    struct making making = { .rewrite = rewrite };
    making.numbers = g_new0(uint32_t, rewrite->recording->interfaces->len);
    making.lanes = g_ptr_array_new_with_free_func(lane_free);
    making.bytes = g_byte_array_sized_new(2 * FLUSH_LEN);
    bool good = write_file(fresh_fd(fresh), &making, to, end, error);
    if (good)
        good = fresh_finish(fresh, error);
    else
        fresh_abandon(fresh);
    explicit_bzero(making.bytes->data, making.bytes->len);
    g_byte_array_unref(making.bytes);
    g_ptr_array_unref(making.lanes);
    g_free(making.numbers);
    return good;
}
