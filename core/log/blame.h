/* blame.h - which finding a line of a log names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_BLAME_H
#define SSTPDIAG_CORE_LOG_BLAME_H

#include "log/entry.h"

struct log_blame {
    int finding;            /* enum finding_id; LOG_NO_FINDING */
    enum log_weight weight; /* of what names it */
};

/* What a code alone says; LOG_NO_FINDING when that is nothing of the catalogue. */
int log_code_finding(const struct log_code *code);
/* By its codes first, which are surer than words. */
struct log_blame log_entry_blame(const struct log_entry *entry);
/* Does it outrank the other? A cause does a consequence. */
bool log_blame_is_better(const struct log_blame *blame, const struct log_blame *than);

#endif
