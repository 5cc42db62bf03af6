/* tcp_stream.h - the TCP of a connection: what either sender sent, sent again and left out, and its
 * bytes put in order. For wire/ alone; what the bytes say is of no interest here.
 *
 * Functions that need both senders take the pair of them, by side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TCP_STREAM_H
#define SSTPDIAG_CORE_WIRE_TCP_STREAM_H

#include <glib.h>

#include "wire/mirror_copies.h"
#include "wire/seq_log.h"
#include "wire/tcp_half.h"

/* Payload that follows in order on what was taken before. */
struct tcp_piece {
    uint64_t hole;       /* bytes in front of it that were given up */
    uint64_t offset;     /* of its first byte, as in struct tcp_half */
    const uint8_t *data; /* its first bytes: the capture lacks the others. Valid until the next
                            call of tcp_stream_take() */
    size_t captured;
    size_t len; /* on the wire */
    struct mark mark;
};

/* One sender. All zeros to begin with. */
struct tcp_stream {
    struct tcp_half half;
    GQueue chunks; /* struct chunk, by offset: payload that came before its turn */
    uint64_t chunk_bytes;
    struct tcp_piece at_hand; /* of the segment at hand, when it came in its turn; len 0: none */
    GQueue ready;             /* struct chunk, behind at_hand: payload whose turn it is now */
    struct chunk *taken;      /* the last one that was ready; NULL: none */
    struct mirror_copies copies;
    struct seq_log seq_log;
};

/* Frees contents, not stream. */
void tcp_stream_clear(struct tcp_stream *stream);

/* Is a segment of this sender's a copy of one that was followed? Counts it, if so. */
bool tcp_stream_is_copy(struct tcp_stream *stream, const struct segment *segment);
/* Follows a segment of side, but for its end. Afterwards the bytes that have come in order are to
 * be taken, those of the other side first: with its acknowledgement a hole may be given up. True
 * when bytes were given up that their receiver has. */
bool tcp_stream_segment(struct tcp_stream pair[SIDE_COUNT], enum side side,
                        const struct segment *segment);
/* The next bytes in order. False when there are none. */
bool tcp_stream_take(struct tcp_stream *stream, struct tcp_piece *piece);
/* True when the segment is the first of this sender to close or reset the connection. */
bool tcp_stream_ends(struct tcp_stream *stream, const struct segment *segment);
/* Gives up what cannot come any more, now that the capture is over. last: of the connection, now:
 * of the capture. Afterwards bytes are to be taken. */
void tcp_stream_finish(struct tcp_stream pair[SIDE_COUNT], enum side side, struct mark last,
                       struct mark now);

/* The offset that a sequence number means, near the highest one seen; negative before offset 0. */
int64_t tcp_stream_offset(const struct tcp_half *half, uint32_t seq);
/* Bytes that the peer acknowledged although the capture lacks them. */
uint64_t tcp_stream_dropped(const struct tcp_stream *stream);
/* As conn_segment_room(), conn_times() and conn_start_missing(). */
size_t tcp_stream_room(const struct tcp_stream pair[SIDE_COUNT], enum side side);
struct path_times tcp_stream_times(const struct tcp_stream pair[SIDE_COUNT]);
bool tcp_stream_start_missing(const struct tcp_stream pair[SIDE_COUNT]);

#endif
