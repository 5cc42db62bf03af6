/* peer/parts.h - what the files of a made-up connection have of each other
 *
 * A file holds the words of one layer, in a table at its end, and calls the files of the layers
 * below: inner, auth, ncp - ppp - sstp, http - tls - send - segment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_PARTS_H
#define SSTPDIAG_TESTS_PEER_PARTS_H

#include "peer.h"

/* Words that last are found under "+" and "-" and among the settings, others without; a name may be
 * both. What stays is not ended by "-". */
enum word_life { WORD_NOW, WORD_LASTS, WORD_STAYS };
enum word_of { WORD_OF_SIDE, WORD_OF_NOBODY };

/* A word of scripts. */
struct peer_word {
    const char *name; /* NULL behind the last one of a table */
    enum word_life life;
    enum word_of of; /* WORD_OF_NOBODY is run with SIDE_CLIENT */
    /* value: what stands behind "=", "" for nothing; NULL where a word lasts no longer. */
    void (*run)(struct peer *peer, enum side side, const char *value);
};

enum { PEER_WINDOW = 8192 /* where nobody says another one */ };

extern const struct peer_word peer_life_words[], peer_send_words[], peer_resend_words[],
    peer_tcp_words[], peer_path_words[], peer_around_words[], peer_tls_words[], peer_http_words[],
    peer_sstp_words[], peer_ppp_words[], peer_ncp_words[], peer_auth_words[], peer_inner_words[];

/* --- values of words ------------------------------------------------------------------------- */

/* Of a word that lasts and has no value: does it? As "deaf=0" it does not, either. */
bool word_on(const char *value);
/* 0 when there is none. */
unsigned word_number(const char *value);
/* "_" stands for a blank. Newly allocated. */
GByteArray *word_text(const char *value);

/* --- segments -------------------------------------------------------------------------------- */

/* Time goes on, and what happens by itself meanwhile does. */
void peer_pass(struct peer *peer, int64_t ns);

/* Sends a segment at seq, and leaves its frame open for facts. False when the capture lacks it. */
bool peer_segment(struct peer *peer, enum side side, uint32_t seq, uint16_t flags,
                  const uint8_t *data, size_t len);
/* All of the last frame was told; does nothing when it was before. */
void peer_frame_done(struct peer *peer);
/* Tells of a segment that leaves now and that is captured. taken: it does not come. */
void peer_segment_tell(struct peer *peer, enum side side, uint32_t seq, uint16_t flags,
                       const uint8_t *data, size_t len, bool taken);
/* Of the side's next segment: is it in the capture, and with so much payload, does the way take it?
 * Each asked once a segment. */
bool peer_is_captured(struct peer *peer, enum side side);
bool peer_way_takes(struct peer *peer, enum side side, size_t len);
/* Milliseconds of the sender's clock. */
uint32_t peer_stamp_now(const struct peer *peer);

/* Sends bytes as they are on the wire. Leaves the last frame open for its facts; false when the
 * capture lacks it. */
bool peer_send_wire(struct peer *peer, enum side side, const uint8_t *data, size_t len);
/* The same of bytes without facts, which it frees. */
void peer_send_wire_and_free(struct peer *peer, enum side side, GByteArray *wire);
/* peer_send() of text. */
void peer_send_text(struct peer *peer, enum side side, const char *text);

/* What the bytes say that waited for a segment, in the frame that is open. */
void peer_tell_owed(struct peer *peer, enum side side);

/* --- acknowledging and sending again --------------------------------------------------------- */

/* peer_segment() of a peer that "resends". */
bool resend_segment(struct peer *peer, enum side side, uint32_t seq, uint16_t flags,
                    const uint8_t *data, size_t len);
/* Runs what is due until then; nothing without "resends". */
void resend_until(struct peer *peer, int64_t until);
/* The capture lacks a segment of side that comes again. */
bool resend_has_gap(const struct peer *peer, enum side side);
/* Another connection is to be used. */
void resend_forget(struct peer *peer);
void resend_free(struct peer *peer);

/* --- TLS ------------------------------------------------------------------------------------- */

/* A TLS record in clear. */
void peer_append_record(GByteArray *wire, uint8_t type, const uint8_t *data, size_t len);
/* A protected TLS record of this content type. */
void peer_append_sealed(struct peer *peer, enum side side, GByteArray *wire, uint8_t type,
                        const uint8_t *data, size_t len);

/* --- PPP ------------------------------------------------------------------------------------- */

void peer_send_ppp(struct peer *peer, enum side side, uint16_t protocol, const uint8_t *data,
                   size_t len);
/* A packet of code, identifier, length and data, which may be NULL. */
void peer_send_code(struct peer *peer, enum side side, uint16_t protocol, uint8_t code,
                    const GByteArray *data);
/* The same; frees the data. */
void peer_send_code_and_free(struct peer *peer, enum side side, uint16_t protocol, uint8_t code,
                             GByteArray *data);

#endif
