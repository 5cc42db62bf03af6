/* auth.c - PAP, CHAP and EAP: who asked, who answered, with what
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/auth.h"

#include "base/text.h"
#include "session/answers.h"
#include "session/clear.h"
#include "session/session.h"
#include "session/stages.h"
#include "session/state.h"

enum { CHAP_MD5_LEN = 16 };

static const struct {
    const char *name;
    bool has_keys; /* MS-SSTP 3.2.5.2.2: a higher-layer authentication key */
} auth_methods[] = {
    [AUTH_NONE] = { "none", false },         [AUTH_PAP] = { "PAP", false },
    [AUTH_CHAP_MD5] = { "CHAP-MD5", false }, [AUTH_MSCHAP] = { "MS-CHAP", true },
    [AUTH_MSCHAPV2] = { "MS-CHAPv2", true }, [AUTH_EAP] = { "EAP", true },
    [AUTH_EAP_MD5] = { "EAP-MD5", false },   [AUTH_EAP_TLS] = { "EAP-TLS", true },
    [AUTH_PEAP] = { "PEAP", true },          [AUTH_EAP_MSCHAPV2] = { "EAP-MSCHAPv2", true },
    [AUTH_UNKNOWN] = { "unknown", true },
};

const char *
auth_method_name(enum auth_method method)
{
    return auth_methods[method].name;
}

bool
auth_method_has_keys(enum auth_method method)
{
    return auth_methods[method].has_keys;
}

/* --- the course of any method ---------------------------------------------------------------- */

static void
auth_first(struct session *session, enum auth_method method, enum side authenticator,
           struct mark mark)
{
    if (!mark_is_set(session->auth->first)) {
        session->auth->first = mark;
        session->auth->authenticator = authenticator;
    }
    if (session->auth->method == AUTH_NONE || session->auth->method == AUTH_UNKNOWN ||
        session->auth->method == AUTH_EAP)
        session->auth->method = method;
}

/* A Challenge, or an EAP-Request. In EAP it answers the Response before it. */
static void
auth_asked(struct session *session, enum side side, bool answers, struct mark mark)
{
    struct auth_facts *auth = session->auth;

    if (auth->asks++ == 0)
        auth->asked = mark;
    auth->asked_end = clear_end_offset(session, side);
    if (answers)
        auth->responses = 0;
}

static void
auth_response(struct session *session, enum side side, struct mark mark)
{
    struct auth_facts *auth = session->auth;

    auth->response = mark;
    auth->response_end = clear_end_offset(session, side);
    auth->asks = 0;
    if (auth->responses++ == 0)
        auth->waiting = mark;
}

static void
auth_success(struct session *session, struct mark mark)
{
    answer_add(session, session->auth->response, mark);
    session->auth->asks = session->auth->responses = 0;
    session->auth->success = mark;
    mark_once(&session->auth->first_success, mark);
    stage_end(session, STAGE_AUTH, OUTCOME_OK, mark);
}

static void
auth_failure(struct session *session, struct mark mark)
{
    struct auth_facts *auth = session->auth;

    answer_add(session, auth->response, mark);
    if (auth->failures++ == 0 && auth->responses > 0) {
        auth->refusal_since = auth->waiting;
        auth->refusal_responses = auth->responses;
    }
    auth->asks = auth->responses = 0;
    auth->failure = mark;
    mark_once(&auth->first_failure, mark);
}

static void
auth_failure_text(struct session *session, struct buf text)
{
    struct ppp_mschap_failure failure;

    session->auth->has_error = false;
    if (!ppp_decode_mschap_failure(text, &failure))
        return;
    session->auth->has_error = failure.has_error;
    session->auth->error = failure.error;
    session->auth->retry_allowed = failure.has_retry && failure.retry;
    chap_exchange_failure(&session->auth->exchange, &failure);
}

/* --- PAP ------------------------------------------------------------------------------------- */

static void
auth_pap(struct session *session, enum side side, const struct ppp_packet *packet, struct mark mark)
{
    struct ppp_pap_request request;

    auth_first(session, AUTH_PAP, packet->code == PAP_REQUEST ? side_other(side) : side, mark);
    if (packet->code == PAP_REQUEST) {
        auth_response(session, side, mark);
        if (ppp_decode_pap_request(packet->data, &request))
            text_once(&session->auth->user, request.peer_id);
    } else if (packet->code == PAP_ACK) {
        auth_success(session, mark);
    } else if (packet->code == PAP_NAK) {
        auth_failure(session, mark);
    }
}

/* --- CHAP ------------------------------------------------------------------------------------ */

/* The algorithm agreed in LCP. */
static enum auth_method
chap_method(const struct session *session, enum side authenticator)
{
    switch (session_lcp(session, authenticator)->lcp.chap_algorithm) {
    case CHAP_MD5:
        return AUTH_CHAP_MD5;
    case CHAP_MSCHAP:
        return AUTH_MSCHAP;
    case CHAP_MSCHAPV2:
        return AUTH_MSCHAPV2;
    default:
        return AUTH_UNKNOWN;
    }
}

/* Where the capture lacks LCP. Challenges of MS-CHAP are shorter than those of MS-CHAPv2. */
static void
chap_method_by_length(struct session *session, const struct ppp_chap_value *response)
{
    if (session->auth->method != AUTH_UNKNOWN)
        return;
    if (buf_left(&response->value) == CHAP_MD5_LEN)
        session->auth->method = AUTH_CHAP_MD5;
    else if (chap_exchange_is_whole(&session->auth->exchange))
        session->auth->method = AUTH_MSCHAPV2;
}

static void
auth_chap(struct session *session, enum side side, const struct ppp_packet *packet,
          struct mark mark)
{
    bool from_peer = packet->code == CHAP_RESPONSE || packet->code == CHAP_CHANGE_PASSWORD;
    enum side authenticator = from_peer ? side_other(side) : side;
    struct chap_exchange *exchange = &session->auth->exchange;
    struct ppp_chap_value value;

    auth_first(session, chap_method(session, authenticator), authenticator, mark);
    switch (packet->code) {
    case CHAP_CHALLENGE:
        auth_asked(session, side, false, mark);
        if (ppp_decode_chap_value(packet->data, &value))
            chap_exchange_challenge(exchange, &value);
        break;
    case CHAP_RESPONSE:
        auth_response(session, side, mark);
        if (ppp_decode_chap_value(packet->data, &value)) {
            text_once(&session->auth->user, value.name);
            chap_exchange_response(exchange, &value);
            chap_method_by_length(session, &value);
        }
        break;
    case CHAP_CHANGE_PASSWORD:
        auth_response(session, side, mark);
        break;
    case CHAP_SUCCESS:
        auth_success(session, mark);
        chap_exchange_success(exchange, packet->data, mark);
        break;
    case CHAP_FAILURE:
        auth_failure(session, mark);
        auth_failure_text(session, packet->data);
        break;
    default:
        break;
    }
}

/* --- EAP ------------------------------------------------------------------------------------- */

static enum auth_method
eap_method(uint8_t type)
{
    switch (type) {
    case EAP_MD5:
        return AUTH_EAP_MD5;
    case EAP_TLS:
        return AUTH_EAP_TLS;
    case EAP_PEAP:
        return AUTH_PEAP;
    case EAP_MSCHAPV2:
        return AUTH_EAP_MSCHAPV2;
    default:
        return AUTH_EAP;
    }
}

/* TLS inside EAP, as far as it is in clear. */
static void
eap_alert(struct eap_facts *facts, enum side side, const struct ppp_eap *eap, struct mark mark)
{
    bool continues = facts->fragmented[side], alert;
    uint8_t description = TLS_ALERT_CLOSE_NOTIFY;

    facts->fragmented[side] = false;
    if (!ppp_eap_has_tls(eap->type))
        return;
    alert = ppp_eap_tls_alert(eap->type_data, &facts->fragmented[side], &description);
    if (!alert || continues || description == TLS_ALERT_CLOSE_NOTIFY || mark_is_set(facts->alert))
        return;
    facts->alert = mark;
    facts->alert_by = side;
    facts->alert_description = description;
}

/* MS-CHAPv2 inside EAP. */
static void
eap_exchange(struct session *session, uint8_t code, const struct ppp_eap *eap, struct mark mark)
{
    struct chap_exchange *exchange = &session->auth->exchange;
    struct ppp_chap_value value;

    if (!eap->has_mschap)
        return;
    if (eap->mschap_op == CHAP_CHALLENGE && ppp_decode_chap_value(eap->mschap_message, &value))
        chap_exchange_challenge(exchange, &value);
    else if (eap->mschap_op == CHAP_RESPONSE && ppp_decode_chap_value(eap->mschap_message, &value))
        chap_exchange_response(exchange, &value);
    else if (eap->mschap_op == CHAP_SUCCESS && code == EAP_REQUEST)
        chap_exchange_success(exchange, eap->mschap_message, mark);
}

static void
eap_request(struct session *session, enum side side, const struct ppp_eap *eap, struct mark mark)
{
    if (eap->has_mschap && eap->mschap_op == CHAP_FAILURE) {
        auth_failure(session, mark);
        auth_failure_text(session, eap->mschap_message);
        session->auth->eap.refusal_told = true;
    }
    auth_asked(session, side, true, mark);
    if (eap->type > EAP_NAK_LEGACY)
        session->auth->eap.type = eap->type;
}

static void
eap_response(struct session *session, enum side side, const struct ppp_eap *eap, struct mark mark)
{
    struct eap_facts *facts = &session->auth->eap;

    auth_response(session, side, mark);
    if (eap->has_mschap && eap->mschap_op == CHAP_RESPONSE)
        facts->refusal_told = false;
    if (eap->type == EAP_IDENTITY)
        text_once(&session->auth->user, eap->type_data);
    if (eap->type != EAP_NAK_LEGACY)
        return;
    facts->naks++;
    facts->nak = mark;
    facts->refused = facts->type;
    facts->wanted = ppp_eap_nak_wanted(eap->type_data);
    session->auth->method = AUTH_EAP; /* of those that follow, the next one counts */
}

static void
eap_failure(struct session *session, struct mark mark)
{
    uint32_t failures = session->auth->failures;

    auth_failure(session, mark);
    if (session->auth->eap.refusal_told)
        session->auth->failures = failures;
}

static void
auth_eap(struct session *session, enum side side, const struct ppp_packet *packet, struct mark mark)
{
    enum side authenticator = packet->code == EAP_RESPONSE ? side_other(side) : side;
    struct ppp_eap eap;

    if (!ppp_decode_eap(packet, &eap))
        return;
    auth_first(session, eap_method(eap.type), authenticator, mark);
    eap_alert(&session->auth->eap, side, &eap, mark);
    eap_exchange(session, packet->code, &eap, mark);
    if (eap.type == EAP_TLS && !mark_is_set(session->auth->success))
        eap_tls_feed(&session->auth->eap_tls,
                     packet->code == EAP_RESPONSE ? SIDE_CLIENT : SIDE_SERVER, packet->id,
                     eap.type_data);
    switch (packet->code) {
    case EAP_REQUEST:
        eap_request(session, side, &eap, mark);
        break;
    case EAP_RESPONSE:
        eap_response(session, side, &eap, mark);
        break;
    case EAP_SUCCESS:
        auth_success(session, mark);
        break;
    case EAP_FAILURE:
        eap_failure(session, mark);
        break;
    default:
        break;
    }
}

/* --- packets --------------------------------------------------------------------------------- */

void
auth_feed(struct session *session, enum side side, uint16_t protocol,
          const struct ppp_packet *packet, struct mark mark)
{
    stage_enter(session, STAGE_AUTH, mark);
    PART_OF(&session->auth, 1)->last = mark;
    if (protocol == PPP_CHAP)
        auth_chap(session, side, packet, mark);
    else if (protocol == PPP_PAP)
        auth_pap(session, side, packet, mark);
    else
        auth_eap(session, side, packet, mark);
}
