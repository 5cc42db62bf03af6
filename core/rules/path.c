/* path.c - what the path does to a running connection: silence, loss, disorder, and a host
 * that does not read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/thresholds.h"
#include "base/text.h"
#include "codec/icmp.h"
#include "rules/doubt.h"
#include "rules/rules.h"

/* --- nothing gets through -------------------------------------------------------------------- */

/* Nothing at all came from the other side any more, since side sent the first of its bytes again.
 */
static bool
nothing_came(const struct session *session, int side)
{
    return session_half(session, !side)->last.frame <
           session_half(session, side)->first_resend.frame;
}

/* From some moment on nothing that side sends gets through: sent again and again, and nothing is
 * heard any more, or the other side repeats what side has acknowledged, so that not even that gets
 * through. */
static bool
path_is_silent(const struct session *session, int side)
{
    const struct tcp_half *peer = session_half(session, !side);

    return side_resends_in_vain(session, (enum side)side) && peer->segments > 0 &&
           (nothing_came(session, side) || peer->path.late_in_flight >= LATE_RESENDS_MIN);
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
                        "The %s sent nothing any more, and %s for its address stayed unanswered: "
                        "its host is off, asleep or gone from the network",
                        side_name((enum side)side),
                        text_count(search->requests, "ARP request").text);
        return;
    }
}

static void
silent(const struct session *session, const struct view *view, int side)
{
    const struct tcp_half *half = session_half(session, side);
    bool mute = nothing_came(session, side);
    /* Where the other end had just answered a probe of TCP, the path had not forgotten it. */
    bool idle = mute && may_be_idle_timer(session, ns_seconds(half->flight_idle), half->flight) &&
                mark_seconds(session_half(session, !side)->last, half->flight) >= IDLE_SECONDS;
    /* The lost segment is a large one, and nobody sent a smaller one since, which might have got
     * through. */
    bool large = segment_is_large(session, side, half->path.stuck_len);
    struct finding *finding = finding_add(
        view->found, idle ? FINDING_IDLE_CUT : FINDING_TCP_PATH_SILENT,
        idle || large ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, half->flight);

    silence_details(finding, half, side);
    if (!mute)
        finding_text(finding, "broken",
                     side == SIDE_CLIENT ? "client to server" : "server to client");
    finding_summary(finding, "%s%s%s the %s sent the same bytes %s in %s, and nothing %s%s",
                    idle ? "After " : "From some moment on",
                    idle ? text_seconds(ns_seconds(half->flight_idle)).text : "",
                    idle ? " without payload" : "", side_name((enum side)side),
                    text_times(half->resends + 1).text,
                    text_seconds(mark_seconds(half->flight, half->last_resend)).text,
                    mute ? "at all came back"
                         : "was acknowledged, while the other side repeated what had been: neither "
                           "its bytes nor its acknowledgements get through",
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

/* --- nothing got through for a while --------------------------------------------------------- */

/* The session came to its end in a silence of the side that was not heard, or because of it: what
 * came at last was reset, or was itself the end. */
static bool
is_lost_in_silence(const struct session *session, enum side side)
{
    const struct silence *silence = &session_half(session, side)->silence;
    struct session_end end = session_ending(session);

    if (!mark_is_set(silence->until) || !mark_is_set(end.mark))
        return false;
    if (side_was_unheard(session, side, end.mark))
        return true;
    return side_was_unheard(session, side, silence->last_resend) &&
           mark_seconds(silence->since, silence->until) >= SILENCE_SECONDS &&
           end.mark.frame >= silence->until.frame &&
           mark_seconds(silence->until, end.mark) <= CLOSE_ANSWERS_SECONDS &&
           (end.by != side || conn_is_stuck(session_conn(session), side));
}

static void
interrupted_details(struct finding *finding, const struct silence *silence, enum side side)
{
    finding_frame(finding, silence->last_resend.frame);
    finding_frame(finding, silence->until.frame);
    finding_text(finding, "sender", side_name(side));
    finding_number(finding, "retransmissions", silence->resends);
    finding_number(finding, "silence_seconds", mark_seconds(silence->since, silence->until));
    finding_number(finding, "idle_before_seconds", ns_seconds(silence->idle));
}

static void
lost_in_silence(const struct session *session, const struct view *view, enum side side)
{
    const struct silence *silence = &session_half(session, side)->silence;
    struct session_end end = session_ending(session);
    struct finding *finding = finding_add(
        view->found, FINDING_TCP_PATH_SILENT,
        side_was_unheard(session, side, end.mark) ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
        EVIDENCE_CLEAR, silence->since);

    interrupted_details(finding, silence, side);
    finding_frame(finding, end.mark.frame);
    finding_summary(finding,
                    "Nothing at all came from the %s for %s, while the %s sent again %s; when "
                    "something came again, the session had been given up",
                    side_name(side_other(side)),
                    text_seconds(mark_seconds(silence->since, silence->until)).text,
                    side_name(side), text_times(silence->resends).text);
}

/* The same connection worked again afterwards: a host that slept, or a path that was down. */
static void
interrupted(const struct session *session, const struct view *view, enum side side)
{
    const struct silence *silence = &session_half(session, side)->silence;
    struct finding *finding = finding_add(view->found, FINDING_TCP_PATH_SILENT, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, silence->since);

    finding->severity = SEVERITY_NOTE;
    interrupted_details(finding, silence, side);
    finding_summary(finding,
                    "Nothing at all came from the %s for %s, while the %s sent again %s; then the "
                    "connection went on",
                    side_name(side_other(side)),
                    text_seconds(mark_seconds(silence->since, silence->until)).text,
                    side_name(side), text_times(silence->resends).text);
}

/* Of the side that was not heard for a while; it had been heard before. */
static bool
was_interrupted(const struct session *session, enum side side)
{
    const struct tcp_half *half = session_half(session, side);

    return mark_is_set(half->silence.until) && mark_is_set(half->first_acked) &&
           half->first_acked.frame <= half->silence.since.frame &&
           side_was_unheard(session, side, half->silence.last_resend);
}

static void
rule_path_interrupted(const struct session *session, const struct view *view)
{
    for (int i = 0; view->final && i < SIDE_COUNT; i++) {
        enum side side = (enum side)i;
        const struct silence *silence = &session_half(session, side)->silence;
        if (!was_interrupted(session, side) || finding_of(view->found, FINDING_TCP_PATH_SILENT) ||
            finding_of(view->found, FINDING_MTU_BLACKHOLE) ||
            finding_of(view->found, FINDING_MTU_HANDSHAKE_BLACKHOLE) ||
            is_explained(session, view, silence->since))
            continue;
        if (is_lost_in_silence(session, side))
            lost_in_silence(session, view, side);
        else if (mark_seconds(silence->since, silence->until) >= SILENCE_SECONDS &&
                 !conn_is_stuck(session_conn(session), side))
            interrupted(session, view, side);
    }
}

/* Seen from the receiving end: nothing of a side arrived for a while, then all of it at once, and
 * its goodbye with it. */
static void
rule_path_held_up(const struct session *session, const struct view *view)
{
    struct session_end end = session_ending(session);
    const struct echo_lump *lump = &session_lcp_echo(session, end.by)->lump;

    if (!view->final || !end.goodbye || !side_was_held_up(session, end.by, end.mark) ||
        finding_of(view->found, FINDING_TCP_PATH_SILENT) ||
        is_explained(session, view, lump->before))
        return;
    double silence = mark_seconds(lump->before, lump->first);
    struct finding *finding = finding_add(view->found, FINDING_TCP_PATH_SILENT, CONFIDENCE_LIKELY,
                                          session_evidence(session), lump->before);
    finding_frame(finding, lump->first.frame);
    finding_frame(finding, end.mark.frame);
    finding_text(finding, "sender", side_name(end.by));
    finding_number(finding, "requests_together", lump->requests);
    finding_number(finding, "silence_seconds", silence);
    finding_summary(finding,
                    "%s of the %s, which it sends every %s, and its goodbye arrived at once, %s "
                    "after the one before: they had been held up, by the path or by a host that "
                    "slept, and the %s had given up",
                    text_count(lump->requests, "LCP Echo-Request").text, side_name(end.by),
                    text_seconds(ns_seconds(session_lcp_echo(session, end.by)->rhythm.last)).text,
                    text_seconds(silence).text, side_name(end.by));
}

/* --- loss and disorder ----------------------------------------------------------------------- */

static void
rule_tcp_loss(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    bool mixed = doubt_mixed_up(session);
    uint32_t (*count)(const struct path_facts *path) = mixed ? path_lost_at_least : path_lost;
    uint32_t lost[] = { count(&client->path), count(&server->path) };
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
    finding_summary(
        finding, "%s%u of %s %s lost on the path (%.1f %%): %u of the client's, %u of the server's",
        mixed ? "At least " : "", all, text_count(segments, "data segment").text, text_were(all),
        100.0 * all / segments, lost[SIDE_CLIENT], lost[SIDE_SERVER]);
}

static void
rule_tcp_reordering(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && !view->from_socket && side < SIDE_COUNT; side++) {
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
        finding_summary(finding, "Later segments of the %s came before earlier ones %s",
                        side_name((enum side)side), text_times(path->overtaken).text);
    }
}

static void
rule_tcp_zero_window(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && !view->from_socket && side < SIDE_COUNT; side++) {
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
        finding_summary(finding, "The %s's TCP window was shut for %s: its program did not read",
                        side_name((enum side)side), text_seconds(closed).text);
        return;
    }
}

const rule_fn rules_path[] = {
    rule_peer_vanished, rule_path_silent,    rule_path_interrupted, rule_path_held_up,
    rule_tcp_loss,      rule_tcp_reordering, rule_tcp_zero_window,  NULL,
};
