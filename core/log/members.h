/* members.h - a line of a log as names and values: JSON, and fields of the journal. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_MEMBERS_H
#define SSTPDIAG_CORE_LOG_MEMBERS_H

#include "log/reader.h"

/* Called with the text of a line that an event holds inside, and its stamp. */
typedef void log_take_line(struct log_reader *reader, const char *text, enum log_source source,
                           const struct log_stamp *stamp, enum severity level);

/* Tells what the members are: an event of Windows, a line of the journal, of a container, of a
 * server. stamp: of the headline that stood in front; NULL. False: none of these. */
bool log_members_take(struct log_reader *reader, GHashTable *members, const struct log_stamp *stamp,
                      log_take_line *take_line);

#endif
