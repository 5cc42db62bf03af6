/* meaning.h - what the text of a log entry says. For log/ and report/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_MEANING_H
#define SSTPDIAG_CORE_LOG_MEANING_H

#include "log/entry.h"

/* Sets sentence, event, level and telling of an entry, whose source, codes and text are known, and
 * its level where the log itself has one. */
void log_meaning_judge(const struct log_catalogue *catalogue, struct log_entry *entry);
/* The program where it has nothing to do with SSTP: "postfix", "sshd"; NULL. */
const char *log_meaning_foreign(const struct log_entry *entry);

#endif
