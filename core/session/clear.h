/* clear.h - where the clear bytes of a side begin and end. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_CLEAR_H
#define SSTPDIAG_CORE_SESSION_CLEAR_H

#include "base/event.h"

struct session;

/* Clear bytes of side. From the first ones on, each of its records should come through. */
void clear_begin(struct session *session, enum side side, struct mark mark);
/* Offset, in side's byte stream, behind the bytes that are being fed. */
uint64_t clear_end_offset(const struct session *session, enum side side);

#endif
