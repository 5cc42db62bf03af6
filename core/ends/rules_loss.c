/* rules_loss.c - rules of a pair: loss, disorder, and what a capture lacks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair_rule.h"

#include "base/text.h"
#include "base/thresholds.h"

void
pair_rule_capture_dropped(struct pair *pair)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct pair_way *way = &pair->way[side];
        if (way->unseen == 0)
            continue;
        struct finding *finding = pair_rule_add(pair, FINDING_CAPTURE_DROPPED, CONFIDENCE_CERTAIN,
                                                conn_first(session_conn(pair_session(pair, !side))),
                                                side_other((enum side)side));
        finding_text(finding, "capture", side_name(side_other((enum side)side)));
        finding_number(finding, "bytes", (double)way->unseen);
        finding_summary(finding,
                        "%s of the %s %s missing at the %s's capture point although the %s "
                        "acknowledged them: that capture lost them, not the path",
                        text_count(way->unseen, "byte").text, side_name((enum side)side),
                        text_are(way->unseen), side_name(side_other((enum side)side)),
                        side_name(side_other((enum side)side)));
    }
}

void
pair_rule_loss(struct pair *pair)
{
    const struct pair_way *way = pair->way;
    uint32_t lost = way[SIDE_CLIENT].lost_segments + way[SIDE_SERVER].lost_segments, sent = 0;
    struct mark first = way[SIDE_CLIENT].first_lost;
    enum side at = SIDE_CLIENT;

    for (int side = 0; side < SIDE_COUNT; side++)
        sent += segments_sent(pair_session(pair, side), side);
    if (lost < LOSS_MIN || lost * 100ULL < sent * (uint64_t)LOSS_PERCENT ||
        pair_rule_found(pair, FINDING_MTU_BLACKHOLE) ||
        pair_rule_found(pair, FINDING_MTU_HANDSHAKE_BLACKHOLE) ||
        pair_rule_found(pair, FINDING_IDLE_CUT) || pair_rule_found(pair, FINDING_TCP_PATH_SILENT) ||
        pair_rule_found(pair, FINDING_TCP_RST_AFTER_CLIENT_HELLO))
        return;
    if (!mark_is_set(first) || (mark_is_set(way[SIDE_SERVER].first_lost) &&
                                pair_time(pair, SIDE_SERVER, way[SIDE_SERVER].first_lost) <
                                    pair_time(pair, SIDE_CLIENT, first))) {
        first = way[SIDE_SERVER].first_lost;
        at = SIDE_SERVER;
    }
    bool whole = way[SIDE_CLIENT].unseen + way[SIDE_SERVER].unseen == 0;
    struct finding *finding = pair_rule_add(
        pair, FINDING_TCP_LOSS, whole ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, first, at);
    double percent[SIDE_COUNT];
    for (int side = 0; side < SIDE_COUNT; side++) {
        static const char *const keys[SIDE_COUNT][3] = {
            { "lost_percent_client", "lost_client", "lost_bytes_client" },
            { "lost_percent_server", "lost_server", "lost_bytes_server" },
        };
        percent[side] =
            way[side].sent ? 100.0 * (double)way[side].lost / (double)way[side].sent : 0;
        finding_number(finding, keys[side][0], percent[side]);
        finding_number(finding, keys[side][1], way[side].lost_segments);
        finding_number(finding, keys[side][2], (double)way[side].lost);
        for (uint32_t i = 0; i < way[side].num_lost_frames; i++)
            finding_frame(finding, way[side].lost_frames[i]);
    }
    finding_summary(finding,
                    "Between the two capture points %s of the client (%.1f %% of its bytes) and %u "
                    "of the server (%.1f %%) were lost",
                    text_count(way[SIDE_CLIENT].lost_segments, "segment").text,
                    percent[SIDE_CLIENT], way[SIDE_SERVER].lost_segments, percent[SIDE_SERVER]);
}

/* How many of side's segments left once and came twice. 0 where a mirror port or a bridge copies:
 * that doubles also what leaves the receiver, or all that comes. */
static uint32_t
doubled_on_path(const struct pair *pair, int side)
{
    const struct tcp_half *receiver = pair_receiver(pair, side);
    bool at_once = pair_sender(pair, side)->copied == 0 &&
                   pair_sender(pair, !side)->copied * 4ULL < receiver->copied;
    uint32_t doubled = pair->way[side].doubled + (at_once ? receiver->copied : 0);

    return doubled * 2ULL < receiver->segments ? doubled : 0;
}

static void
disorder_frames(struct finding *finding, const uint32_t *frames, uint32_t num)
{
    for (uint32_t i = 0; i < MIN(num, (uint32_t)PAIR_FRAMES_MAX); i++)
        finding_frame(finding, frames[i]);
}

/* One end alone can only guess. Here the order in which the segments left is known, and that none
 * was sent again, unless the capture at the sender's end has gaps. */
void
pair_rule_reordering(struct pair *pair)
{
    G_STATIC_ASSERT((int)PAIR_FRAMES_MAX == (int)COPIED_FRAMES_MAX);
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct pair_way *way = &pair->way[side];
        const struct tcp_half *receiver = pair_receiver(pair, side);
        if (!way->comparable ||
            conn_dropped(session_conn(pair_session(pair, side)), (enum side)side) > 0)
            continue;
        uint32_t doubled = doubled_on_path(pair, side);
        bool late = way->overtaken >= OVERTAKEN_MIN, twice = doubled >= OVERTAKEN_MIN;
        if (!late && !twice)
            continue;
        bool at_once = doubled > way->doubled;
        struct mark cause = late ? way->first_overtaken : (struct mark){ 0 };
        if (twice)
            cause = mark_earlier(cause, way->first_doubled);
        if (twice && at_once)
            cause = mark_earlier(cause, receiver->first_copied);
        struct finding *finding = pair_rule_add(pair, FINDING_TCP_REORDERING, CONFIDENCE_CERTAIN,
                                                cause, side_other((enum side)side));
        if (late)
            disorder_frames(finding, way->overtaken_frames, way->overtaken);
        if (twice)
            disorder_frames(finding, way->doubled_frames, way->doubled);
        if (twice && at_once)
            disorder_frames(finding, receiver->copied_frames, receiver->copied);
        finding_text(finding, "sender", side_name((enum side)side));
        finding_number(finding, "overtaken", way->overtaken);
        finding_number(finding, "doubled", doubled);
        char *order =
            late ? g_strdup_printf("%s of the %s, each sent once and in order, came to the other "
                                   "end after later ones: the path changes their order",
                                   text_count(way->overtaken, "segment").text,
                                   side_name((enum side)side))
                 : NULL;
        char *copies =
            twice ? g_strdup_printf("%s of the %s left once and came twice: the path doubles them",
                                    text_count(doubled, "segment").text, side_name((enum side)side))
                  : NULL;
        finding_summary(finding, "%s%s%s", order ? order : "", order && copies ? ". " : "",
                        copies ? copies : "");
        g_free(order);
        g_free(copies);
    }
}
