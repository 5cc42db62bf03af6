/* session.c - one SSTP session: from decoded pieces to facts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/state.h"

#include <string.h>

#include "codec/describe.h"
#include "base/text.h"

enum {
    ANSWER_SECONDS = 2, /* from bytes to the close that answers them */
    CHAP_MD5_LEN = 16,
};

struct session *
session_new(struct conn *conn, uint32_t id)
{
    struct session *session = g_new0(struct session, 1);

    session->conn = conn;
    session->id = id;
    session->stage = session->reached = STAGE_TCP;
    return session;
}

void
session_free(struct session *session)
{
    if (!session)
        return;
    g_free(session->dialled.name);
    g_free(session->http.host);
    g_free(session->http.server);
    g_free(session->http.correlation_id);
    g_free(session->http.request_head);
    g_free(session->http.response_head);
    g_free(session->auth.user);
    eap_tls_clear(&session->auth.eap_tls);
    if (session->answers)
        g_array_unref(session->answers);
    timeline_clear(&session->timeline);
    for (int side = 0; side < SIDE_COUNT; side++)
        g_free(session->terminate[side].text);
    traffic_free(session->traffic);
    g_free(session);
}

/* --- names ----------------------------------------------------------------------------------- */

#define SSTP_STATE_NAME(enumerator, name) [enumerator] = (name),
static const char *const state_names[] = { SSTP_STATE_LIST(SSTP_STATE_NAME) };
#undef SSTP_STATE_NAME

static const char *const outcome_names[] = {
    [OUTCOME_UNKNOWN] = "unknown",   [OUTCOME_OK] = "ok",
    [OUTCOME_FAILED] = "failed",     [OUTCOME_SKIPPED] = "skipped",
    [OUTCOME_INFERRED] = "inferred",
};

static const struct {
    const char *name;
    bool has_keys; /* MS-SSTP 3.2.5.2.2: a higher-layer authentication key */
} auth_methods[] = {
    [AUTH_NONE] = { "none", false },         [AUTH_PAP] = { "PAP", false },
    [AUTH_CHAP_MD5] = { "CHAP-MD5", false }, [AUTH_MSCHAP] = { "MS-CHAP", true },
    [AUTH_MSCHAPV2] = { "MS-CHAPv2", true }, [AUTH_EAP] = { "EAP", true },
    [AUTH_EAP_MD5] = { "EAP-MD5", false },   [AUTH_EAP_TLS] = { "EAP-TLS", true },
    [AUTH_PEAP] = { "PEAP", true },          [AUTH_EAP_MSCHAPV2] = { "EAP-MSCHAPv2", true },
    [AUTH_UNKNOWN] = { "unknown", true },
};

const char *
outcome_name(enum outcome outcome)
{
    return outcome_names[outcome];
}

const char *
auth_method_name(enum auth_method method)
{
    return auth_methods[method].name;
}

bool
auth_method_has_keys(enum auth_method method)
{
    return auth_methods[method].has_keys;
}

const char *
sstp_state_name(enum sstp_state state)
{
    return state_names[state];
}

/* --- helpers --------------------------------------------------------------------------------- */

static void
text_set(char **text, struct buf b)
{
    if (*text || buf_left(&b) == 0)
        return;
    *text = text_clean(b);
}

static void
stage_enter(struct session *session, enum stage stage, struct mark mark)
{
    struct stage_state *state = &session->stages[stage];

    session->stage = stage;
    if (stage > session->reached && stage <= STAGE_DATA)
        session->reached = stage;
    mark_once(&state->first, mark);
    if (state->outcome == OUTCOME_UNKNOWN)
        state->last = mark;
}

static void
stage_end(struct session *session, enum stage stage, enum outcome outcome, struct mark mark)
{
    struct stage_state *state = &session->stages[stage];

    mark_once(&state->first, mark);
    if (state->outcome != OUTCOME_UNKNOWN)
        return;
    state->outcome = outcome;
    state->last = mark;
}

/* A stage that lasts: its last frame moves on. */
static void
stage_go_on(struct session *session, enum stage stage, struct mark mark)
{
    stage_enter(session, stage, mark);
    session->stages[stage].outcome = OUTCOME_OK;
    session->stages[stage].last = mark;
}

/* Did side end its part of the session? What the other says after it, it does not hear. */
static bool
session_gave_up(const struct session *session, enum side side)
{
    return mark_is_set(session->terminate[side].mark) || mark_is_set(session->sstp.abort[side]) ||
           mark_is_set(session->sstp.disconnect[side]) ||
           mark_is_set(session_half(session, side)->fin);
}

static void
session_answered(struct session *session, struct mark request, struct mark response)
{
    const struct frame_answer answer = { request, response };

    if (!mark_is_set(request))
        return;
    if (!session->answers)
        session->answers = g_array_new(FALSE, FALSE, sizeof answer);
    g_array_append_vals(session->answers, &answer, 1);
}

/* --- below SSTP ------------------------------------------------------------------------------ */

static void
session_tls_stage(struct session *session)
{
    const struct conn *conn = session->conn;
    const struct record_facts *walker = &conn_half(conn, SIDE_CLIENT)->records;

    if (conn_tls(conn)->has_client_hello && !mark_is_set(session->stages[STAGE_TLS].first))
        stage_enter(session, STAGE_TLS, conn_tls(conn)->client_hello_at);
    if (conn_tls(conn)->has_server_hello && mark_is_set(walker->first_application))
        stage_end(session, STAGE_TLS, OUTCOME_OK, walker->first_application);
}

static void
session_tcp_stage(struct session *session)
{

    if (!mark_is_set(conn_half(session->conn, SIDE_CLIENT)->syn))
        return;
    if (!mark_is_set(session->stages[STAGE_TCP].first))
        stage_enter(session, STAGE_TCP, conn_half(session->conn, SIDE_CLIENT)->syn);
    if (mark_is_set(conn_half(session->conn, SIDE_SERVER)->syn) &&
        mark_is_set(conn_half(session->conn, SIDE_CLIENT)->handshake_ack))
        stage_end(session, STAGE_TCP, OUTCOME_OK,
                  conn_half(session->conn, SIDE_CLIENT)->handshake_ack);
}

static void
session_proxy_stage(struct session *session)
{
    const struct proxy_facts *proxy = conn_proxy(session->conn);

    if (mark_is_set(proxy->connect) && !mark_is_set(session->stages[STAGE_PROXY].first))
        stage_enter(session, STAGE_PROXY, proxy->connect);
    if (mark_is_set(proxy->answer))
        stage_end(session, STAGE_PROXY,
                  proxy->status == HTTP_STATUS_OK ? OUTCOME_OK : OUTCOME_FAILED, proxy->answer);
}

/* --- from record lengths --------------------------------------------------------------------- */

const struct lengths_facts *
session_lengths(const struct session *session)
{
    return session->evidence == EVIDENCE_INFERRED ? session->lengths : NULL;
}

/* A stage that is behind the session, if it was seen at all. */
static void
lengths_passed(struct session *session, enum stage stage, struct mark first, struct mark last)
{
    if (!mark_is_set(first) || !mark_is_set(last))
        return;
    mark_once(&session->stages[stage].first, first);
    stage_end(session, stage, OUTCOME_INFERRED, last);
}

/* The stages as far as lengths tell them. Where LCP ends and authentication begins they do not
 * tell; both lie between Call Connect Ack and Call Connected. */
static void
session_lengths_stages(struct session *session, const struct lengths_facts *lengths,
                       struct mark mark)
{
    struct mark connected = lengths->call_connected.mark;
    struct mark setup = lengths->num_setup ? lengths->setup[0].mark : connected;

    lengths_passed(session, STAGE_TLS, session->stages[STAGE_TLS].first, lengths->request.mark);
    lengths_passed(session, STAGE_HTTP, lengths->request.mark, lengths->answer.mark);
    lengths_passed(session, STAGE_SSTP, lengths->call_request.mark, lengths->call_ack.mark);
    if (mark_is_set(connected)) {
        lengths_passed(session, STAGE_LCP, setup, connected);
        lengths_passed(session, STAGE_AUTH, setup, connected);
        mark_once(&session->stages[STAGE_BINDING].first, connected);
    }
    if (lengths->data[SIDE_CLIENT] && lengths->data[SIDE_SERVER]) {
        lengths_passed(session, STAGE_BINDING, connected, lengths->first_data);
        lengths_passed(session, STAGE_NCP, session->stages[STAGE_NCP].first, lengths->first_data);
        lengths_passed(session, STAGE_DATA, lengths->first_data, mark);
    }
    if (lengths->stage >= STAGE_LCP)
        stage_enter(session, lengths->stage, mark);
}

static void
session_lengths_event(struct session *session, struct mark mark)
{
    const struct lengths_facts *lengths = lengths_facts(conn_lengths(session->conn));

    if (!lengths || conn_is_copy(session->conn) || session->evidence >= EVIDENCE_CLEAR)
        return;
    session->lengths = lengths;
    session->evidence = EVIDENCE_INFERRED;
    session->changed = true;
    session_lengths_stages(session, lengths, mark);
}

void
session_feed_conn(struct session *session, unsigned events, struct mark mark)
{
    if (session->reached <= STAGE_TLS) {
        session_tcp_stage(session);
        session_proxy_stage(session);
        session_tls_stage(session);
    }
    if (events & CONN_EVENT_LENGTHS)
        session_lengths_event(session, mark);
    if (events & CONN_EVENT_CLOSED) {
        stage_go_on(session, STAGE_TEARDOWN, mark);
        session->changed = true;
    }
    if (events & CONN_EVENT_TLS)
        session->changed = true;
}

/* First clear bytes of a side: from here on each of its records should come through. */
static void
session_clear(struct session *session, enum side side, struct mark mark)
{
    const struct conn *conn = session->conn;
    const struct tcp_half *half = conn_half(conn, side);

    if (mark_is_set(session->clear_base[side].mark))
        return;
    trace_clear(conn_trace(conn), side);
    session->clear_base[side].mark = mark;
    session->clear_base[side].walked =
        MAX(half->records.application_complete, half->complete_elsewhere);
    session->clear_base[side].decrypted = conn_decrypted(conn, side);
}

void
session_feed_decrypted(struct session *session, enum side side, uint32_t records, struct mark mark)
{
    /* walked holds all records of the first frame, of which decryption told one by one. */
    if (session->clear_base[side].mark.frame == mark.frame)
        session->clear_base[side].decrypted += records;
}

bool
session_is_opened(const struct session *session, enum side side)
{
    return mark_is_set(session->clear_base[side].mark);
}

uint32_t
session_undecrypted(const struct session *session, enum side side)
{
    const struct conn *conn = session->conn;
    const struct record_facts *walker = &conn_half(conn, side)->records;
    uint32_t lost = conn_dropped(session->conn, side) > 0 || conn_unseen(session->conn, side) > 0 ||
                    walker->kind == STREAM_LOST;

    if (walker->kind != STREAM_TLS || !mark_is_set(session->clear_base[side].mark))
        return lost;
    uint32_t walked = walker->application_complete - session->clear_base[side].walked;
    uint32_t decrypted = conn_decrypted(conn, side) - session->clear_base[side].decrypted;
    return lost + (walked > decrypted ? walked - decrypted : 0);
}

static bool
buf_is(struct buf b, const char *text)
{
    return buf_left(&b) == strlen(text) && memcmp(b.p, text, strlen(text)) == 0;
}

void
session_feed_http(struct session *session, enum side side, const struct http_head *head,
                  struct mark mark)
{
    struct http_facts *http = &session->http;

    session_clear(session, side, mark);
    trace_http(conn_trace(session->conn), side, head, mark);
    session->changed = true;
    if (head->request && side == SIDE_CLIENT) {
        session_feed_conn(session, CONN_EVENT_NONE, mark);
        if (conn_is_tls(session->conn))
            stage_end(session, STAGE_TLS, OUTCOME_OK, mark);
        stage_enter(session, STAGE_HTTP, mark);
        mark_once(&http->request, mark);
        text_set(&http->host, head->host);
        text_set(&http->correlation_id, head->correlation_id);
        g_free(http->request_head);
        http->request_head = http_head_text(head);
    } else if (!head->request && side == SIDE_SERVER && !mark_is_set(http->response)) {
        session_answered(session, http->request, mark);
        http->response = mark;
        http->status = head->status;
        http->version_11 = buf_is(head->version, "HTTP/1.1");
        http->chunked = head->chunked;
        http->has_length = head->has_content_length && head->content_length_valid;
        http->length = head->content_length;
        text_set(&http->server, head->server);
        g_free(http->response_head);
        http->response_head = http_head_text(head);
        stage_enter(session, STAGE_HTTP, mark);
        stage_end(session, STAGE_HTTP, head->status == HTTP_STATUS_OK ? OUTCOME_OK : OUTCOME_FAILED,
                  mark);
    }
}

bool
session_answer_is_sstp(const struct session *session)
{
    const struct http_facts *http = &session->http;

    return http->status == HTTP_STATUS_OK && http->version_11 && !http->chunked &&
           http->has_length && http->length == UINT64_MAX;
}

/* --- the server's certificate ---------------------------------------------------------------- */

/* A name as it is dialled, less ":port", brackets and the root's dot. Newly allocated. */
static char *
host_of(const char *text)
{
    const char *colon = strrchr(text, ':'), *end = text + strlen(text);
    bool bracket = *text == '[';
    const char *close = bracket ? strchr(text, ']') : NULL;

    if (close)
        return g_strndup(text + 1, (gsize)(close - text - 1));
    if (colon && colon == strchr(text, ':') && colon[1] &&
        strspn(colon + 1, "0123456789") == strlen(colon + 1))
        end = colon;
    if (end > text && end[-1] == '.')
        end--;
    return g_strndup(text, (gsize)(end - text));
}

void
session_read_cert(struct session *session)
{
    const struct tls_facts *tls = conn_tls(session->conn);
    struct dialled_facts *dialled = &session->dialled;
    const char *sni =
        tls->has_client_hello && tls->client_hello.has_sni ? tls->client_hello.sni : NULL;
    enum dialled_by by = sni ? DIALLED_SNI : session->http.host ? DIALLED_HOST : DIALLED_ADDRESS;

    if (!conn_cert(session->conn) || dialled->by == by)
        return;
    g_free(dialled->name);
    dialled->by = by;
    dialled->name = sni ? host_of(sni)
                    : session->http.host
                        ? host_of(session->http.host)
                        : endpoint_address_text(conn_endpoint(session->conn, SIDE_SERVER));
    dialled->in_cert = cert_has_name(buf_init(tls->leaf->data, tls->leaf->len), dialled->name);
}

/* --- echoes ---------------------------------------------------------------------------------- */

static void
echo_request(struct echo *echo, uint8_t id, uint64_t end, struct mark mark)
{
    if (echo->requests++ > 0) {
        echo->interval_last = mark.time - echo->last_request.time;
        if (echo->intervals++ == 0) {
            echo->interval_min = echo->interval_max = echo->interval_last;
        } else {
            echo->interval_min = MIN(echo->interval_min, echo->interval_last);
            echo->interval_max = MAX(echo->interval_max, echo->interval_last);
        }
    }
    echo->last_request = mark;
    if (echo->num_open < EVIDENCE_FRAMES_MAX)
        echo->open[echo->num_open] = (struct echo_request){ mark, end, id };
    echo->num_open++;
}

/* An LCP reply to the request id of asker, or one of SSTP, which has no number. */
static void
echo_reply(struct session *session, enum side asker, bool sstp, uint8_t id, struct mark mark)
{
    struct echo *echo = sstp ? &session->sstp.echo[asker] : &session->lcp_echo[asker];
    uint32_t kept = MIN(echo->num_open, (uint32_t)EVIDENCE_FRAMES_MAX);
    const struct echo_request *request = NULL;

    for (uint32_t i = 0; i < kept && !request; i++)
        if (sstp || echo->open[i].id == id)
            request = &echo->open[i];
    echo->last_reply = mark;
    if (request) {
        int64_t rtt = mark.time - request->mark.time;
        echo->rtt_min = echo->replies ? MIN(echo->rtt_min, rtt) : rtt;
        echo->rtt_max = MAX(echo->rtt_max, rtt);
        echo->rtt_sum += rtt;
        echo->replies++;
        trace_echo(conn_trace(session->conn), asker, sstp, request->mark, mark);
        session_answered(session, request->mark, mark);
    }
    /* Whatever it answers, it shows that the peer is alive: older requests are no gap. */
    echo->num_open = 0;
}

/* --- PPP negotiation ------------------------------------------------------------------------- */

static struct ppp_negotiation *
session_negotiation(struct session *session, uint16_t protocol)
{
    switch (protocol) {
    case PPP_LCP:
        return session->lcp;
    case PPP_IPCP:
        return session->ipcp;
    case PPP_IPV6CP:
        return session->ipv6cp;
    case PPP_CCP:
        return session->ccp;
    default:
        return NULL;
    }
}

/* Offset behind the bytes that are being fed. */
static uint64_t
session_stream_end(const struct session *session, enum side side)
{
    const struct tcp_half *half = session_half(session, side);

    return MAX(half->next, half->next_elsewhere);
}

/* --- LCP ------------------------------------------------------------------------------------- */

static void
take_terminate(struct session *session, enum side side, struct buf data, struct mark mark)
{
    struct terminate_facts *facts = &session->terminate[side];
    struct ppp_terminate terminate;

    stage_go_on(session, STAGE_TEARDOWN, mark);
    if (mark_is_set(facts->mark))
        return;
    ppp_decode_terminate(data, &terminate);
    facts->mark = mark;
    facts->microsoft = terminate.microsoft;
    facts->ras_error = terminate.ras_error;
    if (!terminate.microsoft)
        text_set(&facts->text, terminate.text);
}

static void
session_identification(struct session *session, struct buf data)
{
    char guid[39];
    uint32_t magic;
    struct buf message;

    if (!session->http.correlation_id && ppp_decode_identification(data, &magic, &message) &&
        ppp_identification_guid(message, guid))
        session->http.correlation_id = g_strdup(guid);
}

static void
take_lcp_opened(struct session *session, struct mark mark)
{
    mark_once(&session->lcp_opened, mark);
    stage_end(session, STAGE_LCP, OUTCOME_OK, mark);
    for (int side = 0; side < SIDE_COUNT; side++)
        if (session->lcp[side].lcp.auth_protocol)
            return;
    stage_end(session, STAGE_AUTH, OUTCOME_SKIPPED, mark);
}

static void
session_protocol_reject(struct session *session, enum side side, struct buf data, struct mark mark)
{
    uint16_t protocol;

    if (!ppp_decode_protocol_reject(data, &protocol))
        return;
    if (protocol == PPP_CBCP)
        mark_once(&session->cbcp.rejected, mark);
    struct ppp_negotiation *n = session_negotiation(session, protocol);
    if (n)
        negotiation_protocol_rejected(&n[side_other(side)], mark);
}

static void
session_lcp_reply(struct session *session, enum side side, const struct ppp_packet *packet,
                  struct mark mark)
{
    enum side asker = side_other(side);
    struct buf data = packet->data;
    uint32_t magic;

    if (session_gave_up(session, asker))
        return;
    echo_reply(session, asker, false, packet->id, mark);
    if (buf_u32(&data, &magic) && magic != 0 && magic == session->lcp[asker].lcp.magic)
        session->echo_reflections[asker]++;
}

/* by acknowledges a goodbye. Where the other side's bytes are not all there, that proves one. */
static void
session_goodbye_answered(struct session *session, enum side by, struct mark mark)
{
    enum side asker = side_other(by);

    stage_go_on(session, STAGE_TEARDOWN, mark);
    if (!mark_is_set(session->terminate[asker].mark) &&
        !mark_is_set(session->sstp.disconnect[asker]) && session_undecrypted(session, asker) > 0)
        mark_once(&session->unread_goodbye[asker], mark);
}

static void
take_lcp(struct session *session, enum side side, const struct ppp_packet *packet, struct mark mark)
{
    uint64_t end = session_stream_end(session, side);

    switch (packet->code) {
    case PPP_ECHO_REQUEST:
        echo_request(&session->lcp_echo[side], packet->id, end, mark);
        stage_go_on(session, STAGE_KEEPALIVE, mark);
        break;
    case PPP_ECHO_REPLY:
        session_lcp_reply(session, side, packet, mark);
        stage_go_on(session, STAGE_KEEPALIVE, mark);
        break;
    case PPP_TERMINATE_REQUEST:
        take_terminate(session, side, packet->data, mark);
        break;
    case PPP_TERMINATE_ACK:
        session_goodbye_answered(session, side, mark);
        break;
    case PPP_IDENTIFICATION:
        session_identification(session, packet->data);
        break;
    case PPP_PROTOCOL_REJECT:
        session_protocol_reject(session, side, packet->data, mark);
        break;
    default:
        stage_enter(session, STAGE_LCP, mark);
        if (negotiation_packet(session->lcp, side, packet, PPP_LCP, end, mark))
            take_lcp_opened(session, mark);
        break;
    }
}

static void
session_ncp(struct session *session, enum side side, uint16_t protocol,
            const struct ppp_packet *packet, struct mark mark)
{
    struct ppp_negotiation *n = session_negotiation(session, protocol);

    stage_enter(session, STAGE_NCP, mark);
    if (n &&
        negotiation_packet(n, side, packet, protocol, session_stream_end(session, side), mark) &&
        protocol != PPP_CCP) {
        mark_once(&session->ncp_opened, mark);
        stage_end(session, STAGE_NCP, OUTCOME_OK, mark);
    }
}

/* --- authentication -------------------------------------------------------------------------- */

static void
auth_first(struct session *session, enum auth_method method, enum side authenticator,
           struct mark mark)
{
    if (!mark_is_set(session->auth.first)) {
        session->auth.first = mark;
        session->auth.authenticator = authenticator;
    }
    if (session->auth.method == AUTH_NONE || session->auth.method == AUTH_UNKNOWN ||
        session->auth.method == AUTH_EAP)
        session->auth.method = method;
}

/* A Challenge, or an EAP-Request. In EAP it answers the Response before it. */
static void
auth_asked(struct session *session, enum side side, bool answers, struct mark mark)
{
    struct auth_facts *auth = &session->auth;

    if (auth->asks++ == 0)
        auth->asked = mark;
    auth->asked_end = session_stream_end(session, side);
    if (answers)
        auth->responses = 0;
}

static void
auth_response(struct session *session, enum side side, struct mark mark)
{
    struct auth_facts *auth = &session->auth;

    auth->response = mark;
    auth->response_end = session_stream_end(session, side);
    auth->asks = 0;
    if (auth->responses++ == 0)
        auth->waiting = mark;
}

static void
auth_success(struct session *session, struct mark mark)
{
    session_answered(session, session->auth.response, mark);
    session->auth.asks = session->auth.responses = 0;
    session->auth.success = mark;
    mark_once(&session->auth.first_success, mark);
    stage_end(session, STAGE_AUTH, OUTCOME_OK, mark);
}

static void
auth_failure(struct session *session, struct mark mark)
{
    struct auth_facts *auth = &session->auth;

    session_answered(session, auth->response, mark);
    if (auth->failures++ == 0 && auth->responses > 0)
        auth->refusal_since = auth->waiting;
    auth->asks = auth->responses = 0;
    auth->failure = mark;
    mark_once(&auth->first_failure, mark);
}

static void
auth_failure_text(struct session *session, struct buf text)
{
    struct ppp_mschap_failure failure;

    session->auth.has_error = false;
    if (!ppp_decode_mschap_failure(text, &failure))
        return;
    session->auth.has_error = failure.has_error;
    session->auth.error = failure.error;
    session->auth.retry_allowed = failure.has_retry && failure.retry;
    chap_exchange_failure(&session->auth.exchange, &failure);
}

/* The algorithm agreed in LCP. */
static enum auth_method
chap_method(const struct session *session, enum side authenticator)
{
    switch (session->lcp[authenticator].lcp.chap_algorithm) {
    case CHAP_MD5:
        return AUTH_CHAP_MD5;
    case CHAP_MSCHAP:
        return AUTH_MSCHAP;
    case CHAP_MSCHAPV2:
        return AUTH_MSCHAPV2;
    default:
        return AUTH_UNKNOWN;
    }
}

/* Where the capture lacks LCP. Challenges of MS-CHAP are shorter than those of MS-CHAPv2. */
static void
chap_method_by_length(struct session *session, const struct ppp_chap_value *response)
{
    if (session->auth.method != AUTH_UNKNOWN)
        return;
    if (buf_left(&response->value) == CHAP_MD5_LEN)
        session->auth.method = AUTH_CHAP_MD5;
    else if (chap_exchange_is_whole(&session->auth.exchange))
        session->auth.method = AUTH_MSCHAPV2;
}

static void
session_chap(struct session *session, enum side side, const struct ppp_packet *packet,
             struct mark mark)
{
    bool from_peer = packet->code == CHAP_RESPONSE || packet->code == CHAP_CHANGE_PASSWORD;
    enum side authenticator = from_peer ? side_other(side) : side;
    struct chap_exchange *exchange = &session->auth.exchange;
    struct ppp_chap_value value;

    auth_first(session, chap_method(session, authenticator), authenticator, mark);
    switch (packet->code) {
    case CHAP_CHALLENGE:
        auth_asked(session, side, false, mark);
        if (ppp_decode_chap_value(packet->data, &value))
            chap_exchange_challenge(exchange, &value);
        break;
    case CHAP_RESPONSE:
        auth_response(session, side, mark);
        if (ppp_decode_chap_value(packet->data, &value)) {
            text_set(&session->auth.user, value.name);
            chap_exchange_response(exchange, &value);
            chap_method_by_length(session, &value);
        }
        break;
    case CHAP_CHANGE_PASSWORD:
        auth_response(session, side, mark);
        break;
    case CHAP_SUCCESS:
        auth_success(session, mark);
        chap_exchange_success(exchange, packet->data, mark);
        break;
    case CHAP_FAILURE:
        auth_failure(session, mark);
        auth_failure_text(session, packet->data);
        break;
    default:
        break;
    }
}

static void
session_pap(struct session *session, enum side side, const struct ppp_packet *packet,
            struct mark mark)
{
    struct ppp_pap_request request;

    auth_first(session, AUTH_PAP, packet->code == PAP_REQUEST ? side_other(side) : side, mark);
    if (packet->code == PAP_REQUEST) {
        auth_response(session, side, mark);
        if (ppp_decode_pap_request(packet->data, &request))
            text_set(&session->auth.user, request.peer_id);
    } else if (packet->code == PAP_ACK) {
        auth_success(session, mark);
    } else if (packet->code == PAP_NAK) {
        auth_failure(session, mark);
    }
}

static enum auth_method
eap_method(uint8_t type)
{
    switch (type) {
    case EAP_MD5:
        return AUTH_EAP_MD5;
    case EAP_TLS:
        return AUTH_EAP_TLS;
    case EAP_PEAP:
        return AUTH_PEAP;
    case EAP_MSCHAPV2:
        return AUTH_EAP_MSCHAPV2;
    default:
        return AUTH_EAP;
    }
}

/* TLS inside EAP, as far as it is in clear. */
static void
eap_tls(struct eap_facts *facts, enum side side, const struct ppp_eap *eap, struct mark mark)
{
    bool continues = facts->fragmented[side], alert;
    uint8_t description = TLS_ALERT_CLOSE_NOTIFY;

    facts->fragmented[side] = false;
    if (!ppp_eap_has_tls(eap->type))
        return;
    alert = ppp_eap_tls_alert(eap->type_data, &facts->fragmented[side], &description);
    if (!alert || continues || description == TLS_ALERT_CLOSE_NOTIFY || mark_is_set(facts->alert))
        return;
    facts->alert = mark;
    facts->alert_by = side;
    facts->alert_description = description;
}

/* MS-CHAPv2 inside EAP. */
static void
eap_exchange(struct session *session, uint8_t code, const struct ppp_eap *eap, struct mark mark)
{
    struct chap_exchange *exchange = &session->auth.exchange;
    struct ppp_chap_value value;

    if (!eap->has_mschap)
        return;
    if (eap->mschap_op == CHAP_CHALLENGE && ppp_decode_chap_value(eap->mschap_message, &value))
        chap_exchange_challenge(exchange, &value);
    else if (eap->mschap_op == CHAP_RESPONSE && ppp_decode_chap_value(eap->mschap_message, &value))
        chap_exchange_response(exchange, &value);
    else if (eap->mschap_op == CHAP_SUCCESS && code == EAP_REQUEST)
        chap_exchange_success(exchange, eap->mschap_message, mark);
}

static void
eap_request(struct session *session, enum side side, const struct ppp_eap *eap, struct mark mark)
{
    if (eap->has_mschap && eap->mschap_op == CHAP_FAILURE) {
        auth_failure(session, mark);
        auth_failure_text(session, eap->mschap_message);
    }
    auth_asked(session, side, true, mark);
    if (eap->type > EAP_NAK_LEGACY)
        session->auth.eap.type = eap->type;
}

static void
eap_response(struct session *session, enum side side, const struct ppp_eap *eap, struct mark mark)
{
    struct eap_facts *facts = &session->auth.eap;

    auth_response(session, side, mark);
    if (eap->type == EAP_IDENTITY)
        text_set(&session->auth.user, eap->type_data);
    if (eap->type != EAP_NAK_LEGACY)
        return;
    facts->naks++;
    facts->nak = mark;
    facts->refused = facts->type;
    facts->wanted = ppp_eap_nak_wanted(eap->type_data);
    session->auth.method = AUTH_EAP; /* of those that follow, the next one counts */
}

static void
session_eap(struct session *session, enum side side, const struct ppp_packet *packet,
            struct mark mark)
{
    enum side authenticator = packet->code == EAP_RESPONSE ? side_other(side) : side;
    struct ppp_eap eap;

    if (!ppp_decode_eap(packet, &eap))
        return;
    auth_first(session, eap_method(eap.type), authenticator, mark);
    eap_tls(&session->auth.eap, side, &eap, mark);
    eap_exchange(session, packet->code, &eap, mark);
    if (eap.type == EAP_TLS && !mark_is_set(session->auth.success))
        eap_tls_feed(&session->auth.eap_tls,
                     packet->code == EAP_RESPONSE ? SIDE_CLIENT : SIDE_SERVER, packet->id,
                     eap.type_data);
    switch (packet->code) {
    case EAP_REQUEST:
        eap_request(session, side, &eap, mark);
        break;
    case EAP_RESPONSE:
        eap_response(session, side, &eap, mark);
        break;
    case EAP_SUCCESS:
        auth_success(session, mark);
        break;
    case EAP_FAILURE:
        auth_failure(session, mark);
        break;
    default:
        break;
    }
}

static void
take_auth(struct session *session, enum side side, uint16_t protocol,
          const struct ppp_packet *packet, struct mark mark)
{
    stage_enter(session, STAGE_AUTH, mark);
    session->auth.last = mark;
    if (protocol == PPP_CHAP)
        session_chap(session, side, packet, mark);
    else if (protocol == PPP_PAP)
        session_pap(session, side, packet, mark);
    else
        session_eap(session, side, packet, mark);
}

/* --- inner data ------------------------------------------------------------------------------ */

static void
evidence_add(uint32_t frames[EVIDENCE_FRAMES_MAX], uint32_t num, uint32_t frame)
{
    if (num < EVIDENCE_FRAMES_MAX)
        frames[num] = frame;
}

/* Longest SSTP packet whose record one segment of side holds; 0 when that is not known. */
static size_t
session_packet_room(const struct session *session, enum side side)
{
    const struct tls_facts *tls = session_tls(session);
    size_t room = conn_segment_room(session->conn, side);

    if (!conn_is_tls(session->conn))
        return room;
    if (!tls->has_server_hello)
        return 0;

    struct mtu_cipher cipher =
        mtu_cipher_of(tls->server_hello.cipher_suite, tls->server_hello.version,
                      tls->server_hello.encrypt_then_mac);
    return cipher.known ? mtu_inner_fit(&cipher, room, 0) : 0;
}

static void
session_sizes(struct session *session, enum side side, size_t packet_len, size_t inner_len,
              struct mark mark)
{
    struct mtu_facts *mtu = &session->mtu[side];
    const struct ppp_negotiation *receiver = &session->lcp[side_other(side)];
    size_t mru = receiver->lcp.mru ? receiver->lcp.mru : PPP_DEFAULT_MRU;

    if (inner_len > mtu->max_inner) {
        mtu->max_inner = (uint32_t)inner_len;
        mtu->encapsulation = (uint32_t)(packet_len - inner_len);
    }
    if (inner_len > mru && receiver->agreed && !mark_is_set(mtu->mp_at)) {
        mark_once(&mtu->over_mru_at, mark);
        evidence_add(mtu->over_mru_frames, mtu->over_mru, mark.frame);
        session->changed |= mtu->over_mru++ == 0;
        mtu->over_mru_max = MAX(mtu->over_mru_max, (uint32_t)inner_len);
    }
    if (packet_len < mtu->fit_checked)
        return;
    /* Small packets, nearly all, do not come here: the room is worked out once for the rest. */
    if (mtu->fit_checked == 0) {
        mtu->room = (uint32_t)session_packet_room(session, side);
        mtu->fit_checked = mtu->room ? mtu->room + 1 : UINT32_MAX;
    }
    if (mtu->room && packet_len > mtu->room) {
        mark_once(&mtu->straddling_at, mark);
        evidence_add(mtu->straddling_frames, mtu->straddling, mark.frame);
        session->changed |= mtu->straddling++ < STRADDLING_MIN;
    }
}

/* Largest inner packet that side can expect to get through: what its peer takes, and what it uses
 * itself, as hosts ask for what they use. */
static size_t
session_carries(const struct session *session, enum side side)
{
    uint16_t own = session->lcp[side].lcp.mru, mru = session->lcp[side_other(side)].lcp.mru;

    if (!mru)
        mru = PPP_DEFAULT_MRU;
    return own ? MIN(own, mru) : mru;
}

static void
take_traffic(struct session *session, enum side side, struct buf packet, struct mark mark)
{
    const struct conn *conn = session->conn;
    struct inner inner;

    if (!inner_decode(packet, &inner))
        return;
    if (!session->traffic) {
        session->traffic =
            traffic_new(conn_endpoint(conn, SIDE_CLIENT), conn_endpoint(conn, SIDE_SERVER));
        for (int i = 0; i < SIDE_COUNT; i++)
            session->traffic->carries[i] = session_carries(session, (enum side)i);
    }
    const struct tcp_half *half = conn_half(conn, side);
    session->changed |= traffic_packet(session->traffic, side, &inner,
                                       half->retransmissions + half->path.lost, mark);
}

static void
data_count(struct session *session, enum side side, size_t len, struct mark mark)
{
    struct data_facts *data = &session->data;

    stage_go_on(session, STAGE_DATA, mark);
    mark_once(&data->first[side], mark);
    data->last[side] = mark;
    data->packets[side]++;
    data->bytes[side] += len;
    trace_data(conn_trace(session->conn), side, len, mark);
}

static void
take_data(struct session *session, enum side side, size_t packet_len, const struct ppp_frame *frame,
          struct mark mark)
{
    size_t len = buf_left(&frame->payload);

    data_count(session, side, len, mark);
    session_sizes(session, side, packet_len, len, mark);
    take_traffic(session, side, frame->payload, mark);
}

/* Data whose size says nothing about the inner packet's. */
static void
session_opaque_data(struct session *session, enum side side, const struct ppp_frame *frame,
                    struct mark mark)
{
    if (frame->protocol == PPP_MULTILINK)
        mark_once(&session->mtu[side].mp_at, mark);
    data_count(session, side, buf_left(&frame->payload), mark);
}

/* A sender may leave out what its peer, in its own Configure-Request, said that it can miss. */
static void
take_compression(struct session *session, enum side side, const struct ppp_frame *frame,
                 struct mark mark)
{
    const struct ppp_negotiation *receiver = &session->lcp[side_other(side)];
    bool address = !frame->address_control && !receiver->lcp.acfc;
    bool protocol = frame->compressed_protocol && !receiver->lcp.pfc;

    if ((!address && !protocol) || !receiver->agreed)
        return;
    struct compression_facts *facts = &session->compression[side];
    session->changed |= facts->frames++ == 0;
    mark_once(&facts->first, mark);
    facts->address |= address;
    facts->protocol |= protocol;
}

static void
take_cbcp(struct session *session, const struct ppp_packet *packet, struct mark mark)
{
    struct cbcp_facts *cbcp = &session->cbcp;

    stage_enter(session, STAGE_LCP, mark);
    if (packet->code == CBCP_REQUEST) {
        mark_once(&cbcp->request, mark);
        cbcp->unanswered++;
    } else if (packet->code == CBCP_RESPONSE) {
        mark_once(&cbcp->response, mark);
        cbcp->unanswered = 0;
    }
}

static void
session_ppp(struct session *session, enum side side, size_t packet_len, const uint8_t *ppp,
            size_t len, struct mark mark)
{
    struct ppp_frame frame;
    struct ppp_packet packet;

    if (!ppp_decode_frame(ppp, len, &frame))
        return;
    if (!session_gave_up(session, side_other(side))) {
        mark_once(&session->ppp_first[side], mark);
        session->ppp_last[side] = mark;
    }
    take_compression(session, side, &frame, mark);
    if (ppp_is_network_data(frame.protocol)) {
        take_data(session, side, packet_len, &frame, mark);
        return;
    }
    if (ppp_is_opaque_data(frame.protocol)) {
        session_opaque_data(session, side, &frame, mark);
        return;
    }
    session->changed = true;
    if (!ppp_is_control(frame.protocol) || !ppp_decode_packet(frame.payload, &packet))
        return;
    /* Who has said goodbye does not hear any more how a negotiation goes on. */
    if (session_gave_up(session, side_other(side)) &&
        (frame.protocol != PPP_LCP || packet.code <= PPP_CONFIGURE_REJECT))
        return;

    switch (frame.protocol) {
    case PPP_LCP:
        take_lcp(session, side, &packet, mark);
        break;
    case PPP_PAP:
    case PPP_CHAP:
    case PPP_EAP:
        take_auth(session, side, frame.protocol, &packet, mark);
        break;
    case PPP_CBCP:
        take_cbcp(session, &packet, mark);
        break;
    default:
        session_ncp(session, side, frame.protocol, &packet, mark);
        break;
    }
}

/* --- SSTP ------------------------------------------------------------------------------------ */

/* One step of a peer's state machine (MS-SSTP 3.2.5, 3.3.5). sent: the peer itself sends it. */
struct sstp_transition {
    enum side role;
    enum sstp_state from;
    uint16_t type;
    bool sent;
    enum sstp_state to;
};

#define C SIDE_CLIENT
#define S SIDE_SERVER
static const struct sstp_transition transitions[] = {
    { C, SSTP_STATE_DISCONNECTED, SSTP_CALL_CONNECT_REQUEST, true,
      SSTP_STATE_CONNECT_REQUEST_SENT },
    { C, SSTP_STATE_CONNECT_REQUEST_SENT, SSTP_CALL_CONNECT_REQUEST, true,
      SSTP_STATE_CONNECT_REQUEST_SENT },
    { C, SSTP_STATE_CONNECT_REQUEST_SENT, SSTP_CALL_CONNECT_NAK, false,
      SSTP_STATE_CONNECT_REQUEST_SENT },
    { C, SSTP_STATE_CONNECT_REQUEST_SENT, SSTP_CALL_CONNECT_ACK, false,
      SSTP_STATE_CONNECT_ACK_RECEIVED },
    { C, SSTP_STATE_CONNECT_ACK_RECEIVED, SSTP_CALL_CONNECTED, true, SSTP_STATE_CALL_CONNECTED },
    { C, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_REQUEST, true, SSTP_STATE_CALL_CONNECTED },
    { C, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_RESPONSE, true, SSTP_STATE_CALL_CONNECTED },
    { S, SSTP_STATE_DISCONNECTED, SSTP_CALL_CONNECT_REQUEST, false,
      SSTP_STATE_CONNECT_REQUEST_PENDING },
    { S, SSTP_STATE_CONNECT_REQUEST_PENDING, SSTP_CALL_CONNECT_NAK, true,
      SSTP_STATE_CONNECT_REQUEST_PENDING },
    { S, SSTP_STATE_CONNECT_REQUEST_PENDING, SSTP_CALL_CONNECT_ACK, true,
      SSTP_STATE_CALL_CONNECTED_PENDING },
    { S, SSTP_STATE_CALL_CONNECTED_PENDING, SSTP_CALL_CONNECTED, false, SSTP_STATE_CALL_CONNECTED },
    { S, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_REQUEST, true, SSTP_STATE_CALL_CONNECTED },
    { S, SSTP_STATE_CALL_CONNECTED, SSTP_ECHO_RESPONSE, true, SSTP_STATE_CALL_CONNECTED },
};
#undef C
#undef S

static bool
state_is_closing(enum sstp_state state)
{
    return state >= SSTP_STATE_ABORT_SENT;
}

/* MS-SSTP 3.1.5: an abort or a disconnect is legal in every state; while closing, the rest is
 * ignored. */
static bool
sstp_close_step(enum sstp_state *state, uint16_t type, bool sent)
{
    if (state_is_closing(*state))
        return true;
    if (type == SSTP_CALL_ABORT)
        *state = sent ? SSTP_STATE_ABORT_SENT : SSTP_STATE_ABORT_RECEIVED;
    else if (type == SSTP_CALL_DISCONNECT)
        *state = sent ? SSTP_STATE_DISCONNECT_SENT : SSTP_STATE_DISCONNECT_RECEIVED;
    else
        return false;
    return true;
}

/* False when the state machine of role does not foresee it. */
static bool
sstp_step(enum side role, enum sstp_state *state, uint16_t type, bool sent)
{
    if (sstp_close_step(state, type, sent))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        const struct sstp_transition *t = &transitions[i];
        if (t->role == role && t->from == *state && t->type == type && t->sent == sent) {
            *state = t->to;
            return true;
        }
    }
    return false;
}

static void
session_states(struct session *session, enum side side, uint16_t type, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;
    enum sstp_state before = sstp->state[side];

    /* The capture began later: who is past Call Connect Request is taken to be connected. */
    if (!mark_is_set(sstp->call_request) && type != SSTP_CALL_CONNECT_REQUEST &&
        before == SSTP_STATE_DISCONNECTED)
        sstp->state[SIDE_CLIENT] = sstp->state[SIDE_SERVER] = SSTP_STATE_CALL_CONNECTED;
    bool foreseen = sstp_step(side, &sstp->state[side], type, true);
    sstp_step(side_other(side), &sstp->state[side_other(side)], type, false);
    if (foreseen)
        return;
    if (sstp->num_unexpected < UNEXPECTED_MAX)
        sstp->unexpected[sstp->num_unexpected] = (struct unexpected){ mark, type, side, before };
    sstp->num_unexpected++;
}

/* What counts is the Ack that Call Connected answers. */
static void
session_binding_request(struct session *session, const struct sstp_message *message,
                        struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    if (mark_is_set(sstp->call_connected))
        return;
    if (mark_is_set(sstp->call_ack)) {
        sstp->has_earlier_nonce = true;
        memcpy(sstp->earlier_nonce, sstp->binding_request.nonce, sizeof sstp->earlier_nonce);
    }
    sstp->call_ack = mark;
    if (message->has_binding_request)
        sstp->binding_request = message->binding_request;
}

static void
session_binding(struct session *session, const struct sstp_message *message, struct buf packet,
                struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    stage_enter(session, STAGE_BINDING, mark);
    if (mark_is_set(sstp->call_connected))
        return;
    sstp->call_connected = mark;
    sstp->has_binding = message->has_binding;
    if (message->has_binding)
        sstp->binding = message->binding;
    sstp->has_message = message->has_binding && buf_left(&packet) == sizeof sstp->message &&
                        buf_copy(&packet, sstp->message, sizeof sstp->message);
    sstp->binding_flaws = message->flaws;
}

static void
session_abort(struct session *session, enum side side, const struct sstp_message *message,
              struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    stage_go_on(session, STAGE_TEARDOWN, mark);
    if (mark_is_set(sstp->abort[side]))
        return;
    sstp->abort[side] = mark;
    sstp->has_status[side] = message->has_status;
    sstp->status[side] = message->status.status;
}

static void
session_nak(struct session *session, const struct sstp_message *message, struct mark mark)
{
    struct nak_facts *nak = &session->sstp.nak;
    struct buf value = buf_init(message->status.value, message->status.value_len);

    stage_enter(session, STAGE_SSTP, mark);
    mark_once(&session->sstp.call_nak, mark);
    nak->count++;
    nak->last = mark;
    nak->has_status = message->has_status;
    nak->attribute = message->status.attribute;
    nak->status = message->status.status;
    nak->has_value = buf_u16(&value, &nak->value);
}

static void
session_control(struct session *session, enum side side, const struct sstp_message *message,
                struct buf packet, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    switch (message->type) {
    case SSTP_CALL_CONNECT_REQUEST:
        stage_enter(session, STAGE_SSTP, mark);
        mark_once(&sstp->call_request, mark);
        sstp->call_requests++;
        sstp->call_request_end = session_stream_end(session, side);
        break;
    case SSTP_CALL_CONNECT_ACK:
        stage_enter(session, STAGE_SSTP, mark);
        stage_end(session, STAGE_SSTP, OUTCOME_OK, mark);
        session_answered(session, sstp->call_request, mark);
        session_binding_request(session, message, mark);
        break;
    case SSTP_CALL_CONNECT_NAK:
        session_nak(session, message, mark);
        break;
    case SSTP_CALL_CONNECTED:
        session_binding(session, message, packet, mark);
        break;
    case SSTP_CALL_ABORT:
        session_abort(session, side, message, mark);
        break;
    case SSTP_CALL_DISCONNECT:
        stage_go_on(session, STAGE_TEARDOWN, mark);
        mark_once(&sstp->disconnect[side], mark);
        break;
    case SSTP_CALL_DISCONNECT_ACK:
        session_goodbye_answered(session, side, mark);
        mark_once(&sstp->disconnect_ack[side], mark);
        break;
    case SSTP_ECHO_REQUEST:
        stage_go_on(session, STAGE_KEEPALIVE, mark);
        echo_request(&sstp->echo[side], 0, session_stream_end(session, side), mark);
        break;
    case SSTP_ECHO_RESPONSE:
        stage_go_on(session, STAGE_KEEPALIVE, mark);
        if (!session_gave_up(session, side_other(side)))
            echo_reply(session, side_other(side), true, 0, mark);
        break;
    default:
        break;
    }
}

static void
session_malformed(struct session *session, enum side side, const struct sstp_message *message,
                  enum sstp_result result, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;
    const struct malformed malformed = { mark, side, message->type, message->flaws, result };

    for (uint32_t i = 0; i < sstp->num_malformed; i++) {
        const struct malformed *known = &sstp->malformed[i];
        if (known->by == side && known->type == malformed.type && known->flaws == malformed.flaws &&
            known->result == result)
            return;
    }
    if (sstp->num_malformed < MALFORMED_MAX)
        sstp->malformed[sstp->num_malformed++] = malformed;
}

/* Whatever is no packet of the tunnel is told one by one. */
static void
session_trace(const struct session *session, enum side side, bool control, const uint8_t *packet,
              size_t len, struct mark mark)
{
    struct trace *trace = conn_trace(session->conn);
    struct ppp_frame frame;

    if (!trace ||
        (!control && ppp_decode_frame(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN, &frame) &&
         (ppp_is_network_data(frame.protocol) || ppp_is_opaque_data(frame.protocol))))
        return;
    char *text = describe_packet(packet, len);
    trace_message(trace, control ? TRACE_SSTP : TRACE_PPP, side, len, text, mark);
    g_free(text);
}

void
session_feed_packet(struct session *session, enum side side, const uint8_t *packet, size_t len,
                    struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;
    struct sstp_header header;
    struct sstp_message message;

    if (sstp_decode_header(packet, len, &header) != SSTP_OK)
        return;
    session_clear(session, side, mark);
    session_trace(session, side, header.control, packet, len, mark);
    sstp->packets[side]++;
    sstp->bytes[side] += len;
    if (!session_gave_up(session, side_other(side)))
        sstp->last[side] = mark;
    if (side == SIDE_SERVER && mark_is_set(sstp->call_connected) &&
        !mark_is_set(sstp->after_connected)) {
        sstp->after_connected = mark;
        session->changed = true;
    }
    if (!header.control) {
        sstp->data[side]++;
        session_ppp(session, side, len, packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN, mark);
        return;
    }

    sstp->control[side]++;
    session->changed = true;
    enum sstp_result result = sstp_decode_control(packet, len, &message);
    if (result != SSTP_OK || message.flaws)
        session_malformed(session, side, &message, result, mark);
    if (result == SSTP_BAD_LENGTH || result == SSTP_BAD_VERSION || result == SSTP_NEED_MORE)
        return;
    /* One that MS-SSTP does not have fits no state; it is malformed. */
    if (!(message.flaws & SSTP_FLAW_MESSAGE_UNKNOWN))
        session_states(session, side, message.type, mark);
    session_control(session, side, &message, buf_init(packet, len), mark);
}

void
session_feed_junk(struct session *session, enum side side, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    /* What a server sends behind its HTTP answer may be the body of a web page. */
    bool expected =
        sstp->packets[side] > 0 || (side == SIDE_CLIENT && mark_is_set(session->http.response) &&
                                    session->stages[STAGE_HTTP].outcome == OUTCOME_OK);

    session->changed = true;
    sstp->junk++;
    if (mark_is_set(sstp->junk_at) || !expected)
        return;
    sstp->junk_at = mark;
    sstp->junk_by = side;
}

void
session_feed_oversize(struct session *session, enum side side, size_t len, struct mark mark)
{
    struct mtu_facts *mtu = &session->mtu[side];

    mark_once(&mtu->oversize_at, mark);
    session->changed |= mtu->oversize++ == 0;
    mtu->oversize_max = MAX(mtu->oversize_max, (uint32_t)len);
}

/* --- the end --------------------------------------------------------------------------------- */

void
session_settle(struct session *session)
{
    const struct sstp_facts *sstp = &session->sstp;
    struct mark end = { 0 };
    enum side by;
    bool reset;

    /* No message says that a binding was accepted: what follows it does. */
    if (mark_is_set(sstp->call_connected) && mark_is_set(sstp->after_connected) &&
        (mark_is_set(session->ncp_opened) || session->data.packets[SIDE_SERVER]))
        stage_end(session, STAGE_BINDING, OUTCOME_OK, sstp->after_connected);
    if (mark_is_set(sstp->call_connected) && mark_is_set(sstp->abort[SIDE_SERVER]) &&
        session->stages[STAGE_BINDING].outcome == OUTCOME_UNKNOWN)
        stage_end(session, STAGE_BINDING, OUTCOME_FAILED, sstp->abort[SIDE_SERVER]);
    if (!conn_closed(session->conn, &end, &by, &reset))
        return;
    for (int stage = STAGE_TCP; stage <= STAGE_NCP; stage++)
        if (mark_is_set(session->stages[stage].first) && stage == (int)session->reached)
            stage_end(session, (enum stage)stage, OUTCOME_FAILED, end);
}

void
session_stage_failed(struct session *session, enum stage stage)
{
    if (mark_is_set(session->stages[stage].first))
        session->stages[stage].outcome = OUTCOME_FAILED;
}

/* --- as a whole ------------------------------------------------------------------------------ */

bool
session_is_established(const struct session *session)
{
    const struct sstp_facts *sstp = &session->sstp;
    bool data = session->data.packets[SIDE_CLIENT] && session->data.packets[SIDE_SERVER];

    if (session_lengths(session))
        return lengths_is_established(session->lengths);
    if (mark_is_set(session->sstp.call_request) && !mark_is_set(sstp->call_connected))
        return false;
    return mark_is_set(session->ncp_opened) || data;
}

bool
session_has_no_connection(const struct session *session)
{
    return !mark_is_set(conn_first(session->conn));
}

void
session_set_dns(struct session *session, const struct dns_lookup *lookup)
{
    session->dns = lookup;
    mark_once(&session->stages[STAGE_DNS].first, lookup->first);
    stage_end(session, STAGE_DNS, lookup->num_addresses ? OUTCOME_OK : OUTCOME_FAILED,
              mark_is_set(lookup->answer) ? lookup->answer : lookup->last);
}

bool
session_reset_answers(const struct session *session, enum side asker, struct mark end)
{
    const struct tcp_half *half = conn_half(session->conn, asker);
    const struct tcp_half *other = conn_half(session->conn, side_other(asker));

    if (other->rst.frame != end.frame || !mark_is_set(other->rst))
        return false;
    /* Some resets acknowledge what they answer. */
    return (half->acked < half->next || half->last_acked.frame == end.frame) &&
           half->last_payload.frame < end.frame;
}

double
session_idle_before(const struct session *session, struct mark end)
{
    struct mark last = conn_half(session->conn, SIDE_CLIENT)->last_payload;

    if (conn_half(session->conn, SIDE_SERVER)->last_payload.time > last.time)
        last = conn_half(session->conn, SIDE_SERVER)->last_payload;
    for (int side = 0; side < SIDE_COUNT; side++)
        if ((conn_half(session->conn, side)->acked < conn_half(session->conn, side)->next ||
             session_reset_answers(session, (enum side)side, end)) &&
            end.time - conn_half(session->conn, side)->flight.time <=
                ANSWER_SECONDS * NS_PER_SECOND)
            return (double)conn_half(session->conn, side)->flight_idle / NS_PER_SECOND;
    return mark_is_set(last) ? mark_seconds(last, end) : 0;
}

struct mark
session_goodbye(const struct session *session, enum side side)
{
    const struct tls_facts *tls = session_tls(session);
    const struct mark goodbyes[] = { session->terminate[side].mark,  session->sstp.abort[side],
                                     session->sstp.disconnect[side], session->unread_goodbye[side],
                                     tls->close_notify[side],        tls->alert[side] };
    struct mark first = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(goodbyes); i++)
        first = mark_earlier(first, goodbyes[i]);
    return first;
}

/* Something went on that could not be read. */
static bool
session_was_opaque(const struct session *session)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    return server->records.application_records > 0 || server->records.kind == STREAM_LOST ||
           conn_start_missing(session->conn);
}

const char *
session_outcome(const struct session *session)
{
    struct mark end;
    enum side by;
    bool reset, closed = conn_closed(session->conn, &end, &by, &reset);

    if (session_has_no_connection(session))
        return "failed";
    closed |= mark_is_set(session_goodbye(session, SIDE_CLIENT)) ||
              mark_is_set(session_goodbye(session, SIDE_SERVER));
    if (session->evidence == EVIDENCE_NONE && session_was_opaque(session))
        return closed ? "unknown" : "ongoing";
    if (session_is_established(session))
        return closed ? "ended" : "established";
    return closed ? "failed" : "ongoing";
}

/* --- what it is told ------------------------------------------------------------------------- */

struct session *
session_new_lookup(struct conn *conn, uint32_t id, const struct dns_lookup *lookup)
{
    struct session *session = session_new(conn, id);

    session->stage = session->reached = STAGE_DNS;
    session->http.host = g_strdup(lookup->name);
    session_set_dns(session, lookup);
    return session;
}

void
session_got_clear(struct session *session)
{
    session->evidence = conn_is_tls(session->conn) ? EVIDENCE_DECRYPTED : EVIDENCE_CLEAR;
}

void
session_touch(struct session *session)
{
    session->changed = true;
}

bool
session_take_changed(struct session *session)
{
    bool changed = session->changed;

    session->changed = false;
    return changed;
}

bool
session_announce(struct session *session, enum finding_id id)
{
    uint64_t *word = &session->announced[id / 64];
    uint64_t bit = UINT64_C(1) << (id % 64);
    bool is_new = !(*word & bit);

    *word |= bit;
    return is_new;
}

GArray *
session_take_answers(struct session *session)
{
    return g_steal_pointer(&session->answers);
}

void
session_add_frame(struct session *session, struct mark mark)
{
    timeline_add(&session->timeline, mark);
}

void
session_set_rebound(struct session *session, const struct endpoint *client, struct mark first)
{
    session->rebound = (struct rebound){
        .client = *client,
        .first = first,
        .idle_seconds = mark_seconds(session_half(session, SIDE_CLIENT)->last, first),
    };
}

void
session_rebound_refused(struct session *session, struct mark mark)
{
    if (mark_is_set(session->rebound.refused))
        return;
    session->rebound.refused = mark;
    session_touch(session);
}

void
session_set_revocation(struct session *session, const struct revocation_facts *facts)
{
    session->revocation = *facts;
}

void
session_set_cert(struct session *session, const struct binding_cert *cert, bool earlier)
{
    session->cert = *cert;
    session->has_cert = true;
    session->cert_from_earlier = earlier;
}
