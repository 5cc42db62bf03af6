/* time.h - time stamps of log lines. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_TIME_H
#define SSTPDIAG_CORE_LOG_TIME_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What 03/04/2026 means. */
enum log_date_order {
    LOG_ORDER_OPEN, /* what is nearer to the capture */
    LOG_ORDER_DAY_FIRST,
    LOG_ORDER_MONTH_FIRST,
};

/* What a stamp does not say: its zone; often its year, at times its day. */
struct log_clock {
    GTimeZone *zone;
    int64_t near; /* ns since the epoch: the year, or the day, that brings a stamp nearest to it */
    enum log_date_order order;
};

struct log_stamp {
    int64_t time;      /* ns since the epoch */
    int64_t precision; /* ns: it was between time and time + precision */
    bool zone_assumed, year_assumed, date_assumed;
    bool bracket; /* it stands in [] */
    bool tracing; /* "11-22 12:41:50:123", as only the tracing of Windows writes it */
};

/* Reads the stamp that *line begins with, in any of the ways that are known, with or without a
 * priority "<30>" or "<30>1 " in front. *line is then behind it, and behind blanks. False, and
 * *line untouched, when there is none or it is no date. */
bool log_time_parse(const char **line, const struct log_clock *clock, struct log_stamp *stamp);
/* Microseconds since the epoch, as the journal writes them, to a stamp. */
struct log_stamp log_time_of_epoch(int64_t ns, int64_t precision);
/* What the numeric dates of a text say about their order. */
enum log_date_order log_time_order(const char *text, size_t len, const struct log_clock *clock);

#endif
