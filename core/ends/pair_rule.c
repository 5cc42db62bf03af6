/* pair_rule.c - what the rules of a pair share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair_rule.h"

struct finding *
pair_rule_add(struct pair *pair, enum finding_id id, enum confidence confidence, struct mark cause,
              enum side at)
{
    if (pair->match == PAIR_CORRELATION_ID)
        confidence = MIN(confidence, CONFIDENCE_LIKELY);
    g_array_append_val(pair->found_at, at);
    return finding_add(pair->found, id, confidence, EVIDENCE_BOTH_ENDS, cause);
}

bool
pair_rule_found(const struct pair *pair, enum finding_id id)
{
    return finding_of(pair->found, id) != NULL;
}

struct finding *
pair_rule_find(const GPtrArray *found, enum finding_id id)
{
    for (guint i = 0; i < found->len; i++) {
        struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == id)
            return finding;
    }
    return NULL;
}

const struct finding *
pair_rule_found_at(const struct pair *pair, int side, enum finding_id id)
{
    return pair_rule_find(pair->end[side]->found, id);
}
