/* track.h - what is kept of a connection while it is followed, and the way of its bytes: from the
 * two senders through the walker to TLS, record lengths and the trace. For wire/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TRACK_H
#define SSTPDIAG_CORE_WIRE_TRACK_H

#include "wire/conn_facts.h"
#include "wire/handshake.h"
#include "wire/order_facts.h"
#include "wire/record_lengths.h"
#include "wire/tcp_stream.h"
#include "wire/trace.h"
#include "wire/walker.h"

/* The part of a connection that is dropped as soon as it is known to be foreign. */
struct track {
    struct tcp_stream stream[SIDE_COUNT];
    struct walker walker[SIDE_COUNT]; /* of their bytes */
    struct tls_facts *tls;            /* NULL: no handshake, no alert */
    struct proxy_facts proxy;
    struct icmp_facts *icmp; /* of both sides; NULL: none */
    struct lengths lengths;
    struct order_facts order;
    struct mark first, last;
    uint32_t decrypted_records[SIDE_COUNT];
    struct trace *trace; /* NULL: none is kept. It is told what happened, nothing asks it. */
};

struct track *track_new(void);
void track_free(struct track *track);
/* All zero where there is no TLS; no errors. */
const struct tls_facts *track_tls(const struct track *track);
const struct icmp_facts *track_icmp_errors(const struct track *track, enum side side);
/* Whoever was taken for the client is the server. */
void track_swap_sides(struct track *track);

/* Follows a segment of side, unless it is a copy of one that was, and its bytes as far as they have
 * come in order. Returns enum conn_event bits. */
unsigned track_segment(struct track *track, enum side side, const struct segment *segment);
/* The rest of what conn.h says of conn_finish(). */
void track_finish(struct track *track, struct mark now);
/* An ICMP error about a segment of side. */
void track_icmp(struct track *track, enum side side, const struct icmp_error *error);
/* Decrypted handshake bytes of side, in order; a decrypted alert. */
void track_decrypted_handshake(struct track *track, enum side side, const uint8_t *data, size_t len,
                               struct mark mark);
void track_decrypted_alert(struct track *track, enum side side, uint8_t description,
                           struct mark mark);

#endif
