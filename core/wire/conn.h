/* conn.h - one TCP connection as seen from one capture point: who sent, resent and acknowledged
 * which bytes, and what its TLS says in clear
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_CONN_H
#define SSTPDIAG_CORE_WIRE_CONN_H

#include <glib.h>

#include "base/endpoint.h"
#include "wire/conn_facts.h"
#include "wire/handshake.h"
#include "wire/lengths_facts.h"
#include "wire/mtu.h"
#include "wire/order_facts.h"
#include "wire/seq_log.h"
#include "wire/tcp_half.h"
#include "wire/trace.h"

/* wire/conn_state.h */
struct conn;

/* A new connection is tracked: what its segments tell is kept. One that is of no interest is
 * tracked no longer; then it may be asked for its key, interface and endpoints, for which side a
 * segment is of, whether one uses it again, and whether it is a copy or tracked. What it is told of
 * decrypted handshakes and alerts, of the end, of being known or having another client, is passed
 * over. All else crashes. */
struct conn *conn_new(const struct conn_key *key);
void conn_free(struct conn *conn);
void conn_stop_tracking(struct conn *conn);
bool conn_is_tracked(const struct conn *conn);
/* Of a tracked connection only its first segment was seen, a SYN: then it takes little memory. What
 * is asked of it, but for the following and what one that is not tracked may be asked, makes it
 * take as much as another. */
bool conn_is_half_open(const struct conn *conn);
/* One SYN of the client is there and nothing else; half open or not. */
bool conn_is_lone(const struct conn *conn);
/* Only requests of the client are there: puts its first sequence number behind them to *isn. */
bool conn_lone_isn(const struct conn *conn, uint32_t *isn);

/* Nobody needs it for now: it takes little memory until it is told, or asked for, more than its
 * first and last frame. No pointer to its facts is valid afterwards. */
void conn_rest(struct conn *conn);
/* No copy of what was seen is to follow any more. Before conn_rest(), as what rests is left alone.
 */
void conn_forget_copies(struct conn *conn);

/* Facts. */
struct mark conn_first(const struct conn *conn); /* does not count as asking, nor does the next */
struct mark conn_last(const struct conn *conn);
/* What side sent. */
const struct tcp_half *conn_half(const struct conn *conn, enum side side);
const struct seq_log *conn_seq_log(const struct conn *conn, enum side side);
/* What TLS says in clear or decrypted. */
const struct tls_facts *conn_tls(const struct conn *conn);
/* The server's certificate; reads it once. NULL: none was shown that can be read. */
const struct cert *conn_cert(struct conn *conn);
const struct proxy_facts *conn_proxy(const struct conn *conn);
const struct icmp_facts *conn_icmp_errors(const struct conn *conn, enum side side);
/* How much its records grow; not known before the ServerHello, or a rhythm of echoes. */
const struct mtu_cipher *conn_cipher(const struct conn *conn);
/* What the lengths of its records tell: of the first ones, of all; the latter NULL before it was
 * recognised by them. */
const struct lengths_start *conn_lengths_start(const struct conn *conn);
const struct lengths_facts *conn_lengths(const struct conn *conn);
/* Whether its segments are in order, and times mean anything. */
const struct order_facts *conn_order(const struct conn *conn);
/* Records of side of which the feeder gave the plaintext. */
uint32_t conn_decrypted(const struct conn *conn, enum side side);
void conn_count_decrypted(struct conn *conn, enum side side, uint32_t records);
/* NULL: none is kept. */
struct trace *conn_trace(const struct conn *conn);
/* As long as the connection lives. */
const struct conn_key *conn_key(const struct conn *conn);
uint32_t conn_interface(const struct conn *conn);
/* It is another capture point's copy of a connection of which all was said there. */
bool conn_is_copy(const struct conn *conn);
void conn_set_copy(struct conn *conn);
/* It is a session: its record lengths need less proof. */
void conn_set_known(struct conn *conn);

/* Another capture point may have it too: makes its sequence logs ready to be compared, segment by
 * segment. */
void conn_open_seq_logs(struct conn *conn);
/* Keeps a trace from now on. */
void conn_keep_trace(struct conn *conn);
void conn_key_make(const struct segment *segment, struct conn_key *key);
guint conn_key_hash(gconstpointer key);
gboolean conn_key_equal(gconstpointer a, gconstpointer b);

const struct endpoint *conn_endpoint(const struct conn *conn, enum side side);
/* Sender of a segment with this source. */
enum side conn_side(const struct conn *conn, const struct endpoint *src);
/* Makes side the client, when a request shows that the guess was wrong. */
void conn_set_client(struct conn *conn, enum side side);

/* Follows one segment, unless it is a copy of one that was. Returns enum conn_event bits. The
 * connection must be tracked. */
unsigned conn_segment(struct conn *conn, const struct segment *segment);
/* A segment is the next one of the capture, whether it is followed now or later. */
void conn_stamped(struct conn *conn, struct mark mark);
/* A request to connect on the same addresses and ports follows: where it is stamped earlier than
 * all of this connection, whose beginning is missing, the file has the two in the wrong order. */
void conn_requested_later(struct conn *conn, struct mark request);
/* The segment acknowledges what has not been seen: bytes, or the peer's SYN. */
bool conn_acks_ahead(const struct conn *conn, const struct segment *segment);
/* Its sender asked to connect, and nothing is known of the other side. */
bool conn_lacks_answer(const struct conn *conn, const struct segment *segment);
/* Now it has been seen, by so many nanoseconds too late. Not told where a hole was given up. */
void conn_acked_early(struct conn *conn, const struct segment *segment, int64_t by);
/* A segment of the client's on another connection, which fits into this open one. */
bool conn_is_continued_by(const struct conn *conn, const struct segment *segment);
/* Are both one connection, seen from two capture points? By the ClientHello's random; by the
 * initial sequence numbers: both requests', and both answers' where both have one. */
bool conn_same_random(const struct conn *a, const struct conn *b);
bool conn_same_isn(const struct conn *a, const struct conn *b);
/* The segment fits where both sides of this one stand, within what a window without scaling holds.
 */
bool conn_fits(const struct conn *conn, const struct segment *segment);
/* Nothing of the side of this segment was seen, and it fits what the other one says. */
bool conn_lacks_side_of(const struct conn *conn, const struct segment *segment);
/* An ICMP error about a segment of side. */
void conn_icmp(struct conn *conn, enum side side, const struct icmp_error *error);
/* True when segment is a SYN of a new connection on the same addresses and ports. */
bool conn_is_reused_by(const struct conn *conn, const struct segment *segment);
/* Decrypted handshake bytes of side, in order. */
void conn_decrypted_handshake(struct conn *conn, enum side side, const uint8_t *data, size_t len,
                              struct mark mark);
void conn_alert(struct conn *conn, enum side side, uint8_t description, struct mark mark);
/* At the end of what was captured so far: bytes that cannot come any more are given up, others are
 * waited for, so that it makes no difference how often this is asked. */
void conn_finish(struct conn *conn, struct mark now);

/* Payload bytes a full-size segment of side can carry: the peer's MSS less the options that every
 * segment carries. 0 when the capture lacks the handshake. */
size_t conn_segment_room(const struct conn *conn, enum side side);
/* The shortest round trips that handshake and data show. */
struct path_times conn_times(const struct conn *conn);
/* Were all bytes of side up to offset acknowledged? */
bool conn_delivered(const struct conn *conn, enum side side, uint64_t offset);
/* copy, the same connection at another capture point, is ahead of conn with what side sent. */
void conn_seen_elsewhere(struct conn *conn, enum side side, const struct conn *copy);
/* side sent bytes again and they are still not acknowledged: what it says does not get through. */
bool conn_is_stuck(const struct conn *conn, enum side side);
/* Bytes of side that are known to have been sent and have not been seen, or not yet in order. */
uint64_t conn_unseen(const struct conn *conn, enum side side);
/* Bytes of side that the peer acknowledged although the capture lacks them. */
uint64_t conn_dropped(const struct conn *conn, enum side side);
/* side's FIN was acknowledged, and the capture lacks it. */
bool conn_lacks_fin(const struct conn *conn, enum side side);
/* Bytes of side have come in order that do not tell yet what they are. */
bool conn_has_untold_bytes(const struct conn *conn, enum side side);
bool conn_is_tls(const struct conn *conn);
/* Neither SYN nor SYN-ACK of it is in the capture. */
bool conn_start_missing(const struct conn *conn);
/* Only one side's segments are there, although the acknowledgements show the other's. */
bool conn_one_direction(const struct conn *conn);
/* First FIN or RST, from whom. False when still open. */
bool conn_closed(const struct conn *conn, struct mark *mark, enum side *by, bool *reset);

#endif
