/* lengths_follow.c - what each record of a session is taken for, by its length
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/lengths_follow.h"

#include "base/thresholds.h"
#include "codec/tls.h"

/* Bytes of plaintext. */
enum {
    CALL_CONNECTED = 112,
    LCP_ECHO = 16,
    LCP_ECHO_SHORT = 14, /* address and control field compressed */
    TERMINATE = 12,      /* of any protocol of PPP, without a text */
};

/* Whoever is asked answers with a record of the same length; any other of its records shows that
 * it lives, too. kind: of the record; LENGTHS_ECHO_KINDS: no echo. */
static void
follow_echo(struct lengths_facts *facts, unsigned kind, const struct lengths_record *record)
{
    bool answers = false;

    if (facts->closed)
        return;
    for (unsigned i = 0; i < LENGTHS_ECHO_KINDS; i++) {
        struct lengths_echo *asked = &facts->echo[i][side_other((enum side)record->by)];
        answers |= i == kind && asked->open > 0;
        asked->replies += i == kind && asked->open > 0;
        asked->open = 0;
    }
    if (answers || kind == LENGTHS_ECHO_KINDS)
        return;
    struct lengths_echo *own = &facts->echo[kind][record->by];
    own->requests++;
    if (own->open++ == 0)
        own->first_open = record->mark;
    own->last_open = record->mark;
}

static void
follow_data(struct lengths_facts *facts, const struct lengths_record *record)
{
    mark_once(&facts->first_data, record->mark);
    facts->last_data[record->by] = record->mark;
    facts->data[record->by]++;
}

static enum lengths_label
label_setup(struct lengths_facts *facts, const struct lengths_record *record)
{
    bool may_be_data = record->min >= LENGTHS_DATA_BYTES_MIN;

    if (record->by == SIDE_CLIENT && facts->records[SIDE_SERVER] > 1 &&
        lengths_is(record, CALL_CONNECTED)) {
        facts->call_connected = *record;
        return LENGTHS_CALL_CONNECTED;
    }
    if (record->by == SIDE_CLIENT && record->min >= CALL_CONNECTED + LENGTHS_PPP_BYTES_MIN)
        facts->may_hide = true;
    if (facts->num_setup < LENGTHS_SETUP_MAX)
        facts->setup[facts->num_setup] = *record;
    facts->num_setup++;
    if (record->by == SIDE_SERVER || !may_be_data) {
        facts->row = 0;
    } else {
        if (facts->row++ == 0)
            facts->row_at = record->mark;
        if (facts->row > facts->unanswered) {
            facts->unanswered = facts->row;
            facts->unanswered_at = facts->row_at;
        }
    }
    if (facts->may_hide && may_be_data)
        follow_data(facts, record);
    return LENGTHS_SETUP;
}

/* No class of a block cipher holds both lengths of echoes. */
unsigned
lengths_echo_kind(const struct lengths_record *record)
{
    if (record->max >= LENGTHS_DATA_BYTES_MIN)
        return LENGTHS_ECHO_KINDS;
    if (lengths_is(record, LENGTHS_ECHO_BYTES))
        return LENGTHS_ECHO_SSTP;
    return lengths_is(record, LCP_ECHO) || lengths_is(record, LCP_ECHO_SHORT) ? LENGTHS_ECHO_LCP
                                                                              : LENGTHS_ECHO_KINDS;
}

/* The record of the other side that this one, as long, seems to answer; NULL for none. */
static const struct lengths_record *
answered(const struct lengths_facts *facts, const struct lengths_record *record)
{
    const struct lengths_record *older;

    for (uint32_t i = 0; (older = lengths_tail(facts, i)); i++) {
        if (older->mark.frame < facts->call_connected.mark.frame ||
            mark_seconds(older->mark, record->mark) > LENGTHS_ROUND_SECONDS)
            return NULL;
        if (older->by != record->by && lengths_is_between(older, record->min, record->max))
            return older;
    }
    return NULL;
}

/* An acknowledgement is as long as its request. So is a refusal of all that it asks for: this alone
 * proves nothing. Echoes look the same, but hardly come before the network protocols. Requests
 * without an option are as long as what closes a protocol, which must be open first; of a side that
 * wanted something before, they mean that it was refused. */
static void
follow_network(struct lengths_facts *facts, unsigned kind, const struct lengths_record *record)
{
    bool early = mark_seconds(facts->call_connected.mark, record->mark) < LENGTHS_NCP_SECONDS;
    const struct lengths_record *asked;

    if (kind == LENGTHS_ECHO_SSTP || record->max < TERMINATE ||
        (kind == LENGTHS_ECHO_LCP && facts->exact && !early))
        return;
    bool bare = facts->exact && record->min == TERMINATE;
    if (!(asked = answered(facts, record))) {
        facts->wanted[record->by] |= !bare;
        return;
    }
    if (bare && !mark_is_set(facts->network_up) && facts->wanted[asked->by]) {
        facts->agreed[asked->by] = false;
        return;
    }
    if (bare && mark_is_set(facts->network_up)) {
        facts->has_worked |= lengths_works(facts);
        if (facts->closing == 0)
            facts->closing = facts->num_tail;
        for (int side = 0; side < SIDE_COUNT; side++)
            facts->closing_data[side] = facts->data[side];
        return;
    }
    facts->agreed[asked->by] = true;
    if (facts->agreed[SIDE_CLIENT] && facts->agreed[SIDE_SERVER])
        mark_once(&facts->network_up, record->mark);
}

static enum lengths_label
label_running(struct lengths_facts *facts, const struct lengths_record *record)
{
    unsigned kind = lengths_echo_kind(record);

    facts->after[record->by]++;
    follow_echo(facts, kind, record);
    if (record->min < LENGTHS_DATA_BYTES_MIN && !facts->middle)
        follow_network(facts, kind, record);
    if (kind < LENGTHS_ECHO_KINDS)
        return kind == LENGTHS_ECHO_SSTP ? LENGTHS_SSTP_ECHO : LENGTHS_LCP_ECHO;
    if (record->min < LENGTHS_DATA_BYTES_MIN)
        return LENGTHS_NCP;
    follow_data(facts, record);
    return LENGTHS_DATA;
}

static enum stage
stage_of(const struct lengths_facts *facts, enum lengths_label label)
{
    switch (label) {
    case LENGTHS_CALL_CONNECTED:
        return STAGE_BINDING;
    case LENGTHS_NCP:
        return mark_is_set(facts->first_data) ? STAGE_DATA : STAGE_NCP;
    case LENGTHS_LCP_ECHO:
    case LENGTHS_SSTP_ECHO:
        return STAGE_KEEPALIVE;
    case LENGTHS_DATA:
        return STAGE_DATA;
    default:
        return facts->records[SIDE_CLIENT] + facts->records[SIDE_SERVER] > LENGTHS_LCP_RECORDS_MAX
                   ? STAGE_AUTH
                   : STAGE_LCP;
    }
}

/* Records that waited for an earlier one of their side, which they stay behind, are told late: they
 * stand where they came. All others stand as they are told: where a capture mixes the two sides up,
 * the engine has put them in order. */
static void
keep_in_tail(struct lengths_facts *facts, const struct lengths_record *record)
{
    uint32_t kept = MIN(facts->num_tail, (uint32_t)LENGTHS_TAIL_MAX - 1), at = facts->num_tail++;

    for (; facts->told_late && kept > 0; kept--, at--) {
        const struct lengths_record *before = &facts->tail[(at - 1) % LENGTHS_TAIL_MAX];
        if (before->mark.time <= record->mark.time || before->by == record->by)
            break;
        facts->tail[at % LENGTHS_TAIL_MAX] = *before;
    }
    facts->tail[at % LENGTHS_TAIL_MAX] = *record;
}

/* The other side's records behind a late one, by their times or by their places in the capture,
 * were told already, as if it had not been there. */
static void
notice_late(struct lengths_facts *facts, const struct lengths_record *record)
{
    struct mark other = facts->last[side_other((enum side)record->by)];

    if (!facts->told_late || !mark_is_set(other) ||
        (record->mark.time >= other.time && record->mark.frame >= other.frame))
        return;
    for (int side = 0; side < SIDE_COUNT; side++)
        facts->lost_last[side] = mark_later(facts->lost_last[side], other);
}

bool
lengths_follow(struct lengths_facts *facts, struct lengths_record *record)
{
    enum stage before = facts->stage;
    bool running = facts->middle || mark_is_set(facts->call_connected.mark);

    notice_late(facts, record);
    facts->records[record->by]++;
    facts->last[record->by] = record->mark;
    record->label = (uint8_t)(running ? label_running(facts, record) : label_setup(facts, record));
    lengths_note(facts, record);
    keep_in_tail(facts, record);
    facts->stage = stage_of(facts, (enum lengths_label)record->label);
    return facts->stage != before || facts->data[record->by] <= LENGTHS_DATA_MIN;
}

void
lengths_follow_size(struct lengths_facts *facts, const struct lengths_record *record)
{
    size_t room = facts->room[record->by];

    if (room == 0 || record->length + (size_t)TLS_RECORD_HEADER_LEN <= room ||
        !lengths_is_between(record, STRADDLING_PACKET_MIN, STRADDLING_PACKET_MAX))
        return;
    uint32_t all = facts->straddling[SIDE_CLIENT] + facts->straddling[SIDE_SERVER];
    if (all < LENGTHS_STRADDLING_MAX)
        facts->straddling_frames[all] = record->mark.frame;
    mark_once(&facts->straddling_at, record->mark);
    facts->straddling_max = MAX(facts->straddling_max, record->max);
    facts->straddling[record->by]++;
}
