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

/* Of any TLS connection. */
struct lengths {
    struct lengths_start start;
    bool known; /* by its server, says who feeds it: a session with nothing behind the Ack is one */
    bool cipher_asked, finished, weak, acknowledged;
    bool is_split[SIDE_COUNT];
    bool header[SIDE_COUNT];   /* of a packet, whose body comes next */
    uint8_t early[SIDE_COUNT]; /* records passed over */
    uint8_t confirmed[SIDE_COUNT];
    struct mtu_cipher cipher;
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
/* Record boundaries of side were lost, or still are: it may have sent records before mark that are
 * not told. */
void lengths_lost(struct lengths *lengths, enum side side, struct mark mark);
/* Frees contents, not lengths. */
void lengths_clear(struct lengths *lengths);

/* Nothing more is to be learned from its records. */
bool lengths_is_over(const struct lengths *lengths);
/* NULL before the connection was recognised. */
const struct lengths_facts *lengths_facts(const struct lengths *lengths);

#endif
