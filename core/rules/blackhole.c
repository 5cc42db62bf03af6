/* blackhole.c - a path that takes small segments and loses large ones
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/thresholds.h"
#include "base/text.h"
#include "codec/icmp.h"
#include "rules/path_mtu.h"
#include "rules/rules.h"

/* Captured near the sender: a large segment goes out again and again, while smaller ones reach the
 * other side. That shows by selective or repeated acknowledgements, or by bytes of its own that it
 * does not repeat, as it would if no acknowledgement reached it. A receiver whose window is shut
 * may drop segments itself. */
static bool
sends_into_hole(const struct session *session, int side)
{
    const struct tcp_half *half = session_half(session, side);
    const struct tcp_half *peer = session_half(session, !side);
    const struct path_facts *path = &half->path;

    if (!side_resends_in_vain(session, (enum side)side) || mark_is_set(peer->path.closed_since) ||
        !segment_is_large(session, side, path->stuck_len))
        return false;
    return path->selective || (peer->last.frame > half->first_resend.frame &&
                               peer->path.late_in_flight == 0 && !mark_is_set(peer->rst));
}

/* Captured near the receiver: a hole as large as a segment is never filled, while later segments
 * come. The receiver's segments must be captured, too: otherwise the capture itself may have lost
 * what is missing. */
static bool
sees_hole(const struct session *session, int side)
{
    const struct tcp_half *half = session_half(session, side);
    const struct tcp_half *peer = session_half(session, !side);
    const struct path_gap *gap = &half->path.gap;

    return mark_is_set(gap->since) && peer->last.frame > gap->since.frame &&
           segment_is_large(session, side, gap->len) && half->acked <= gap->offset &&
           gap->later >= HOLE_LATER_MIN && mark_seconds(gap->since, gap->latest) >= HOLE_SECONDS;
}

/* Where the beginning of the ClientHello is missing, nothing shows that this is TLS. Where the
 * capture lost bytes of the client, or cut its segments, its first data may be among them. */
static bool
tls_is_up(const struct session *session)
{
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;

    return mark_is_set(client->first_application) || client->kind == STREAM_SSTP ||
           client->kind == STREAM_OTHER || session_half(session, SIDE_CLIENT)->truncated > 0 ||
           conn_dropped(session_conn(session), SIDE_CLIENT) > 0 ||
           conn_start_missing(session_conn(session));
}

static struct finding *
blackhole(const struct session *session, const struct view *view, int side, struct mark cause)
{
    const struct icmp_facts *icmp = conn_icmp_errors(session_conn(session), side);
    struct finding *finding = finding_add(
        view->found, tls_is_up(session) ? FINDING_MTU_BLACKHOLE : FINDING_MTU_HANDSHAKE_BLACKHOLE,
        CONFIDENCE_LIKELY, EVIDENCE_CLEAR, cause);

    finding_text(finding, "sender", side_name((enum side)side));
    if (session_half(session, side)->path.largest_acked)
        finding_number(finding, "largest_passed_bytes",
                       session_half(session, side)->path.largest_acked);
    if (icmp->smaller_calls)
        finding_number(finding, "icmp_mtu_bytes", icmp->smaller.mtu);
    return finding;
}

static void
blackhole_of_sender(const struct session *session, const struct view *view, int side)
{
    const struct tcp_half *half = session_half(session, side);
    struct finding *finding = blackhole(session, view, side, half->flight);

    finding_frame(finding, half->first_resend.frame);
    finding_frame(finding, half->last_resend.frame);
    finding_number(finding, "segment_bytes", half->path.stuck_len);
    finding_number(finding, "retransmissions", half->resends);
    finding_number(finding, "stuck_seconds", mark_seconds(half->flight, half->last_resend));
    finding->advice =
        path_mtu_advice(session, (enum side)side, half->path.stuck_len, half->path.largest_acked);
    finding_summary(finding,
                    "The %s sent the same %s %s in %s without an acknowledgement, while smaller "
                    "segments pass%s",
                    side_name((enum side)side), text_count(half->path.stuck_len, "byte").text,
                    text_times(half->resends + 1).text,
                    text_seconds(mark_seconds(half->flight, half->last_resend)).text,
                    conn_icmp_errors(session_conn(session), side)->smaller_calls
                        ? ", although ICMP asked for smaller ones"
                        : "; no ICMP message asked for smaller ones");
}

static void
blackhole_of_receiver(const struct session *session, const struct view *view, int side)
{
    const struct path_gap *gap = &session_half(session, side)->path.gap;
    struct finding *finding = blackhole(session, view, side, gap->since);

    finding_frame(finding, gap->latest.frame);
    finding_number(finding, "missing_bytes", (double)gap->len);
    finding_number(finding, "missing_seconds", mark_seconds(gap->since, gap->latest));
    finding->advice = path_mtu_advice(session, (enum side)side, (uint32_t)MIN(gap->len, G_MAXINT32),
                                      session_half(session, side)->path.largest_acked);
    finding_summary(finding, "%s of the %s never arrived in %s, while %s did",
                    text_count(gap->len, "byte").text, side_name((enum side)side),
                    text_seconds(mark_seconds(gap->since, gap->latest)).text,
                    text_count(gap->later, "later and smaller segment").text);
}

static void
rule_mtu_blackhole(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && side < SIDE_COUNT; side++) {
        if (sends_into_hole(session, side))
            blackhole_of_sender(session, view, side);
        else if (sees_hole(session, side))
            blackhole_of_receiver(session, view, side);
        else
            continue;
        return;
    }
}

/* ICMP asked for smaller packets, and from then on they got through. */
static void
rule_mtu_reduced(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && side < SIDE_COUNT; side++) {
        const struct icmp_facts *icmp = conn_icmp_errors(session_conn(session), side);
        if (icmp->smaller_calls == 0 || conn_is_stuck(session_conn(session), (enum side)side) ||
            session_half(session, side)->last_acked.frame < icmp->smaller_first.frame)
            continue;
        char *hop = endpoint_address_text(&icmp->smaller.from);
        struct finding *finding = finding_add(view->found, FINDING_MTU_REDUCED, CONFIDENCE_CERTAIN,
                                              EVIDENCE_CLEAR, icmp->smaller_first);
        finding_frame(finding, icmp->smaller.mark.frame);
        finding_text(finding, "sender", side_name((enum side)side));
        finding_text(finding, "hop", hop);
        /* Routers older than RFC 1191 do not say how small. */
        char *size = icmp->smaller.mtu ? g_strdup_printf("of at most %s",
                                                         text_count(icmp->smaller.mtu, "byte").text)
                                       : g_strdup("that are smaller");
        if (icmp->smaller.mtu)
            finding_number(finding, "mtu_bytes", icmp->smaller.mtu);
        finding_number(finding, "messages", icmp->smaller_calls);
        finding_summary(finding,
                        "%s asked the %s for packets %s, and its segments got through afterwards",
                        hop, side_name((enum side)side), size);
        g_free(size);
        g_free(hop);
        return;
    }
}

const rule_fn rules_blackhole[] = { rule_mtu_blackhole, rule_mtu_reduced, NULL };
