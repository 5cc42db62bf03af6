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
    AUTH_NONE, /* none was seen */
    AUTH_PAP,
    AUTH_CHAP_MD5,
    AUTH_MSCHAP,
    AUTH_MSCHAPV2,
    AUTH_EAP, /* its method is not known, or none of these */
    AUTH_EAP_MD5,
    AUTH_EAP_TLS,
    AUTH_PEAP,
    AUTH_EAP_MSCHAPV2,
    AUTH_UNKNOWN
};

/* EAP's choice of a method, and TLS inside it. */
struct eap_facts {
    uint8_t type;                /* last method asked for, 0 while there was only Identity */
    uint32_t naks;               /* of a method, by the peer */
    struct mark nak;             /* the last one */
    uint8_t refused, wanted;     /* by it; wanted 0: nothing */
    bool refusal_told;           /* by the method; EAP-Failure, which follows, is the same one */
    bool fragmented[SIDE_COUNT]; /* the sender's last packet was not the end of its message */
    struct mark alert;           /* first TLS alert in clear, close_notify apart */
    enum side alert_by;
    uint8_t alert_description;
};

/* The authenticator asks, its peer responds. */
struct auth_facts {
    enum auth_method method;
    enum side authenticator;
    char *user;              /* peer's name, cleaned; NULL when not seen */
    struct mark first, last; /* any packet of it */

    /* Challenges or EAP-Requests that have got no Response yet. */
    struct mark asked; /* the first one */
    uint32_t asks;
    uint64_t asked_end; /* offset behind the last one in the authenticator's byte stream */

    /* Responses, or PAP requests, that have got no answer yet. */
    struct mark waiting; /* the first one */
    uint32_t responses;
    uint64_t response_end; /* offset behind the last one in its sender's byte stream */

    struct mark response;               /* the last one, answered or not */
    struct mark first_success, success; /* success: the last one */

    /* Failures. */
    struct mark first_failure, failure; /* failure: the last one */
    uint32_t failures;
    struct mark refusal_since;  /* the Response that the first one answers */
    uint32_t refusal_responses; /* of that answer, sent again and again */
    bool has_error;
    unsigned error; /* E= of the last one, with has_error */
    bool retry_allowed;

    struct eap_facts eap;
    struct chap_exchange exchange; /* of MS-CHAPv2 */
    struct eap_tls eap_tls;
};

/* "MS-CHAPv2", ...; "none". */
const char *auth_method_name(enum auth_method method);
/* Does the method give keys to bind with (MS-SSTP 3.2.5.2.2)? What is not known counts as yes. */
bool auth_method_has_keys(enum auth_method method);

#endif
