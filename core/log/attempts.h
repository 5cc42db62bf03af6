/* attempts.h - what logs alone tell: attempts to connect, one behind the other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_ATTEMPTS_H
#define SSTPDIAG_CORE_LOG_ATTEMPTS_H

#include "log/blame.h"

enum { LOG_ATTEMPTS_MAX = 500 };

struct log_told {
    const struct log_entry *entry;
    unsigned file; /* index of its log */
};

struct log_attempt {
    GArray *lines;       /* struct log_told, by time; those without one first */
    int64_t first, last; /* ns; LOG_NO_TIME when no line has a time */
    const char *id;      /* correlation id; NULL */
    const char *client;  /* "192.0.2.1:4711"; NULL */
    bool any_stage;
    enum stage reached;       /* the furthest that a line speaks of */
    bool established;         /* a line says so, or an address was agreed on */
    struct log_blame blame;   /* what it failed of */
    struct log_told evidence; /* the line that says so; entry NULL: none */
};

/* Splits the lines of all logs by what begins an attempt, by their correlation ids, and by pauses.
 * More than LOG_ATTEMPTS_MAX are one. logs: struct log, which must live as long. */
GPtrArray *log_attempts_new(const GPtrArray *logs);

#endif
