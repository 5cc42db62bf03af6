/* tcp.c - connections that are refused, cut or hijacked below TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/thresholds.h"
#include "base/text.h"
#include "codec/icmp.h"
#include "rules/lengths.h"

/* A proxy agreed to connect, and not a byte of the server came through it. */
static bool
proxy_opened(const struct session *session)
{
    const struct proxy_facts *proxy = conn_proxy(session_conn(session));
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;

    return mark_is_set(proxy->answer) && proxy->status == HTTP_STATUS_OK &&
           server->kind == STREAM_UNKNOWN &&
           !conn_has_untold_bytes(session_conn(session), SIDE_SERVER);
}

/* The server closed, by FIN or RST, before it said a word. */
static bool
server_closed_mute(const struct session *session, struct mark *end, bool *reset)
{
    bool proxied = mark_is_set(conn_proxy(session_conn(session))->connect);
    bool mute =
        proxied ? proxy_opened(session) : session_half(session, SIDE_SERVER)->data_segments == 0;
    enum side by;

    return tcp_is_open(session) && mute && conn_unseen(session_conn(session), SIDE_SERVER) == 0 &&
           conn_closed(session_conn(session), end, &by, reset) && by == SIDE_SERVER;
}

/* Bytes of the client that do not fill a segment were lost again and again, until the connection
 * was closed: a filter looked at them and dropped them. */
static bool
client_was_dropped(const struct session *session, struct mark end)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);

    return mark_is_set(client->first_resend) && client->first_resend.frame < end.frame &&
           client->max_payload * 10ULL <=
               conn_segment_room(session_conn(session), SIDE_CLIENT) * 9ULL;
}

/* Had the server received anything of the client when it closed? A reset without ACK is itself an
 * answer to a segment (RFC 9293 3.5.2). */
static bool
server_had_read(const struct session *session, struct mark end, bool reset)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct path_facts *path = &session_half(session, SIDE_SERVER)->path;

    /* A proxy's acknowledgements do not show what the server behind it received. */
    if (proxy_opened(session))
        return mark_is_set(session_tls(session)->client_hello_at) &&
               (reset || conn_delivered(session_conn(session), SIDE_CLIENT, client->next));
    if ((mark_is_set(client->first_acked) && client->first_acked.frame <= end.frame) ||
        client_was_dropped(session, end))
        return true;
    return reset && !path->rst_has_ack && client->data_segments > 0;
}

static void
rule_tcp_accept_then_close(const struct session *session, const struct view *view)
{
    bool reset, proxied = proxy_opened(session);
    struct mark end, accepted = proxied ? conn_proxy(session_conn(session))->answer
                                        : session_half(session, SIDE_CLIENT)->handshake_ack;

    if (!server_closed_mute(session, &end, &reset) || server_had_read(session, end, reset) ||
        mark_seconds(accepted, end) > ACCEPT_CLOSE_SECONDS)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_TCP_ACCEPT_THEN_CLOSE,
                    proxied ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, end);
    finding_frame(finding, session_half(session, SIDE_SERVER)->syn.frame);
    finding_frame(finding, accepted.frame);
    finding_number(finding, "open_seconds", mark_seconds(accepted, end));
    finding_text(finding, "how", close_name(reset));
    finding_summary(
        finding,
        "The %s accepted the connection and closed it by %s %s later, before it had read anything",
        proxied ? "proxy" : "server", close_name(reset),
        text_seconds(mark_seconds(accepted, end)).text);
}

/* The server closed after the hello had been sent again in vain: it had acknowledged none of it. */
static bool
hello_was_lost(const struct session *session, struct mark end)
{
    const struct mark *acked = &session_half(session, SIDE_CLIENT)->first_acked;

    return client_was_dropped(session, end) && (!mark_is_set(*acked) || acked->frame > end.frame);
}

static void
hello_details(struct finding *finding, const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    finding_frame(finding, tls->client_hello_at.frame);
    finding_text(finding, "server_name",
                 tls->client_hello.has_sni ? tls->client_hello.sni : "(none)");
}

/* What never reached the server has nothing to do with its certificate. */
static void
advise_about_path(struct finding *finding)
{
    finding->advice =
        g_strdup("Look for what drops the hello on the path: a filter by server name, a firewall "
                 "that inspects TLS, a link with a smaller MTU. Another network, another server "
                 "name or another port tells; a capture at the server shows whether the hello "
                 "arrives there.");
}

/* The ClientHello is sent again and again, and not even acknowledged. */
static void
hello_into_silence(const struct session *session, const struct view *view)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    if (!view->final || !tcp_is_open(session) || server->data_segments > 0 || client->acked > 0 ||
        conn_icmp_errors(session_conn(session), SIDE_CLIENT)->errors > 0 ||
        conn_unseen(session_conn(session), SIDE_SERVER) > 0 || client->path.num_resends == 0 ||
        client->resends < VAIN_RESENDS_MIN || server->last.frame > client->first_resend.frame ||
        client->max_payload * 10ULL > conn_segment_room(session_conn(session), SIDE_CLIENT) * 9ULL)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_TCP_RST_AFTER_CLIENT_HELLO, CONFIDENCE_LIKELY,
                    EVIDENCE_CLEAR, session_tls(session)->client_hello_at);
    hello_details(finding, session);
    advise_about_path(finding);
    finding_frame(finding, client->last_resend.frame);
    finding_number(finding, "retransmissions", client->resends);
    finding_summary(finding,
                    "The TCP handshake worked, but the ClientHello, sent %s in %s, was never "
                    "acknowledged, as where a filter drops it",
                    text_times(client->resends + 1).text,
                    text_seconds(mark_seconds(client->flight, client->last_resend)).text);
}

static void
rule_tcp_rst_after_client_hello(const struct session *session, const struct view *view)
{
    const struct tls_facts *tls = session_tls(session);
    struct mark end;
    bool reset;

    if (!mark_is_set(tls->client_hello_at))
        return;
    if (!server_closed_mute(session, &end, &reset)) {
        hello_into_silence(session, view);
        return;
    }
    double after = mark_seconds(tls->client_hello_at, end);
    if (!server_had_read(session, end, reset) ||
        (after > SILENCE_SECONDS && !client_was_dropped(session, end)) ||
        is_explained(session, view, end))
        return;
    bool proxied = proxy_opened(session);
    struct finding *finding =
        finding_add(view->found, FINDING_TCP_RST_AFTER_CLIENT_HELLO,
                    proxied ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, end);
    hello_details(finding, session);
    if (!proxied && hello_was_lost(session, end))
        advise_about_path(finding);
    finding_text(finding, "how", close_name(reset));
    finding_number(finding, "after_hello_seconds", after);
    finding_summary(finding,
                    "%s from the %s's address %s after the ClientHello, without a byte of TLS",
                    close_name(reset), proxied ? "proxy" : "server", text_seconds(after).text);
}

/* --- resets of a third party ----------------------------------------------------------------- */

static void
rst_injected(const struct session *session, const struct view *view, enum side side)
{
    const struct tcp_half *half = session_half(session, side);
    const struct path_facts *path = &half->path;
    unsigned hops = path_reset_hops(path);
    bool constant = path->ttl_min == path->ttl_max && path->ttl_segments >= TTL_SEGMENTS_MIN;
    bool far = hops >= TTL_SURE_HOPS || (hops && constant);

    if (!hops && !path->after_rst)
        return;
    /* Hosts, and what balances load before them, send resets with another time to live than data:
     * alone it proves nothing. */
    enum confidence confidence = far && path->after_rst ? CONFIDENCE_CERTAIN
                                 : path->after_rst || (far && path->rst_ahead)
                                     ? CONFIDENCE_LIKELY
                                     : CONFIDENCE_POSSIBLE;
    struct finding *finding =
        finding_add(view->found, FINDING_TCP_RST_INJECTED, confidence, EVIDENCE_CLEAR, half->rst);
    finding_frame(finding, path->after_rst_at.frame);
    finding_text(finding, "supposed_sender", side_name(side));
    if (path->rst_ttl) {
        finding_number(finding, "reset_ttl", path->rst_ttl);
        finding_number(finding, "sender_ttl", path->ttl_min);
    }
    finding_number(finding, "segments_after_reset", path->after_rst);
    if (path->after_rst)
        finding_summary(
            finding,
            "The %s went on %s after the RST that carries its address: somebody else sent it%s",
            side_name(side), text_seconds(mark_seconds(half->rst, path->after_rst_at)).text,
            hops ? ", also by its time to live" : "");
    else
        finding_summary(finding,
                        "The RST from the %s's address came with time to live %u, its other "
                        "segments with %u%s: somebody else %s it",
                        side_name(side), path->rst_ttl, path->ttl_min,
                        path->rst_ahead ? ", and at a sequence number that it had not reached" : "",
                        confidence == CONFIDENCE_POSSIBLE ? "may have sent" : "sent");
}

static void
rule_tcp_rst_injected(const struct session *session, const struct view *view)
{
    for (int side = 0; !view->from_socket && side < SIDE_COUNT; side++) {
        /* After a long silence a timer on the path resets both ends: idle_cut. */
        if (reset_is_first(session, (enum side)side) && !lengths_said_goodbye(session) &&
            session_idle_before(session, session_half(session, (enum side)side)->rst) <
                IDLE_SECONDS)
            rst_injected(session, view, (enum side)side);
    }
}

/* --- ICMP ------------------------------------------------------------------------------------ */

/* Bytes of either side got through: an error after them is no failure to connect. */
static bool
spoke_over_tcp(const struct session *session)
{
    return session_half(session, SIDE_SERVER)->data_segments > 0 ||
           session_half(session, SIDE_CLIENT)->acked > 0;
}

static void
rule_tcp_unreachable(const struct session *session, const struct view *view)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct icmp_facts *icmp = conn_icmp_errors(session_conn(session), side);
        if (icmp->errors == 0 || spoke_over_tcp(session) || !view_is_over(view, session))
            continue;
        bool itself = endpoint_same_host(&icmp->first.from, &icmp->first.dst);
        char *hop = endpoint_address_text(&icmp->first.from);
        const char *name = icmp_name(&icmp->first);
        struct finding *finding =
            finding_add(view->found, FINDING_TCP_UNREACHABLE,
                        side == SIDE_CLIENT ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                        EVIDENCE_CLEAR, icmp->first.mark);
        finding_frame(finding, session_half(session, (enum side)side)->syn.frame);
        finding_text(finding, "hop", hop);
        finding_text(finding, "says", name);
        finding_number(finding, "type", icmp->first.type);
        finding_number(finding, "code", icmp->first.code);
        finding_number(finding, "errors", icmp->errors);
        finding_summary(finding, "%s %s answered the connection request by ICMP: %s",
                        itself ? "The addressed host" : "The hop", hop,
                        name ? name : "unreachable");
        if (itself)
            finding->advice = g_strdup("The server's own firewall rejects the connection, or "
                                       "nothing on it takes the port: let the port (443 by "
                                       "default) in there.");
        g_free(hop);
        return;
    }
}

/* --- a NAT that forgot ----------------------------------------------------------------------- */

/* Where the client goes on from its old address too, the other is the same traffic on the other
 * side of a NAT, captured in one file. */
static void
rule_tcp_nat_rebound(const struct session *session, const struct view *view)
{
    const struct rebound *rebound = session_rebound(session);

    if (!view->final || !mark_is_set(rebound->first) || !mark_is_set(rebound->refused) ||
        session_half(session, SIDE_CLIENT)->last.frame > rebound->first.frame)
        return;
    char *from = endpoint_text(&rebound->client);
    struct finding *finding = finding_add(view->found, FINDING_TCP_NAT_REBOUND, CONFIDENCE_LIKELY,
                                          EVIDENCE_CLEAR, rebound->first);
    finding_frame(finding, rebound->refused.frame);
    finding_text(finding, "new_client", from);
    finding_number(finding, "idle_before_seconds", rebound->idle_seconds);
    finding_summary(finding,
                    "Data that continues this connection came from %s without a connection request "
                    "and was refused: a NAT gave it a new address or port after %s of silence",
                    from, text_seconds(rebound->idle_seconds).text);
    g_free(from);
}

/* Others' requests to the same server, of which nothing came. */
static void
rule_tcp_syn_flood(const struct session *session, const struct view *view)
{
    const struct syn_flood *flood = view->syn_flood;

    (void)session;
    if (!flood || flood->requests < SYN_FLOOD_MIN)
        return;
    double seconds = mark_seconds(flood->first, flood->last);
    if (flood->requests < seconds * SYN_FLOOD_A_SECOND_MIN)
        return;
    struct finding *finding = finding_add(view->found, FINDING_TCP_SYN_FLOOD, CONFIDENCE_LIKELY,
                                          EVIDENCE_CLEAR, flood->first);
    finding_frame(finding, flood->last.frame);
    finding_number(finding, "requests", flood->requests);
    finding_number(finding, "sources", flood->sources);
    finding_number(finding, "seconds", seconds);
    finding_summary(finding,
                    "%s to connect to this server from %s%s in %s %s neither answered nor repeated "
                    "in this capture",
                    text_count(flood->requests, "request").text,
                    flood->more_sources ? "more than " : "",
                    text_count(flood->sources, "address").text, text_seconds(seconds).text,
                    text_were(flood->requests));
}

const rule_fn rules_tcp[] = {
    rule_tcp_unreachable,
    rule_tcp_accept_then_close,
    rule_tcp_rst_injected,
    rule_tcp_rst_after_client_hello,
    rule_tcp_nat_rebound,
    rule_tcp_syn_flood,
    NULL,
};
