/* shape.h - what TLS record lengths alone tell: is this connection SSTP, and how far did it come
 *
 * MS-SSTP's control messages have fixed lengths, and a cipher adds a known number of bytes. The
 * sequence HTTP request, answer, Call Connect Request (14 bytes), Call Connect Ack (48), and LCP
 * packets of which one acknowledges another, makes a connection a session; what follows is labelled
 * by length, direction and order. With a block cipher a length is a class of lengths.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SHAPE_H
#define SSTPDIAG_CORE_SHAPE_H

#include <glib.h>

#include "findings.h"
#include "handshake.h"
#include "mtu.h"

enum shape_state {
    SHAPE_REQUEST, /* waits for the HTTP request, */
    SHAPE_ANSWER,  /* for its answer, and behind that for Call Connect Request, */
    SHAPE_ACK,     /* for Call Connect Ack, */
    SHAPE_CONFIRM, /* for more, as what fits so far may be chance */
    SHAPE_MIDDLE,  /* for a rhythm, as the capture began in the middle */
    SHAPE_SSTP,
    SHAPE_REFUSED, /* began like SSTP, and a side did not go on as it should */
    SHAPE_FOREIGN  /* does not fit: no SSTP, or none that can be told */
};

enum shape_label {
    SHAPE_NOTHING, /* no record of the sequence */
    SHAPE_HTTP_REQUEST,
    SHAPE_HTTP_ANSWER,
    SHAPE_CALL_REQUEST,
    SHAPE_CALL_ACK,
    SHAPE_SETUP, /* LCP or authentication; without Call Connected also NCPs and data */
    SHAPE_CALL_CONNECTED,
    SHAPE_NCP,
    SHAPE_LCP_ECHO,
    SHAPE_SSTP_ECHO, /* or Call Disconnect Ack, which is as long */
    SHAPE_DATA
};

enum { SHAPE_SETUP_MAX = 48, SHAPE_TAIL_MAX = 16, SHAPE_STRADDLING_MAX = 8 };

/* One record, or two that carry one SSTP packet. */
struct shape_record {
    struct mark mark;
    uint16_t min, max; /* bytes of plaintext; equal with an AEAD */
    uint16_t length;   /* on the wire, without the record's header */
    uint8_t by;        /* enum side */
    uint8_t label;     /* enum shape_label */
};

/* What a frame's record was taken for. There is one for each frame with data: it is kept small. */
struct shape_note {
    uint32_t frame;
    uint16_t length; /* as of struct shape_record; of the first one */
    uint8_t label;   /* enum shape_label */
    uint8_t records; /* of data, in a row, at most 255; 1 for all else */
};

/* One asker's echoes. */
struct shape_echo {
    uint32_t requests, replies;
    uint32_t open; /* since the last reply */
    struct mark first_open, last_open;
};

enum shape_echo_kind { SHAPE_ECHO_LCP, SHAPE_ECHO_SSTP, SHAPE_ECHO_KINDS };

/* Of a connection that was recognised. */
struct shape_facts {
    bool exact;    /* lengths are exact */
    bool middle;   /* recognised by its echoes: there is no request, answer, setup... */
    bool lost;     /* record boundaries were lost: what came later is not known */
    bool closed;   /* a FIN or RST was seen: who was alive before is known */
    bool may_hide; /* a record of the client may hold Call Connected together with others */
    bool is_split[SIDE_COUNT]; /* sends a packet's header in a record of its own */
    struct shape_record request, answer, call_request, call_ack, call_connected;
    struct shape_record setup[SHAPE_SETUP_MAX]; /* between Call Connect Ack and Call Connected */
    uint32_t num_setup;                         /* all; the first ones stand in setup[] */
    struct shape_record tail[SHAPE_TAIL_MAX];   /* the last records; a ring */
    uint32_t num_tail;                          /* all since Call Connect Ack */
    uint32_t records[SIDE_COUNT];               /* since Call Connect Ack */
    uint32_t after[SIDE_COUNT];                 /* since Call Connected */
    uint32_t data[SIDE_COUNT];                  /* as long as inner IP packets are */
    uint32_t unanswered; /* such ones of the client in a row before Call Connected, at most */
    uint32_t row;
    struct mark unanswered_at, row_at; /* their first */
    struct mark first_data, last_data[SIDE_COUNT], last[SIDE_COUNT];
    struct shape_echo echo[SHAPE_ECHO_KINDS][SIDE_COUNT]; /* by asker */
    struct mark alert[SIDE_COUNT];                        /* first one */
    enum stage stage;                                     /* of the last record */
    size_t room[SIDE_COUNT]; /* payload of a full segment; 0: not known */
    uint32_t straddling[SIDE_COUNT];
    uint32_t straddling_frames[SHAPE_STRADDLING_MAX];
    struct mark straddling_at;
    uint16_t straddling_max;     /* longest plaintext of them */
    GArray *notes;               /* struct shape_note, by frame */
    struct shape_rhythm *rhythm; /* while echoes are waited for */
};

/* Of any TLS connection. */
struct shape {
    uint8_t state; /* enum shape_state */
    bool known; /* by its server, says who feeds it: a session with nothing behind the Ack is one */
    bool cipher_asked, finished, weak, acknowledged;
    bool is_split[SIDE_COUNT];
    bool header[SIDE_COUNT];   /* of a packet, whose body comes next */
    uint8_t early[SIDE_COUNT]; /* records passed over */
    uint8_t confirmed[SIDE_COUNT];
    struct mtu_cipher cipher;
    struct shape_record request, answer, call;
    struct shape_record refusal; /* that came instead of the next one of the sequence */
    uint16_t ticket; /* bytes of the server's record before the answer: one may be, in TLS 1.3 */
    struct shape_facts *facts; /* NULL before Call Connect Ack */
};

/* One encrypted record of side, by its header. type: enum tls_content_type. True when there is news
 * of a recognised connection. */
bool shape_record(struct shape *shape, const struct tls_facts *tls, enum side side, uint8_t type,
                  uint16_t length, struct mark mark);
/* The same of a connection whose beginning the capture lacks. It is recognised by echoes that are
 * answered at even intervals, which other protocols send, too: only for servers that are known. */
bool shape_middle_record(struct shape *shape, enum side side, uint8_t type, uint16_t length,
                         struct mark mark);
/* Record boundaries are lost. */
void shape_lost(struct shape *shape);
/* Frees contents, not shape. */
void shape_clear(struct shape *shape);

/* Nothing more is to be learned from its records. */
bool shape_is_over(const struct shape *shape);
/* NULL before the connection was recognised. */
const struct shape_facts *shape_facts(const struct shape *shape);
/* Could the record have held n bytes? */
bool shape_is(const struct shape_record *record, unsigned n);
/* i-th of the records at the end, 0 the last one; NULL beyond them. */
const struct shape_record *shape_tail(const struct shape_facts *facts, uint32_t i);
/* What the records that begin in a frame were taken for, *num of them; NULL when there are none. */
const struct shape_note *shape_notes(const struct shape_facts *facts, uint32_t frame,
                                     uint32_t *num);
/* "Call Connected", in static memory; NULL for SHAPE_NOTHING. */
const char *shape_label_name(enum shape_label label);
/* Which server answers a request with as many bytes, in static memory: a guess. NULL: none that is
 * known, or the length is not exact. */
const char *shape_server_guess(const struct shape_facts *facts);
/* Call Connected was sent, and both sides went on after it. */
bool shape_is_established(const struct shape_facts *facts);

#endif
