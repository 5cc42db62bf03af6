/* lengths.c - what the rules for sessions without keys share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/lengths.h"

#include "base/thresholds.h"

const struct lengths_facts *
lengths_of(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = view->final ? session_lengths(session) : NULL;

    return facts && !conn_is_copy(session_conn(session)) ? facts : NULL;
}

void
rules_inferred_stages(const struct session *session, const struct finding *finding,
                      enum stage *passed, enum stage *failed)
{
    bool connected = mark_is_set(session_lengths(session)->call_connected.mark);

    *failed = finding_info(finding->id)->stage;
    if (finding->id == FINDING_SSTP_ABORTED && connected)
        *failed = STAGE_BINDING;
    *passed =
        finding->id == FINDING_SSTP_CALL_CONNECTED_MISSING ? STAGE_AUTH : (enum stage)(*failed - 1);
}

bool
lengths_are_known(const struct session *session, const struct lengths_facts *facts,
                  struct mark since)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        if (facts->lost_last[side].frame >= since.frame ||
            half->in_order < MAX(half->next, half->reached))
            return false;
    }
    return true;
}

bool
lengths_are_captured(const struct session *session, const struct lengths_facts *facts)
{
    if (facts->lost)
        return false;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_dropped(session_conn(session), (enum side)side) > 0 ||
            conn_unseen(session_conn(session), (enum side)side) > 0)
            return false;
    return true;
}

bool
lengths_are_whole(const struct session *session, const struct lengths_facts *facts)
{
    return lengths_are_captured(session, facts) &&
           !conn_is_stuck(session_conn(session), SIDE_CLIENT) &&
           !conn_is_stuck(session_conn(session), SIDE_SERVER);
}

struct lengths_text
lengths_text(unsigned min, unsigned max)
{
    struct lengths_text text;

    if (min == max)
        g_snprintf(text.text, sizeof text.text, "%u bytes", max);
    else
        g_snprintf(text.text, sizeof text.text, "%u to %u bytes", min, max);
    return text;
}

void
finding_length(struct finding *finding, const char *key, unsigned min, unsigned max)
{
    if (min == max)
        finding_number(finding, key, max);
}

/* A Terminate-Request with a text, which data, where it is compressed, is as long as: its Ack comes
 * next, with the text or without, or it is sent again, or its sender goes on with Call Disconnect.
 */
static bool
is_terminate_with_text(const struct lengths_record *record, const struct lengths_record *newer)
{
    return !newer || newer->min == record->min || newer->min == LEN_TERMINATE ||
           (newer->by == record->by && newer->min == LEN_ABORT);
}

/* Has the record the length of a first message of a goodbye? newer: the record behind it; NULL for
 * none. */
static bool
begins_goodbye(const struct lengths_facts *facts, const struct lengths_record *record,
               const struct lengths_record *newer)
{
    bool network = mark_is_set(facts->call_connected.mark) && !mark_is_set(facts->first_data);
    bool acknowledged = newer && newer->by != record->by && newer->min == LEN_DISCONNECT_ACK;

    /* An IPV6CP packet may be as long as Call Disconnect, which ends a goodbye. */
    if (record->min == LEN_ABORT && network && newer && newer->min == LEN_TERMINATE)
        return false;
    if (record->min == LEN_TERMINATE || record->min == LEN_ABORT)
        return true;
    /* As long as an LCP echo, which nothing so short answers. */
    if (record->min == LEN_ABORT_SHORT && acknowledged)
        return true;
    /* In a running tunnel records of this size can only be control packets of PPP. */
    if (mark_is_set(facts->first_data))
        return record->label == LENGTHS_NCP && is_terminate_with_text(record, newer);
    /* A Terminate-Request with a short text, and its Ack. */
    return record->min > LEN_ABORT && record->min <= LEN_ABORT + 4 && newer &&
           newer->by != record->by && newer->min == LEN_TERMINATE;
}

/* Index of the last record until the end: some come behind the close. */
static uint32_t
last_until(const struct lengths_facts *facts, struct mark end)
{
    const struct lengths_record *record;
    uint32_t i = 0;

    while ((record = lengths_tail_kept(facts, i)) && record->mark.frame > end.frame)
        i++;
    return i;
}

const struct lengths_record *
lengths_last(const struct lengths_facts *facts, const struct lengths_end *end)
{
    return lengths_tail(facts, last_until(facts, end->mark));
}

/* A Call Disconnect without Status Info is as long as its Ack. So are an echo and its answer, but
 * the end does not follow them so soon. */
static const struct lengths_record *
find_bare_disconnect(const struct lengths_facts *facts, struct mark end)
{
    uint32_t last = last_until(facts, end);
    const struct lengths_record *ack = lengths_tail(facts, last);
    const struct lengths_record *ask = lengths_tail(facts, last + 1);

    return ask && ack->by != ask->by && ack->min == LEN_DISCONNECT_ACK &&
                   ask->min == LEN_DISCONNECT_ACK && mark_seconds(ask->mark, end) <= 1
               ? ask
               : NULL;
}

/* A Terminate-Ack, say: what it answers may be among the other side's records that are not known.
 */
static bool
may_be_answer(const struct lengths_facts *facts, const struct lengths_record *record)
{
    struct mark from = facts->tail_from[!record->by];

    return mark_is_set(from) && record->mark.time < from.time &&
           (record->min == LEN_TERMINATE || record->min == LEN_DISCONNECT_ACK);
}

/* Data that was on its way when a goodbye was begun, which first then answers: the other side does
 * not answer that by next. */
static bool
crosses_goodbye(const struct lengths_record *record, const struct lengths_record *first,
                const struct lengths_record *next)
{
    bool is_ack = first && first->min == LEN_TERMINATE &&
                  !(next && next->by != first->by && next->min == LEN_TERMINATE);

    return is_ack && record->label == LENGTHS_DATA &&
           mark_seconds(record->mark, first->mark) <= LENGTHS_ROUND_SECONDS;
}

/* The goodbye of which first is as long as an Ack, where it is one: the other side goes on by Call
 * Disconnect, with Status Info or without, and so it was that side which began, behind more data
 * than is kept. */
static const struct lengths_record *
begun_before(const struct lengths_record *first, const struct lengths_record *next)
{
    bool was_ack =
        first && first->min == LEN_TERMINATE && next && next->by != first->by &&
        (next->min == LEN_ABORT || next->min == LEN_ABORT_SHORT || next->min == LEN_DISCONNECT_ACK);

    return was_ack ? next : first;
}

/* Goes back from the end, as long as the records have a goodbye's lengths and follow each other
 * closely. */
static const struct lengths_record *
find_goodbye(const struct lengths_facts *facts, struct mark end)
{
    const struct lengths_record *record, *newer = NULL, *goodbye = NULL, *next = NULL;
    struct mark later = end;

    for (uint32_t i = last_until(facts, end); (record = lengths_tail_kept(facts, i)); i++) {
        if (mark_seconds(record->mark, later) > LENGTHS_GOODBYE_SECONDS)
            break;
        /* Where its Ack may be missing, it may as well have begun the goodbye behind that data. */
        if (crosses_goodbye(record, goodbye, next) && may_be_answer(facts, goodbye))
            return NULL;
        if (crosses_goodbye(record, goodbye, next))
            continue;
        if (begins_goodbye(facts, record, newer)) {
            next = newer;
            goodbye = record;
        } else if (record->min != LEN_DISCONNECT_ACK) {
            break;
        }
        later = record->mark;
        newer = record;
    }
    if (goodbye && may_be_answer(facts, goodbye))
        return NULL;
    return goodbye ? begun_before(goodbye, next) : find_bare_disconnect(facts, end);
}

typedef const struct lengths_record *(*tail_fn)(const struct lengths_facts *facts, uint32_t i);

/* Where control packets take turns, each but the first answers the one before. Where the first is
 * of the record's own side, so is the goodbye; else the record answers what the other side said
 * before it. Data may be on its way meanwhile. i: of what is before the record, taken from tail;
 * next: behind it, of the other side, which counts where there is more data than is kept. */
static const struct lengths_record *
begun_by(const struct lengths_facts *facts, tail_fn tail, uint32_t i,
         const struct lengths_record *record, const struct lengths_record *next)
{
    const struct lengths_record *older, *asked = NULL, *first = record;

    for (; (older = tail(facts, i)); i++) {
        if (mark_seconds(older->mark, first->mark) > LENGTHS_GOODBYE_SECONDS)
            break;
        if (older->label == LENGTHS_DATA)
            continue;
        if (older->by == first->by)
            break;
        asked = asked ? asked : older;
        first = older;
    }
    if (!older && !asked && next)
        return next;
    return first->by == record->by ? record : asked;
}

/* With a block cipher many lengths look alike. Call Disconnect and its Ack still differ, which an
 * echo and its answer do not; accel-ppp sends Call Disconnect once more. A Terminate-Ack and a Call
 * Disconnect without Status Info look the same: it answers something. */
static const struct lengths_record *
find_disconnect(const struct lengths_facts *facts, struct mark end)
{
    uint32_t i = last_until(facts, end);
    const struct lengths_record *last = lengths_tail(facts, i), *ack, *ask;

    if (!last)
        return NULL;
    uint32_t again = lengths_is(last, LEN_ABORT) && last->max <= LEN_SMALL_CLASS_MAX;
    if (!(ack = lengths_tail(facts, i + again)) || !(ask = lengths_tail(facts, i + again + 1)))
        return NULL;
    bool fits = ack->by != ask->by && lengths_is(ack, LEN_DISCONNECT_ACK) &&
                lengths_is(ask, LEN_ABORT) && (!again || last->by == ask->by) &&
                mark_seconds(ask->mark, end) <= LENGTHS_GOODBYE_SECONDS;
    return fits ? begun_by(facts, lengths_tail, i + again + 2, ask, NULL) : NULL;
}

/* The same without Status Info, as long as its Ack, where a Terminate-Request is longer. */
static const struct lengths_record *
find_bare_of_class(const struct lengths_facts *facts, struct mark end)
{
    uint32_t i = last_until(facts, end);
    const struct lengths_record *ack = lengths_tail_kept(facts, i);
    const struct lengths_record *ask = lengths_tail_kept(facts, i + 1);

    return ask && ack->by != ask->by && lengths_is(ack, LEN_DISCONNECT_ACK) &&
                   lengths_is(ask, LEN_DISCONNECT_ACK) && ask->max < LEN_TERMINATE &&
                   mark_seconds(ask->mark, end) <= LENGTHS_LAST_WORDS_SECONDS
               ? ask
               : NULL;
}

/* Small records at once before the close, with a block cipher: it would be an accident if they were
 * an echo. The first of those in which one side answers the other: an echo before them ends with
 * another record of who then takes its leave. A side that is slow to answer has not begun. */
static const struct lengths_record *
find_last_words(const struct lengths_facts *facts, struct mark end)
{
    uint32_t i = last_until(facts, end);
    const struct lengths_record *record, *first = NULL, *next = NULL;
    struct mark later = end;

    for (; (record = lengths_tail(facts, i)); i++) {
        if (record->max > LEN_SMALL_CLASS_MAX || (first && first->by == record->by) ||
            mark_seconds(record->mark, later) > LENGTHS_LAST_WORDS_SECONDS)
            break;
        later = record->mark;
        next = first;
        first = record;
    }
    if (!first)
        return NULL;
    record = begun_by(facts, lengths_tail, i, first, next);
    /* In front of a hole it may as well answer what stands behind that. */
    return record == begun_by(facts, lengths_tail_kept, i, first, next) ? record : NULL;
}

/* Before data came, packets of the set-up may look like either. */
static const struct lengths_record *
find_goodbye_of_class(const struct lengths_facts *facts, struct mark end)
{
    if (!mark_is_set(facts->first_data))
        return NULL;
    const struct lengths_record *disconnect = find_disconnect(facts, end);
    if (!disconnect)
        disconnect = find_bare_of_class(facts, end);
    return disconnect ? disconnect : find_last_words(facts, end);
}

/* Who closes TLS first closes the connection, though the other side's FIN may come before its own.
 */
static void
end_by_alert(const struct lengths_facts *facts, struct lengths_end *end)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (mark_is_set(facts->alert[side]) && facts->alert[side].frame < end->mark.frame) {
            end->mark = facts->alert[side];
            end->by = (enum side)side;
            end->reset = false;
            end->alert = true;
        }
}

/* Records that waited for bytes in front of them are told late, and stand by their stamps, which
 * are wrong by as much as doubt seconds. newer: the record behind. */
static bool
may_change_places(const struct lengths_facts *facts, const struct lengths_record *record,
                  const struct lengths_record *newer, double doubt)
{
    bool late = record->mark.frame <=
                MIN(facts->lost_last[SIDE_CLIENT].frame, facts->lost_last[SIDE_SERVER].frame);

    /* Came behind what its side said after it: its first copy may not have been captured. */
    if (newer->by == record->by)
        return !facts->exact && newer->mark.frame < record->mark.frame;
    return late && doubt > 0 && mark_seconds(record->mark, newer->mark) <= doubt;
}

/* Who answered whom before the end is not known. */
static bool
order_is_open(const struct session *session, const struct lengths_facts *facts, struct mark end)
{
    double doubt = ns_seconds(order_doubt(conn_order(session_conn(session))));
    const struct lengths_record *record, *newer = NULL;

    for (uint32_t i = last_until(facts, end); (record = lengths_tail_kept(facts, i)); i++) {
        if (mark_seconds(record->mark, end) > LENGTHS_GOODBYE_SECONDS)
            break;
        if (newer && may_change_places(facts, record, newer, doubt))
            return true;
        newer = record;
    }
    return false;
}

static struct lengths_end
end_of(const struct session *session, struct mark now, const struct lengths_facts *facts)
{
    struct lengths_end end = { .mark = now };

    end.closed = conn_closed(session_conn(session), &end.mark, &end.by, &end.reset);
    if (!end.closed)
        return end;
    end_by_alert(facts, &end);
    if (order_is_open(session, facts, end.mark))
        return end;
    end.goodbye =
        facts->exact ? find_goodbye(facts, end.mark) : find_goodbye_of_class(facts, end.mark);
    return end;
}

struct lengths_end
lengths_end_of(const struct session *session, const struct view *view,
               const struct lengths_facts *facts)
{
    return end_of(session, view->now, facts);
}

bool
lengths_said_goodbye(const struct session *session)
{
    const struct lengths_facts *facts = session_lengths(session);

    return facts && end_of(session, (struct mark){ 0 }, facts).goodbye;
}

enum side
lengths_ended_by(const struct lengths_end *end)
{
    return end->goodbye ? (enum side)end->goodbye->by : end->by;
}

struct mark
lengths_ended_at(const struct lengths_end *end)
{
    return end->goodbye ? end->goodbye->mark : end->mark;
}

/* The catalogue's advice, and how to see what lengths cannot tell. */
void
finding_wants_keys(struct finding *finding)
{
    const char *advice = finding_info(finding->id)->advice;

    finding->advice = g_strdup_printf(
        "%s%sRecord lengths alone cannot prove the cause: look into the server's log of this time, "
        "or record again with TLS keys (SSLKEYLOGFILE of the client or server; the server's "
        "private key serves only where the key exchange is RSA).",
        advice, *advice ? " " : "");
}

struct finding *
finding_inferred(const struct view *view, enum finding_id id, enum confidence confidence,
                 struct mark cause)
{
    struct finding *finding = finding_add(view->found, id, confidence, EVIDENCE_INFERRED, cause);

    finding_wants_keys(finding);
    return finding;
}

void
lengths_ended_abruptly(const struct session *session, const struct view *view,
                       const struct lengths_end *end, enum confidence confidence)
{
    double idle = session_idle_before(session, end->mark);
    struct finding *finding =
        finding_inferred(view, FINDING_PEER_ABRUPT_CLOSE, confidence, end->mark);

    finding_text(finding, "by", side_name(end->by));
    finding_text(finding, "how", close_name(end->reset));
    finding_number(finding, "idle_seconds", idle);
    finding_summary(finding,
                    "The %s's side closed the running session by %s, and no record before it has "
                    "the length of a goodbye of TLS, SSTP or PPP" INFERRED,
                    side_name(end->by), close_name(end->reset));
}
