/* record_lengths.h - what TLS record lengths alone tell: is this connection SSTP, and how far did
 * it come
 *
 * MS-SSTP's control messages have fixed lengths, and a cipher adds a known number of bytes. The
 * sequence HTTP request, answer, Call Connect Request (14 bytes), Call Connect Ack (48), and LCP
 * packets of which one acknowledges another, makes a connection a session; what follows is labelled
 * by length, direction and order. With a block cipher a length is a class of lengths.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_RECORD_LENGTHS_H
#define SSTPDIAG_CORE_WIRE_RECORD_LENGTHS_H

#include "wire/handshake.h"
#include "wire/lengths_facts.h"
#include "wire/mtu.h"

enum lengths_state {
    LENGTHS_REQUEST, /* waits for the HTTP request, */
    LENGTHS_ANSWER,  /* for its answer, and behind that for Call Connect Request, */
    LENGTHS_ACK,     /* for Call Connect Ack, */
    LENGTHS_CONFIRM, /* for more, as what fits so far may be chance */
    LENGTHS_MIDDLE,  /* for a rhythm, as the capture began in the middle */
    LENGTHS_SSTP,
    LENGTHS_REFUSED, /* began like SSTP, and a side did not go on as it should */
    LENGTHS_FOREIGN  /* does not fit: no SSTP, or none that can be told */
};

/* Of any TLS connection. */
struct lengths {
    uint8_t state; /* enum lengths_state */
    bool known; /* by its server, says who feeds it: a session with nothing behind the Ack is one */
    bool cipher_asked, finished, weak, acknowledged;
    bool is_split[SIDE_COUNT];
    bool header[SIDE_COUNT];   /* of a packet, whose body comes next */
    uint8_t early[SIDE_COUNT]; /* records passed over */
    uint8_t confirmed[SIDE_COUNT];
    struct mtu_cipher cipher;
    struct lengths_record request, answer, call;
    struct lengths_record refusal; /* that came instead of the next one of the sequence */
    uint16_t ticket; /* bytes of the server's record before the answer: one may be, in TLS 1.3 */
    struct lengths_facts *facts; /* NULL before Call Connect Ack */
};

/* One encrypted record of side, by its header. type: enum tls_content_type. True when there is news
 * of a recognised connection. */
bool lengths_record(struct lengths *lengths, const struct tls_facts *tls, enum side side,
                    uint8_t type, uint16_t length, struct mark mark);
/* The same of a connection whose beginning the capture lacks. It is recognised by echoes that are
 * answered at even intervals, which other protocols send, too: only for servers that are known. */
bool lengths_middle_record(struct lengths *lengths, enum side side, uint8_t type, uint16_t length,
                           struct mark mark);
/* Record boundaries are lost. */
void lengths_lost(struct lengths *lengths);
/* Frees contents, not lengths. */
void lengths_clear(struct lengths *lengths);

/* Nothing more is to be learned from its records. */
bool lengths_is_over(const struct lengths *lengths);
/* NULL before the connection was recognised. */
const struct lengths_facts *lengths_facts(const struct lengths *lengths);

#endif
