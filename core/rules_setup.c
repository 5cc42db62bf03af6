/* rules_setup.c - what goes wrong before SSTP begins: TCP, proxy, TLS, HTTP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

enum {
    SYNS_MIN = 2,              /* connection requests that make an unanswered one sure */
    REJECTION_SECONDS_MAX = 5, /* from the HTTP answer to the client's close */
    HTTP_OK_STATUS = 200,
    HTTP_BUSY_STATUS = 503,
    PROXY_AUTH_STATUS = 407,
};

static const struct tcp_half *
half_of(const struct session *session, enum side side)
{
    return &session->conn->track->half[side];
}

/* --- TCP ------------------------------------------------------------------------------------- */

static void
rule_tcp_no_answer(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = half_of(session, SIDE_CLIENT);

    if (!view->final || !mark_is_set(client->syn) || mark_is_set(client->handshake_ack) ||
        half_of(session, SIDE_SERVER)->segments > 0 || client->segments < SYNS_MIN ||
        session->conn->track->icmp[SIDE_CLIENT].errors > 0)
        return;
    struct finding *finding = finding_add(view->found, FINDING_TCP_NO_ANSWER, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, client->syn);
    finding_frame(finding, client->last.frame);
    finding_summary(finding, "%u connection requests in %.1f s, no answer", client->segments,
                    mark_seconds(client->syn, client->last));
    finding_number(finding, "requests", client->segments);
    finding_number(finding, "seconds", mark_seconds(client->syn, client->last));
}

static void
rule_tcp_refused(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = half_of(session, SIDE_CLIENT);
    const struct tcp_half *server = half_of(session, SIDE_SERVER);

    if (!mark_is_set(client->syn) || !mark_is_set(server->rst) || mark_is_set(server->syn) ||
        client->data_segments > 0)
        return;
    struct finding *finding = finding_add(view->found, FINDING_TCP_REFUSED, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, server->rst);
    finding_frame(finding, client->syn.frame);
    finding_summary(
        finding, "The connection request was answered by RST after %.3f s: nothing listens there",
        mark_seconds(client->syn, server->rst));
}

static void
rule_tcp_wrong_service(const struct session *session, const struct view *view)
{
    const struct tcp_half *server = half_of(session, SIDE_SERVER);

    if (conn_start_missing(session->conn) || server->walker.kind != STREAM_OTHER ||
        server->walker.records > 0 || half_of(session, SIDE_CLIENT)->walker.kind != STREAM_TLS)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_TCP_WRONG_SERVICE, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR,
                    server->first_payload);
    finding_frame(finding, session->conn->track->tls.client_hello_at.frame);
    finding_summary(finding, "The server speaks something else than TLS on this port");
}

/* --- proxy ----------------------------------------------------------------------------------- */

static void
rule_proxy_refused(const struct session *session, const struct view *view)
{
    const struct proxy_facts *proxy = &session->conn->track->proxy;
    bool auth = proxy->status == PROXY_AUTH_STATUS;

    /* After a 407 the client may ask again on the same connection: wait for its end. */
    if (!mark_is_set(proxy->answer) || proxy->status == HTTP_OK_STATUS ||
        !view_is_over(view, session))
        return;
    struct finding *finding =
        finding_add(view->found, auth ? FINDING_PROXY_AUTH_REQUIRED : FINDING_PROXY_CONNECT_DENIED,
                    CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, proxy->answer);
    finding_frame(finding, proxy->connect.frame);
    finding_number(finding, "status", proxy->status);
    finding_summary(finding, "The proxy answered CONNECT with status %u", proxy->status);
}

/* --- TLS ------------------------------------------------------------------------------------- */

static void
rule_tls_version_mismatch(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = &session->conn->track->tls;

    for (int side = 0; side < SIDE_COUNT; side++) {
        if (!mark_is_set(tls->alert[side]) ||
            tls->alert_description[side] != TLS_ALERT_PROTOCOL_VERSION)
            continue;
        struct finding *finding = finding_add(view->found, FINDING_TLS_VERSION_MISMATCH,
                                              CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, tls->alert[side]);
        finding_frame(finding, tls->client_hello_at.frame);
        finding_text(finding, "alert_by", side_name((enum side)side));
        if (tls->has_client_hello)
            finding_text(finding, "client_highest", tls_version_name(tls->client_hello.version));
        finding_summary(finding,
                        "The %s refused the other side's TLS versions (alert protocol_version)",
                        side_name((enum side)side));
        return;
    }
}

static void
rule_tls_untrusted_root(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = &session->conn->track->tls;

    if (!mark_is_set(tls->alert[SIDE_CLIENT]) ||
        tls->alert_description[SIDE_CLIENT] != TLS_ALERT_UNKNOWN_CA)
        return;
    /* A missing intermediate certificate gives the same alert: the chain is not looked at yet. */
    struct finding *finding =
        finding_add(view->found, FINDING_TLS_UNTRUSTED_ROOT, CONFIDENCE_LIKELY, EVIDENCE_CLEAR,
                    tls->alert[SIDE_CLIENT]);
    finding_frame(finding, tls->certificate_at.frame);
    finding_text(finding, "alert", tls_alert_name(TLS_ALERT_UNKNOWN_CA));
    finding_summary(finding,
                    "The client does not trust the server's certificate (alert unknown_ca): its "
                    "root is not known to the client, or an intermediate certificate is missing");
}

/* sstpc verifies the certificate only when it has the HTTP answer, and then just closes. */
static void
rule_tls_client_rejected_server(const struct session *session, const struct view *view)
{
    struct mark end;
    enum side by;
    bool reset;

    if (session->http.status != HTTP_OK_STATUS || !conn_closed(session->conn, &end, &by, &reset) ||
        by != SIDE_CLIENT || session->sstp.packets[SIDE_CLIENT] > 0 ||
        !conn_is_tls(session->conn) || session_undecrypted(session, SIDE_CLIENT) > 0 ||
        mark_seconds(session->http.response, end) > REJECTION_SECONDS_MAX)
        return;
    if (finding_before(view->found, SEVERITY_ERROR, end))
        return;
    struct finding *finding = finding_add(view->found, FINDING_TLS_CLIENT_REJECTED_SERVER,
                                          CONFIDENCE_LIKELY, session->evidence, end);
    finding_frame(finding, session->http.response.frame);
    finding_number(finding, "after_answer_seconds", mark_seconds(session->http.response, end));
    finding_summary(finding,
                    "The client closed %.3f s after the HTTP answer without a Call Connect "
                    "Request: it refused the server's certificate",
                    mark_seconds(session->http.response, end));
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
    const struct http_facts *http = &session->http;

    if (!mark_is_set(http->request) || http->status < 300)
        return;
    struct finding *finding = finding_add(view->found, http_refusal(http->status),
                                          CONFIDENCE_CERTAIN, session->evidence, http->response);
    finding_frame(finding, http->request.frame);
    finding_number(finding, "status", http->status);
    finding_text(finding, "server", http->server);
    finding_summary(finding, "SSTP_DUPLEX_POST was answered by HTTP status %u%s%s", http->status,
                    http->server ? " of " : "", http->server ? http->server : "");
}

const rule_fn rules_setup[] = {
    rule_tcp_no_answer,
    rule_tcp_refused,
    rule_tcp_wrong_service,
    rule_proxy_refused,
    rule_tls_version_mismatch,
    rule_tls_untrusted_root,
    rule_http_refused,
    rule_tls_client_rejected_server,
    NULL,
};
