/* rules.h - from a session's facts to findings
 *
 * Each rule is one function: it reads the facts of a session and what rules before it found, and
 * adds a finding or none. Rules keep no state; rules_run() calls them all, in its order. What is
 * raised while the capture is still being read must hold to its end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_RULES_H
#define SSTPDIAG_CORE_RULES_RULES_H

#include "base/config.h"
#include "crypto/credentials.h"
#include "wire/network.h"
#include "session/session.h"

enum { DETAILS_MAX = 12 };

struct detail {
    const char *key; /* static; names its unit: "payload_bytes", "silence_seconds" */
    enum { DETAIL_NUMBER, DETAIL_TEXT } kind;
    double number;
    char *text;
};

struct finding {
    enum finding_id id;
    enum severity severity; /* the catalogue's, or lower */
    enum confidence confidence;
    enum evidence evidence;
    struct mark cause; /* when what it speaks of happened: orders causes and consequences */
    uint32_t frames[EVIDENCE_FRAMES_MAX]; /* ascending, without doubles */
    unsigned num_frames;
    char *summary;
    char *advice; /* NULL: the catalogue's */
    struct detail details[DETAILS_MAX];
    unsigned num_details;
};

/* What rules may know beside the session. */
struct view {
    const struct config *config;
    const struct network *network; /* what was asked of DNS and of ARP */
    const GPtrArray *sessions;     /* struct session: all of the capture so far, by id */
    struct mark now;               /* the last segment, or ICMP error about one, that was read */
    bool final;                    /* the capture is at its end */
    GPtrArray *found;              /* struct finding: what rules before this one found */
};

enum { BINDING_ANSWER_SECONDS = 3 };  /* from Call Connected to an abort that is about it */
enum { SERVER_REACTION_SECONDS = 5 }; /* of a server that does not understand what it reads */
enum { OVERTAKEN_MIN = 3 }; /* segments that came out of order, and it is more than a chance */
enum { IDLE_SECONDS = 15 }; /* so long without payload, and a timer on the path may have run out */

/* The session is over, as far as has been read: what did not happen will not. */
bool view_is_over(const struct view *view, const struct session *session);
/* The capture is at its end, and the session's connection has not been closed. */
bool view_ends_open(const struct view *view, const struct session *session);
/* Until when something could come: the first goodbye or close, else now. */
struct mark view_end(const struct view *view, const struct session *session);

/* Adds a finding with the catalogue's severity; cause is its first frame. The caller sees to the
 * rest; the list owns it. */
struct finding *finding_add(GPtrArray *found, enum finding_id id, enum confidence confidence,
                            enum evidence evidence, struct mark cause);
void finding_summary(struct finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void finding_frame(struct finding *finding, uint32_t frame); /* 0 is passed over */
void finding_number(struct finding *finding, const char *key, double number);
void finding_text(struct finding *finding, const char *key, const char *text);
const char *finding_advice(const struct finding *finding);
/* "frames 3, 7". Newly allocated. */
char *finding_frames_text(const struct finding *finding);
void finding_free(gpointer finding);
/* First finding of severity or worse, more than possible, with a cause before mark; NULL for none.
 */
const struct finding *finding_before(const GPtrArray *found, enum severity severity,
                                     struct mark mark);

/* The finding of this id, more than possible; NULL when there is none. */
const struct finding *finding_of(const GPtrArray *found, enum finding_id id);
/* Details from the Terminate-Requests: what their senders say of the reason. */
void finding_reason(struct finding *finding, const struct session *session);

/* When the client was free to send Call Connected: authenticated, or nothing to authenticate. */
struct mark authenticated_at(const struct session *session);

/* How a session came to its end first: a goodbye, FIN or RST. */
struct session_end {
    struct mark mark; /* unset while it goes on */
    enum side by;
    bool goodbye; /* of PPP, SSTP or TLS; else FIN or RST */
};
/* "RST" or "FIN". */
const char *close_name(bool reset);
struct session_end session_ending(const struct session *session);
/* From since to the session's end, or to what was read last. */
double seconds_left(const struct session *session, const struct view *view, struct mark since);
/* All that side said so far could be read. */
bool side_is_whole(const struct session *session, enum side side);
/* Bytes of side were sent again, three times or more in at least three seconds, and are still not
 * acknowledged. */
bool side_resends_in_vain(const struct session *session, enum side side);
/* What the client said at mark has reached the server. An alert behind it, that answers a close,
 * need not have. */
bool client_was_heard(const struct session *session, struct mark said);
/* All that side said could be read, and it reached the peer. */
bool side_was_heard(const struct session *session, enum side side);

/* Data segments of the side on the wire. Where offload merges them, the capture has fewer: what was
 * sent takes so many at least. */
uint32_t segments_sent(const struct session *session, int side);

/* Nothing had been closed when side's reset came, and the connection was open. */
bool reset_is_first(const struct session *session, enum side side);

/* Bytes of a side were sent again in vain so far: whether the path explains what comes then, only
 * the end shows. */
bool either_is_stuck(const struct session *session);
/* Does a segment of side with len bytes come near the largest ones? */
bool segment_is_large(const struct session *session, int side, uint64_t len);
/* Whoever closed is the client's host itself, where this was captured: no timer on the path did. */
bool client_closed_itself(const struct session *session, enum side by);
/* Is it an idle timer as they are set in NAT boxes, firewalls and load balancers? */
bool is_timer_value(double seconds);

typedef void (*rule_fn)(const struct session *session, const struct view *view);

/* Tables of the rules of a stage, each ended by NULL. */
extern const rule_fn rules_capture[], rules_blackhole[], rules_tcp[], rules_setup[], rules_path[],
    rules_cert[], rules_tls[], rules_http[], rules_dns[], rules_auth[], rules_eap[], rules_lcp[],
    rules_ncp[], rules_binding[], rules_keepalive[], rules_mtu[], rules_data[], rules_message[],
    rules_sstp[], rules_lengths_call[], rules_lengths_setup[], rules_lengths_connected[],
    rules_lengths_tunnel[], rules_teardown[];

/* All rules, in the order in which they may look at each other's findings. Caller frees the array,
 * its elements go with it. */
GPtrArray *rules_run(const struct session *session, const GPtrArray *sessions,
                     const struct config *config, const struct network *network, struct mark now,
                     bool final);

/* The final word on a session. */
struct result {
    const struct session *session;
    GPtrArray *found;              /* struct finding */
    const struct finding *verdict; /* NULL: healthy */
};

/* The finding that explains the session: the earliest cause among the worst ones. NULL: healthy. */
const struct finding *verdict_of(const struct session *session, const GPtrArray *found);

#endif
