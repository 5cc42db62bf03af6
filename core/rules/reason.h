/* reason.h - what a goodbye of PPP says of its reason: one meaning for words and for codes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_REASON_H
#define SSTPDIAG_CORE_RULES_REASON_H

#include "session/ppp_facts.h"

/* Why the sender of a Terminate-Request ends the link, as far as it says. */
enum reason {
    REASON_NONE,              /* it gives none, or none that is known */
    REASON_USER,              /* somebody asked for it */
    REASON_SILENT_PEER,       /* its echoes were not answered */
    REASON_LOOPBACK,          /* it heard itself */
    REASON_PEER_WITHOUT_AUTH, /* the peer does not do the authentication that it demands */
    REASON_CREDENTIALS,       /* the authentication failed */
    REASON_ACCOUNT,           /* account or policy do not allow it */
    REASON_BACKEND,           /* its authentication server did not answer */
    REASON_PROOF,             /* the peer did not prove that it knows the password */
    REASON_ENCRYPTION,        /* it demands an encryption that was not agreed on */
    REASON_NO_PROTOCOL,       /* no network protocol is left */
    REASON_NO_OWN_ADDRESS,    /* it has got none */
    REASON_NO_PEER_ADDRESS,   /* it has none for its peer */
    REASON_NO_CLIENT_ADDRESS, /* whoever of the two says so */
    REASON_ADDRESS,           /* the address that one side wants is refused */
    REASON_SESSION_LIMIT,     /* a limit on the whole time ran out */
    REASON_IDLE_LIMIT,        /* a limit on the time without traffic did */
};

enum reason reason_of(const struct terminate_facts *terminate);
/* Of RAS, and of E= in a Failure of MS-CHAP, which uses some of the same numbers. */
enum reason reason_of_code(uint32_t code);

#endif
