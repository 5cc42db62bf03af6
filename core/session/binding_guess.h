/* binding_guess.h - what a Compound MAC that does not verify was made with: the mistakes of
 * programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_BINDING_GUESS_H
#define SSTPDIAG_CORE_SESSION_BINDING_GUESS_H

#include <glib.h>

#include "crypto/binding.h"
#include "session/binding_facts.h"

struct config;
struct session;

enum { GUESS_HLAKS_MAX = 4 };

/* What is known of a session's MAC. */
struct guess_input {
    const struct session *session;
    const struct config *config;
    const GPtrArray *sessions;                 /* struct session: of the capture */
    const uint8_t *hlak;                       /* the right one, of 32 bytes; NULL: not known */
    const uint8_t (*others)[BINDING_HLAK_LEN]; /* of other given passwords */
    size_t num_others;
};

/* Does the session's MAC verify with this HLAK, made and sent as MS-SSTP says? expected: what it
 * would be then. False also when no MAC can be computed, *len is 0 then. */
bool binding_mac_verifies(const struct session *session, const uint8_t *hlak, size_t hlak_len,
                          uint8_t expected[static SSTP_HASH_MAX_LEN], size_t *len);
/* Tries one mistake after the other, then two at a time. False when none fits. */
bool binding_guess(const struct guess_input *input, struct binding_guess *guess);
/* As the end of a sentence: "an all-zero HLAK". Newly allocated. */
char *binding_guess_text(const struct binding_guess *guess);

#endif
