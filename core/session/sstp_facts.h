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

/* MS-SSTP 3.2.1, 3.3.1: the states of client and server, and those they share. */
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
    uint16_t type; /* enum sstp_message_type */
    enum side by;
    enum sstp_state state; /* of the sender, before it */
};

/* A control message that breaks MS-SSTP 2.2; equal ones are kept once. */
struct malformed {
    struct mark mark;
    enum side by;
    uint16_t type;           /* enum sstp_message_type, or none of them */
    uint32_t flaws;          /* enum sstp_flaw */
    enum sstp_result result; /* SSTP_OK when it could be read */
};

/* Data packets of a side whose payload is a frame of RFC 1662, with flags and escapes, where SSTP
 * has the PPP frame alone. */
struct hdlc_facts {
    struct mark first;
    uint32_t frames;
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

/* Arrays of both sides are by sender. */
struct sstp_facts {
    enum sstp_state state[SIDE_COUNT];

    /* The call: first ones, but for call_ack, the last one that Call Connected may answer. */
    struct mark call_request, call_ack, call_nak, call_connected;
    struct mark after_connected; /* server's first packet after Call Connected */
    uint32_t call_requests;
    uint64_t call_request_end; /* offset behind the last one in the client's byte stream */
    struct nak_facts nak;

    /* The crypto binding: of call_ack and of call_connected. */
    struct sstp_binding binding_request, binding;
    bool has_binding;                     /* in call_connected */
    bool has_message;                     /* call_connected is as long as it must be */
    uint8_t message[BINDING_MESSAGE_LEN]; /* as received */
    bool has_earlier_nonce;               /* of an Ack before call_ack */
    uint8_t earlier_nonce[SSTP_NONCE_LEN];

    /* The end: first ones. */
    struct mark abort[SIDE_COUNT], disconnect[SIDE_COUNT], disconnect_ack[SIDE_COUNT];
    bool has_status[SIDE_COUNT]; /* of the abort */
    uint32_t status[SIDE_COUNT]; /* enum sstp_status */

    /* All packets. */
    uint32_t packets[SIDE_COUNT], data[SIDE_COUNT]; /* data: of them, with PPP frames */
    struct mark last[SIDE_COUNT];                   /* that the other side still heard */

    /* What should not be. */
    struct malformed *malformed;   /* room of MALFORMED_MAX; NULL: there is none */
    uint32_t num_malformed;        /* kept ones */
    struct unexpected *unexpected; /* room of UNEXPECTED_MAX; NULL: there is none */
    uint32_t num_unexpected;       /* all; the first ones are kept */
    uint32_t junk;                 /* pieces that are no SSTP packet */
    struct mark junk_at;           /* first one where the same sender owed a packet */
    enum side junk_by;
    struct hdlc_facts hdlc[SIDE_COUNT];
};

/* As MS-SSTP has it. */
const char *sstp_state_name(enum sstp_state state);

#endif
