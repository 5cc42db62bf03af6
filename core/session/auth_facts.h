/* auth_facts.h - how the client was authenticated
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_AUTH_FACTS_H
#define SSTPDIAG_CORE_SESSION_AUTH_FACTS_H

#include "base/event.h"
#include "codec/chap_exchange.h"
#include "crypto/eap_tls.h"

enum auth_method {
    AUTH_NONE,
    AUTH_PAP,
    AUTH_CHAP_MD5,
    AUTH_MSCHAP,
    AUTH_MSCHAPV2,
    AUTH_EAP,
    AUTH_EAP_MD5,
    AUTH_EAP_TLS,
    AUTH_PEAP,
    AUTH_EAP_MSCHAPV2,
    AUTH_UNKNOWN
};

/* What goes on inside EAP. */
struct eap_facts {
    uint8_t type;  /* last method asked for, 0 while there was only Identity */
    uint32_t naks; /* of a method, by the peer */
    struct mark nak;
    uint8_t refused, wanted;     /* of the last Nak; wanted 0: nothing */
    bool fragmented[SIDE_COUNT]; /* the sender's last packet was not the end of its message */
    struct mark alert;           /* first TLS alert in clear, close_notify apart */
    enum side alert_by;
    uint8_t alert_description;
};

struct auth_facts {
    enum auth_method method;
    struct mark first, response, success, failure; /* success and failure: the last ones */
    struct mark first_success, first_failure;
    struct mark last;    /* any packet of it */
    struct mark asked;   /* first Challenge or EAP-Request that has got no Response yet */
    uint32_t asks;       /* of them */
    uint64_t asked_end;  /* offset behind the last one in the authenticator's byte stream */
    struct mark waiting; /* first Response, or PAP request, that has got no answer yet */
    uint32_t responses;  /* of them */
    uint64_t response_end;
    struct mark refusal_since; /* the Response that the first Failure answers */
    struct eap_facts eap;
    struct chap_exchange exchange; /* of MS-CHAPv2 */
    struct eap_tls eap_tls;
    uint32_t failures;
    bool has_error;
    unsigned error; /* E= of the last Failure */
    bool retry_allowed;
    enum side authenticator;
    char *user; /* peer's name, cleaned; NULL when not seen */
};

const char *auth_method_name(enum auth_method method);
/* Does the method give keys to bind with? */
bool auth_method_has_keys(enum auth_method method);

#endif
