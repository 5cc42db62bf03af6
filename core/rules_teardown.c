/* rules_teardown.c - who ended the session, and how
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

/* How a session was ended in order, by whom. */
struct ending {
    struct mark mark;
    enum side by;
    const char *how;
};

/* First orderly goodbye of PPP or SSTP. False when there is none, an abort came first, or nothing
 * was heard of the other side since. */
static bool
orderly_ending(const struct session *session, struct ending *ending)
{
    bool found = false;

    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct {
            struct mark mark;
            const char *how;
        } goodbyes[] = { { session->terminate[i].mark, "LCP Terminate-Request" },
                         { session->sstp.disconnect[i], "Call Disconnect" } };
        for (size_t k = 0; k < G_N_ELEMENTS(goodbyes); k++) {
            if (!mark_is_set(goodbyes[k].mark) ||
                (found && goodbyes[k].mark.frame >= ending->mark.frame))
                continue;
            found = true;
            *ending = (struct ending){ goodbyes[k].mark, (enum side)i, goodbyes[k].how };
        }
    }
    for (int i = 0; found && i < SIDE_COUNT; i++)
        if (mark_is_set(session->sstp.abort[i]) &&
            session->sstp.abort[i].frame < ending->mark.frame)
            return false;
    /* A goodbye after which nothing is heard of the other side may not have been received. */
    return found &&
           session->conn->track->half[side_other(ending->by)].last.frame > ending->mark.frame;
}

static void
ending_details(struct finding *finding, const struct session *session, const struct ending *ending)
{
    const struct terminate_facts *terminate = &session->terminate[ending->by];

    finding_text(finding, "by", side_name(ending->by));
    finding_text(finding, "how", ending->how);
    if (mark_is_set(session->sstp.call_connected))
        finding_number(finding, "after_seconds",
                       mark_seconds(session->sstp.call_connected, ending->mark));
    if (mark_is_set(terminate->mark) && terminate->microsoft) {
        finding_number(finding, "ras_error", terminate->ras_error);
        finding_text(finding, "ras_error_text", ras_error_text(terminate->ras_error));
    }
    finding_text(finding, "reason", terminate->text);
}

static void
rule_session_normal_end(const struct session *session, const struct view *view)
{
    struct ending ending;

    if (!orderly_ending(session, &ending) || ending.by != SIDE_CLIENT ||
        finding_before(view->found, SEVERITY_ERROR, ending.mark))
        return;
    struct finding *finding = finding_add(view->found, FINDING_SESSION_NORMAL_END,
                                          CONFIDENCE_CERTAIN, session->evidence, ending.mark);
    ending_details(finding, session, &ending);
    finding_summary(finding, "The client ended the session in order by %s%s%s", ending.how,
                    session->terminate[SIDE_CLIENT].text ? ": " : "",
                    session->terminate[SIDE_CLIENT].text ? session->terminate[SIDE_CLIENT].text
                                                         : "");
}

static void
rule_session_server_ended(const struct session *session, const struct view *view)
{
    struct ending ending;

    if (!orderly_ending(session, &ending) || ending.by != SIDE_SERVER ||
        finding_before(view->found, SEVERITY_ERROR, ending.mark))
        return;

    const struct terminate_facts *terminate = &session->terminate[SIDE_SERVER];
    bool established = session_is_established(session);
    struct finding *finding = finding_add(view->found, FINDING_SESSION_SERVER_ENDED,
                                          established ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                          session->evidence, ending.mark);
    finding_frame(finding, session->sstp.disconnect[SIDE_SERVER].frame);
    ending_details(finding, session, &ending);
    finding_summary(finding, "The server ended %s by %s%s%s",
                    established ? "the running session" : "the session before the tunnel was up",
                    ending.how,
                    terminate->microsoft && ras_error_text(terminate->ras_error) ? ": " : "",
                    terminate->microsoft && ras_error_text(terminate->ras_error)
                        ? ras_error_text(terminate->ras_error)
                        : "");
}

/* Nobody had said goodbye when the first FIN or RST came. */
static bool
closed_without_goodbye(const struct session *session, struct mark *end, enum side *by, bool *reset)
{
    if (!conn_closed(session->conn, end, by, reset))
        return false;
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct mark goodbye = session_goodbye(session, (enum side)side);
        if (mark_is_set(goodbye) && goodbye.frame <= end->frame)
            return false;
    }
    return true;
}

static void
rule_peer_abrupt_close(const struct session *session, const struct view *view)
{
    struct mark end;
    enum side by;
    bool reset;

    /* Before Call Connect Ack a close has other names, and without decryption a TLS 1.3 goodbye
     * cannot be told from data. Only the end shows whether a reset was the sender's own. */
    if (!closed_without_goodbye(session, &end, &by, &reset) || session->evidence < EVIDENCE_CLEAR ||
        (!mark_is_set(session->sstp.call_ack) && !conn_start_missing(session->conn)) ||
        session_undecrypted(session, SIDE_CLIENT) > 0 ||
        session_undecrypted(session, SIDE_SERVER) > 0 || (reset && !view->final) ||
        finding_before(view->found, SEVERITY_ERROR, end))
        return;

    double idle = session_idle_before(session, end);
    struct finding *finding = finding_add(
        view->found, FINDING_PEER_ABRUPT_CLOSE,
        idle >= IDLE_SECONDS ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, session->evidence, end);
    finding_summary(finding, "The %s's side closed by %s without any goodbye of TLS, SSTP or PPP",
                    side_name(by), reset ? "RST" : "FIN");
    finding_text(finding, "by", side_name(by));
    finding_text(finding, "how", reset ? "RST" : "FIN");
    finding_number(finding, "idle_seconds", idle);
    if (!conn_is_tls(session->conn)) {
        /* Behind a TLS offloader it is the offloader that closes, and it has no goodbye to say. */
        finding->severity = SEVERITY_NOTE;
        finding->confidence = CONFIDENCE_LIKELY;
    }
}

/* By SSTP or PPP, whether or not it was received, until mark. */
static bool
said_goodbye(const struct session *session, struct mark mark)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct mark goodbyes[] = { session->terminate[side].mark,
                                         session->sstp.disconnect[side],
                                         session->sstp.abort[side] };
        for (size_t i = 0; i < G_N_ELEMENTS(goodbyes); i++)
            if (mark_is_set(goodbyes[i]) && goodbyes[i].frame <= mark.frame)
                return true;
    }
    return false;
}

static void
rule_session_tls_close_only(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = &session->conn->track->tls;

    bool client = mark_is_set(tls->close_notify[SIDE_CLIENT]),
         server = mark_is_set(tls->close_notify[SIDE_SERVER]);
    if ((!client && !server) || !mark_is_set(session->sstp.call_ack))
        return;
    enum side by = client && (!server || tls->close_notify[SIDE_CLIENT].frame <=
                                             tls->close_notify[SIDE_SERVER].frame)
                       ? SIDE_CLIENT
                       : SIDE_SERVER;
    if (said_goodbye(session, tls->close_notify[by]) || session_undecrypted(session, by) > 0 ||
        finding_before(view->found, SEVERITY_ERROR, tls->close_notify[by]))
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_SESSION_TLS_CLOSE_ONLY, CONFIDENCE_CERTAIN,
                    session->evidence, tls->close_notify[by]);
    finding_text(finding, "by", side_name(by));
    finding_summary(finding,
                    "The %s ended the session by TLS close_notify alone: its program was stopped, "
                    "the tunnel was not closed",
                    side_name(by));
}

const rule_fn rules_teardown[] = {
    rule_session_normal_end,
    rule_session_server_ended,
    rule_peer_abrupt_close,
    rule_session_tls_close_only,
    NULL,
};
