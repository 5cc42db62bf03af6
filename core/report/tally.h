/* tally.h - how many sessions have which verdict, in one line, and as a table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_TALLY_H
#define SSTPDIAG_CORE_REPORT_TALLY_H

#include "engine/engine.h"

/* A line on all that the engine has judged: "12 sessions: 8 healthy; 3 User name or password
 * refused; 1 inconclusive". The healthy stand first, then faults, the most frequent first, then
 * what is not known. A connection seen from both ends counts once. Nothing where there is but one.
 */
void report_tally_text(GString *text, const struct engine *engine);
/* The same of verdicts with these titles (verdict_title()). */
void report_tally_titles(GString *text, const GPtrArray *titles, const char *noun);
/* The same as a table, in the same order: number, verdict, which sessions (of a pair, the client
 * end's). */
void report_tally_table(GString *text, const struct engine *engine);

#endif
