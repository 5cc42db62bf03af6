/* ladder.h - a session's messages as arrows between its two ends, as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_LADDER_H
#define SSTPDIAG_CORE_REPORT_LADDER_H

#include "engine/engine.h"

/* A line a message, with frame and time; findings below the message where they are, pauses, and how
 * many messages were left out. It fits 80 columns. After engine_finish(), of an engine that keeps
 * traces (engine_trace()); without one the text says so. Newly allocated. */
char *report_ladder_text(const struct engine *engine, const struct result *result);

#endif
