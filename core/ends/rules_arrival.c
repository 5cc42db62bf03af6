/* rules_arrival.c - rules of a pair: what left one end and never came to the other, or came and
 * never left
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair_rule.h"

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/path_mtu.h"

/* --- who closed ------------------------------------------------------------------------------ */

/* A reset came in side's name, and side's own capture point, which was recording, never saw it. */
void
pair_rule_rst_injected(struct pair *pair)
{
    for (int side = 0; side < SIDE_COUNT && pair->same_tcp; side++) {
        const struct session *near = pair_session(pair, side), *far = pair_session(pair, !side);
        struct mark rst = pair_receiver(pair, side)->rst;
        if (!mark_is_set(rst) || mark_is_set(pair_sender(pair, side)->rst) ||
            pair_sender(pair, side)->segments == 0 || conn_one_direction(session_conn(near)) ||
            !reset_is_first(far, (enum side)side) || !pair_has_sender(pair, (enum side)side, rst))
            continue;
        bool whole = conn_dropped(session_conn(near), SIDE_CLIENT) == 0 &&
                     conn_dropped(session_conn(near), SIDE_SERVER) == 0;
        double idle = session_idle_before(far, rst);
        bool cut = idle >= IDLE_SECONDS;
        struct finding *finding = pair_rule_add(
            pair, cut ? FINDING_IDLE_CUT : FINDING_TCP_RST_INJECTED,
            whole ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, rst, side_other((enum side)side));
        finding_text(finding, "supposed_sender", side_name((enum side)side));
        finding_number(finding, "reset_ttl", pair_receiver(pair, side)->path.rst_ttl);
        finding_number(finding, "sender_ttl", pair_receiver(pair, side)->path.ttl_max);
        if (cut)
            finding_number(finding, "idle_before_seconds", idle);
        char *after = cut ? g_strdup_printf("After %s without payload the", text_seconds(idle).text)
                          : g_strdup("The");
        finding_summary(finding,
                        "%s %s received a RST from the %s's address that never left the %s's "
                        "capture point: something between the two ends made it",
                        after, side_name(side_other((enum side)side)), side_name((enum side)side),
                        side_name((enum side)side));
        g_free(after);
        return;
    }
}

/* The first close that side's end saw came from the other one, and nobody had said goodbye in the
 * tunnel. */
static bool
was_closed_on(const struct pair *pair, int side, struct mark *end, bool *reset)
{
    const struct session *session = pair_session(pair, side);
    enum side by;

    if (!conn_closed(session_conn(session), end, &by, reset) || (int)by == side ||
        session_half(session, side)->segments == 0 || conn_one_direction(session_conn(session)))
        return false;
    for (int i = 0; i < SIDE_COUNT; i++)
        if (mark_is_set(session_terminate(session, i)->mark) ||
            mark_is_set(session_sstp(session)->abort[i]) ||
            mark_is_set(session_sstp(session)->disconnect[i]))
            return false;
    return true;
}

/* Each end got a FIN or RST in the other one's name before it sent one: neither was the first, so
 * something between them was. */
void
pair_rule_closed_between(struct pair *pair)
{
    const struct session *client = pair_session(pair, SIDE_CLIENT);
    const struct session *server = pair_session(pair, SIDE_SERVER);
    struct mark at_client, at_server;
    bool reset, reset_server;

    if (!was_closed_on(pair, SIDE_CLIENT, &at_client, &reset) ||
        !was_closed_on(pair, SIDE_SERVER, &at_server, &reset_server) ||
        (!session_is_established(client) && !session_is_established(server)) ||
        pair_rule_found(pair, FINDING_IDLE_CUT) || pair_rule_found(pair, FINDING_TCP_RST_INJECTED))
        return;
    double idle =
        MAX(session_idle_before(client, at_client), session_idle_before(server, at_server));
    bool cut = idle >= IDLE_SECONDS;
    bool whole = conn_dropped(session_conn(client), SIDE_CLIENT) == 0 &&
                 conn_dropped(session_conn(server), SIDE_SERVER) == 0;
    struct finding *finding =
        pair_rule_add(pair, cut ? FINDING_IDLE_CUT : FINDING_PEER_ABRUPT_CLOSE,
                      whole ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, at_client, SIDE_CLIENT);
    finding_frame(finding, at_server.frame);
    finding_text(finding, "how", close_name(reset));
    finding_text(finding, "how_at_server", close_name(reset_server));
    finding_number(finding, cut ? "idle_before_seconds" : "idle_seconds", idle);
    finding_summary(finding,
                    "After %s without payload the client received %s and the server %s, and "
                    "neither had sent one: something between the two ends closed the connection",
                    text_seconds(idle).text, close_name(reset), close_name(reset_server));
}

/* --- what does not arrive -------------------------------------------------------------------- */

/* The client's requests come to the server's capture point, or its answers do not come back. */
void
pair_rule_no_answer(struct pair *pair)
{
    const struct tcp_half *asks = pair_sender(pair, SIDE_CLIENT);
    const struct tcp_half *arrives = pair_receiver(pair, SIDE_CLIENT);
    const struct tcp_half *answers = pair_sender(pair, SIDE_SERVER);
    const struct tcp_half *heard = pair_receiver(pair, SIDE_SERVER);

    if (!mark_is_set(asks->syn) || !mark_is_set(arrives->syn) || heard->segments > 0 ||
        asks->segments < SYNS_MIN ||
        !finding_of(pair->end[SIDE_CLIENT]->found, FINDING_TCP_NO_ANSWER))
        return;
    struct finding *finding = pair_rule_add(
        pair, FINDING_TCP_NO_ANSWER, answers->segments ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
        asks->syn, SIDE_CLIENT);
    finding_frame(finding, asks->last_syn.frame);
    finding_frame(finding, arrives->syn.frame);
    finding_frame(finding, answers->syn.frame);
    finding_number(finding, "requests_sent", asks->segments);
    finding_number(finding, "requests_arrived", arrives->segments);
    finding_number(finding, "answers_sent", answers->segments);
    bool middle = pair->at[SIDE_SERVER]->role == ROLE_MIDDLE;
    finding_text(finding, "broken",
                 answers->segments ? "server to client"
                 : middle          ? "behind the capture point"
                                   : "server");
    finding_summary(finding,
                    answers->segments
                        ? "%u of %s came to the server's capture point and had an answer, but no "
                          "answer came back: the way from server to client is broken"
                    : middle ? "%u of %s came to the capture point between the two ends, and "
                               "nothing came back to it: they, or the answers, get lost "
                               "behind it"
                             : "%u of %s came to the server's capture point, and the server said "
                               "nothing: it, or a filter on it, drops them",
                    arrives->segments, text_count(asks->segments, "connection request").text);
}

/* The capture point of side at has seen a segment of half since a time of the client's clock. */
static bool
seen_since(const struct pair *pair, const struct tcp_half *half, enum side at, int64_t time)
{
    return half->segments > 0 && pair_time(pair, at, half->last) >= time;
}

static void
hole_details(struct finding *finding, const struct pair_hole *hole, enum side side)
{
    finding_frame(finding, hole->last.frame);
    finding_text(finding, "sender", side_name(side));
    finding_number(finding, "last_byte_through", (double)hole->offset);
    finding_number(finding, "sent", hole->sent);
    finding_number(finding, "stuck_seconds", mark_seconds(hole->first, hole->last));
}

static void
hole_of_mtu(struct pair *pair, int side)
{
    const struct pair_hole *hole = &pair->way[side].hole;
    const struct session *session = pair_session(pair, side);
    const struct icmp_facts *icmp = conn_icmp_errors(session_conn(session), side);
    bool handshake = finding_of(pair->end[side]->found, FINDING_MTU_HANDSHAKE_BLACKHOLE) ||
                     !mark_is_set(session_half(session, SIDE_CLIENT)->records.first_application);
    struct finding *finding =
        pair_rule_add(pair, handshake ? FINDING_MTU_HANDSHAKE_BLACKHOLE : FINDING_MTU_BLACKHOLE,
                      CONFIDENCE_CERTAIN, hole->first, (enum side)side);

    hole_details(finding, hole, (enum side)side);
    finding_number(finding, "smallest_lost_bytes", hole->smallest);
    finding_number(finding, "largest_passed_bytes", hole->largest_passed);
    if (icmp->smaller_calls)
        finding_number(finding, "icmp_mtu_bytes", icmp->smaller.mtu);
    g_free(finding->advice);
    finding->advice =
        path_mtu_advice(session, (enum side)side, hole->smallest, hole->largest_passed);
    char *passed = hole->largest_passed
                       ? g_strdup_printf("segments of up to %s of payload do",
                                         text_count(hole->largest_passed, "byte").text)
                       : g_strdup("segments without payload do");
    finding_summary(finding,
                    "%s of the %s were sent %s in %s and never came to the other end, while %s%s",
                    text_count(hole->smallest, "byte").text, side_name((enum side)side),
                    text_times(hole->sent).text,
                    text_seconds(mark_seconds(hole->first, hole->last)).text, passed,
                    icmp->smaller_calls ? ", although ICMP asked for smaller ones"
                                        : "; no ICMP message asked for smaller ones");
    g_free(passed);
}

/* Has anything of the other direction arrived since side's bytes stopped coming? *sent: something
 * has left. */
static bool
other_passes(const struct pair *pair, int side, bool *sent)
{
    enum side other = side_other((enum side)side);
    int64_t since = pair_time(pair, (enum side)side, pair->way[side].hole.first);

    *sent = seen_since(pair, pair_sender(pair, (int)other), other, since);
    return seen_since(pair, pair_receiver(pair, (int)other), (enum side)side,
                      since + MAX(pair->way[other].delay, 0));
}

static void
hole_of_silence(struct pair *pair, int side)
{
    const struct pair_hole *hole = &pair->way[side].hole;
    bool sent, came = other_passes(pair, side, &sent);
    double idle = ns_seconds(pair_sender(pair, side)->flight_idle);
    bool timer = may_be_idle_timer(pair_session(pair, side), idle, pair_sender(pair, side)->flight);
    struct finding *finding =
        pair_rule_add(pair, timer ? FINDING_IDLE_CUT : FINDING_TCP_PATH_SILENT, CONFIDENCE_CERTAIN,
                      hole->first, (enum side)side);

    hole_details(finding, hole, (enum side)side);
    finding_number(finding, "idle_before_seconds", idle);
    finding_text(finding, "other_direction", came ? "passes" : sent ? "broken" : "unused");
    finding_summary(finding,
                    "%s%s%s nothing of the %s arrived at the other end any more: the "
                    "same bytes left it %s in %s. The other direction %s",
                    timer ? "After " : "From some moment on", timer ? text_seconds(idle).text : "",
                    timer ? " without payload" : "", side_name((enum side)side),
                    text_times(hole->sent).text,
                    text_seconds(mark_seconds(hole->first, hole->last)).text,
                    came   ? "still passes"
                    : sent ? "is broken too"
                           : "was not used meanwhile");
}

/* The server's end has the TCP handshake, and never the ClientHello: the path works, and something
 * on it reads what passes. */
static bool
hole_is_hello(const struct pair *pair, int side)
{
    return side == SIDE_CLIENT && pair->way[side].hole.offset == 0 &&
           mark_is_set(pair_receiver(pair, side)->handshake_ack) &&
           finding_of(pair->end[side]->found, FINDING_TCP_RST_AFTER_CLIENT_HELLO);
}

static void
hole_of_hello(struct pair *pair)
{
    const struct pair_hole *hole = &pair->way[SIDE_CLIENT].hole;
    const struct tls_client_hello *hello =
        &session_tls(pair_session(pair, SIDE_CLIENT))->client_hello;
    bool sent, came = other_passes(pair, SIDE_CLIENT, &sent), broken = sent && !came;
    struct finding *finding =
        pair_rule_add(pair, FINDING_TCP_RST_AFTER_CLIENT_HELLO,
                      broken ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, hole->first, SIDE_CLIENT);

    hole_details(finding, hole, SIDE_CLIENT);
    finding_frame(finding, pair_receiver(pair, SIDE_CLIENT)->handshake_ack.frame);
    finding_text(finding, "server_name", hello->has_sni ? hello->sni : "(none)");
    finding_summary(
        finding,
        "The TCP handshake came to the server's end, and the ClientHello, sent %s in %s, never "
        "did: a filter between the two ends drops it%s",
        text_times(hole->sent).text, text_seconds(mark_seconds(hole->first, hole->last)).text,
        broken ? ", or the path broke right then: what the server sent since did not come either"
               : "");
}

static bool
hole_is_fatal(const struct pair *pair, int side)
{
    const struct pair_hole *hole = &pair->way[side].hole;

    return pair->way[side].comparable && mark_is_set(hole->first) && hole->sent >= HOLE_SENT_MIN &&
           mark_seconds(hole->first, hole->last) >= HOLE_SECONDS;
}

/* The same bytes leave one end again and again and never come to the other. Of two such directions
 * the one that broke first. */
void
pair_rule_hole(struct pair *pair)
{
    int side = SIDE_CLIENT;

    if (!hole_is_fatal(pair, SIDE_CLIENT) ||
        (hole_is_fatal(pair, SIDE_SERVER) &&
         pair_time(pair, SIDE_SERVER, pair->way[SIDE_SERVER].hole.first) <
             pair_time(pair, SIDE_CLIENT, pair->way[SIDE_CLIENT].hole.first)))
        side = SIDE_SERVER;
    if (!hole_is_fatal(pair, side))
        return;
    const struct pair_way *way = &pair->way[side];
    int64_t since = pair_time(pair, (enum side)side, way->hole.first) + way->delay;
    if (hole_is_hello(pair, side))
        hole_of_hello(pair);
    else if (!seen_since(pair, pair_receiver(pair, side), side_other((enum side)side), since))
        hole_of_silence(pair, side);
    else if (way->hole.smallest >= LARGE_SEGMENT_BYTES &&
             way->hole.largest_passed < way->hole.smallest)
        hole_of_mtu(pair, side);
}

/* Before the first of the bytes that are still under way. */
static struct mark
before_flight(const struct tcp_half *half)
{
    return (struct mark){ half->flight.frame - 1, half->flight.time };
}

/* What one end sends again and again arrives, and nothing leaves the other end any more. */
void
pair_rule_peer_vanished(struct pair *pair)
{
    for (int side = 0; side < SIDE_COUNT && pair->same_tcp && pair->clock_known; side++) {
        const struct session *near = pair_session(pair, side), *far = pair_session(pair, !side);
        const struct tcp_half *arrives = pair_receiver(pair, side);
        const struct tcp_half *peer = pair_sender(pair, !side);
        if (!side_resends_in_vain(near, (enum side)side) ||
            !side_resends_in_vain(far, (enum side)side) || peer->segments == 0 ||
            peer->last.time >= arrives->flight.time || mark_is_set(peer->rst) ||
            mark_is_set(peer->fin) ||
            explained_by(pair->end[side]->found, near, before_flight(pair_sender(pair, side))))
            continue;
        struct finding *finding = pair_rule_add(pair, FINDING_PEER_VANISHED, CONFIDENCE_LIKELY,
                                                arrives->flight, side_other((enum side)side));
        finding_frame(finding, arrives->last_resend.frame);
        finding_frame(finding, pair_sender(pair, side)->flight.frame);
        finding_text(finding, "gone", side_name(side_other((enum side)side)));
        finding_number(finding, "arrived", arrives->resends + 1);
        finding_number(finding, "silence_seconds",
                       mark_seconds(arrives->flight, arrives->last_resend));
        finding_summary(finding,
                        "What the %s sends arrives at the %s's capture point, %s in %s, and "
                        "nothing leaves the %s any more: its host is gone, or drops it",
                        side_name((enum side)side), side_name(side_other((enum side)side)),
                        text_times(arrives->resends + 1).text,
                        text_seconds(mark_seconds(arrives->flight, arrives->last_resend)).text,
                        side_name(side_other((enum side)side)));
        return;
    }
}
