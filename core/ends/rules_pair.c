/* rules_pair.c - the rules of a pair, and the verdict of both ends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/rules_pair.h"

#include "ends/pair_rule.h"
#include "rules/suspect.h"

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

/* What explains the session at one end, without what the other end refutes. */
static const struct finding *
finding_at(const struct pair *pair, int side)
{
    const struct result *end = pair->end[side];
    GPtrArray *left;

    if (!end->verdict.finding || !is_refuted(pair, side, end->verdict.finding))
        return end->verdict.finding;
    left = g_ptr_array_new();
    for (guint i = 0; i < end->found->len; i++) {
        struct finding *finding = g_ptr_array_index(end->found, i);
        if (!is_refuted(pair, side, finding))
            g_ptr_array_add(left, finding);
    }
    const struct finding *finding = verdict_finding(end->session, left);
    g_ptr_array_unref(left);
    return finding;
}

/* --- the verdict ----------------------------------------------------------------------------- */

/* finding, told by the clock and frames of at's end, if it explains better than what is best so
 * far. */
static void
pair_suspect(struct suspect *best, const struct pair *pair, enum side at,
             const struct finding *finding, bool both)
{
    const struct session *session = pair_session(pair, at);
    struct mark end = session_ending(session).mark;
    const struct suspect next = {
        .finding = finding,
        .time = pair_time(pair, at, finding->cause),
        .explains = finding_explains(finding, session, end),
        .both = both,
        .evidence = both ? EVIDENCE_BOTH_ENDS : session_evidence(session),
    };
    int64_t same_time = pair->clock_known ? 2 * pair->clock.bound : -1;

    if (!best->finding || suspect_is_better(&next, best, same_time))
        *best = next;
}

/* Nothing is left of a fault that the other end refutes. */
static bool
has_worked(const struct verdict *verdict)
{
    return verdict->state == VERDICT_HEALTHY || verdict->state == VERDICT_FAULT;
}

static bool
is_copy(const struct pair *pair, enum side at)
{
    return conn_is_copy(session_conn(pair_session(pair, at)));
}

/* Of the two ends, the one that knows more of how it went: of which something was said, as of a
 * copy nothing is, then who saw it work, then who saw it fail. */
static const struct verdict *
surer_end(const struct pair *pair)
{
    const struct verdict *client = &pair->end[SIDE_CLIENT]->verdict;
    const struct verdict *server = &pair->end[SIDE_SERVER]->verdict;

    if (is_copy(pair, SIDE_CLIENT) != is_copy(pair, SIDE_SERVER)) {
        const struct verdict *copy = is_copy(pair, SIDE_CLIENT) ? client : server;
        const struct verdict *other = copy == client ? server : client;
        /* What a copy does not know it may have seen all the same: that nothing was answered. */
        return copy->state == VERDICT_INCONCLUSIVE && has_worked(other) ? copy : other;
    }
    if (has_worked(client) || has_worked(server))
        return has_worked(client) ? client : server;
    return server->state == VERDICT_UNEXPLAINED ? server : client;
}

/* Where no finding explains it. */
static struct verdict
verdict_of_both(const struct verdict *surer)
{
    if (surer->state == VERDICT_HEALTHY || surer->state == VERDICT_FAULT)
        return (struct verdict){ .state = VERDICT_HEALTHY,
                                 .confidence = verdict_confidence(surer),
                                 .summary = g_strdup("No fault found at either end") };
    return (struct verdict){ .state = surer->state,
                             .confidence = surer->confidence,
                             .summary = g_strdup(surer->summary),
                             .advice = g_strdup(surer->advice) };
}

static void
pair_find_verdict(struct pair *pair)
{
    bool works = session_is_established(pair_session(pair, SIDE_CLIENT)) ||
                 session_is_established(pair_session(pair, SIDE_SERVER));
    struct suspect best = { 0 };

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct finding *finding = finding_at(pair, side);
        if (finding && is_suspect(finding, works))
            pair_suspect(&best, pair, (enum side)side, finding, false);
    }
    for (guint i = 0; i < pair->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(pair->found, i);
        if (is_suspect(finding, works))
            pair_suspect(&best, pair, g_array_index(pair->found_at, enum side, i), finding, true);
    }
    verdict_clear(&pair->verdict);
    pair->verdict =
        best.finding ? verdict_of_finding(best.finding) : verdict_of_both(surer_end(pair));
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
