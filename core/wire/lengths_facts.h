/* lengths_facts.h - what record lengths told of a connection: of its first records, and of all when
 * it was recognised by them; facts for whoever asks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_LENGTHS_FACTS_H
#define SSTPDIAG_CORE_WIRE_LENGTHS_FACTS_H

#include <glib.h>

#include "base/event.h"
#include "base/findings.h"

enum lengths_label {
    LENGTHS_NOTHING, /* no record of the sequence */
    LENGTHS_HTTP_REQUEST,
    LENGTHS_HTTP_ANSWER,
    LENGTHS_CALL_REQUEST,
    LENGTHS_CALL_ACK,
    LENGTHS_SETUP, /* LCP or authentication; without Call Connected also NCPs and data */
    LENGTHS_CALL_CONNECTED,
    LENGTHS_NCP,
    LENGTHS_LCP_ECHO,
    LENGTHS_SSTP_ECHO, /* or Call Disconnect Ack, which is as long */
    LENGTHS_DATA
};

enum { LENGTHS_SETUP_MAX = 48, LENGTHS_TAIL_MAX = 16, LENGTHS_STRADDLING_MAX = 8 };

/* One record, or two that carry one SSTP packet. */
struct lengths_record {
    struct mark mark;
    uint16_t min, max; /* bytes of plaintext; equal with an AEAD */
    uint16_t length;   /* on the wire, without the record's header */
    uint8_t by;        /* enum side */
    uint8_t label;     /* enum lengths_label */
};

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

/* How far the first records of a connection went like those of SSTP. Records that did not come are
 * all zero. */
struct lengths_start {
    struct lengths_record request, answer, call;
    /* That came instead of the next one of the sequence; in LENGTHS_CONFIRM, Call Connect Ack. */
    struct lengths_record refusal;
    uint16_t ticket; /* bytes of the server's record before the answer: one may be, in TLS 1.3 */
    uint8_t state;   /* enum lengths_state */
    bool no_certificate; /* TLS 1.3: an empty Certificate is the client's first record */
};

/* What a frame's record was taken for. There is one for each frame with data: it is kept small. */
struct lengths_note {
    uint32_t frame;
    uint16_t length; /* as of struct lengths_record; of the first one */
    uint8_t label;   /* enum lengths_label */
    uint8_t records; /* of data, in a row, at most 255; 1 for all else */
};

/* One asker's echoes. */
struct lengths_echo {
    uint32_t requests, replies;
    uint32_t open; /* since the last reply */
    struct mark first_open, last_open;
};

enum lengths_echo_kind { LENGTHS_ECHO_LCP, LENGTHS_ECHO_SSTP, LENGTHS_ECHO_KINDS };

/* Of a connection that was recognised. */
struct lengths_facts {
    bool exact;  /* lengths are exact */
    bool middle; /* recognised by its echoes: there is no request, answer, setup... */
    bool lost;   /* record boundaries were lost before the close: some records are not known */
    /* Those of the side, or who answered whom, as records were told late: the last time. */
    struct mark lost_last[SIDE_COUNT];
    bool closed;    /* a FIN or RST was seen: who was alive before is known */
    bool told_late; /* the record at hand came earlier, and waited for bytes before it */
    bool may_hide;  /* a record of the client may hold Call Connected together with others */
    bool is_split[SIDE_COUNT]; /* sends a packet's header in a record of its own */
    struct lengths_record request, answer, call_request, call_ack, call_connected;
    struct lengths_record
        setup[LENGTHS_SETUP_MAX];                 /* between Call Connect Ack and Call Connected */
    uint32_t num_setup;                           /* all; the first ones stand in setup[] */
    struct lengths_record tail[LENGTHS_TAIL_MAX]; /* the last records; a ring */
    uint32_t num_tail;                            /* all since Call Connect Ack */
    struct mark tail_from[SIDE_COUNT]; /* before it, records of the side may be missing */
    uint32_t records[SIDE_COUNT];      /* since Call Connect Ack */
    uint32_t after[SIDE_COUNT];        /* since Call Connected */
    uint32_t data[SIDE_COUNT];         /* as long as inner IP packets are */
    bool
        agreed[SIDE_COUNT]; /* behind Call Connected the other side sent back as much as it asked */
    bool wanted[SIDE_COUNT]; /* it asked for something */
    struct mark network_up;  /* both did so: a network protocol may be up */
    uint32_t closing;        /* num_tail when one said Terminate and the other its Ack; 0: never */
    uint32_t closing_data[SIDE_COUNT]; /* data[] then */
    bool has_worked;                   /* before that */
    uint32_t unanswered; /* such ones of the client in a row before Call Connected, at most */
    uint32_t row;
    struct mark unanswered_at, row_at; /* their first */
    struct mark first_data, last_data[SIDE_COUNT], last[SIDE_COUNT];
    struct lengths_echo echo[LENGTHS_ECHO_KINDS][SIDE_COUNT]; /* by asker */
    struct mark alert[SIDE_COUNT];                            /* first one */
    enum stage stage;                                         /* of the last record */
    size_t room[SIDE_COUNT]; /* payload of a full segment; 0: not known */
    uint32_t straddling[SIDE_COUNT];
    uint32_t straddling_frames[LENGTHS_STRADDLING_MAX];
    struct mark straddling_at;
    uint16_t straddling_max;       /* longest plaintext of them */
    GArray *notes;                 /* struct lengths_note, by frame */
    struct lengths_rhythm *rhythm; /* while echoes are waited for */
};

/* Could the record have held n bytes, or min to max of them? */
bool lengths_is(const struct lengths_record *record, unsigned n);
bool lengths_is_between(const struct lengths_record *record, unsigned min, unsigned max);
/* i-th of the records at the end, 0 the last one; NULL beyond them, and where some are missing, or
 * the same whatever is missing. */
const struct lengths_record *lengths_tail(const struct lengths_facts *facts, uint32_t i);
const struct lengths_record *lengths_tail_kept(const struct lengths_facts *facts, uint32_t i);
/* What the records that begin in a frame were taken for, *num of them; NULL when there are none. */
const struct lengths_note *lengths_notes(const struct lengths_facts *facts, uint32_t frame,
                                         uint32_t *num);
/* Adds what a record was taken for. Records that waited for an earlier one come with the marks of
 * their own frames. */
void lengths_note(struct lengths_facts *facts, const struct lengths_record *record);
/* "Call Connected", in static memory; NULL for LENGTHS_NOTHING. */
const char *lengths_label_name(enum lengths_label label);
/* What was taken for last in frame or before it; LENGTHS_NOTHING: nothing yet. */
enum lengths_label lengths_label_at(const struct lengths_facts *facts, uint32_t frame);
/* Which server answers a request with as many bytes, in static memory: a guess. NULL: none that is
 * known, or the length is not exact. */
const char *lengths_server_guess(const struct lengths_facts *facts);
/* Was the tunnel seen up? */
enum lengths_tunnel {
    LENGTHS_TUNNEL_NOT_UP,  /* the set-up was seen, as far as it came, and is not complete */
    LENGTHS_TUNNEL_UNKNOWN, /* it may be up, and nothing proves it; or records are not known.
                               Echoes are answered before the tunnel is up, too. */
    LENGTHS_TUNNEL_UP       /* Call Connected, where the beginning was seen, then data of both
                               sides, or network protocols that agreed and a session that went on */
};

/* What has come so far shows that the tunnel carries data, or is kept up without any. */
bool lengths_works(const struct lengths_facts *facts);
enum lengths_tunnel lengths_tunnel(const struct lengths_facts *facts);
bool lengths_is_established(const struct lengths_facts *facts); /* it is up */

#endif
