/* waiting.h - segments that wait for what they acknowledge, where a capture mixes the two sides of
 * a connection up, with all that the feeder told of them. For engine/ alone.
 *
 * What a segment acknowledges had come to its sender when it left. So what stands in front of the
 * bytes that it acknowledges waits until these come, and what its connection says meanwhile waits
 * in the same line. It stands in the order of what is sent and acknowledged together: on either
 * side, and from question to answer, that sum grows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_WAITING_H
#define SSTPDIAG_CORE_ENGINE_WAITING_H

#include "codec/framing.h"
#include "engine/conns.h"

/* One thing that the feeder told of a segment. */
struct told {
    enum { TOLD_STREAM, TOLD_PIECE, TOLD_ALERT, TOLD_HANDSHAKE, TOLD_DECRYPTED } kind;
    uint32_t number;          /* of the alert, or of records */
    struct connection *first; /* that its bytes are said of: it is a copy */
    struct piece piece;
    uint8_t *data; /* owned; NULL: none */
    size_t len;
};

/* A segment that waits, or only what was told of it. */
struct waiter {
    struct segment segment; /* its bytes are in bytes */
    uint32_t frame;         /* where it stands in the file */
    uint8_t *bytes;         /* options, then payload; owned */
    GArray *told;           /* struct told */
    bool ahead;             /* it acknowledged bytes that had not come */
    /* Another capture point's connection, that the segment is of and has been given to: what was
     * told of it waits in the line of the connection that says it. NULL: the segment waits, too. */
    struct connection *seen_at;
};

struct waiting;

struct waiting *waiting_new(void);
void waiting_free(struct waiting *waiting);

/* Nobody waits at all. */
bool waiting_is_empty(const struct waiting *waiting);
/* Should a segment of this connection wait? It does where others do, or where it is ahead. */
bool waiting_wants(const struct waiting *waiting, const struct connection *connection,
                   const struct segment *segment);
/* Puts a segment, copied, into the line of its connection; if told so, behind all of its sender.
 * Valid until it is taken. */
struct waiter *waiting_add(struct waiting *waiting, struct connection *connection,
                           const struct segment *segment, bool senders_in_order);
/* Should what is told of a segment of copy, which has been seen at another capture point than
 * connection, wait in the line of connection, that says it? It does where others do, or where the
 * segment is ahead at both. */
bool waiting_wants_told(const struct waiting *waiting, const struct connection *connection,
                        const struct connection *copy, const struct segment *segment);
/* Lets it wait; otherwise as waiting_add(). */
struct waiter *waiting_add_told(struct waiting *waiting, struct connection *connection,
                                struct connection *copy, const struct segment *segment);
/* What else was told of it; data is copied. */
void waiting_tell(struct waiting *waiting, struct waiter *waiter, struct told told);
/* Drops what waits of a connection. */
void waiting_forget(struct waiting *waiting, const struct connection *connection);

/* Marks are compared by their frames, to say which came first. So those that wait change places:
 * each is given, when it is taken, the lowest number of those that stood in line, as mark of its
 * segment.
 */

/* Takes the next one of a connection that need not wait any longer: what it acknowledges has come,
 * or will not, as *given_up says. NULL: there is none. Caller frees it by waiter_free(). */
struct waiter *waiting_take(struct waiting *waiting, const struct connection *connection,
                            struct mark now, bool *given_up);
/* The same, of any connection, whatever it waits for: the capture is over. */
struct waiter *waiting_take_any(struct waiting *waiting, struct connection **connection);
void waiter_free(struct waiter *waiter);

#endif
