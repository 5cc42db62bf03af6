/* rules.h - from a session's facts to findings
 *
 * Each rule is one function: it reads the facts of a session and what rules before it found, and
 * adds a finding or none. Rules keep no state; rules_run() calls them all, in its order. What is
 * raised while the capture is still being read must hold to its end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_RULES_H
#define SSTPDIAG_CORE_RULES_RULES_H

#include "rules/delivery.h"
#include "rules/ending.h"
#include "rules/explain.h"
#include "rules/finding.h"
#include "rules/suspect.h"
#include "rules/verdict.h"
#include "rules/view.h"

typedef void (*rule_fn)(const struct session *session, const struct view *view);

/* Tables of rules, each ended by NULL, and in the file of its name; rules_http is in setup.c. */
extern const rule_fn rules_capture[], rules_blackhole[], rules_tcp[], rules_setup[], rules_path[],
    rules_idle[], rules_cert[], rules_tls[], rules_http[], rules_dns[], rules_auth[], rules_eap[],
    rules_lcp[], rules_ncp[], rules_binding[], rules_keepalive[], rules_mtu[], rules_data[],
    rules_message[], rules_sstp[], rules_lengths_call[], rules_lengths_setup[],
    rules_lengths_connected[], rules_lengths_tunnel[], rules_trial[], rules_teardown[];

/* All rules, in the order in which they may look at each other's findings. Makes view->found, which
 * the caller frees, and its elements with it. */
void rules_run(const struct session *session, struct view *view);
/* A finding from record lengths is a session's verdict: the last stage of the set-up that was done,
 * and the one that failed. */
void rules_inferred_stages(const struct session *session, const struct finding *finding,
                           enum stage *passed, enum stage *failed);

#endif
