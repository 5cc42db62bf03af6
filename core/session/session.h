/* session.h - one SSTP session: what was said on each layer, and how far it came
 *
 * A session stands on one TCP connection. It is fed with decoded pieces in capture order and keeps
 * facts; rules (rules.h) turn facts into findings. Its memory does not grow with the data frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_SESSION_H
#define SSTPDIAG_CORE_SESSION_SESSION_H

#include <glib.h>

#include "session/binding_check.h"
#include "wire/conn.h"
#include "crypto/eap_tls.h"
#include "codec/chap_exchange.h"
#include "base/findings.h"
#include "wire/mtu.h"
#include "session/negotiation.h"
#include "wire/network.h"
#include "codec/ppp.h"
#include "codec/sstp.h"
#include "session/timeline.h"
#include "session/traffic.h"

enum outcome { OUTCOME_UNKNOWN, OUTCOME_OK, OUTCOME_FAILED, OUTCOME_SKIPPED, OUTCOME_INFERRED };

struct stage_state {
    enum outcome outcome;
    struct mark first, last; /* last: when its outcome was known */
};

/* MS-SSTP 3.2.1, 3.3.1: the states of both peers, and those they share while closing. */
#define SSTP_STATE_LIST(X)                                                                         \
    X(SSTP_STATE_DISCONNECTED, "Call_Disconnected")                                                \
    X(SSTP_STATE_CONNECT_REQUEST_SENT, "Client_Connect_Request_Sent")                              \
    X(SSTP_STATE_CONNECT_ACK_RECEIVED, "Client_Connect_Ack_Received")                              \
    X(SSTP_STATE_CONNECT_REQUEST_PENDING, "Server_Connect_Request_Pending")                        \
    X(SSTP_STATE_CALL_CONNECTED_PENDING, "Server_Call_Connected_Pending")                          \
    X(SSTP_STATE_CALL_CONNECTED, "Call_Connected")                                                 \
    X(SSTP_STATE_ABORT_SENT, "Call_Abort_Timeout_Pending")                                         \
    X(SSTP_STATE_ABORT_RECEIVED, "Call_Abort_In_Progress")                                         \
    X(SSTP_STATE_DISCONNECT_SENT, "Call_Disconnect_Ack_Pending")                                   \
    X(SSTP_STATE_DISCONNECT_RECEIVED, "Call_Disconnect_In_Progress")

#define SSTP_STATE_ENUMERATOR(enumerator, name) enumerator,
enum sstp_state { SSTP_STATE_LIST(SSTP_STATE_ENUMERATOR) };
#undef SSTP_STATE_ENUMERATOR

enum {
    EVIDENCE_FRAMES_MAX = 8,
    UNEXPECTED_MAX = 8,
    MALFORMED_MAX = 4,
    STRADDLING_MIN = 3, /* full-size packets that make a pattern */
};

/* A message that the state machine of its sender does not allow. */
struct unexpected {
    struct mark mark;
    uint16_t type;
    enum side by;
    enum sstp_state state;
};

/* A control message that breaks MS-SSTP 2.2; equal ones are kept once. */
struct malformed {
    struct mark mark;
    enum side by;
    uint16_t type;
    uint32_t flaws;          /* enum sstp_flaw */
    enum sstp_result result; /* SSTP_OK when it could be read */
};

/* Call Connect Nak: attribute, status and value are those of the last one. */
struct nak_facts {
    uint32_t count;
    struct mark last;
    bool has_status, has_value;
    uint8_t attribute; /* enum sstp_attribute */
    uint32_t status;   /* enum sstp_status */
    uint16_t value;    /* what was rejected, its first two bytes */
};

/* Requests of one asker that wait for an answer. */
struct echo_request {
    struct mark mark;
    uint64_t end; /* offset behind it in the asker's byte stream */
    uint8_t id;
};

/* One asker's echoes, of LCP or of SSTP. */
struct echo {
    uint32_t requests, replies;
    struct echo_request
        open[EVIDENCE_FRAMES_MAX]; /* unanswered since the last answer, oldest first */
    uint32_t num_open;             /* all; the first ones stand in open[] */
    struct mark last_request, last_reply;
    uint32_t intervals; /* between requests, keepalive rhythm */
    int64_t interval_min, interval_max, interval_last;
    int64_t rtt_min, rtt_max, rtt_sum;
};

enum auth_method {
    AUTH_NONE,
    AUTH_PAP,
    AUTH_CHAP_MD5,
    AUTH_MSCHAP,
    AUTH_MSCHAPV2,
    AUTH_EAP,
    AUTH_EAP_MD5,
    AUTH_EAP_TLS,
    AUTH_PEAP,
    AUTH_EAP_MSCHAPV2,
    AUTH_UNKNOWN
};

/* What goes on inside EAP. */
struct eap_facts {
    uint8_t type;  /* last method asked for, 0 while there was only Identity */
    uint32_t naks; /* of a method, by the peer */
    struct mark nak;
    uint8_t refused, wanted;     /* of the last Nak; wanted 0: nothing */
    bool fragmented[SIDE_COUNT]; /* the sender's last packet was not the end of its message */
    struct mark alert;           /* first TLS alert in clear, close_notify apart */
    enum side alert_by;
    uint8_t alert_description;
};

struct auth_facts {
    enum auth_method method;
    struct mark first, response, success, failure; /* success and failure: the last ones */
    struct mark first_success, first_failure;
    struct mark last;    /* any packet of it */
    struct mark asked;   /* first Challenge or EAP-Request that has got no Response yet */
    uint32_t asks;       /* of them */
    uint64_t asked_end;  /* offset behind the last one in the authenticator's byte stream */
    struct mark waiting; /* first Response, or PAP request, that has got no answer yet */
    uint32_t responses;  /* of them */
    uint64_t response_end;
    struct mark refusal_since; /* the Response that the first Failure answers */
    struct eap_facts eap;
    struct chap_exchange exchange; /* of MS-CHAPv2 */
    struct eap_tls eap_tls;
    uint32_t failures;
    bool has_error;
    unsigned error; /* E= of the last Failure */
    bool retry_allowed;
    enum side authenticator;
    char *user; /* peer's name, cleaned; NULL when not seen */
};

/* Terminate-Request of LCP. */
struct terminate_facts {
    struct mark mark;
    bool microsoft;
    uint32_t ras_error;
    char *text; /* cleaned; NULL when not printable */
};

struct sstp_facts {
    enum sstp_state state[SIDE_COUNT];
    struct mark call_request, call_ack, call_nak, call_connected;
    uint32_t call_requests;
    uint64_t call_request_end; /* offset behind the last one in the client's byte stream */
    struct nak_facts nak;
    struct mark abort[SIDE_COUNT], disconnect[SIDE_COUNT],
        disconnect_ack[SIDE_COUNT]; /* first, by sender */
    bool has_status[SIDE_COUNT];    /* of the first abort */
    uint32_t status[SIDE_COUNT];
    struct sstp_binding binding_request, binding; /* of the last Ack and the first Call Connected */
    bool has_binding;
    bool has_earlier_nonce; /* of an Ack before the last one */
    uint8_t earlier_nonce[SSTP_NONCE_LEN];
    uint8_t message[BINDING_MESSAGE_LEN]; /* the first Call Connected as received */
    bool has_message;                     /* it had that length */
    uint32_t binding_flaws;
    struct mark after_connected; /* server's first packet after Call Connected */
    uint32_t packets[SIDE_COUNT], control[SIDE_COUNT], data[SIDE_COUNT];
    struct malformed malformed[MALFORMED_MAX];
    uint32_t num_malformed; /* kinds of them */
    uint32_t junk;          /* pieces that are no SSTP packet */
    struct mark junk_at;    /* first one where the same sender owed a packet */
    enum side junk_by;
    struct unexpected unexpected[UNEXPECTED_MAX];
    uint32_t num_unexpected;
    struct mark last[SIDE_COUNT]; /* any packet */
    uint64_t bytes[SIDE_COUNT];
    struct echo echo[SIDE_COUNT]; /* by asker */
};

/* PPP payloads of one sender against what its peer can take. */
struct mtu_facts {
    uint32_t max_inner;     /* longest inner packet */
    uint32_t encapsulation; /* SSTP and PPP bytes in front of it */
    uint32_t over_mru;
    uint32_t over_mru_max;
    uint32_t over_mru_frames[EVIDENCE_FRAMES_MAX];
    struct mark over_mru_at;
    uint32_t oversize; /* SSTP packets above 4095 */
    uint32_t oversize_max;
    struct mark oversize_at;
    uint32_t straddling;
    uint32_t straddling_frames[EVIDENCE_FRAMES_MAX];
    struct mark straddling_at;
    struct mark mp_at;    /* Multilink frame: payload sizes say nothing about MRU */
    uint32_t room;        /* longest SSTP packet that one segment holds, 0 when not known */
    uint32_t fit_checked; /* packets shorter than this need no look; 0 before room was worked out */
};

struct data_facts {
    uint32_t packets[SIDE_COUNT];
    uint64_t bytes[SIDE_COUNT];
    struct mark first[SIDE_COUNT], last[SIDE_COUNT];
};

/* PPP headers of one sender that are shorter than its peer agreed to (RFC 1661 6.5, 6.6). */
struct compression_facts {
    struct mark first;
    uint32_t frames;
    bool protocol, address;
};

/* Microsoft's callback control. */
struct cbcp_facts {
    struct mark request, response; /* first ones */
    struct mark rejected;          /* Protocol-Reject instead of a Response */
    uint32_t unanswered;           /* requests since the last response */
};

struct http_facts {
    struct mark request, response;
    unsigned status;
    bool version_11, chunked, has_length; /* of the response */
    uint64_t length;
    char *host, *server, *correlation_id; /* cleaned; NULL when absent */
    char *request_head, *response_head;   /* as http_head_text() has them */
};

/* What tells the name that the client dialled; the first one that is there. */
enum dialled_by { DIALLED_UNKNOWN, DIALLED_SNI, DIALLED_HOST, DIALLED_ADDRESS };

/* That name, without a port, against the server's certificate. */
struct dialled_facts {
    enum dialled_by by;
    char *name;   /* cleaned */
    bool in_cert; /* the certificate carries it */
};

/* Two frames of which one answers the other. */
struct frame_answer {
    struct mark request, response;
};

/* Bytes that continue a connection of which its client's address or port is another. */
struct rebound {
    struct endpoint client; /* the new one */
    struct mark first, refused;
    double idle_seconds;
};

/* A host that the client asked in vain whether the certificate is revoked. */
struct revocation_facts {
    const char *host; /* the certificate's; NULL: none */
    bool by_name;     /* DNS has no address for it; else nobody answered there */
    bool checked;     /* looked for, when the session ended */
    struct mark mark; /* query or connection request */
};

struct session {
    uint32_t id;
    struct conn *conn;
    enum evidence evidence;
    enum stage stage;   /* of what was last seen */
    enum stage reached; /* furthest */
    struct stage_state stages[STAGE_COUNT];
    struct {
        uint32_t walked, decrypted; /* records up to the frame of this side's first clear bytes */
        struct mark mark;
    } clear_base[SIDE_COUNT];
    struct dialled_facts dialled; /* once the server's certificate is there */
    struct http_facts http;
    struct sstp_facts sstp;
    const struct lengths_facts *lengths; /* of its connection; NULL: not recognised by lengths */
    struct ppp_negotiation lcp[SIDE_COUNT], ipcp[SIDE_COUNT], ipv6cp[SIDE_COUNT],
        ccp[SIDE_COUNT]; /* by who asks */
    struct mark lcp_opened, ncp_opened;
    struct echo lcp_echo[SIDE_COUNT];
    uint32_t echo_reflections[SIDE_COUNT]; /* LCP Echo-Replies with the asker's own magic number */
    struct mark ppp_first[SIDE_COUNT], ppp_last[SIDE_COUNT]; /* any PPP frame */
    struct compression_facts compression[SIDE_COUNT];        /* by sender */
    struct cbcp_facts cbcp;
    struct auth_facts auth;
    struct terminate_facts terminate[SIDE_COUNT];
    /* The first answer to a goodbye of the side that could not be read itself. */
    struct mark unread_goodbye[SIDE_COUNT];
    struct data_facts data;
    struct traffic *traffic;          /* NULL before the first inner packet */
    struct mtu_facts mtu[SIDE_COUNT]; /* by sender */
    const struct dns_lookup *dns; /* that led to the server, or to nothing; NULL when not seen */
    struct rebound rebound;
    struct revocation_facts revocation;
    struct binding_cert cert; /* of this leg's leaf, or the one seen earlier for this server */
    bool has_cert, cert_from_earlier;
    struct binding_check check;                    /* once Call Connected is there */
    uint64_t announced[(FINDING_COUNT + 63) / 64]; /* findings already shown at a frame */
    struct timeline timeline;
    GArray *answers; /* struct frame_answer, completed and not yet taken by the engine */
    bool changed;    /* something happened that rules should look at */
};

struct session *session_new(struct conn *conn, uint32_t id);
void session_free(struct session *session);

/* What side sent, and what TLS says in clear or decrypted. */
const struct tcp_half *session_half(const struct session *session, int side);
const struct tls_facts *session_tls(const struct session *session);

/* Facts, in capture order. None keeps a pointer to its bytes. */
void session_http(struct session *session, enum side side, const struct http_head *head,
                  struct mark mark);
/* One whole SSTP packet of len bytes. */
void session_packet(struct session *session, enum side side, const uint8_t *packet, size_t len,
                    struct mark mark);
/* Bytes where a packet should be. */
void session_junk(struct session *session, enum side side, struct mark mark);
/* An SSTP packet longer than the 12-bit length field allows. */
void session_oversize(struct session *session, enum side side, size_t len, struct mark mark);
/* After conn_segment(): stages below SSTP, and who closed. */
void session_conn_event(struct session *session, unsigned events, struct mark mark);

/* records of side were decrypted in a frame; counted by its connection as well. */
void session_decrypted(struct session *session, enum side side, uint32_t records, struct mark mark);
/* Before rules look: reads the server's certificate, once, and compares the name dialled. */
void session_read_cert(struct session *session);
/* At the end: outcomes of stages that only the end shows. */
void session_settle(struct session *session);

/* A finding says that a stage went wrong, whatever it looked like while it lasted. */
void session_stage_failed(struct session *session, enum stage stage);

/* How it went as a whole: "established", "failed", "ended", "ongoing", "unknown". */
const char *session_outcome(const struct session *session);
/* Call Connected was sent, nobody aborted, and inner data or an NCP came through. */
bool session_is_established(const struct session *session);
/* Facts from record lengths, where there is nothing better; else NULL. */
const struct lengths_facts *session_lengths(const struct session *session);
/* The answer to the request is the one of MS-SSTP 4.1. */
bool session_answer_is_sstp(const struct session *session);
/* No segment at all: a lookup that no connection followed. */
bool session_has_no_connection(const struct session *session);
/* session->dns was found: the stage before TCP. */
void session_dns(struct session *session);
/* Seconds without payload of anybody until end. Bytes that were sent just before it, and that it
 * answers, do not end them. */
double session_idle_before(const struct session *session, struct mark end);
/* The other side's reset at end answers bytes of asker. */
bool session_reset_answers(const struct session *session, enum side asker, struct mark end);
/* First goodbye of TLS, SSTP or PPP by side; unset when it said none. */
struct mark session_goodbye(const struct session *session, enum side side);
/* Records of side since the first clear bytes that could not be decrypted, or whose bytes the
 * capture lacks: above zero, something that side said may be missing. */
uint32_t session_undecrypted(const struct session *session, enum side side);
const char *outcome_name(enum outcome outcome);
const char *auth_method_name(enum auth_method method);
const char *sstp_state_name(enum sstp_state state);
/* Does the method give keys to bind with? */
bool auth_method_has_keys(enum auth_method method);

#endif
