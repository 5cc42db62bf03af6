/* lengths.h - sessions without keys: what the lengths of TLS records tell of their failure. For
 * rules/ alone.
 *
 * Lengths show how far a session came and who ended it, seldom why. Where they leave several causes
 * the finding is no more than possible, and says how to see more. The rules stand in a file for
 * each part of a session: lengths_call, lengths_setup, lengths_connected, lengths_tunnel.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_LENGTHS_H
#define SSTPDIAG_CORE_RULES_LENGTHS_H

#include "rules/rules.h"

/* Bytes of plaintext. */
enum {
    LEN_DISCONNECT_ACK = 8,
    LEN_ABORT_BARE = 8,   /* without Status Info */
    LEN_TERMINATE = 12,   /* LCP Terminate-Request or -Ack without text */
    LEN_ABORT = 20,       /* or Call Disconnect */
    LEN_ABORT_SHORT = 16, /* the same, of a server whose Status Info lacks its reserved bytes */
    LEN_SMALL_MAX = 44,
    LEN_SMALL_CLASS_MAX = 31, /* of a block cipher: of goodbyes and echoes */
    LEN_CALL_ACK = 48,
    LEN_CHALLENGE_MIN = 27,  /* MS-CHAPv2's, or MD5's, of a server without a name */
    LEN_AUTH_OPTION_MIN = 4, /* LCP option: PAP, or EAP */
    LEN_RESPONSE_MIN = 60,   /* MS-CHAPv2, by its name's length */
    LEN_RESPONSE_MAX = 111,
    LEN_GOOD_ANSWER_MIN = 54,
    LEN_GOOD_ANSWER_MAX = 200,
};

/* At the end of a summary. */
#define INFERRED "; inferred from record lengths"

/* "20 bytes"; "12 to 27 bytes" where a block cipher leaves it open. */
struct lengths_text {
    char text[32];
};

struct lengths_text lengths_text(unsigned min, unsigned max);
/* The detail, where the length is exact. */
void finding_length(struct finding *finding, const char *key, unsigned min, unsigned max);

/* How the connection came to its end. */
struct lengths_end {
    bool closed;
    enum side by;
    bool reset, alert;                    /* alert: one of TLS, whose sender it was that closed */
    struct mark mark;                     /* of the close, else the last frame read */
    const struct lengths_record *goodbye; /* first message of one; NULL: none can be told */
};

/* NULL unless this session can be judged by lengths alone, and all of it was read. */
const struct lengths_facts *lengths_of(const struct session *session, const struct view *view);
/* Every record was captured; and came through. */
/* All records behind that mark are known by their lengths, and came in order. */
bool lengths_are_known(const struct session *session, const struct lengths_facts *facts,
                       struct mark since);
bool lengths_are_captured(const struct session *session, const struct lengths_facts *facts);
bool lengths_are_whole(const struct session *session, const struct lengths_facts *facts);

struct lengths_end lengths_end_of(const struct session *session, const struct view *view,
                                  const struct lengths_facts *facts);
/* Record lengths show a goodbye before the close. */
bool lengths_said_goodbye(const struct session *session);
/* The last record before the close; NULL: there is none, or too much came behind it. */
const struct lengths_record *lengths_last(const struct lengths_facts *facts,
                                          const struct lengths_end *end);
/* By the goodbye, where there is one, else by the close. */
enum side lengths_ended_by(const struct lengths_end *end);
struct mark lengths_ended_at(const struct lengths_end *end);

/* Gives the finding the catalogue's advice, and how to see what lengths cannot tell. */
void finding_wants_keys(struct finding *finding);
/* A finding from lengths that wants keys to be sure. */
struct finding *finding_inferred(const struct view *view, enum finding_id id,
                                 enum confidence confidence, struct mark cause);
/* The finding that a running session was closed without a goodbye. */
void lengths_ended_abruptly(const struct session *session, const struct view *view,
                            const struct lengths_end *end, enum confidence confidence);

#endif
