/* around.c - what was said beside the connections of late: DNS, ARP and ICMP errors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "around.h"

#include "base/endpoint.h"

enum { ROOM = 4 << 20 };

struct item {
    struct pcapng_packet packet; /* its data is owned */
    struct endpoint src, dst;
};

struct around {
    GQueue items; /* struct item, the oldest first */
    size_t used;
};

struct around *
around_new(void)
{
    struct around *around = g_new0(struct around, 1);

    g_queue_init(&around->items);
    return around;
}

static void
drop_oldest(struct around *around)
{
    struct item *item = g_queue_pop_head(&around->items);

    around->used -= sizeof *item + item->packet.captured_len;
    g_free((uint8_t *)item->packet.data);
    g_free(item);
}

void
around_free(struct around *around)
{
    while (around->items.length > 0)
        drop_oldest(around);
    g_free(around);
}

static bool
is_old(const struct around *around, int64_t now_ns)
{
    const GList *oldest = around->items.head;

    return oldest && time_between(((const struct item *)oldest->data)->packet.time_ns, now_ns) >
                         AROUND_SECONDS * NS_PER_SECOND;
}

void
around_add(struct around *around, const struct pcapng_packet *packet, const struct frame *frame)
{
    const bool icmp = frame->kind == FRAME_ICMP;
    struct item *item = g_new0(struct item, 1);

    item->packet = *packet;
    item->packet.comment = NULL;
    item->packet.data = g_memdup2(packet->data, packet->captured_len);
    item->src = icmp ? frame->icmp.src : frame->src;
    item->dst = icmp ? frame->icmp.dst : frame->dst;
    around->used += sizeof *item + packet->captured_len;
    g_queue_push_tail(&around->items, item);
    while (around->used > ROOM || is_old(around, packet->time_ns))
        drop_oldest(around);
}

static bool
is_about(const struct item *item, const struct endpoint *host)
{
    return endpoint_same_host(&item->src, host) || endpoint_same_host(&item->dst, host);
}

void
around_each(const struct around *around, const struct endpoint *client,
            const struct endpoint *server, int64_t since_ns, int64_t until_ns,
            void (*call)(void *data, const struct pcapng_packet *packet), void *data)
{
    for (const GList *link = around->items.head; link; link = link->next) {
        const struct item *item = link->data;
        if (item->packet.time_ns >= since_ns && item->packet.time_ns <= until_ns &&
            (is_about(item, client) || is_about(item, server)))
            call(data, &item->packet);
    }
}
