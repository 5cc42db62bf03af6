/* event.h - what a feeder tells the engine about a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_EVENT_H
#define SSTPDIAG_CORE_BASE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_SECOND INT64_C(1000000000)

/* Nanoseconds as seconds. */
static inline double
ns_seconds(int64_t ns)
{
    return (double)ns / (double)NS_PER_SECOND;
}

/* What a capture point is: packets as they passed; what a socket of the client tells of them, from
 * which packets were made that say no more than that; or messages that a program wrote into its
 * log, without anything of what carried them. Files of the second have an interface of this name.
 */
enum vantage_kind { VANTAGE_PACKETS, VANTAGE_SOCKET, VANTAGE_LOG };
#define VANTAGE_SOCKET_NAME "sstpprobe (socket)"

/* What a log shows of the messages of a session. */
enum log_shown {
    SHOWN_SSTP = 1 << 0,  /* SSTP's control messages of both sides */
    SHOWN_PPP = 1 << 1,   /* PPP packets of both sides */
    SHOWN_BYTES = 1 << 2, /* all as they were, to the last byte */
    SHOWN_ORDER = 1 << 3, /* in the order in which they were said, all by one program */
};

/* Who sent it. Sides index arrays everywhere: [SIDE_CLIENT] is what the client sent. */
enum side { SIDE_CLIENT, SIDE_SERVER };
enum { SIDE_COUNT = 2 };

static inline enum side
side_other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

static inline const char *
side_name(enum side side)
{
    return side == SIDE_CLIENT ? "client" : "server";
}

/* When something was captured. frame 0 means never; frame numbers count from 1, time is in
 * nanoseconds since the epoch. The lower number came first: where a capture mixes the two sides of
 * a connection up, the engine lets frames change their numbers (engine_frames_of()). */
struct mark {
    uint32_t frame;
    int64_t time;
};

static inline bool
mark_is_set(struct mark mark)
{
    return mark.frame != 0;
}

/* Nanoseconds from one time to another. Files may hold any times: what is too far apart counts as
 * the longest time there is. */
static inline int64_t
time_between(int64_t from, int64_t to)
{
    if (from < 0)
        return to > INT64_MAX + from ? INT64_MAX : to - from;
    return to < INT64_MIN + from ? INT64_MIN : to - from;
}

/* The same, whichever comes first. */
static inline int64_t
time_apart(int64_t a, int64_t b)
{
    return a < b ? time_between(a, b) : time_between(b, a);
}

static inline int64_t
mark_between(struct mark from, struct mark to)
{
    return time_between(from.time, to.time);
}

/* Where a clock was set back, or the capture is out of order, it is none rather than less. */
static inline double
mark_seconds(struct mark from, struct mark to)
{
    int64_t between = mark_between(from, to);

    return between > 0 ? ns_seconds(between) : 0;
}

/* The earlier of two; an unset one does not count. */
static inline struct mark
mark_earlier(struct mark a, struct mark b)
{
    return !mark_is_set(a) || (mark_is_set(b) && b.frame < a.frame) ? b : a;
}

/* Of two that are set. */
static inline struct mark
mark_later(struct mark a, struct mark b)
{
    return a.frame > b.frame ? a : b;
}

/* Keeps the first. */
static inline void
mark_once(struct mark *to, struct mark mark)
{
    if (!mark_is_set(*to))
        *to = mark;
}

enum { ADDRESS_MAX_LEN = 16 };

/* addr_len is 4 or 16; unused bytes are zero so that endpoints compare as bytes. */
struct endpoint {
    uint8_t addr[ADDRESS_MAX_LEN];
    uint8_t addr_len;
    uint8_t zero;
    uint16_t port;
};

enum tcp_flag {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
};

/* One outer TCP segment. payload holds captured_len of the payload_len bytes that were on the
 * wire. Pointers are valid during the call only. */
struct segment {
    struct mark mark;
    uint32_t interface;
    struct endpoint src, dst;
    uint32_t seq, ack;
    uint16_t flags; /* enum tcp_flag */
    uint16_t window;
    uint16_t checksum;
    const uint8_t *options;
    size_t options_len;
    const uint8_t *payload;
    size_t captured_len, payload_len;
    uint16_t ip_id;  /* identification of RFC 791; 0 when there is none */
    uint8_t ttl;     /* 0 when not known */
    bool cut_header; /* the capture lacks some of its options, or what stands behind the flags */
};

/* An ICMP or ICMPv6 error that quotes a segment. */
struct icmp_error {
    struct mark mark;
    uint32_t interface;
    struct endpoint from;     /* who sent it; no port */
    struct endpoint src, dst; /* of the quoted segment */
    bool v6;
    uint8_t type, code;
    uint32_t mtu; /* of the next hop, 0 when not told */
};

#endif
