/* tcp_order.h - one sender's payload, put in order, with the holes that are given up. For wire/
 * alone.
 *
 * Where the order stands, the offset up to which all was handed on, is kept by the caller.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TCP_ORDER_H
#define SSTPDIAG_CORE_WIRE_TCP_ORDER_H

#include <glib.h>

#include "base/event.h"

/* Payload that follows in order on what was taken before. */
struct tcp_piece {
    uint64_t hole;       /* bytes in front of it that were given up */
    uint64_t offset;     /* of its first byte, as in struct tcp_half */
    const uint8_t *data; /* its first bytes: the capture lacks the others */
    size_t captured;
    size_t len; /* on the wire */
    struct mark mark;
};

/* A piece of payload that came before its turn. */
struct tcp_chunk {
    uint64_t offset;
    uint32_t len; /* on the wire */
    uint32_t captured;
    struct mark mark;
    uint32_t tsval; /* its sender's clock when it came, as far as then known; 0: unknown */
    uint8_t *data;
    uint64_t hole; /* once it is ready: bytes in front of it that were given up, */
    uint32_t old;  /* and its first bytes, which came earlier */
};

/* All zeros to begin with. */
struct tcp_order {
    GSequence *chunks; /* struct tcp_chunk, by offset: they wait for their turn; NULL: none did */
    uint64_t chunk_bytes;
    bool in_turn;            /* the payload of the segment at hand is to be taken next: piece */
    GQueue ready;            /* struct tcp_chunk, behind it: their turn has come */
    struct tcp_piece piece;  /* to be taken, or taken */
    struct tcp_chunk *taken; /* whose bytes it holds; NULL: the segment's */
};

/* Payload of a segment, at offset; tsval: the sender's clock so far. Returns where the order stands
 * now. Until all is taken that has become ready, the segment must stay. */
uint64_t tcp_order_payload(struct tcp_order *order, uint64_t in_order, uint64_t offset,
                           const struct segment *segment, uint32_t tsval);
/* More waits than is to be kept: the first hole must be given up. */
bool tcp_order_is_full(const struct tcp_order *order);
/* The first one that waits, behind the first hole; NULL: there is none. */
const struct tcp_chunk *tcp_order_first(const struct tcp_order *order);
/* Gives up the hole in front of it. Returns where the order stands now. */
uint64_t tcp_order_give_up(struct tcp_order *order, uint64_t in_order);
/* Did the byte at offset come? */
bool tcp_order_has(const struct tcp_order *order, uint64_t in_order, uint64_t offset);
/* There is something to be taken. */
bool tcp_order_is_ready(const struct tcp_order *order);
/* The next bytes in order, valid until the next call. NULL when there are none. */
const struct tcp_piece *tcp_order_take(struct tcp_order *order);
/* Frees contents, not order. */
void tcp_order_clear(struct tcp_order *order);

#endif
