/* keepalive.h - echoes of a session: how often, how many answered, how soon. For report/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_KEEPALIVE_H
#define SSTPDIAG_CORE_REPORT_KEEPALIVE_H

#include "base/json.h"
#include "session/session.h"

typedef void (*echo_fn)(void *context, const char *protocol, enum side asker,
                        const struct echo *echo);

/* Those sides that ask by LCP or SSTP. */
void report_keepalive_each(const struct session *session, echo_fn take, void *context);
/* The array "keepalive": one object for each side that asks by LCP or SSTP. */
void report_keepalive_json(struct json *json, const struct session *session);
/* One sentence for each of them, joined by "; ". Newly allocated; empty when nobody asks. */
char *report_keepalive_text(const struct session *session);

#endif
