/* beside_facts.h - what other connections and lookups of the client say about a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_BESIDE_FACTS_H
#define SSTPDIAG_CORE_SESSION_BESIDE_FACTS_H

#include "base/event.h"

/* The client goes on with the connection from another address or port. */
struct rebound {
    struct endpoint client; /* the new one */
    struct mark first;      /* its first segment; unset: it does not */
    struct mark refused;    /* the server's reset of it */
    double idle_seconds;    /* without a segment of the old one */
};

/* A host that the client asked in vain whether the server's certificate is revoked. */
struct revocation_facts {
    const char *host; /* the certificate's; NULL: none */
    bool by_name;     /* DNS has no address for it; else nobody answered there */
    bool checked;     /* looked for, when the session ended */
    struct mark mark; /* query or connection request */
};

#endif
