/* sides.h - at which end a log was written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_SIDES_H
#define SSTPDIAG_CORE_LOG_SIDES_H

#include "base/event.h"
#include "log/entry.h"

/* Whether client or server wrote a line, as its program or its interface tells. False: they do not.
 */
bool log_entry_side(const struct log_entry *entry, enum side *side);
/* The same by what a packet says: a client is asked to authenticate itself, and does. */
bool log_packet_side(const struct log_packet *packet, enum side *side);
/* Of most lines of a log. False: none of them tells. */
bool log_side(const struct log *log, enum side *side);

#endif
