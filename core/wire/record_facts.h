/* record_facts.h - the TLS records of one direction by their headers: facts for whoever asks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_RECORD_FACTS_H
#define SSTPDIAG_CORE_WIRE_RECORD_FACTS_H

#include "base/event.h"
#include "codec/greeting.h"

/* What a direction of the byte stream carries, found from its first bytes. */
enum stream_kind {
    STREAM_UNKNOWN, /* nothing seen, or too little */
    STREAM_TLS,
    STREAM_SSTP, /* SSTP_DUPLEX_POST in clear, behind a TLS offloader */
    STREAM_OTHER,
    STREAM_LOST /* record boundaries lost: bytes are missing from the capture, so far */
};

enum { APPLICATION_LENGTHS_MAX = 4 };

struct record_facts {
    enum stream_kind kind;
    uint8_t *greeting;    /* STREAM_OTHER: first bytes, NULL for none; */
    uint8_t greeting_len; /* so many, GREETING_MAX at most */
    bool encrypted;       /* Change Cipher Spec seen: handshake records are opaque */
    struct mark sealed;   /* that Change Cipher Spec */
    uint32_t gaps;        /* times that boundaries were lost and found again: records are missing */
    struct mark lost_at, found_at; /* the first time, and the last one, of that */
    uint32_t records;
    uint32_t application_records;                          /* begun */
    uint32_t application_complete;                         /* whole */
    uint16_t application_lengths[APPLICATION_LENGTHS_MAX]; /* of the first ones */
    struct mark last_data; /* last application record that is longer than an alert */
    uint16_t last_data_length;
    uint32_t sealed_handshake, sealed_alerts; /* records behind Change Cipher Spec */
    struct mark sealed_alert;                 /* the first such alert */
    uint16_t last_length;                     /* of the last record that began */
    uint8_t last_type;
    struct mark last_record;
    struct mark first_application; /* first Application Data record */
};

#endif
