/* align.c - the clocks of all ends, from the connections that two of them saw
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "align.h"

#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/tell.h"
#include "codec/pcapread.h"

enum { PIECE_LEN = 256 * 1024 };

/* Every connection is of use for clocks, whatever it carries. */
static struct engine *
read_recording(const char *path)
{
    static char any[] = "any";
    const struct config config = { .servers = any };
    struct engine *engine = engine_new(&config);
    struct pcapread *reader = pcapread_new();
    struct pcapread_item item;
    uint8_t *piece = g_malloc(PIECE_LEN);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint32_t number = 0;
    ssize_t n;

    while (fd >= 0 && (n = read(fd, piece, PIECE_LEN)) > 0) {
        pcapread_feed(reader, piece, (size_t)n);
        while (pcapread_next(reader, &item) != PCAPREAD_MORE && item.kind != PCAPREAD_ERROR) {
            struct frame frame;
            if (item.kind != PCAPREAD_PACKET)
                continue;
            frame_decode(pcapread_interface(reader, item.interface)->link_type, item.packet.data,
                         item.packet.captured_len, item.packet.wire_len, &frame);
            engine_tell(engine, &frame, (struct mark){ ++number, item.packet.time_ns },
                        item.interface);
        }
    }
    if (fd >= 0)
        close(fd);
    engine_finish(engine);
    pcapread_free(reader);
    g_free(piece);
    return engine;
}

/* Two interfaces of one machine have one clock. */
static bool
share_a_clock(const struct recording *recording, guint end)
{
    const struct end *a = g_ptr_array_index(recording->ends, 0);
    const struct end *b = g_ptr_array_index(recording->ends, end);

    return a->kind == b->kind &&
           (a->kind == END_INTERFACE || (a->kind == END_SSH && g_strcmp0(a->host, b->host) == 0 &&
                                         g_strcmp0(a->port, b->port) == 0));
}

static bool
has_same_addresses(const struct pair *pair)
{
    const struct conn *near = session_conn(pair->end[SIDE_CLIENT]->session),
                      *far = session_conn(pair->end[SIDE_SERVER]->session);

    return endpoint_equal(conn_endpoint(near, SIDE_CLIENT), conn_endpoint(far, SIDE_CLIENT)) &&
           endpoint_equal(conn_endpoint(near, SIDE_SERVER), conn_endpoint(far, SIDE_SERVER));
}

static void
take_pair(const struct recording *recording, const struct pair *pair, bool may_shift,
          GArray *alignments)
{
    guint client = recording_interface(recording, pair->at[SIDE_CLIENT]->interface)->end;
    guint server = recording_interface(recording, pair->at[SIDE_SERVER]->interface)->end;
    guint other = client ? client : server;
    struct alignment *alignment = &g_array_index(alignments, struct alignment, other);

    alignment->same_addresses |= has_same_addresses(pair);
    if (!pair->clock_known || (client != 0) == (server != 0) || alignment->known ||
        share_a_clock(recording, other))
        return;
    alignment->known = true;
    alignment->is_client = other == client;
    alignment->clock = pair->clock;
    alignment->shift =
        may_shift && (pair->clock.num_steps > 0 || llabs(pair->clock.offset) > pair->clock.bound);
}

GArray *
align_file(const struct recording *recording, const char *path, bool may_shift)
{
    GArray *alignments = g_array_new(FALSE, TRUE, sizeof(struct alignment));
    struct engine *engine;

    g_array_set_size(alignments, recording->ends->len);
    if (recording->ends->len < 2)
        return alignments;
    engine = read_recording(path);
    const GPtrArray *pairs = engine_pairs(engine);
    for (guint i = 0; pairs && i < pairs->len; i++)
        take_pair(recording, g_ptr_array_index(pairs, i), may_shift, alignments);
    engine_free(engine);
    return alignments;
}

int64_t
align_time(const struct alignment *alignment, int64_t time_ns)
{
    if (!alignment->shift)
        return time_ns;
    return alignment->is_client ? time_ns + clock_offset_at(&alignment->clock, time_ns)
                                : clock_to_client(&alignment->clock, time_ns);
}

char *
align_text(const struct alignment *alignment, const char *name, const char *first)
{
    const struct clock *clock = &alignment->clock;
    double sign = alignment->is_client ? -1 : 1;
    GString *text;

    if (!alignment->known)
        return NULL;
    text = g_string_new(NULL);
    g_string_append_printf(text, "clock: %s = %s %+.6f s", name, first,
                           sign * (double)clock->offset / 1e9);
    if (clock->skew_known)
        g_string_append_printf(text, " %+.1f ppm", sign * clock->skew * 1e6);
    g_string_append_printf(text,
                           ", +-%.1f ms (half the shortest round trip), %u+%u samples in %.0f s",
                           (double)clock->bound / 1e6, clock->samples[SIDE_CLIENT],
                           clock->samples[SIDE_SERVER], clock->span);
    if (clock->num_steps)
        g_string_append_printf(text, ", set %s meanwhile", text_times(clock->num_steps).text);
    g_string_append(text, alignment->shift ? "; shifted" : "; not shifted");
    return g_string_free(text, FALSE);
}
