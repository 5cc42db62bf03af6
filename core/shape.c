/* shape.c - what TLS record lengths alone tell: is this connection SSTP, and how far did it come
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "shape.h"

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
    EARLY_MAX = 6,   /* certificates and tickets of TLS 1.3 */
    CONFIRM_MIN = 2, /* small records of either side behind a doubtful Call Connect Ack, */
    CONFIRM_MAX = 8, /* at most, until one acknowledges another */
};

static bool
is_between(const struct shape_record *record, unsigned min, unsigned max)
{
    return record->max >= min && record->min <= max;
}

bool
shape_is(const struct shape_record *record, unsigned n)
{
    return is_between(record, n, n);
}

bool
shape_is_over(const struct shape *shape)
{
    return shape->state >= SHAPE_REFUSED;
}

const struct shape_facts *
shape_facts(const struct shape *shape)
{
    return shape->state == SHAPE_SSTP ? shape->facts : NULL;
}

void
shape_clear(struct shape *shape)
{
    if (shape->facts) {
        g_array_unref(shape->facts->notes);
        g_free(shape->facts->rhythm);
    }
    g_free(shape->facts);
    shape->facts = NULL;
}

static void
become_foreign(struct shape *shape)
{
    shape_clear(shape);
    shape->state = SHAPE_FOREIGN;
}

void
shape_lost(struct shape *shape)
{
    if (shape->state == SHAPE_SSTP)
        shape->facts->lost = true;
    else
        become_foreign(shape);
}

const struct shape_record *
shape_tail(const struct shape_facts *facts, uint32_t i)
{
    if (i >= facts->num_tail || i >= SHAPE_TAIL_MAX)
        return NULL;
    return &facts->tail[(facts->num_tail - 1 - i) % SHAPE_TAIL_MAX];
}

bool
shape_is_established(const struct shape_facts *facts)
{
    enum { SETTLED_SECONDS = 5, HIDDEN_DATA_MIN = 16 }; /* more than EAP-TLS takes */
    bool data = facts->data[SIDE_CLIENT] && facts->data[SIDE_SERVER];

    if (facts->middle)
        return true;
    if (!mark_is_set(facts->call_connected.mark))
        return facts->may_hide && facts->data[SIDE_CLIENT] >= HIDDEN_DATA_MIN &&
               facts->data[SIDE_SERVER] >= HIDDEN_DATA_MIN;
    if (data)
        return true;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (facts->after[side] < 2 ||
            mark_seconds(facts->call_connected.mark, facts->last[side]) < SETTLED_SECONDS)
            return false;
    return true;
}

const char *
shape_server_guess(const struct shape_facts *facts)
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
shape_label_name(enum shape_label label)
{
    switch (label) {
    case SHAPE_NOTHING:
        break;
    case SHAPE_HTTP_REQUEST:
        return "HTTP request";
    case SHAPE_HTTP_ANSWER:
        return "HTTP answer";
    case SHAPE_CALL_REQUEST:
        return "Call Connect Request";
    case SHAPE_CALL_ACK:
        return "Call Connect Ack";
    case SHAPE_SETUP:
        return "LCP or authentication";
    case SHAPE_CALL_CONNECTED:
        return "Call Connected";
    case SHAPE_NCP:
        return "PPP control packet";
    case SHAPE_LCP_ECHO:
        return "LCP Echo";
    case SHAPE_SSTP_ECHO:
        return "SSTP Echo or Call Disconnect Ack";
    case SHAPE_DATA:
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
    if (to > 0 && g_array_index(notes, struct shape_note, to - 1).frame < frame)
        return to;
    while (from < to) {
        guint middle = from + (to - from) / 2;
        if (g_array_index(notes, struct shape_note, middle).frame < frame)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* Records that waited for an earlier one come with the marks of their own frames. */
static void
take_note(struct shape_facts *facts, const struct shape_record *record)
{
    struct shape_note note = { record->mark.frame, record->length, record->label, 1 };
    guint end = find_notes(facts->notes, note.frame + 1);
    struct shape_note *last = end ? &g_array_index(facts->notes, struct shape_note, end - 1) : NULL;

    if (last && last->frame == note.frame && last->label == SHAPE_DATA &&
        note.label == SHAPE_DATA) {
        last->records = (uint8_t)MIN(last->records + 1, UINT8_MAX);
        return;
    }
    g_array_insert_val(facts->notes, end, note);
}

const struct shape_note *
shape_notes(const struct shape_facts *facts, uint32_t frame, uint32_t *num)
{
    guint from = find_notes(facts->notes, frame), to = find_notes(facts->notes, frame + 1);

    *num = to - from;
    return *num ? &g_array_index(facts->notes, struct shape_note, from) : NULL;
}

/* --- a connection's first records ------------------------------------------------------------ */

/* Where the handshake is in the capture, it says how many bytes the cipher adds. */
static bool
know_cipher(struct shape *shape, const struct tls_facts *tls)
{
    if (!shape->cipher_asked && tls->has_server_hello) {
        shape->cipher_asked = true;
        shape->cipher = mtu_cipher_of(tls->server_hello.cipher_suite, tls->server_hello.version,
                                      tls->server_hello.encrypt_then_mac);
        shape->finished = tls->server_hello.version != TLS_13;
    }
    return shape->cipher.known;
}

/* In TLS 1.3 the end of the handshake looks like data. */
static void
pass_handshake(struct shape *shape, const struct shape_record *record)
{
    if (record->by == SIDE_SERVER)
        return;
    if (shape_is(record, FINISHED_SHA256) || shape_is(record, FINISHED_SHA384))
        shape->finished = true;
    else if (++shape->early[SIDE_CLIENT] > EARLY_MAX)
        become_foreign(shape);
}

static void
expect_request(struct shape *shape, const struct tls_facts *tls, const struct shape_record *record)
{
    if (record->by == SIDE_SERVER) {
        /* Only TLS 1.3 has tickets that look like data; other servers that speak first are no
         * HTTP servers. */
        shape->ticket = record->max;
        if (tls->server_hello.version != TLS_13 || ++shape->early[SIDE_SERVER] > EARLY_MAX)
            become_foreign(shape);
    } else if (is_between(record, REQUEST_MIN, REQUEST_MAX)) {
        shape->request = *record;
        shape->state = SHAPE_ANSWER;
    } else {
        become_foreign(shape);
    }
}

/* For a server that is known the beginning tells something, too. */
static void
become_refused(struct shape *shape, const struct shape_record *refusal)
{
    shape->refusal = *refusal;
    shape->state = SHAPE_REFUSED;
}

/* The answer is the last one of the server's records: tickets come before it. */
static void
expect_answer(struct shape *shape, const struct tls_facts *tls, const struct shape_record *record)
{
    bool answered = mark_is_set(shape->answer.mark);

    if (record->by == SIDE_SERVER) {
        if (answered && tls->server_hello.version != TLS_13) {
            become_refused(shape, record);
            return;
        }
        if (answered)
            shape->ticket = shape->answer.max;
        if (answered && ++shape->early[SIDE_SERVER] > EARLY_MAX)
            become_foreign(shape);
        shape->answer = *record;
    } else if (answered && is_between(&shape->answer, ANSWER_MIN, ANSWER_MAX) &&
               shape_is(record, CALL_REQUEST)) {
        shape->call = *record;
        shape->state = SHAPE_ACK;
    } else {
        become_foreign(shape);
    }
}

static struct shape_record
labelled(struct shape_facts *facts, const struct shape_record *record, enum shape_label label)
{
    struct shape_record copy = *record;

    copy.label = (uint8_t)label;
    take_note(facts, &copy);
    return copy;
}

static struct shape_facts *
facts_new(void)
{
    struct shape_facts *facts = g_new0(struct shape_facts, 1);

    facts->notes = g_array_new(FALSE, FALSE, sizeof(struct shape_note));
    return facts;
}

static void
become_sstp(struct shape *shape, const struct shape_record *ack)
{
    struct shape_facts *facts = facts_new();

    facts->exact = !shape->cipher.block;
    facts->request = labelled(facts, &shape->request, SHAPE_HTTP_REQUEST);
    facts->answer = labelled(facts, &shape->answer, SHAPE_HTTP_ANSWER);
    facts->call_request = labelled(facts, &shape->call, SHAPE_CALL_REQUEST);
    facts->call_ack = labelled(facts, ack, SHAPE_CALL_ACK);
    for (int side = 0; side < SIDE_COUNT; side++)
        facts->is_split[side] = shape->is_split[side];
    facts->stage = STAGE_SSTP;
    shape->facts = facts;
    shape->state = shape->weak || shape->cipher.block || !shape->known ? SHAPE_CONFIRM : SHAPE_SSTP;
}

/* A client may ask again when it was refused, or give up. */
static void
repeat_call(struct shape *shape, const struct shape_record *record)
{
    bool refused = mark_is_set(shape->refusal.mark);

    if (refused && shape_is(record, CALL_REQUEST) && ++shape->early[SIDE_CLIENT] <= EARLY_MAX) {
        shape->call = *record;
        shape->refusal.mark = (struct mark){ 0 };
    } else if (shape_is(record, CALL_ABORT)) {
        const struct shape_record refusal = refused ? shape->refusal : *record;
        become_refused(shape, &refusal);
    } else {
        become_foreign(shape);
    }
}

static void
expect_ack(struct shape *shape, const struct shape_record *record)
{
    bool alone = shape_is(record, CALL_ACK);
    bool with_lcp = is_between(record, CALL_ACK + PPP_MIN, CALL_ACK + PPP_SETUP_MAX);
    bool refuses = is_between(record, CALL_NAK_MIN, CALL_NAK_MAX);

    if (record->by == SIDE_CLIENT) {
        repeat_call(shape, record);
    } else if (mark_is_set(shape->refusal.mark) || (!alone && !with_lcp && !refuses)) {
        become_foreign(shape);
    } else if (alone || with_lcp) {
        shape->weak |= !alone;
        become_sstp(shape, record);
    } else {
        shape->weak = true;
        shape->refusal = *record;
    }
}

/* Of LCP's packets, an acknowledgement is as long as its request. */
static bool
acknowledges(const struct shape_facts *facts, const struct shape_record *record)
{
    const struct shape_record *older;

    for (uint32_t i = 0; (older = shape_tail(facts, i)); i++)
        if (older->by != record->by && is_between(older, record->min, record->max))
            return true;
    return false;
}

/* Behind the Ack both sides send LCP packets, all of them small. */
static void
confirm(struct shape *shape, const struct shape_record *record)
{
    if (!is_between(record, LCP_MIN, PPP_SETUP_MAX) ||
        ++shape->confirmed[record->by] > CONFIRM_MAX) {
        become_foreign(shape);
        return;
    }
    shape->acknowledged |= acknowledges(shape->facts, record);
    if (shape->confirmed[SIDE_CLIENT] >= CONFIRM_MIN &&
        shape->confirmed[SIDE_SERVER] >= CONFIRM_MIN && (shape->acknowledged || shape->known))
        shape->state = SHAPE_SSTP;
}

/* --- a session's records --------------------------------------------------------------------- */

/* Whoever is asked answers with a record of the same length; any other of its records shows that
 * it lives, too. kind: of the record; SHAPE_ECHO_KINDS: no echo. */
static void
follow_echo(struct shape_facts *facts, unsigned kind, const struct shape_record *record)
{
    bool answers = false;

    if (facts->closed)
        return;
    for (unsigned i = 0; i < SHAPE_ECHO_KINDS; i++) {
        struct shape_echo *asked = &facts->echo[i][side_other((enum side)record->by)];
        answers |= i == kind && asked->open > 0;
        asked->replies += i == kind && asked->open > 0;
        asked->open = 0;
    }
    if (answers || kind == SHAPE_ECHO_KINDS)
        return;
    struct shape_echo *own = &facts->echo[kind][record->by];
    own->requests++;
    if (own->open++ == 0)
        own->first_open = record->mark;
    own->last_open = record->mark;
}

static void
follow_data(struct shape_facts *facts, const struct shape_record *record)
{
    mark_once(&facts->first_data, record->mark);
    facts->last_data[record->by] = record->mark;
    facts->data[record->by]++;
}

static enum shape_label
label_setup(struct shape_facts *facts, const struct shape_record *record)
{
    bool may_be_data = record->min >= DATA_MIN;

    if (record->by == SIDE_CLIENT && facts->records[SIDE_SERVER] > 1 &&
        shape_is(record, CALL_CONNECTED)) {
        facts->call_connected = *record;
        return SHAPE_CALL_CONNECTED;
    }
    if (record->by == SIDE_CLIENT && record->min >= CALL_CONNECTED + PPP_MIN)
        facts->may_hide = true;
    if (facts->num_setup < SHAPE_SETUP_MAX)
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
    return SHAPE_SETUP;
}

/* SHAPE_ECHO_KINDS for none. No class of a block cipher holds both lengths of echoes. */
static unsigned
echo_kind(const struct shape_record *record)
{
    if (record->max >= DATA_MIN)
        return SHAPE_ECHO_KINDS;
    if (shape_is(record, ECHO))
        return SHAPE_ECHO_SSTP;
    return shape_is(record, LCP_ECHO) || shape_is(record, LCP_ECHO_SHORT) ? SHAPE_ECHO_LCP
                                                                          : SHAPE_ECHO_KINDS;
}

static enum shape_label
label_running(struct shape_facts *facts, const struct shape_record *record)
{
    unsigned kind = echo_kind(record);

    facts->after[record->by]++;
    follow_echo(facts, kind, record);
    if (kind < SHAPE_ECHO_KINDS)
        return kind == SHAPE_ECHO_SSTP ? SHAPE_SSTP_ECHO : SHAPE_LCP_ECHO;
    if (record->min < DATA_MIN)
        return SHAPE_NCP;
    follow_data(facts, record);
    return SHAPE_DATA;
}

static enum stage
stage_of(const struct shape_facts *facts, enum shape_label label)
{
    switch (label) {
    case SHAPE_CALL_CONNECTED:
        return STAGE_BINDING;
    case SHAPE_NCP:
        return mark_is_set(facts->first_data) ? STAGE_DATA : STAGE_NCP;
    case SHAPE_LCP_ECHO:
    case SHAPE_SSTP_ECHO:
        return STAGE_KEEPALIVE;
    case SHAPE_DATA:
        return STAGE_DATA;
    default:
        return facts->records[SIDE_CLIENT] + facts->records[SIDE_SERVER] > 8 ? STAGE_AUTH
                                                                             : STAGE_LCP;
    }
}

/* One SSTP packet, or several, behind Call Connect Ack. True when it is news. */
static bool
follow(struct shape_facts *facts, struct shape_record *record)
{
    enum stage before = facts->stage;
    bool running = facts->middle || mark_is_set(facts->call_connected.mark);

    facts->records[record->by]++;
    facts->last[record->by] = record->mark;
    record->label = (uint8_t)(running ? label_running(facts, record) : label_setup(facts, record));
    take_note(facts, record);
    facts->tail[facts->num_tail++ % SHAPE_TAIL_MAX] = *record;
    facts->stage = stage_of(facts, (enum shape_label)record->label);
    return facts->stage != before || facts->data[record->by] == 1;
}

static void
follow_size(struct shape_facts *facts, const struct shape_record *record, uint16_t length)
{
    size_t room = facts->room[record->by];

    if (room == 0 || length + (size_t)TLS_RECORD_HEADER_LEN <= room ||
        !is_between(record, STRADDLING_PACKET_MIN, STRADDLING_PACKET_MAX))
        return;
    uint32_t all = facts->straddling[SIDE_CLIENT] + facts->straddling[SIDE_SERVER];
    if (all < SHAPE_STRADDLING_MAX)
        facts->straddling_frames[all] = record->mark.frame;
    mark_once(&facts->straddling_at, record->mark);
    facts->straddling_max = MAX(facts->straddling_max, record->max);
    facts->straddling[record->by]++;
}

/* --- records --------------------------------------------------------------------------------- */

/* A side with TLS 1.0 and a block cipher may send the first byte of what it writes, or none, in a
 * record of its own. */
static bool
may_fragment(const struct shape *shape)
{
    return shape->cipher.block && shape->cipher.explicit_iv_len == 0;
}

/* It shows where a longer record is due. */
static bool
is_fragment(const struct shape *shape, const struct shape_record *record)
{
    bool due = record->by == SIDE_CLIENT
                   ? shape->state == SHAPE_REQUEST || shape->state == SHAPE_ANSWER
                   : shape->state == SHAPE_ANSWER || shape->state == SHAPE_ACK;

    return due && may_fragment(shape) && shape_is(record, FRAGMENT_MAX);
}

/* A packet whose header has a record of its own: sorz sends all of them so. Of a class of lengths
 * only the record that should be the Ack shows it. */
static bool
is_header(const struct shape *shape, const struct shape_record *record)
{
    if (shape->state < SHAPE_ACK || record->min > SSTP_HEADER || record->max < SSTP_HEADER)
        return false;
    return !shape->cipher.block || shape->is_split[record->by] ||
           (shape->state == SHAPE_ACK && record->by == SIDE_SERVER);
}

/* A packet that takes two records. True when there is nothing to look at yet; else record is the
 * whole packet. */
static bool
join_header(struct shape *shape, struct shape_record *record)
{
    unsigned add_min = may_fragment(shape) ? 0 : SSTP_HEADER;

    if (shape->header[record->by]) {
        record->min = (uint16_t)MIN(UINT16_MAX, record->min + add_min);
        record->max = (uint16_t)MIN(UINT16_MAX, record->max + SSTP_HEADER);
        shape->header[record->by] = false;
        return false;
    }
    if (!is_header(shape, record) && !is_fragment(shape, record))
        return false;
    shape->is_split[record->by] = shape->header[record->by] = true;
    return true;
}

static bool
take_alert(struct shape *shape, enum side side, struct mark mark)
{
    if (shape->state < SHAPE_CONFIRM || shape_is_over(shape))
        return false;
    mark_once(&shape->facts->alert[side], mark);
    return shape->state == SHAPE_SSTP;
}

bool
shape_record(struct shape *shape, const struct tls_facts *tls, enum side side, uint8_t type,
             uint16_t length, struct mark mark)
{
    struct shape_record record = { .mark = mark, .length = length, .by = (uint8_t)side };
    size_t min, max;

    if (shape_is_over(shape))
        return false;
    if (type == TLS_ALERT)
        return take_alert(shape, side, mark);
    if (!know_cipher(shape, tls) ||
        !mtu_plaintext_range(&shape->cipher, length + (size_t)TLS_RECORD_HEADER_LEN, &min, &max)) {
        if (shape->state != SHAPE_SSTP)
            become_foreign(shape);
        return false;
    }
    record.min = (uint16_t)min;
    record.max = (uint16_t)max;
    if (!shape->finished) {
        pass_handshake(shape, &record);
        return false;
    }
    if (tls->server_hello.version == TLS_13 && record.min == ALERT)
        return take_alert(shape, side, mark);
    if (tls->server_hello.version == TLS_13 && record.min == KEY_UPDATE &&
        shape->state == SHAPE_SSTP)
        return false;
    if (join_header(shape, &record))
        return false;
    switch ((enum shape_state)shape->state) {
    case SHAPE_REQUEST:
        expect_request(shape, tls, &record);
        return false;
    case SHAPE_ANSWER:
        expect_answer(shape, tls, &record);
        return false;
    case SHAPE_ACK:
        expect_ack(shape, &record);
        return shape->state == SHAPE_SSTP;
    case SHAPE_MIDDLE: /* a handshake after all */
        become_foreign(shape);
        return false;
    case SHAPE_CONFIRM:
        confirm(shape, &record);
        if (shape->state != SHAPE_FOREIGN)
            follow(shape->facts, &record);
        return shape->state == SHAPE_SSTP;
    default:
        follow_size(shape->facts, &record, length);
        return follow(shape->facts, &record);
    }
}

/* --- from the middle on ---------------------------------------------------------------------- */

enum {
    OVERHEADS = 3,
    BEATS_MIN = 2,    /* even intervals from echo to echo, */
    ANSWERED_MIN = 2, /* and so many with an answer */
    ANSWER_SECONDS = 2,
    ECHO_SECONDS_MIN = 4,
    SSTP_ECHO_SECONDS_MIN = 50, /* where PPP, which asks more often, has a record as long */
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

struct shape_rhythm {
    struct shape_record asked; /* the last record that may be an Echo-Request */
    uint16_t shortest;         /* of all records that are no alerts, without the record's header */
    bool uneven;               /* lengths are not all multiples of a block */
    struct beat beats[OVERHEADS][SHAPE_ECHO_KINDS][SIDE_COUNT];
};

static unsigned
kind_below(uint16_t length, unsigned overhead)
{
    struct shape_record record = { 0 };

    if (length < overhead)
        return SHAPE_ECHO_KINDS;
    record.min = record.max = (uint16_t)(length - overhead);
    return echo_kind(&record);
}

/* A record of SSTP's echo with GCM is as long as one of LCP's with ChaCha20. */
static bool
may_beat(const struct shape_record *record, unsigned kind, double interval)
{
    bool ambiguous = kind_below(record->length, overheads[1]) == SHAPE_ECHO_SSTP;

    return interval >= ECHO_SECONDS_MIN &&
           (!ambiguous || (interval >= SSTP_ECHO_SECONDS_MIN) == (kind == SHAPE_ECHO_SSTP));
}

static void
beat_again(struct beat *beat, unsigned kind, const struct shape_record *asked)
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
follow_rhythm(struct shape_rhythm *rhythm, const struct shape_record *record)
{
    const struct shape_record *asked = &rhythm->asked;
    bool answers = mark_is_set(asked->mark) && asked->by != record->by &&
                   asked->length == record->length &&
                   mark_seconds(asked->mark, record->mark) <= ANSWER_SECONDS;
    bool asks = false;

    for (unsigned i = 0; i < OVERHEADS; i++) {
        unsigned kind = kind_below(record->length, overheads[i]);
        if (kind == SHAPE_ECHO_KINDS)
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
    return beat->even >= BEATS_MIN && beat->answered >= ANSWERED_MIN;
}

/* The cipher with which there is a rhythm; OVERHEADS for none, or more than one. */
static unsigned
find_rhythm(const struct shape_rhythm *rhythm)
{
    unsigned found = OVERHEADS;

    for (unsigned i = 0; rhythm->uneven && i < OVERHEADS; i++) {
        bool fits = false;
        for (unsigned k = 0; k < SHAPE_ECHO_KINDS * SIDE_COUNT; k++)
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
become_sstp_in_the_middle(struct shape *shape, unsigned cipher)
{
    struct shape_facts *facts = shape->facts;

    for (unsigned k = 0; k < SHAPE_ECHO_KINDS * SIDE_COUNT; k++) {
        const struct beat *beat = &facts->rhythm->beats[cipher][k / SIDE_COUNT][k % SIDE_COUNT];
        struct shape_echo *echo = &facts->echo[k / SIDE_COUNT][k % SIDE_COUNT];
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
    shape->cipher = (struct mtu_cipher){ .known = true, .tag_len = overheads[cipher] };
    shape->state = SHAPE_SSTP;
}

/* A record before there is a rhythm. True when there is one now. */
static bool
wait_for_rhythm(struct shape *shape, struct shape_record *record)
{
    if (!shape->facts) {
        shape->facts = facts_new();
        shape->facts->rhythm = g_new0(struct shape_rhythm, 1);
        shape->facts->rhythm->shortest = UINT16_MAX;
        shape->state = SHAPE_MIDDLE;
    }
    struct shape_rhythm *rhythm = shape->facts->rhythm;
    if (record->length > ALERT + overheads[0])
        rhythm->shortest = MIN(rhythm->shortest, record->length);
    rhythm->uneven |= record->length % 16 != 0;
    follow_rhythm(rhythm, record);
    unsigned cipher = find_rhythm(rhythm);
    if (cipher == OVERHEADS)
        return false;
    become_sstp_in_the_middle(shape, cipher);
    return true;
}

bool
shape_middle_record(struct shape *shape, enum side side, uint8_t type, uint16_t length,
                    struct mark mark)
{
    struct shape_record record = { .mark = mark, .length = length, .by = (uint8_t)side };

    if (shape_is_over(shape) || (shape->state != SHAPE_MIDDLE && shape->state != SHAPE_SSTP &&
                                 mark_is_set(shape->request.mark)))
        return false;
    if (shape->state != SHAPE_SSTP)
        return type == TLS_APPLICATION_DATA && wait_for_rhythm(shape, &record);
    if (type == TLS_ALERT)
        return take_alert(shape, side, mark);
    if (length < shape->cipher.tag_len)
        return false;
    record.min = record.max = (uint16_t)(length - shape->cipher.tag_len);
    if (record.min == ALERT)
        return take_alert(shape, side, mark);
    follow_size(shape->facts, &record, length);
    return follow(shape->facts, &record);
}
