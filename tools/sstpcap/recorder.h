/* recorder.h - follows all connections that pass, judges those that are SSTP, and keeps the packets
 * of what failed
 *
 * What time it is it is told: of a stored capture the time of its packets, so that it tells the
 * same as a live one. Live, clocks of ends may be wrong, and ours may be set.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_RECORDER_H
#define SSTPCAP_RECORDER_H

#include "codec/pcapng.h"
#include "engine/engine.h"
#include "kept.h"

/* What became of a session. */
enum watch_kind {
    WATCH_UP,      /* the tunnel works */
    WATCH_VERDICT, /* something is wrong, and it is sure by now what; the session may go on */
    WATCH_END,     /* it is over, or nothing has come of it for long */
};
enum { WATCH_KINDS = WATCH_END + 1 };

struct watch_event {
    enum watch_kind kind;
    int64_t time_ns; /* of the packet that shows it; at the end: of the last one */
    double seconds;  /* since its first packet */
    const struct session *session;
    /* WATCH_VERDICT: what is sure by now; else NULL. */
    const struct frame_finding *finding;
    /* WATCH_END: the word on it, in its engine; else NULL. */
    const struct result *result;
    const struct engine *engine;
    /* WATCH_END: its packets, and those around it, by time, of all interfaces that have it. */
    const GPtrArray *packets; /* struct pcapng_packet */
    uint64_t lost;            /* packets of it that there was no room for */
};

/* How much there is, and was. */
struct watch_counts {
    uint64_t packets, not_decoded;
    uint64_t requests_given_up;    /* of connections that nobody answered, for lack of room */
    uint64_t connections_given_up; /* that somebody did, for the same reason */
    guint connections, sessions;   /* that are followed now */
    size_t kept_bytes;
};

struct recorder_options {
    const char *servers; /* as in struct config; NULL: none is named */
    uint16_t port;       /* of servers, where a capture does not show who is one */
    size_t memory;       /* bytes: a half for packets, a half for what is known of connections */
    bool headers_only;   /* nothing of what a working tunnel carries is kept */
};

struct recorder;

/* Copies options, but for their texts, which must live as long. Pointers of an event hold until
 * the call returns. */
struct recorder *recorder_new(const struct recorder_options *options,
                              void (*event)(void *data, const struct watch_event *event),
                              void *data);
void recorder_free(struct recorder *recorder);

/* A packet, in order of time, after recorder_time(). interface: counted over all of the recording.
 */
void recorder_packet(struct recorder *recorder, uint16_t link_type,
                     const struct pcapng_packet *packet);
/* It is so late now, by a clock that never goes back: ends what nothing came of for long. */
void recorder_time(struct recorder *recorder, int64_t now_ns);
/* Nothing comes any more: sessions that are open are told as they stand. */
void recorder_finish(struct recorder *recorder);
struct watch_counts recorder_counts(const struct recorder *recorder);

#endif
