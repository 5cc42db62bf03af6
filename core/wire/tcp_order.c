/* tcp_order.c - one sender's payload, put in order, with the holes that are given up
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/tcp_order.h"

#include <string.h>

enum {
    CHUNK_BYTES_MAX = 1 << 20, /* kept out of order per sender; beyond it the hole is given up */
    CHUNKS_MAX = 2048,
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
    g_queue_clear_full(&order->chunks, chunk_free);
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
keep_chunk(struct tcp_order *order, uint64_t offset, const struct segment *segment)
{
    struct tcp_chunk *chunk = g_new0(struct tcp_chunk, 1);

    chunk->offset = offset;
    chunk->len = (uint32_t)segment->payload_len;
    chunk->captured = (uint32_t)segment->captured_len;
    chunk->mark = segment->mark;
    if (segment->captured_len) {
        chunk->data = g_malloc(segment->captured_len);
        memcpy(chunk->data, segment->payload, segment->captured_len);
    }
    struct tcp_chunk *last = g_queue_peek_tail(&order->chunks);
    if (!last || last->offset <= offset)
        g_queue_push_tail(&order->chunks, chunk);
    else
        g_queue_insert_sorted(&order->chunks, chunk, chunk_compare, NULL);
    order->chunk_bytes += chunk->captured;
}

/* Chunks whose turn has come. hole: bytes given up in front of the first one. Returns where the
 * order stands behind them. */
static uint64_t
release_chunks(struct tcp_order *order, uint64_t in_order, uint64_t hole)
{
    struct tcp_chunk *chunk;

    while ((chunk = g_queue_peek_head(&order->chunks)) && chunk->offset <= in_order) {
        GList *link = g_queue_pop_head_link(&order->chunks);
        uint64_t old = in_order - chunk->offset;
        order->chunk_bytes -= chunk->captured;
        if (old >= chunk->len) {
            chunk_free(chunk);
            g_list_free_1(link);
            continue;
        }
        chunk->old = (uint32_t)old;
        chunk->hole = hole;
        hole = 0;
        in_order = chunk->offset + chunk->len;
        g_queue_push_tail_link(&order->ready, link);
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
                  const struct segment *segment)
{
    if (offset > in_order) {
        keep_chunk(order, offset, segment);
        return in_order;
    }
    in_order = release_payload(order, in_order, offset, segment);
    return order->chunks.length ? release_chunks(order, in_order, 0) : in_order;
}

bool
tcp_order_is_full(const struct tcp_order *order)
{
    return order->chunk_bytes > CHUNK_BYTES_MAX || order->chunks.length > CHUNKS_MAX;
}

const struct tcp_chunk *
tcp_order_first(const struct tcp_order *order)
{
    return order->chunks.head ? order->chunks.head->data : NULL;
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
    for (const GList *link = order->chunks.head; link; link = link->next) {
        const struct tcp_chunk *chunk = link->data;
        if (chunk->offset > offset)
            return false;
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
