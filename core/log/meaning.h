/* meaning.h - what the text of a log entry says. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_MEANING_H
#define SSTPDIAG_CORE_LOG_MEANING_H

#include "log/entry.h"

/* What of a session a text speaks of. */
enum log_event log_meaning_event(const char *text);
/* Is the entry worth to be told? Its source, level, event, codes and text must be known. */
bool log_meaning_is_telling(const struct log_entry *entry);

#endif
