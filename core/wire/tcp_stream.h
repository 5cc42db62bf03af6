/* tcp_stream.h - the TCP of a connection: what either sender sent, sent again and left out, and its
 * bytes put in order; what the bytes say is of no interest here. For wire/ alone.
 *
 * Functions that need both senders take both streams, by side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TCP_STREAM_H
#define SSTPDIAG_CORE_WIRE_TCP_STREAM_H

#include "wire/mirror_copies.h"
#include "wire/seq_log.h"
#include "wire/tcp_late.h"
#include "wire/tcp_half.h"
#include "wire/tcp_order.h"
#include "wire/tcp_window.h"

/* One sender. All zeros to begin with. */
struct tcp_stream {
    struct tcp_half half;
    struct tcp_window window; /* of the other side, for what this one sends */
    struct tcp_order order;   /* of its payload */
    struct mirror_copies copies;
    struct seq_log seq_log;
    struct tcp_late *late; /* its end, behind a hole; NULL: there is none */
};

/* Frees contents, not stream. */
void tcp_stream_clear(struct tcp_stream *stream);

/* What a segment was and did. */
enum tcp_news {
    TCP_NEWS_NONE = 0,
    TCP_NEWS_COPY = 1 << 0,       /* of one that was followed: nothing else was done with it */
    TCP_NEWS_RESENT = 1 << 1,     /* its payload was sent before */
    TCP_NEWS_BYTES = 1 << 2,      /* bytes of its sender are to be taken now, */
    TCP_NEWS_PEER_BYTES = 1 << 3, /* and before them of the other one: a hole was given up when it
                                     acknowledged what stands behind */
    TCP_NEWS_STRAY = 1 << 4,      /* its receiver does not take it: nothing was done with it */
    TCP_NEWS_LATE = 1 << 5, /* its bytes are new, and had been acknowledged: the capture has them
                               too late */
};

/* Follows a segment of side, but for its end. Returns enum tcp_news bits. Bytes are to be taken
 * from the sender's order. */
unsigned tcp_stream_segment(struct tcp_stream streams[SIDE_COUNT], enum side side,
                            const struct segment *segment);
/* A segment of side with FIN or RST. True when it is the first of its sender. */
bool tcp_stream_ends(struct tcp_stream streams[SIDE_COUNT], enum side side,
                     const struct segment *segment);
/* Gives up what cannot come any more, now that the capture is over. last: of the connection, now:
 * of the capture. Afterwards bytes are to be taken. */
void tcp_stream_finish(struct tcp_stream streams[SIDE_COUNT], enum side side, struct mark last,
                       struct mark now);

/* As conn_acks_ahead(), of a segment of side. */
bool tcp_stream_acks_ahead(const struct tcp_stream streams[SIDE_COUNT], enum side side,
                           const struct segment *segment);

/* The offset that a sequence number means, near the highest one seen; negative before offset 0. */
int64_t tcp_stream_offset(const struct tcp_half *half, uint32_t seq);
/* Bytes that the peer acknowledged although the capture lacks them. */
uint64_t tcp_stream_dropped(const struct tcp_stream *stream);
/* As conn_segment_room(), conn_times() and conn_start_missing(). */
size_t tcp_stream_room(const struct tcp_stream streams[SIDE_COUNT], enum side side);
struct path_times tcp_stream_times(const struct tcp_stream streams[SIDE_COUNT]);
bool tcp_stream_start_missing(const struct tcp_stream streams[SIDE_COUNT]);

#endif
