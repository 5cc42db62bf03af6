/* lengths_call.c - without keys, up to Call Connect Ack: servers of which the user says that they
 * speak SSTP, where record lengths do not show it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/lengths.h"

#include "base/text.h"
#include "base/thresholds.h"

/* Browsers offer HTTP/2; who offers HTTP/1.1 alone may be about to ask for SSTP. */
static bool
offers_more_than_http11(const struct tls_client_hello *hello)
{
    return hello->alpn_any && (hello->alpn_h2 || !hello->alpn_http11);
}

/* A record, or who closed first, may be in what the capture lacks. */
static bool
lacks_something(const struct conn *conn)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_unseen(conn, (enum side)side) > 0 || conn_lacks_fin(conn, (enum side)side))
            return true;
    return false;
}

/* The first lengths of a connection to a server that the user named, in which SSTP did not show;
 * NULL for any other, and where something is missing. */
static const struct lengths_start *
lengths_unfinished(const struct session *session, const struct view *view)
{
    const struct conn *conn = session_conn(session);

    if (!view->final || session_evidence(session) != EVIDENCE_NONE ||
        conn_is_copy(session_conn(session)) || conn_start_missing(session_conn(session)) ||
        lacks_something(conn) || offers_more_than_http11(&conn_tls(conn)->client_hello) ||
        !mark_is_set(conn_lengths_start(conn)->request.mark) ||
        conn_decrypted(conn, SIDE_CLIENT) + conn_decrypted(conn, SIDE_SERVER) > 0)
        return NULL;
    return conn_lengths_start(conn);
}

/* Which side closed first. A server may do so by an alert, and the client answers that by its FIN,
 * or both do so at once: then it was not the client's close that made the server do it. */
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
    if (alert && (server->last_record.frame < end->frame ||
                  server_spoke_unasked(session, server->last_record, *end))) {
        *end = server->last_record;
        *by = SIDE_SERVER;
    }
    return true;
}

/* Which side closed at *end soon after the server's answer, with nothing of the client between. */
static bool
closed_after_answer(const struct session *session, const struct lengths_start *lengths,
                    struct mark *end, enum side *by)
{
    const struct mark said = session_half(session, SIDE_CLIENT)->records.last_data;

    /* An alert of TLS 1.3, which looks like data, may answer the close. */
    return mark_is_set(lengths->answer.mark) && !mark_is_set(lengths->call.mark) &&
           lengths_closed(session, end, by) &&
           (said.frame <= lengths->request.mark.frame ||
            (lengths->state == LENGTHS_ANSWER && said.frame > end->frame)) &&
           mark_seconds(lengths->answer.mark, *end) <= LENGTHS_GOODBYE_SECONDS;
}

/* In TLS 1.3 a session ticket may look like the answer. Many servers send two tickets, and they are
 * equally long. */
static bool
may_be_ticket(const struct session *session, const struct lengths_start *lengths)
{
    return conn_tls(session_conn(session))->server_hello.version == TLS_13 &&
           (lengths->ticket == 0 || lengths->ticket == lengths->answer.max);
}

/* The server closes as who has answered and wants nothing more: by an alert, or by its FIN at once.
 * It may have reset the connection afterwards. */
static bool
closes_answer(const struct session *session, const struct lengths_start *lengths, struct mark end)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    bool fin = mark_is_set(server->fin) &&
               (!mark_is_set(server->rst) || server->fin.frame <= server->rst.frame);
    bool alert = conn_tls(session_conn(session))->server_hello.version == TLS_13
                     ? server->records.last_length == TLS_13_ALERT_LEN
                     : server->records.sealed_alerts > 0;

    return fin && (alert || mark_seconds(lengths->answer.mark, end) <= LENGTHS_CLOSE_SECONDS);
}

/* The server answered, and nothing came of it. Where the answer is as long as that of an SSTP
 * server the client may have closed because of the certificate, which is another finding. */
static void
rule_http_not_sstp_server(const struct session *session, const struct view *view)
{
    const struct lengths_start *lengths = lengths_unfinished(session, view);
    struct mark end;
    enum side by;

    if (!lengths || lengths->state > LENGTHS_REFUSED ||
        !closed_after_answer(session, lengths, &end, &by) || is_explained(session, view, end))
        return;
    bool is_tls13 = conn_tls(session_conn(session))->server_hello.version == TLS_13;
    unsigned least = (unsigned)lengths->answer.min + lengths->refusal.min;
    unsigned bytes = (unsigned)lengths->answer.max + lengths->refusal.max;
    bool long_or_short = bytes < LEN_GOOD_ANSWER_MIN || least > LEN_GOOD_ANSWER_MAX;
    if (by == SIDE_CLIENT ? !long_or_short || may_be_ticket(session, lengths)
                          : !long_or_short && !closes_answer(session, lengths, end))
        return;
    if (by == SIDE_SERVER && is_tls13 && lengths->ticket > 0 && may_be_ticket(session, lengths))
        return;
    struct finding *finding = finding_inferred(view, FINDING_HTTP_NOT_SSTP_SERVER,
                                               CONFIDENCE_POSSIBLE, lengths->answer.mark);
    finding_frame(finding, lengths->request.mark.frame);
    finding_frame(finding, end.frame);
    finding_length(finding, "answer_bytes", least, bytes);
    finding_text(finding, "closed_by", side_name(by));
    finding_summary(
        finding,
        "The request was answered by %s%s%s, and the %s closed without a Call Connect Request; an "
        "SSTP server answers %u to %s and waits" INFERRED,
        is_tls13 || lengths->refusal.max ? "at least " : "", lengths_text(least, bytes).text,
        may_be_ticket(session, lengths) ? ", or by a session ticket alone" : "", side_name(by),
        LEN_GOOD_ANSWER_MIN, text_count(LEN_GOOD_ANSWER_MAX, "byte").text);
}

/* The server did not answer the request: it sent nothing, or two equal records, which are tickets.
 * A single record may be either. */
static bool
has_no_answer(const struct session *session, const struct lengths_start *lengths)
{
    return !mark_is_set(lengths->answer.mark) ||
           (lengths->ticket > 0 && may_be_ticket(session, lengths));
}

/* Where the server did not close, the client must have waited long. Other HTTPS may wait as well,
 * so this is only possible. */
static void
rule_http_no_response(const struct session *session, const struct view *view)
{
    const struct lengths_start *lengths = lengths_unfinished(session, view);
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    struct mark end = view->now;
    enum side by = SIDE_CLIENT;
    bool closed = lengths && lengths_closed(session, &end, &by);

    if (!lengths || lengths->state != LENGTHS_ANSWER || !has_no_answer(session, lengths) ||
        client->records.last_data.frame > lengths->request.mark.frame ||
        !client_was_heard(session, lengths->request.mark) ||
        finding_of(view->found, FINDING_TLS_CLIENT_CERT_REQUESTED) ||
        is_explained(session, view, end))
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
                    "A record as long as the SSTP request had no answer for %s%s%s%s" INFERRED,
                    text_seconds(seconds).text, closed ? ", until the " : "",
                    closed ? side_name(by) : "", closed ? " closed" : "");
}

static void
rule_sstp_no_ack(const struct session *session, const struct view *view)
{
    const struct lengths_start *lengths = lengths_unfinished(session, view);
    struct mark end = view->now;
    enum side by = SIDE_CLIENT;
    bool reset, closed = conn_closed(session_conn(session), &end, &by, &reset);

    if (!lengths || !mark_is_set(lengths->call.mark) || lengths->state > LENGTHS_REFUSED ||
        lengths->state == LENGTHS_CONFIRM ||
        (mark_is_set(lengths->refusal.mark) && lengths->refusal.by == SIDE_SERVER))
        return;
    if (mark_is_set(lengths->refusal.mark))
        end = lengths->refusal.mark;
    double patience = mark_is_set(lengths->refusal.mark) ? GAVE_UP_SECONDS : SILENCE_SECONDS;
    if (!client_was_heard(session, lengths->call.mark) ||
        (mark_seconds(lengths->call.mark, end) < patience && (!closed || by == SIDE_CLIENT)) ||
        is_explained(session, view, end))
        return;
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_NO_ACK, CONFIDENCE_POSSIBLE, lengths->call.mark);
    finding_number(finding, "seconds", mark_seconds(lengths->call.mark, end));
    finding_summary(finding,
                    "A record of Call Connect Request's length had no answer for %s" INFERRED,
                    text_seconds(mark_seconds(lengths->call.mark, end)).text);
}

static void
rule_sstp_nak(const struct session *session, const struct view *view)
{
    const struct lengths_start *lengths = lengths_unfinished(session, view);

    if (!lengths || !mark_is_set(lengths->call.mark) || lengths->state > LENGTHS_REFUSED ||
        lengths->state == LENGTHS_CONFIRM || !mark_is_set(lengths->refusal.mark) ||
        lengths->refusal.by == SIDE_CLIENT || is_explained(session, view, lengths->refusal.mark))
        return;
    struct finding *finding =
        finding_inferred(view, FINDING_SSTP_NAK, CONFIDENCE_POSSIBLE, lengths->refusal.mark);
    finding_frame(finding, lengths->call.mark.frame);
    finding_length(finding, "answer_bytes", lengths->refusal.min, lengths->refusal.max);
    finding_summary(finding,
                    "A record of Call Connect Request's length was answered by %s, where a Call "
                    "Connect Ack has %d" INFERRED,
                    lengths_text(lengths->refusal.min, lengths->refusal.max).text, LEN_CALL_ACK);
}

/* What may be Call Connect Ack was not enough to take the connection for a session, and one side at
 * least said nothing from then on. */
static void
rule_lcp_not_started(const struct session *session, const struct view *view)
{
    const struct lengths_start *lengths = lengths_unfinished(session, view);
    struct mark end = view->now;
    enum side by;
    bool reset, silent[SIDE_COUNT];

    if (!lengths || lengths->state != LENGTHS_CONFIRM || !mark_is_set(lengths->refusal.mark))
        return;
    struct mark ack = lengths->refusal.mark;
    for (int side = 0; side < SIDE_COUNT; side++)
        silent[side] = session_half(session, side)->records.last_data.frame <= ack.frame;
    bool closed = conn_closed(session_conn(session), &end, &by, &reset);
    double seconds = mark_seconds(ack, end);
    if ((!silent[SIDE_CLIENT] && !silent[SIDE_SERVER]) || (!closed && seconds < SILENCE_SECONDS) ||
        is_explained(session, view, end))
        return;
    const char *both = silent[SIDE_CLIENT] && silent[SIDE_SERVER] ? "both" : NULL;
    const char *one = side_name(silent[SIDE_CLIENT] ? SIDE_CLIENT : SIDE_SERVER);
    struct finding *finding =
        finding_inferred(view, FINDING_LCP_NOT_STARTED, CONFIDENCE_POSSIBLE, ack);
    finding_number(finding, "seconds", seconds);
    finding_text(finding, "silent", both ? both : one);
    finding_summary(finding,
                    "After a record that may be Call Connect Ack %s%s sent %s for %s" INFERRED,
                    both ? "neither side" : "the ", both ? "" : one, both ? "anything" : "nothing",
                    text_seconds(seconds).text);
}

/* In TLS 1.3 a client that is asked for a certificate and has none says so before its Finished.
 * Then the server closes without an answer. */
static void
rule_tls_client_cert_requested(const struct session *session, const struct view *view)
{
    const struct lengths_start *lengths = conn_lengths_start(session_conn(session));
    struct mark asked = session_half(session, SIDE_CLIENT)->records.first_application, end;
    enum side by;

    if (!view->final || session_evidence(session) != EVIDENCE_NONE ||
        conn_is_copy(session_conn(session)) || !lengths->no_certificate ||
        mark_is_set(lengths->answer.mark) || !lengths_closed(session, &end, &by) ||
        by != SIDE_SERVER || mark_seconds(asked, end) > LENGTHS_GOODBYE_SECONDS ||
        is_explained(session, view, end))
        return;
    struct finding *finding =
        finding_inferred(view, FINDING_TLS_CLIENT_CERT_REQUESTED, CONFIDENCE_LIKELY, asked);
    finding_frame(finding, end.frame);
    finding_text(finding, "client_sends", "none");
    finding_summary(finding,
                    "The client sent a record of an empty Certificate's length, as it does where "
                    "the server asks for one, and the server closed without an answer" INFERRED);
}

const rule_fn rules_lengths_call[] = {
    rule_tls_client_cert_requested,
    rule_http_not_sstp_server,
    rule_http_no_response,
    rule_sstp_no_ack,
    rule_sstp_nak,
    rule_lcp_not_started,
    NULL,
};
