/* word.h - the verdict on an attempt that logs alone tell of: by its messages, and by what its
 * programs say
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_WORD_H
#define SSTPDIAG_CORE_LOG_WORD_H

#include "log/told.h"

struct log_word {
    struct log_judged *judged; /* NULL: no message stands in its lines, or none can be relied on */
    enum verdict_state state;
    int finding; /* enum finding_id; LOG_NO_FINDING: the state alone */
    enum confidence confidence;
    bool by_messages; /* the messages tell it; else a sentence does */
    char *summary, *advice;
    struct log_told evidence; /* entry NULL: no line of its own */
};

/* A log is what one side thinks: never certain. attempt must live as long. */
struct log_word *log_word_new(const struct log_attempt *attempt);
void log_word_free(struct log_word *word);
/* "auth_bad_credentials", "healthy" */
const char *log_word_name(const struct log_word *word);
/* What people read first: the finding's title, or the state's name. */
const char *log_word_title(const struct log_word *word);
/* Its severity; -1: nothing is wrong. */
int log_word_severity(const struct log_word *word);

#endif
