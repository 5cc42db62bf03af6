/* pair_match.h - by what two sessions, each from its own capture point, are known to be one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_PAIR_MATCH_H
#define SSTPDIAG_CORE_ENDS_PAIR_MATCH_H

#include "session/session.h"

/* What both share; the surest first. A correlation id counts only where both stood at the same time
 * and a second witness says the same; even so it makes nothing certain. */
enum pair_match { PAIR_CLIENT_RANDOM, PAIR_ISN, PAIR_PAYLOAD, PAIR_CORRELATION_ID };

enum { PAIR_MATCH_MARKS_MAX = SIDE_COUNT * SEQ_LOG_PRINTS_MAX };

const char *pair_match_name(enum pair_match match);
/* Both share this. */
bool pair_match_is(const struct session *a, const struct session *b, enum pair_match match);
/* The surest of what both share. False, *match untouched: they share nothing. */
bool pair_match_find(const struct session *a, const struct session *b, enum pair_match *match);
/* Numbers to look sessions up by: those that share this kind have at least one in common, and
 * pair_match_is() tells whether those that have one in common do share it. Returns how many. */
unsigned pair_match_marks(const struct session *session, enum pair_match match,
                          uint64_t marks[PAIR_MATCH_MARKS_MAX]);

#endif
