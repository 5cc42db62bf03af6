/* rules_shape.c - sessions without keys: what the lengths of TLS records tell of their failure
 *
 * Lengths show how far a session came and who ended it, seldom why. Where they leave several causes
 * the finding is no more than possible, and says how to see more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

enum {
    SILENCE_SECONDS = 9,   /* so long nothing, and more than a round trip was lost */
    NEGOTIATION_SLACK = 3, /* seconds around the server's timer */
    GOODBYE_SECONDS = 6,   /* from one message of a goodbye to the next, and to the close */
    ABORT_SECONDS = 5,     /* from Call Connected to the abort that answers it */
    ECHO_SECONDS = 4,      /* a peer that lives has answered by then */
    SETUP_RECORDS_MIN = 4, /* of either side: LCP is over, or nearly so */
    NCP_RECORDS_MIN = 6,   /* of either side: authentication is over, too */
    PING_PONG_SECONDS = 2,
    PING_PONG_MIN = 3, /* equal requests with equal answers in a row */
    DATA_UNANSWERED_MIN = 3,
    ABRUPT_RECORDS_MIN = 8, /* of either side, behind Call Connect Ack */
};

/* Bytes of plaintext. */
enum {
    LEN_DISCONNECT_ACK = 8,
    LEN_TERMINATE = 12, /* LCP Terminate-Request or -Ack without text */
    LEN_ABORT = 20,     /* or Call Disconnect */
    LEN_SMALL_MAX = 44,
    LEN_RESPONSE_MIN = 60, /* MS-CHAPv2, by its name's length */
    LEN_RESPONSE_MAX = 111,
    LEN_GOOD_ANSWER_MIN = 54,
    LEN_GOOD_ANSWER_MAX = 200,
};

#define INFERRED "; inferred from record lengths"

/* How the connection came to its end. */
struct shape_end {
    bool closed;
    enum side by;
    bool reset;
    struct mark mark;                   /* of the close, else the last frame read */
    const struct shape_record *goodbye; /* first message of one; NULL: none can be told */
};

/* Of sessions that can be judged by lengths, when all is read. */
static const struct shape_facts *
shape_of(const struct session *session, const struct view *view)
{
    const struct shape_facts *facts = view->final ? session_shape(session) : NULL;

    return facts && !session->conn->original ? facts : NULL;
}

static bool
is_whole(const struct session *session, const struct shape_facts *facts)
{
    if (facts->lost)
        return false;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_dropped(session->conn, (enum side)side) > 0 ||
            conn_unseen(session->conn, (enum side)side) > 0 ||
            conn_is_stuck(session->conn, (enum side)side))
            return false;
    return true;
}

static bool
begins_goodbye(const struct shape_facts *facts, const struct shape_record *record)
{
    if (record->min == LEN_TERMINATE || record->min == LEN_ABORT)
        return true;
    /* In a running tunnel nothing else of this size is left than PPP's control. */
    if (mark_is_set(facts->first_data))
        return record->label == SHAPE_NCP;
    return record->min >= LEN_ABORT && record->min <= LEN_ABORT + 4;
}

/* From the end back, as long as records are of a goodbye's lengths and follow each other closely.
 */
static const struct shape_record *
find_goodbye(const struct shape_facts *facts, struct mark end)
{
    const struct shape_record *record, *goodbye = NULL;
    struct mark later = end;

    if (!facts->exact)
        return NULL;
    for (uint32_t i = 0; (record = shape_tail(facts, i)); i++) {
        if (mark_seconds(record->mark, later) > GOODBYE_SECONDS)
            break;
        if (begins_goodbye(facts, record))
            goodbye = record;
        else if (record->min != LEN_DISCONNECT_ACK)
            break;
        later = record->mark;
    }
    return goodbye;
}

static struct shape_end
end_of(const struct session *session, const struct view *view, const struct shape_facts *facts)
{
    struct shape_end end = { .mark = view->now };

    end.closed = conn_closed(session->conn, &end.mark, &end.by, &end.reset);
    if (end.closed)
        end.goodbye = find_goodbye(facts, end.mark);
    return end;
}

static enum side
ended_by(const struct shape_end *end)
{
    return end->goodbye ? (enum side)end->goodbye->by : end->by;
}

static struct mark
ended_at(const struct shape_end *end)
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
static const struct shape *
shape_unfinished(const struct session *session, const struct view *view)
{
    const struct track *track = session->conn->track;

    if (!view->final || session->evidence != EVIDENCE_NONE || session->conn->original ||
        conn_start_missing(session->conn) || track->tls.client_hello.alpn_any ||
        track->shape.cipher.block || !mark_is_set(track->shape.request.mark) ||
        track->decrypted_records[SIDE_CLIENT] + track->decrypted_records[SIDE_SERVER] > 0)
        return NULL;
    return &track->shape;
}

/* The server answered and closed, and the client had nothing more to say. */
static void
rule_http_not_sstp_server(const struct session *session, const struct view *view)
{
    const struct shape *shape = shape_unfinished(session, view);
    const struct stream_walker *server = &session_half(session, SIDE_SERVER)->walker;
    struct mark end;
    enum side by;
    bool reset;

    if (!shape || shape->state != SHAPE_ANSWER || !mark_is_set(shape->answer.mark) ||
        session->conn->track->tls.server_hello.version == TLS_13 ||
        !conn_closed(session->conn, &end, &by, &reset) || by != SIDE_SERVER ||
        mark_seconds(shape->answer.mark, end) > GOODBYE_SECONDS ||
        (server->sealed_alerts == 0 && shape->answer.min <= LEN_GOOD_ANSWER_MAX) ||
        finding_before(view->found, SEVERITY_ERROR, end))
        return;
    struct finding *finding = finding_inferred(view, FINDING_HTTP_NOT_SSTP_SERVER,
                                               CONFIDENCE_POSSIBLE, shape->answer.mark);
    finding_frame(finding, shape->request.mark.frame);
    finding_number(finding, "answer_bytes", shape->answer.max);
    finding_summary(finding,
                    "The request was answered by %u bytes and the server's close, where an SSTP "
                    "server sends %u to %u bytes and waits" INFERRED,
                    shape->answer.max, LEN_GOOD_ANSWER_MIN, LEN_GOOD_ANSWER_MAX);
}

static void
rule_sstp_no_ack(const struct session *session, const struct view *view)
{
    const struct shape *shape = shape_unfinished(session, view);
    struct mark end = view->now;
    enum side by = SIDE_CLIENT;
    bool reset, closed = conn_closed(session->conn, &end, &by, &reset);

    if (!shape || shape->state != SHAPE_ACK ||
        !conn_delivered(session->conn, SIDE_CLIENT, session_half(session, SIDE_CLIENT)->next) ||
        (mark_seconds(shape->call.mark, end) < SILENCE_SECONDS && (!closed || by == SIDE_CLIENT)) ||
        finding_before(view->found, SEVERITY_ERROR, end))
        return;
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_NO_ACK, CONFIDENCE_POSSIBLE, shape->call.mark);
    finding_number(finding, "seconds", mark_seconds(shape->call.mark, end));
    finding_summary(finding,
                    "A record of Call Connect Request's length had no answer for %.1f s" INFERRED,
                    mark_seconds(shape->call.mark, end));
}

/* --- between Call Connect Ack and Call Connected --------------------------------------------- */

/* A record of the client between two of the server's: data without answer comes in a row. */
static bool
is_in_turn(const struct shape_facts *facts, int i, int kept)
{
    return i > 0 && facts->setup[i - 1].by == SIDE_SERVER &&
           (i + 1 >= kept || facts->setup[i + 1].by == SIDE_SERVER);
}

/* Where the client's response to a challenge may stand; -1 where none has its length. */
static int
find_response(const struct shape_facts *facts)
{
    int kept = (int)MIN(facts->num_setup, (uint32_t)SHAPE_SETUP_MAX);

    for (int i = 0; facts->exact && i < kept; i++)
        if (facts->setup[i].by == SIDE_CLIENT && facts->setup[i].min >= LEN_RESPONSE_MIN &&
            facts->setup[i].min <= LEN_RESPONSE_MAX && is_in_turn(facts, i, kept))
            return i;
    return -1;
}

/* Both sides went on behind the response, as they do with NCPs. */
static bool
went_on(const struct shape_facts *facts, int response)
{
    enum { GO_ON_SECONDS = 10 };
    uint32_t records[SIDE_COUNT] = { 0 };
    uint32_t kept = MIN(facts->num_setup, (uint32_t)SHAPE_SETUP_MAX);

    for (uint32_t i = (uint32_t)(response + 1); i < kept; i++)
        if (mark_seconds(facts->setup[response].mark, facts->setup[i].mark) < GO_ON_SECONDS)
            records[facts->setup[i].by]++;
    return records[SIDE_CLIENT] >= 3 && records[SIDE_SERVER] >= 3;
}

/* Authentication, by any method, seems to be behind both sides. */
static bool
looks_authenticated(const struct shape_facts *facts, int response)
{
    if (facts->records[SIDE_CLIENT] < NCP_RECORDS_MIN ||
        facts->records[SIDE_SERVER] < NCP_RECORDS_MIN)
        return false;
    return response < 0 || went_on(facts, response);
}

/* Most often in a row that a request of one length was answered by a record of another, hardly
 * longer one. */
static unsigned
ping_pong(const struct shape_facts *facts, enum side asker)
{
    const struct shape_record *setup = facts->setup;
    uint32_t kept = MIN(facts->num_setup, (uint32_t)SHAPE_SETUP_MAX);
    unsigned row = 0, most = 0;
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
        most = MAX(most, row);
    }
    return most;
}

static void
setup_one_sided(const struct view *view, const struct shape_facts *facts, double seconds)
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
setup_without_connected(const struct view *view, const struct shape_facts *facts,
                        const struct shape_end *end, enum confidence confidence)
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
setup_ping_pong(const struct view *view, const struct shape_facts *facts, unsigned times)
{
    struct finding *finding = finding_inferred(view, FINDING_LCP_AUTH_METHOD_MISMATCH,
                                               CONFIDENCE_POSSIBLE, facts->setup[0].mark);

    finding_number(finding, "repetitions", times);
    finding_summary(finding,
                    "LCP did not agree: the server repeated a request %u times, the client "
                    "objected each time, and the session ended; most often it is the method of "
                    "authentication" INFERRED,
                    times);
}

static void
setup_ended(const struct view *view, const struct shape_facts *facts, const struct shape_end *end,
            int response)
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

static bool
is_negotiation_time(const struct view *view, double seconds)
{
    double timer = view->config->negotiation_timeout ? view->config->negotiation_timeout : 60;

    return seconds > timer - NEGOTIATION_SLACK && seconds < timer + NEGOTIATION_SLACK;
}

static void
rule_setup(const struct session *session, const struct view *view)
{
    const struct shape_facts *facts = shape_of(session, view);

    if (!facts || mark_is_set(facts->call_connected.mark) || facts->may_hide ||
        !is_whole(session, facts))
        return;
    struct shape_end end = end_of(session, view, facts);
    double seconds = mark_seconds(facts->call_ack.mark, ended_at(&end));
    int response = find_response(facts);
    if (finding_before(view->found, SEVERITY_ERROR, end.mark))
        return;
    if (facts->records[SIDE_CLIENT] == 0 || facts->records[SIDE_SERVER] == 0) {
        if (seconds >= SILENCE_SECONDS)
            setup_one_sided(view, facts, seconds);
        return;
    }
    if (!end.closed || !facts->exact)
        return;
    bool authenticated = looks_authenticated(facts, response);
    bool server_ended = ended_by(&end) == SIDE_SERVER;
    unsigned times = response < 0 ? ping_pong(facts, SIDE_SERVER) : 0;
    if (authenticated && server_ended && is_negotiation_time(view, seconds))
        setup_without_connected(view, facts, &end,
                                response >= 0 ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
    else if (authenticated && facts->unanswered >= DATA_UNANSWERED_MIN)
        setup_without_connected(view, facts, &end, CONFIDENCE_POSSIBLE);
    else if (times >= PING_PONG_MIN)
        setup_ping_pong(view, facts, times);
    else if (facts->records[SIDE_CLIENT] >= SETUP_RECORDS_MIN &&
             facts->records[SIDE_SERVER] >= SETUP_RECORDS_MIN)
        setup_ended(view, facts, &end, response);
}

/* --- from Call Connected on, before the tunnel runs ------------------------------------------ */

/* The last record of side, and whether a Call Disconnect Ack of the other side follows. */
static const struct shape_record *
last_of(const struct shape_facts *facts, enum side side, bool *acknowledged)
{
    const struct shape_record *record;

    *acknowledged = false;
    for (uint32_t i = 0; (record = shape_tail(facts, i)); i++) {
        if (record->by == side)
            return record;
        *acknowledged |= record->min == LEN_DISCONNECT_ACK;
    }
    return NULL;
}

/* A Terminate-Request may cross Call Connected on its way. Alone in front of it a record of this
 * length may be the Success of CHAP or PAP without a text. */
static bool
server_terminates(const struct shape_facts *facts)
{
    const struct shape_record *record, *older;

    for (uint32_t i = 0; (record = shape_tail(facts, i)); i++) {
        bool before = record->mark.frame < facts->call_connected.mark.frame;
        older = shape_tail(facts, i + 1);
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
client_left(const struct shape_facts *facts, const struct shape_record *goodbye)
{
    const struct shape_record *record, *later = NULL;

    if (!goodbye || goodbye->by != SIDE_CLIENT)
        return false;
    for (uint32_t i = 0; (record = shape_tail(facts, i)) && record != goodbye; i++)
        later = record;
    return later && later->by == SIDE_SERVER && later->min <= LEN_SMALL_MAX;
}

static void
connected_aborted(const struct view *view, const struct shape_facts *facts,
                  const struct shape_record *abort)
{
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_ABORTED, CONFIDENCE_LIKELY, abort->mark);

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
tail_repeats(const struct shape_facts *facts)
{
    const struct shape_record *a, *b;
    unsigned repeats = 0;

    for (uint32_t i = 0; (a = shape_tail(facts, i)) && (b = shape_tail(facts, i + 2)); i++)
        repeats += a->by == b->by && a->min == b->min && a->min > LEN_TERMINATE;
    return repeats / 2;
}

static void
connected_no_network(const struct view *view, const struct shape_facts *facts,
                     const struct shape_end *end)
{
    unsigned repeats = tail_repeats(facts);
    bool rejected = repeats > PING_PONG_MIN;
    struct finding *finding =
        finding_inferred(view, rejected ? FINDING_IPCP_ADDRESS_REJECTED : FINDING_IPCP_NO_ADDRESS,
                         CONFIDENCE_POSSIBLE, ended_at(end));

    finding_frame(finding, facts->call_connected.mark.frame);
    finding_text(finding, "ended_by", side_name(ended_by(end)));
    finding_number(finding, "seconds", mark_seconds(facts->call_connected.mark, ended_at(end)));
    finding_summary(finding,
                    rejected ? "The session ended while the network protocols were negotiated, "
                               "after the same request was answered alike time and again: an "
                               "address that the other side does not take" INFERRED
                             : "The session ended while the network protocols were negotiated: no "
                               "address to give, or none that both take" INFERRED);
}

static void
rule_connected(const struct session *session, const struct view *view)
{
    const struct shape_facts *facts = shape_of(session, view);

    if (!facts || !facts->exact || !mark_is_set(facts->call_connected.mark) ||
        shape_is_established(facts) || !is_whole(session, facts))
        return;
    struct shape_end end = end_of(session, view, facts);
    bool acknowledged;
    const struct shape_record *last = last_of(facts, SIDE_SERVER, &acknowledged);
    if (!end.closed || finding_before(view->found, SEVERITY_ERROR, end.mark))
        return;
    if (last && last->mark.frame >= facts->call_connected.mark.frame && last->min == LEN_ABORT &&
        !acknowledged && !server_terminates(facts) &&
        mark_seconds(facts->call_connected.mark, last->mark) <= ABORT_SECONDS)
        connected_aborted(view, facts, last);
    else if (last && !client_left(facts, end.goodbye) &&
             (end.by == SIDE_SERVER || last->min == LEN_ABORT) &&
             mark_seconds(facts->call_connected.mark, end.mark) < 2 * SILENCE_SECONDS)
        connected_no_network(view, facts, &end);
}

/* --- keepalive ------------------------------------------------------------------------------- */

/* asker's echoes are received and no more answered, nor does the other side say anything else. */
static bool
echo_fails(const struct session *session, const struct shape_echo *echo, enum side asker,
           const struct shape_end *end)
{
    if (echo->open == 0 ||
        session_half(session, asker)->last_acked.frame <= echo->last_open.frame ||
        mark_seconds(echo->first_open, end->mark) < ECHO_SECONDS)
        return false;
    if (echo->open >= 2)
        /* Two Protocol-Rejects may be as long, but come at once. */
        return mark_seconds(echo->first_open, echo->last_open) >= 1 &&
               mark_seconds(echo->last_open, end->mark) >= 1;
    /* One is enough where it was answered before, and the asker then gave up. */
    return echo->replies > 0 && end->closed && end->by == asker;
}

static void
rule_echo(const struct session *session, const struct view *view)
{
    static const enum finding_id ids[] = {
        [SHAPE_ECHO_LCP] = FINDING_LCP_ECHO_GAP, [SHAPE_ECHO_SSTP] = FINDING_SSTP_ECHO_UNANSWERED
    };
    const struct shape_facts *facts = shape_of(session, view);

    if (!facts || !is_whole(session, facts))
        return;
    struct shape_end end = end_of(session, view, facts);
    for (int i = 0; i < SHAPE_ECHO_KINDS * SIDE_COUNT; i++) {
        int kind = i / SIDE_COUNT;
        enum side asker = (enum side)(i % SIDE_COUNT);
        const struct shape_echo *echo = &facts->echo[kind][asker];
        if (!echo_fails(session, echo, asker, &end) ||
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
                        "The %s's TCP acknowledged %u records of an %s Echo-Request's length and "
                        "the %s sent nothing more for %.1f s" INFERRED,
                        side_name(side_other(asker)), echo->open,
                        kind == SHAPE_ECHO_LCP ? "LCP" : "SSTP", side_name(side_other(asker)),
                        mark_seconds(echo->first_open, end.mark));
        return;
    }
}

/* --- sizes ----------------------------------------------------------------------------------- */

static void
rule_straddle(const struct session *session, const struct view *view)
{
    enum { WITH_FF03 = 8 };
    const struct shape_facts *facts = shape_of(session, view);
    uint32_t all = facts ? facts->straddling[SIDE_CLIENT] + facts->straddling[SIDE_SERVER] : 0;

    if (all < STRADDLING_MIN)
        return;
    enum side side = facts->straddling[SIDE_CLIENT] >= facts->straddling[SIDE_SERVER] ? SIDE_CLIENT
                                                                                      : SIDE_SERVER;
    const struct mtu_cipher *cipher = &session->conn->track->shape.cipher;
    double fit = (double)mtu_inner_fit(cipher, facts->room[side], WITH_FF03);
    struct finding *finding =
        finding_add(view->found, FINDING_MTU_SEGMENT_STRADDLE, CONFIDENCE_LIKELY, EVIDENCE_INFERRED,
                    facts->straddling_at);
    for (uint32_t i = 0; i < MIN(all, (uint32_t)SHAPE_STRADDLING_MAX); i++)
        finding_frame(finding, facts->straddling_frames[i]);
    finding_number(finding, "packets_client", facts->straddling[SIDE_CLIENT]);
    finding_number(finding, "packets_server", facts->straddling[SIDE_SERVER]);
    finding_number(finding, "inner_bytes", (double)facts->straddling_max - WITH_FF03);
    finding_number(finding, "fitting_inner_mtu_bytes", fit);
    finding_number(finding, "segment_bytes", (double)facts->room[side]);
    finding_summary(finding,
                    "%u records of one inner packet each (up to %d bytes) need two TCP segments; "
                    "an inner MTU of %.0f fits one" INFERRED,
                    all, facts->straddling_max - WITH_FF03, fit);
}

/* --- the end --------------------------------------------------------------------------------- */

static void
ended_in_order(const struct view *view, const struct shape_end *end)
{
    bool server = end->goodbye->by == SIDE_SERVER;
    struct finding *finding =
        finding_add(view->found, server ? FINDING_SESSION_SERVER_ENDED : FINDING_SESSION_NORMAL_END,
                    CONFIDENCE_LIKELY, EVIDENCE_INFERRED, end->goodbye->mark);

    if (server)
        finding_wants_keys(finding);
    finding_text(finding, "by", side_name((enum side)end->goodbye->by));
    finding_number(finding, "goodbye_bytes", end->goodbye->max);
    finding_summary(finding,
                    "The %s ended the running session: a record of %u bytes began its "
                    "goodbye" INFERRED,
                    side_name((enum side)end->goodbye->by), end->goodbye->max);
}

static void
ended_abruptly(const struct session *session, const struct view *view, const struct shape_end *end)
{
    double idle = session_idle_before(session, end->mark);
    struct finding *finding =
        finding_inferred(view, FINDING_PEER_ABRUPT_CLOSE,
                         idle >= IDLE_SECONDS ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY, end->mark);

    finding_text(finding, "by", side_name(end->by));
    finding_text(finding, "how", end->reset ? "RST" : "FIN");
    finding_number(finding, "idle_seconds", idle);
    finding_summary(finding,
                    "The %s's side closed the running session by %s, and no record before it has "
                    "the length of a goodbye of TLS, SSTP or PPP" INFERRED,
                    side_name(end->by), end->reset ? "RST" : "FIN");
}

static void
rule_end(const struct session *session, const struct view *view)
{
    const struct shape_facts *facts = shape_of(session, view);

    /* Where Call Connected is hidden, if it was sent at all, much may be authentication. */
    if (!facts || !facts->exact || !mark_is_set(facts->call_connected.mark) ||
        !shape_is_established(facts) || !is_whole(session, facts))
        return;
    struct shape_end end = end_of(session, view, facts);
    if (!end.closed || finding_before(view->found, SEVERITY_ERROR, end.mark))
        return;
    if (end.goodbye) {
        ended_in_order(view, &end);
        return;
    }
    for (int side = 0; side < SIDE_COUNT; side++)
        if ((mark_is_set(facts->alert[side]) && facts->alert[side].frame <= end.mark.frame) ||
            facts->records[side] < ABRUPT_RECORDS_MIN)
            return;
    /* A short last record may be a goodbye that has no known length. */
    const struct shape_record *last = shape_tail(facts, 0);
    if (last && (last->min >= LEN_SMALL_MAX || mark_seconds(last->mark, end.mark) > 1))
        ended_abruptly(session, view, &end);
}

const rule_fn rules_shape[] = {
    rule_http_not_sstp_server,
    rule_sstp_no_ack,
    rule_setup,
    rule_connected,
    rule_echo,
    rule_straddle,
    rule_end,
    NULL,
};
