/* queue.c - packets of several ends, held back so that they come out by time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "queue.h"

#include <string.h>

struct node {
    struct queued queued;
    uint64_t number; /* in the order of arrival */
    bool taken;      /* out of the heap, and only waits for its turn among the arrivals */
};

void
queue_init(struct queue *queue)
{
    memset(queue, 0, sizeof *queue);
    queue->heap = g_ptr_array_new();
    g_queue_init(&queue->arrivals);
}

void
queue_clear(struct queue *queue)
{
    struct queued queued;

    while (queue_take(queue, &queued))
        g_free(queued.block);
    g_ptr_array_unref(queue->heap);
}

static struct node *
node_at(const struct queue *queue, guint i)
{
    return g_ptr_array_index(queue->heap, i);
}

static bool
is_earlier(const struct node *a, const struct node *b)
{
    return a->queued.time_ns != b->queued.time_ns ? a->queued.time_ns < b->queued.time_ns
                                                  : a->number < b->number;
}

static void
swap(struct queue *queue, guint i, guint j)
{
    gpointer was = queue->heap->pdata[i];

    queue->heap->pdata[i] = queue->heap->pdata[j];
    queue->heap->pdata[j] = was;
}

void
queue_put(struct queue *queue, const struct queued *queued)
{
    struct node *node = g_new0(struct node, 1);
    guint i = queue->heap->len;

    node->queued = *queued;
    node->number = queue->num_put++;
    queue->bytes += queued->len;
    g_queue_push_tail(&queue->arrivals, node);
    g_ptr_array_add(queue->heap, node);
    for (; i > 0 && is_earlier(node, node_at(queue, (i - 1) / 2)); i = (i - 1) / 2)
        swap(queue, i, (i - 1) / 2);
}

const struct queued *
queue_first(const struct queue *queue)
{
    return queue->heap->len ? &node_at(queue, 0)->queued : NULL;
}

int64_t
queue_oldest_us(const struct queue *queue)
{
    const struct node *node = g_queue_peek_head((GQueue *)&queue->arrivals);

    return node ? node->queued.arrived_us : INT64_MAX;
}

static void
sift_down(struct queue *queue)
{
    for (guint i = 0, child; (child = 2 * i + 1) < queue->heap->len; i = child) {
        if (child + 1 < queue->heap->len &&
            is_earlier(node_at(queue, child + 1), node_at(queue, child)))
            child++;
        if (!is_earlier(node_at(queue, child), node_at(queue, i)))
            return;
        swap(queue, i, child);
    }
}

bool
queue_take(struct queue *queue, struct queued *queued)
{
    struct node *node;

    if (queue->heap->len == 0)
        return false;
    node = node_at(queue, 0);
    *queued = node->queued;
    node->queued.block = NULL;
    node->taken = true;
    queue->bytes -= queued->len;
    g_ptr_array_remove_index_fast(queue->heap, 0);
    sift_down(queue);
    while ((node = g_queue_peek_head(&queue->arrivals)) && node->taken)
        g_free(g_queue_pop_head(&queue->arrivals));
    return true;
}
