/* tcp_order.c - one sender's payload, put in order, with the holes that are given up
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/tcp_order.h"

#include <string.h>

enum {
    /* Kept out of order per sender, which is what a window of a fast path holds; beyond it the hole
     * is given up. */
    CHUNK_BYTES_MAX = 1 << 24,
    CHUNKS_MAX = 1 << 15,
    OVERLAPS_MAX = 8,
};

static void
chunk_free(gpointer data)
{
    struct tcp_chunk *chunk = data;

    g_free(chunk->data);
    g_free(chunk);
}

void
tcp_order_clear(struct tcp_order *order)
{
    g_clear_pointer(&order->chunks, g_sequence_free);
    g_queue_clear_full(&order->ready, chunk_free);
    g_clear_pointer(&order->taken, chunk_free);
}

static gint
chunk_compare(gconstpointer a, gconstpointer b, gpointer unused)
{
    const struct tcp_chunk *x = a, *y = b;

    (void)unused;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void
keep_chunk(struct tcp_order *order, uint64_t offset, const struct segment *segment, uint32_t tsval)
{
    struct tcp_chunk *chunk = g_new0(struct tcp_chunk, 1);

    chunk->offset = offset;
    chunk->len = (uint32_t)segment->payload_len;
    chunk->captured = (uint32_t)segment->captured_len;
    chunk->mark = segment->mark;
    chunk->tsval = tsval;
    if (segment->captured_len) {
        chunk->data = g_malloc(segment->captured_len);
        memcpy(chunk->data, segment->payload, segment->captured_len);
    }
    if (!order->chunks)
        order->chunks = g_sequence_new(chunk_free);
    g_sequence_insert_sorted(order->chunks, chunk, chunk_compare, NULL);
    order->chunk_bytes += chunk->captured;
}

/* NULL when none waits. */
static struct tcp_chunk *
first_chunk(const struct tcp_order *order)
{
    if (!order->chunks || g_sequence_is_empty(order->chunks))
        return NULL;
    return g_sequence_get(g_sequence_get_begin_iter(order->chunks));
}

/* Takes it out of the sequence, which would free it; a copy of what it holds goes on. */
static struct tcp_chunk *
take_first(struct tcp_order *order)
{
    GSequenceIter *iter = g_sequence_get_begin_iter(order->chunks);
    struct tcp_chunk *chunk = g_memdup2(g_sequence_get(iter), sizeof *chunk);

    ((struct tcp_chunk *)g_sequence_get(iter))->data = NULL;
    g_sequence_remove(iter);
    return chunk;
}

/* Chunks whose turn has come. hole: bytes given up in front of the first one. Returns where the
 * order stands behind them. */
static uint64_t
release_chunks(struct tcp_order *order, uint64_t in_order, uint64_t hole)
{
    struct tcp_chunk *chunk;

    while ((chunk = first_chunk(order)) && chunk->offset <= in_order) {
        uint64_t old = in_order - chunk->offset;
        order->chunk_bytes -= chunk->captured;
        if (old >= chunk->len) {
            g_sequence_remove(g_sequence_get_begin_iter(order->chunks));
            continue;
        }
        chunk->old = (uint32_t)old;
        chunk->hole = hole;
        hole = 0;
        in_order = chunk->offset + chunk->len;
        g_queue_push_tail(&order->ready, take_first(order));
    }
    return in_order;
}

/* The first bytes of a piece came earlier. */
static void
piece_cut(struct tcp_piece *piece, uint64_t old)
{
    size_t had = (size_t)MIN(old, piece->captured);

    piece->data = had < piece->captured ? piece->data + had : NULL;
    piece->captured -= had;
    piece->len -= (size_t)old;
    piece->offset += old;
}

/* Payload in its turn, as far as it is new. Returns where the order stands behind it. */
static uint64_t
release_payload(struct tcp_order *order, uint64_t in_order, uint64_t offset,
                const struct segment *segment)
{
    uint64_t old = in_order - offset;

    if (old >= segment->payload_len)
        return in_order;
    order->piece = (struct tcp_piece){ .offset = offset,
                                       .data = segment->payload,
                                       .captured = segment->captured_len,
                                       .len = segment->payload_len,
                                       .mark = segment->mark };
    if (old > 0)
        piece_cut(&order->piece, old);
    order->in_turn = true;
    return offset + segment->payload_len;
}

uint64_t
tcp_order_payload(struct tcp_order *order, uint64_t in_order, uint64_t offset,
                  const struct segment *segment, uint32_t tsval)
{
    if (offset > in_order) {
        keep_chunk(order, offset, segment, tsval);
        return in_order;
    }
    in_order = release_payload(order, in_order, offset, segment);
    return release_chunks(order, in_order, 0);
}

bool
tcp_order_is_full(const struct tcp_order *order)
{
    return order->chunk_bytes > CHUNK_BYTES_MAX ||
           (order->chunks && g_sequence_get_length(order->chunks) > CHUNKS_MAX);
}

const struct tcp_chunk *
tcp_order_first(const struct tcp_order *order)
{
    return first_chunk(order);
}

uint64_t
tcp_order_give_up(struct tcp_order *order, uint64_t in_order)
{
    uint64_t offset = tcp_order_first(order)->offset;

    return release_chunks(order, offset, offset - in_order);
}

bool
tcp_order_has(const struct tcp_order *order, uint64_t in_order, uint64_t offset)
{
    if (offset < in_order)
        return true;
    if (!order->chunks)
        return false;
    /* Of chunks that overlap, an earlier one may reach further: a few are enough to look at. */
    const struct tcp_chunk key = { .offset = offset };
    GSequenceIter *iter = g_sequence_search(order->chunks, (gpointer)&key, chunk_compare, NULL);
    for (int i = 0; i < OVERLAPS_MAX && !g_sequence_iter_is_begin(iter); i++) {
        iter = g_sequence_iter_prev(iter);
        const struct tcp_chunk *chunk = g_sequence_get(iter);
        if (offset < chunk->offset + chunk->len)
            return true;
    }
    return false;
}

bool
tcp_order_is_ready(const struct tcp_order *order)
{
    return order->in_turn || order->ready.length > 0;
}

static const struct tcp_piece *
take_chunk(struct tcp_order *order)
{
    const struct tcp_chunk *chunk;

    g_clear_pointer(&order->taken, chunk_free);
    if (order->ready.length == 0)
        return NULL;
    chunk = order->taken = g_queue_pop_head(&order->ready);
    order->piece = (struct tcp_piece){ .hole = chunk->hole,
                                       .offset = chunk->offset,
                                       .data = chunk->data,
                                       .captured = chunk->captured,
                                       .len = chunk->len,
                                       .mark = chunk->mark };
    piece_cut(&order->piece, chunk->old);
    return &order->piece;
}

const struct tcp_piece *
tcp_order_take(struct tcp_order *order)
{
    if (!order->in_turn)
        return take_chunk(order);
    order->in_turn = false;
    return &order->piece;
}
