/* auth.h - what the rules of authentication share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_AUTH_H
#define SSTPDIAG_CORE_RULES_AUTH_H

#include "rules/rules.h"

enum {
    SLOW_REFUSAL_SECONDS = 5,     /* FreeRADIUS holds a refusal back for at most so long */
    CLIENT_PATIENCE_SECONDS = 10, /* a client that ended earlier may have been told to */
};

/* The refusal that ends it: a Failure which no Success follows. */
bool auth_was_refused(const struct session *session);
/* How long the first Failure took after the Response, in seconds; 0 when that is not known. */
double auth_refusal_seconds(const struct session *session);
/* So long that the VPN server may have waited in vain for its own authentication server. */
bool auth_refusal_was_slow(const struct session *session);
/* Does a code, of MS-CHAP or of RAS, speak of the account or of a policy? */
bool auth_code_restricts(uint32_t code);
/* The same of the server's Terminate-Request. */
bool auth_terminate_restricts(const struct session *session);
/* RAS error of the server's Terminate-Request in a session that was never authenticated, or 0. */
uint32_t auth_terminate_error(const struct session *session);
bool auth_is_eap(const struct session *session);

#endif
