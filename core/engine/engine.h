/* engine.h - a whole capture: which connections are SSTP sessions, and what was found in them
 *
 * A feeder calls engine_segment() for each outer TCP segment, in capture order, and right after it
 * what that segment completed: clear bytes, alerts, decrypted handshake. ICMP errors, DNS and ARP
 * come in the same order, each by a call of its own. At the end engine_finish().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_ENGINE_H
#define SSTPDIAG_CORE_ENGINE_ENGINE_H

#include "codec/framing.h"
#include "crypto/credentials.h"
#include "wire/network.h"
#include "ends/pair.h"
#include "rules/rules.h"

/* What a frame is to its session. */
struct frame_note {
    uint32_t conn; /* number of the connection, 0 for none */
    uint8_t stage; /* enum stage */
    uint8_t side;  /* enum side */
};

/* A finding that is shown at a frame. */
struct frame_finding {
    uint32_t session;
    enum finding_id id;
    enum severity severity;
    enum confidence confidence;
    bool cause; /* the frame is where the finding's cause is, or where it became sure */
    bool verdict;
    char *summary; /* owned by the engine */
};

/* What became of a segment between the two ends where it was captured. */
struct frame_match {
    uint32_t frame; /* the same segment at the other end; 0: not known */
    bool lost;      /* it was sent, and never came to the other end */
    bool sent;      /* this is its sender's end */
    enum side sender;
    bool delay_known; /* at the other end alone */
    int64_t delay;    /* of the way there, after the clocks' offset; nanoseconds */
    const struct pair *pair;
};

struct engine;

/* config is copied; nothing keeps its servers string. Its credentials get one more reference. */
struct engine *engine_new(const struct config *config);
void engine_free(struct engine *engine);
/* Keeps a trace of each connection that begins from now on. */
void engine_trace(struct engine *engine);

/* Tells of a frame of any kind; the highest number is the count of frames. The first one tells when
 * the capture began. */
void engine_frame(struct engine *engine, struct mark mark);
/* Follows an outer segment. NULL when its connection is known to be foreign: it stays so until a
 * SYN. */
struct conn *engine_segment(struct engine *engine, const struct segment *segment);
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

/* Connection of the last segment; NULL when foreign or when the frame has none. */
struct conn *engine_current(const struct engine *engine);
/* No outer segment has been seen in the frame that begins. */
void engine_no_segment(struct engine *engine);

/* The capture is at its end, as far as is known: results are made anew when something came since.
 */
void engine_finish(struct engine *engine);

/* Sessions in order of appearance: struct result. Valid after engine_finish() until the next one.
 * candidates: connections that failed before they could show what they are, only when there is no
 * session at all. */
const GPtrArray *engine_results(const struct engine *engine);
const GPtrArray *engine_candidates(const struct engine *engine);
/* Connections that two capture points saw: struct pair. As engine_results(). */
const GPtrArray *engine_pairs(const struct engine *engine);
/* The pair that a session is an end of, NULL for none. */
const struct pair *engine_pair_of(const struct engine *engine, const struct session *session);
/* Where the capture point of an interface stands, as far as pairs tell. */
enum capture_point_role engine_role(const struct engine *engine, uint32_t interface);
/* Sessions so far: struct session. */
const GPtrArray *engine_sessions(const struct engine *engine);

/* conn is 0 in the answer for a frame without an outer segment. */
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

uint32_t engine_num_frames(const struct engine *engine);
struct mark engine_first(const struct engine *engine);
struct mark engine_last(const struct engine *engine);

#endif
