/* lengths_facts.c - what record lengths told of a connection that was recognised by them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/lengths_facts.h"

#include "base/thresholds.h"

bool
lengths_is_between(const struct lengths_record *record, unsigned min, unsigned max)
{
    return record->max >= min && record->min <= max;
}

bool
lengths_is(const struct lengths_record *record, unsigned n)
{
    return lengths_is_between(record, n, n);
}

const struct lengths_record *
lengths_tail_kept(const struct lengths_facts *facts, uint32_t i)
{
    if (i >= facts->num_tail || i >= LENGTHS_TAIL_MAX)
        return NULL;
    return &facts->tail[(facts->num_tail - 1 - i) % LENGTHS_TAIL_MAX];
}

const struct lengths_record *
lengths_tail(const struct lengths_facts *facts, uint32_t i)
{
    const struct lengths_record *record = lengths_tail_kept(facts, i);

    for (int side = 0; record && side < SIDE_COUNT; side++)
        if (mark_is_set(facts->tail_from[side]) && record->mark.time < facts->tail_from[side].time)
            return NULL;
    return record;
}

/* What was closed was a network protocol, and no goodbye: that has few records. */
static bool
network_was_closed(const struct lengths_facts *facts)
{
    enum { GOODBYE_RECORDS = 4 }; /* the Ack, Call Disconnect, once more, and its Ack */

    return facts->closing && facts->num_tail - facts->closing > GOODBYE_RECORDS;
}

/* Both sides are heard for a while after the network protocols agreed. */
static bool
went_on(const struct lengths_facts *facts)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (mark_seconds(facts->network_up, facts->last[side]) < LENGTHS_ESTABLISHED_SECONDS)
            return false;
    return mark_is_set(facts->network_up) && !network_was_closed(facts);
}

/* Of the side that sent less of it, since a network protocol was closed. Packets of these protocols
 * may be as long as the shortest data: where they did not agree, a few are none. */
static bool
has_data(const struct lengths_facts *facts)
{
    uint32_t least = MIN(facts->data[SIDE_CLIENT] - facts->closing_data[SIDE_CLIENT],
                         facts->data[SIDE_SERVER] - facts->closing_data[SIDE_SERVER]);

    if (facts->middle)
        return least >= LENGTHS_DATA_MIN;
    if (!mark_is_set(facts->call_connected.mark))
        return facts->may_hide && least >= LENGTHS_HIDDEN_DATA_MIN;
    bool agreed = facts->agreed[SIDE_CLIENT] || facts->agreed[SIDE_SERVER];
    return least >= (agreed ? 1 : LENGTHS_DATA_MIN);
}

bool
lengths_works(const struct lengths_facts *facts)
{
    return has_data(facts) || went_on(facts);
}

enum lengths_tunnel
lengths_tunnel(const struct lengths_facts *facts)
{
    if (facts->has_worked || lengths_works(facts))
        return LENGTHS_TUNNEL_UP;
    if (facts->middle || facts->lost || facts->may_hide ||
        (mark_is_set(facts->network_up) && !network_was_closed(facts)))
        return LENGTHS_TUNNEL_UNKNOWN;
    return LENGTHS_TUNNEL_NOT_UP;
}

bool
lengths_is_established(const struct lengths_facts *facts)
{
    return lengths_tunnel(facts) == LENGTHS_TUNNEL_UP;
}

const char *
lengths_server_guess(const struct lengths_facts *facts)
{
    /* From recordings and sources of these servers; sorz names its version in the answer. */
    static const struct {
        uint16_t min, max;
        const char *name;
    } servers[] = { { 83, 90, "sorz/sstp-server" },
                    { 94, 94, "accel-ppp" },
                    { 118, 118, "accel-ppp" },
                    { 123, 123, "Windows RRAS" },
                    { 125, 125, "SoftEther" } };

    for (size_t i = 0; facts->exact && i < G_N_ELEMENTS(servers); i++)
        if (facts->answer.min >= servers[i].min && facts->answer.max <= servers[i].max)
            return servers[i].name;
    return NULL;
}

const char *
lengths_label_name(enum lengths_label label)
{
    switch (label) {
    case LENGTHS_NOTHING:
        break;
    case LENGTHS_HTTP_REQUEST:
        return "HTTP request";
    case LENGTHS_HTTP_ANSWER:
        return "HTTP answer";
    case LENGTHS_CALL_REQUEST:
        return "Call Connect Request";
    case LENGTHS_CALL_ACK:
        return "Call Connect Ack";
    case LENGTHS_SETUP:
        return "LCP or authentication";
    case LENGTHS_CALL_CONNECTED:
        return "Call Connected";
    case LENGTHS_NCP:
        return "PPP control packet";
    case LENGTHS_LCP_ECHO:
        return "LCP Echo";
    case LENGTHS_SSTP_ECHO:
        return "SSTP Echo or Call Disconnect Ack";
    case LENGTHS_DATA:
        return "Data";
    }
    return NULL;
}

/* Index of the first note of frame, or of where it would stand. */
static guint
find_notes(const GArray *notes, uint32_t frame)
{
    guint from = 0, to = notes->len;

    /* Most come in order. */
    if (to > 0 && g_array_index(notes, struct lengths_note, to - 1).frame < frame)
        return to;
    while (from < to) {
        guint middle = from + (to - from) / 2;
        if (g_array_index(notes, struct lengths_note, middle).frame < frame)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void
lengths_note(struct lengths_facts *facts, const struct lengths_record *record)
{
    struct lengths_note note = { record->mark.frame, record->length, record->label, 1 };
    guint end = find_notes(facts->notes, note.frame + 1);
    struct lengths_note *last =
        end ? &g_array_index(facts->notes, struct lengths_note, end - 1) : NULL;

    if (last && last->frame == note.frame && last->label == LENGTHS_DATA &&
        note.label == LENGTHS_DATA) {
        last->records = (uint8_t)MIN(last->records + 1, UINT8_MAX);
        return;
    }
    g_array_insert_val(facts->notes, end, note);
}

const struct lengths_note *
lengths_notes(const struct lengths_facts *facts, uint32_t frame, uint32_t *num)
{
    guint from = find_notes(facts->notes, frame), to = find_notes(facts->notes, frame + 1);

    *num = to - from;
    return *num ? &g_array_index(facts->notes, struct lengths_note, from) : NULL;
}

enum lengths_label
lengths_label_at(const struct lengths_facts *facts, uint32_t frame)
{
    guint behind = find_notes(facts->notes, frame + 1);

    return behind ? g_array_index(facts->notes, struct lengths_note, behind - 1).label
                  : LENGTHS_NOTHING;
}
