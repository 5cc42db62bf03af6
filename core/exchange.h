/* exchange.h - what MS-CHAPv2 says, alone or inside EAP (RFC 2759,
 * draft-kamath-pppext-eap-mschapv2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_EXCHANGE_H
#define SSTPDIAG_CORE_EXCHANGE_H

#include "event.h"
#include "mschapv2.h"
#include "ppp.h"

enum { EXCHANGE_USER_MAX_LEN = 256 }; /* RFC 2759 section 8.1 */

/* The exchange that led to the first Success, or the last one before it. */
struct exchange {
    bool has_challenge, has_response;
    bool has_proof; /* the Success has "S=" and what belongs behind it */
    uint8_t challenge[MSCHAPV2_CHALLENGE_LEN];
    uint8_t peer_challenge[MSCHAPV2_CHALLENGE_LEN];
    uint8_t nt_response[MSCHAPV2_NT_RESPONSE_LEN];
    uint8_t proof[MSCHAPV2_PROOF_LEN];
    uint8_t user[EXCHANGE_USER_MAX_LEN]; /* as sent, with a domain where there is one */
    size_t user_len;
    struct mark success;
};

/* What cannot be of MS-CHAPv2 is passed over, and all that comes behind the first Success. */
void exchange_challenge(struct exchange *exchange, const struct ppp_chap_value *value);
void exchange_response(struct exchange *exchange, const struct ppp_chap_value *value);
void exchange_success(struct exchange *exchange, struct buf message, struct mark mark);
/* A Failure may hold the challenge of the next try. */
void exchange_failure(struct exchange *exchange, const struct ppp_mschap_failure *failure);

/* All is there that a password can be compared with. */
bool exchange_is_whole(const struct exchange *exchange);
/* The user's name as sent. */
struct buf exchange_user(const struct exchange *exchange);

#endif
