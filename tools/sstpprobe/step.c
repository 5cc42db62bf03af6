/* step.c - the steps of the walk
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "step.h"

const char *
step_name(enum step step)
{
    static const char *const names[] = { "name", "reach", "tcp",  "proxy",   "tls", "http",
                                         "sstp", "lcp",   "auth", "binding", "ncp", "inner",
                                         "mtu",  "exec",  "idle", "end" };

    return names[step];
}

const char *
step_outcome_name(enum step_outcome outcome)
{
    static const char *const names[] = { "ok", "warned", "failed", "unknown", "skipped", "none" };

    return names[outcome];
}
