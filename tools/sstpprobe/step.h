/* step.h - the steps of the walk, and how each went
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_STEP_H
#define SSTPPROBE_STEP_H

#include <glib.h>

/* In the order in which they are taken and shown. */
enum step {
    STEP_NAME,
    STEP_REACH,
    STEP_TCP,
    STEP_PROXY,
    STEP_TLS,
    STEP_HTTP,
    STEP_SSTP,
    STEP_LCP,
    STEP_AUTH,
    STEP_BINDING,
    STEP_NCP,
    STEP_INNER,
    STEP_MTU,
    STEP_EXEC,
    STEP_IDLE,
    STEP_END,
    STEP_COUNT
};

enum step_outcome {
    STEP_OK,
    STEP_WARNED,
    STEP_FAILED,
    STEP_UNKNOWN, /* what was seen says nothing */
    STEP_SKIPPED, /* not done, and why */
    STEP_NONE     /* there is nothing to try */
};

struct step_result {
    gboolean done;
    gboolean not_reached; /* skipped, as a step before it went wrong */
    enum step_outcome outcome;
    double seconds; /* below 0: it took none */
    char *seen;
};

/* Words of text and JSON; static memory. */
const char *step_name(enum step step);
const char *step_outcome_name(enum step_outcome outcome);

#endif
