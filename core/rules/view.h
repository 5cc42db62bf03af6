/* view.h - what rules may know beside the session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_VIEW_H
#define SSTPDIAG_CORE_RULES_VIEW_H

#include "base/config.h"
#include "base/trial.h"
#include "session/session.h"
#include "wire/network.h"

enum { VIEW_NEIGHBOURS_MAX = 256 }; /* sessions on either side that are compared with one */

struct view {
    const struct config *config;
    const struct network *network;     /* what was asked of DNS and of ARP */
    const GPtrArray *sessions;         /* struct session: all of the capture so far, by id */
    const GArray *trials;              /* struct trial; NULL: none */
    const struct syn_flood *syn_flood; /* of the session's server; NULL: it got no lone request */
    struct mark now;  /* the last segment, or ICMP error about one, that was read */
    bool final;       /* the capture is at its end */
    bool from_socket; /* the session's packets are made of what a socket tells: windows,
                         order, times to live and what is missing say nothing */
    bool from_log;    /* they are made of what a log says: there is nothing below HTTP */
    unsigned shown;   /* enum log_shown: what that log has */
    bool doubted;     /* order or times alone may have made an error that was found */
    GPtrArray *found; /* struct finding: what rules before this one found */
};

/* The session is over, as far as has been read: what did not happen will not. */
bool view_is_over(const struct view *view, const struct session *session);
/* The capture is at its end, and the session's connection has not been closed. */
bool view_ends_open(const struct view *view, const struct session *session);
/* Until when something could come: the first goodbye or close, else now. */
struct mark view_end(const struct view *view, const struct session *session);

/* At the same server. */
bool sessions_have_server(const struct session *a, const struct session *b);
/* The same connection, perhaps at another capture point. */
bool sessions_are_one(const struct session *a, const struct session *b);
/* Sessions that are compared with one: from the first one returned to before *last. */
guint view_neighbours(const struct view *view, const struct session *session, guint *last);

#endif
