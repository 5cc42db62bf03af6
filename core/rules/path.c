/* path.c - what the path does to a running connection: silence, loss, disorder, and a host
 * that does not read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/icmp.h"
#include "rules/rules.h"

enum {
    ARP_REQUESTS_MIN = 3,
    LATE_MIN = 2, /* retransmissions of what had been acknowledged: acknowledgements are lost */
    LOST_MIN = 3,
    LOST_PERCENT = 1,
    USUAL_SEGMENT = 1460,   /* bytes, where the capture lacks the handshake */
    TUNNEL_RECORDS_MIN = 8, /* of each side: more than a negotiation that just began */
    CLOSED_SECONDS = 1,     /* a window that is shut for less is flow control at work */
};

/* --- nothing gets through -------------------------------------------------------------------- */

/* From some moment on nothing that side sends gets through: sent again and again, and nothing is
 * heard any more, or only repetitions of what side has acknowledged. */
static bool
path_is_silent(const struct session *session, int side)
{
    const struct tcp_half *half = session_half(session, side);
    const struct tcp_half *peer = session_half(session, !side);

    if (!side_resends_in_vain(session, (enum side)side) || peer->segments == 0)
        return false;
    return peer->last.frame < half->first_resend.frame ||
           (peer->path.late_in_flight >= LATE_MIN &&
            peer->path.advanced.frame < half->first_resend.frame);
}

static bool
host_is_gone(const struct icmp_error *error)
{
    unsigned number = (unsigned)error->type << 8 | error->code;

    return error->v6 ? number == ICMPV6_ADDRESS_UNREACHABLE
                     : number == ICMP_HOST_UNREACHABLE || number == ICMP_HOST_UNKNOWN;
}

static void
silence_details(struct finding *finding, const struct tcp_half *half, int side)
{
    finding_frame(finding, half->first_resend.frame);
    finding_frame(finding, half->last_resend.frame);
    finding_text(finding, "sender", side_name((enum side)side));
    finding_number(finding, "retransmissions", half->resends);
    finding_number(finding, "silence_seconds", mark_seconds(half->flight, half->last_resend));
    finding_number(finding, "idle_before_seconds", (double)half->flight_idle / NS_PER_SECOND);
}

static void
peer_vanished(const struct session *session, const struct view *view, int side)
{
    const struct tcp_half *half = session_half(session, side);
    const struct icmp_error *error = &conn_icmp_errors(session_conn(session), side)->first;
    char *hop = endpoint_address_text(&error->from);
    struct finding *finding = finding_add(view->found, FINDING_PEER_VANISHED, CONFIDENCE_LIKELY,
                                          EVIDENCE_CLEAR, half->flight);

    finding_frame(finding, error->mark.frame);
    silence_details(finding, half, side);
    finding_text(finding, "hop", hop);
    finding_text(finding, "says", icmp_name(error));
    finding_summary(finding,
                    "The %s does not answer any more, and %s says that its address is not "
                    "reachable",
                    side_name(side_other((enum side)side)), hop);
    g_free(hop);
}

/* An end of the open connection that its network looks for in vain since it last sent something. */
static void
rule_peer_vanished(const struct session *session, const struct view *view)
{
    if (!view_ends_open(view, session))
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        const struct arp_search *search = network_arp_search(
            view->network, conn_endpoint(session_conn(session), (enum side)side));
        if (!search || search->requests < ARP_REQUESTS_MIN || half->segments == 0 ||
            search->first.frame < half->last.frame)
            continue;
        struct finding *finding = finding_add(view->found, FINDING_PEER_VANISHED, CONFIDENCE_LIKELY,
                                              EVIDENCE_CLEAR, search->first);
        finding_frame(finding, half->last.frame);
        finding_frame(finding, search->last.frame);
        finding_text(finding, "gone", side_name((enum side)side));
        finding_number(finding, "arp_requests", search->requests);
        finding_number(finding, "silence_seconds", mark_seconds(half->last, search->last));
        finding_summary(finding,
                        "The %s sent nothing any more, and %u ARP requests for its address stayed "
                        "unanswered: its host is gone from the network",
                        side_name((enum side)side), search->requests);
        return;
    }
}

static void
silent(const struct session *session, const struct view *view, int side)
{
    const struct tcp_half *half = session_half(session, side);
    bool idle = half->flight_idle >= IDLE_SECONDS * NS_PER_SECOND;
    /* Nobody sent anything smaller since: it might have got through. */
    bool large = segment_is_large(session, side, half->path.stuck_len);
    struct finding *finding = finding_add(
        view->found, idle ? FINDING_IDLE_CUT : FINDING_TCP_PATH_SILENT,
        idle || large ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, half->flight);

    silence_details(finding, half, side);
    finding_summary(finding,
                    "%s%.1f s without payload, the %s sent the same bytes %u times in %.1f s, and "
                    "nothing %s%s",
                    idle ? "After " : "From some moment on, after ",
                    (double)half->flight_idle / NS_PER_SECOND, side_name((enum side)side),
                    half->resends + 1, mark_seconds(half->flight, half->last_resend),
                    session_half(session, !side)->last.frame < half->first_resend.frame
                        ? "at all came back"
                        : "new came back: neither its bytes nor its acknowledgements get through",
                    large ? "; they fill a segment, and whether smaller ones pass was not tried"
                          : "");
}

static void
rule_path_silent(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && side < SIDE_COUNT; side++) {
        const struct icmp_facts *icmp = conn_icmp_errors(session_conn(session), side);
        if (!path_is_silent(session, side) || finding_of(view->found, FINDING_PEER_VANISHED) ||
            finding_of(view->found, FINDING_TCP_UNREACHABLE) ||
            finding_before(view->found, SEVERITY_ERROR, session_half(session, side)->flight))
            continue;
        if (icmp->errors && host_is_gone(&icmp->first))
            peer_vanished(session, view, side);
        else
            silent(session, view, side);
        return;
    }
}

bool
client_closed_itself(const struct session *session, enum side by)
{
    const struct path_facts *client = &session_half(session, SIDE_CLIENT)->path;

    return by == SIDE_CLIENT && path_is_fresh(client) && path_reset_hops(client) == 0;
}

bool
is_timer_value(double seconds)
{
    static const unsigned timers[] = { 15,  20,  30,  40,   45,   50,   60,  75,
                                       90,  100, 120, 150,  180,  240,  300, 350,
                                       360, 600, 900, 1200, 1800, 3600, 7200 };

    for (size_t i = 0; i < G_N_ELEMENTS(timers); i++)
        if (seconds >= timers[i] - 0.1 && seconds <= timers[i] + 0.6)
            return true;
    return false;
}

/* The tunnel was up, and nobody had said goodbye. */
static bool
open_until(const struct session *session, struct mark end)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct mark goodbye = session_goodbye(session, (enum side)side);
        if ((mark_is_set(goodbye) && goodbye.frame <= end.frame) ||
            !side_is_whole(session, (enum side)side))
            return false;
    }
    return session_is_established(session) || conn_start_missing(session_conn(session));
}

/* Without keys: both sides said more than a request and its answer take, and nobody's last record
 * can be a close_notify, which comes before a close that others then answer by a reset. */
static bool
sealed_tunnel_is_open(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct record_facts *walker = &session_half(session, side)->records;
        if (walker->kind != STREAM_TLS || walker->application_records < TUNNEL_RECORDS_MIN ||
            walker->sealed_alerts > 0 || walker->last_length == TLS_13_ALERT_LEN)
            return false;
    }
    return !conn_start_missing(session_conn(session));
}

/* Closed without a goodbye: by a reset that answers the first bytes after a long silence, or by
 * nobody's doing at the end of a timer. Before the tunnel is up, who closes is one of its ends,
 * which have timers of their own. */
static void
rule_idle_close(const struct session *session, const struct view *view)
{
    struct mark end;
    enum side by;
    bool reset;

    if (!conn_closed(session_conn(session), &end, &by, &reset) ||
        finding_before(view->found, SEVERITY_ERROR, end))
        return;
    if ((!view->final && either_is_stuck(session)) || client_closed_itself(session, by))
        return;
    bool blind = session_evidence(session) < EVIDENCE_CLEAR;
    if (blind ? !reset || !view->final || !sealed_tunnel_is_open(session)
              : !open_until(session, end))
        return;
    const struct tcp_half *other = session_half(session, side_other(by));
    double idle = session_idle_before(session, end);
    bool answers = reset && session_reset_answers(session, side_other(by), end);
    if (idle < IDLE_SECONDS || (!answers && (blind || !is_timer_value(idle))))
        return;
    struct finding *finding = finding_add(view->found, FINDING_IDLE_CUT, CONFIDENCE_LIKELY,
                                          blind ? EVIDENCE_INFERRED : session_evidence(session),
                                          answers ? other->flight : end);
    if (!conn_is_tls(session_conn(session)))
        finding->severity =
            SEVERITY_NOTE; /* the offloader's end of a session whose other leg is not seen */
    finding_frame(finding, end.frame);
    finding_text(finding, "closed_by", side_name(by));
    finding_text(finding, "how", close_name(reset));
    finding_number(finding, "idle_before_seconds", idle);
    finding_summary(finding,
                    answers ? "After %.1f s without payload the first bytes were answered by %s "
                              "from the %s's address: a timer on the path had run out"
                            : "After %.1f s without payload came %s from the %s's address, "
                              "without any goodbye: a timer on the path ran out",
                    idle, close_name(reset), side_name(by));
}

/* --- loss and disorder ----------------------------------------------------------------------- */

uint32_t
segments_sent(const struct session *session, int side)
{
    const struct tcp_half *half = session_half(session, side);
    size_t room = conn_segment_room(session_conn(session), (enum side)side);

    return (uint32_t)MAX(half->data_segments, half->next / (room ? room : USUAL_SEGMENT));
}

static void
rule_tcp_loss(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    uint32_t lost[] = { path_lost(&client->path), path_lost(&server->path) };
    uint32_t sent[] = { segments_sent(session, SIDE_CLIENT), segments_sent(session, SIDE_SERVER) };
    uint32_t segments = sent[SIDE_CLIENT] + sent[SIDE_SERVER];
    uint32_t all = lost[SIDE_CLIENT] + lost[SIDE_SERVER];

    if (!view->final || all < LOST_MIN || all * 100ULL < segments * (uint64_t)LOST_PERCENT ||
        conn_dropped(session_conn(session), SIDE_CLIENT) > 0 ||
        conn_dropped(session_conn(session), SIDE_SERVER) > 0)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_TCP_LOSS, CONFIDENCE_LIKELY, EVIDENCE_CLEAR,
                    mark_earlier(client->path.first_loss, server->path.first_loss));
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct path_facts *path = &session_half(session, side)->path;
        for (uint32_t i = 0; i < path->num_frames; i++)
            finding_frame(finding, path->frames[i]);
    }
    finding_number(finding, "lost_percent", 100.0 * all / segments);
    finding_number(finding, "lost_client", lost[SIDE_CLIENT]);
    finding_number(finding, "segments_client", sent[SIDE_CLIENT]);
    finding_number(finding, "lost_server", lost[SIDE_SERVER]);
    finding_number(finding, "segments_server", sent[SIDE_SERVER]);
    finding_summary(finding,
                    "%u of %u data segments were lost on the path (%.1f %%): %u of the client's, "
                    "%u of the server's",
                    all, segments, 100.0 * all / segments, lost[SIDE_CLIENT], lost[SIDE_SERVER]);
}

static void
rule_tcp_reordering(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && side < SIDE_COUNT; side++) {
        const struct path_facts *path = &session_half(session, side)->path;
        if (path->overtaken < OVERTAKEN_MIN || path_lost(path) > 0)
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_TCP_REORDERING, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR,
                        path->first_overtaken);
        for (uint32_t i = 0; i < MIN(path->overtaken, (uint32_t)PATH_FRAMES_MAX); i++)
            finding_frame(finding, path->overtaken_frames[i]);
        finding_text(finding, "sender", side_name((enum side)side));
        finding_number(finding, "overtaken", path->overtaken);
        finding_summary(finding, "%u times later segments of the %s came before earlier ones",
                        path->overtaken, side_name((enum side)side));
    }
}

static void
rule_tcp_zero_window(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && side < SIDE_COUNT; side++) {
        const struct path_facts *path = &session_half(session, side)->path;
        double closed = mark_seconds(path->closed_from, path->closed_until);
        if (closed < CLOSED_SECONDS || session_half(session, !side)->data_segments == 0)
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_TCP_ZERO_WINDOW, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR,
                        path->closed_from);
        finding_frame(finding, path->closed_until.frame);
        finding_text(finding, "receiver", side_name((enum side)side));
        finding_number(finding, "closed_seconds", closed);
        finding_number(finding, "closings", path->closings);
        finding_summary(finding,
                        "The %s's TCP window was shut for %.1f s: its program did not read",
                        side_name((enum side)side), closed);
        return;
    }
}

const rule_fn rules_path[] = {
    rule_peer_vanished,
    rule_path_silent,
    rule_idle_close,
    rule_tcp_loss,
    rule_tcp_reordering,
    rule_tcp_zero_window,
    NULL,
};
