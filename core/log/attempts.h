/* attempts.h - what logs alone tell: attempts to connect, one behind the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_ATTEMPTS_H
#define SSTPDIAG_CORE_LOG_ATTEMPTS_H

#include "log/attempt.h"

struct log_attempts {
    GPtrArray *attempts; /* struct log_attempt */
    GArray *offsets;     /* struct log_offset, of each log */
};

/* Splits the lines of all logs by what begins an attempt, by what names it (correlation id,
 * address, process, interface), and by pauses; those of both ends are brought together. More than
 * LOG_ATTEMPTS_MAX are one. logs: struct log, which must live as long. */
struct log_attempts *log_attempts_new(const GPtrArray *logs);
void log_attempts_free(struct log_attempts *attempts);

#endif
