/* recording.c - what is known of a recording beside the bytes of its file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "recording.h"

#include <string.h>

#include "base/event.h"

void
recording_init(struct recording *recording, const GPtrArray *ends)
{
    memset(recording, 0, sizeof *recording);
    recording->ends = ends;
    recording->by_end = g_new0(struct recorded_end, ends->len);
    for (guint i = 0; i < ends->len; i++)
        recording->by_end[i].received = recording->by_end[i].dropped = PCAPNG_UNKNOWN;
    recording->interfaces = g_array_new(FALSE, FALSE, sizeof(struct recorded_interface));
    recording->passed = g_array_new(FALSE, FALSE, sizeof(guint));
}

void
recording_clear(struct recording *recording)
{
    for (guint i = 0; i < recording->interfaces->len; i++)
        pcapng_interface_clear(&recording_interface(recording, i)->description);
    g_array_unref(recording->interfaces);
    g_array_unref(recording->passed);
    for (guint i = 0; i < recording->ends->len; i++)
        g_free(recording->by_end[i].lost);
    g_free(recording->by_end);
}

uint32_t
recording_add_interface(struct recording *recording, guint end,
                        const struct pcapng_interface *description)
{
    struct recorded_interface interface = {
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
        .statistics = { .interface = recording->interfaces->len, .received = PCAPNG_UNKNOWN,
                        .dropped = PCAPNG_UNKNOWN },
    };

    g_array_append_val(recording->interfaces, interface);
    return interface.statistics.interface;
}

struct recorded_interface *
recording_interface(const struct recording *recording, uint32_t number)
{
    return &g_array_index(recording->interfaces, struct recorded_interface, number);
}

void
recording_count_interface(struct recording *recording, const struct pcapng_statistics *statistics)
{
    struct recorded_interface *interface = recording_interface(recording, statistics->interface);

    interface->statistics = *statistics;
    interface->own_statistics = true;
}

void
recording_lose_end(struct recording *recording, guint end, const char *how)
{
    if (!recording->by_end[end].lost)
        recording->by_end[end].lost = g_strdup(how);
}

/* Has any interface of the end statistics of its own? */
static bool
has_own_statistics(const struct recording *recording, guint end)
{
    for (guint i = 0; i < recording->interfaces->len; i++) {
        const struct recorded_interface *interface = recording_interface(recording, i);
        if (interface->end == end && interface->own_statistics)
            return true;
    }
    return false;
}

static void
settle_end(struct recording *recording, guint end)
{
    const struct recorded_end *counts = &recording->by_end[end];
    bool told = has_own_statistics(recording, end);
    const char *lost = counts->lost;

    for (guint i = 0; i < recording->interfaces->len; i++) {
        struct recorded_interface *interface = recording_interface(recording, i);
        if (interface->end != end)
            continue;
        interface->statistics.time_ns = counts->last_time_ns;
        interface->statistics.comment = lost;
        lost = NULL;
        if (interface->own_statistics)
            continue;
        interface->statistics.received = told ? PCAPNG_UNKNOWN : counts->received;
        interface->statistics.dropped = told ? PCAPNG_UNKNOWN : counts->dropped;
        told = true;
    }
}

void
recording_settle_statistics(struct recording *recording)
{
    for (guint end = 0; end < recording->ends->len; end++)
        settle_end(recording, end);
}

uint64_t
recording_dropped(const struct recording *recording, guint end)
{
    uint64_t dropped = PCAPNG_UNKNOWN;

    if (!has_own_statistics(recording, end))
        return recording->by_end[end].dropped;
    for (guint i = 0; i < recording->interfaces->len; i++) {
        const struct recorded_interface *interface = recording_interface(recording, i);
        if (interface->end != end || !interface->own_statistics ||
            interface->statistics.dropped == PCAPNG_UNKNOWN)
            continue;
        dropped = dropped == PCAPNG_UNKNOWN ? interface->statistics.dropped
                                            : dropped + interface->statistics.dropped;
    }
    return dropped;
}

bool
recording_has_end(const struct recording *recording, guint end)
{
    for (guint i = 0; i < recording->interfaces->len; i++)
        if (recording_interface(recording, i)->end == end)
            return true;
    return false;
}

char *
recording_since(const struct recording *recording)
{
    GDateTime *time = g_date_time_new_from_unix_utc(recording->since_ns / NS_PER_SECOND);
    char *text = NULL;

    if (recording->since_ns && time) {
        char *day = g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
        text = g_strdup_printf("%s capturing since %s.%03d UTC",
                               recording->ends->len == 2 ? "both ends" : "all ends", day,
                               (int)(recording->since_ns / 1000000 % 1000));
        g_free(day);
    }
    if (time)
        g_date_time_unref(time);
    return text;
}
