/* trial.h - other attempts at the same server, each with one thing changed
 *
 * What one connection cannot show is shown by another one. A trial is told to the engine of the
 * attempt that is judged, after the attempt and before engine_finish().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_TRIAL_H
#define SSTPDIAG_CORE_BASE_TRIAL_H

#include <glib.h>

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

enum { TRIAL_TEXT_LEN = 128, TRIALS_MAX = 64 /* of one attempt, as a file may tell */ };

/* Why the client left of itself, where no refusal says it. */
enum trial_left { LEFT_FOR_TIME, LEFT_INTERRUPTED, LEFT_WITHHELD, LEFT_COUNT };

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
    enum trial_left left;    /* of TRIAL_GAVE_UP */
    enum finding_id refusal; /* of TRIAL_REFUSED and TRIAL_GAVE_UP */
    uint32_t interface;      /* of the attempt that is judged */
};

/* "address"; static memory. */
const char *trial_kind_name(enum trial_kind kind);
/* What to do where the client left of itself; static memory. */
const char *trial_advice(enum trial_left left);

/* As a line, with its end, for the description of the interface in a probe's file. */
void trial_append(GString *text, const struct trial *trial);
/* Calls found for each of the lines in text that is one, at most TRIALS_MAX; others are passed
 * over. text: any bytes. */
void trial_each(const char *text, void (*found)(void *data, const struct trial *trial), void *data);

#endif
