/* lcp.h - what rules of other stages ask of the link's negotiation
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_LCP_H
#define SSTPDIAG_CORE_RULES_LCP_H

#include "rules/rules.h"

/* The link never opened, and the other side left so many of asker's Configure-Requests alone that
 * lcp_no_reply says so. */
bool lcp_is_unanswered(const struct session *session, const struct view *view, enum side asker);

#endif
