/* capture.h - all that is known of a capture, apart from what its sessions say themselves. For
 * engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_CAPTURE_H
#define SSTPDIAG_CORE_ENGINE_CAPTURE_H

#include <glib.h>

#include "base/config.h"
#include "ends/capture_point.h"
#include "engine/conns.h"
#include "engine/servers.h"
#include "wire/network.h"

/* The engine makes and frees what is in it. */
struct capture {
    struct config config; /* without its text of servers */
    struct servers *servers;
    struct conns *conns;
    struct network *network;
    GArray *capture_points; /* struct capture_point */
    GHashTable *certs;      /* struct endpoint of a server -> struct binding_cert */
    uint64_t sockets;       /* the bit of each interface that is a socket; of the first 64 */
    bool is_log;            /* messages of a log are told, and nothing else */
    unsigned shown;         /* enum log_shown: what that log has */
    GArray *trials;         /* struct trial, of attempts at sockets; NULL: none */
    struct mark mark;       /* of the last segment of any connection, or ICMP error about one: what
                               rules take for now */
};

/* The packets of this interface are made of what a socket tells. */
static inline bool
capture_is_socket(const struct capture *capture, uint32_t interface)
{
    return interface < 64 && (capture->sockets >> interface & 1);
}

#endif
