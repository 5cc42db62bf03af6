/* place.h - lines of logs beside the sessions of a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_PLACE_H
#define SSTPDIAG_CORE_LOG_PLACE_H

#include "engine/engine.h"
#include "log/log.h"

enum { LOG_PLACED_MAX = 2000 /* lines of a session */ };

/* What is added to the times of a log, and why. */
enum log_shift_reason {
    LOG_SHIFT_NONE,
    LOG_SHIFT_ZONE, /* nothing fits as it is, and with one shift of quarters of an hour most does */
    LOG_SHIFT_HEADER,   /* the log has the correlation id of a request of the capture */
    LOG_SHIFT_MESSAGES, /* without a capture: messages that another log has, too */
};

struct log_fit {
    const struct log *log;
    int64_t shift; /* ns */
    enum log_shift_reason reason;
    uint32_t placed; /* lines that are beside a session */
};

struct log_placed {
    const struct log_entry *entry;
    unsigned file;  /* index of its log */
    int64_t time;   /* of the capture's clock; LOG_NO_TIME */
    uint32_t frame; /* what it speaks of, or the one nearest in time; 0 when none is near */
};

/* Of one session. */
struct log_page {
    GArray *placed; /* struct log_placed, by time */
    uint32_t more;  /* that did not fit in, counted up to LOG_PLACED_MAX */
};

struct logbook;

/* After engine_finish(). logs: struct log, which must live as long as the logbook; NULL for none.
 */
struct logbook *logbook_new(const struct engine *engine, const GPtrArray *logs);
/* Every line is wanted in the text report, chatter too. */
void logbook_want_all(struct logbook *book, bool all);
bool logbook_wants_all(const struct logbook *book);
void logbook_free(struct logbook *book);
/* One for each log. */
const GArray *logbook_fits(const struct logbook *book);
/* NULL when no line is beside the session. */
const struct log_page *logbook_page(const struct logbook *book, const struct session *session);

#endif
