/* alone_facts.h - what both forms of a report of logs alone say. For report/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_ALONE_FACTS_H
#define SSTPDIAG_CORE_REPORT_ALONE_FACTS_H

#include "log/attempts.h"
#include "log/word.h"

struct alone {
    const GPtrArray *logs;
    struct log_attempts *attempts;
    GPtrArray *words; /* struct log_word, of each attempt */
};

static inline guint
alone_num(const struct alone *alone)
{
    return alone->attempts->attempts->len;
}

static inline const struct log_attempt *
alone_attempt(const struct alone *alone, guint i)
{
    return g_ptr_array_index(alone->attempts->attempts, i);
}

static inline const struct log_word *
alone_word(const struct alone *alone, guint i)
{
    return g_ptr_array_index(alone->words, i);
}

static inline const struct log_told *
alone_line(const struct log_attempt *attempt, guint i)
{
    return &g_array_index(attempt->lines, struct log_told, i);
}

/* "established", "failed", "ended", "unknown" */
const char *alone_outcome(const struct log_attempt *attempt, const struct log_word *word);
/* The furthest stage that a line or a message speaks of. False: none does. */
bool alone_stage(const struct log_attempt *attempt, const struct log_word *word, enum stage *stage);
/* Is the finding that a line names beside what the rules found? */
bool alone_has_blame(const struct log_attempt *attempt, const struct log_word *word);

#endif
