/* blocks.h - lines that are one event together: labels and values, CSV, JSON, XML. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_BLOCKS_H
#define SSTPDIAG_CORE_LOG_BLOCKS_H

#include "log/forms.h"
#include "log/members.h"

struct log_blocks;

struct log_blocks *log_blocks_new(struct log_reader *reader, log_take_line *take_line);
void log_blocks_free(struct log_blocks *blocks);
/* Takes a line if it begins a block or goes on with one; false: it is a line by itself. line: what
 * its form tells; NULL when it has none. */
bool log_blocks_take(struct log_blocks *blocks, const char *text, const struct log_line *line);
/* The end of the log, or of what may belong to a block. */
void log_blocks_end(struct log_blocks *blocks);

#endif
