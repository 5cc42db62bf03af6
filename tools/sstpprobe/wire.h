/* wire.h - the TCP socket, with a tap: all that it does, gets and counts is told
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_WIRE_H
#define SSTPPROBE_WIRE_H

#include <sys/socket.h>

#include <gio/gio.h>

#include "tap.h"

/* What became of connecting. */
enum wire_result {
    WIRE_PENDING, /* it goes on */
    WIRE_CONNECTED,
    WIRE_REFUSED,     /* RST */
    WIRE_UNREACHABLE, /* ICMP */
    WIRE_SILENT,      /* nothing, until the deadline */
    WIRE_LOCAL,       /* this host does not let us: wire->error has its errno */
};

/* What the kernel counts (TCP_INFO), 0 where it does not say. */
struct wire_counts {
    int64_t rtt, rtt_min;  /* nanoseconds */
    uint32_t requests;     /* connection requests sent */
    uint32_t resent;       /* segments */
    uint32_t out_of_order; /* segments that came behind a hole */
    uint32_t path_mtu, mss_out;
    uint32_t headers; /* of IP and TCP, with options, in front of what a segment carries */
};

/* In the place of an errno: no server has a reason to send a probe as much as this one does. */
enum { WIRE_TOO_MUCH = -1 };

struct wire {
    int fd; /* -1: none */
    struct tap *tap;
    struct endpoint client, server;
    struct wire_counts counts;
    int error;           /* errno of what ended it; WIRE_TOO_MUCH */
    uint64_t received;   /* bytes */
    uint64_t take;       /* so many at most */
    bool ended;          /* the server closed, or the connection broke */
    bool shut;           /* our FIN was sent */
    bool all_acked;      /* once it is closed: all of ours was acknowledged */
    struct endpoint hop; /* sender of the ICMP error of WIRE_UNREACHABLE; addr_len 0: none */
    GByteArray *in;      /* bytes that came and that nobody has read */
    guint read;          /* of them */
    GByteArray *out;     /* bytes that are not sent */
    struct told told;    /* what they are */
    uint16_t mss_limit;  /* of segments in both directions; 0: none */
    uint64_t acked_base; /* what counts as acknowledged before the first byte */
};

/* tap stays the caller's. */
void wire_init(struct wire *wire, struct tap *tap);
/* Closes what is open, without a word. */
void wire_clear(struct wire *wire);

/* Address and port of a socket's address. */
struct endpoint wire_endpoint(const struct sockaddr_storage *address);
/* Begins to connect to address, a socket address of GIO. */
enum wire_result wire_begin(struct wire *wire, GSocketAddress *address);
/* What became of it until now; to be asked every 50 ms, as it tells repeated requests. */
enum wire_result wire_answer(struct wire *wire);
/* Nothing is waited for any more. */
enum wire_result wire_give_up(struct wire *wire);
/* Connects, and waits no longer than until. */
enum wire_result wire_connect(struct wire *wire, GSocketAddress *address, int64_t until);
/* Waits at most until then for the server, and for room to send. True when something came or the
 * connection ended; it is in wire->in and not told yet. */
bool wire_wait(struct wire *wire, int64_t until);
/* Tells what came: bytes of wire->in from the index begin on, and what they were. */
void wire_told(struct wire *wire, guint begin, const struct told *told, int64_t time);
/* Sends what is in wire->out, as far as it goes now, and tells it. */
void wire_flush(struct wire *wire);
/* Asks the kernel what it counts, and tells what is new. */
void wire_look(struct wire *wire);
/* From now on the server may send as much as a user asks it for. */
void wire_take_much(struct wire *wire);
/* All that was sent has been acknowledged. */
bool wire_is_acked(const struct wire *wire);
/* Whether what is sent waits until it fills a segment. */
void wire_cork(struct wire *wire, bool on);
/* Whether routers may fragment packets; of IPv4 alone. False: they never may. */
bool wire_let_fragment(struct wire *wire, bool on);
/* FIN, if nothing is broken: the server may still say something. */
void wire_shut(struct wire *wire);
/* FIN; then waits until that time for the server's. */
void wire_close(struct wire *wire, int64_t until);

#endif
