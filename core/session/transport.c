/* transport.c - what a session is told of the layers that carry it: lookup, TCP, proxy, TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/session.h"
#include "session/stages.h"
#include "session/state.h"

/* --- the lookup ------------------------------------------------------------------------------ */

void
session_set_dns(struct session *session, const struct dns_lookup *lookup)
{
    dns_lookup_unref(session->dns);
    session->dns = dns_lookup_ref(lookup);
    stages_reopen(session);
    mark_once(&session->stages[STAGE_DNS].first, lookup->first);
    stage_end(session, STAGE_DNS, lookup->num_addresses ? OUTCOME_OK : OUTCOME_FAILED,
              mark_is_set(lookup->answer) ? lookup->answer : lookup->last);
}

struct session *
session_new_lookup(struct conn *conn, uint32_t id, const struct dns_lookup *lookup)
{
    struct session *session = session_new(conn, id);

    session->stage = session->reached = STAGE_DNS;
    session->http.host = g_strdup(lookup->name);
    session_set_dns(session, lookup);
    return session;
}

/* --- the connection -------------------------------------------------------------------------- */

/* A stage begins at mark, which may be unset. */
static void
begin_at(struct session *session, enum stage stage, struct mark mark)
{
    if (mark_is_set(mark) && !mark_is_set(session->stages[stage].first))
        stage_enter(session, stage, mark);
}

static void
tcp_stage(struct session *session)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);

    begin_at(session, STAGE_TCP, client->syn);
    if (mark_is_set(client->syn) && mark_is_set(session_half(session, SIDE_SERVER)->syn) &&
        mark_is_set(client->handshake_ack))
        stage_end(session, STAGE_TCP, OUTCOME_OK, client->handshake_ack);
}

static void
proxy_stage(struct session *session)
{
    const struct proxy_facts *proxy = conn_proxy(session->conn);

    /* After a refusal the client may ask again, as it must after a 407: a close decides. */
    begin_at(session, STAGE_PROXY, proxy->connect);
    if (mark_is_set(proxy->answer) && proxy->status == HTTP_STATUS_OK)
        stage_end(session, STAGE_PROXY, OUTCOME_OK, proxy->answer);
}

static void
tls_stage(struct session *session)
{
    const struct tls_facts *tls = session_tls(session);
    struct mark protected = session_half(session, SIDE_CLIENT)->records.first_application;

    begin_at(session, STAGE_TLS, tls->client_hello_at);
    if (tls->has_server_hello && mark_is_set(protected))
        stage_end(session, STAGE_TLS, OUTCOME_OK, protected);
}

/* --- from record lengths --------------------------------------------------------------------- */

/* A stage that is behind the session, if it was seen at all. */
static void
passed(struct session *session, enum stage stage, struct mark first, struct mark last)
{
    if (!mark_is_set(first) || !mark_is_set(last))
        return;
    mark_once(&session->stages[stage].first, first);
    stage_end(session, stage, OUTCOME_INFERRED, last);
}

/* The stages as far as lengths tell them. Where LCP ends and authentication begins they do not
 * tell; both lie between Call Connect Ack and Call Connected. */
static void
stages_by_lengths(struct session *session, const struct lengths_facts *lengths, struct mark mark)
{
    struct mark connected = lengths->call_connected.mark;
    struct mark setup = lengths->num_setup ? lengths->setup[0].mark : connected;

    passed(session, STAGE_TLS, session->stages[STAGE_TLS].first, lengths->request.mark);
    passed(session, STAGE_HTTP, lengths->request.mark, lengths->answer.mark);
    passed(session, STAGE_SSTP, lengths->call_request.mark, lengths->call_ack.mark);
    if (mark_is_set(connected)) {
        passed(session, STAGE_LCP, setup, connected);
        passed(session, STAGE_AUTH, setup, connected);
        mark_once(&session->stages[STAGE_BINDING].first, connected);
        /* Where it waited for earlier bytes, what stands behind it is told with it. */
        mark_once(&session->stages[STAGE_BINDING].last, connected);
    }
    if (lengths->data[SIDE_CLIENT] && lengths->data[SIDE_SERVER] &&
        lengths_is_established(lengths)) {
        passed(session, STAGE_BINDING, connected, lengths->first_data);
        passed(session, STAGE_NCP, session->stages[STAGE_NCP].first, lengths->first_data);
        passed(session, STAGE_DATA, lengths->first_data, mark);
    }
    if (lengths->stage >= STAGE_LCP)
        stage_enter(session, lengths->stage, mark);
}

static void
told_by_lengths(struct session *session, struct mark mark)
{
    const struct lengths_facts *lengths = conn_lengths(session->conn);

    if (!lengths || conn_is_copy(session->conn) || session->evidence >= EVIDENCE_CLEAR)
        return;
    session->lengths = lengths;
    session->evidence = EVIDENCE_INFERRED;
    session->changed = true;
    stages_by_lengths(session, lengths, mark);
}

/* --- after a segment ------------------------------------------------------------------------- */

void
session_feed_conn(struct session *session, unsigned events, struct mark mark)
{
    if (events != CONN_EVENT_NONE)
        stages_reopen(session);
    if (session->reached <= STAGE_TLS) {
        tcp_stage(session);
        proxy_stage(session);
        tls_stage(session);
    }
    if (events & CONN_EVENT_LENGTHS)
        told_by_lengths(session, mark);
    if (events & CONN_EVENT_CLOSED) {
        stage_go_on(session, STAGE_TEARDOWN, mark);
        session->changed = true;
    }
    if (events & CONN_EVENT_TLS)
        session->changed = true;
}
