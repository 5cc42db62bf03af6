/* offsets.h - the clocks of several logs. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_OFFSETS_H
#define SSTPDIAG_CORE_LOG_OFFSETS_H

#include "log/attempt.h"

/* struct log_offset, of each log: the first is none. By messages and ids that stand in both; else
 * where one end was written in a zone that nobody told, by half hours between them. */
GArray *log_offsets_new(const GPtrArray *logs);

#endif
