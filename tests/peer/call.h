/* call.h - one SSTP call of a test server: HTTP, control messages, crypto binding
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_CALL_H
#define SSTPDIAG_TESTS_PEER_CALL_H

#include "link.h"
#include "login.h"
#include "codec/ppp.h"
#include "pty.h"
#include "script.h"
#include "codec/sstp.h"

struct call {
    const struct options *options;
    struct link link;
    struct script script; /* PPP of our own, when pppd is NULL */
    struct pty *pppd;
    struct login login; /* HLAK stays zero while the method gives no keys */
    char *user;         /* who answered the Challenge; NULL: nobody yet */
    uint8_t nonce[SSTP_NONCE_LEN];
    bool answered; /* HTTP is over */
    bool accepted; /* Call Connect Ack */
    bool bound;    /* Call Connected */
    bool was_up;   /* the network protocol opened */
    bool disconnected, aborted, over, reset;
    bool echo_open;      /* our Echo Request waits */
    int64_t heard_at;    /* last packet; this and the next: microseconds of a monotonic clock */
    int64_t progress_at; /* last packet while it is not up */
    int64_t close_at;    /* 0: not closing */
};

/* Holds a call on the socket, which it takes over, until it is over. True when the tunnel was up
 * and both sides said goodbye. */
bool call_run(const struct options *options, int fd);

/* --- for what is above SSTP: script.c and pty.c ----------------------------------------------- */

/* A data packet around a PPP frame. */
void call_send_ppp(struct call *call, const uint8_t *frame, size_t len);
/* Does what is to go wrong in this stage. True when the stage is not to go on. */
bool call_fault(struct call *call, enum stage stage);
/* The CHAP value of this packet of the authentication; a Response gives the keys. False when the
 * password that both sides know does not make it. */
bool call_hear_chap(struct call *call, const struct ppp_packet *packet);
/* Ends the call: Call Disconnect. */
void call_disconnect(struct call *call);

#endif
