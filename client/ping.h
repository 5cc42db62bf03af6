/* ping.h - ICMP echoes inside the tunnel (RFC 792)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_PING_H
#define SSTPDIAG_CLIENT_PING_H

#include <glib.h>

#include "base/buf.h"

enum { PING_MIN_LEN = 28 }; /* both headers */

/* Appends an echo request of len bytes of IPv4; addresses are numbers. */
void ping_append(GByteArray *out, uint32_t src, uint32_t dst, uint16_t id, uint16_t sequence,
                 size_t len);
/* Is the packet a reply to that request? */
bool ping_is_reply(struct buf packet, uint32_t from, uint16_t id);

#endif
