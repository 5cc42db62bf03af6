/* marks.h - what tells that two logs speak of the same session. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_MARKS_H
#define SSTPDIAG_CORE_LOG_MARKS_H

#include "log/entry.h"

enum log_mark_kind {
    LOG_MARK_NONE,
    LOG_MARK_ID,      /* a correlation id */
    LOG_MARK_RANDOM,  /* of a packet with a number that somebody drew: magic, challenge */
    LOG_MARK_ADDRESS, /* of a packet with the client's address in the tunnel: not of one session
                         only */
};

struct log_mark {
    enum log_mark_kind kind;
    uint64_t hash;
};

enum { LOG_MARKS_MAX = 2 /* of a line */ };

/* The marks of a line; how many. */
unsigned log_marks_of(const struct log_entry *entry, struct log_mark marks[LOG_MARKS_MAX]);

#endif
