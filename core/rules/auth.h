/* auth.h - what the rules of authentication share. For rules/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_AUTH_H
#define SSTPDIAG_CORE_RULES_AUTH_H

#include "rules/rules.h"

/* The refusal that ends it: a Failure which no Success follows. */
bool auth_was_refused(const struct session *session);
/* Before until, the capture may lack a part of the authentication: a later Challenge or Response
 * than those that were read. */
bool auth_may_be_missed(const struct session *session, struct mark until);
/* Is the method EAP, or one inside EAP? */
bool auth_is_eap(const struct session *session);
/* When the client was free to send Call Connected: authenticated, or nothing to authenticate. */
struct mark authenticated_at(const struct session *session);

#endif
