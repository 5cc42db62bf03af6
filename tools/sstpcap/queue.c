/* queue.c - packets of several ends, held back so that they come out by time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "queue.h"

enum { COST = 128 }; /* of a packet, beside its bytes */

struct node {
    struct queued queued;
    bool taken; /* out of the heap, and only waits for its turn among the arrivals */
};

/* By value in the heap: thousands of nodes all over the memory would be fetched to be compared. */
struct place {
    int64_t time_ns;
    uint64_t number; /* in the order of arrival */
    struct node *node;
};

struct queue {
    GArray *heap;     /* struct place, the earliest first */
    GQueue arrivals;  /* struct node, the oldest first, with some that are taken already */
    size_t bytes;     /* of the blocks in it */
    uint64_t num_put; /* ever */
};

struct queue *
queue_new(void)
{
    struct queue *queue = g_new0(struct queue, 1);

    queue->heap = g_array_new(FALSE, FALSE, sizeof(struct place));
    g_queue_init(&queue->arrivals);
    return queue;
}

void
queue_free(struct queue *queue)
{
    struct queued queued;

    while (queue_take(queue, &queued))
        g_free(queued.block);
    g_array_unref(queue->heap);
    g_free(queue);
}

static struct place *
place_at(const struct queue *queue, guint i)
{
    return &g_array_index(queue->heap, struct place, i);
}

static bool
is_earlier(const struct place *a, const struct place *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->number < b->number;
}

void
queue_put(struct queue *queue, const struct queued *queued)
{
    struct node *node = g_new0(struct node, 1);
    guint i = queue->heap->len;

    node->queued = *queued;
    queue->bytes += queued->len;
    g_queue_push_tail(&queue->arrivals, node);
    const struct place place = { queued->time_ns, queue->num_put++, node };
    g_array_append_val(queue->heap, place);
    for (; i > 0 && is_earlier(&place, place_at(queue, (i - 1) / 2)); i = (i - 1) / 2)
        *place_at(queue, i) = *place_at(queue, (i - 1) / 2);
    *place_at(queue, i) = place;
}

const struct queued *
queue_first(const struct queue *queue)
{
    return queue->heap->len ? &place_at(queue, 0)->node->queued : NULL;
}

int64_t
queue_oldest_us(const struct queue *queue)
{
    const struct node *node = g_queue_peek_head((GQueue *)&queue->arrivals);

    return node ? node->queued.arrived_us : INT64_MAX;
}

guint
queue_num(const struct queue *queue)
{
    return queue->heap->len;
}

size_t
queue_memory(const struct queue *queue)
{
    return queue->bytes + queue->heap->len * (size_t)COST;
}

static void
sift_down(struct queue *queue)
{
    guint i = 0, child;

    if (queue->heap->len == 0)
        return;
    const struct place place = *place_at(queue, 0);
    for (; (child = 2 * i + 1) < queue->heap->len; i = child) {
        if (child + 1 < queue->heap->len &&
            is_earlier(place_at(queue, child + 1), place_at(queue, child)))
            child++;
        if (!is_earlier(place_at(queue, child), &place))
            break;
        *place_at(queue, i) = *place_at(queue, child);
    }
    *place_at(queue, i) = place;
}

bool
queue_take(struct queue *queue, struct queued *queued)
{
    struct node *node;

    if (queue->heap->len == 0)
        return false;
    node = place_at(queue, 0)->node;
    *queued = node->queued;
    node->queued.block = NULL;
    node->taken = true;
    queue->bytes -= queued->len;
    g_array_remove_index_fast(queue->heap, 0);
    sift_down(queue);
    while ((node = g_queue_peek_head(&queue->arrivals)) && node->taken)
        g_free(g_queue_pop_head(&queue->arrivals));
    return true;
}
