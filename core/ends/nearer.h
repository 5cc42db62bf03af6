/* nearer.h - which of two capture points of one connection is nearer to the client. For ends/
 * alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_NEARER_H
#define SSTPDIAG_CORE_ENDS_NEARER_H

#include "session/session.h"

/* The same session as two capture points saw it. Above 0: a was captured nearer to the client;
 * below 0: b was; 0: nothing tells. The number itself has no unit. */
int64_t nearer_lean(const struct session *a, const struct session *b);

#endif
