/* setup.c - what goes wrong before SSTP begins: TCP, proxy, HTTP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/text.h"
#include "base/thresholds.h"

enum {
    REQUEST_MIN_LEN = 150, /* of a record that may hold the request */
    REQUEST_MAX_LEN = 440,
    HTTP_BUSY_STATUS = 503,
    PROXY_AUTH_STATUS = 407,
};

/* --- TCP ------------------------------------------------------------------------------------- */

static void
rule_tcp_no_answer(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);

    if (!view->final || !mark_is_set(client->syn) || mark_is_set(client->handshake_ack) ||
        session_half(session, SIDE_SERVER)->segments > 0 || client->segments < SYNS_MIN ||
        conn_icmp_errors(session_conn(session), SIDE_CLIENT)->errors > 0)
        return;
    struct finding *finding = finding_add(view->found, FINDING_TCP_NO_ANSWER, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, client->syn);
    finding_frame(finding, client->last.frame);
    finding_summary(finding, "%s in %s, no answer",
                    text_count(client->segments, "connection request").text,
                    text_seconds(mark_seconds(client->syn, client->last)).text);
    finding_number(finding, "requests", client->segments);
    finding_number(finding, "seconds", mark_seconds(client->syn, client->last));
}

/* Captured near the server: its answers do not reach the client, so that the client asks again. */
static void
rule_tcp_answer_lost(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    struct mark end;
    enum side by;
    bool reset;

    if (!view->final || !mark_is_set(client->syn) || !mark_is_set(server->syn) ||
        mark_is_set(client->handshake_ack) ||
        conn_closed(session_conn(session), &end, &by, &reset) ||
        client->data_segments + server->data_segments > 0 || server->segments < SYNS_MIN ||
        client->last_syn.frame < server->syn.frame ||
        mark_seconds(server->syn, client->last_syn) < SYN_RETRANSMISSION_SECONDS)
        return;
    struct finding *finding = finding_add(view->found, FINDING_TCP_NO_ANSWER, CONFIDENCE_LIKELY,
                                          EVIDENCE_CLEAR, client->syn);
    finding_frame(finding, server->syn.frame);
    finding_frame(finding, client->last_syn.frame);
    finding_frame(finding, server->last.frame);
    finding_number(finding, "requests", client->segments);
    finding_number(finding, "answers", server->segments);
    finding_number(finding, "seconds", mark_seconds(client->syn, client->last_syn));
    finding_summary(finding,
                    "%s in %s: the server answered %s, and its answers do not get to the client",
                    text_count(client->segments, "connection request").text,
                    text_seconds(mark_seconds(client->syn, client->last_syn)).text,
                    text_times(server->segments).text);
}

static void
rule_tcp_refused(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    if (!mark_is_set(client->syn) || !mark_is_set(server->rst) || mark_is_set(server->syn) ||
        client->data_segments > 0)
        return;
    struct finding *finding = finding_add(view->found, FINDING_TCP_REFUSED, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, server->rst);
    finding_frame(finding, client->syn.frame);
    finding_summary(finding,
                    "The connection request was refused (RST) after %s: nothing listens there, or "
                    "a firewall rejects it",
                    text_seconds(mark_seconds(client->syn, server->rst)).text);
}

/* What answered in the place of TLS, as far as its first bytes tell. */
static void
finding_greeting(struct finding *finding, const struct record_facts *server)
{
    const char *protocol = greeting_protocol(server->greeting, server->greeting_len);
    char *line = greeting_line(server->greeting, server->greeting_len);

    finding_text(finding, "answers_with", protocol);
    finding_text(finding, "greeting", line);
    if (line)
        finding_summary(finding,
                        "The server does not speak TLS on this port: its first words are%s%s%s "
                        "\"%s\"",
                        protocol ? " those of " : "", protocol ? protocol : "", protocol ? "," : "",
                        line);
    else
        finding_summary(finding, "The server does not speak TLS on this port%s%s",
                        protocol ? ": its first bytes are those of " : "",
                        protocol ? protocol : "");
    g_free(line);
}

static void
rule_tcp_wrong_service(const struct session *session, const struct view *view)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    if (conn_start_missing(session_conn(session)) || server->records.kind != STREAM_OTHER ||
        server->records.records > 0 ||
        session_half(session, SIDE_CLIENT)->records.kind != STREAM_TLS ||
        conn_proxy(session_conn(session))->header_len > 0)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_TCP_WRONG_SERVICE, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR,
                    server->first_payload);
    finding_frame(finding, session_tls(session)->client_hello_at.frame);
    finding_greeting(finding, &server->records);
}

/* How long an answer must be missing, in seconds: not at all if the server closes without one. */
static double
answer_patience(bool closed, enum side by, bool sealed)
{
    if (sealed)
        return HTTP_ANSWER_SECONDS - HTTP_ANSWER_SLACK_SECONDS;
    return closed && by == SIDE_SERVER ? 0 : SILENCE_SECONDS;
}

/* --- proxy ----------------------------------------------------------------------------------- */

static void
rule_proxy_refused(const struct session *session, const struct view *view)
{
    const struct proxy_facts *proxy = conn_proxy(session_conn(session));
    bool auth = proxy->status == PROXY_AUTH_STATUS;

    /* After a 407 the client may ask again on the same connection: wait for its end. */
    if (!mark_is_set(proxy->answer) || proxy->status == HTTP_STATUS_OK ||
        !view_is_over(view, session))
        return;
    struct finding *finding =
        finding_add(view->found, auth ? FINDING_PROXY_AUTH_REQUIRED : FINDING_PROXY_CONNECT_DENIED,
                    CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, proxy->answer);
    finding_frame(finding, proxy->connect.frame);
    finding_number(finding, "status", proxy->status);
    finding_summary(finding, "The proxy answered CONNECT with status %u", proxy->status);
}

/* CONNECT was received and has no answer: most often the proxy waits for the server itself. */
static void
rule_proxy_silent(const struct session *session, const struct view *view)
{
    const struct proxy_facts *proxy = conn_proxy(session_conn(session));
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    struct mark end = view->now;
    enum side by = SIDE_CLIENT;
    bool reset, closed = conn_closed(session_conn(session), &end, &by, &reset);

    if (!mark_is_set(proxy->connect) || mark_is_set(proxy->answer) || (!closed && !view->final) ||
        server->data_segments > 0 || conn_unseen(session_conn(session), SIDE_SERVER) > 0 ||
        !conn_delivered(session_conn(session), SIDE_CLIENT, client->next) ||
        mark_seconds(proxy->connect, end) < answer_patience(closed, by, false) ||
        is_explained(session, view, end))
        return;
    struct finding *finding = finding_add(view->found, FINDING_PROXY_CONNECT_DENIED,
                                          CONFIDENCE_LIKELY, EVIDENCE_CLEAR, proxy->connect);
    if (closed)
        finding_frame(finding, end.frame);
    finding_number(finding, "seconds", mark_seconds(proxy->connect, end));
    finding_text(finding, "closed_by", closed ? side_name(by) : NULL);
    finding_summary(
        finding,
        "The proxy acknowledged the request to connect (CONNECT) and did not answer for %s%s%s%s",
        text_seconds(mark_seconds(proxy->connect, end)).text, closed ? ", until the " : "",
        !closed             ? ""
        : by == SIDE_SERVER ? "proxy"
                            : "client",
        closed ? " closed" : "");
}

/* A load balancer and its backend do not agree about the PROXY header, which shows between the two.
 */
static void
rule_proxy_protocol_mismatch(const struct session *session, const struct view *view)
{
    const struct conn *conn = session_conn(session);
    const struct tcp_half *server = conn_half(conn, SIDE_SERVER);
    bool alert = mark_is_set(conn_tls(conn)->alert[SIDE_SERVER]),
         plain = server->records.kind == STREAM_OTHER, closed = false, reset;
    struct mark end;
    enum side by;

    if (conn_proxy(conn)->header_len == 0 || conn_tls(conn)->has_server_hello ||
        conn_half(conn, SIDE_CLIENT)->records.kind != STREAM_TLS)
        return;
    if (!alert && !plain)
        closed = conn_closed(session_conn(session), &end, &by, &reset) && by == SIDE_SERVER &&
                 server->data_segments == 0 &&
                 conn_unseen(session_conn(session), SIDE_SERVER) == 0 &&
                 mark_seconds(conn_proxy(conn)->header, end) <= UNREADABLE_REACTION_SECONDS;
    if (!alert && !plain && !closed)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_PROXY_PROTOCOL_MISMATCH, CONFIDENCE_LIKELY, EVIDENCE_CLEAR,
                    conn_proxy(conn)->header);
    finding_frame(finding, alert   ? conn_tls(conn)->alert[SIDE_SERVER].frame
                           : plain ? server->first_payload.frame
                                   : end.frame);
    finding_number(finding, "header_bytes", (double)conn_proxy(conn)->header_len);
    finding_summary(finding, "A PROXY header came in front of the stream, and the server %s",
                    alert   ? "answered with an alert"
                    : plain ? "answered, and not in TLS"
                            : "closed without an answer");
}

static void
rule_proxy_credentials_exposed(const struct session *session, const struct view *view)
{
    const struct proxy_facts *proxy = conn_proxy(session_conn(session));

    if (!mark_is_set(proxy->basic))
        return;
    struct finding *finding = finding_add(view->found, FINDING_PROXY_CREDENTIALS_EXPOSED,
                                          CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, proxy->basic);
    finding_summary(finding, "CONNECT carries the user's name and password for the proxy in a form "
                             "that anybody on the path can read (Basic)");
}

/* --- HTTP ------------------------------------------------------------------------------------ */

static enum finding_id
http_refusal(unsigned status)
{
    if (status == HTTP_BUSY_STATUS)
        return FINDING_HTTP_SERVER_BUSY;
    return status >= 300 && status < 400 ? FINDING_HTTP_REDIRECT : FINDING_HTTP_NOT_SSTP_SERVER;
}

static void
rule_http_refused(const struct session *session, const struct view *view)
{
    const struct http_facts *http = session_http(session);

    if (!mark_is_set(http->request) || http->status < 300)
        return;
    struct finding *finding =
        finding_add(view->found, http_refusal(http->status), CONFIDENCE_CERTAIN,
                    session_evidence(session), http->response);
    finding_frame(finding, http->request.frame);
    finding_number(finding, "status", http->status);
    finding_text(finding, "server", http->server);
    finding_summary(finding,
                    "The SSTP request (SSTP_DUPLEX_POST) was answered by HTTP status %u%s%s",
                    http->status, http->server ? " of " : "", http->server ? http->server : "");
}

/* The client's only record has the size of the request, and the server has sent none. Only below
 * TLS 1.3 do records of data differ from those of the handshake. */
static bool
is_sealed_request(const struct session *session)
{
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;

    return session_tls(session)->has_server_hello &&
           session_tls(session)->server_hello.version < TLS_13 &&
           client->application_records == 1 && client->application_lengths[0] >= REQUEST_MIN_LEN &&
           client->application_lengths[0] <= REQUEST_MAX_LEN &&
           session_half(session, SIDE_SERVER)->records.application_records == 0;
}

/* Has the server said anything that cannot be read? Of records that were decrypted, too, the bytes
 * may be lost, where they stand in front of the request: Wireshark waits for the rest of them. */
static bool
server_is_opaque(const struct session *session, const struct view *view)
{
    const struct conn *conn = session_conn(session);
    const struct tls_facts *tls = conn_tls(conn);
    /* In TLS 1.3 all records are of one type. */
    uint32_t known = tls_facts_are_13(tls) ? tls->decrypted_handshake[SIDE_SERVER] +
                                                 tls->decrypted_alerts[SIDE_SERVER]
                                           : 0;

    return session_undecrypted(session, SIDE_SERVER) > 0 || conn_unseen(conn, SIDE_SERVER) > 0 ||
           (!view->from_socket &&
            conn_half(conn, SIDE_SERVER)->records.application_records > known);
}

/* When the request was sent, if it has no answer so far; unset for anything else. */
static struct mark
unanswered_request(const struct session *session, const struct view *view, bool *sealed)
{
    const struct mark none = { 0 };

    *sealed = !mark_is_set(session_http(session)->request);
    if (server_is_opaque(session, view) || mark_is_set(session_http(session)->response))
        return none;
    if (!*sealed)
        return session_http(session)->request;
    return conn_decrypted(session_conn(session), SIDE_CLIENT) == 0 && is_sealed_request(session)
               ? session_half(session, SIDE_CLIENT)->records.first_application
               : none;
}

static void
rule_http_no_response(const struct session *session, const struct view *view)
{
    struct session_end ending = session_ending(session);
    enum side by = ending.by;
    bool sealed, closed = mark_is_set(ending.mark);
    struct mark end = closed ? ending.mark : view->now,
                request = unanswered_request(session, view, &sealed);

    if (!mark_is_set(request) || (!closed && !view->final) || !client_was_heard(session, request) ||
        mark_seconds(request, end) < answer_patience(closed, by, sealed) ||
        mark_is_set(session_tls(session)->alert[SIDE_SERVER]) || is_explained(session, view, end))
        return;
    /* Other HTTPS looks the same without keys; the client's own timer tells it apart. */
    if (sealed && (!closed || by != SIDE_CLIENT ||
                   mark_seconds(request, end) > HTTP_ANSWER_SECONDS + HTTP_ANSWER_SLACK_SECONDS))
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_HTTP_NO_RESPONSE,
                    sealed || !closed || by == SIDE_SERVER ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN,
                    sealed ? EVIDENCE_INFERRED : session_evidence(session), request);
    if (closed)
        finding_frame(finding, end.frame);
    finding_number(finding, "seconds", mark_seconds(request, end));
    finding_text(finding, "closed_by", closed ? side_name(by) : NULL);
    finding_summary(finding, "The SSTP request was acknowledged and had no answer for %s%s%s%s",
                    text_seconds(mark_seconds(request, end)).text, closed ? ", until the " : "",
                    closed ? side_name(by) : "", closed ? " closed" : "");
}

static const char *
answer_flaw(const struct http_facts *http)
{
    if (http->status != HTTP_STATUS_OK)
        return "its status is neither 200 nor a refusal";
    if (!http->version_11)
        return "it is not HTTP/1.1";
    if (http->chunked)
        return "it is chunked";
    return http->has_length ? "its Content-Length is not the 18446744073709551615 of SSTP"
                            : "it has no Content-Length";
}

/* Clients accept different answers: what counts is whether this one went on. */
static void
rule_http_bad_response(const struct session *session, const struct view *view)
{
    const struct http_facts *http = session_http(session);
    bool goes_on = session_sstp(session)->packets[SIDE_CLIENT] > 0;

    if (!mark_is_set(http->request) || !mark_is_set(http->response) ||
        http->status < HTTP_STATUS_OK || http->status >= 300 || session_answer_is_sstp(session) ||
        (!goes_on && !view_is_over(view, session)))
        return;
    struct finding *finding = finding_add(view->found, FINDING_HTTP_BAD_RESPONSE,
                                          goes_on ? CONFIDENCE_POSSIBLE : CONFIDENCE_CERTAIN,
                                          session_evidence(session), http->response);
    if (goes_on)
        finding->severity = SEVERITY_NOTE;
    finding_frame(finding, http->request.frame);
    finding_number(finding, "status", http->status);
    finding_text(finding, "server", http->server);
    finding_summary(finding, "The HTTP answer is not one of SSTP: %s", answer_flaw(http));
}

const rule_fn rules_setup[] = {
    rule_tcp_no_answer,
    rule_tcp_answer_lost,
    rule_tcp_refused,
    rule_proxy_protocol_mismatch,
    rule_tcp_wrong_service,
    rule_proxy_refused,
    rule_proxy_silent,
    rule_proxy_credentials_exposed,
    NULL,
};

const rule_fn rules_http[] = {
    rule_http_refused,
    rule_http_no_response,
    rule_http_bad_response,
    NULL,
};
