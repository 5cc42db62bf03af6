/* http.c - the HTTP request and its response, and the name that the client dialled
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/text.h"
#include "session/answers.h"
#include "session/clear.h"
#include "session/session.h"
#include "session/stages.h"
#include "session/state.h"

/* --- request and response -------------------------------------------------------------------- */

static bool
buf_is(struct buf b, const char *text)
{
    return buf_left(&b) == strlen(text) && memcmp(b.p, text, strlen(text)) == 0;
}

static void
feed_request(struct session *session, const struct http_head *head, struct mark mark)
{
    struct http_facts *http = &session->http;

    session_feed_conn(session, CONN_EVENT_NONE, mark);
    if (conn_is_tls(session->conn))
        stage_end(session, STAGE_TLS, OUTCOME_OK, mark);
    stage_enter(session, STAGE_HTTP, mark);
    mark_once(&http->request, mark);
    text_once(&http->host, head->host);
    text_once(&http->correlation_id, head->correlation_id);
    g_free(http->request_head);
    http->request_head = http_head_text(head);
}

static void
feed_response(struct session *session, const struct http_head *head, struct mark mark)
{
    struct http_facts *http = &session->http;

    answer_add(session, http->request, mark);
    http->response = mark;
    http->status = head->status;
    http->version_11 = buf_is(head->version, "HTTP/1.1");
    http->chunked = head->chunked;
    http->has_length = head->has_content_length && head->content_length_valid;
    http->length = head->content_length;
    text_once(&http->server, head->server);
    g_free(http->response_head);
    http->response_head = http_head_text(head);
    stage_enter(session, STAGE_HTTP, mark);
    stage_end(session, STAGE_HTTP, head->status == HTTP_STATUS_OK ? OUTCOME_OK : OUTCOME_FAILED,
              mark);
}

void
session_feed_http(struct session *session, enum side side, const struct http_head *head,
                  struct mark mark)
{
    clear_begin(session, side, mark);
    trace_http(conn_trace(session->conn), side, head, mark);
    session->changed = true;
    if (head->request && side == SIDE_CLIENT)
        feed_request(session, head, mark);
    else if (!head->request && side == SIDE_SERVER && !mark_is_set(session->http.response))
        feed_response(session, head, mark);
}

bool
session_answer_is_sstp(const struct session *session)
{
    const struct http_facts *http = &session->http;

    return http->status == HTTP_STATUS_OK && http->version_11 && !http->chunked &&
           http->has_length && http->length == UINT64_MAX;
}

/* --- the name that the client dialled -------------------------------------------------------- */

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
    const struct tls_facts *tls = session_tls(session);
    struct dialled_facts *dialled = &session->dialled;
    const char *sni =
        tls->has_client_hello && tls->client_hello.has_sni ? tls->client_hello.sni : NULL;
    enum dialled_by by = sni ? DIALLED_SNI : session->http.host ? DIALLED_HOST : DIALLED_ADDRESS;

    if (!conn_cert(session->conn) || dialled->by == by)
        return;
    g_free(dialled->name);
    dialled->by = by;
    if (by == DIALLED_ADDRESS)
        dialled->name = endpoint_address_text(conn_endpoint(session->conn, SIDE_SERVER));
    else
        dialled->name = host_of(sni ? sni : session->http.host);
    dialled->in_cert = cert_has_name(buf_init(tls->leaf->data, tls->leaf->len), dialled->name);
}
