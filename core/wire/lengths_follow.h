/* lengths_follow.h - what each record of a session is taken for, by its length. For wire/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_LENGTHS_FOLLOW_H
#define SSTPDIAG_CORE_WIRE_LENGTHS_FOLLOW_H

#include "wire/lengths_facts.h"

/* Bytes of plaintext by which records are told apart, as far as several look for them. */
enum {
    LENGTHS_ALERT_BYTES = 2,
    LENGTHS_ECHO_BYTES = 8,      /* of SSTP */
    LENGTHS_PPP_BYTES_MIN = 10,  /* an LCP packet without options, compressed */
    LENGTHS_DATA_BYTES_MIN = 45, /* an inner TCP acknowledgement, compressed */
};

/* One SSTP packet, or several, behind Call Connect Ack: labels the record and counts it. True when
 * it is news. */
bool lengths_follow(struct lengths_facts *facts, struct lengths_record *record);
/* Counts a packet that a full segment of its sender cannot hold. */
void lengths_follow_size(struct lengths_facts *facts, const struct lengths_record *record);
/* enum lengths_echo_kind of the record; LENGTHS_ECHO_KINDS: it is too long, or too short. */
unsigned lengths_echo_kind(const struct lengths_record *record);

#endif
