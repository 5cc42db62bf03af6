/* lengths_patterns.c - what the lengths of records between Call Connect Ack and Call Connected look
 * like: a response to a challenge, requests that are refused or repeated
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/lengths_patterns.h"

#include "base/thresholds.h"

static uint32_t
num_kept(const struct lengths_facts *facts)
{
    return MIN(facts->num_setup, (uint32_t)LENGTHS_SETUP_MAX);
}

/* The record stands between two of the server's, as a response does; data that nobody answers comes
 * in a row. Behind it the client may also give up. */
static bool
is_in_turn(const struct lengths_facts *facts, int i, int kept)
{
    const struct lengths_record *setup = facts->setup;

    return i > 0 && setup[i - 1].by == SIDE_SERVER &&
           (i + 1 >= kept || setup[i + 1].by == SIDE_SERVER ||
            lengths_is(&setup[i + 1], LEN_TERMINATE) || lengths_is(&setup[i + 1], LEN_ABORT));
}

int
lengths_response(const struct lengths_facts *facts)
{
    int kept = (int)num_kept(facts);

    for (int i = 0; i < kept; i++)
        if (facts->setup[i].by == SIDE_CLIENT && facts->setup[i].min >= LEN_RESPONSE_MIN &&
            facts->setup[i].min <= LEN_RESPONSE_MAX && is_in_turn(facts, i, kept))
            return i;
    return -1;
}

bool
lengths_went_on(const struct lengths_facts *facts, int response)
{
    uint32_t records[SIDE_COUNT] = { 0 };
    uint32_t kept = num_kept(facts);

    for (uint32_t i = (uint32_t)(response + 1); i < kept; i++)
        if (mark_seconds(facts->setup[response].mark, facts->setup[i].mark) < LENGTHS_GO_ON_SECONDS)
            records[facts->setup[i].by]++;
    return records[SIDE_CLIENT] >= LENGTHS_GO_ON_MIN && records[SIDE_SERVER] >= LENGTHS_GO_ON_MIN;
}

/* How often in a row, at most, asker sent a request of one length and the answer was equally long
 * each time, and hardly longer than the request. */
static struct lengths_ping_pong
ping_pong_of(const struct lengths_facts *facts, enum side asker)
{
    const struct lengths_record *setup = facts->setup;
    uint32_t kept = num_kept(facts);
    struct lengths_ping_pong most = { 0, asker, 0 };
    unsigned row = 0;
    uint16_t question = 0, answer = 0;
    struct mark last = { 0 };

    for (uint32_t i = 0; i + 1 < kept; i++) {
        if (setup[i].by != asker || setup[i + 1].by == asker || setup[i].min > LEN_SMALL_MAX ||
            setup[i + 1].min > setup[i].min + 1)
            continue;
        /* Echoes look the same, but do not follow each other so closely. */
        bool soon = mark_seconds(last, setup[i].mark) <= LENGTHS_ROUND_SECONDS;
        last = setup[i].mark;
        row = soon && setup[i].min == question && setup[i + 1].min == answer ? row + 1 : 1;
        question = setup[i].min;
        answer = setup[i + 1].min;
        if (row > most.times)
            most = (struct lengths_ping_pong){ row, asker, setup[i + 1].max };
    }
    return most;
}

struct lengths_ping_pong
lengths_ping_pong(const struct lengths_facts *facts)
{
    struct lengths_ping_pong client = ping_pong_of(facts, SIDE_CLIENT);
    struct lengths_ping_pong server = ping_pong_of(facts, SIDE_SERVER);

    return client.times > server.times ? client : server;
}

struct lengths_repeats
lengths_repeats(const struct lengths_facts *facts, const struct lengths_end *end)
{
    uint32_t i = facts->num_setup <= LENGTHS_SETUP_MAX ? facts->num_setup : 0;
    const struct lengths_record *setup = facts->setup;
    struct lengths_repeats repeats = { 0 };

    while (end->goodbye && i > 0 && setup[i - 1].mark.frame >= end->goodbye->mark.frame)
        i--;
    for (; i > 0; i--) {
        const struct lengths_record *record = &setup[i - 1];
        if (repeats.times == 0)
            repeats = (struct lengths_repeats){ 1,           (enum side)record->by, record->min,
                                                record->max, record->mark,          record->mark };
        else if (record->by != repeats.by || record->min != repeats.bytes ||
                 mark_seconds(record->mark, repeats.first) < 1)
            break;
        else
            repeats.times++;
        repeats.first = record->mark;
    }
    return repeats;
}

/* The server's first packet may share the record of Call Connect Ack. */
bool
lengths_begin_with(const struct lengths_facts *facts, enum side side, uint16_t bytes)
{
    bool shared = side == SIDE_SERVER && facts->call_ack.min > LEN_CALL_ACK;
    unsigned left = shared ? 1 : 2;

    if (shared && facts->call_ack.min - LEN_CALL_ACK == bytes)
        return true;
    for (uint32_t i = 0; left > 0 && i < num_kept(facts); i++) {
        if (facts->setup[i].by != side)
            continue;
        if (facts->setup[i].min == bytes)
            return true;
        left--;
    }
    return false;
}

struct lengths_wait
lengths_response_wait(const struct lengths_facts *facts, int response,
                      const struct lengths_end *end)
{
    uint32_t kept = num_kept(facts);
    struct mark since = response >= 0 ? facts->setup[response].mark : (struct mark){ 0 };

    if (response < 0)
        return (struct lengths_wait){ 0, true };
    for (uint32_t i = (uint32_t)response + 1; i < kept; i++)
        if (facts->setup[i].by == SIDE_SERVER &&
            facts->setup[i].mark.frame < lengths_ended_at(end).frame)
            return (struct lengths_wait){ mark_seconds(since, facts->setup[i].mark), true };
    return (struct lengths_wait){ mark_seconds(since, lengths_ended_at(end)), false };
}

double
lengths_server_silence(const struct lengths_facts *facts, const struct lengths_end *end)
{
    uint32_t kept = num_kept(facts);
    struct mark last = facts->call_ack.mark;

    if (lengths_ended_by(end) == SIDE_SERVER || facts->num_setup > kept)
        return 0;
    for (uint32_t i = 0; i < kept; i++)
        if (facts->setup[i].by == SIDE_SERVER &&
            facts->setup[i].mark.frame < lengths_ended_at(end).frame)
            last = facts->setup[i].mark;
    return mark_seconds(last, lengths_ended_at(end));
}
