/* eap.c - the client's login by EAP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "eap.h"

#include <string.h>

#include "base/append.h"
#include "base/wipe.h"

/* EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2): op code, identifier, length, value size. */
enum { OP_CHALLENGE = 1, OP_RESPONSE, OP_SUCCESS, OP_FAILURE };
enum { HEADER_LEN = 4, VALUE_LEN = MSCHAPV2_CHALLENGE_LEN + 8 + MSCHAPV2_NT_RESPONSE_LEN + 1 };

/* --- answers ---------------------------------------------------------------------------------- */

static void
answer_identity(const struct login *login, GByteArray *out)
{
    append_u8(out, EAP_IDENTITY);
    g_byte_array_append(out, (const uint8_t *)login->user, (guint)strlen(login->user));
}

/* What it would rather do (RFC 3748 5.3.1). */
static void
refuse_type(struct login *login, uint8_t type, GByteArray *out)
{
    login->eap_refused = type;
    append_u8(out, EAP_NAK_LEGACY);
    if (login->identity)
        append_u8(out, EAP_TLS);
    if (login->secret && mschapv2_is_available())
        append_u8(out, EAP_MSCHAPV2);
    if (login->secret)
        append_u8(out, EAP_MD5);
}

/* RFC 3748 5.4: as CHAP. */
static bool
answer_md5(struct login *login, const struct ppp_packet *packet, struct buf type_data,
           GByteArray *out)
{
    struct ppp_chap_value value;

    if (login->state != LOGIN_WAITING || !ppp_decode_chap_value(type_data, &value))
        return false;
    append_u8(out, EAP_MD5);
    return login_append_md5(login, packet->id, value.value, out);
}

static bool
answer_mschapv2_challenge(struct login *login, const struct ppp_eap *eap, const uint8_t *random,
                          GByteArray *out)
{
    const size_t user_len = strlen(login->user);
    struct buf data = eap->type_data;
    struct ppp_chap_value value;
    uint8_t id = 0;

    if (login->state != LOGIN_WAITING || !buf_skip(&data, 1) || !buf_u8(&data, &id) ||
        !ppp_decode_chap_value(eap->mschap_message, &value) ||
        buf_left(&value.value) != MSCHAPV2_CHALLENGE_LEN)
        return false;
    append_u8(out, EAP_MSCHAPV2);
    append_u8(out, OP_RESPONSE);
    append_u8(out, id);
    append_u16(out, HEADER_LEN + 1 + VALUE_LEN + user_len);
    if (!login_append_mschapv2(login, value.value, random, out))
        return false;
    g_byte_array_append(out, (const uint8_t *)login->user, (guint)user_len);
    return true;
}

/* The server's word is acknowledged by its op code alone. */
static bool
answer_mschapv2(struct login *login, const struct ppp_eap *eap, const uint8_t *random,
                GByteArray *out)
{
    switch (eap->has_mschap ? eap->mschap_op : 0) {
    case OP_CHALLENGE:
        return answer_mschapv2_challenge(login, eap, random, out);
    case OP_SUCCESS:
        if (login->state == LOGIN_SENT && login_is_proof(login, eap->mschap_message))
            login->eap_proven = true;
        else if (!login->eap_proven)
            login->state = LOGIN_NOT_PROVEN;
        break;
    case OP_FAILURE:
        if (login->state == LOGIN_SENT)
            login_note_failure(login, eap->mschap_message);
        break;
    default:
        return false;
    }
    append_u8(out, EAP_MSCHAPV2);
    append_u8(out, eap->mschap_op);
    return login->state != LOGIN_NOT_PROVEN;
}

/* RFC 5216: the certificate is what logs in, once. */
static bool
answer_tls(struct login *login, const struct ppp_eap *eap, GByteArray *out)
{
    if (!login->cert && login->state != LOGIN_WAITING)
        return false;
    if (!login->cert)
        login->cert = cert_login_new(login->identity);
    append_u8(out, EAP_TLS);
    if (!cert_login_receive(login->cert, eap->type_data, out))
        return false;
    login->state = LOGIN_SENT;
    login->has_keys = true;
    if (cert_login_state(login->cert) == CERT_LOGIN_DONE)
        login->eap_proven = cert_login_keys(login->cert, login->hlak);
    else if (cert_login_state(login->cert) == CERT_LOGIN_UNTRUSTED)
        login->state = LOGIN_NOT_PROVEN;
    return true;
}

static bool
answer_request(struct login *login, const struct ppp_packet *packet, const struct ppp_eap *eap,
               const uint8_t *random, GByteArray *out)
{
    if (login->eap_type && eap->type != login->eap_type && eap->type > EAP_NAK_LEGACY)
        return false; /* RFC 3748 2.1: one method in a conversation */
    switch (eap->type) {
    case EAP_IDENTITY:
        answer_identity(login, out);
        return true;
    case EAP_NOTIFICATION:
        append_u8(out, EAP_NOTIFICATION);
        return true;
    case EAP_TLS:
        if (login->identity)
            return answer_tls(login, eap, out);
        break;
    case EAP_MD5:
        if (login->secret)
            return answer_md5(login, packet, eap->type_data, out);
        break;
    case EAP_MSCHAPV2:
        if (login->secret && mschapv2_is_available())
            return answer_mschapv2(login, eap, random, out);
        break;
    default:
        break;
    }
    refuse_type(login, eap->type, out);
    return true;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* A method that proves the server must have done so. */
static void
take_success(struct login *login)
{
    if (login->state == LOGIN_SENT)
        login->state = login->has_keys && !login->eap_proven ? LOGIN_NOT_PROVEN : LOGIN_GOOD;
}

static void
keep_answer(struct login *login, uint8_t id, const GByteArray *out)
{
    wipe(login->last, sizeof login->last);
    login->last_len = out->len <= sizeof login->last ? out->len : 0;
    memcpy(login->last, out->data, login->last_len);
    login->id = id;
}

bool
eap_receive(struct login *login, const struct ppp_packet *packet,
            const uint8_t random[static MSCHAPV2_CHALLENGE_LEN], GByteArray *out)
{
    struct ppp_eap eap;

    if (login->method != METHOD_EAP || !ppp_decode_eap(packet, &eap))
        return false;
    if (packet->code == EAP_SUCCESS)
        take_success(login);
    else if (packet->code == EAP_FAILURE)
        login->state = LOGIN_REFUSED;
    if (packet->code != EAP_REQUEST || login->state > LOGIN_SENT)
        return false;
    if (login->last_len > 0 && packet->id == login->id) {
        g_byte_array_append(out, login->last, (guint)login->last_len);
        return true;
    }
    if (!answer_request(login, packet, &eap, random, out))
        return false;
    if (login->state != LOGIN_WAITING && eap.type > EAP_NAK_LEGACY)
        login->eap_type = eap.type;
    keep_answer(login, packet->id, out);
    return true;
}
