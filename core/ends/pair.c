/* pair.c - one connection seen from two capture points
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair.h"

#include "base/thresholds.h"

const struct session *
pair_session(const struct pair *pair, int side)
{
    return pair->end[side]->session;
}

const struct tcp_half *
pair_sender(const struct pair *pair, int side)
{
    return session_half(pair_session(pair, side), side);
}

const struct tcp_half *
pair_receiver(const struct pair *pair, int side)
{
    return session_half(pair_session(pair, !side), side);
}

const struct seq_log *
pair_sent(const struct pair *pair, int side)
{
    return conn_seq_log(session_conn(pair_session(pair, side)), (enum side)side);
}

const struct seq_log *
pair_came(const struct pair *pair, int side)
{
    return conn_seq_log(session_conn(pair_session(pair, !side)), (enum side)side);
}

int64_t
pair_time(const struct pair *pair, enum side at, struct mark mark)
{
    return at == SIDE_SERVER && pair->clock_known ? clock_to_client(&pair->clock, mark.time)
                                                  : mark.time;
}

int64_t
pair_took(const struct pair *pair, enum side sender, int64_t left, int64_t came)
{
    const struct clock_sample sample = clock_sample_of(sender, left, came);
    int64_t offset = pair->clock_known ? clock_offset_at(&pair->clock, sample.at) : 0;

    return time_between(sender == SIDE_CLIENT ? offset : -offset, sample.took);
}

uint64_t
pair_acked(const struct pair *pair, int side)
{
    uint64_t near = pair_sender(pair, side)->acked;
    int64_t far = (int64_t)pair_receiver(pair, side)->acked - pair->way[side].shift;

    return far > 0 && pair_receiver(pair, side)->acked ? MAX(near, (uint64_t)far) : near;
}

bool
pair_has_sender(const struct pair *pair, enum side side, struct mark mark)
{
    const struct capture_point *capture_point = pair->at[side];
    int64_t left = time_between(pair->way[side].delay, pair_time(pair, side_other(side), mark));

    return pair->clock_known && pair->way[side].samples > 0 &&
           left >= pair_time(pair, side, capture_point->first) &&
           left <= pair_time(pair, side, capture_point->last);
}

bool
pair_was_recording(const struct pair *pair, enum side side, struct mark other)
{
    const struct capture_point *capture_point = pair->at[side];
    int64_t time = pair_time(pair, side_other(side), other);

    return pair->clock_known && time >= pair_time(pair, side, capture_point->first) &&
           time_between(time, pair_time(pair, side, capture_point->last)) >=
               pair->clock.bound * 2 + pair->way[SIDE_CLIENT].queue_99 +
                   pair->way[SIDE_SERVER].queue_99 + PAIR_SLACK_NS;
}
