/* call.h - an SSTP call of a client (MS-SSTP 3.2): bytes and time in, bytes and a deadline out
 *
 * No sockets, no TLS, no clock, no entropy: whoever calls has them. Clear bytes of the server go to
 * call_receive(), what call_output() gives goes to the server, each in a TLS record of its own, and
 * call_tick() is called at call_deadline(). Whatever the server says, a call ends by its deadline,
 * in bounded memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_CALL_H
#define SSTPDIAG_CLIENT_CALL_H

#include "phases.h"

/* How far the call is. */
enum call_step {
    CALL_HTTP,    /* the request was sent */
    CALL_SSTP,    /* Call Connect Request was sent */
    CALL_LCP,     /* Call Connect Ack came */
    CALL_AUTH,    /* LCP is open */
    CALL_NCP,     /* Call Connected was sent */
    CALL_UP,      /* IPCP is open */
    CALL_LEAVING, /* goodbyes are waited for */
    CALL_OVER
};

/* Why it does not go on; the first reason counts. */
enum call_end {
    CALL_END_NONE,
    CALL_END_HUNG_UP,      /* call_hang_up(), or no account: LCP was all */
    CALL_END_HTTP,         /* an answer other than 200 */
    CALL_END_NO_SSTP,      /* bytes that cannot be SSTP */
    CALL_END_NAK,          /* Call Connect Nak */
    CALL_END_ABORTED,      /* the server sent Call Abort */
    CALL_END_DISCONNECTED, /* the server sent Call Disconnect */
    CALL_END_TERMINATED,   /* the server ended PPP, or speaks no IPCP */
    CALL_END_REFUSED,      /* the login */
    CALL_END_NOT_PROVEN,   /* the server does not know the password */
    CALL_END_NO_SECRET,    /* there is no password, or not for this method */
    CALL_END_NO_BINDING,   /* no hash in common, or none can be made */
    CALL_END_TIMEOUT,      /* the server said nothing that goes on */
    CALL_END_UNANSWERED,   /* two SSTP echoes */
};

struct call_options {
    const char *host;           /* of the HTTP request */
    const char *correlation_id; /* "{GUID}" */
    struct binding_cert cert;   /* the server's leaf */
    const char *user;           /* NULL: no account, the call ends in order once LCP is open */
    bool stays;                 /* ... or at call_hang_up(), with user NULL */
    login_secret_fn secret;     /* asked at most once; NULL: there is no password */
    void *secret_data;
    gnutls_certificate_credentials_t identity; /* for EAP-TLS; NULL: there is none */
    random_fn random;
    void *random_data;
    unsigned methods; /* set of enum method that may be used */
    uint16_t mru;
    unsigned patience; /* seconds that a step may take; 0: CALL_PATIENCE_SECONDS */
    unsigned hello;    /* seconds without a packet until an SSTP echo asks; 0: never */
};

/* Waits that let the engine say what is missing: its rules want up to ten seconds of silence. */
enum { CALL_PATIENCE_SECONDS = 15, CALL_HELLO_SECONDS = 60 };

/* What has been learned. Valid until the call is fed again. */
struct call_facts {
    unsigned http_status;                     /* 0: no answer yet */
    const char *http_server;                  /* NULL: not named */
    uint8_t hashes;                           /* SSTP_HASH_... that the server offers */
    bool sha256;                              /* the binding that was sent */
    bool accepted, bound, lcp_opened, was_up; /* Call Connect Ack, Call Connected, LCP, IPCP */
    enum call_step waited_in; /* CALL_END_TIMEOUT by patience: the step; CALL_OVER: it was not */
    bool waited_in_silence;   /* nothing came meanwhile, but for a packet at its very beginning */
    unsigned heard_in_step;   /* such packets */
    const struct lcp *lcp;
    const struct ipcp *ipcp;
    const struct ipv6cp *ipv6cp;
    unsigned callbacks; /* that were asked for, and declined (CBCP) */
    const struct login *login;
};

struct call;

/* options is copied, what it points to stays the caller's and must outlive the call. Times are in
 * nanoseconds of any clock. */
struct call *call_new(const struct call_options *options, int64_t now);
/* Wipes what is secret. */
void call_free(struct call *call);

/* Clear bytes, in any pieces. */
void call_receive(struct call *call, const uint8_t *clear, size_t len, int64_t now);
/* The connection is closed: nothing will come or go any more. */
void call_closed(struct call *call);
/* The next packet to send, valid until the next call of this function. False: none. */
bool call_output(struct call *call, struct buf *packet);
/* INT64_MAX: none. */
int64_t call_deadline(const struct call *call);
void call_tick(struct call *call, int64_t now);

enum call_step call_step(const struct call *call);
enum call_end call_end(const struct call *call);
struct call_facts call_facts(const struct call *call);

/* An IPv4 packet in the tunnel, or one of IPv6 where that is open, while it is up. */
bool call_send_ip(struct call *call, struct buf packet);
/* The next one that came, valid until the next call of this function. */
bool call_received_ip(struct call *call, struct buf *packet);
/* An LCP Echo-Request, or a Discard-Request, which nothing answers, of len bytes, while LCP is
 * open; call_facts().lcp->echo_replies counts the answers. False: the peer takes none of that
 * length. */
bool call_fill(struct call *call, bool echo, size_t len);
/* Ends it in order: PPP, then SSTP, each with a wait for the answer. */
void call_hang_up(struct call *call, int64_t now);

#endif
