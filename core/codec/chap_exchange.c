/* chap_exchange.c - what MS-CHAPv2 says, alone or inside EAP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/chap_exchange.h"

#include <string.h>

enum {
    RESPONSE_LEN = 49, /* peer challenge, 8 reserved bytes, NT-Response, flags (RFC 2759 4) */
    RESERVED_LEN = 8,
};

static bool
is_over(const struct chap_exchange *exchange)
{
    return mark_is_set(exchange->success);
}

void
chap_exchange_challenge(struct chap_exchange *exchange, const struct ppp_chap_value *value)
{
    struct buf challenge = value->value;

    if (is_over(exchange) || buf_left(&challenge) != MSCHAPV2_CHALLENGE_LEN)
        return;
    exchange->has_challenge = true;
    exchange->has_response = false;
    buf_copy(&challenge, exchange->challenge, MSCHAPV2_CHALLENGE_LEN);
}

void
chap_exchange_response(struct chap_exchange *exchange, const struct ppp_chap_value *value)
{
    struct buf response = value->value, user = value->name;
    size_t len = buf_left(&user);

    if (is_over(exchange) || buf_left(&response) != RESPONSE_LEN ||
        len > CHAP_EXCHANGE_USER_MAX_LEN)
        return;
    exchange->has_response = true;
    buf_copy(&response, exchange->peer_challenge, MSCHAPV2_CHALLENGE_LEN);
    buf_skip(&response, RESERVED_LEN);
    buf_copy(&response, exchange->nt_response, MSCHAPV2_NT_RESPONSE_LEN);
    exchange->user_len = len;
    buf_copy(&user, exchange->user, len);
}

void
chap_exchange_success(struct chap_exchange *exchange, struct buf message, struct mark mark)
{
    if (is_over(exchange))
        return;
    exchange->success = mark;
    exchange->has_proof = mschapv2_decode_proof(message, exchange->proof);
}

void
chap_exchange_failure(struct chap_exchange *exchange, const struct ppp_mschap_failure *failure)
{
    if (is_over(exchange) || !failure->has_challenge)
        return;
    exchange->has_challenge = true;
    exchange->has_response = false;
    memcpy(exchange->challenge, failure->challenge, sizeof exchange->challenge);
}

bool
chap_exchange_is_whole(const struct chap_exchange *exchange)
{
    return exchange->has_challenge && exchange->has_response;
}

struct buf
chap_exchange_user(const struct chap_exchange *exchange)
{
    return buf_init(exchange->user, exchange->user_len);
}
