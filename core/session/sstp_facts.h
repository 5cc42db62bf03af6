/* sstp_facts.h - what was said in SSTP messages, and the states of both peers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_SSTP_FACTS_H
#define SSTPDIAG_CORE_SESSION_SSTP_FACTS_H

#include "base/findings.h"
#include "codec/sstp.h"
#include "crypto/binding.h"
#include "session/echo_facts.h"

enum { UNEXPECTED_MAX = 8, MALFORMED_MAX = 4 };

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

/* What both sides said. Arrays are by sender. */
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

const char *sstp_state_name(enum sstp_state state);

#endif
