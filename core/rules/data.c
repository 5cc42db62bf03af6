/* data.c - traffic inside the established tunnel
 *
 * What does not come can come until the end of the capture, so most of these wait for it. They say
 * nothing where a packet may have been missed: an outer connection that does not deliver, and the
 * time since bytes of who should answer could not be decrypted or are not in the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/text.h"
#include "base/thresholds.h"

/* The outer connection delivers what is said inside. */
static bool
is_delivered(const struct session *session, const struct view *view)
{
    return view->final && session_traffic(session) && session_is_established(session) &&
           !either_is_stuck(session) && !conn_one_direction(session_conn(session)) &&
           !is_explained(session, view, view->now);
}

static bool
had_time(const struct traffic_count *count, struct mark end)
{
    return count->num >= UNANSWERED_MIN &&
           mark_seconds(count->first, end) >= DATA_PATIENCE_SECONDS &&
           mark_seconds(count->third, end) >= DATA_LAST_PATIENCE_SECONDS;
}

static void
count_frames(struct finding *finding, const uint32_t *frames, uint32_t num)
{
    for (uint32_t i = 0; i < MIN(num, (uint32_t)TRAFFIC_FRAMES_MAX); i++)
        finding_frame(finding, frames[i]);
}

/* Packets inside the tunnel go to the VPN server's own port, though not from the port of the
 * tunnel. A browser may do that, too, but then it is answered, or the tunnel goes on. */
static bool
seems_to_loop(const struct session *session, const struct view *view)
{
    const struct traffic *traffic = session_traffic(session);

    return is_delivered(session, view) && !traffic->server_inside &&
           traffic->unicast[SIDE_SERVER].last.frame < traffic->maybe_loop.first.frame &&
           had_time(&traffic->maybe_loop,
                    side_read_until(session, SIDE_SERVER, traffic->maybe_loop.first,
                                    view_end(view, session)));
}

static void
rule_data_route_loop(const struct session *session, const struct view *view)
{
    const struct traffic *traffic = session_traffic(session);

    if (!traffic || traffic->maybe_loop.num == 0)
        return;
    bool own = traffic->loop.num > 0;
    if (!own && !seems_to_loop(session, view))
        return;
    const struct traffic_count *count = own ? &traffic->loop : &traffic->maybe_loop;
    char *server = endpoint_text(&traffic->outer[SIDE_SERVER]);
    struct finding *finding = finding_add(view->found, FINDING_DATA_ROUTE_LOOP,
                                          own ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                          session_evidence(session), count->first);
    count_frames(finding, count->frames, count->num);
    finding_summary(finding, "%s inside the tunnel went to the VPN server itself, %s%s",
                    text_count(count->num, "packet").text, server,
                    own ? ", and carried the tunnel's own connection" : "");
    finding_text(finding, "server", server);
    finding_number(finding, "packets", count->num);
    g_free(server);
}

/* Requests to one host of the client's side count for nothing, as hosts drop echo requests and SYNs
 * from outside; those to several hosts do. */
static void
rule_data_one_way(const struct session *session, const struct view *view)
{
    if (!is_delivered(session, view))
        return;
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct traffic_asks *asks = &session_traffic(session)->asks[i];
        enum side peer = side_other((enum side)i);
        struct mark end =
            side_read_until(session, peer, asks->count.first, view_end(view, session));
        if (session_traffic(session)->unicast[peer].num > 0 || !had_time(&asks->count, end) ||
            (i == SIDE_SERVER && !asks->several))
            continue;
        struct finding *finding = finding_add(view->found, FINDING_DATA_ONE_WAY, CONFIDENCE_LIKELY,
                                              session_evidence(session), asks->count.first);
        char *host = endpoint_address_text(&asks->to);
        count_frames(finding, asks->count.frames, asks->count.num);
        finding_summary(finding,
                        "%s of the %s went into the tunnel (the first one to %s), and not one "
                        "packet of the %s's side came back in %s",
                        text_count(asks->count.num, "request").text, side_name((enum side)i), host,
                        side_name(peer), text_seconds(mark_seconds(asks->count.first, end)).text);
        finding_text(finding, "sender", side_name((enum side)i));
        finding_number(finding, "requests", asks->count.num);
        finding_number(finding, "packets", session_data(session)->packets[i]);
        finding_number(finding, "silence_seconds", mark_seconds(asks->count.first, end));
        g_free(host);
    }
}

static void
dns_finding(const struct session *session, const struct view *view,
            const struct traffic_resolver *resolver)
{
    bool answered = resolver->failures.num > 0;
    const struct traffic_count *count = answered ? &resolver->failures : &resolver->queries;
    /* A resolver may have trouble with one name alone. */
    bool general = !answered || resolver->several || resolver->rcode == DNS_REFUSED;
    struct finding *finding = finding_add(view->found, FINDING_DATA_DNS_FAILING,
                                          general ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE,
                                          session_evidence(session), count->first);
    char *host = endpoint_address_text(&resolver->addr);

    count_frames(finding, count->frames, count->num);
    if (answered)
        finding_summary(finding, "Resolver %s answers every query with failure (%s, %u of %u)",
                        host, dns_rcode_name(resolver->rcode), resolver->failures.num,
                        resolver->queries.num);
    else
        finding_summary(finding, "Resolver %s answers none of %s", host,
                        text_count(resolver->queries.num, "query").text);
    finding_text(finding, "resolver", host);
    finding_text(finding, "first_name", resolver->name);
    finding_number(finding, "queries", resolver->queries.num);
    finding_number(finding, "failures", resolver->failures.num);
    g_free(host);
}

/* Enough of its answers were failures, or its silence was long enough, as far as what comes back
 * was read. */
static bool
resolver_fails(const struct session *session, const struct view *view,
               const struct traffic_resolver *resolver)
{
    struct mark end = side_read_until(session, side_other(resolver->asker), resolver->queries.first,
                                      view_end(view, session));

    if (resolver->failures.num == 0)
        return had_time(&resolver->queries, end);
    return resolver->failures.num >= DATA_DNS_FAILURES_MIN &&
           resolver->failures.last.frame <= end.frame;
}

static void
rule_data_dns_failing(const struct session *session, const struct view *view)
{
    if (!is_delivered(session, view))
        return;
    for (uint32_t i = 0; i < session_traffic(session)->num_resolvers; i++) {
        const struct traffic_resolver *resolver = &session_traffic(session)->resolvers[i];
        if (resolver->answers > 0 || resolver->covered)
            continue;
        /* Where nothing at all comes back, DNS is not what is wrong. */
        if (session_traffic(session)->unicast[side_other(resolver->asker)].num == 0)
            continue;
        if (resolver_fails(session, view, resolver))
            dns_finding(session, view, resolver);
    }
}

/* The client has an address, and asks for the rest by DHCP: most servers leave that alone, and most
 * clients need nothing of it. */
static void
rule_data_dhcp_unanswered(const struct session *session, const struct view *view)
{
    if (!is_delivered(session, view) || finding_of(view->found, FINDING_DATA_ONE_WAY))
        return;
    const struct traffic_informs *informs = &session_traffic(session)->informs;
    struct mark end =
        side_read_until(session, SIDE_SERVER, informs->count.first, view_end(view, session));
    if (informs->answers > 0 || !had_time(&informs->count, end))
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_DATA_DHCP_UNANSWERED, CONFIDENCE_CERTAIN,
                    session_evidence(session), informs->count.first);
    count_frames(finding, informs->count.frames, informs->count.num);
    finding_summary(
        finding,
        "The client asked %s for the network's settings (DHCPINFORM)%s, and nobody answered in %s",
        text_times(informs->count.num).text,
        informs->asks_routes ? ", routes (options 121, 249) among them" : "",
        text_seconds(mark_seconds(informs->count.first, end)).text);
    finding_number(finding, "requests", informs->count.num);
    finding_text(finding, "asks_for_routes", informs->asks_routes ? "yes" : "no");
    finding_number(finding, "waited_seconds", mark_seconds(informs->count.first, end));
}

static void
rule_data_tcp_over_tcp(const struct session *session, const struct view *view)
{
    const struct traffic *traffic = session_traffic(session);

    for (int i = 0; traffic && view->final && i < SIDE_COUNT; i++) {
        const struct traffic_count *repeats = &traffic->repeats[i];
        if (repeats->num < DATA_REPEATS_MIN || !side_is_whole(session, (enum side)i))
            continue;
        bool many = repeats->num >= DATA_REPEATS_LIKELY_MIN &&
                    (uint64_t)repeats->num * 100 >=
                        (uint64_t)traffic->segments[i] * DATA_REPEATS_LIKELY_PERCENT;
        struct finding *finding = finding_add(view->found, FINDING_DATA_TCP_OVER_TCP,
                                              many ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE,
                                              session_evidence(session), repeats->first);
        count_frames(finding, repeats->frames, repeats->num);
        finding_summary(finding,
                        "%s of the %s's side went through the tunnel twice, soon after the outer "
                        "connection had made good a loss (%s)",
                        text_count(repeats->num, "TCP segment").text, side_name((enum side)i),
                        text_times(traffic->resent[i]).text);
        finding_text(finding, "sender", side_name((enum side)i));
        finding_number(finding, "inner_repeats", repeats->num);
        finding_number(finding, "inner_segments", traffic->segments[i]);
        finding_number(finding, "outer_recoveries", traffic->resent[i]);
    }
}

/* In the middle of a transfer side's data stops for good, while several hosts are asked for more
 * and side's PPP or SSTP goes on to talk: its connection is neither lost nor full. */
static bool
is_stalled(const struct session *session, enum side side, struct mark end)
{
    const struct traffic *traffic = session_traffic(session);
    const struct traffic_asks *pending = &traffic->pending[side_other(side)];
    struct mark talk = session_ppp_last(session, side);

    if (session_sstp(session)->last[side].frame > talk.frame)
        talk = session_sstp(session)->last[side];
    return !mark_is_set(session_half(session, side_other(side))->path.closed_since) &&
           traffic->burst[side] >= DATA_BURST_MIN && !traffic->ended[side] && pending->several &&
           had_time(&pending->count, end) &&
           mark_seconds(pending->count.first, end) >= DATA_STALL_SECONDS &&
           mark_seconds(pending->count.first, pending->count.last) >= DATA_STALL_ASKING_SECONDS &&
           mark_seconds(pending->count.first, talk) >= DATA_STALL_ASKING_SECONDS;
}

static void
rule_data_stalled(const struct session *session, const struct view *view)
{
    if (!is_delivered(session, view))
        return;
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct traffic_asks *pending =
            &session_traffic(session)->pending[side_other((enum side)i)];
        struct mark last = session_traffic(session)->unicast[i].last;
        struct mark end = side_read_until(session, (enum side)i, last, view_end(view, session));
        if (!is_stalled(session, (enum side)i, end))
            continue;
        struct finding *finding = finding_add(view->found, FINDING_DATA_STALLED, CONFIDENCE_LIKELY,
                                              session_evidence(session), last);
        count_frames(finding, pending->count.frames, pending->count.num);
        finding_summary(
            finding,
            "Data of the %s's side stopped in the middle of a transfer and stayed away "
            "for %s, although its PPP or SSTP answers; meanwhile %s of the %s's side had no reply",
            side_name((enum side)i), text_seconds(mark_seconds(last, end)).text,
            text_count(pending->count.num, "packet").text, side_name(side_other((enum side)i)));
        finding_text(finding, "sender", side_name((enum side)i));
        finding_number(finding, "silence_seconds", mark_seconds(last, end));
        finding_number(finding, "bytes_before", (double)session_data(session)->bytes[i]);
        finding_number(finding, "waiting_packets", pending->count.num);
    }
}

/* --- frames of nobody ------------------------------------------------------------------------ */

/* What the rejecting side got was hidden from the capture: it may have been what it rejected. */
static bool
sender_is_known(const struct session *session, enum side sender)
{
    const struct protocol_facts *protocols = session_protocols(session, sender);

    return !protocols->hidden && side_is_whole(session, sender) && side_was_heard(session, sender);
}

static void
rule_data_frames_damaged(const struct session *session, const struct view *view)
{
    for (int i = 0; view->final && i < SIDE_COUNT; i++) {
        enum side sender = (enum side)i, receiver = side_other(sender);
        struct mark first = { 0 };
        uint16_t protocol = 0;
        uint32_t num = protocols_unsent(session_protocols(session, sender),
                                        session_rejections(session, receiver), &first, &protocol);
        if (num < UNSENT_REJECTS_MIN || !sender_is_known(session, sender))
            continue;
        struct finding *finding = finding_add(view->found, FINDING_DATA_FRAMES_DAMAGED,
                                              CONFIDENCE_LIKELY, session_evidence(session), first);
        finding_text(finding, "rejected_by", side_name(receiver));
        finding_number(finding, "rejects", num);
        finding_number(finding, "first_protocol", protocol);
        finding_summary(finding,
                        "%u LCP Protocol-Rejects of the %s are about protocols that the %s never "
                        "sent, the first one 0x%04x: its PPP gets other frames than the wire shows",
                        num, side_name(receiver), side_name(sender), protocol);
    }
}

const rule_fn rules_data[] = {
    rule_data_route_loop,   rule_data_one_way, rule_data_dns_failing,    rule_data_dhcp_unanswered,
    rule_data_tcp_over_tcp, rule_data_stalled, rule_data_frames_damaged, NULL,
};
