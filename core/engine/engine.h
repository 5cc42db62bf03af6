/* engine.h - a whole capture: which connections are SSTP sessions, and what was found in them
 *
 * A feeder calls engine_segment() for each outer TCP segment, in capture order, and right after it
 * what that segment completed: clear bytes, alerts, decrypted handshake. ICMP errors, DNS and ARP
 * come in the same order, each by a call of its own. engine_frame_done() ends each frame, and
 * engine_finish() the capture. What the engine is given is never kept: bytes are copied where they
 * are needed later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_ENGINE_H
#define SSTPDIAG_CORE_ENGINE_ENGINE_H

#include "codec/framing.h"
#include "crypto/credentials.h"
#include "ends/pair.h"
#include "engine/facts.h"
#include "rules/rules.h"
#include "wire/network.h"

struct engine;

/* config is copied; nothing keeps its servers string. Its credentials get one more reference. */
struct engine *engine_new(const struct config *config);
void engine_free(struct engine *engine);
/* Keeps a trace of each connection that begins from now on. */
void engine_trace(struct engine *engine);
/* Keeps nothing of single frames from now on, so that memory does not grow with them: what
 * engine_frame_...() answer is not asked for, but for findings. */
void engine_keep_no_frames(struct engine *engine);

/* What the capture point of interface is, where it is not of packets. Before its first segment. */
void engine_vantage(struct engine *engine, uint32_t interface, enum vantage_kind kind);
/* The capture is a log, which shows so much (enum log_shown). Before its first segment. */
void engine_log(struct engine *engine, unsigned shown);

/* Does anybody look at what becomes sure while the capture is read? Else rules look at the end
 * alone. True at first; may change from frame to frame. */
void engine_watch(struct engine *engine, bool watched);

/* Tells of another attempt, with one thing changed, at the server of the one that is seen here.
 * Before engine_finish(); copied. */
void engine_trial(struct engine *engine, const struct trial *trial);

/* --- what it is told ------------------------------------------------------------------------- */

/* Tells of a frame of any kind; the highest number is the count of frames. The first one tells when
 * the capture began. */
void engine_frame(struct engine *engine, struct mark mark);
/* Follows an outer segment. Its connection becomes the current one, unless it is foreign: then the
 * feeder has nothing more to tell of this segment, and may call engine_foreign() for those that
 * follow on these addresses and ports, until a SYN. */
enum connection_kind engine_segment(struct engine *engine, const struct segment *segment);
/* In place of engine_segment(), where the connection is known to be foreign. */
void engine_foreign(struct engine *engine, struct mark mark, uint32_t interface);

/* An ICMP error about a segment; it belongs to the quoted connection, which becomes the current
 * one. Passed over when that is foreign or was not seen. */
void engine_icmp(struct engine *engine, const struct icmp_error *error);
/* An ARP packet, as for network_arp(). */
void engine_arp(struct engine *engine, const struct endpoint *sender, const struct endpoint *target,
                struct mark mark);
/* A DNS message outside of any tunnel. */
void engine_dns(struct engine *engine, const struct dns_message *message,
                const struct endpoint *src, const struct endpoint *dst, struct mark mark);

/* One piece of the clear bytes that the segment last given to engine_segment() completed; passed
 * over when its connection is foreign. A request SSTP_DUPLEX_POST makes the connection a session.
 */
void engine_piece(struct engine *engine, const struct piece *piece, const uint8_t *data);
/* Decrypted records that are not SSTP's: alerts and handshake messages; and how many records of any
 * type this frame gave. */
void engine_alert(struct engine *engine, uint8_t description);
void engine_handshake(struct engine *engine, const uint8_t *data, size_t len);
void engine_decrypted(struct engine *engine, uint32_t records);
/* After all facts of a frame: notes its stage and lets rules look. */
void engine_frame_done(struct engine *engine);

/* Tells which byte stream the clear bytes and TLS facts of the last segment belong to. Where a
 * capture holds a connection twice, from two capture points, and the feeder reassembles and
 * decrypts both as one stream, the number is the same, and what it says goes to the connection that
 * was seen first: the other one is its copy. Without a call, each connection is a stream of its
 * own. */
void engine_stream(struct engine *engine, uint32_t number);

/* No outer segment has been seen in the frame that begins. */
void engine_no_segment(struct engine *engine);

/* The capture is at its end, as far as is known: results are made anew when something came since.
 */
void engine_finish(struct engine *engine);

/* --- questions while reading ----------------------------------------------------------------- */

/* What was seen of the last segment's connection; NULL when that is foreign or when the frame has
 * none. Valid until the next segment. */
const struct conn *engine_current(const struct engine *engine);
/* Its session, if it is one yet; else NULL. */
const struct session *engine_current_session(const struct engine *engine);
/* Sessions so far: struct session, by id. */
const GPtrArray *engine_sessions(const struct engine *engine);

/* All connections so far, sessions and others. */
struct connections_seen engine_seen(const struct engine *engine);
uint32_t engine_num_frames(const struct engine *engine);
struct mark engine_first(const struct engine *engine);
struct mark engine_last(const struct engine *engine);

/* --- what was found -------------------------------------------------------------------------- */

/* Sessions in order of appearance: struct result. Valid after engine_finish() until the next one.
 * candidates: connections that failed before they could show what they are, only when there is no
 * session at all. */
const GPtrArray *engine_results(const struct engine *engine);
const GPtrArray *engine_candidates(const struct engine *engine);
/* Connections that two capture points saw: struct pair. As engine_results(). */
const GPtrArray *engine_pairs(const struct engine *engine);
/* Where the capture point of an interface stands, as far as pairs tell. */
enum capture_point_role engine_role(const struct engine *engine, uint32_t interface);

/* The numbers that the frames of two marks have in the file, the lower one first. */
struct frame_range {
    uint32_t first, last;
};
struct frame_range engine_frames_of(const struct engine *engine, struct mark a, struct mark b);
/* conn is 0 in the answer for a frame without an outer segment. Without keys the stage is what the
 * record lengths tell, once they do. */
struct frame_note engine_frame_note(const struct engine *engine, uint32_t frame);
/* The session of a frame, NULL for none. */
const struct session *engine_frame_session(const struct engine *engine, uint32_t frame);
/* struct frame_finding, or NULL. Before engine_finish(): those announced while reading. */
const GArray *engine_frame_findings(const struct engine *engine, uint32_t frame);
/* The exchange that this frame asks or answers; false when there is none. */
bool engine_frame_answer(const struct engine *engine, uint32_t frame, struct frame_answer *answer);
/* False when the frame's session was not captured at two ends, or nothing is known of the segment.
 * After engine_finish(); the first call compares all segments. */
bool engine_frame_match(struct engine *engine, uint32_t frame, struct frame_match *match);
/* What the TLS records that begin in this frame were taken for by their lengths, in a session of
 * which nothing better is known: num of them; NULL for none. */
const struct lengths_note *engine_frame_lengths(const struct engine *engine, uint32_t frame,
                                                uint32_t *num);

#endif
