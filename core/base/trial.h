/* trial.h - other attempts at the same server, each with one thing changed
 *
 * What one connection cannot show is shown by another one. A trial is told to the engine of the
 * attempt that is judged, after the attempt and before engine_finish().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_TRIAL_H
#define SSTPDIAG_CORE_BASE_TRIAL_H

#include "base/event.h"
#include "base/findings.h"

/* What is changed, and what value is then. */
enum trial_kind {
    TRIAL_ADDRESS, /* another address of the name */
    TRIAL_SIZE,    /* segments no larger than these bytes, in both directions */
    TRIAL_NO_SNI,  /* the server's name is not in the ClientHello */
    TRIAL_VERSION, /* this version of TLS alone */
    TRIAL_DIRECT,  /* without the proxy */
    TRIAL_BEHIND,  /* the certificate is not looked at */
    /* In the session itself. */
    TRIAL_FRAGMENTS, /* packets of the client of these bytes are lost, but for "don't fragment" off
                      */
    TRIAL_REFUSED,   /* the client itself says why it refused the certificate: refusal */
    TRIAL_ECHO,      /* an echo whose answer takes packets of these bytes never comes back */
    TRIAL_GAVE_UP,   /* the client itself ended the attempt, after so many seconds of its own: what
                        it says at the end is no cause; refusal: what the silence is, else
                        FINDING_COUNT */
    TRIAL_PROXY,     /* what the attempt dials is this proxy, and it cannot be connected to */
    TRIAL_KINDS
};

enum { TRIAL_TEXT_LEN = 128 };

struct trial {
    enum trial_kind kind;
    char value[TRIAL_TEXT_LEN];
    char seen[TRIAL_TEXT_LEN]; /* how it went, in words; cleaned */
    enum stage passed;         /* the last stage that worked; STAGE_DNS: there is no connection;
                                  STAGE_CAPTURE: this host has no way there, which says nothing */
    bool same;                 /* of TRIAL_SIZE: nothing is changed, as a control */
    bool other_cert;           /* it was shown another certificate than the attempt */
    struct endpoint address;   /* of TRIAL_ADDRESS */
    uint32_t
        fits; /* of TRIAL_FRAGMENTS and TRIAL_ECHO: packets of so many bytes pass; 0: not known */
    const char *sender;      /* of TRIAL_SIZE: whose packets are lost, "server", "client"; NULL: not
                                known; static */
    const char *advice;      /* of TRIAL_GAVE_UP, where it is no finding; static */
    enum finding_id refusal; /* of TRIAL_REFUSED and TRIAL_GAVE_UP */
};

/* "address"; static memory. */
const char *trial_kind_name(enum trial_kind kind);

#endif
