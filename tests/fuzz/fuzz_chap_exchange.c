/* fuzz_chap_exchange.c - MS-CHAPv2, alone and inside EAP: a run of packets, each behind its length
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/chap_exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take_chap(struct chap_exchange *exchange, uint8_t code, struct buf data, struct mark mark)
{
    struct ppp_chap_value value;
    struct ppp_mschap_failure failure;

    if (code == CHAP_CHALLENGE && ppp_decode_chap_value(data, &value))
        chap_exchange_challenge(exchange, &value);
    else if (code == CHAP_RESPONSE && ppp_decode_chap_value(data, &value))
        chap_exchange_response(exchange, &value);
    else if (code == CHAP_SUCCESS)
        chap_exchange_success(exchange, data, mark);
    else if (code == CHAP_FAILURE && ppp_decode_mschap_failure(data, &failure))
        chap_exchange_failure(exchange, &failure);
}

/* The first byte tells whether the packet is CHAP's or EAP's. */
static void
take_packet(struct chap_exchange *exchange, struct buf bytes, struct mark mark)
{
    struct ppp_packet packet;
    struct ppp_eap eap;
    uint8_t is_eap;

    if (!buf_u8(&bytes, &is_eap) || !ppp_decode_packet(bytes, &packet))
        return;
    if (!is_eap)
        take_chap(exchange, packet.code, packet.data, mark);
    else if (ppp_decode_eap(&packet, &eap) && eap.has_mschap)
        take_chap(exchange, eap.mschap_op, eap.mschap_message, mark);
}

/* All steps, over whatever was put together: none may read past it. */
static void
work_out(const struct chap_exchange *exchange)
{
    static const uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN];
    uint8_t hash[MSCHAPV2_CHALLENGE_HASH_LEN], response[MSCHAPV2_NT_RESPONSE_LEN];
    uint8_t proof[MSCHAPV2_PROOF_LEN], master[MSCHAPV2_KEY_LEN];

    if (!chap_exchange_is_whole(exchange) || !mschapv2_is_available())
        return;
    mschapv2_challenge_hash(exchange->peer_challenge, exchange->challenge,
                            chap_exchange_user(exchange), hash);
    mschapv2_nt_response(hash, nt_hash, response);
    mschapv2_proof(hash, nt_hash, exchange->nt_response, proof);
    mschapv2_master_key(nt_hash, exchange->nt_response, master);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf b = buf_init(data, size), packet;
    struct chap_exchange exchange = { .has_challenge = false };
    struct mark mark = { 0, 0 };
    uint16_t len;

    while (buf_u16(&b, &len) && buf_sub(&b, len, &packet)) {
        mark.frame++;
        take_packet(&exchange, packet, mark);
    }
    work_out(&exchange);
    return 0;
}
