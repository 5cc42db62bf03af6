/* login.c - the client's login, once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "login.h"

#include <string.h>

#include "base/append.h"
#include "base/wipe.h"

enum { PAP_WORD_MAX_LEN = 255, RESERVED_LEN = 8, MD5_LEN = 16 };

void
login_init(struct login *login, const char *user, login_secret_fn secret, void *data,
           gnutls_certificate_credentials_t identity)
{
    *login = (struct login){ .method = METHOD_NONE,
                             .user = user,
                             .secret = secret,
                             .secret_data = data,
                             .identity = identity };
}

static bool
get_secret(struct login *login, struct login_secret *secret)
{
    return login->secret && login->secret(login->secret_data, secret);
}

void
login_clear(struct login *login)
{
    cert_login_free(login->cert);
    wipe(login, sizeof *login);
}

/* --- PAP (RFC 1334 2.2.1) --------------------------------------------------------------------- */

static bool
pap_request(struct login *login, uint8_t *code, GByteArray *out)
{
    const size_t user_len = strlen(login->user);
    struct login_secret secret = { .len = 0 };
    const bool good = get_secret(login, &secret) && secret.len <= PAP_WORD_MAX_LEN &&
                      user_len <= PAP_WORD_MAX_LEN;

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
    const bool good = get_secret(login, &secret) &&
                      mschapv2_nt_hash(buf_init(secret.bytes, secret.len), nt_hash) &&
                      answer_with(login, nt_hash, challenge, peer_challenge, nt_response);

    wipe(&secret, sizeof secret);
    wipe(nt_hash, sizeof nt_hash);
    return good;
}

/* RFC 2759 4: peer challenge, eight zeros, response, flags. */
bool
login_append_mschapv2(struct login *login, struct buf challenge, const uint8_t *random,
                      GByteArray *out)
{
    static const uint8_t reserved[RESERVED_LEN] = { 0 };
    uint8_t bytes[MSCHAPV2_CHALLENGE_LEN], nt_response[MSCHAPV2_NT_RESPONSE_LEN];

    /* One response alone: a second wrong one would count against the account. */
    if (login->state != LOGIN_WAITING || buf_left(&challenge) != sizeof bytes)
        return false;
    buf_copy(&challenge, bytes, sizeof bytes);
    if (!mschapv2_respond(login, bytes, random, nt_response)) {
        login->state = LOGIN_NO_SECRET;
        return false;
    }
    login->state = LOGIN_SENT;
    login->has_keys = true;
    append_u8(out, MSCHAPV2_CHALLENGE_LEN + RESERVED_LEN + MSCHAPV2_NT_RESPONSE_LEN + 1);
    g_byte_array_append(out, random, MSCHAPV2_CHALLENGE_LEN);
    g_byte_array_append(out, reserved, sizeof reserved);
    g_byte_array_append(out, nt_response, sizeof nt_response);
    append_u8(out, 0);
    return true;
}

bool
login_is_proof(const struct login *login, struct buf message)
{
    uint8_t proof[MSCHAPV2_PROOF_LEN];

    return mschapv2_decode_proof(message, proof) && memcmp(proof, login->proof, sizeof proof) == 0;
}

void
login_note_failure(struct login *login, struct buf message)
{
    struct ppp_mschap_failure failure = { 0 };

    login->state = LOGIN_REFUSED;
    login->has_error = ppp_decode_mschap_failure(message, &failure) && failure.has_error;
    login->error = failure.error;
}

/* --- CHAP-MD5 (RFC 1994 4.1) ------------------------------------------------------------------ */

bool
login_append_md5(struct login *login, uint8_t id, struct buf challenge, GByteArray *out)
{
    struct login_secret secret = { .len = 0 };
    uint8_t digest[MD5_LEN];
    gsize len = sizeof digest;

    if (login->state != LOGIN_WAITING)
        return false;
    login->state = get_secret(login, &secret) ? LOGIN_SENT : LOGIN_NO_SECRET;
    if (login->state == LOGIN_SENT) {
        GChecksum *md5 = g_checksum_new(G_CHECKSUM_MD5);
        g_checksum_update(md5, &id, 1);
        g_checksum_update(md5, secret.bytes, (gssize)secret.len);
        g_checksum_update(md5, challenge.p, (gssize)buf_left(&challenge));
        g_checksum_get_digest(md5, digest, &len);
        g_checksum_free(md5);
        append_u8(out, MD5_LEN);
        g_byte_array_append(out, digest, sizeof digest);
    }
    wipe(&secret, sizeof secret);
    return login->state == LOGIN_SENT;
}

/* --- CHAP ------------------------------------------------------------------------------------- */

/* Value, then the name as the user gave it. */
static bool
answer_challenge(struct login *login, const struct ppp_packet *packet, const uint8_t *random,
                 uint8_t *code, GByteArray *out)
{
    struct ppp_chap_value chap;

    if (!ppp_decode_chap_value(packet->data, &chap) ||
        !(login->method == METHOD_MSCHAPV2 ? login_append_mschapv2(login, chap.value, random, out)
                                           : login_append_md5(login, packet->id, chap.value, out)))
        return false;
    login->id = packet->id;
    *code = CHAP_RESPONSE;
    g_byte_array_append(out, (const uint8_t *)login->user, (guint)strlen(login->user));
    return true;
}

static void
chap_verdict(struct login *login, const struct ppp_packet *packet)
{
    if (login->state != LOGIN_SENT || packet->id != login->id)
        return;
    if (packet->code == CHAP_SUCCESS)
        login->state = login->method == METHOD_CHAP_MD5 || login_is_proof(login, packet->data)
                           ? LOGIN_GOOD
                           : LOGIN_NOT_PROVEN;
    else if (packet->code == CHAP_FAILURE)
        login_note_failure(login, packet->data);
}

static bool
chap_receive(struct login *login, const struct ppp_packet *packet, const uint8_t *random,
             uint8_t *code, GByteArray *out)
{
    if (packet->code == CHAP_CHALLENGE)
        return answer_challenge(login, packet, random, code, out);
    chap_verdict(login, packet);
    return false;
}

/* --- all -------------------------------------------------------------------------------------- */

bool
login_begin(struct login *login, enum method method, uint8_t *code, GByteArray *out)
{
    login->method = method;
    if (strlen(login->user) > LOGIN_USER_MAX_LEN)
        login->state = LOGIN_NO_SECRET;
    else if (method == METHOD_NONE)
        login->state = LOGIN_GOOD;
    return method == METHOD_PAP && login->state == LOGIN_WAITING && pap_request(login, code, out);
}

bool
login_receive(struct login *login, uint16_t protocol, const struct ppp_packet *packet,
              const uint8_t random[static MSCHAPV2_CHALLENGE_LEN], uint8_t *code, GByteArray *out)
{
    const bool chap = login->method == METHOD_MSCHAPV2 || login->method == METHOD_CHAP_MD5;

    if (protocol == PPP_PAP && login->method == METHOD_PAP)
        pap_answer(login, packet);
    if (protocol == PPP_CHAP && chap)
        return chap_receive(login, packet, random, code, out);
    return false;
}
