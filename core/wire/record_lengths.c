/* record_lengths.c - what TLS record lengths alone tell: is this connection SSTP, and how far did
 * it come
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/record_lengths.h"

#include "base/thresholds.h"
#include "wire/lengths_follow.h"
#include "wire/lengths_rhythm.h"

/* Bytes of plaintext. */
enum {
    FINISHED_SHA256 = 4 + 32, /* RFC 8446 4.4.4 */
    FINISHED_SHA384 = 4 + 48,
    KEY_UPDATE = 4 + 1,         /* RFC 8446 4.6.3 */
    NO_CERTIFICATE = 4 + 1 + 3, /* RFC 8446 4.4.2: no context, an empty list */
    REQUEST_MIN = 120,          /* SSTP_DUPLEX_POST with a short host and no correlation id, */
    REQUEST_MAX = 700,          /* with a long one and a cookie */
    ANSWER_MIN = 54,            /* status line and Content-Length alone */
    ANSWER_MAX = 200,
    SSTP_HEADER = 4,
    FRAGMENT_MAX = 1, /* apart from its record, against attacks on TLS 1.0's CBC */
    CALL_REQUEST = 14,
    CALL_ACK = 48,
    CALL_NAK_MIN = 20, /* one Status Info attribute without a value, */
    CALL_NAK_MAX = 24, /* or with the start of the attribute that is refused */
    CALL_ABORT = 20,
    LCP_MIN = 12,        /* without options, as LCP sends it before it has agreed */
    PPP_SETUP_MAX = 160, /* of the first packets behind Call Connect Ack */
};

bool
lengths_is_over(const struct lengths *lengths)
{
    return lengths->start.state >= LENGTHS_REFUSED;
}

const struct lengths_facts *
lengths_facts(const struct lengths *lengths)
{
    return lengths->start.state == LENGTHS_SSTP ? lengths->facts : NULL;
}

void
lengths_clear(struct lengths *lengths)
{
    if (lengths->facts) {
        g_array_unref(lengths->facts->notes);
        g_free(lengths->facts->rhythm);
    }
    g_free(lengths->facts);
    lengths->facts = NULL;
}

static void
become_foreign(struct lengths *lengths)
{
    lengths_clear(lengths);
    lengths->start.state = LENGTHS_FOREIGN;
}

void
lengths_lost(struct lengths *lengths, enum side side, struct mark mark)
{
    struct lengths_facts *facts = lengths->facts;

    if (lengths->start.state == LENGTHS_SSTP) {
        if (!mark_is_set(facts->tail_from[side]) || facts->tail_from[side].time < mark.time)
            facts->tail_from[side] = mark;
        facts->lost_last[side] = mark_later(facts->lost_last[side], mark);
        facts->lost |= !facts->closed;
    } else if (lengths->start.state != LENGTHS_REQUEST || side == SIDE_CLIENT) {
        /* What a server says before the request is its handshake, and is passed over. */
        become_foreign(lengths);
    }
}

/* --- a connection's first records ------------------------------------------------------------ */

/* Where the handshake is in the capture, it says how many bytes the cipher adds. */
static bool
know_cipher(struct lengths *lengths, const struct tls_facts *tls)
{
    if (!lengths->cipher_asked && tls->has_server_hello) {
        lengths->cipher_asked = true;
        lengths->cipher = mtu_cipher_of(tls->server_hello.cipher_suite, tls->server_hello.version,
                                        tls->server_hello.encrypt_then_mac);
        lengths->finished = tls->server_hello.version != TLS_13;
    }
    return lengths->cipher.known;
}

/* In TLS 1.3 the end of the handshake looks like data. */
static void
pass_handshake(struct lengths *lengths, const struct lengths_record *record)
{
    if (record->by == SIDE_SERVER)
        return;
    bool with_certificate = lengths_is(record, NO_CERTIFICATE + FINISHED_SHA256) ||
                            lengths_is(record, NO_CERTIFICATE + FINISHED_SHA384);
    if (lengths_is(record, NO_CERTIFICATE) || with_certificate)
        lengths->start.no_certificate |= lengths->early[SIDE_CLIENT] == 0;
    if (with_certificate || lengths_is(record, FINISHED_SHA256) ||
        lengths_is(record, FINISHED_SHA384))
        lengths->finished = true;
    else if (++lengths->early[SIDE_CLIENT] > LENGTHS_EARLY_MAX)
        become_foreign(lengths);
}

static void
expect_request(struct lengths *lengths, const struct tls_facts *tls,
               const struct lengths_record *record)
{
    if (record->by == SIDE_SERVER) {
        /* Only TLS 1.3 has tickets that look like data; other servers that speak first are no
         * HTTP servers. */
        lengths->start.ticket = record->max;
        if (tls->server_hello.version != TLS_13 ||
            ++lengths->early[SIDE_SERVER] > LENGTHS_EARLY_MAX)
            become_foreign(lengths);
    } else if (lengths_is_between(record, REQUEST_MIN, REQUEST_MAX)) {
        lengths->start.request = *record;
        lengths->start.state = LENGTHS_ANSWER;
    } else {
        become_foreign(lengths);
    }
}

/* For a server that is known the beginning tells something, too. */
static void
become_refused(struct lengths *lengths, const struct lengths_record *refusal)
{
    lengths->start.refusal = *refusal;
    lengths->start.state = LENGTHS_REFUSED;
}

/* The answer is the last one of the server's records: tickets come before it. */
static void
expect_answer(struct lengths *lengths, const struct tls_facts *tls,
              const struct lengths_record *record)
{
    bool answered = mark_is_set(lengths->start.answer.mark);

    if (record->by == SIDE_SERVER) {
        if (answered && tls->server_hello.version != TLS_13) {
            become_refused(lengths, record);
            return;
        }
        if (answered)
            lengths->start.ticket = lengths->start.answer.max;
        if (answered && ++lengths->early[SIDE_SERVER] > LENGTHS_EARLY_MAX)
            become_foreign(lengths);
        lengths->start.answer = *record;
    } else if (answered && lengths_is_between(&lengths->start.answer, ANSWER_MIN, ANSWER_MAX) &&
               lengths_is(record, CALL_REQUEST)) {
        lengths->start.call = *record;
        lengths->start.state = LENGTHS_ACK;
    } else {
        become_foreign(lengths);
    }
}

static struct lengths_record
labelled(struct lengths_facts *facts, const struct lengths_record *record, enum lengths_label label)
{
    struct lengths_record copy = *record;

    copy.label = (uint8_t)label;
    lengths_note(facts, &copy);
    return copy;
}

static struct lengths_facts *
facts_new(void)
{
    struct lengths_facts *facts = g_new0(struct lengths_facts, 1);

    facts->notes = g_array_new(FALSE, FALSE, sizeof(struct lengths_note));
    return facts;
}

static void
become_sstp(struct lengths *lengths, const struct lengths_record *ack)
{
    struct lengths_facts *facts = facts_new();

    facts->exact = !lengths->cipher.block;
    facts->request = labelled(facts, &lengths->start.request, LENGTHS_HTTP_REQUEST);
    facts->answer = labelled(facts, &lengths->start.answer, LENGTHS_HTTP_ANSWER);
    facts->call_request = labelled(facts, &lengths->start.call, LENGTHS_CALL_REQUEST);
    facts->call_ack = labelled(facts, ack, LENGTHS_CALL_ACK);
    for (int side = 0; side < SIDE_COUNT; side++)
        facts->is_split[side] = lengths->is_split[side];
    facts->stage = STAGE_SSTP;
    lengths->facts = facts;
    lengths->start.refusal = *ack;
    lengths->start.state =
        lengths->weak || lengths->cipher.block || !lengths->known ? LENGTHS_CONFIRM : LENGTHS_SSTP;
}

/* A client may ask again when it was refused, or give up. */
static void
repeat_call(struct lengths *lengths, const struct lengths_record *record)
{
    bool refused = mark_is_set(lengths->start.refusal.mark);

    if (refused && lengths_is(record, CALL_REQUEST) &&
        ++lengths->early[SIDE_CLIENT] <= LENGTHS_EARLY_MAX) {
        lengths->start.call = *record;
        lengths->start.refusal.mark = (struct mark){ 0 };
    } else if (lengths_is(record, CALL_ABORT)) {
        const struct lengths_record refusal = refused ? lengths->start.refusal : *record;
        become_refused(lengths, &refusal);
    } else {
        become_foreign(lengths);
    }
}

static void
expect_ack(struct lengths *lengths, const struct lengths_record *record)
{
    bool alone = lengths_is(record, CALL_ACK);
    bool with_lcp =
        lengths_is_between(record, CALL_ACK + LENGTHS_PPP_BYTES_MIN, CALL_ACK + PPP_SETUP_MAX);
    bool refuses = lengths_is_between(record, CALL_NAK_MIN, CALL_NAK_MAX);

    if (record->by == SIDE_CLIENT) {
        repeat_call(lengths, record);
    } else if (mark_is_set(lengths->start.refusal.mark) || (!alone && !with_lcp && !refuses)) {
        become_foreign(lengths);
    } else if (alone || with_lcp) {
        lengths->weak |= !alone;
        become_sstp(lengths, record);
    } else {
        lengths->weak = true;
        lengths->start.refusal = *record;
    }
}

/* Of LCP's packets, an acknowledgement is as long as its request. */
static bool
acknowledges(const struct lengths_facts *facts, const struct lengths_record *record)
{
    const struct lengths_record *older;

    for (uint32_t i = 0; (older = lengths_tail(facts, i)); i++)
        if (older->by != record->by && lengths_is_between(older, record->min, record->max))
            return true;
    return false;
}

/* Behind the Ack both sides send LCP packets, all of them small. */
static void
confirm(struct lengths *lengths, const struct lengths_record *record)
{
    if (!lengths_is_between(record, LCP_MIN, PPP_SETUP_MAX) ||
        ++lengths->confirmed[record->by] > LENGTHS_CONFIRM_MAX) {
        become_foreign(lengths);
        return;
    }
    lengths->acknowledged |= acknowledges(lengths->facts, record);
    if (lengths->confirmed[SIDE_CLIENT] >= LENGTHS_CONFIRM_MIN &&
        lengths->confirmed[SIDE_SERVER] >= LENGTHS_CONFIRM_MIN &&
        (lengths->acknowledged || lengths->known))
        lengths->start.state = LENGTHS_SSTP;
}

/* --- records --------------------------------------------------------------------------------- */

/* A side with TLS 1.0 and a block cipher may send the first byte of what it writes, or none, in a
 * record of its own. */
static bool
may_fragment(const struct lengths *lengths)
{
    return lengths->cipher.block && lengths->cipher.explicit_iv_len == 0;
}

/* It shows where a longer record is due. */
static bool
is_fragment(const struct lengths *lengths, const struct lengths_record *record)
{
    bool due =
        record->by == SIDE_CLIENT
            ? lengths->start.state == LENGTHS_REQUEST || lengths->start.state == LENGTHS_ANSWER
            : lengths->start.state == LENGTHS_ANSWER || lengths->start.state == LENGTHS_ACK;

    return due && may_fragment(lengths) && lengths_is(record, FRAGMENT_MAX);
}

/* A packet whose header has a record of its own: sorz sends all of them so. Of a class of lengths
 * only the record that should be the Ack shows it. */
static bool
is_header(const struct lengths *lengths, const struct lengths_record *record)
{
    if (lengths->start.state < LENGTHS_ACK || record->min > SSTP_HEADER ||
        record->max < SSTP_HEADER)
        return false;
    return !lengths->cipher.block || lengths->is_split[record->by] ||
           (lengths->start.state == LENGTHS_ACK && record->by == SIDE_SERVER);
}

/* A packet that takes two records. True when there is nothing to look at yet; else record is the
 * whole packet. */
static bool
join_header(struct lengths *lengths, struct lengths_record *record)
{
    unsigned add_min = may_fragment(lengths) ? 0 : SSTP_HEADER;

    if (lengths->header[record->by]) {
        record->min = (uint16_t)MIN(UINT16_MAX, record->min + add_min);
        record->max = (uint16_t)MIN(UINT16_MAX, record->max + SSTP_HEADER);
        lengths->header[record->by] = false;
        return false;
    }
    if (!is_header(lengths, record) && !is_fragment(lengths, record))
        return false;
    lengths->is_split[record->by] = lengths->header[record->by] = true;
    return true;
}

static bool
take_alert(struct lengths *lengths, enum side side, struct mark mark)
{
    if (lengths->start.state < LENGTHS_CONFIRM || lengths_is_over(lengths))
        return false;
    mark_once(&lengths->facts->alert[side], mark);
    return lengths->start.state == LENGTHS_SSTP;
}

bool
lengths_record(struct lengths *lengths, const struct tls_facts *tls, enum side side, uint8_t type,
               uint16_t length, struct mark mark)
{
    struct lengths_record record = { .mark = mark, .length = length, .by = (uint8_t)side };
    size_t min, max;

    if (lengths_is_over(lengths))
        return false;
    if (type == TLS_ALERT)
        return take_alert(lengths, side, mark);
    if (!know_cipher(lengths, tls) ||
        !mtu_plaintext_range(&lengths->cipher, length + (size_t)TLS_RECORD_HEADER_LEN, &min,
                             &max)) {
        if (lengths->start.state != LENGTHS_SSTP)
            become_foreign(lengths);
        return false;
    }
    record.min = (uint16_t)min;
    record.max = (uint16_t)max;
    if (!lengths->finished) {
        pass_handshake(lengths, &record);
        return false;
    }
    if (tls->server_hello.version == TLS_13 && record.min == LENGTHS_ALERT_BYTES)
        return take_alert(lengths, side, mark);
    if (tls->server_hello.version == TLS_13 && record.min == KEY_UPDATE &&
        lengths->start.state == LENGTHS_SSTP)
        return false;
    if (join_header(lengths, &record))
        return false;
    switch ((enum lengths_state)lengths->start.state) {
    case LENGTHS_REQUEST:
        expect_request(lengths, tls, &record);
        return false;
    case LENGTHS_ANSWER:
        expect_answer(lengths, tls, &record);
        return false;
    case LENGTHS_ACK:
        expect_ack(lengths, &record);
        return lengths->start.state == LENGTHS_SSTP;
    case LENGTHS_MIDDLE: /* a handshake after all */
        become_foreign(lengths);
        return false;
    case LENGTHS_CONFIRM:
        confirm(lengths, &record);
        if (lengths->start.state != LENGTHS_FOREIGN)
            lengths_follow(lengths->facts, &record);
        return lengths->start.state == LENGTHS_SSTP;
    default:
        lengths_follow_size(lengths->facts, &record);
        return lengths_follow(lengths->facts, &record);
    }
}

/* --- from the middle on ---------------------------------------------------------------------- */

static void
become_sstp_in_the_middle(struct lengths *lengths, uint8_t overhead)
{
    struct lengths_facts *facts = lengths->facts;

    lengths_rhythm_tell(facts->rhythm, facts);
    g_clear_pointer(&facts->rhythm, g_free);
    facts->exact = facts->middle = true;
    facts->stage = STAGE_KEEPALIVE;
    lengths->cipher = (struct mtu_cipher){ .known = true, .tag_len = overhead };
    lengths->start.state = LENGTHS_SSTP;
}

/* A record before there is a rhythm. True when there is one now. */
static bool
wait_for_rhythm(struct lengths *lengths, const struct lengths_record *record)
{
    if (!lengths->facts) {
        lengths->facts = facts_new();
        lengths->facts->rhythm = lengths_rhythm_new();
        lengths->start.state = LENGTHS_MIDDLE;
    }
    uint8_t overhead = lengths_rhythm_record(lengths->facts->rhythm, record);
    if (overhead == 0)
        return false;
    become_sstp_in_the_middle(lengths, overhead);
    return true;
}

bool
lengths_middle_record(struct lengths *lengths, enum side side, uint8_t type, uint16_t length,
                      struct mark mark)
{
    struct lengths_record record = { .mark = mark, .length = length, .by = (uint8_t)side };

    if (lengths_is_over(lengths) ||
        (lengths->start.state != LENGTHS_MIDDLE && lengths->start.state != LENGTHS_SSTP &&
         mark_is_set(lengths->start.request.mark)))
        return false;
    if (lengths->start.state != LENGTHS_SSTP)
        return type == TLS_APPLICATION_DATA && wait_for_rhythm(lengths, &record);
    if (type == TLS_ALERT)
        return take_alert(lengths, side, mark);
    if (length < lengths->cipher.tag_len)
        return false;
    record.min = record.max = (uint16_t)(length - lengths->cipher.tag_len);
    if (record.min == LENGTHS_ALERT_BYTES)
        return take_alert(lengths, side, mark);
    lengths_follow_size(lengths->facts, &record);
    return lengths_follow(lengths->facts, &record);
}
