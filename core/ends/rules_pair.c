/* rules_pair.c - the rules of a pair, and the verdict of both ends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/rules_pair.h"

#include "ends/pair_rule.h"

/* A finding that could be the pair's verdict. */
struct candidate {
    const struct finding *finding;
    int64_t time; /* of its cause, on the client's clock */
    bool both;
    enum evidence evidence; /* how much its session could see */
};

static bool
shares_frame(const struct finding *a, const struct finding *b)
{
    for (unsigned i = 0; i < a->num_frames; i++)
        for (unsigned k = 0; k < b->num_frames; k++)
            if (a->frames[i] == b->frames[k])
                return true;
    return false;
}

static bool
is_possible(const struct candidate *candidate)
{
    return candidate->finding->confidence == CONFIDENCE_POSSIBLE;
}

/* The worse finding. Of the same thing, what both ends show counts more than what one does; of two
 * ends, the one that could read more. Else the earlier cause. */
static bool
explains_better(const struct pair *pair, const struct candidate *a, const struct candidate *b)
{
    int64_t apart = time_between(b->time, a->time);

    if (is_possible(a) != is_possible(b))
        return is_possible(b);
    if (a->finding->severity != b->finding->severity)
        return a->finding->severity > b->finding->severity;
    if (a->both != b->both &&
        (a->finding->id == b->finding->id || shares_frame(a->finding, b->finding) ||
         (pair->clock_known && time_apart(a->time, b->time) <= 2 * pair->clock.bound)))
        return a->both;
    if (!a->both && !b->both && a->evidence != b->evidence)
        return a->evidence > b->evidence;
    if (apart != 0)
        return apart < 0;
    return finding_info(a->finding->id)->stage < finding_info(b->finding->id)->stage;
}

/* One end alone takes what is sent again for lost. Both ends know whether it came, where they saw
 * every byte: is this a loss that was none? */
static bool
is_refuted(const struct pair *pair, int side, const struct finding *finding)
{
    const struct pair_way *way = pair->way;

    return finding->id == FINDING_TCP_LOSS && way[SIDE_CLIENT].comparable &&
           way[SIDE_SERVER].comparable && way[SIDE_CLIENT].unseen + way[SIDE_SERVER].unseen == 0 &&
           !pair_rule_found(pair, FINDING_TCP_LOSS) &&
           pair_was_recording(pair, side_other((enum side)side), finding->cause);
}

/* The verdict of one end, without what the other end refutes. */
static const struct finding *
verdict_at(const struct pair *pair, int side)
{
    const struct result *end = pair->end[side];
    GPtrArray *left;

    if (!end->verdict || !is_refuted(pair, side, end->verdict))
        return end->verdict;
    left = g_ptr_array_new();
    for (guint i = 0; i < end->found->len; i++) {
        struct finding *finding = g_ptr_array_index(end->found, i);
        if (!is_refuted(pair, side, finding))
            g_ptr_array_add(left, finding);
    }
    const struct finding *verdict = verdict_of(end->session, left);
    g_ptr_array_unref(left);
    return verdict;
}

static void
pair_find_verdict(struct pair *pair)
{
    bool works = session_is_established(pair_session(pair, SIDE_CLIENT)) ||
                 session_is_established(pair_session(pair, SIDE_SERVER));
    struct candidate best = { 0 };

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct finding *verdict = verdict_at(pair, side);
        if (!verdict || (verdict->confidence == CONFIDENCE_POSSIBLE && works))
            continue;
        const struct candidate next = { verdict, pair_time(pair, (enum side)side, verdict->cause),
                                        false, session_evidence(pair_session(pair, side)) };
        if (!best.finding || explains_better(pair, &next, &best))
            best = next;
    }
    for (guint i = 0; i < pair->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(pair->found, i);
        enum side at = g_array_index(pair->found_at, enum side, i);
        if (finding->severity < SEVERITY_WARN ||
            (finding->confidence == CONFIDENCE_POSSIBLE && works))
            continue;
        const struct candidate next = { finding, pair_time(pair, at, finding->cause), true,
                                        EVIDENCE_BOTH_ENDS };
        if (!best.finding || explains_better(pair, &next, &best))
            best = next;
    }
    pair->verdict = best.finding;
}

static void
pair_judge(struct pair *pair)
{
    static void (*const rules[])(struct pair *) = {
        pair_rule_no_answer,       pair_rule_nat,          pair_rule_syn_rewritten,
        pair_rule_tls_inspection,  pair_rule_cert_hash,    pair_rule_cert_hash_end_to_end,
        pair_rule_proxy_header,    pair_rule_http_headers, pair_rule_rst_injected,
        pair_rule_closed_between,  pair_rule_hole,         pair_rule_peer_vanished,
        pair_rule_capture_dropped, pair_rule_loss,         pair_rule_reordering,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        rules[i](pair);
    pair_find_verdict(pair);
}

void
pairs_judge(GPtrArray *pairs)
{
    for (guint i = 0; i < pairs->len; i++)
        pair_judge(g_ptr_array_index(pairs, i));
}
