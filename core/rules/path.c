/* path.c - what the path does to a running connection: silence, loss, disorder, and a host
 * that does not read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/thresholds.h"
#include "codec/icmp.h"
#include "rules/rules.h"

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
           (peer->path.late_in_flight >= LATE_RESENDS_MIN &&
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

/* The connection is open, and the network of one end has looked for that end in vain, by ARP or
 * ICMP, since it last sent something. */
static void
rule_peer_vanished(const struct session *session, const struct view *view)
{
    if (!view_ends_open(view, session))
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        const struct arp_search *search = network_arp_search(
            view->network, conn_endpoint(session_conn(session), (enum side)side));
        if (!search || search->requests < UNANSWERED_MIN || half->segments == 0 ||
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
    /* The lost segment is a large one, and nobody sent a smaller one since, which might have got
     * through. */
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
            is_explained(session, view, session_half(session, side)->flight))
            continue;
        if (icmp->errors && host_is_gone(&icmp->first))
            peer_vanished(session, view, side);
        else
            silent(session, view, side);
        return;
    }
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

/* Without keys: both sides sent more records than a request and its answer take, and no last record
 * can be a close_notify. A reset behind a close_notify is normal, as it answers the close. */
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

/* A timer on the path ran out, in a NAT box say, and the connection was closed without a goodbye:
 * by a reset that answers the first bytes after a long silence, or by a FIN or reset as late as
 * such timers are set. Before the tunnel is up it is rather one of the ends that closes: they have
 * timers of their own. */
static void
rule_idle_close(const struct session *session, const struct view *view)
{
    struct mark end;
    enum side by;
    bool reset;

    if (!conn_closed(session_conn(session), &end, &by, &reset) || is_explained(session, view, end))
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

static void
rule_tcp_loss(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    uint32_t lost[] = { path_lost(&client->path), path_lost(&server->path) };
    uint32_t sent[] = { segments_sent(session, SIDE_CLIENT), segments_sent(session, SIDE_SERVER) };
    uint32_t segments = sent[SIDE_CLIENT] + sent[SIDE_SERVER];
    uint32_t all = lost[SIDE_CLIENT] + lost[SIDE_SERVER];

    if (!view->final || all < LOSS_MIN || all * 100ULL < segments * (uint64_t)LOSS_PERCENT ||
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
        if (closed < WINDOW_CLOSED_SECONDS || session_half(session, !side)->data_segments == 0)
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
