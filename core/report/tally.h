/* tally.h - how many sessions have which verdict, in one line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_TALLY_H
#define SSTPDIAG_CORE_REPORT_TALLY_H

#include "engine/engine.h"

struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *tally);
/* title: as verdict_title() has it; it is copied. */
void tally_add(struct tally *tally, const char *title);
/* "8 healthy; 3 User name or password refused; 1 inconclusive": the healthy first, then faults, the
 * most frequent first, then what is not known. Newly allocated; NULL for fewer than two. */
char *tally_text(const struct tally *tally);

/* A line on all that the engine has judged; a connection seen from both ends counts once. Nothing
 * where there is but one. */
void report_tally_text(GString *text, const struct engine *engine);

#endif
