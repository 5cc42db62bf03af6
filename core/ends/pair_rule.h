/* pair_rule.h - the rules of a pair, and what they share. For ends/ alone.
 *
 * Each rule looks at what both ends show, and at what rules before it found, and adds a finding or
 * none. rules_pair.c calls them in its order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENDS_PAIR_RULE_H
#define SSTPDIAG_CORE_ENDS_PAIR_RULE_H

#include "ends/pair.h"

/* Adds a finding that both ends show. cause is told by the clock of at's capture point. Where only
 * the correlation id tells that both are one, it is likely at most. */
struct finding *pair_rule_add(struct pair *pair, enum finding_id id, enum confidence confidence,
                              struct mark cause, enum side at);
/* A rule of the pair found this, more than possible. */
bool pair_rule_found(const struct pair *pair, enum finding_id id);
/* The finding of this id, even if it is only possible; NULL when there is none. */
struct finding *pair_rule_find(const GPtrArray *found, enum finding_id id);
/* The same of what the end of side found by itself. */
const struct finding *pair_rule_found_at(const struct pair *pair, int side, enum finding_id id);

/* rules_changed.c: what was changed between the two ends */
void pair_rule_nat(struct pair *pair);
void pair_rule_syn_rewritten(struct pair *pair);
void pair_rule_proxy_header(struct pair *pair);
void pair_rule_http_headers(struct pair *pair);

/* rules_tls_ends.c: who ends TLS, and what the client bound to */
void pair_rule_tls_inspection(struct pair *pair);
void pair_rule_cert_hash(struct pair *pair);
void pair_rule_cert_hash_end_to_end(struct pair *pair);

/* rules_arrival.c: what left one end and never came, or came and never left */
void pair_rule_rst_injected(struct pair *pair);
void pair_rule_closed_between(struct pair *pair);
void pair_rule_no_answer(struct pair *pair);
void pair_rule_hole(struct pair *pair);
void pair_rule_peer_vanished(struct pair *pair);

/* rules_loss.c: loss, disorder, and what a capture lacks */
void pair_rule_capture_dropped(struct pair *pair);
void pair_rule_loss(struct pair *pair);
void pair_rule_reordering(struct pair *pair);

#endif
