/* split.h - lines of logs become attempts. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_SPLIT_H
#define SSTPDIAG_CORE_LOG_SPLIT_H

#include "log/attempt.h"

/* One without lines. */
struct log_attempt *log_attempt_new(void);
void log_attempt_free(gpointer attempt);
/* Adds a line, which comes behind the others. */
void log_attempt_add(struct log_attempt *attempt, const struct log_told *told);
/* Splits lines (struct log_told, by time) into attempts. */
GPtrArray *log_split(const GArray *lines);
/* Orders struct log_told: by time, file, line. */
gint log_told_compare(gconstpointer a, gconstpointer b);

#endif
