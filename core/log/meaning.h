/* meaning.h - what the text of a log entry says. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_MEANING_H
#define SSTPDIAG_CORE_LOG_MEANING_H

#include "log/entry.h"

/* Sets sentence, event, level and telling of an entry, whose source, codes and text are known, and
 * its level where the log itself has one. */
void log_meaning_judge(const struct log_catalogue *catalogue, struct log_entry *entry);

#endif
