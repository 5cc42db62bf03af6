/* conn.h - one TCP connection as seen from one capture point: who sent, resent and acknowledged
 * which bytes, and what its TLS says in clear
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_CONN_H
#define SSTPDIAG_CORE_WIRE_CONN_H

#include <glib.h>

#include "wire/mirror_copies.h"
#include "base/endpoint.h"
#include "wire/handshake.h"
#include "codec/http.h"
#include "wire/path.h"
#include "wire/record_lengths.h"
#include "codec/tls.h"
#include "wire/seq_log.h"
#include "wire/trace.h"

struct session;

/* What a direction of the byte stream carries, found from its first bytes. */
enum stream_kind {
    STREAM_UNKNOWN, /* nothing seen, or too little */
    STREAM_TLS,
    STREAM_SSTP, /* SSTP_DUPLEX_POST in clear, behind a TLS offloader */
    STREAM_OTHER,
    STREAM_LOST /* record boundaries lost: bytes are missing from the capture */
};

enum { APPLICATION_LENGTHS_MAX = 4, COPIED_FRAMES_MAX = 4 };

/* Walks the TLS records of one direction by their headers. */
struct stream_walker {
    enum stream_kind kind;
    GByteArray *head; /* first bytes until kind is known; NULL when not needed */
    uint8_t header[TLS_RECORD_HEADER_LEN];
    uint8_t header_len; /* bytes of header collected */
    uint32_t body_left; /* of the record being walked */
    uint64_t skip;      /* bytes of a proxy's answer to pass over */
    uint64_t end;       /* offset behind the bytes that are being walked */
    uint8_t sync_tries; /* segments tried as a record's beginning, where the start is missing */
    bool encrypted;     /* Change Cipher Spec seen: handshake records are opaque */
    struct mark sealed; /* that Change Cipher Spec */
    uint32_t records;
    uint32_t application_records;                          /* begun */
    uint32_t application_complete;                         /* whole */
    uint16_t application_lengths[APPLICATION_LENGTHS_MAX]; /* of the first ones */
    struct mark last_data; /* last application record that is longer than an alert */
    uint16_t last_data_length;
    uint32_t sealed_handshake, sealed_alerts; /* records behind Change Cipher Spec */
    uint16_t last_length;                     /* of the last record that began */
    uint8_t last_type;
    struct mark last_record;
    struct mark first_application; /* first Application Data record */
    struct tls_handshake_reader handshake;
};

/* A piece of payload that came before its turn. */
struct stream_chunk {
    uint64_t offset;
    uint32_t len; /* on the wire */
    uint32_t captured;
    struct mark mark;
    uint8_t *data;
};

/* One sender of a connection. Offsets count payload bytes from the first one (the byte after SYN,
 * or the first seen when the capture lacks the SYN). */
struct tcp_half {
    bool base_known;
    uint32_t base;                       /* sequence number of offset 0 */
    uint64_t next;                       /* highest offset seen */
    uint64_t acked;                      /* highest offset the other side acknowledged */
    uint64_t in_order;                   /* walked so far */
    uint64_t resent;                     /* highest offset that was retransmitted */
    struct mark first_acked, last_acked; /* when the other side acknowledged new bytes */
    uint64_t reached;        /* highest offset that a sequence number of this sender, or the peer's
                                acknowledgement, speaks of: above next, bytes were sent and not seen */
    uint64_t next_elsewhere; /* as next, at another capture point of the same connection */
    uint32_t complete_elsewhere; /* as walker.application_complete */
    bool mss_seen, timestamps, window_scale_seen, sack;
    uint16_t mss;
    uint8_t window_scale;
    struct mark syn, last_syn, fin, rst;
    struct mark first, last, first_payload, last_payload;
    struct mark handshake_ack; /* client: first ACK without SYN */
    uint32_t segments, data_segments;
    uint32_t retransmissions, out_of_order, truncated, oversize, partial_checksums;
    uint32_t oversize_frame;
    uint32_t truncated_frame;
    uint32_t max_payload;
    /* The bytes on their way: since when there are any, after how long a silence of both sides, and
     * how often some were sent again since the last new acknowledgement. */
    struct mark flight;
    int64_t flight_idle; /* nanoseconds */
    uint32_t resends;
    struct mark first_resend, last_resend;
    uint64_t missed;  /* bytes that were given up, and of which nobody knows whether they arrived */
    uint64_t dropped; /* bytes acknowledged by the peer that the capture lacks */
    struct mark dropped_at;
    GQueue chunks; /* struct stream_chunk, by offset */
    uint64_t chunk_bytes;
    struct stream_walker walker;
    struct path_facts path;
    struct mirror_copies copies;
    uint32_t copied; /* segments that were passed over as copies made here, or arriving twice */
    uint32_t copied_frames[COPIED_FRAMES_MAX];
    struct mark first_copied;
    struct seq_log seq_log;
};

/* ICMP errors about segments of a connection, by whose segments they are. */
struct icmp_facts {
    struct icmp_error first; /* that is no call for smaller packets */
    uint32_t errors;
    struct mark last;
    struct icmp_error smaller; /* the last call for smaller packets */
    struct mark smaller_first;
    uint32_t smaller_calls;
};

/* What an HTTP proxy said in clear before TLS. */
struct proxy_facts {
    struct mark connect, answer;
    struct mark basic; /* Proxy-Authorization: Basic; what it holds is not kept */
    unsigned status;
};

/* The part of a connection that is dropped as soon as it is known to be foreign. */
struct track {
    struct tcp_half half[SIDE_COUNT];
    struct tls_facts tls;
    struct proxy_facts proxy;
    struct icmp_facts icmp[SIDE_COUNT];
    struct lengths lengths;
    size_t proxy_header_len; /* PROXY protocol header in front of the client's bytes */
    struct mark proxy_header;
    struct mark first, last;
    uint32_t decrypted_records[SIDE_COUNT];
    struct trace *trace; /* NULL: none is kept */
};

enum conn_kind { CONN_UNDECIDED, CONN_SESSION, CONN_FOREIGN };

/* key: lower endpoint first, so that both directions find it. */
struct conn_key {
    struct endpoint a, b;
    uint32_t interface;
};

struct conn {
    struct conn_key key;
    uint32_t number; /* from 1, in order of appearance */
    enum conn_kind kind;
    bool client_is_a;
    bool client_certain;     /* SYN or request seen; else guessed from the ports */
    struct track *track;     /* NULL once foreign */
    struct session *session; /* NULL until it is one */
    GList *link;             /* in the engine's list of undecided ones; NULL when not in it */
    struct conn *continues;  /* whose client seems to have come back with another address or port */
    const struct conn
        *original; /* of which this is a copy, from another capture point; else NULL */
};

/* What a segment did, beyond changing the connection. */
enum conn_event {
    CONN_EVENT_NONE = 0,
    CONN_EVENT_CLOSED = 1 << 0,  /* FIN or RST */
    CONN_EVENT_DECIDED = 1 << 1, /* the stream showed what it carries */
    CONN_EVENT_TLS = 1 << 2,     /* handshake fact or alert in clear */
    CONN_EVENT_DROPPED = 1 << 3,
    CONN_EVENT_LENGTHS = 1 << 4, /* record lengths tell something new of a session */
};

struct conn *conn_new(const struct conn_key *key, uint32_t number);
void conn_free(struct conn *conn);
void conn_drop_track(struct conn *conn);
/* Another capture point may have it too: makes its trails ready to be compared, segment by segment.
 */
void conn_open_seq_logs(struct conn *conn);
/* Keeps a trace from now on. */
void conn_trace(struct conn *conn);
void conn_key_make(const struct segment *segment, struct conn_key *key);
guint conn_key_hash(gconstpointer key);
gboolean conn_key_equal(gconstpointer a, gconstpointer b);

const struct endpoint *conn_endpoint(const struct conn *conn, enum side side);
/* Sender of a segment with this source. */
enum side conn_side(const struct conn *conn, const struct endpoint *src);
/* Makes side the client, when a request shows that the guess was wrong. */
void conn_set_client(struct conn *conn, enum side side);

/* Follows one segment, unless it is a copy of one that was. Returns enum conn_event bits. The
 * connection must have its track. */
unsigned conn_segment(struct conn *conn, const struct segment *segment);
/* A segment of the client's on another connection, which fits into this open one. */
bool conn_is_continued_by(const struct conn *conn, const struct segment *segment);
/* Are both one connection, seen from two capture points? By the ClientHello's random; by the
 * initial sequence numbers: both requests', and both answers' where both have one. */
bool conn_same_random(const struct conn *a, const struct conn *b);
bool conn_same_isn(const struct conn *a, const struct conn *b);
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
bool conn_is_tls(const struct conn *conn);
/* Neither SYN nor SYN-ACK of it is in the capture. */
bool conn_start_missing(const struct conn *conn);
/* Only one side's segments are there, although the acknowledgements show the other's. */
bool conn_one_direction(const struct conn *conn);
/* First FIN or RST, from whom. False when still open. */
bool conn_closed(const struct conn *conn, struct mark *mark, enum side *by, bool *reset);

#endif
