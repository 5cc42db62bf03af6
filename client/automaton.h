/* automaton.h - the option negotiation automaton of RFC 1661 section 4: one for LCP and each NCP
 *
 * Knows neither options nor links: the protocol that uses it says what is asked for and what is
 * accepted, and takes the packets to send.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_AUTOMATON_H
#define SSTPDIAG_CLIENT_AUTOMATON_H

#include <glib.h>

#include "base/event.h"
#include "codec/ppp.h"

/* In the order of RFC 1661 4.1, which numbers them. */
enum automaton_state {
    STATE_INITIAL,
    STATE_STARTING,
    STATE_CLOSED,
    STATE_STOPPED,
    STATE_CLOSING,
    STATE_STOPPING,
    STATE_REQ_SENT,
    STATE_ACK_RCVD,
    STATE_ACK_SENT,
    STATE_OPENED,
    STATE_COUNT
};

/* What is said to an option of the peer's request; the worst of all makes the answer. */
enum reply { REPLY_ACK, REPLY_NAK, REPLY_REJECT, REPLY_COUNT };

/* What a protocol does for its automaton. data is what automaton_init() was given. */
struct automaton_protocol {
    uint16_t protocol; /* enum ppp_protocol */
    /* Appends the options that are asked for. */
    void (*request)(void *data, GByteArray *options);
    /* Says what the peer's option gets. Of a Nak, appends the option that would do to better. */
    enum reply (*judge)(void *data, const struct ppp_option *option, GByteArray *better);
    /* The peer answered the last request by Ack, Nak or Reject with these options. */
    void (*answered)(void *data, uint8_t code, const struct ppp_options *options);
    /* This-Layer-Up, -Down, -Finished. */
    void (*up)(void *data, int64_t now);
    void (*down)(void *data, int64_t now);
    void (*finished)(void *data, int64_t now);
    /* A packet whose code RFC 1661 section 4 knows nothing of. False: nor does the protocol. */
    bool (*other)(void *data, const struct ppp_packet *packet, int64_t now);
    void (*send)(void *data, uint8_t code, uint8_t id, const void *bytes, size_t len);
};

struct automaton {
    const struct automaton_protocol *protocol;
    void *data;
    enum automaton_state state;
    uint8_t id;         /* of the last packet that began an exchange */
    uint8_t request_id; /* of the last Configure-Request */
    bool was_answered;  /* that request was: a second answer is no news */
    unsigned restarts;  /* left, of Max-Configure or Max-Terminate */
    unsigned naks;      /* since the last Ack, towards Max-Failure */
    unsigned refusals;  /* Naks and Rejects of the peer since its last Ack */
    int64_t sent_at;    /* the last Configure-Request; all times in nanoseconds */
    int64_t timer;      /* INT64_MAX: none runs */
};

void automaton_init(struct automaton *automaton, const struct automaton_protocol *protocol,
                    void *data);

/* The lower layer is there, or gone; the administrator wants the link, or no longer. */
void automaton_up(struct automaton *automaton, int64_t now);
void automaton_down(struct automaton *automaton, int64_t now);
void automaton_open(struct automaton *automaton, int64_t now);
void automaton_close(struct automaton *automaton, int64_t now);
/* A packet of the protocol. Whatever is in it: what cannot be right is discarded without a word. */
void automaton_receive(struct automaton *automaton, const struct ppp_packet *packet, int64_t now);
/* The peer does not speak the protocol at all (LCP Protocol-Reject). */
void automaton_rejected(struct automaton *automaton, int64_t now);
void automaton_tick(struct automaton *automaton, int64_t now);
/* For packets that begin an exchange of their own. */
uint8_t automaton_next_id(struct automaton *automaton);

#endif
