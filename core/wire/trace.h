/* trace.h - what happened on a connection, in order, so that it can be drawn; in bounded memory
 *
 * Nothing rests on it: rules read facts. It is kept on demand only (engine_trace()), and every
 * function does nothing where the trace is NULL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TRACE_H
#define SSTPDIAG_CORE_WIRE_TRACE_H

#include <glib.h>

#include "codec/http.h"
#include "base/event.h"

enum {
    TRACE_EVENTS_MAX = 600, /* what comes in the middle is left out and counted */
    TRACE_EVENTS_HEAD = 400,
    TRACE_BINS_MAX = 256,
    TRACE_ECHOES_MAX = 512,
    TRACE_SIZE_STEP = 16,   /* bytes */
    TRACE_SIZES_MAX = 4096, /* longer packets do not fit into SSTP's */
    TRACE_RECORDS_MAX = 24, /* opaque records of each side that are told one by one */
};

/* What speaks: lower layers first. */
enum trace_layer {
    TRACE_TCP,
    TRACE_ICMP,
    TRACE_TLS,
    TRACE_RECORD, /* of TLS, which nobody could open */
    TRACE_HTTP,
    TRACE_SSTP,
    TRACE_PPP,
    TRACE_DATA, /* any number of packets of the tunnel, of both sides */
};

struct trace_event {
    struct mark first, last;
    enum trace_layer layer;
    enum side side; /* TRACE_DATA: of its first packet */
    uint32_t count[SIDE_COUNT];
    uint64_t bytes[SIDE_COUNT];
    char *text;    /* NULL: TRACE_DATA */
    char *content; /* what the message says; NULL: nothing more than its text */
};

/* Sums of a span of time, by sender. */
struct trace_bin {
    uint64_t outer[SIDE_COUNT], inner[SIDE_COUNT]; /* bytes: TCP payload, packets in the tunnel */
    uint32_t resent[SIDE_COUNT];                   /* TCP segments */
};

/* One echo and its answer. */
struct trace_echo {
    struct mark request;
    int64_t round_trip; /* nanoseconds */
    enum side asker;
    bool sstp; /* else LCP */
};

struct trace {
    GArray *events; /* struct trace_event, by time */
    uint64_t omitted;
    uint32_t records[SIDE_COUNT]; /* opaque ones */
    bool clear[SIDE_COUNT];       /* they were opened: opaque ones say nothing more */
    GArray *bins;                 /* struct trace_bin, from start on, without a hole */
    int64_t start, width;         /* nanoseconds; every bin is as wide */
    GArray *echoes;               /* struct trace_echo */
    uint32_t echo_every, echo_skip;
    uint32_t sizes[SIDE_COUNT][TRACE_SIZES_MAX / TRACE_SIZE_STEP]; /* of inner packets */
};

struct trace *trace_new(void);
void trace_free(struct trace *trace);

/* A TCP segment. resent: it carries bytes that were sent before. */
void trace_segment(struct trace *trace, enum side side, const struct segment *segment, bool resent);
/* A message of len bytes; text is copied. */
void trace_message(struct trace *trace, enum trace_layer layer, enum side side, size_t len,
                   const char *text, struct mark mark);
/* What the message told last says; copied. */
void trace_content(struct trace *trace, const char *content);
/* A request or an answer: its method or status alone. */
void trace_http(struct trace *trace, enum side side, const struct http_head *head,
                struct mark mark);
/* A record that is still opaque. */
void trace_record(struct trace *trace, enum side side, size_t len, struct mark mark);
/* From now on what the records of side hold is known: what was told of opaque ones is dropped. */
void trace_clear(struct trace *trace, enum side side);
/* An inner packet of len bytes. */
void trace_data(struct trace *trace, enum side side, size_t len, struct mark mark);
void trace_echo(struct trace *trace, enum side asker, bool sstp, struct mark request,
                struct mark reply);

/* "tcp", "icmp", "tls", "record", "http", "sstp", "ppp", "data". */
const char *trace_layer_name(enum trace_layer layer);

#endif
