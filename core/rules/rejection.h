/* rejection.h - clients that turn their back on the server's certificate: how, and when
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_REJECTION_H
#define SSTPDIAG_CORE_RULES_REJECTION_H

#include "rules/view.h"

enum rejected_how {
    REJECTED_NOT,
    REJECTED_BY_ALERT,
    REJECTED_BY_SEALED_ALERT, /* a record of an alert's size where the Finished should be */
    REJECTED_AFTER_CERTIFICATE,
    REJECTED_AFTER_HANDSHAKE,
    REJECTED_AFTER_ANSWER,
};

/* How a client gave up, as it seems because of the server's certificate. */
struct rejection {
    enum rejected_how how;
    struct mark mark;  /* alert or close */
    struct mark after; /* what it follows */
    bool weak;         /* others look the same, such as health checks: only a proven fault counts */
};

/* how is REJECTED_NOT when the client did not, or nothing shows that it did. */
struct rejection rejection_of(const struct session *session, const struct view *view);
/* The client opened and closed the connection without a request, and it is one of many: the same
 * host uses this server on another connection, or opens such connections in a rhythm, as health
 * checks do. */
bool rejection_is_check(const struct session *session, const struct view *view);
/* Of such a connection: it saw the certificate, did not take leave, and nothing shows that its host
 * accepts it: a client that dials again by itself looks the same. */
bool rejection_may_be_redial(const struct session *session, const struct view *view);
/* "by an alert", ... */
const char *rejection_text(enum rejected_how how);

#endif
