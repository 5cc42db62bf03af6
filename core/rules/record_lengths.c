/* record_lengths.c - sessions without keys: what the lengths of TLS records tell of their failure
 *
 * Lengths show how far a session came and who ended it, seldom why. Where they leave several causes
 * the finding is no more than possible, and says how to see more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/auth.h"

enum {
    SILENCE_SECONDS = 10,   /* so long nothing, and more than a round trip was lost */
    GIVE_UP_SECONDS = 2,    /* so long nothing, and then a goodbye */
    NEGOTIATION_SLACK = 3,  /* seconds around the server's timer */
    GOODBYE_SECONDS = 6,    /* from one message of a goodbye to the next, and to the close */
    ABORT_SECONDS = 5,      /* from Call Connected to the abort that answers it */
    SSTP_ECHO_SECONDS = 50, /* a little less than SSTP's timer */
    ECHO_SECONDS = 4,       /* a peer that lives has answered by then */
    SETUP_RECORDS_MIN = 4,  /* of either side: LCP is over, or nearly so */
    NCP_RECORDS_MIN = 6,    /* of either side: authentication is over, too */
    NCP_EXCHANGE = 2,       /* records of either side that one network protocol takes at least */
    REPEATS_MIN = 3,        /* of a request that nobody answers, */
    REPEATS_SECONDS = 4,    /* over so long */
    CHALLENGE_SECONDS = 4,  /* a little less than the timers of authenticators */
    SETTLED_SECONDS = 10,   /* behind a record of a class that holds Call Connected */
    PING_PONG_SECONDS = 2,
    PING_PONG_MIN = 3, /* equal requests with equal answers in a row */
    DATA_UNANSWERED_MIN = 3,
    ABRUPT_RECORDS_MIN = 6, /* of either side, behind Call Connect Ack */
};

/* Bytes of plaintext. */
enum {
    LEN_DISCONNECT_ACK = 8,
    LEN_TERMINATE = 12, /* LCP Terminate-Request or -Ack without text */
    LEN_ABORT = 20,     /* or Call Disconnect */
    LEN_SMALL_MAX = 44,
    LEN_SMALL_CLASS_MAX = 31, /* of a block cipher: of goodbyes and echoes */
    LEN_CALL_ACK = 48,
    LEN_CHALLENGE_MIN = 27,  /* MS-CHAPv2's, or MD5's, of a server without a name */
    LEN_AUTH_OPTION_MIN = 4, /* LCP option: PAP, or EAP */
    LEN_RESPONSE_MIN = 60,   /* MS-CHAPv2, by its name's length */
    LEN_RESPONSE_MAX = 111,
    LEN_GOOD_ANSWER_MIN = 54,
    LEN_GOOD_ANSWER_MAX = 200,
};

#define INFERRED "; inferred from record lengths"

/* How the connection came to its end. */
struct lengths_end {
    bool closed;
    enum side by;
    bool reset;
    struct mark mark;                     /* of the close, else the last frame read */
    const struct lengths_record *goodbye; /* first message of one; NULL: none can be told */
};

/* Of sessions that can be judged by lengths, when all is read. */
static const struct lengths_facts *
lengths_of(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = view->final ? session_lengths(session) : NULL;

    return facts && !conn_is_copy(session_conn(session)) ? facts : NULL;
}

static bool
is_whole(const struct session *session, const struct lengths_facts *facts)
{
    if (facts->lost)
        return false;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_dropped(session_conn(session), (enum side)side) > 0 ||
            conn_unseen(session_conn(session), (enum side)side) > 0 ||
            conn_is_stuck(session_conn(session), (enum side)side))
            return false;
    return true;
}

/* newer: the record behind it; NULL for none. */
static bool
begins_goodbye(const struct lengths_facts *facts, const struct lengths_record *record,
               const struct lengths_record *newer)
{
    bool network = mark_is_set(facts->call_connected.mark) && !mark_is_set(facts->first_data);

    /* An IPV6CP packet may be as long as Call Disconnect, which ends a goodbye. */
    if (record->min == LEN_ABORT && network && newer && newer->min == LEN_TERMINATE)
        return false;
    if (record->min == LEN_TERMINATE || record->min == LEN_ABORT)
        return true;
    /* In a running tunnel nothing else of this size is left than PPP's control. */
    if (mark_is_set(facts->first_data))
        return record->label == LENGTHS_NCP;
    /* A Terminate-Request with a short text, and its Ack. */
    return record->min > LEN_ABORT && record->min <= LEN_ABORT + 4 && newer &&
           newer->by != record->by && newer->min == LEN_TERMINATE;
}

/* A Call Disconnect without Status Info is as long as its Ack; an echo is not followed by the end
 * so soon. */
static const struct lengths_record *
find_bare_disconnect(const struct lengths_facts *facts, struct mark end)
{
    const struct lengths_record *ack = lengths_tail(facts, 0), *ask = lengths_tail(facts, 1);

    return ask && ack->by != ask->by && ack->min == LEN_DISCONNECT_ACK &&
                   ask->min == LEN_DISCONNECT_ACK && mark_seconds(ask->mark, end) <= 1
               ? ask
               : NULL;
}

/* From the end back, as long as records are of a goodbye's lengths and follow each other closely.
 */
static const struct lengths_record *
find_goodbye(const struct lengths_facts *facts, struct mark end)
{
    const struct lengths_record *record, *newer = NULL, *goodbye = NULL;
    struct mark later = end;

    for (uint32_t i = 0; (record = lengths_tail(facts, i)); i++) {
        if (mark_seconds(record->mark, later) > GOODBYE_SECONDS)
            break;
        if (begins_goodbye(facts, record, newer))
            goodbye = record;
        else if (record->min != LEN_DISCONNECT_ACK)
            break;
        later = record->mark;
        newer = record;
    }
    return goodbye ? goodbye : find_bare_disconnect(facts, end);
}

/* With a block cipher echoes and goodbyes of PPP look alike. Call Disconnect and its Ack stand in
 * different classes, which no echo and its reply do; accel-ppp sends it once more. Before data came
 * much may look so. */
static const struct lengths_record *
find_disconnect(const struct lengths_facts *facts, struct mark end)
{
    const struct lengths_record *last = lengths_tail(facts, 0), *ack, *ask;

    if (!mark_is_set(facts->first_data) || !last)
        return NULL;
    uint32_t again = lengths_is(last, LEN_ABORT) && last->max <= LEN_SMALL_CLASS_MAX;
    if (!(ack = lengths_tail(facts, again)) || !(ask = lengths_tail(facts, again + 1)))
        return NULL;
    bool fits = ack->by != ask->by && lengths_is(ack, LEN_DISCONNECT_ACK) &&
                lengths_is(ask, LEN_ABORT) && (!again || last->by == ask->by);
    return fits && mark_seconds(ask->mark, end) <= GOODBYE_SECONDS ? ask : NULL;
}

static struct lengths_end
end_of(const struct session *session, const struct view *view, const struct lengths_facts *facts)
{
    struct lengths_end end = { .mark = view->now };

    end.closed = conn_closed(session_conn(session), &end.mark, &end.by, &end.reset);
    if (end.closed)
        end.goodbye =
            facts->exact ? find_goodbye(facts, end.mark) : find_disconnect(facts, end.mark);
    return end;
}

static enum side
ended_by(const struct lengths_end *end)
{
    return end->goodbye ? (enum side)end->goodbye->by : end->by;
}

static struct mark
ended_at(const struct lengths_end *end)
{
    return end->goodbye ? end->goodbye->mark : end->mark;
}

/* The catalogue's advice, and how to see what lengths cannot tell. */
static void
finding_wants_keys(struct finding *finding)
{
    const char *advice = finding_info(finding->id)->advice;

    finding->advice = g_strdup_printf(
        "%s%sRecord lengths alone cannot prove the cause: look into the server's log of this time, "
        "or record again with TLS keys (SSLKEYLOGFILE of the client or server, or the server's RSA "
        "key without TLS 1.3).",
        advice, *advice ? " " : "");
}

static struct finding *
finding_inferred(const struct view *view, enum finding_id id, enum confidence confidence,
                 struct mark cause)
{
    struct finding *finding = finding_add(view->found, id, confidence, EVIDENCE_INFERRED, cause);

    finding_wants_keys(finding);
    return finding;
}

/* --- before the session is known as one ------------------------------------------------------ */

/* Of a connection to a configured server that never showed the sequence. */
static const struct lengths *
lengths_unfinished(const struct session *session, const struct view *view)
{
    const struct conn *conn = session_conn(session);

    if (!view->final || session_evidence(session) != EVIDENCE_NONE ||
        conn_is_copy(session_conn(session)) || conn_start_missing(session_conn(session)) ||
        conn_tls(conn)->client_hello.alpn_any || conn_lengths(conn)->cipher.block ||
        !mark_is_set(conn_lengths(conn)->request.mark) ||
        conn_decrypted(conn, SIDE_CLIENT) + conn_decrypted(conn, SIDE_SERVER) > 0)
        return NULL;
    return conn_lengths(conn);
}

/* Which side closed, by TCP or, the server, by an alert, which clients answer by their FIN. */
static bool
lengths_closed(const struct session *session, struct mark *end, enum side *by)
{
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;
    bool alert = session_tls(session)->server_hello.version == TLS_13
                     ? server->last_length == TLS_13_ALERT_LEN
                     : server->last_type == TLS_ALERT,
         reset;

    if (!conn_closed(session_conn(session), end, by, &reset))
        return false;
    if (alert && server->last_record.frame < end->frame) {
        *end = server->last_record;
        *by = SIDE_SERVER;
    }
    return true;
}

/* Which side closed at *end soon after the server's answer, with nothing of the client between. */
static bool
closed_after_answer(const struct session *session, const struct lengths *lengths, struct mark *end,
                    enum side *by)
{
    const struct mark said = session_half(session, SIDE_CLIENT)->records.last_data;

    return mark_is_set(lengths->answer.mark) && !mark_is_set(lengths->call.mark) &&
           said.frame <= lengths->request.mark.frame && lengths_closed(session, end, by) &&
           mark_seconds(lengths->answer.mark, *end) <= GOODBYE_SECONDS;
}

/* In TLS 1.3 session tickets look like an answer. Servers that send two send equal ones. */
static bool
may_be_ticket(const struct session *session, const struct lengths *lengths)
{
    return conn_tls(session_conn(session))->server_hello.version == TLS_13 &&
           (lengths->ticket == 0 || lengths->ticket == lengths->answer.max);
}

/* The server answered, and the client had nothing more to say. One that closes at an answer of an
 * SSTP server's length may not trust the certificate. */
static void
rule_http_not_sstp_server(const struct session *session, const struct view *view)
{
    const struct lengths *lengths = lengths_unfinished(session, view);
    struct mark end;
    enum side by;

    if (!lengths || lengths->state > LENGTHS_REFUSED ||
        !closed_after_answer(session, lengths, &end, &by) ||
        finding_before(view->found, SEVERITY_ERROR, end))
        return;
    bool is_tls13 = conn_tls(session_conn(session))->server_hello.version == TLS_13;
    unsigned bytes = (unsigned)lengths->answer.max + lengths->refusal.max;
    bool long_or_short = bytes < LEN_GOOD_ANSWER_MIN || bytes > LEN_GOOD_ANSWER_MAX;
    bool said_goodbye = is_tls13 ? !mark_is_set(session_half(session, SIDE_SERVER)->rst)
                                 : session_half(session, SIDE_SERVER)->records.sealed_alerts > 0;
    if (by == SIDE_CLIENT ? !long_or_short || may_be_ticket(session, lengths)
                          : !long_or_short && !said_goodbye)
        return;
    if (by == SIDE_SERVER && is_tls13 && lengths->ticket > 0 && may_be_ticket(session, lengths))
        return;
    struct finding *finding = finding_inferred(view, FINDING_HTTP_NOT_SSTP_SERVER,
                                               CONFIDENCE_POSSIBLE, lengths->answer.mark);
    finding_frame(finding, lengths->request.mark.frame);
    finding_frame(finding, end.frame);
    finding_number(finding, "answer_bytes", bytes);
    finding_text(finding, "closed_by", side_name(by));
    finding_summary(finding,
                    "The request was answered by %s%u bytes%s, and the %s closed without a Call "
                    "Connect Request; an SSTP server answers %u to %u bytes and waits" INFERRED,
                    is_tls13 || lengths->refusal.max ? "at least " : "", bytes,
                    may_be_ticket(session, lengths) ? ", or by a session ticket alone" : "",
                    side_name(by), LEN_GOOD_ANSWER_MIN, LEN_GOOD_ANSWER_MAX);
}

/* What the server said upon the request is no answer: nothing, or tickets, of which there are two
 * equal ones. A single record may be either. */
static bool
has_no_answer(const struct session *session, const struct lengths *lengths)
{
    return !mark_is_set(lengths->answer.mark) ||
           (lengths->ticket > 0 && may_be_ticket(session, lengths));
}

/* Long waits with an open connection are the client's; other HTTPS waits, too, but not for SSTP's
 * timer. */
static void
rule_http_no_response(const struct session *session, const struct view *view)
{
    const struct lengths *lengths = lengths_unfinished(session, view);
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    struct mark end = view->now;
    enum side by = SIDE_CLIENT;
    bool closed = lengths && lengths_closed(session, &end, &by);

    if (!lengths || lengths->state != LENGTHS_ANSWER || !has_no_answer(session, lengths) ||
        client->records.last_data.frame > lengths->request.mark.frame ||
        !client_was_heard(session, lengths->request.mark) ||
        conn_unseen(session_conn(session), SIDE_SERVER) > 0 ||
        finding_before(view->found, SEVERITY_ERROR, end))
        return;
    double seconds = mark_seconds(lengths->request.mark, end);
    if ((!closed || by == SIDE_CLIENT) && seconds < SILENCE_SECONDS)
        return;
    struct finding *finding = finding_inferred(view, FINDING_HTTP_NO_RESPONSE, CONFIDENCE_POSSIBLE,
                                               lengths->request.mark);
    finding_frame(finding, end.frame);
    finding_number(finding, "seconds", seconds);
    finding_text(finding, "closed_by", closed ? side_name(by) : NULL);
    finding_summary(finding,
                    "A record of the request's length had no answer for %.1f s%s%s" INFERRED,
                    seconds, closed ? "; then closed by the " : "", closed ? side_name(by) : "");
}

static void
rule_sstp_no_ack(const struct session *session, const struct view *view)
{
    const struct lengths *lengths = lengths_unfinished(session, view);
    struct mark end = view->now;
    enum side by = SIDE_CLIENT;
    bool reset, closed = conn_closed(session_conn(session), &end, &by, &reset);

    if (!lengths || !mark_is_set(lengths->call.mark) || lengths->state > LENGTHS_REFUSED ||
        (mark_is_set(lengths->refusal.mark) && lengths->refusal.by == SIDE_SERVER))
        return;
    if (mark_is_set(lengths->refusal.mark))
        end = lengths->refusal.mark;
    double patience = mark_is_set(lengths->refusal.mark) ? GIVE_UP_SECONDS : SILENCE_SECONDS;
    if (!client_was_heard(session, lengths->call.mark) ||
        (mark_seconds(lengths->call.mark, end) < patience && (!closed || by == SIDE_CLIENT)) ||
        finding_before(view->found, SEVERITY_ERROR, end))
        return;
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_NO_ACK, CONFIDENCE_POSSIBLE, lengths->call.mark);
    finding_number(finding, "seconds", mark_seconds(lengths->call.mark, end));
    finding_summary(finding,
                    "A record of Call Connect Request's length had no answer for %.1f s" INFERRED,
                    mark_seconds(lengths->call.mark, end));
}

static void
rule_sstp_nak(const struct session *session, const struct view *view)
{
    const struct lengths *lengths = lengths_unfinished(session, view);

    if (!lengths || !mark_is_set(lengths->call.mark) || lengths->state > LENGTHS_REFUSED ||
        !mark_is_set(lengths->refusal.mark) || lengths->refusal.by == SIDE_CLIENT ||
        finding_before(view->found, SEVERITY_ERROR, lengths->refusal.mark))
        return;
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_NAK, CONFIDENCE_POSSIBLE, lengths->refusal.mark);
    finding_frame(finding, lengths->call.mark.frame);
    finding_number(finding, "answer_bytes", lengths->refusal.max);
    finding_summary(finding,
                    "A record of Call Connect Request's length was answered by %u bytes, where a "
                    "Call Connect Ack has %d" INFERRED,
                    lengths->refusal.max, LEN_CALL_ACK);
}

/* --- between Call Connect Ack and Call Connected --------------------------------------------- */

/* A record of the client between two of the server's: data without answer comes in a row. The
 * client may give up behind it. */
static bool
is_in_turn(const struct lengths_facts *facts, int i, int kept)
{
    const struct lengths_record *setup = facts->setup;

    return i > 0 && setup[i - 1].by == SIDE_SERVER &&
           (i + 1 >= kept || setup[i + 1].by == SIDE_SERVER || setup[i + 1].min == LEN_TERMINATE ||
            setup[i + 1].min == LEN_ABORT);
}

/* Where the client's response to a challenge may stand; -1 where none has its length. */
static int
find_response(const struct lengths_facts *facts)
{
    int kept = (int)MIN(facts->num_setup, (uint32_t)LENGTHS_SETUP_MAX);

    for (int i = 0; facts->exact && i < kept; i++)
        if (facts->setup[i].by == SIDE_CLIENT && facts->setup[i].min >= LEN_RESPONSE_MIN &&
            facts->setup[i].min <= LEN_RESPONSE_MAX && is_in_turn(facts, i, kept))
            return i;
    return -1;
}

/* Both sides went on behind the response, as they do with NCPs. */
static bool
went_on(const struct lengths_facts *facts, int response)
{
    enum { GO_ON_SECONDS = 10 };
    uint32_t records[SIDE_COUNT] = { 0 };
    uint32_t kept = MIN(facts->num_setup, (uint32_t)LENGTHS_SETUP_MAX);

    for (uint32_t i = (uint32_t)(response + 1); i < kept; i++)
        if (mark_seconds(facts->setup[response].mark, facts->setup[i].mark) < GO_ON_SECONDS)
            records[facts->setup[i].by]++;
    return records[SIDE_CLIENT] >= 3 && records[SIDE_SERVER] >= 3;
}

/* Authentication, by any method, seems to be behind both sides. */
static bool
looks_authenticated(const struct lengths_facts *facts, int response)
{
    if (facts->records[SIDE_CLIENT] < NCP_RECORDS_MIN ||
        facts->records[SIDE_SERVER] < NCP_RECORDS_MIN)
        return false;
    return response < 0 || went_on(facts, response);
}

/* A request and its answer, time and again. */
struct ping_pong {
    unsigned times; /* in a row, at most */
    enum side asker;
    uint16_t answer; /* bytes */
};

/* Most often in a row that a request of one length was answered by a record of another, hardly
 * longer one. */
static struct ping_pong
ping_pong_of(const struct lengths_facts *facts, enum side asker)
{
    const struct lengths_record *setup = facts->setup;
    uint32_t kept = MIN(facts->num_setup, (uint32_t)LENGTHS_SETUP_MAX);
    struct ping_pong most = { 0, asker, 0 };
    unsigned row = 0;
    uint16_t question = 0, answer = 0;
    struct mark last = { 0 };

    for (uint32_t i = 0; facts->exact && i + 1 < kept; i++) {
        if (setup[i].by != asker || setup[i + 1].by == asker || setup[i].min > LEN_SMALL_MAX ||
            setup[i + 1].min > setup[i].min + 1)
            continue;
        /* Echoes are as long as their answers, but do not come one upon the other. */
        bool soon = mark_seconds(last, setup[i].mark) <= PING_PONG_SECONDS;
        last = setup[i].mark;
        row = soon && setup[i].min == question && setup[i + 1].min == answer ? row + 1 : 1;
        question = setup[i].min;
        answer = setup[i + 1].min;
        if (row > most.times)
            most = (struct ping_pong){ row, asker, answer };
    }
    return most;
}

static struct ping_pong
find_ping_pong(const struct lengths_facts *facts)
{
    struct ping_pong client = ping_pong_of(facts, SIDE_CLIENT);
    struct ping_pong server = ping_pong_of(facts, SIDE_SERVER);

    return client.times > server.times ? client : server;
}

/* Records of one length at the end of what was said, that nobody answered. */
struct repeats {
    unsigned times;
    enum side by;
    uint16_t bytes;
    struct mark first, last;
};

static struct repeats
find_repeats(const struct lengths_facts *facts, const struct lengths_end *end)
{
    uint32_t i = facts->num_setup <= LENGTHS_SETUP_MAX ? facts->num_setup : 0;
    const struct lengths_record *setup = facts->setup;
    struct repeats repeats = { 0 };

    while (end->goodbye && i > 0 && setup[i - 1].mark.frame >= end->goodbye->mark.frame)
        i--;
    for (; i > 0; i--) {
        const struct lengths_record *record = &setup[i - 1];
        if (repeats.times == 0)
            repeats = (struct repeats){ 1, (enum side)record->by, record->min, record->mark,
                                        record->mark };
        else if (record->by != repeats.by || record->min != repeats.bytes ||
                 mark_seconds(record->mark, repeats.first) < 1)
            break;
        else
            repeats.times++;
        repeats.first = record->mark;
    }
    return repeats;
}

/* Are the first two packets of side, its request of LCP and an answer to the other one's, so long?
 * The first one may share the record of Call Connect Ack. */
static bool
begins_with(const struct lengths_facts *facts, enum side side, uint16_t bytes)
{
    bool shared = side == SIDE_SERVER && facts->call_ack.min > LEN_CALL_ACK;
    unsigned left = shared ? 1 : 2;

    if (shared && facts->call_ack.min - LEN_CALL_ACK == bytes)
        return true;
    for (uint32_t i = 0; left > 0 && i < MIN(facts->num_setup, (uint32_t)LENGTHS_SETUP_MAX); i++) {
        if (facts->setup[i].by != side)
            continue;
        if (facts->setup[i].min == bytes)
            return true;
        left--;
    }
    return false;
}

/* Time and again; or once, if the server then waited and ended the session: its last word was no
 * request of LCP, which would have been sent again. */
static bool
goes_unanswered(const struct session *session, const struct lengths_facts *facts,
                const struct repeats *repeats, const struct lengths_end *end)
{
    bool gave_up = facts->exact && repeats->by == SIDE_SERVER && ended_by(end) == SIDE_SERVER &&
                   repeats->bytes >= LEN_CHALLENGE_MIN &&
                   !begins_with(facts, SIDE_SERVER, repeats->bytes) &&
                   mark_seconds(repeats->last, ended_at(end)) >= CHALLENGE_SECONDS;

    return repeats->times > 0 &&
           session_half(session, repeats->by)->last_acked.frame > repeats->last.frame &&
           (gave_up || (repeats->times >= REPEATS_MIN &&
                        mark_seconds(repeats->first, repeats->last) >= REPEATS_SECONDS));
}

/* How long the server took to answer the response, if it did before the end. */
struct wait {
    double seconds;
    bool answered;
};

static struct wait
response_wait(const struct lengths_facts *facts, int response, const struct lengths_end *end)
{
    uint32_t kept = MIN(facts->num_setup, (uint32_t)LENGTHS_SETUP_MAX);
    struct mark since = response >= 0 ? facts->setup[response].mark : (struct mark){ 0 };

    if (response < 0)
        return (struct wait){ 0, true };
    for (uint32_t i = (uint32_t)response + 1; i < kept; i++)
        if (facts->setup[i].by == SIDE_SERVER && facts->setup[i].mark.frame < ended_at(end).frame)
            return (struct wait){ mark_seconds(since, facts->setup[i].mark), true };
    return (struct wait){ mark_seconds(since, ended_at(end)), false };
}

static bool
is_too_long(const struct wait *wait, const struct lengths_end *end)
{
    return wait->seconds >= (wait->answered || ended_by(end) == SIDE_SERVER
                                 ? SLOW_REFUSAL_SECONDS
                                 : CLIENT_PATIENCE_SECONDS);
}

/* A client that changed its mind says so without much ado, or does not wait for an answer. */
static bool
client_changed_its_mind(const struct lengths_facts *facts, const struct lengths_end *end,
                        const struct wait *wait, bool enough)
{
    if (ended_by(end) == SIDE_SERVER)
        return false;
    if (!wait->answered)
        return true;
    if (enough)
        return false;
    return end->goodbye ? end->goodbye->min == LEN_ABORT || end->goodbye->min == LEN_DISCONNECT_ACK
                        : mark_seconds(facts->call_ack.mark, end->mark) < 1;
}

/* One side's only record is its goodbye: it did not like the Ack, or the other side's silence. */
static void
setup_refused(const struct view *view, const struct lengths_record *abort, double seconds)
{
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_ABORTED, CONFIDENCE_POSSIBLE, abort->mark);

    finding_number(finding, "seconds", seconds);
    finding_text(finding, "by", side_name((enum side)abort->by));
    finding_summary(finding,
                    "%.3f s after Call Connect Ack the %s sent a record of Call Abort's length (%u "
                    "bytes), and nothing else before it" INFERRED,
                    seconds, side_name((enum side)abort->by), abort->max);
}

/* Call Disconnect is answered by 8 bytes, Call Abort by as many as it has, or not at all. */
static bool
ack_was_refused(const struct lengths_facts *facts, const struct lengths_end *end)
{
    const struct lengths_record *setup = facts->setup;

    return end->goodbye && setup[0].mark.frame == end->goodbye->mark.frame &&
           setup[0].min == LEN_ABORT &&
           (facts->num_setup == 1 ||
            (facts->num_setup == 2 && setup[1].by != setup[0].by && setup[1].min == LEN_ABORT)) &&
           mark_seconds(facts->call_ack.mark, setup[0].mark) < GIVE_UP_SECONDS;
}

static void
setup_one_sided(const struct view *view, const struct lengths_facts *facts, double seconds)
{
    enum side silent = facts->records[SIDE_CLIENT] ? SIDE_SERVER : SIDE_CLIENT;

    bool both = facts->records[SIDE_CLIENT] + facts->records[SIDE_SERVER] == 0;
    struct finding *finding =
        finding_inferred(view, FINDING_LCP_NOT_STARTED, CONFIDENCE_POSSIBLE, facts->call_ack.mark);

    finding_number(finding, "seconds", seconds);
    finding_text(finding, "silent", both ? "both" : side_name(silent));
    finding_summary(finding, "After Call Connect Ack %s sent nothing for %.1f s" INFERRED,
                    both                    ? "both sides"
                    : silent == SIDE_CLIENT ? "the client"
                                            : "the server",
                    seconds);
}

static void
setup_without_connected(const struct view *view, const struct lengths_facts *facts,
                        const struct lengths_end *end, enum confidence confidence)
{
    struct mark at = ended_at(end);
    struct finding *finding = finding_inferred(view, FINDING_SSTP_CALL_CONNECTED_MISSING,
                                               confidence, facts->call_ack.mark);

    finding_frame(finding, facts->unanswered ? facts->unanswered_at.frame : 0);
    finding_frame(finding, at.frame);
    finding_number(finding, "seconds", mark_seconds(facts->call_ack.mark, at));
    finding_number(finding, "unanswered_records", facts->unanswered);
    finding_summary(finding,
                    "PPP seems to have come up, no record of Call Connected's length (112 bytes) "
                    "was sent, and %.1f s after Call Connect Ack the session ended" INFERRED,
                    mark_seconds(facts->call_ack.mark, at));
}

static void
setup_ping_pong(const struct view *view, const struct lengths_facts *facts,
                const struct ping_pong *ping_pong)
{
    /* A refusal names the options: one of a method has four bytes or more, and clients ask for
     * none. */
    int refused = ping_pong->answer - LEN_TERMINATE;
    bool method = ping_pong->asker == SIDE_SERVER && refused >= LEN_AUTH_OPTION_MIN;
    struct finding *finding = finding_inferred(
        view, method ? FINDING_LCP_AUTH_METHOD_MISMATCH : FINDING_LCP_OPTION_MISMATCH,
        CONFIDENCE_POSSIBLE, facts->setup[0].mark);

    finding_number(finding, "repetitions", ping_pong->times);
    finding_text(finding, "asker", side_name(ping_pong->asker));
    finding_number(finding, "refused_option_bytes", refused);
    finding_summary(finding,
                    "LCP did not agree: the %s repeated a request %u times, the %s objected each "
                    "time to %d bytes of options, and the session ended%s" INFERRED,
                    side_name(ping_pong->asker), ping_pong->times,
                    side_name(side_other(ping_pong->asker)), refused,
                    method ? "; most often it is the method of authentication" : "");
}

static void
setup_unanswered(const struct view *view, const struct lengths_facts *facts,
                 const struct repeats *repeats, const struct lengths_end *end)
{
    enum side silent = side_other(repeats->by);
    bool lcp = begins_with(facts, repeats->by, repeats->bytes);
    struct finding *finding =
        finding_inferred(view, lcp ? FINDING_LCP_NO_REPLY : FINDING_AUTH_NO_REPLY,
                         CONFIDENCE_POSSIBLE, repeats->first);

    finding_frame(finding, repeats->last.frame);
    finding_text(finding, "silent", side_name(silent));
    finding_number(finding, "sent", repeats->times);
    finding_number(finding, "waited_seconds", mark_seconds(repeats->first, ended_at(end)));
    finding_summary(finding,
                    "The %s sent a record of %u bytes %u times, %s, and the %s said nothing to it "
                    "for %.1f s" INFERRED,
                    side_name(repeats->by), repeats->bytes, repeats->times,
                    lcp ? "as long as one of its first two" : "behind LCP", side_name(silent),
                    mark_seconds(repeats->first, ended_at(end)));
}

/* How long the server had said nothing when the client left. */
static double
server_silence(const struct lengths_facts *facts, const struct lengths_end *end)
{
    uint32_t kept = MIN(facts->num_setup, (uint32_t)LENGTHS_SETUP_MAX);
    struct mark last = facts->call_ack.mark;

    if (ended_by(end) == SIDE_SERVER || facts->num_setup > kept)
        return 0;
    for (uint32_t i = 0; i < kept; i++)
        if (facts->setup[i].by == SIDE_SERVER && facts->setup[i].mark.frame < ended_at(end).frame)
            last = facts->setup[i].mark;
    return mark_seconds(last, ended_at(end));
}

static void
setup_silence(const struct view *view, const struct lengths_end *end, double seconds)
{
    struct finding *finding =
        finding_inferred(view, FINDING_AUTH_NO_REPLY, CONFIDENCE_POSSIBLE, ended_at(end));

    finding_text(finding, "silent", side_name(SIDE_SERVER));
    finding_number(finding, "waited_seconds", seconds);
    finding_summary(finding,
                    "The session ended in LCP or authentication: the server had said nothing "
                    "for %.1f s, and the client left" INFERRED,
                    seconds);
}

static void
setup_waited(const struct view *view, const struct lengths_facts *facts, int response,
             double seconds)
{
    struct mark since = facts->setup[response].mark;
    struct finding *finding =
        finding_inferred(view, FINDING_AUTH_BACKEND_TIMEOUT, CONFIDENCE_POSSIBLE, since);

    finding_number(finding, "waited_seconds", seconds);
    finding_summary(finding,
                    "The session ended in authentication, and a record of a response's length had "
                    "no answer for %.1f s: the server may have waited for its own authentication "
                    "server, or held a refusal back" INFERRED,
                    seconds);
}

static void
setup_ended(const struct view *view, const struct lengths_facts *facts,
            const struct lengths_end *end, int response)
{
    struct mark since = response >= 0 ? facts->setup[response].mark : facts->call_ack.mark;
    struct finding *finding =
        finding_inferred(view, FINDING_AUTH_BAD_CREDENTIALS, CONFIDENCE_POSSIBLE, since);

    finding_frame(finding, ended_at(end).frame);
    finding_text(finding, "ended_by", side_name(ended_by(end)));
    finding_number(finding, "seconds", mark_seconds(since, ended_at(end)));
    finding_summary(finding,
                    "The session ended in authentication, %.1f s after %s: refused credentials, "
                    "account policy or no common method" INFERRED,
                    mark_seconds(since, ended_at(end)),
                    response >= 0 ? "a record of a response's length" : "Call Connect Ack");
}

static void
setup_ended_early(const struct view *view, const struct lengths_facts *facts,
                  const struct lengths_end *end)
{
    double seconds = mark_seconds(facts->call_ack.mark, ended_at(end));
    struct finding *finding = finding_inferred(view, FINDING_LCP_AUTH_METHOD_MISMATCH,
                                               CONFIDENCE_POSSIBLE, facts->call_ack.mark);

    finding_frame(finding, ended_at(end).frame);
    finding_text(finding, "ended_by", side_name(ended_by(end)));
    finding_number(finding, "seconds", seconds);
    finding_number(finding, "packets_client", facts->records[SIDE_CLIENT]);
    finding_number(finding, "packets_server", facts->records[SIDE_SERVER]);
    finding_summary(finding,
                    "The session ended in LCP or early in authentication, %.1f s and %u records "
                    "after Call Connect Ack: no common method, or another option or packet that "
                    "the other side refuses" INFERRED,
                    seconds, facts->records[SIDE_CLIENT] + facts->records[SIDE_SERVER]);
}

static bool
is_negotiation_time(const struct view *view, double seconds)
{
    double timer = view->config->negotiation_timeout ? view->config->negotiation_timeout : 60;

    return seconds > timer - NEGOTIATION_SLACK && seconds < timer + NEGOTIATION_SLACK;
}

/* Nothing waits for the network protocols, so Call Connected was due. */
static bool
connected_is_missing(const struct view *view, const struct lengths_facts *facts,
                     const struct lengths_end *end, int response)
{
    double seconds = mark_seconds(facts->call_ack.mark, ended_at(end));

    return looks_authenticated(facts, response) &&
           ((ended_by(end) == SIDE_SERVER && is_negotiation_time(view, seconds)) ||
            (facts->exact && facts->unanswered >= DATA_UNANSWERED_MIN));
}

static void
setup_judge(const struct session *session, const struct view *view,
            const struct lengths_facts *facts, const struct lengths_end *end)
{
    int response = find_response(facts);
    struct ping_pong ping_pong = find_ping_pong(facts);
    struct repeats repeats = find_repeats(facts, end);
    struct wait wait = response_wait(facts, response, end);
    bool enough = facts->records[SIDE_CLIENT] >= SETUP_RECORDS_MIN &&
                  facts->records[SIDE_SERVER] >= SETUP_RECORDS_MIN;

    if (connected_is_missing(view, facts, end, response))
        setup_without_connected(view, facts, end,
                                facts->exact && response >= 0 && ended_by(end) == SIDE_SERVER
                                    ? CONFIDENCE_LIKELY
                                    : CONFIDENCE_POSSIBLE);
    else if (response < 0 && ping_pong.times >= PING_PONG_MIN)
        setup_ping_pong(view, facts, &ping_pong);
    else if (goes_unanswered(session, facts, &repeats, end))
        setup_unanswered(view, facts, &repeats, end);
    else if (is_too_long(&wait, end))
        setup_waited(view, facts, response, wait.seconds);
    else if (response < 0 && server_silence(facts, end) >= SILENCE_SECONDS)
        setup_silence(view, end, server_silence(facts, end));
    else if (client_changed_its_mind(facts, end, &wait, enough || response >= 0))
        return;
    else if (enough || response >= 0)
        setup_ended(view, facts, end, response);
    else
        setup_ended_early(view, facts, end);
}

static void
rule_setup(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || facts->middle || mark_is_set(facts->call_connected.mark) || facts->may_hide ||
        !is_whole(session, facts))
        return;
    struct lengths_end end = end_of(session, view, facts);
    double seconds = mark_seconds(facts->call_ack.mark, ended_at(&end));
    if (finding_before(view->found, SEVERITY_ERROR, end.mark))
        return;
    if (ack_was_refused(facts, &end)) {
        setup_refused(view, &facts->setup[0], seconds);
    } else if (facts->records[SIDE_CLIENT] > 0 && facts->records[SIDE_SERVER] > 0) {
        if (end.closed)
            setup_judge(session, view, facts, &end);
    } else if (end.closed || seconds >= SILENCE_SECONDS) {
        setup_one_sided(view, facts, seconds);
    }
}

/* --- from Call Connected on, before the tunnel runs ------------------------------------------ */

/* The last record of side, and whether a Call Disconnect Ack of the other side follows. */
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

/* A Terminate-Request may cross Call Connected on its way. Alone in front of it a record of this
 * length may be the Success of CHAP or PAP without a text. */
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

/* The client's goodbye is answered by the server's Terminate-Ack: it was the client that left. */
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
        "protocol. Its log names the reason; TLS keys would show it, too.");
    finding_summary(finding,
                    "The server answered Call Connected after %.3f s by a record of Call Abort's "
                    "length (%u bytes), and the session ended: crypto binding failed" INFERRED,
                    mark_seconds(facts->call_connected.mark, abort->mark), abort->max);
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

/* A network protocol takes a request and an acknowledgement of either side: it cannot have come up
 * before Call Connected, nor since. What may be part of a goodbye does not count. */
static bool
network_cannot_be_up(const struct lengths_facts *facts, const struct lengths_end *end)
{
    uint32_t records[SIDE_COUNT] = { 0 };
    const struct lengths_record *record;
    int response = find_response(facts);

    if (response < 0 || went_on(facts, response) ||
        facts->after[SIDE_CLIENT] + facts->after[SIDE_SERVER] > LENGTHS_TAIL_MAX)
        return false;
    for (uint32_t i = 0; i < facts->after[SIDE_CLIENT] + facts->after[SIDE_SERVER]; i++) {
        record = lengths_tail(facts, i);
        if (record->min != LEN_DISCONNECT_ACK && record->min != LEN_TERMINATE &&
            (record->min != LEN_ABORT || record->by != ended_by(end)))
            records[record->by]++;
    }
    return records[SIDE_CLIENT] < NCP_EXCHANGE || records[SIDE_SERVER] < NCP_EXCHANGE;
}

static void
connected_no_network(const struct view *view, const struct lengths_facts *facts,
                     const struct lengths_end *end)
{
    unsigned repeats = tail_repeats(facts);
    bool rejected = repeats > PING_PONG_MIN;
    struct finding *finding =
        finding_inferred(view, rejected ? FINDING_IPCP_ADDRESS_REJECTED : FINDING_IPCP_NO_ADDRESS,
                         CONFIDENCE_POSSIBLE, ended_at(end));

    finding_frame(finding, facts->call_connected.mark.frame);
    finding_text(finding, "ended_by", side_name(ended_by(end)));
    finding_number(finding, "seconds", mark_seconds(facts->call_connected.mark, ended_at(end)));
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

/* The server's only answer to a record that may be Call Connected may be Call Abort. */
static bool
may_be_aborted(const struct lengths_facts *facts, const struct lengths_end *end)
{
    const struct lengths_record *last = lengths_tail(facts, 0);

    return !facts->exact && facts->after[SIDE_SERVER] == 1 && last->by == SIDE_SERVER &&
           last->mark.frame >= facts->call_connected.mark.frame && lengths_is(last, LEN_ABORT) &&
           end->by == SIDE_SERVER &&
           mark_seconds(facts->call_connected.mark, end->mark) <= ABORT_SECONDS;
}

static void
ended_abruptly(const struct session *session, const struct view *view,
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

static void
rule_connected(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || !mark_is_set(facts->call_connected.mark) || lengths_is_established(facts) ||
        !is_whole(session, facts))
        return;
    struct lengths_end end = end_of(session, view, facts);
    bool acknowledged;
    const struct lengths_record *last = last_of(facts, SIDE_SERVER, &acknowledged);
    if (!end.closed || !last || finding_before(view->found, SEVERITY_ERROR, end.mark))
        return;
    double seconds = mark_seconds(facts->call_connected.mark, end.mark);
    if (!facts->exact) {
        if (may_be_aborted(facts, &end))
            connected_aborted(view, facts, last, CONFIDENCE_POSSIBLE);
        return;
    }
    bool server_left = !client_left(facts, end.goodbye) &&
                       (ended_by(&end) == SIDE_SERVER || last->min == LEN_ABORT);
    if (last->mark.frame >= facts->call_connected.mark.frame && last->min == LEN_ABORT &&
        !acknowledged && !server_terminates(facts) &&
        mark_seconds(facts->call_connected.mark, last->mark) <= ABORT_SECONDS)
        connected_aborted(view, facts, last, CONFIDENCE_LIKELY);
    else if ((server_left || network_cannot_be_up(facts, &end) ||
              tail_repeats(facts) > PING_PONG_MIN) &&
             seconds < 2 * SILENCE_SECONDS)
        connected_no_network(view, facts, &end);
    else if (end.reset && !end.goodbye)
        ended_abruptly(session, view, &end, CONFIDENCE_POSSIBLE);
}

/* The tunnel runs; a record of a class that holds Call Connected may have been something else of
 * the set-up, which does not last. */
static bool
is_settled(const struct session *session, const struct view *view,
           const struct lengths_facts *facts)
{
    struct lengths_end end = end_of(session, view, facts);

    return facts->middle ||
           (mark_is_set(facts->call_connected.mark) && lengths_is_established(facts) &&
            (facts->exact ||
             mark_seconds(facts->call_connected.mark, ended_at(&end)) >= SETTLED_SECONDS));
}

/* --- keepalive ------------------------------------------------------------------------------- */

/* asker's echoes are received and no more answered, nor does the other side say anything else. */
static bool
echo_fails(const struct session *session, const struct lengths_echo *echo,
           enum lengths_echo_kind kind, enum side asker, const struct lengths_end *end)
{
    double waited = mark_seconds(echo->first_open, end->mark);

    if (echo->open == 0 ||
        session_half(session, asker)->last_acked.frame <= echo->last_open.frame ||
        waited < ECHO_SECONDS)
        return false;
    if (echo->open >= 2)
        /* Two Protocol-Rejects may be as long, but come at once. */
        return mark_seconds(echo->first_open, echo->last_open) >= 1 &&
               mark_seconds(echo->last_open, end->mark) >= 1;
    /* One is enough where it was answered before, or nothing else is as long, and the asker then
     * gave up. */
    return end->closed && end->by == asker &&
           (echo->replies > 0 || (kind == LENGTHS_ECHO_SSTP && waited >= SSTP_ECHO_SECONDS));
}

static void
rule_echo(const struct session *session, const struct view *view)
{
    static const enum finding_id ids[] = { [LENGTHS_ECHO_LCP] = FINDING_LCP_ECHO_GAP,
                                           [LENGTHS_ECHO_SSTP] = FINDING_SSTP_ECHO_UNANSWERED };
    const struct lengths_facts *facts = lengths_of(session, view);

    if (!facts || !is_whole(session, facts) || (!facts->exact && !is_settled(session, view, facts)))
        return;
    struct lengths_end end = end_of(session, view, facts);
    for (int i = 0; i < LENGTHS_ECHO_KINDS * SIDE_COUNT; i++) {
        int kind = i / SIDE_COUNT;
        enum side asker = (enum side)(i % SIDE_COUNT);
        const struct lengths_echo *echo = &facts->echo[kind][asker];
        if (!echo_fails(session, echo, (enum lengths_echo_kind)kind, asker, &end) ||
            finding_before(view->found, SEVERITY_ERROR, end.mark))
            continue;
        struct finding *finding =
            finding_inferred(view, ids[kind], CONFIDENCE_LIKELY, echo->first_open);
        finding_frame(finding, echo->last_open.frame);
        finding_text(finding, "asker", side_name(asker));
        finding_number(finding, "unanswered", echo->open);
        finding_number(finding, "answered_before", echo->replies);
        finding_number(finding, "seconds", mark_seconds(echo->first_open, end.mark));
        finding_summary(finding,
                        "The %s's TCP acknowledged %u record%s of an %s Echo-Request's length and "
                        "the %s sent nothing more for %.1f s" INFERRED,
                        side_name(side_other(asker)), echo->open, echo->open == 1 ? "" : "s",
                        kind == LENGTHS_ECHO_LCP ? "LCP" : "SSTP", side_name(side_other(asker)),
                        mark_seconds(echo->first_open, end.mark));
        return;
    }
}

/* --- sizes ----------------------------------------------------------------------------------- */

static void
rule_straddle(const struct session *session, const struct view *view)
{
    enum { WITH_FF03 = 8 };
    const struct lengths_facts *facts = lengths_of(session, view);
    uint32_t all = facts ? facts->straddling[SIDE_CLIENT] + facts->straddling[SIDE_SERVER] : 0;

    if (all < STRADDLING_MIN)
        return;
    enum side side = facts->straddling[SIDE_CLIENT] >= facts->straddling[SIDE_SERVER] ? SIDE_CLIENT
                                                                                      : SIDE_SERVER;
    const struct mtu_cipher *cipher = &conn_lengths(session_conn(session))->cipher;
    double fit = (double)mtu_inner_fit(cipher, facts->room[side], WITH_FF03);
    struct finding *finding =
        finding_add(view->found, FINDING_MTU_SEGMENT_STRADDLE, CONFIDENCE_LIKELY, EVIDENCE_INFERRED,
                    facts->straddling_at);
    for (uint32_t i = 0; i < MIN(all, (uint32_t)LENGTHS_STRADDLING_MAX); i++)
        finding_frame(finding, facts->straddling_frames[i]);
    finding_number(finding, "packets_client", facts->straddling[SIDE_CLIENT]);
    finding_number(finding, "packets_server", facts->straddling[SIDE_SERVER]);
    finding_number(finding, "inner_bytes", (double)facts->straddling_max - WITH_FF03);
    finding_number(finding, "fitting_inner_mtu_bytes", fit);
    finding_number(finding, "segment_bytes", (double)facts->room[side]);
    finding_number(finding, "encapsulation_bytes", WITH_FF03);
    finding_summary(finding,
                    "%u records of one inner packet each (up to %d bytes) need two TCP segments; "
                    "an inner MTU of %.0f fits one" INFERRED,
                    all, facts->straddling_max - WITH_FF03, fit);
}

/* --- the end --------------------------------------------------------------------------------- */

static void
ended_in_order(const struct view *view, const struct lengths_facts *facts,
               const struct lengths_end *end)
{
    bool server = end->goodbye->by == SIDE_SERVER;
    struct finding *finding =
        finding_add(view->found, server ? FINDING_SESSION_SERVER_ENDED : FINDING_SESSION_NORMAL_END,
                    facts->middle ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY, EVIDENCE_INFERRED,
                    end->goodbye->mark);

    if (server)
        finding_wants_keys(finding);
    finding_text(finding, "by", side_name((enum side)end->goodbye->by));
    finding_number(finding, "goodbye_bytes", end->goodbye->max);
    finding_summary(finding,
                    "The %s ended the running session: a record of %u bytes began its "
                    "goodbye" INFERRED,
                    side_name((enum side)end->goodbye->by), end->goodbye->max);
}

/* Who waits for an answer closes by a timer of its own. */
static bool
echo_is_open(const struct lengths_facts *facts)
{
    uint32_t open = 0;

    for (int i = 0; i < LENGTHS_ECHO_KINDS * SIDE_COUNT; i++)
        open += facts->echo[i / SIDE_COUNT][i % SIDE_COUNT].open;
    return open > 0;
}

/* No message of a goodbye is so long ago. */
static void
cut_when_idle(const struct session *session, const struct view *view, const struct lengths_end *end)
{
    double idle = session_idle_before(session, end->mark);
    struct finding *finding =
        finding_inferred(view, FINDING_IDLE_CUT, CONFIDENCE_LIKELY, end->mark);

    finding_text(finding, "closed_by", side_name(end->by));
    finding_text(finding, "how", close_name(end->reset));
    finding_number(finding, "idle_before_seconds", idle);
    finding_summary(finding,
                    "After %.1f s without payload came %s from the %s's address, and no record "
                    "before it has the length of a goodbye: a timer on the path ran out" INFERRED,
                    idle, close_name(end->reset), side_name(end->by));
}

static void
rule_end(const struct session *session, const struct view *view)
{
    const struct lengths_facts *facts = lengths_of(session, view);

    /* Where Call Connected is hidden, if it was sent at all, much may be authentication. */
    if (!facts || !is_whole(session, facts) || !is_settled(session, view, facts))
        return;
    struct lengths_end end = end_of(session, view, facts);
    if (!end.closed || finding_before(view->found, SEVERITY_ERROR, end.mark))
        return;
    if (end.goodbye) {
        ended_in_order(view, facts, &end);
        return;
    }
    for (int side = 0; side < SIDE_COUNT; side++)
        if ((mark_is_set(facts->alert[side]) && facts->alert[side].frame <= end.mark.frame) ||
            facts->records[side] < ABRUPT_RECORDS_MIN)
            return;
    /* A short last record may be a goodbye that has no known length, or whose length is a class. */
    const struct lengths_record *last = lengths_tail(facts, 0);
    double soon = facts->exact ? 1 : GOODBYE_SECONDS;
    double idle = session_idle_before(session, end.mark);
    if (!last || (last->min < LEN_SMALL_MAX && mark_seconds(last->mark, end.mark) <= soon))
        return;
    if (idle >= IDLE_SECONDS && is_timer_value(idle) && facts->exact && !facts->middle &&
        !echo_is_open(facts) && !client_closed_itself(session, end.by))
        cut_when_idle(session, view, &end);
    else
        ended_abruptly(session, view, &end,
                       idle >= IDLE_SECONDS || facts->middle ? CONFIDENCE_POSSIBLE
                                                             : CONFIDENCE_LIKELY);
}

const rule_fn rules_lengths[] = {
    rule_http_not_sstp_server,
    rule_http_no_response,
    rule_sstp_no_ack,
    rule_sstp_nak,
    rule_setup,
    rule_connected,
    rule_echo,
    rule_straddle,
    rule_end,
    NULL,
};
