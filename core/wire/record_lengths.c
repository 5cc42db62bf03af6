/* record_lengths.c - what TLS record lengths alone tell: is this connection SSTP, and how far did
 * it come
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/record_lengths.h"

#include "base/thresholds.h"

/* Bytes of plaintext. */
enum {
    FINISHED_SHA256 = 4 + 32, /* RFC 8446 4.4.4 */
    FINISHED_SHA384 = 4 + 48,
    ALERT = 2,
    KEY_UPDATE = 4 + 1, /* RFC 8446 4.6.3 */
    REQUEST_MIN = 150,  /* SSTP_DUPLEX_POST with a short host, */
    REQUEST_MAX = 700,  /* with a long one and a cookie */
    ANSWER_MIN = 54,    /* status line and Content-Length alone */
    ANSWER_MAX = 200,
    SSTP_HEADER = 4,
    FRAGMENT_MAX = 1, /* apart from its record, against attacks on TLS 1.0's CBC */
    CALL_REQUEST = 14,
    CALL_ACK = 48,
    CALL_NAK_MIN = 20, /* one Status Info attribute without a value, */
    CALL_NAK_MAX = 24, /* or with the start of the attribute that is refused */
    CALL_ABORT = 20,
    CALL_CONNECTED = 112,
    ECHO = 8,
    LCP_ECHO = 16,
    LCP_ECHO_SHORT = 14, /* address and control field compressed */
    PPP_MIN = 10,        /* an LCP packet without options, compressed, */
    LCP_MIN = 12,        /* or as LCP sends it before it has agreed */
    PPP_SETUP_MAX = 160, /* of the first packets behind Call Connect Ack */
    DATA_MIN = 45,       /* an inner TCP acknowledgement, compressed */
    STRADDLING_PACKET_MIN = 1000,
    STRADDLING_PACKET_MAX = 1520, /* above it are several packets in one record */
};

enum {
    EARLY_MAX = 6, /* certificates and tickets of TLS 1.3 */
};

static bool
is_between(const struct lengths_record *record, unsigned min, unsigned max)
{
    return record->max >= min && record->min <= max;
}

bool
lengths_is(const struct lengths_record *record, unsigned n)
{
    return is_between(record, n, n);
}

bool
lengths_is_over(const struct lengths *lengths)
{
    return lengths->state >= LENGTHS_REFUSED;
}

const struct lengths_facts *
lengths_facts(const struct lengths *lengths)
{
    return lengths->state == LENGTHS_SSTP ? lengths->facts : NULL;
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
    lengths->state = LENGTHS_FOREIGN;
}

void
lengths_lost(struct lengths *lengths)
{
    if (lengths->state == LENGTHS_SSTP)
        lengths->facts->lost = true;
    else
        become_foreign(lengths);
}

const struct lengths_record *
lengths_tail(const struct lengths_facts *facts, uint32_t i)
{
    if (i >= facts->num_tail || i >= LENGTHS_TAIL_MAX)
        return NULL;
    return &facts->tail[(facts->num_tail - 1 - i) % LENGTHS_TAIL_MAX];
}

bool
lengths_is_established(const struct lengths_facts *facts)
{
    bool data = facts->data[SIDE_CLIENT] && facts->data[SIDE_SERVER];

    if (facts->middle)
        return true;
    if (!mark_is_set(facts->call_connected.mark))
        return facts->may_hide && facts->data[SIDE_CLIENT] >= LENGTHS_HIDDEN_DATA_MIN &&
               facts->data[SIDE_SERVER] >= LENGTHS_HIDDEN_DATA_MIN;
    if (data)
        return true;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (facts->after[side] < 2 || mark_seconds(facts->call_connected.mark, facts->last[side]) <
                                          LENGTHS_ESTABLISHED_SECONDS)
            return false;
    return true;
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

/* --- what each record was taken for ---------------------------------------------------------- */

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

/* Records that waited for an earlier one come with the marks of their own frames. */
static void
take_note(struct lengths_facts *facts, const struct lengths_record *record)
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
    if (lengths_is(record, FINISHED_SHA256) || lengths_is(record, FINISHED_SHA384))
        lengths->finished = true;
    else if (++lengths->early[SIDE_CLIENT] > EARLY_MAX)
        become_foreign(lengths);
}

static void
expect_request(struct lengths *lengths, const struct tls_facts *tls,
               const struct lengths_record *record)
{
    if (record->by == SIDE_SERVER) {
        /* Only TLS 1.3 has tickets that look like data; other servers that speak first are no
         * HTTP servers. */
        lengths->ticket = record->max;
        if (tls->server_hello.version != TLS_13 || ++lengths->early[SIDE_SERVER] > EARLY_MAX)
            become_foreign(lengths);
    } else if (is_between(record, REQUEST_MIN, REQUEST_MAX)) {
        lengths->request = *record;
        lengths->state = LENGTHS_ANSWER;
    } else {
        become_foreign(lengths);
    }
}

/* For a server that is known the beginning tells something, too. */
static void
become_refused(struct lengths *lengths, const struct lengths_record *refusal)
{
    lengths->refusal = *refusal;
    lengths->state = LENGTHS_REFUSED;
}

/* The answer is the last one of the server's records: tickets come before it. */
static void
expect_answer(struct lengths *lengths, const struct tls_facts *tls,
              const struct lengths_record *record)
{
    bool answered = mark_is_set(lengths->answer.mark);

    if (record->by == SIDE_SERVER) {
        if (answered && tls->server_hello.version != TLS_13) {
            become_refused(lengths, record);
            return;
        }
        if (answered)
            lengths->ticket = lengths->answer.max;
        if (answered && ++lengths->early[SIDE_SERVER] > EARLY_MAX)
            become_foreign(lengths);
        lengths->answer = *record;
    } else if (answered && is_between(&lengths->answer, ANSWER_MIN, ANSWER_MAX) &&
               lengths_is(record, CALL_REQUEST)) {
        lengths->call = *record;
        lengths->state = LENGTHS_ACK;
    } else {
        become_foreign(lengths);
    }
}

static struct lengths_record
labelled(struct lengths_facts *facts, const struct lengths_record *record, enum lengths_label label)
{
    struct lengths_record copy = *record;

    copy.label = (uint8_t)label;
    take_note(facts, &copy);
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
    facts->request = labelled(facts, &lengths->request, LENGTHS_HTTP_REQUEST);
    facts->answer = labelled(facts, &lengths->answer, LENGTHS_HTTP_ANSWER);
    facts->call_request = labelled(facts, &lengths->call, LENGTHS_CALL_REQUEST);
    facts->call_ack = labelled(facts, ack, LENGTHS_CALL_ACK);
    for (int side = 0; side < SIDE_COUNT; side++)
        facts->is_split[side] = lengths->is_split[side];
    facts->stage = STAGE_SSTP;
    lengths->facts = facts;
    lengths->state =
        lengths->weak || lengths->cipher.block || !lengths->known ? LENGTHS_CONFIRM : LENGTHS_SSTP;
}

/* A client may ask again when it was refused, or give up. */
static void
repeat_call(struct lengths *lengths, const struct lengths_record *record)
{
    bool refused = mark_is_set(lengths->refusal.mark);

    if (refused && lengths_is(record, CALL_REQUEST) && ++lengths->early[SIDE_CLIENT] <= EARLY_MAX) {
        lengths->call = *record;
        lengths->refusal.mark = (struct mark){ 0 };
    } else if (lengths_is(record, CALL_ABORT)) {
        const struct lengths_record refusal = refused ? lengths->refusal : *record;
        become_refused(lengths, &refusal);
    } else {
        become_foreign(lengths);
    }
}

static void
expect_ack(struct lengths *lengths, const struct lengths_record *record)
{
    bool alone = lengths_is(record, CALL_ACK);
    bool with_lcp = is_between(record, CALL_ACK + PPP_MIN, CALL_ACK + PPP_SETUP_MAX);
    bool refuses = is_between(record, CALL_NAK_MIN, CALL_NAK_MAX);

    if (record->by == SIDE_CLIENT) {
        repeat_call(lengths, record);
    } else if (mark_is_set(lengths->refusal.mark) || (!alone && !with_lcp && !refuses)) {
        become_foreign(lengths);
    } else if (alone || with_lcp) {
        lengths->weak |= !alone;
        become_sstp(lengths, record);
    } else {
        lengths->weak = true;
        lengths->refusal = *record;
    }
}

/* Of LCP's packets, an acknowledgement is as long as its request. */
static bool
acknowledges(const struct lengths_facts *facts, const struct lengths_record *record)
{
    const struct lengths_record *older;

    for (uint32_t i = 0; (older = lengths_tail(facts, i)); i++)
        if (older->by != record->by && is_between(older, record->min, record->max))
            return true;
    return false;
}

/* Behind the Ack both sides send LCP packets, all of them small. */
static void
confirm(struct lengths *lengths, const struct lengths_record *record)
{
    if (!is_between(record, LCP_MIN, PPP_SETUP_MAX) ||
        ++lengths->confirmed[record->by] > LENGTHS_CONFIRM_MAX) {
        become_foreign(lengths);
        return;
    }
    lengths->acknowledged |= acknowledges(lengths->facts, record);
    if (lengths->confirmed[SIDE_CLIENT] >= LENGTHS_CONFIRM_MIN &&
        lengths->confirmed[SIDE_SERVER] >= LENGTHS_CONFIRM_MIN &&
        (lengths->acknowledged || lengths->known))
        lengths->state = LENGTHS_SSTP;
}

/* --- a session's records --------------------------------------------------------------------- */

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
    bool may_be_data = record->min >= DATA_MIN;

    if (record->by == SIDE_CLIENT && facts->records[SIDE_SERVER] > 1 &&
        lengths_is(record, CALL_CONNECTED)) {
        facts->call_connected = *record;
        return LENGTHS_CALL_CONNECTED;
    }
    if (record->by == SIDE_CLIENT && record->min >= CALL_CONNECTED + PPP_MIN)
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

/* LENGTHS_ECHO_KINDS for none. No class of a block cipher holds both lengths of echoes. */
static unsigned
echo_kind(const struct lengths_record *record)
{
    if (record->max >= DATA_MIN)
        return LENGTHS_ECHO_KINDS;
    if (lengths_is(record, ECHO))
        return LENGTHS_ECHO_SSTP;
    return lengths_is(record, LCP_ECHO) || lengths_is(record, LCP_ECHO_SHORT) ? LENGTHS_ECHO_LCP
                                                                              : LENGTHS_ECHO_KINDS;
}

static enum lengths_label
label_running(struct lengths_facts *facts, const struct lengths_record *record)
{
    unsigned kind = echo_kind(record);

    facts->after[record->by]++;
    follow_echo(facts, kind, record);
    if (kind < LENGTHS_ECHO_KINDS)
        return kind == LENGTHS_ECHO_SSTP ? LENGTHS_SSTP_ECHO : LENGTHS_LCP_ECHO;
    if (record->min < DATA_MIN)
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
        return facts->records[SIDE_CLIENT] + facts->records[SIDE_SERVER] > 8 ? STAGE_AUTH
                                                                             : STAGE_LCP;
    }
}

/* One SSTP packet, or several, behind Call Connect Ack. True when it is news. */
static bool
follow(struct lengths_facts *facts, struct lengths_record *record)
{
    enum stage before = facts->stage;
    bool running = facts->middle || mark_is_set(facts->call_connected.mark);

    facts->records[record->by]++;
    facts->last[record->by] = record->mark;
    record->label = (uint8_t)(running ? label_running(facts, record) : label_setup(facts, record));
    take_note(facts, record);
    facts->tail[facts->num_tail++ % LENGTHS_TAIL_MAX] = *record;
    facts->stage = stage_of(facts, (enum lengths_label)record->label);
    return facts->stage != before || facts->data[record->by] == 1;
}

static void
follow_size(struct lengths_facts *facts, const struct lengths_record *record, uint16_t length)
{
    size_t room = facts->room[record->by];

    if (room == 0 || length + (size_t)TLS_RECORD_HEADER_LEN <= room ||
        !is_between(record, STRADDLING_PACKET_MIN, STRADDLING_PACKET_MAX))
        return;
    uint32_t all = facts->straddling[SIDE_CLIENT] + facts->straddling[SIDE_SERVER];
    if (all < LENGTHS_STRADDLING_MAX)
        facts->straddling_frames[all] = record->mark.frame;
    mark_once(&facts->straddling_at, record->mark);
    facts->straddling_max = MAX(facts->straddling_max, record->max);
    facts->straddling[record->by]++;
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
    bool due = record->by == SIDE_CLIENT
                   ? lengths->state == LENGTHS_REQUEST || lengths->state == LENGTHS_ANSWER
                   : lengths->state == LENGTHS_ANSWER || lengths->state == LENGTHS_ACK;

    return due && may_fragment(lengths) && lengths_is(record, FRAGMENT_MAX);
}

/* A packet whose header has a record of its own: sorz sends all of them so. Of a class of lengths
 * only the record that should be the Ack shows it. */
static bool
is_header(const struct lengths *lengths, const struct lengths_record *record)
{
    if (lengths->state < LENGTHS_ACK || record->min > SSTP_HEADER || record->max < SSTP_HEADER)
        return false;
    return !lengths->cipher.block || lengths->is_split[record->by] ||
           (lengths->state == LENGTHS_ACK && record->by == SIDE_SERVER);
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
    if (lengths->state < LENGTHS_CONFIRM || lengths_is_over(lengths))
        return false;
    mark_once(&lengths->facts->alert[side], mark);
    return lengths->state == LENGTHS_SSTP;
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
        if (lengths->state != LENGTHS_SSTP)
            become_foreign(lengths);
        return false;
    }
    record.min = (uint16_t)min;
    record.max = (uint16_t)max;
    if (!lengths->finished) {
        pass_handshake(lengths, &record);
        return false;
    }
    if (tls->server_hello.version == TLS_13 && record.min == ALERT)
        return take_alert(lengths, side, mark);
    if (tls->server_hello.version == TLS_13 && record.min == KEY_UPDATE &&
        lengths->state == LENGTHS_SSTP)
        return false;
    if (join_header(lengths, &record))
        return false;
    switch ((enum lengths_state)lengths->state) {
    case LENGTHS_REQUEST:
        expect_request(lengths, tls, &record);
        return false;
    case LENGTHS_ANSWER:
        expect_answer(lengths, tls, &record);
        return false;
    case LENGTHS_ACK:
        expect_ack(lengths, &record);
        return lengths->state == LENGTHS_SSTP;
    case LENGTHS_MIDDLE: /* a handshake after all */
        become_foreign(lengths);
        return false;
    case LENGTHS_CONFIRM:
        confirm(lengths, &record);
        if (lengths->state != LENGTHS_FOREIGN)
            follow(lengths->facts, &record);
        return lengths->state == LENGTHS_SSTP;
    default:
        follow_size(lengths->facts, &record, length);
        return follow(lengths->facts, &record);
    }
}

/* --- from the middle on ---------------------------------------------------------------------- */

enum {
    OVERHEADS = 3,
};

/* Bytes that a cipher adds where records have no classes: TLS 1.3's, GCM's and CCM's, ChaCha20's of
 * TLS 1.2. Without the handshake one of them must fit. */
static const uint8_t overheads[OVERHEADS] = { 17, 24, 16 };

struct beat {
    struct mark last;
    double interval;
    unsigned even; /* intervals in a row that are alike */
    unsigned answered;
};

struct lengths_rhythm {
    struct lengths_record asked; /* the last record that may be an Echo-Request */
    uint16_t shortest; /* of all records that are no alerts, without the record's header */
    bool uneven;       /* lengths are not all multiples of a block */
    struct beat beats[OVERHEADS][LENGTHS_ECHO_KINDS][SIDE_COUNT];
};

static unsigned
kind_below(uint16_t length, unsigned overhead)
{
    struct lengths_record record = { 0 };

    if (length < overhead)
        return LENGTHS_ECHO_KINDS;
    record.min = record.max = (uint16_t)(length - overhead);
    return echo_kind(&record);
}

/* A record of SSTP's echo with GCM is as long as one of LCP's with ChaCha20. */
static bool
may_beat(const struct lengths_record *record, unsigned kind, double interval)
{
    bool ambiguous = kind_below(record->length, overheads[1]) == LENGTHS_ECHO_SSTP;

    return interval >= ECHO_BEAT_SECONDS &&
           (!ambiguous || (interval >= SSTP_ECHO_TIMER_SECONDS) == (kind == LENGTHS_ECHO_SSTP));
}

static void
beat_again(struct beat *beat, unsigned kind, const struct lengths_record *asked)
{
    double interval = mark_seconds(beat->last, asked->mark);
    double change = interval - beat->interval;

    if (!mark_is_set(beat->last) || !may_beat(asked, kind, interval)) {
        beat->even = beat->answered = 0;
    } else {
        bool alike = beat->even > 0 && change < interval / 4 && change > -interval / 4;
        beat->even = alike ? beat->even + 1 : 1;
        beat->interval = interval;
    }
    beat->last = asked->mark;
}

static void
follow_rhythm(struct lengths_rhythm *rhythm, const struct lengths_record *record)
{
    const struct lengths_record *asked = &rhythm->asked;
    bool answers = mark_is_set(asked->mark) && asked->by != record->by &&
                   asked->length == record->length &&
                   mark_seconds(asked->mark, record->mark) <= ECHO_BEAT_ANSWER_SECONDS;
    bool asks = false;

    for (unsigned i = 0; i < OVERHEADS; i++) {
        unsigned kind = kind_below(record->length, overheads[i]);
        if (kind == LENGTHS_ECHO_KINDS)
            continue;
        asks = !answers;
        if (answers)
            rhythm->beats[i][kind][asked->by].answered++;
        else
            beat_again(&rhythm->beats[i][kind][record->by], kind, record);
    }
    if (answers)
        rhythm->asked.mark = (struct mark){ 0 };
    else if (asks)
        rhythm->asked = *record;
}

static bool
is_rhythm(const struct beat *beat)
{
    return beat->even >= ECHO_BEATS_MIN && beat->answered >= ECHO_BEATS_ANSWERED_MIN;
}

/* The cipher with which there is a rhythm; OVERHEADS for none, or more than one. */
static unsigned
find_rhythm(const struct lengths_rhythm *rhythm)
{
    unsigned found = OVERHEADS;

    for (unsigned i = 0; rhythm->uneven && i < OVERHEADS; i++) {
        bool fits = false;
        for (unsigned k = 0; k < LENGTHS_ECHO_KINDS * SIDE_COUNT; k++)
            fits |= is_rhythm(&rhythm->beats[i][k / SIDE_COUNT][k % SIDE_COUNT]);
        if (!fits || rhythm->shortest < overheads[i] + ECHO)
            continue;
        if (found < OVERHEADS)
            return OVERHEADS;
        found = i;
    }
    return found;
}

static void
become_sstp_in_the_middle(struct lengths *lengths, unsigned cipher)
{
    struct lengths_facts *facts = lengths->facts;

    for (unsigned k = 0; k < LENGTHS_ECHO_KINDS * SIDE_COUNT; k++) {
        const struct beat *beat = &facts->rhythm->beats[cipher][k / SIDE_COUNT][k % SIDE_COUNT];
        struct lengths_echo *echo = &facts->echo[k / SIDE_COUNT][k % SIDE_COUNT];
        if (!is_rhythm(beat))
            continue;
        echo->requests = beat->even + 1;
        echo->replies = beat->answered;
        echo->open = mark_is_set(facts->rhythm->asked.mark);
        echo->first_open = echo->last_open = facts->rhythm->asked.mark;
    }
    g_free(facts->rhythm);
    facts->rhythm = NULL;
    facts->exact = facts->middle = true;
    facts->stage = STAGE_KEEPALIVE;
    lengths->cipher = (struct mtu_cipher){ .known = true, .tag_len = overheads[cipher] };
    lengths->state = LENGTHS_SSTP;
}

/* A record before there is a rhythm. True when there is one now. */
static bool
wait_for_rhythm(struct lengths *lengths, struct lengths_record *record)
{
    if (!lengths->facts) {
        lengths->facts = facts_new();
        lengths->facts->rhythm = g_new0(struct lengths_rhythm, 1);
        lengths->facts->rhythm->shortest = UINT16_MAX;
        lengths->state = LENGTHS_MIDDLE;
    }
    struct lengths_rhythm *rhythm = lengths->facts->rhythm;
    if (record->length > ALERT + overheads[0])
        rhythm->shortest = MIN(rhythm->shortest, record->length);
    rhythm->uneven |= record->length % 16 != 0;
    follow_rhythm(rhythm, record);
    unsigned cipher = find_rhythm(rhythm);
    if (cipher == OVERHEADS)
        return false;
    become_sstp_in_the_middle(lengths, cipher);
    return true;
}

bool
lengths_middle_record(struct lengths *lengths, enum side side, uint8_t type, uint16_t length,
                      struct mark mark)
{
    struct lengths_record record = { .mark = mark, .length = length, .by = (uint8_t)side };

    if (lengths_is_over(lengths) ||
        (lengths->state != LENGTHS_MIDDLE && lengths->state != LENGTHS_SSTP &&
         mark_is_set(lengths->request.mark)))
        return false;
    if (lengths->state != LENGTHS_SSTP)
        return type == TLS_APPLICATION_DATA && wait_for_rhythm(lengths, &record);
    if (type == TLS_ALERT)
        return take_alert(lengths, side, mark);
    if (length < lengths->cipher.tag_len)
        return false;
    record.min = record.max = (uint16_t)(length - lengths->cipher.tag_len);
    if (record.min == ALERT)
        return take_alert(lengths, side, mark);
    follow_size(lengths->facts, &record, length);
    return follow(lengths->facts, &record);
}
