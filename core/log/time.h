/* time.h - time stamps of log lines. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_TIME_H
#define SSTPDIAG_CORE_LOG_TIME_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a stamp does not say: its zone, and for syslog its year. */
struct log_clock {
    GTimeZone *zone;
    int64_t near; /* ns since the epoch: the year that brings a stamp nearest to it is taken */
};

struct log_stamp {
    int64_t time;      /* ns since the epoch */
    int64_t precision; /* ns: it was between time and time + precision */
    bool zone_assumed, year_assumed;
};

/* Reads the stamp that *line begins with: "Nov 22 12:41:50", "2026-11-22T12:41:50.123+01:00",
 * "2026-11-22 12:41:50,123", "[2026-11-22 12:41:50]:", with or without a priority "<30>" or
 * "<30>1 " in front. *line is then behind it, and behind blanks. False, and *line untouched, when
 * there is none or it is no date. */
bool log_time_parse(const char **line, const struct log_clock *clock, struct log_stamp *stamp);

#endif
