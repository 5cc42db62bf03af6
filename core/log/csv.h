/* csv.h - rows of commas, semicolons or tabs: Event Viewer, PowerShell, NPS. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_CSV_H
#define SSTPDIAG_CORE_LOG_CSV_H

#include "log/record.h"

/* Does this line begin a row, or a headline of columns? Cheap. */
bool log_csv_begins(const struct log_reader *reader, const char *line);
/* Does a quote that opens in text stay open at its end? */
bool log_csv_is_open(const char *text);
/* Takes a whole row: a headline is kept in reader, an event told. False: it is neither. */
bool log_csv_take(struct log_reader *reader, const char *row);
void log_csv_free(struct log_csv *csv);

#endif
