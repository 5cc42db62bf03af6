/* chap_exchange.h - what MS-CHAPv2 says, alone or inside EAP (RFC 2759,
 * draft-kamath-pppext-eap-mschapv2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_CHAP_EXCHANGE_H
#define SSTPDIAG_CORE_CODEC_CHAP_EXCHANGE_H

#include "base/event.h"
#include "codec/mschapv2.h"
#include "codec/ppp.h"

enum { CHAP_EXCHANGE_USER_MAX_LEN = 256 }; /* RFC 2759 section 8.1 */

/* The exchange that led to the first Success, or the last one before it. */
struct chap_exchange {
    bool has_challenge, has_response;
    bool has_proof; /* the Success has "S=" and what belongs behind it */
    uint8_t challenge[MSCHAPV2_CHALLENGE_LEN];
    uint8_t peer_challenge[MSCHAPV2_CHALLENGE_LEN];
    uint8_t nt_response[MSCHAPV2_NT_RESPONSE_LEN];
    uint8_t proof[MSCHAPV2_PROOF_LEN];
    uint8_t user[CHAP_EXCHANGE_USER_MAX_LEN]; /* as sent, with a domain where there is one */
    size_t user_len;
    struct mark success;
};

/* Each takes a packet of CHAP. What cannot be of MS-CHAPv2 is passed over, and so is all that comes
 * behind the first Success. */
void chap_exchange_challenge(struct chap_exchange *exchange, const struct ppp_chap_value *value);
void chap_exchange_response(struct chap_exchange *exchange, const struct ppp_chap_value *value);
void chap_exchange_success(struct chap_exchange *exchange, struct buf message, struct mark mark);
/* A Failure may hold the challenge of the next try. */
void chap_exchange_failure(struct chap_exchange *exchange,
                           const struct ppp_mschap_failure *failure);

/* All is there that a password can be compared with. */
bool chap_exchange_is_whole(const struct chap_exchange *exchange);
/* The user's name as sent. */
struct buf chap_exchange_user(const struct chap_exchange *exchange);

#endif
