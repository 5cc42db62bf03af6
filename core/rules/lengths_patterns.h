/* lengths_patterns.h - what the lengths of records between Call Connect Ack and Call Connected look
 * like. For rules/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_LENGTHS_PATTERNS_H
#define SSTPDIAG_CORE_RULES_LENGTHS_PATTERNS_H

#include "rules/lengths.h"

/* Index of the record of setup[] that may be the client's response to a challenge; -1 where none
 * has its length. */
int lengths_response(const struct lengths_facts *facts);
/* Both sides went on behind the response, as they do with NCPs. */
bool lengths_went_on(const struct lengths_facts *facts, int response);

/* How long the server took to answer the response, if it did before the end. */
struct lengths_wait {
    double seconds;
    bool answered;
};

struct lengths_wait lengths_response_wait(const struct lengths_facts *facts, int response,
                                          const struct lengths_end *end);
/* How long the server had said nothing when the client left, in seconds; 0 where the server ended
 * it, or where records were not kept. */
double lengths_server_silence(const struct lengths_facts *facts, const struct lengths_end *end);

/* A request and its answer, time and again. */
struct lengths_ping_pong {
    unsigned times; /* in a row, at most */
    enum side asker;
    uint16_t answer; /* bytes; with a block cipher the most that it may have */
};

/* Of the side that asked more often. */
struct lengths_ping_pong lengths_ping_pong(const struct lengths_facts *facts);

/* Records of one length at the end of what was said, that nobody answered. */
struct lengths_repeats {
    unsigned times;
    enum side by;
    uint16_t bytes, max; /* equal with an AEAD */
    struct mark first, last;
};

struct lengths_repeats lengths_repeats(const struct lengths_facts *facts,
                                       const struct lengths_end *end);
/* Are the first two packets of side, its request of LCP and an answer to the other one's, so long?
 */
bool lengths_begin_with(const struct lengths_facts *facts, enum side side, uint16_t bytes);

#endif
