/* login.c - the client's login by PAP or MS-CHAPv2, once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "login.h"

#include <string.h>

#include "base/append.h"
#include "base/wipe.h"

enum { PAP_WORD_MAX_LEN = 255, RESERVED_LEN = 8 };

void
login_init(struct login *login, const char *user, login_secret_fn secret, void *data)
{
    *login = (struct login){
        .method = METHOD_NONE, .user = user, .secret = secret, .secret_data = data
    };
}

void
login_clear(struct login *login)
{
    wipe(login, sizeof *login);
}

/* --- PAP (RFC 1334 2.2.1) --------------------------------------------------------------------- */

static bool
pap_request(struct login *login, uint8_t *code, GByteArray *out)
{
    const size_t user_len = strlen(login->user);
    struct login_secret secret = { .len = 0 };
    const bool good = login->secret(login->secret_data, &secret) &&
                      secret.len <= PAP_WORD_MAX_LEN && user_len <= PAP_WORD_MAX_LEN;

    login->state = good ? LOGIN_SENT : LOGIN_NO_SECRET;
    if (good) {
        *code = PAP_REQUEST;
        login->id = 1;
        append_u8(out, (unsigned)user_len);
        g_byte_array_append(out, (const uint8_t *)login->user, (guint)user_len);
        append_u8(out, (unsigned)secret.len);
        g_byte_array_append(out, secret.bytes, (guint)secret.len);
    }
    wipe(&secret, sizeof secret);
    return good;
}

static void
pap_answer(struct login *login, const struct ppp_packet *packet)
{
    if (login->state != LOGIN_SENT || packet->id != login->id)
        return;
    if (packet->code == PAP_ACK)
        login->state = LOGIN_GOOD;
    else if (packet->code == PAP_NAK)
        login->state = LOGIN_REFUSED;
}

/* --- MS-CHAPv2 (RFC 2759) --------------------------------------------------------------------- */

/* What is hashed has no domain in front (RFC 2759 4). */
static struct buf
user_alone(const char *user)
{
    const char *behind = strrchr(user, '\\');
    const char *name = behind ? behind + 1 : user;

    return buf_init((const uint8_t *)name, strlen(name));
}

/* Response, what the server has to prove, and HLAK: the client's send key, then its receive key
 * (MS-SSTP 3.2.5.2). */
static bool
answer_with(struct login *login, const uint8_t *nt_hash, const uint8_t *challenge,
            const uint8_t *peer_challenge, uint8_t *nt_response)
{
    uint8_t hash[MSCHAPV2_CHALLENGE_HASH_LEN], master[MSCHAPV2_KEY_LEN];
    const bool good =
        mschapv2_challenge_hash(peer_challenge, challenge, user_alone(login->user), hash) &&
        mschapv2_nt_response(hash, nt_hash, nt_response) &&
        mschapv2_proof(hash, nt_hash, nt_response, login->proof) &&
        mschapv2_master_key(nt_hash, nt_response, master) &&
        mschapv2_client_keys(master, login->hlak, login->hlak + MSCHAPV2_KEY_LEN);

    wipe(master, sizeof master);
    return good;
}

static bool
mschapv2_respond(struct login *login, const uint8_t *challenge, const uint8_t *peer_challenge,
                 uint8_t *nt_response)
{
    uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN];
    struct login_secret secret = { .len = 0 };
    const bool good = login->secret(login->secret_data, &secret) &&
                      mschapv2_nt_hash(buf_init(secret.bytes, secret.len), nt_hash) &&
                      answer_with(login, nt_hash, challenge, peer_challenge, nt_response);

    wipe(&secret, sizeof secret);
    wipe(nt_hash, sizeof nt_hash);
    return good;
}

/* RFC 2759 4: peer challenge, eight zeros, response, flags; then the name as the user gave it. */
static bool
answer_challenge(struct login *login, const struct ppp_packet *packet, const uint8_t *random,
                 uint8_t *code, GByteArray *out)
{
    static const uint8_t reserved[RESERVED_LEN] = { 0 };
    uint8_t challenge[MSCHAPV2_CHALLENGE_LEN], nt_response[MSCHAPV2_NT_RESPONSE_LEN];
    struct ppp_chap_value chap;

    /* One response alone: a second wrong one would count against the account. */
    if (login->state != LOGIN_WAITING || !ppp_decode_chap_value(packet->data, &chap) ||
        buf_left(&chap.value) != sizeof challenge)
        return false;
    buf_copy(&chap.value, challenge, sizeof challenge);
    if (!mschapv2_respond(login, challenge, random, nt_response)) {
        login->state = LOGIN_NO_SECRET;
        return false;
    }
    login->state = LOGIN_SENT;
    login->id = packet->id;
    *code = CHAP_RESPONSE;
    append_u8(out, MSCHAPV2_CHALLENGE_LEN + RESERVED_LEN + MSCHAPV2_NT_RESPONSE_LEN + 1);
    g_byte_array_append(out, random, MSCHAPV2_CHALLENGE_LEN);
    g_byte_array_append(out, reserved, sizeof reserved);
    g_byte_array_append(out, nt_response, sizeof nt_response);
    append_u8(out, 0);
    g_byte_array_append(out, (const uint8_t *)login->user, (guint)strlen(login->user));
    return true;
}

static void
mschapv2_verdict(struct login *login, const struct ppp_packet *packet)
{
    uint8_t proof[MSCHAPV2_PROOF_LEN];
    struct ppp_mschap_failure failure = { 0 };

    if (login->state != LOGIN_SENT || packet->id != login->id)
        return;
    if (packet->code == CHAP_SUCCESS) {
        const bool proven = mschapv2_decode_proof(packet->data, proof) &&
                            memcmp(proof, login->proof, sizeof proof) == 0;
        login->state = proven ? LOGIN_GOOD : LOGIN_NOT_PROVEN;
    } else if (packet->code == CHAP_FAILURE) {
        login->state = LOGIN_REFUSED;
        login->has_error = ppp_decode_mschap_failure(packet->data, &failure) && failure.has_error;
        login->error = failure.error;
    }
}

/* --- both ------------------------------------------------------------------------------------- */

bool
login_begin(struct login *login, enum method method, uint8_t *code, GByteArray *out)
{
    login->method = method;
    if (method == METHOD_NONE)
        login->state = LOGIN_GOOD;
    return method == METHOD_PAP && login->state == LOGIN_WAITING && pap_request(login, code, out);
}

bool
login_receive(struct login *login, uint16_t protocol, const struct ppp_packet *packet,
              const uint8_t random[static MSCHAPV2_CHALLENGE_LEN], uint8_t *code, GByteArray *out)
{
    if (protocol == PPP_PAP && login->method == METHOD_PAP)
        pap_answer(login, packet);
    if (protocol != PPP_CHAP || login->method != METHOD_MSCHAPV2)
        return false;
    if (packet->code == CHAP_CHALLENGE)
        return answer_challenge(login, packet, random, code, out);
    mschapv2_verdict(login, packet);
    return false;
}
