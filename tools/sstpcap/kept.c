/* kept.c - packets that are kept in case somebody wants to see them, in bounded memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kept.h"

#include <string.h>

struct item {
    GList in_room; /* its place among what may go, if it may */
    struct kept *owner;
    int64_t time_ns;
    uint32_t interface, captured_len, wire_len, flags;
    uint8_t data[];
};

struct kept_room {
    size_t max, used;
    GQueue tails; /* struct item of all connections that may go, the oldest first */
};

struct kept {
    struct kept_room *room;
    GPtrArray *head; /* struct item */
    GQueue *tail;    /* the same; NULL: nothing yet */
    size_t head_len, tail_len;
    uint64_t lost;
};

struct kept_room *
kept_room_new(size_t max_bytes)
{
    struct kept_room *room = g_new0(struct kept_room, 1);

    room->max = max_bytes;
    g_queue_init(&room->tails);
    return room;
}

void
kept_room_free(struct kept_room *room)
{
    g_free(room);
}

size_t
kept_room_used(const struct kept_room *room)
{
    return room->used;
}

struct kept *
kept_new(struct kept_room *room)
{
    struct kept *kept = g_new0(struct kept, 1);

    kept->room = room;
    kept->head = g_ptr_array_new();
    return kept;
}

static size_t
item_size(const struct item *item)
{
    return sizeof *item + item->captured_len;
}

/* The oldest of the tail. */
static void
drop_oldest(struct kept *kept)
{
    struct item *item = g_queue_pop_head(kept->tail);

    g_queue_unlink(&kept->room->tails, &item->in_room);
    kept->tail_len -= item_size(item);
    kept->room->used -= item_size(item);
    g_free(item);
}

void
kept_free(struct kept *kept)
{
    if (!kept)
        return;
    for (guint i = 0; i < kept->head->len; i++) {
        struct item *item = g_ptr_array_index(kept->head, i);
        kept->room->used -= item_size(item);
        g_free(item);
    }
    g_ptr_array_unref(kept->head);
    while (kept->tail && kept->tail->length > 0)
        drop_oldest(kept);
    if (kept->tail)
        g_queue_free(kept->tail);
    g_free(kept);
}

/* False: even without all that may go there is none. */
static bool
make_room(struct kept *kept, size_t size)
{
    struct kept_room *room = kept->room;

    while (kept->tail && kept->tail->length > 0 && kept->tail_len + size > KEPT_TAIL_MAX) {
        drop_oldest(kept);
        kept->lost++;
    }
    while (room->used + size > room->max && room->tails.length > 0) {
        struct kept *owner = ((struct item *)room->tails.head->data)->owner;
        drop_oldest(owner);
        owner->lost++;
    }
    return room->used + size <= room->max;
}

void
kept_add(struct kept *kept, const struct pcapng_packet *packet, uint32_t len)
{
    const uint32_t captured = MIN(len, packet->captured_len);
    const size_t size = sizeof(struct item) + captured;

    if (!make_room(kept, size)) {
        kept->lost++;
        return;
    }
    struct item *item = g_malloc(size);
    *item = (struct item){ .owner = kept,
                           .time_ns = packet->time_ns,
                           .interface = packet->interface,
                           .captured_len = captured,
                           .wire_len = packet->wire_len,
                           .flags = packet->flags };
    memcpy(item->data, packet->data, captured);
    kept->room->used += size;
    if (!kept->tail && kept->head_len + size <= KEPT_HEAD_MAX) {
        g_ptr_array_add(kept->head, item);
        kept->head_len += size;
        return;
    }
    if (!kept->tail)
        kept->tail = g_queue_new();
    item->in_room.data = item;
    g_queue_push_tail(kept->tail, item);
    g_queue_push_tail_link(&kept->room->tails, &item->in_room);
    kept->tail_len += size;
}

uint64_t
kept_lost(const struct kept *kept)
{
    return kept->lost;
}

uint64_t
kept_num(const struct kept *kept)
{
    return kept->head->len + (kept->tail ? kept->tail->length : 0);
}

static void
call_with(const struct item *item, void (*call)(void *data, const struct pcapng_packet *packet),
          void *data)
{
    const struct pcapng_packet packet = { .interface = item->interface,
                                          .has_time = true,
                                          .time_ns = item->time_ns,
                                          .data = item->data,
                                          .captured_len = item->captured_len,
                                          .wire_len = item->wire_len,
                                          .flags = item->flags };

    call(data, &packet);
}

void
kept_each(const struct kept *kept, void (*call)(void *data, const struct pcapng_packet *packet),
          void *data)
{
    for (guint i = 0; i < kept->head->len; i++)
        call_with(g_ptr_array_index(kept->head, i), call, data);
    for (const GList *link = kept->tail ? kept->tail->head : NULL; link; link = link->next)
        call_with(link->data, call, data);
}
