/* lengths_connected.c - without keys, from Call Connected on, before the tunnel runs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/lengths_patterns.h"

#include "base/text.h"
#include "base/thresholds.h"

/* The last record of side, and whether a record as long as a Call Disconnect Ack follows. */
static const struct lengths_record *
last_of(const struct lengths_facts *facts, enum side side, bool *acknowledged)
{
    const struct lengths_record *record;

    *acknowledged = false;
    for (uint32_t i = 0; (record = lengths_tail(facts, i)); i++) {
        if (record->by == side)
            return record;
        *acknowledged |= record->min == LEN_DISCONNECT_ACK;
    }
    return NULL;
}

/* A record of the server, which may have any length, is answered by a Terminate-Ack, and the end
 * follows: it was a Terminate-Request with a text. A Terminate-Request of the client, which is as
 * long as the Ack, is answered itself. */
static bool
server_gave_reason(const struct lengths_facts *facts, const struct lengths_end *end)
{
    const struct lengths_record *newer = NULL, *record, *older;

    for (uint32_t i = 0; (record = lengths_tail(facts, i)) && (older = lengths_tail(facts, i + 1));
         i++, newer = record) {
        if (older->mark.frame < facts->call_connected.mark.frame ||
            mark_seconds(record->mark, end->mark) > LENGTHS_GOODBYE_SECONDS)
            return false;
        if (record->by == SIDE_CLIENT && record->min == LEN_TERMINATE && older->by == SIDE_SERVER &&
            older->min >= LEN_TERMINATE &&
            !(newer && newer->by == SIDE_SERVER && newer->min == LEN_TERMINATE))
            return true;
    }
    return false;
}

/* The server sent a Terminate-Request. One that crossed Call Connected on the way counts only
 * behind another record of the server: alone it may be a Success of CHAP or PAP without a text,
 * which is as long. */
static bool
server_terminates(const struct lengths_facts *facts)
{
    const struct lengths_record *record, *older;

    for (uint32_t i = 0; (record = lengths_tail(facts, i)); i++) {
        bool before = record->mark.frame < facts->call_connected.mark.frame;
        older = lengths_tail(facts, i + 1);
        if (record->by == SIDE_SERVER && record->min == LEN_TERMINATE &&
            (!before || (older && older->by == SIDE_SERVER)))
            return true;
        if (before)
            return false;
    }
    return false;
}

/* It was the client that left: a small record of the server, its Terminate-Ack, answers the
 * client's goodbye. */
static bool
client_left(const struct lengths_facts *facts, const struct lengths_record *goodbye)
{
    const struct lengths_record *record, *later = NULL;

    if (!goodbye || goodbye->by != SIDE_CLIENT)
        return false;
    for (uint32_t i = 0; (record = lengths_tail(facts, i)) && record != goodbye; i++)
        later = record;
    return later && later->by == SIDE_SERVER && later->min <= LEN_SMALL_MAX;
}

static void
connected_aborted(const struct view *view, const struct lengths_facts *facts,
                  const struct lengths_record *abort, enum confidence confidence)
{
    struct finding *finding = finding_inferred(view, FINDING_SSTP_ABORTED, confidence, abort->mark);

    finding_frame(finding, facts->call_connected.mark.frame);
    finding_number(finding, "seconds", mark_seconds(facts->call_connected.mark, abort->mark));
    g_free(finding->advice);
    finding->advice = g_strdup(
        "The server refused Call Connected. Compare the certificate hash that it expects with the "
        "certificate of this connection (a renewed certificate, or a proxy that ends TLS), then "
        "see that RADIUS gives it the MS-MPPE keys and that both sides allow the same hash "
        "protocol. The log of accel-ppp names the reason; TLS keys would show it, too.");
    finding_summary(
        finding,
        "The server answered Call Connected after %s by a record of Call Abort's "
        "length (%s), and the session ended, as when it refuses the crypto binding" INFERRED,
        text_seconds(mark_seconds(facts->call_connected.mark, abort->mark)).text,
        lengths_text(abort->min, abort->max).text);
}

static unsigned
tail_repeats(const struct lengths_facts *facts)
{
    const struct lengths_record *a, *b;
    unsigned repeats = 0;

    for (uint32_t i = 0; (a = lengths_tail(facts, i)) && (b = lengths_tail(facts, i + 2)); i++)
        repeats += a->by == b->by && a->min == b->min && a->min > LEN_TERMINATE;
    return repeats / 2;
}

/* Too few records for a network protocol, which takes a request and an acknowledgement of either
 * side. Records that may be part of a goodbye do not count. */
static bool
network_cannot_be_up(const struct lengths_facts *facts, const struct lengths_end *end)
{
    uint32_t records[SIDE_COUNT] = { 0 };
    const struct lengths_record *record;
    int response = lengths_response(facts);

    if (response < 0 || lengths_went_on(facts, response) ||
        facts->after[SIDE_CLIENT] + facts->after[SIDE_SERVER] > LENGTHS_TAIL_MAX)
        return false;
    for (uint32_t i = 0; i < facts->after[SIDE_CLIENT] + facts->after[SIDE_SERVER]; i++) {
        record = lengths_tail(facts, i);
        if (record->min != LEN_DISCONNECT_ACK && record->min != LEN_TERMINATE &&
            (record->min != LEN_ABORT || record->by != lengths_ended_by(end)))
            records[record->by]++;
    }
    return records[SIDE_CLIENT] < LENGTHS_NCP_EXCHANGE_MIN ||
           records[SIDE_SERVER] < LENGTHS_NCP_EXCHANGE_MIN;
}

static void
connected_no_network(const struct view *view, const struct lengths_facts *facts,
                     const struct lengths_end *end)
{
    unsigned repeats = tail_repeats(facts);
    bool rejected = repeats > REFUSED_MIN;
    struct finding *finding =
        finding_inferred(view, rejected ? FINDING_IPCP_ADDRESS_REJECTED : FINDING_IPCP_NO_ADDRESS,
                         CONFIDENCE_POSSIBLE, lengths_ended_at(end));

    finding_frame(finding, facts->call_connected.mark.frame);
    finding_text(finding, "ended_by", side_name(lengths_ended_by(end)));
    finding_number(finding, "seconds",
                   mark_seconds(facts->call_connected.mark, lengths_ended_at(end)));
    finding_number(finding, "packets_client", facts->after[SIDE_CLIENT]);
    finding_number(finding, "packets_server", facts->after[SIDE_SERVER]);
    finding_summary(finding,
                    rejected ? "The session ended while the network protocols were negotiated, "
                               "after the same request was answered alike time and again: an "
                               "address that the other side does not take" INFERRED
                             : "The session ended while the network protocols were negotiated: no "
                               "address to give, none that both take, or no common compression or "
                               "encryption" INFERRED);
}

/* The server's only record behind Call Connected may be a Call Abort. One without its reserved
 * bytes may also be LCP's echo, one without Status Info SSTP's, and with a block cipher it may be
 * any small packet: then the server closes at once. */
static bool
is_aborted(const struct lengths_facts *facts, const struct lengths_end *end)
{
    const struct lengths_record *last = lengths_last(facts, end);

    return facts->after[SIDE_SERVER] == 1 && last && last->by == SIDE_SERVER &&
           last->mark.frame >= facts->call_connected.mark.frame &&
           (facts->exact ? last->min == LEN_ABORT_SHORT || last->min == LEN_ABORT_BARE
                         : lengths_is(last, LEN_ABORT)) &&
           end->by == SIDE_SERVER &&
           mark_seconds(facts->call_connected.mark, end->mark) <= LENGTHS_ABORT_SECONDS;
}

/* The same with an AEAD, where other records may stand between. */
static bool
is_aborted_exactly(const struct lengths_facts *facts)
{
    bool acknowledged;
    const struct lengths_record *last = last_of(facts, SIDE_SERVER, &acknowledged);

    return facts->exact && last && last->mark.frame >= facts->call_connected.mark.frame &&
           last->min == LEN_ABORT && !acknowledged && !server_terminates(facts) &&
           mark_seconds(facts->call_connected.mark, last->mark) <= LENGTHS_ABORT_SECONDS;
}

/* No network protocol came up, or the session ended so soon that none may have. */
static bool
has_no_network(const struct lengths_facts *facts, const struct lengths_end *end)
{
    bool acknowledged;
    const struct lengths_record *last = last_of(facts, SIDE_SERVER, &acknowledged);
    bool server_left =
        !client_left(facts, end->goodbye) &&
        (lengths_ended_by(end) == SIDE_SERVER || (facts->exact && last && last->min == LEN_ABORT));

    if (lengths_tunnel(facts) == LENGTHS_TUNNEL_NOT_UP)
        return true;
    return (server_left ||
            (facts->exact && (server_gave_reason(facts, end) || network_cannot_be_up(facts, end) ||
                              tail_repeats(facts) > REFUSED_MIN))) &&
           mark_seconds(facts->call_connected.mark, end->mark) < 2 * SILENCE_SECONDS;
}

static void
rule_connected(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || !mark_is_set(facts->call_connected.mark) || lengths_is_established(facts) ||
        !lengths_are_whole(session, facts))
        return;
    struct lengths_end end = lengths_end_of(session, view, facts);
    const struct lengths_record *last = lengths_last(facts, &end);
    bool acknowledged;
    if (!end.closed || !last || is_explained(session, view, end.mark))
        return;
    if (is_aborted_exactly(facts))
        connected_aborted(view, facts, last_of(facts, SIDE_SERVER, &acknowledged),
                          CONFIDENCE_LIKELY);
    else if (is_aborted(facts, &end))
        connected_aborted(view, facts, last, CONFIDENCE_POSSIBLE);
    else if (has_no_network(facts, &end))
        connected_no_network(view, facts, &end);
    else if (end.reset && !end.goodbye)
        lengths_ended_abruptly(session, view, &end, CONFIDENCE_POSSIBLE);
}

const rule_fn rules_lengths_connected[] = {
    rule_connected,
    NULL,
};
