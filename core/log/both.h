/* both.h - what the logs of both ends of an attempt say differently
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_BOTH_H
#define SSTPDIAG_CORE_LOG_BOTH_H

#include "log/attempt.h"

/* Sentences (char *), none where they agree or where there is one log. The caller's. */
GPtrArray *log_contradictions(const struct log_attempt *attempt);
/* "messages": by what both ends were found to be one; NULL: there is one end. */
const char *log_match_name(enum log_match match);

#endif
