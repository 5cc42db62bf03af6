/* word.h - the word on a walk: how bad it went, at which step, by which finding
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_WORD_H
#define SSTPPROBE_WORD_H

#include "walk.h"

enum word_level { WORD_GOOD, WORD_WARNED, WORD_BAD, WORD_UNKNOWN };

struct word {
    enum word_level level;
    const char *step;    /* the first of the worst ones; NULL: all is well */
    const char *seen;    /* what it has to tell; NULL: nothing */
    bool fault;          /* finding is more than a step that was warned of */
    const char *finding; /* id, or state of the verdict: "tcp_refused", "healthy" */
    const char *summary; /* one sentence; the walk's */
};

/* After run_walk(). Valid as long as walk. */
struct word word_of(const struct walk *walk);
/* The finding of a step that is worth a look, the verdict first; NULL: none. */
const char *word_of_step(const struct walk *walk, enum step step);
/* From the beginning to the last step. */
double word_seconds(const struct walk *walk);
/* Days until the server's certificate ends. False: none was seen. */
bool word_certificate_days(const struct walk *walk, double *days);

#endif
